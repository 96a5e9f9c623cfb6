//! What went wrong in those weeks: found by the rules from what was played, and settled by people, but for the newest of
//! each kind, which still stands.

use std::collections::BTreeSet;

use super::{COMPANIES, HUB, MAIN_SUPPLIER, calendar::HOUR, companies::company, play::Player};
use crate::{
    domain::{
        access::{Actor, Scope},
        exception::{Kind, Owner, State},
    },
    service::{
        Result,
        exceptions::{act, assign, view, watch},
    },
    store::exceptions::{self, ExceptionFilter, ExceptionRow},
};

/// More than there are.
const ALL: i64 = 2000;
/// How many kinds still stand.
const OPEN: usize = 11;

/// How people say that they settled it.
fn note(kind: Kind) -> &'static str {
    match kind {
        Kind::OrderRejected => "Ordered elsewhere; the item is taken out of the catalogue.",
        Kind::ConfirmedLess => "The smaller quantity will do; the rest comes with the next order.",
        Kind::AnswerPrice | Kind::PriceNotAgreed => "The new price list is signed and entered.",
        Kind::PromisedLate => "The later date is fine with production.",
        Kind::ReceivedDiffers => "Counted again together; the delivery note was right.",
        Kind::PaymentOverdue | Kind::InvoiceUnanswered | Kind::InvoiceMissing => "Cleared with accounts payable by phone.",
        Kind::ShortPayment => "The deduction is right; the credit note follows with the next invoice.",
        Kind::OnHold => "Answered by phone, with the paper that was asked for.",
        Kind::ApplicationRejected => "Its receiver corrected its own record and took the document by hand.",
        Kind::DocumentRefused | Kind::DocumentRejected | Kind::DocumentNotApplied | Kind::FileRefused => {
            "The sender corrected its mapping; entered by hand this time."
        }
        _ => "Cleared by phone.",
    }
}

impl Player {
    /// Looks at everything once at the present moment, and lets people settle what is older.
    pub(super) async fn settle_trouble(&mut self) -> Result<()> {
        self.clock.set(self.calendar.now);
        watch::watch(&self.context).await?;
        let filter = ExceptionFilter { state: Some(State::Open), ..ExceptionFilter::default() };
        let mut rows = exceptions::list(&mut self.context.db.read().await?, Scope::Hub, &filter, ALL).await?;
        let main = company(MAIN_SUPPLIER).name;
        rows.sort_by_key(|row| (row.counterparty.as_deref() != Some(main), std::cmp::Reverse(row.due_at)));
        let mut standing = BTreeSet::new();
        for row in rows {
            let stands = !standing.contains(&row.kind) && standing.len() < OPEN;
            let actor = self.settler(&row)?;
            let began = view::load(&self.context, &actor, row.id).await?.exception.began_at;
            self.clock.set(began.plus_seconds(3 * HOUR).min(self.calendar.now));
            // Of what still stands some was begun, of the rest some steps settled it.
            if standing.len().is_multiple_of(3) || !stands {
                act::step(&self.context, &actor, row.id, 1, true).await?;
            }
            if stands {
                // Every other one somebody has in hand.
                if let Some(person) = actor.user().filter(|_| standing.len().is_multiple_of(2)) {
                    assign::assign(&self.context, &actor, row.id, "", &person.to_string()).await?;
                }
                standing.insert(row.kind);
                continue;
            }
            if row.times % 2 == 1 {
                act::step(&self.context, &actor, row.id, 2, true).await?;
            }
            act::settle(&self.context, &actor, row.id, note(row.kind)).await?;
        }
        self.clock.set(self.calendar.now);
        Ok(())
    }

    /// Whoever can settle it and has a person in the portal.
    fn settler(&self, row: &ExceptionRow) -> Result<Actor> {
        let partner = COMPANIES.iter().find(|company| Some(company.name) == row.counterparty.as_deref() && !company.people.is_empty());
        match (row.owner, partner) {
            (Owner::Partner, Some(partner)) => self.somebody(partner.code),
            _ => self.somebody(HUB),
        }
    }
}
