//! Exceptions: what went wrong between the hub and its partners, told from the facts alone. A fact that contradicts
//! another and an event that did not happen in time are findings alike; the same facts give the same findings whenever
//! they are looked at. Here: the closed set of kinds, what is said about one, and the settings of a rule. The rules are
//! in the modules below; [`standing`] keeps one exception in step with what is found.

pub mod documents;
pub mod invoices;
pub mod orders;
pub mod remittances;
pub mod rule;
pub mod shipments;
pub mod standing;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use rule::{Measure, Rule, Rules, Setting};
pub use standing::{News, Standing, next};

use super::{
    calendar::Calendar,
    document::DocumentKind,
    ids::{CalendarId, DocumentId, OrganisationId},
    number::{Amount, Currency, Quantity, UnitPrice},
    time::{Date, Timestamp},
};

codes! {
    /// What went wrong.
    pub enum Kind {
        /// The seller did not answer in time.
        AnswerOverdue = "answer_overdue",
        /// The seller will deliver nothing.
        OrderRejected = "order_rejected",
        /// Less is confirmed than was ordered.
        ConfirmedLess = "confirmed_less",
        /// More is confirmed than was ordered.
        ConfirmedMore = "confirmed_more",
        /// Another price is confirmed than was ordered.
        AnswerPrice = "answer_price",
        /// A later date is promised than was asked for.
        PromisedLate = "promised_late",
        /// The answer speaks of a line that the order does not have.
        AnswerUnknownLine = "answer_unknown_line",
        /// Another item is confirmed, without saying that it is a substitute.
        Substituted = "substituted",
        /// Nothing was announced by the promised date.
        ShipNoticeMissing = "ship_notice_missing",
        /// Goods left for an order that was not answered.
        ShippedBeforeConfirmed = "shipped_before_confirmed",
        /// Goods left that the order does not have.
        ShippedUnknownLine = "shipped_unknown_line",
        /// Goods left that may belong to several lines.
        ShippedAmbiguousItem = "shipped_ambiguous_item",
        /// More left than was confirmed.
        ShippedMoreThanConfirmed = "shipped_more_than_confirmed",
        /// More left than was ordered.
        ShippedMoreThanOrdered = "shipped_more_than_ordered",
        /// Nobody can follow the shipment: carrier, tracking number or estimate is missing.
        ShipmentDataMissing = "shipment_data_missing",
        /// It should have arrived.
        ShipmentLate = "shipment_late",
        /// Another quantity was counted than was announced.
        ReceivedDiffers = "received_differs",
        /// Goods are billed that have not left.
        BilledBeforeShipped = "billed_before_shipped",
        /// More is billed than has left.
        BilledMoreThanShipped = "billed_more_than_shipped",
        /// More is billed than was ordered.
        BilledMoreThanOrdered = "billed_more_than_ordered",
        /// Another price is billed than was agreed.
        PriceNotAgreed = "price_not_agreed",
        /// The lines do not add up to the total.
        TotalNotLines = "total_not_lines",
        /// An invoice came again under its number.
        InvoiceRepeated = "invoice_repeated",
        /// A cancelled or rejected line is billed.
        BilledCancelled = "billed_cancelled",
        /// No invoice followed the delivery.
        InvoiceMissing = "invoice_missing",
        /// The buyer has not said anything to an invoice.
        InvoiceUnanswered = "invoice_unanswered",
        /// An invoice is not paid by its due date.
        PaymentOverdue = "payment_overdue",
        /// The buyer or the seller has put it on hold: it waits until a question is answered.
        OnHold = "on_hold",
        /// Less was paid than is due.
        ShortPayment = "short_payment",
        /// More was paid than is due, or the same twice.
        PaidAgain = "paid_again",
        /// What was paid is not the sum of its parts.
        RemittanceTotal = "remittance_total",
        /// An invoice was paid that is not known here.
        RemittanceInvoiceUnknown = "remittance_invoice_unknown",
        /// It was paid in another currency than was asked for.
        RemittanceCurrency = "remittance_currency",
        /// A document left and was never acknowledged.
        AcknowledgmentMissing = "acknowledgment_missing",
        /// The counterpart could not read or use a document.
        DocumentRejected = "document_rejected",
        /// The receiver's application did not take a document that could be read.
        ApplicationRejected = "application_rejected",
        /// A document came that could not be read.
        DocumentRefused = "document_refused",
        /// A document came that could be read and changed nothing.
        DocumentNotApplied = "document_not_applied",
        /// A file came of which nothing was taken.
        FileRefused = "file_refused",
        /// A document cannot be sent.
        SendFailed = "send_failed",
        /// Nothing has come from a partner's system for long.
        PartnerSilent = "partner_silent",
    }

    /// What kinds belong together.
    pub enum Family {
        /// What the seller said to an order.
        Answers = "answers",
        /// What left, and what arrived.
        Shipments = "shipments",
        /// What was billed.
        Invoices = "invoices",
        /// What was paid, and what waits.
        Payments = "payments",
        /// What travels, and the systems it travels between.
        Documents = "documents",
    }

    /// How bad it is.
    pub enum Severity {
        /// Worth knowing.
        Info = "info",
        /// It will cost time or money.
        Warning = "warning",
        /// Goods or money are at stop.
        Critical = "critical",
    }

    /// Who can settle it.
    pub enum Owner {
        /// The hub.
        Hub = "hub",
        /// The partner it is with.
        Partner = "partner",
    }

    /// Whether there is still something to do.
    pub enum State {
        /// It stands.
        Open = "open",
        /// It is over.
        Closed = "closed",
    }

    /// What a finding is about.
    pub enum SubjectKind {
        /// An order.
        Order = "order",
        /// A shipment.
        Shipment = "shipment",
        /// An invoice.
        Invoice = "invoice",
        /// A remittance.
        Remittance = "remittance",
        /// A document.
        Document = "document",
        /// A file.
        Transmission = "transmission",
        /// A partner.
        Partner = "partner",
    }

    /// What can be done about it, beside a step.
    pub enum Action {
        /// Look at what it is about.
        Look = "look",
        /// Answer the order.
        Answer = "answer",
        /// Announce a shipment.
        Ship = "ship",
        /// Send an invoice.
        Invoice = "invoice",
        /// Look at the document.
        Document = "document",
        /// Send the document again, as it was.
        SendAgain = "send_again",
        /// Correct what was entered, and send it anew.
        Correct = "correct",
        /// Look at the connections.
        Connections = "connections",
        /// Dispute it, with the values that it should have.
        Propose = "propose",
        /// Ask the other side for a document, in a case.
        AskDocument = "ask_document",
        /// Ask the other side for another value, in a case.
        AskValue = "ask_value",
        /// Ask the other side, in a case.
        OpenCase = "open_case",
        /// Say that it is settled.
        Settle = "settle",
    }
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What kind of thing.
    pub kind: SubjectKind,
    /// Its id.
    pub id: Uuid,
    /// The number people know.
    pub number: String,
}

/// A value that two sides see differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Value {
    /// A quantity.
    Quantity {
        /// How much.
        quantity: Quantity,
        /// In this unit.
        unit: String,
    },
    /// A price.
    Price {
        /// For `per` units.
        price: UnitPrice,
        /// How many units it buys.
        per: Quantity,
        /// Currency.
        currency: Currency,
    },
    /// An amount.
    Money {
        /// In minor units.
        minor: i64,
        /// Currency.
        currency: Currency,
    },
    /// A date.
    Date {
        /// The day.
        on: Date,
    },
    /// An instant.
    Moment {
        /// The instant.
        at: Timestamp,
    },
    /// Anything else, as it was said.
    Words {
        /// The words.
        words: String,
    },
    /// Nothing was said.
    Nothing,
}

/// A value and who says so: where a reader finds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The value.
    pub value: Value,
    /// Where it stands, such as "Invoice 9001"; empty where it stands nowhere.
    pub by: String,
    /// What that is.
    pub place: Option<SubjectKind>,
    /// Its id.
    pub id: Option<Uuid>,
    /// The document that said it.
    pub document: Option<DocumentId>,
}

/// Two values that should agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What they are about, such as "Line 10: price".
    pub what: String,
    /// What was found.
    pub found: Said,
    /// What it should be.
    pub expected: Said,
}

impl Difference {
    /// The line that it is about, where it is about one.
    pub fn line(&self) -> Option<&str> {
        self.what.strip_prefix("Line ")?.split_once(": ").map(|(line, _)| line)
    }
}

/// What a difference about one line is called.
fn of_line(line: &str, what: &str) -> String {
    format!("Line {line}: {what}")
}

/// Something that went wrong, and whether it is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub kind: Kind,
    /// What it is about.
    pub subject: Subject,
    /// Who can settle it.
    pub owner: Owner,
    /// Money at stake.
    pub money: Option<(Amount, Currency)>,
    /// Both numbers, one entry for each line concerned.
    pub differences: Vec<Difference>,
    /// The document that showed it.
    pub document: Option<DocumentId>,
    /// Since when it is so.
    pub began: Timestamp,
    /// When what was missing came; none while it is missing or in contradiction.
    pub ended: Option<Timestamp>,
    /// How often it was to be said: once, and for what is late once more for each day.
    pub times: i64,
}

impl Finding {
    /// Whether it still stands.
    pub fn is_open(&self) -> bool {
        self.ended.is_none()
    }
}

/// What every rule needs besides the facts.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The settings.
    pub rules: &'a Rules,
    /// When the hub works.
    pub calendar: &'a Calendar,
    /// The calendars that rules name.
    pub calendars: &'a BTreeMap<CalendarId, Calendar>,
    /// The present.
    pub now: Timestamp,
    /// The partner concerned.
    pub partner: Option<OrganisationId>,
}

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

/// When something that was late began to be, and when it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late {
    /// Since when.
    pub began: Timestamp,
    /// When it came.
    pub ended: Option<Timestamp>,
    /// How often it was to be said.
    pub times: i64,
}

impl View<'_> {
    /// The setting of a kind; none where it is off.
    pub fn on(&self, kind: Kind, document: Option<DocumentKind>) -> Option<Setting> {
        Some(self.rules.setting(kind, self.partner, document)).filter(|setting| setting.is_on)
    }

    /// Whether something that should have happened by `due` came later than the rule allows, or has not come. What came
    /// late is late for ever, so it does not matter when somebody looks.
    pub fn late(&self, kind: Kind, document: Option<DocumentKind>, due: Timestamp, happened: Option<Timestamp>) -> Option<Late> {
        let setting = self.on(kind, document)?;
        let began = self.hours(setting).after(due, setting.threshold.max(0).saturating_mul(HOUR))?;
        let until = happened.unwrap_or(self.now).min(self.now);
        if until <= began {
            return None;
        }
        let days = (until.micros() - began.micros()) / DAY;
        Some(Late { began, ended: happened, times: (1 + days).min(setting.repeats.max(1)) })
    }

    /// The hours that a setting counts.
    fn hours(&self, setting: Setting) -> &Calendar {
        setting.calendar.and_then(|id| self.calendars.get(&id)).unwrap_or(self.calendar)
    }

    /// By when an exception should be settled.
    pub fn due(&self, kind: Kind, severity: Severity, began: Timestamp) -> Timestamp {
        let hours = match severity {
            Severity::Critical => 4,
            Severity::Warning => 10,
            Severity::Info => 30,
        };
        self.hours(self.rules.setting(kind, self.partner, None)).after(began, hours * HOUR).unwrap_or(began)
    }
}

impl Kind {
    /// What it belongs to.
    pub const fn family(self) -> Family {
        match self {
            Self::AnswerOverdue
            | Self::OrderRejected
            | Self::ConfirmedLess
            | Self::ConfirmedMore
            | Self::AnswerPrice
            | Self::PromisedLate
            | Self::AnswerUnknownLine
            | Self::Substituted => Family::Answers,
            Self::ShipNoticeMissing
            | Self::ShippedBeforeConfirmed
            | Self::ShippedUnknownLine
            | Self::ShippedAmbiguousItem
            | Self::ShippedMoreThanConfirmed
            | Self::ShippedMoreThanOrdered
            | Self::ShipmentDataMissing
            | Self::ShipmentLate
            | Self::ReceivedDiffers => Family::Shipments,
            Self::BilledBeforeShipped
            | Self::BilledMoreThanShipped
            | Self::BilledMoreThanOrdered
            | Self::PriceNotAgreed
            | Self::TotalNotLines
            | Self::InvoiceRepeated
            | Self::BilledCancelled
            | Self::InvoiceMissing
            | Self::InvoiceUnanswered
            | Self::PaymentOverdue => Family::Invoices,
            Self::ShortPayment
            | Self::PaidAgain
            | Self::RemittanceTotal
            | Self::RemittanceInvoiceUnknown
            | Self::RemittanceCurrency
            | Self::OnHold => Family::Payments,
            _ => Family::Documents,
        }
    }

    /// How bad it is.
    pub const fn severity(self) -> Severity {
        match self {
            Self::OrderRejected
            | Self::ShippedMoreThanOrdered
            | Self::BilledMoreThanOrdered
            | Self::BilledCancelled
            | Self::InvoiceRepeated
            | Self::PaidAgain
            | Self::DocumentRejected
            | Self::ApplicationRejected
            | Self::SendFailed => Severity::Critical,
            Self::ShipmentDataMissing
            | Self::ShippedBeforeConfirmed
            | Self::ShippedAmbiguousItem
            | Self::InvoiceMissing
            | Self::PartnerSilent
            | Self::ConfirmedMore => Severity::Info,
            _ => Severity::Warning,
        }
    }
}

/// The end of a day, in UTC as dates on documents are.
fn end_of(day: Date) -> Timestamp {
    day.plus_days(1).start_utc()
}

/// Whether one number differs from another by more than so many percent of the other.
fn beyond(found: i64, expected: i64, percent: i64) -> bool {
    let difference = (i128::from(found) - i128::from(expected)).abs();
    difference > 0 && difference * 100 > i128::from(percent.max(0)) * i128::from(expected).abs()
}

/// The sum of amounts in one currency; none of nothing.
fn sum(amounts: impl Iterator<Item = Amount>, currency: Currency) -> Option<(Amount, Currency)> {
    let total: Amount = amounts.sum();
    (total != Amount::ZERO).then_some((total, currency))
}
