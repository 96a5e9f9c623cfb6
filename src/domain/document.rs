//! A document on its way: which states it passes, and the three acknowledgments that are never mixed (delivered, read,
//! answered). Status names are those that users of trading grids know.

codes! {
    /// Towards us or away from us.
    pub enum Direction {
        /// Received.
        In = "in",
        /// Sent.
        Out = "out",
    }

    /// What a document is about, whatever standard carries it.
    pub enum DocumentKind {
        /// 850.
        PurchaseOrder = "purchase_order",
        /// 855.
        OrderResponse = "order_response",
        /// 856.
        ShipNotice = "ship_notice",
        /// 810.
        Invoice = "invoice",
        /// 997.
        FunctionalAcknowledgment = "functional_acknowledgment",
        /// TA1.
        InterchangeAcknowledgment = "interchange_acknowledgment",
        /// 214.
        ShipmentStatus = "shipment_status",
        /// 861.
        ReceivingAdvice = "receiving_advice",
        /// 820.
        RemittanceAdvice = "remittance_advice",
        /// 824.
        ApplicationAdvice = "application_advice",
        /// Anything else.
        Unknown = "unknown",
    }

    /// Where a document stands. The first four are received documents, the others sent ones.
    pub enum DocumentStatus {
        /// Received, not opened yet.
        New = "new",
        /// Opened by a person.
        Read = "read",
        /// Its bytes were fetched by a person or program.
        Downloaded = "downloaded",
        /// A document was made from it.
        TurnedAround = "turned_around",
        /// Received and refused: its sender was told.
        Refused = "refused",
        /// Checked and waiting to leave; can be taken back.
        Validated = "validated",
        /// Its bytes are fixed and it is being sent.
        Submitted = "submitted",
        /// It left; nothing is known of its arrival.
        Sent = "sent",
        /// The transport could not deliver it; it will be tried again.
        SendFailed = "send_failed",
        /// The counterpart's system has it.
        Delivered = "delivered",
        /// The counterpart read it without errors.
        Acknowledged = "acknowledged",
        /// The counterpart read it and noted errors.
        AcknowledgedWithErrors = "acknowledged_with_errors",
        /// The counterpart could not read it.
        Rejected = "rejected",
        /// Taken back before it left.
        Withdrawn = "withdrawn",
    }

    /// The verdict of a functional acknowledgment on one document (element 717).
    pub enum Verdict {
        /// Accepted.
        Accepted = "A",
        /// Accepted, errors noted.
        AcceptedWithErrors = "E",
        /// Partially accepted (groups only).
        Partial = "P",
        /// Rejected.
        Rejected = "R",
    }
}

impl DocumentKind {
    /// The kind of an X12 transaction set.
    pub fn of_x12(code: &str) -> Self {
        match code {
            "850" => Self::PurchaseOrder,
            "855" => Self::OrderResponse,
            "856" => Self::ShipNotice,
            "810" => Self::Invoice,
            "997" => Self::FunctionalAcknowledgment,
            "214" => Self::ShipmentStatus,
            "861" => Self::ReceivingAdvice,
            "820" => Self::RemittanceAdvice,
            "824" => Self::ApplicationAdvice,
            _ => Self::Unknown,
        }
    }
}

impl DocumentStatus {
    /// The status after a functional acknowledgment. A rejection stays: a later acceptance of the same bytes cannot be
    /// true, and is shown in the history only.
    #[must_use]
    pub fn after_acknowledgment(self, verdict: Verdict) -> Self {
        match (self, verdict) {
            (Self::Rejected, _) => Self::Rejected,
            (_, Verdict::Accepted) => Self::Acknowledged,
            (_, Verdict::AcceptedWithErrors | Verdict::Partial) => Self::AcknowledgedWithErrors,
            (_, Verdict::Rejected) => Self::Rejected,
        }
    }

    /// The status after the transport reported delivery: only what merely left becomes delivered.
    #[must_use]
    pub fn after_delivery(self) -> Self {
        if self.is_leaving() { Self::Delivered } else { self }
    }

    /// Whether it is sealed and nothing is known of it at the other end.
    pub fn is_leaving(self) -> bool {
        matches!(self, Self::Submitted | Self::Sent | Self::SendFailed)
    }

    /// Whether the document can still be taken back.
    pub fn can_be_withdrawn(self) -> bool {
        self == Self::Validated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delivery_never_takes_back_what_an_acknowledgment_said() {
        for &status in DocumentStatus::ALL {
            for &verdict in Verdict::ALL {
                let read = status.after_acknowledgment(verdict);
                assert_eq!(read.after_delivery(), read, "{status} then {verdict}");
            }
        }
    }

    #[test]
    fn a_rejection_is_final() {
        for &verdict in Verdict::ALL {
            assert_eq!(DocumentStatus::Rejected.after_acknowledgment(verdict), DocumentStatus::Rejected);
        }
    }
}
