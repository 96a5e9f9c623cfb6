//! What every place that shows an invoice says the same way: its chip, the groups of states, sums by currency.

use std::collections::BTreeMap;

use crate::{
    domain::{
        access::Audience,
        invoice::InvoiceState,
        number::{Amount, Currency},
        order::OrderKind,
        time::Date,
    },
    text::{self, Due, Urgency},
    ui::{ChipData, Icon, Role},
};

/// What an invoice waits for: the tabs of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Everything.
    All,
    /// With the buyer.
    Waiting,
    /// The buyer asks something, or sets conditions.
    Questions,
    /// It will be paid.
    Accepted,
    /// It will not be paid.
    Rejected,
    /// It is paid.
    Paid,
}

impl Group {
    /// Every group, in order.
    pub const ALL: [Self; 6] = [Self::All, Self::Waiting, Self::Questions, Self::Accepted, Self::Rejected, Self::Paid];

    /// Its code in the address.
    pub const fn code(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Waiting => "waiting",
            Self::Questions => "questions",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Paid => "paid",
        }
    }

    /// The group with a code; everything for anything else.
    pub fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|group| group.code() == code).unwrap_or(Self::All)
    }

    /// Its name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Waiting => "Waiting",
            Self::Questions => "Questions",
            Self::Accepted => "To be paid",
            Self::Rejected => "Rejected",
            Self::Paid => "Paid",
        }
    }

    /// The states in it; empty for all.
    pub const fn states(self) -> &'static [InvoiceState] {
        use InvoiceState as S;
        match self {
            Self::All => &[],
            Self::Waiting => &[S::Sent, S::Received, S::InProcess],
            Self::Questions => &[S::UnderQuery, S::ConditionallyAccepted],
            Self::Accepted => &[S::Approved, S::PartPaid],
            Self::Rejected => &[S::Rejected],
            Self::Paid => &[S::Paid],
        }
    }

    /// Whether a state is in it.
    pub fn holds(self, state: InvoiceState) -> bool {
        self.states().is_empty() || self.states().contains(&state)
    }
}

/// Whether the reader is the one who wants the money.
pub const fn is_issuer(kind: OrderKind, audience: Audience) -> bool {
    matches!((kind, audience), (OrderKind::Purchase, Audience::Supplier) | (OrderKind::Sales, Audience::Hub))
}

/// An invoice's state for a reader on one side of it.
pub fn chip(state: InvoiceState, kind: OrderKind, audience: Audience) -> ChipData {
    let issuer = is_issuer(kind, audience);
    let word = match state {
        InvoiceState::UnderQuery if issuer => "Question for you",
        InvoiceState::Sent if !issuer => "Received",
        state => text::invoice_state(state),
    };
    let turn = if issuer { Role::Warning } else { Role::Neutral };
    match state {
        InvoiceState::Sent if issuer => ChipData::new(Role::Info, Icon::Send, word),
        InvoiceState::Sent | InvoiceState::Received => ChipData::new(Role::Info, Icon::Inbox, word),
        InvoiceState::InProcess => ChipData::new(Role::Info, Icon::Half, word),
        InvoiceState::UnderQuery => ChipData::new(turn, Icon::Ask, word),
        InvoiceState::ConditionallyAccepted => ChipData::new(turn, Icon::Split, word),
        InvoiceState::Rejected => ChipData::new(Role::Danger, Icon::No, word),
        InvoiceState::Approved => ChipData::new(Role::Neutral, Icon::Check, word),
        InvoiceState::PartPaid => ChipData::new(Role::Info, Icon::Half, word),
        InvoiceState::Paid => ChipData::new(Role::Plain, Icon::Okay, word),
    }
}

/// The due date of an invoice that is still to be paid, in words; none where nothing is due any more.
pub fn due(state: InvoiceState, due_on: Option<Date>, today: Date) -> Option<Due> {
    let due = text::due_on(due_on.filter(|_| !state.is_final())?, today);
    Some(if due.urgency == Urgency::Late { Due { text: due.text.split(',').next().unwrap_or_default().to_owned(), ..due } } else { due })
}

/// Sums by currency as one text: "EUR 102,466.50", "EUR 10.00 + USD 5.00"; none where nothing is summed.
pub fn sums(amounts: impl IntoIterator<Item = (Currency, Amount)>) -> Option<String> {
    let mut by_currency: BTreeMap<String, (Currency, Amount)> = BTreeMap::new();
    for (currency, amount) in amounts {
        let sum = by_currency.entry(currency.code().to_owned()).or_insert((currency, Amount::ZERO));
        sum.1 = sum.1 + amount;
    }
    let parts: Vec<_> =
        by_currency.into_values().filter(|(_, sum)| *sum != Amount::ZERO).map(|(currency, sum)| text::money(sum, currency)).collect();
    (!parts.is_empty()).then(|| parts.join(" + "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_in_one_group_besides_all() {
        for &state in InvoiceState::ALL {
            let groups: Vec<_> = Group::ALL.into_iter().filter(|group| *group != Group::All && group.holds(state)).collect();
            assert_eq!(groups.len(), 1, "{state}: {groups:?}");
        }
    }

    #[test]
    fn sums_keep_currencies_apart() {
        let eur = |minor| (Currency::EUR, Amount::from_minor(minor));
        assert_eq!(sums([eur(1000), (Currency::USD, Amount::from_minor(500)), eur(50)]).unwrap(), "EUR 10.50 + USD 5.00");
        assert_eq!(sums([eur(100), eur(-100)]), None);
    }
}
