//! The settings of rules. Every kind has one built in; a row of the table replaces it for a partner, a document type, or
//! both, and the closest one counts.

use super::Kind;
use crate::domain::{
    document::DocumentKind,
    ids::{CalendarId, OrganisationId},
};

codes! {
    /// In what the threshold of a rule is said.
    pub enum Measure {
        /// Working hours after the moment at which it should have happened.
        WorkingHours = "working_hours",
        /// Percent that may differ.
        Percent = "percent",
        /// Days that may differ.
        Days = "days",
        /// There is nothing to set.
        Nothing = "nothing",
    }
}

/// How a rule is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Whether it finds anything.
    pub is_on: bool,
    /// How much is allowed, in the kind's measure.
    pub threshold: i64,
    /// How often it is said at most.
    pub repeats: i64,
    /// The calendar whose hours it counts; the hub's usual week where none is named.
    pub calendar: Option<CalendarId>,
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Which rule.
    pub kind: Kind,
    /// For this partner alone.
    pub partner: Option<OrganisationId>,
    /// For this document type alone.
    pub document: Option<DocumentKind>,
    /// How it is set.
    pub setting: Setting,
}

/// All rows.
#[derive(Clone, Debug, Default)]
pub struct Rules(pub Vec<Rule>);

impl Rules {
    /// The setting that counts: that of the closest row, the partner before the document type, else the built-in one.
    pub fn setting(&self, kind: Kind, partner: Option<OrganisationId>, document: Option<DocumentKind>) -> Setting {
        let fits = |rule: &&Rule| {
            rule.kind == kind && rule.partner.is_none_or(|of| Some(of) == partner) && rule.document.is_none_or(|of| Some(of) == document)
        };
        let close = |rule: &&Rule| (rule.partner.is_some(), rule.document.is_some());
        self.0.iter().filter(fits).max_by_key(close).map_or_else(|| kind.built_in(), |rule| rule.setting)
    }

    /// Rules of which only one kind finds anything, with one setting for everybody: to try it.
    pub fn only(kind: Kind, setting: Setting) -> Self {
        let rules = Kind::ALL.iter().map(|&each| Rule {
            kind: each,
            partner: None,
            document: None,
            setting: if each == kind { Setting { is_on: true, ..setting } } else { Setting { is_on: false, ..each.built_in() } },
        });
        Self(rules.collect())
    }
}

/// The largest threshold, and the most repeats, that can be set.
pub const LARGEST_THRESHOLD: i64 = 10_000;
/// The most repeats that can be set.
pub const MOST_REPEATS: i64 = 99;

impl Kind {
    /// In what its threshold is said.
    pub const fn measure(self) -> Measure {
        match self {
            Self::AnswerOverdue
            | Self::ShipNoticeMissing
            | Self::ShipmentDataMissing
            | Self::ShipmentLate
            | Self::InvoiceMissing
            | Self::InvoiceUnanswered
            | Self::PaymentOverdue
            | Self::AcknowledgmentMissing
            | Self::SendFailed
            | Self::PartnerSilent => Measure::WorkingHours,
            Self::ConfirmedLess | Self::AnswerPrice | Self::ReceivedDiffers | Self::PriceNotAgreed => Measure::Percent,
            Self::PromisedLate => Measure::Days,
            _ => Measure::Nothing,
        }
    }

    /// Whether a rule of this kind may be set for one document type.
    pub const fn knows_documents(self) -> bool {
        matches!(
            self,
            Self::AcknowledgmentMissing
                | Self::DocumentRejected
                | Self::ApplicationRejected
                | Self::DocumentRefused
                | Self::DocumentNotApplied
                | Self::SendFailed
        )
    }

    /// How it is set where nobody has set it. A working day of the hub has ten hours.
    pub const fn built_in(self) -> Setting {
        let threshold = match self {
            Self::ShipmentDataMissing => 2,
            Self::AcknowledgmentMissing => 4,
            Self::ShipmentLate => 10,
            Self::InvoiceUnanswered => 30,
            Self::InvoiceMissing | Self::PartnerSilent => 50,
            Self::PromisedLate => 1,
            _ => 0,
        };
        let repeats = if matches!(self.measure(), Measure::WorkingHours) { 4 } else { 3 };
        Setting { is_on: true, threshold, repeats, calendar: None }
    }
}
