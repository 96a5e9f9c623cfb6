//! The order list, and what the hand-written handler asks for it.

use portico::{service::paging, store::orders::OrderRow};
use sqlx::FromRow;

use crate::{Line, beside, company::Company, hand::Query};

/// Rows on the page.
pub const ROWS: usize = 80;

const LIST: &str =
    "SELECT o.id, o.kind, o.number, o.state, p.name AS counterparty, p.code AS counterparty_code, o.currency, o.total, o.line_count,
      o.ordered_on, o.requested_on, o.promised_on, o.answer_due_at, a.delivered_at AS answer_delivered_at,
      a.acknowledged_at AS answer_acknowledged_at, a.acknowledgment AS answer_acknowledgment, o.answered_at, o.version, o.updated_at, o.created_at
    FROM orders o JOIN organisations p ON p.id = o.counterparty_id LEFT JOIN documents a ON a.id = o.answer_document_id
    {scope} ORDER BY o.created_at DESC, o.id DESC LIMIT 81";

const WHY: &str = "The hand-written handler renders nothing. The rest is the page being made of components, row by row, and three queries \
    more: exceptions that stand about the rows, who the reader may act for, and how a partner's documents travel.";

const COUNT: &str = "SELECT o.state, count(*) AS n FROM orders o {scope} GROUP BY o.state";

#[derive(FromRow)]
#[expect(dead_code, reason = "decoded, as the page does")]
struct Count {
    state: String,
    n: i64,
}

/// Measures the list.
pub async fn measure(company: &Company) -> Vec<Line> {
    assert_eq!(usize::try_from(paging::PAGE), Ok(ROWS), "the list has as many rows as are measured");
    let partner = "WHERE o.counterparty_id = $1";
    let queries = vec![Query::new::<OrderRow>(LIST, "", partner), Query::new::<Count>(COUNT, "", partner)];
    let page = beside::Page { what: "orders", path: "/orders".to_owned(), rows: ("<tr role=\"row\" data-key=", ROWS), queries, why: WHY };
    beside::measure(company, &page).await
}
