//! What the hub pays its suppliers: one remittance (820) for all that is due to one of them in a few days, as its bank
//! run writes it.

use super::{
    companies::{HUB, company},
    play::Player,
    wire,
};
use crate::{
    domain::{
        ids::InvoiceId,
        invoice::InvoiceState,
        number::{Amount, Currency},
        order::OrderKind,
        time::Date,
    },
    edi::x12::{values, write::SetBody},
    service::{Error, Result},
    store::{
        Scope,
        invoices::{self, InvoiceFilter, InvoiceRow},
    },
};

/// What falls due this many days later is paid with it.
const RUN: i32 = 3;
/// More than is due to anybody in a few days.
const MOST: i64 = 50;

impl Player {
    /// The hub pays an invoice, less a part that is in question where `is_short` says so, and what is due soon besides.
    pub(super) async fn pay(&mut self, seller: &'static str, id: InvoiceId, is_short: bool) -> Result<()> {
        let known = self.known.get(seller).ok_or_else(|| Error::Internal(format!("{seller} is not known")))?.id;
        let today = self.context.clock.today();
        let mut conn = self.context.db.read().await?;
        let invoice = invoices::find(&mut conn, Scope::Hub, id).await?.ok_or(Error::NotFound)?;
        let approved = InvoiceFilter { states: vec![InvoiceState::Approved], ..InvoiceFilter::default() };
        let others = invoices::list(&mut conn, Scope::Party(known), &approved, MOST).await?;
        drop(conn);
        if !invoice.state.may_become(InvoiceState::Paid) {
            return Ok(());
        }
        let paid = if is_short { Amount::from_minor(invoice.open().minor() * 3 / 4) } else { invoice.open() };
        let mut items = vec![(invoice.number.clone(), invoice.open(), paid)];
        let is_due = |row: &InvoiceRow| {
            row.id != id
                && row.kind == OrderKind::Purchase
                && row.currency == invoice.currency
                && row.due_on.is_some_and(|due| due <= today.plus_days(RUN))
                && !self.held.contains(&row.id)
        };
        items.extend(others.into_iter().filter(is_due).map(|row| (row.number.clone(), row.total - row.paid, row.total - row.paid)));
        let trace = format!("CP{}-{}", today.0.year(), self.number(TRACE));
        let set = remittance(&trace, seller, invoice.currency, &items, today);
        self.send_sets(company(HUB), company(seller), &[set]).await.map(|_| ())
    }
}

/// What the numbers of remittances are counted under.
const TRACE: &str = "remittance";

fn remittance(trace: &str, seller: &'static str, currency: Currency, items: &[(String, Amount, Amount)], today: Date) -> SetBody {
    let total: Amount = items.iter().map(|(.., paid)| *paid).sum();
    let day = values::write_date(today);
    let mut out = vec![
        format!("BPR*I*{}*C*ACH************{day}", total.plain(currency)),
        format!("TRN*1*{trace}"),
        format!("CUR*PR*{}", currency.code()),
        format!("N1*PR*{}", company(HUB).name),
        format!("N1*PE*{}", company(seller).name),
        "ENT*1".to_owned(),
    ];
    for (number, gross, paid) in items {
        out.push(format!("RMR*IV*{number}**{}*{}", paid.plain(currency), gross.plain(currency)));
        if paid != gross {
            out.push(format!("ADX*{}*06", (*paid - *gross).plain(currency)));
        }
    }
    wire::raw("820", "RA", &out)
}
