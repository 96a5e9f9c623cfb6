//! The word for each state, kind and reason, as a reader meets it. A state may be called differently on the two sides
//! of a trade; the code stays the same.

use crate::domain::{
    access::Audience,
    advice::ApplicationVerdict,
    answer::Reason,
    attachment::Media,
    case, dispute,
    document::{DocumentKind, DocumentStatus},
    invoice::InvoiceState,
    message::AdviceError,
    notification::{Topic, Way},
    order::{LineStatus, OrderKind, OrderState},
    policy::Action,
    shipment::ShipmentState,
    sla::{Promise, When},
    view::List,
};

/// What a list is called, as in the navigation.
pub const fn list(list: List) -> &'static str {
    match list {
        List::Orders => "Orders",
        List::Shipments => "Shipments",
        List::Invoices => "Invoices",
        List::Remittances => "Remittances",
        List::Exceptions => "Exceptions",
        List::Cases => "Cases",
        List::Documents => "Documents",
    }
}

/// What a file is: "a PDF".
pub const fn media(media: Media) -> &'static str {
    match media {
        Media::Pdf => "a PDF",
        Media::Png => "a PNG picture",
        Media::Jpeg => "a JPEG picture",
        Media::Text => "plain text",
        Media::Csv => "a CSV table",
        Media::Xlsx => "an XLSX workbook",
        Media::Docx => "a DOCX text",
    }
}

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

/// How urgent a case is.
pub const fn case_priority(priority: case::Priority) -> &'static str {
    match priority {
        case::Priority::Low => "Low",
        case::Priority::Normal => "Normal",
        case::Priority::High => "High",
        case::Priority::Urgent => "Urgent",
    }
}

/// What is promised, in the middle of a sentence.
pub const fn promise(promise: Promise) -> &'static str {
    match promise {
        Promise::FirstResponse => "first reply",
        Promise::NextResponse => "next reply",
        Promise::Resolution => "solution",
    }
}

/// That a promise is broken.
pub fn broken(of: Promise) -> String {
    format!("The time for the {} is used up.", promise(of))
}

/// A step of an escalation, as both sides read it.
pub fn escalation(of: Promise, when: When, action: &Action) -> String {
    let what = promise(of);
    let when = match when {
        When::Percent(percent @ ..100) => format!("{percent}% of the time for the {what} is used."),
        When::Percent(_) | When::MinutesLate(0) => broken(of),
        When::MinutesLate(minutes) => format!("The {what} is late by {} of working time.", super::duration(i64::from(minutes) * 60)),
    };
    match action {
        Action::Notify => when,
        Action::RaiseTier(tier) => format!("{when} The case goes to support tier {tier}."),
        Action::Reassign(_) => format!("{when} Somebody else takes the case."),
        Action::Event => format!("{when} The systems behind the portal are told."),
    }
}

/// What somebody can be told about.
pub const fn topic(topic: Topic) -> &'static str {
    match topic {
        Topic::DocumentRefused => "A document was refused or rejected",
        Topic::Assigned => "A case or an exception was given to you",
        Topic::CaseMessage => "A case was opened, or something was written in it",
        Topic::Escalated => "A promise runs out or is broken",
        Topic::OrderChanged => "An order was changed, cancelled or answered",
        Topic::ExceptionFound => "An exception is yours to settle, or got worse",
        Topic::PaymentTold => "An invoice was paid, rejected or questioned",
        Topic::Notice => "A notice of the company that runs this portal",
    }
}

/// How somebody is told.
pub const fn way(way: Way) -> &'static str {
    match way {
        Way::Page => "In the portal",
        Way::Mail => "By mail at once",
        Way::Digest => "In the mail of the day",
        Way::Nothing => "Not at all",
    }
}

/// Why something is in dispute.
pub const fn dispute_reason(reason: dispute::Reason) -> &'static str {
    match reason {
        dispute::Reason::Price => "Prices are not as agreed",
        dispute::Reason::Quantity => "Quantities are not what came",
        dispute::Reason::Quality => "The quality is not as agreed",
        dispute::Reason::Delivery => "The delivery was late, damaged or went wrong",
        dispute::Reason::Item => "Other items than ordered",
        dispute::Reason::Reference => "References are missing or wrong",
        dispute::Reason::Payment => "Terms of payment are not as agreed",
        dispute::Reason::Finance => "Bank details are wrong",
        dispute::Reason::Legal => "Something the law asks for is missing",
        dispute::Reason::Unrecognised => "We know nothing of this",
        dispute::Reason::Other => "Another reason",
    }
}

/// What is asked for in a dispute.
pub const fn dispute_action(action: dispute::Action) -> &'static str {
    match action {
        dispute::Action::CreditPart => "A credit note for the difference",
        dispute::Action::CreditAll => "A credit note for all of it",
        dispute::Action::NewInvoice => "A new invoice",
        dispute::Action::Inform => "An explanation",
        dispute::Action::Other => "Something else, as written below",
    }
}

/// How a dispute ended.
pub const fn dispute_outcome(outcome: dispute::Outcome) -> &'static str {
    match outcome {
        dispute::Outcome::Credited => "Credited",
        dispute::Outcome::Accepted => "Accepted as it is",
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

/// What the receiver's application did with a document.
pub const fn application_verdict(verdict: ApplicationVerdict) -> &'static str {
    match verdict {
        ApplicationVerdict::Accepted => "Accepted",
        ApplicationVerdict::AcceptedWithChange => "Accepted with a change",
        ApplicationVerdict::AcceptedWithErrors => "Accepted, errors noted",
        ApplicationVerdict::PartlyAccepted => "Partly accepted",
        ApplicationVerdict::Rejected => "Rejected",
    }
}

/// What the receiver's application found wrong, as a sentence: its own words, or those of the code where it has none; then
/// what it found, what it proposes, and where.
pub fn advice_error(error: &AdviceError) -> String {
    let known = match error.code.as_str() {
        "006" => "it came before",
        "007" => "data is missing",
        "009" => "a date is not valid",
        "010" => "a total does not add up",
        "012" => "values do not go together",
        "815" => "the batch came before",
        _ => "there is an error",
    };
    let mut words = error.text.clone().unwrap_or_else(|| known.to_owned());
    if let Some(first) = words.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    let place = error.segment.as_ref().map(|tag| error.element.map_or_else(|| tag.clone(), |element| format!("{tag}{element:02}")));
    let more = [
        error.value.as_ref().map(|value| format!("found {value}")),
        error.proposed.as_ref().map(|value| format!("expected {value}")),
        place.map(|place| format!("at {place}")),
        Some(format!("code {}", error.code)),
    ];
    format!("{} ({}).", words.trim_end_matches('.'), more.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// Why a payment was adjusted, in the middle of a sentence.
pub fn deduction(code: &str) -> String {
    let known = match code {
        "01" => "price",
        "02" => "allowance or charge",
        "03" => "amount of a line",
        "04" => "goods damaged",
        "05" => "quality of the goods",
        "06" => "quantity in question",
        "07" => "wrong goods",
        "08" => "other goods than ordered",
        "09" => "terms of sale",
        "11" => "goods returned, damaged",
        "12" => "goods returned, quality",
        "16" => "allowance or charge for no single invoice",
        "17" => "papers missing",
        "19" => "billed twice",
        "50" => "late charge",
        "51" => "interest",
        "52" => "earlier overpayment",
        "53" => "earlier underpayment",
        "54" => "freight",
        "55" => "tax",
        "59" => "goods not received",
        "81" => "credit as agreed",
        "86" => "paid twice",
        "CM" => "credit note",
        "CS" => "correction",
        _ => return format!("reason {code}"),
    };
    format!("{known} ({code})")
}

/// How a payment was made.
pub fn payment_method(code: &str) -> String {
    match code {
        "ACH" => "Bank transfer".to_owned(),
        "CHK" => "Cheque".to_owned(),
        "FWT" | "SWT" => "Wire transfer".to_owned(),
        "NON" => "No payment, information only".to_owned(),
        other => other.to_owned(),
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
        DocumentKind::RemittanceAdvice => "Remittance advice",
        DocumentKind::ApplicationAdvice => "Application advice",
        DocumentKind::Unknown => "Unknown document",
    }
}
