//! A case: something between the hub and its partners that has to be settled. The status machine, who may see a
//! message, and what a dispute says in the codes of Peppol's invoice response.

use super::ids::OrganisationId;

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

/// Who is to read something in a case, besides the hub, as its writer says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressee {
    /// Nobody: it stays with the hub.
    Internal,
    /// The partner that the case is with.
    Partner,
    /// This one of those who take part.
    One(OrganisationId),
    /// Everybody who takes part.
    Everyone,
}

impl Addressee {
    /// Reads what a form says.
    pub fn read(code: &str) -> Option<Self> {
        match code {
            "internal" => Some(Self::Internal),
            "partner" => Some(Self::Partner),
            "everyone" => Some(Self::Everyone),
            id => id.parse().ok().map(Self::One),
        }
    }

    /// As a form says it.
    pub fn code(self) -> String {
        match self {
            Self::Internal => "internal".to_owned(),
            Self::Partner => "partner".to_owned(),
            Self::Everyone => "everyone".to_owned(),
            Self::One(id) => id.to_string(),
        }
    }
}

impl From<Visibility> for Addressee {
    fn from(visibility: Visibility) -> Self {
        match visibility {
            Visibility::Internal => Self::Internal,
            Visibility::Partner => Self::Partner,
        }
    }
}

/// Who may read something in a case, besides the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readers {
    /// Whether partners may at all.
    pub visibility: Visibility,
    /// The one partner that may; everybody who takes part where none is named.
    pub only: Option<OrganisationId>,
}

impl Readers {
    /// The hub alone.
    pub const HUB: Self = Self { visibility: Visibility::Internal, only: None };
    /// Everybody who takes part.
    pub const EVERYONE: Self = Self { visibility: Visibility::Partner, only: None };

    /// One partner.
    pub const fn one(partner: OrganisationId) -> Self {
        Self { visibility: Visibility::Partner, only: Some(partner) }
    }

    /// Whether a partner that takes part may read it.
    pub fn hold(self, partner: OrganisationId) -> bool {
        self.visibility == Visibility::Partner && self.only.is_none_or(|only| only == partner)
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
    fn of_several_partners_each_reads_its_own_and_what_is_for_everyone() {
        let [a, b] = [1, 2].map(|seed| OrganisationId(uuid::Uuid::from_u128(seed)));
        assert!(Readers::one(a).hold(a) && !Readers::one(a).hold(b));
        assert!(Readers::EVERYONE.hold(a) && Readers::EVERYONE.hold(b) && !Readers::HUB.hold(a));
        for addressee in [Addressee::Internal, Addressee::Partner, Addressee::Everyone, Addressee::One(a)] {
            assert_eq!(Addressee::read(&addressee.code()), Some(addressee));
        }
        assert_eq!(Addressee::read("all"), None);
    }

    #[test]
    fn a_partners_message_never_leaves_a_case_settled_or_waiting_for_the_partner() {
        for status in Status::ALL {
            let after = status.after_partner_message();
            assert!(!after.is_settled() && after != Status::WaitingOnPartner, "{status}");
        }
    }
}
