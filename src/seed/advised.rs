//! What the hub's system said of invoices after it had read them (824): it entered one, took one only after a correction
//! of its own, and has just refused the newest.

use super::{
    companies::{HUB, MAIN_SUPPLIER, company},
    play::Player,
    wire,
};
use crate::{
    domain::{
        access::Scope,
        document::{Direction, DocumentKind, DocumentStatus},
        time::Timestamp,
    },
    edi::x12::values,
    service::{Error, Result},
    store::documents::{self, DocumentFilter, DocumentRow},
};

/// Seconds from an invoice to what is said of it.
const AFTER: i64 = 40 * 60;
/// More than are looked at.
const MOST: i64 = 12;
/// What the numbers of advices are counted under.
const NUMBER: &str = "advice";

/// What is wrong, as the hub's system writes it.
const TOTAL: &str = "TED*010*Total differs from the goods receipt*TDS**1~";
const NO_COST_CENTRE: &str = "TED*007*No cost centre is known for this item yet*IT1**9~";

impl Player {
    /// Says of the main supplier's newest invoices what became of them.
    pub(super) async fn advise(&mut self) -> Result<()> {
        let known = self.known.get(MAIN_SUPPLIER).ok_or_else(|| Error::Internal("the main supplier is not known".to_owned()))?.id;
        let filter = DocumentFilter {
            direction: Some(Direction::Out),
            kind: Some(DocumentKind::Invoice),
            statuses: vec![DocumentStatus::Acknowledged],
            ..DocumentFilter::default()
        };
        let rows = documents::list(&mut self.context.db.read().await?, Scope::Party(known), &filter, MOST).await?;
        let mut rows = rows.iter();
        let (Some(newest), Some(second), Some(third)) = (rows.next(), rows.next(), rows.next()) else { return Ok(()) };
        let said =
            [(third, AFTER, "TR", NO_COST_CENTRE), (third, 4 * AFTER, "TA", ""), (second, AFTER, "TA", ""), (newest, AFTER, "TR", TOTAL)];
        for (row, after, verdict, errors) in said {
            self.say_of(row, row.created_at.plus_seconds(after), verdict, errors).await?;
        }
        self.clock.set(self.calendar.now);
        Ok(())
    }

    async fn say_of(&mut self, row: &DocumentRow, at: Timestamp, verdict: &str, errors: &str) -> Result<()> {
        let at = at.min(self.calendar.now.plus_seconds(-60));
        self.clock.set(at);
        let number = self.number(NUMBER);
        let day = values::write_date(at.date_utc());
        let mut out = vec![format!("BGN*00*AA{number}*{day}*{}", wire::hours_and_minutes(at)), format!("OTI*{verdict}*IV*{}", row.number)];
        out.extend(errors.split_terminator('~').map(str::to_owned));
        self.send_sets(company(HUB), company(MAIN_SUPPLIER), &[wire::raw("824", "AG", &out)]).await.map(|_| ())
    }
}
