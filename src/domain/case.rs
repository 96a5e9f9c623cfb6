//! A case: something between the hub and its partners that has to be settled. The status machine, who may see a
//! message, and what a dispute says in the codes of Peppol's invoice response.

codes! {
    /// Where a case stands.
    pub enum Status {
        /// Nobody has taken it up.
        Open = "open",
        /// The hub works on it.
        InProgress = "in_progress",
        /// The hub asked the partner something.
        WaitingOnPartner = "waiting_on_partner",
        /// Settled; a partner may object.
        Resolved = "resolved",
        /// Settled for good.
        Closed = "closed",
    }

    /// How urgent it is.
    pub enum Priority {
        /// When there is time.
        Low = "low",
        /// As usual.
        Normal = "normal",
        /// Before others.
        High = "high",
        /// Now.
        Urgent = "urgent",
    }

    /// What a case is about.
    pub enum Kind {
        /// An order or its answer.
        Order = "order",
        /// Goods on their way.
        Shipment = "shipment",
        /// An invoice.
        Invoice = "invoice",
        /// Money.
        Payment = "payment",
        /// A document on the wire.
        Document = "document",
        /// Anything else.
        Question = "question",
    }

    /// How two cases belong together.
    pub enum Link {
        /// They are about the same.
        Related = "related",
        /// One has become part of the other.
        PartOf = "part_of",
    }

    /// What a partner says of how a case was settled.
    pub enum Score {
        /// Well.
        Good = "good",
        /// In part.
        Fair = "fair",
        /// Not.
        Poor = "poor",
    }

    /// Who may read a message.
    pub enum Visibility {
        /// The hub alone.
        Internal = "internal",
        /// The partners of the case too.
        Partner = "partner",
    }
}

impl Status {
    /// Nothing is to be done.
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Resolved | Self::Closed)
    }

    /// Where the hub may move a case.
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Open => &[Self::InProgress, Self::WaitingOnPartner, Self::Resolved, Self::Closed],
            Self::InProgress => &[Self::WaitingOnPartner, Self::Resolved, Self::Closed],
            Self::WaitingOnPartner => &[Self::InProgress, Self::Resolved, Self::Closed],
            Self::Resolved => &[Self::InProgress, Self::Closed],
            Self::Closed => &[Self::InProgress],
        }
    }

    /// Where a partner's message takes it: an answer brings a waiting case back, an objection reopens a settled one.
    #[must_use]
    pub const fn after_partner_message(self) -> Self {
        match self {
            Self::WaitingOnPartner | Self::Resolved | Self::Closed => Self::InProgress,
            Self::Open | Self::InProgress => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_can_be_left_and_none_leads_to_itself() {
        for status in Status::ALL {
            assert!(!status.next().is_empty() && !status.next().contains(status), "{status}");
        }
    }

    #[test]
    fn a_partners_message_never_leaves_a_case_settled_or_waiting_for_the_partner() {
        for status in Status::ALL {
            let after = status.after_partner_message();
            assert!(!after.is_settled() && after != Status::WaitingOnPartner, "{status}");
        }
    }
}
