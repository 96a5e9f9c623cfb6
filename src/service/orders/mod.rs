//! Orders: taking them in, answering them, showing them. The rules are in `domain::order` and `domain::answer`.

pub mod answer;
pub mod bulk;
pub mod list;
pub mod place;
pub mod receive;
mod response;
pub mod view;

use sqlx::types::Json;

use super::{Context, Result, xconnector::tell};
use crate::{
    domain::{
        ids::DocumentId,
        number::Currency,
        order::{self, Line, LineStatus, OrderState, Provenance, Source},
    },
    store::{
        Conn,
        events::Difference,
        orders::{self, Order, Revision},
    },
};

/// Derives the header from its lines and saves it, and those lines that differ from what they were before. Other systems
/// are told where the order stands then.
pub async fn save(context: &Context, conn: &mut Conn, order: &mut Order, before: &[Line], lines: &[Line]) -> Result<()> {
    save_header(context, conn, order, lines).await?;
    for line in lines {
        let old = before.iter().find(|old| old.id == line.id);
        if old == Some(line) {
            continue;
        }
        orders::update_line(conn, line).await?;
        if old.is_none_or(|old| old.requested != line.requested || old.promised != line.promised) {
            orders::replace_schedule(conn, line).await?;
        }
    }
    tell_state(context, conn, order, Some(order::derive_state(before))).await
}

/// Derives the header from its lines and saves it alone, where it stands as it stood.
async fn save_header(context: &Context, conn: &mut Conn, order: &mut Order, lines: &[Line]) -> Result<()> {
    derive(order, lines);
    order.updated_at = context.now();
    orders::update(conn, order).await?;
    order.version += 1;
    Ok(())
}

/// Tells other systems where an order stands now.
async fn tell_state(context: &Context, conn: &mut Conn, order: &Order, before: Option<OrderState>) -> Result<()> {
    let of = tell::Trade { kind: "order", id: order.id.to_string(), number: &order.number, partner: order.counterparty_id };
    tell::status(context, conn, of, before.map(OrderState::as_str), order.state.as_str()).await
}

/// Sets everything on a header that follows from its lines.
pub fn derive(order: &mut Order, lines: &[Line]) {
    order.state = order::derive_state(lines);
    order.turn = order.state.turn();
    order.total = order::total(lines, order.currency);
    order.requested_on = order::requested_on(lines);
    order.promised_on = order::promised_on(lines);
    order.line_count = i64::try_from(lines.len()).unwrap_or(i64::MAX);
}

/// Keeps the lines as they stand as the next revision. The header is saved by the caller.
pub async fn revise(
    context: &Context,
    conn: &mut Conn,
    order: &mut Order,
    kind: &str,
    actor: &str,
    document: Option<DocumentId>,
    lines: &[Line],
) -> Result<()> {
    order.revision += 1;
    let revision = Revision {
        id: context.id(),
        order_id: order.id,
        revision: order.revision,
        kind: kind.to_owned(),
        actor: actor.to_owned(),
        document_id: document,
        lines: Json(lines.to_vec()),
        at: context.now(),
    };
    Ok(orders::insert_revision(conn, &revision).await?)
}

/// What an answer changed, line by line, for the history.
pub fn differences(before: &[Line], after: &[Line], currency: Currency) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut differ = |what: String, old: String, new: String| {
        if old != new {
            found.push(Difference { what, old, new });
        }
    };
    for (old, new) in before.iter().zip(after) {
        let in_words = |quantity| crate::text::quantity(quantity, &new.unit);
        if new.status == LineStatus::Rejected {
            differ(format!("Line {}", new.line), in_words(new.quantities.ordered), "rejected".to_owned());
            continue;
        }
        // Before an answer a line stands as it was asked for.
        let quantity =
            |line: &Line| in_words(if line.status == LineStatus::Open { line.quantities.ordered } else { line.quantities.confirmed });
        let was = quantity(old);
        differ(format!("Line {} quantity", new.line), was, quantity(new));
        let date = |on: Option<crate::domain::time::Date>| on.map(crate::text::date).unwrap_or_default();
        let delivery = |line: &Line| if line.status == LineStatus::Open { line.requested_on } else { line.promised_on };
        if delivery(new).is_some() {
            differ(format!("Line {} delivery", new.line), date(delivery(old)), date(delivery(new)));
        }
        let price = |line: &Line| crate::text::unit_price(line.price(), currency, new.price_per, &new.unit);
        differ(format!("Line {} price", new.line), price(old), price(new));
    }
    found
}

/// Notes on a line who set some of its fields.
pub fn set_source(provenance: &mut Provenance, fields: &[&str], source: &Source) {
    for field in fields {
        provenance.insert((*field).to_owned(), source.clone());
    }
}
