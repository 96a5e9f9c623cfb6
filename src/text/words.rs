//! The word for each state, kind and reason, as a reader meets it. A state may be called differently on the two sides
//! of a trade; the code stays the same.

use crate::domain::{
    access::Audience,
    answer::Reason,
    case,
    document::{DocumentKind, DocumentStatus},
    invoice::InvoiceState,
    order::{LineStatus, OrderKind, OrderState},
    shipment::ShipmentState,
};

/// What a case is about.
pub const fn case_kind(kind: case::Kind) -> &'static str {
    match kind {
        case::Kind::Order => "Order",
        case::Kind::Shipment => "Shipment",
        case::Kind::Invoice => "Invoice",
        case::Kind::Payment => "Payment",
        case::Kind::Document => "Document",
        case::Kind::Question => "Question",
    }
}

/// Where a case stands, for a reader on either side.
pub const fn case_status(status: case::Status, audience: Audience) -> &'static str {
    match (status, matches!(audience, Audience::Hub)) {
        (case::Status::Open, _) => "Open",
        (case::Status::InProgress, _) => "In progress",
        (case::Status::WaitingOnPartner, true) => "Waiting on partner",
        (case::Status::WaitingOnPartner, false) => "Waiting for you",
        (case::Status::Resolved, _) => "Resolved",
        (case::Status::Closed, _) => "Closed",
    }
}

/// Why a seller changed or rejected a line.
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::OutOfStock => "Out of stock",
        Reason::Discontinued => "No longer made",
        Reason::Capacity => "Production is behind",
        Reason::Price => "Price not as agreed",
        Reason::PackSize => "Does not fit the package",
        Reason::LeadTime => "Date cannot be met",
        Reason::UnknownItem => "Item not known",
        Reason::Other => "Other reason",
    }
}

/// An order's state, for a reader on one side of it.
pub fn order_state(state: OrderState, kind: OrderKind, audience: Audience) -> &'static str {
    let is_seller = match kind {
        OrderKind::Purchase => audience == Audience::Supplier,
        OrderKind::Sales => audience == Audience::Hub,
    };
    match state {
        OrderState::Received if is_seller => "To answer",
        OrderState::Received if kind == OrderKind::Sales => "Received",
        OrderState::Received => "Waiting on partner",
        OrderState::Confirmed => "Confirmed",
        OrderState::ConfirmedWithChanges if is_seller => "Waiting for buyer",
        OrderState::ConfirmedWithChanges => "Confirmed with changes",
        OrderState::OnHold => "On hold",
        OrderState::Rejected => "Rejected",
        OrderState::PartShipped => "Part shipped",
        OrderState::Shipped => "Shipped",
        OrderState::Delivered => "Delivered",
        OrderState::Invoiced => "Invoiced",
        OrderState::Cancelled => "Cancelled",
    }
}

/// Where one line stands.
pub fn line_status(status: LineStatus) -> &'static str {
    match status {
        LineStatus::Open => "To answer",
        LineStatus::Accepted => "Accepted",
        LineStatus::Changed => "Changed",
        LineStatus::Held => "On hold",
        LineStatus::Rejected => "Rejected",
        LineStatus::Cancelled => "Cancelled",
    }
}

/// A shipment's state.
pub fn shipment_state(state: ShipmentState) -> &'static str {
    match state {
        ShipmentState::InTransit => "In transit",
        ShipmentState::Held => "Held",
        ShipmentState::Delivered => "Delivered",
        ShipmentState::Received => "Received",
    }
}

/// An invoice's state, as both sides may read it.
pub fn invoice_state(state: InvoiceState) -> &'static str {
    match state {
        InvoiceState::Sent => "Sent",
        InvoiceState::Received => "Received",
        InvoiceState::InProcess => "In process",
        InvoiceState::UnderQuery => "Question asked",
        InvoiceState::ConditionallyAccepted => "Accepted with conditions",
        InvoiceState::Rejected => "Rejected",
        InvoiceState::Approved => "Approved",
        InvoiceState::PartPaid => "Part paid",
        InvoiceState::Paid => "Paid",
    }
}

/// A document's status, as trading grids name it.
pub fn document_status(status: DocumentStatus) -> &'static str {
    match status {
        DocumentStatus::New => "New",
        DocumentStatus::Read => "Read",
        DocumentStatus::Downloaded => "Downloaded",
        DocumentStatus::TurnedAround => "Turned around",
        DocumentStatus::Refused => "Refused",
        DocumentStatus::Validated => "Validated",
        DocumentStatus::Submitted => "Submitted",
        DocumentStatus::Sent => "Sent",
        DocumentStatus::SendFailed => "Send failed",
        DocumentStatus::Delivered => "Delivered",
        DocumentStatus::Acknowledged => "Acknowledged",
        DocumentStatus::AcknowledgedWithErrors => "Acknowledged with errors",
        DocumentStatus::Rejected => "Rejected",
        DocumentStatus::Withdrawn => "Taken back",
    }
}

/// What a document is.
pub fn document_kind(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::PurchaseOrder => "Purchase order",
        DocumentKind::OrderResponse => "Order response",
        DocumentKind::ShipNotice => "Ship notice",
        DocumentKind::Invoice => "Invoice",
        DocumentKind::FunctionalAcknowledgment => "Functional acknowledgment",
        DocumentKind::InterchangeAcknowledgment => "Interchange acknowledgment",
        DocumentKind::ShipmentStatus => "Shipment status",
        DocumentKind::ReceivingAdvice => "Receiving advice",
        DocumentKind::Unknown => "Unknown document",
    }
}
