//! A ship notice that its receiver did not take is corrected: the form is filled with what was announced, and the notice
//! that takes its place leaves under the same number. The shipment stays one; what changed about it is in its history.

use super::announce::{DRAFT, Entered, ShipForm, ShipLine, may_enter};
use crate::{
    domain::{
        access::Actor,
        ids::{OrderId, ShipmentId},
        message::Document as Content,
        order::{Line, Source},
        shipment::ShipmentState,
    },
    service::{
        Context, Error, Result, across,
        draft::{self, Kept},
        exceptions,
        exchange::correction,
        history::{self, Entry, Subject, signature},
        orders::save,
        outbox::{self, Outgoing},
        wire_fields,
    },
    store::{
        Conn, drafts,
        orders::{self, Order},
        shipments::{self, Shipment, ShipmentLine},
    },
};

/// A shipment whose notice can be corrected.
pub struct Correctable {
    /// The shipment.
    pub shipment: Shipment,
    /// What is in it.
    pub inside: Vec<ShipmentLine>,
    /// Its order.
    pub order: Order,
    /// The order's lines as if it had not been announced.
    pub lines: Vec<Line>,
    /// Why its receiver did not take the notice.
    pub reasons: Vec<String>,
    /// How much is in it cannot be changed any more: it arrived, or customers wait for it.
    pub is_fixed: bool,
}

/// A shipment whose notice the actor can correct now; the refusal says why not.
pub async fn find(conn: &mut Conn, actor: &Actor, id: ShipmentId) -> Result<Correctable> {
    let shipment = shipments::find(conn, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    let inside = shipments::lines(conn, id).await?;
    let order_id = order_of(&inside)?;
    let order = orders::find(conn, actor.scope(), order_id).await?.ok_or(Error::NotFound)?;
    may_enter(conn, actor, &order).await?;
    let Some(reasons) = correction::refusal_of(conn, actor, shipment.document_id).await? else {
        let words = format!("The ship notice of {} is not refused, so there is nothing to correct.", shipment.number);
        return Err(Error::Conflict(words));
    };
    if shipment.state == ShipmentState::Received {
        return Err(Error::Conflict(format!(
            "Shipment {} was received and counted. Say in a case what its notice got wrong.",
            shipment.number
        )));
    }
    let mut lines = orders::lines(conn, order_id).await?;
    for part in &inside {
        if let Some(line) = lines.iter_mut().find(|line| line.id == part.order_line_id && line.is_in(&part.unit)) {
            line.quantities.shipped = line.quantities.shipped - part.quantity;
        }
    }
    // Of what was counted for customers nobody knows any more which shipment it was.
    let covers = orders::covers(conn, order_id).await?;
    let is_counted =
        |part: &ShipmentLine| covers.iter().any(|cover| cover.purchase_line_id == part.order_line_id && cover.shipped.is_positive());
    let is_fixed = !shipment.state.is_open() || inside.iter().any(is_counted) || !shipments::views(conn, id).await?.is_empty();
    Ok(Correctable { shipment, inside, order, lines, reasons, is_fixed })
}

/// The one order whose goods are in a shipment; what carries goods of several was not entered here.
fn order_of(inside: &[ShipmentLine]) -> Result<OrderId> {
    let only = inside.first().filter(|first| inside.iter().all(|line| line.order_id == first.order_id));
    Ok(only.ok_or(Error::NotFound)?.order_id)
}

impl Correctable {
    /// The form as it was announced.
    pub fn form(&self) -> ShipForm {
        let (row, text) = (&self.shipment, |value: &Option<String>| value.clone().unwrap_or_default());
        let day = |day: Option<crate::domain::time::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let position = |part: &ShipmentLine| self.lines.iter().find(|line| line.id == part.order_line_id).map(|line| line.position);
        let entry = |part: &ShipmentLine| ShipLine {
            position: position(part).map(|position| position.to_string()).unwrap_or_default(),
            quantity: part.quantity.to_string(),
        };
        ShipForm {
            number: row.number.clone(),
            shipped_on: day(row.shipped_on),
            estimated_on: day(row.estimated_on),
            scac: text(&row.carrier_scac),
            carrier: text(&row.carrier_name),
            tracking: text(&row.tracking),
            bill_of_lading: text(&row.bill_of_lading),
            packages: row.package_count.map(|count| count.to_string()).unwrap_or_default(),
            lines: self.inside.iter().map(entry).collect(),
        }
    }
}

/// The form: as typed before, or as it was announced.
pub async fn form(context: &Context, actor: &Actor, id: ShipmentId) -> Result<(Correctable, Kept<ShipForm>)> {
    let mut conn = context.db.read().await?;
    let found = find(&mut conn, actor, id).await?;
    let kept = draft::find::<ShipForm>(&mut conn, actor, DRAFT, id.0).await?;
    let kept = kept.unwrap_or_else(|| Kept { form: found.form(), errors: Vec::new() });
    Ok((found, kept))
}

/// Sends a corrected ship notice in the place of the one that was not taken. Refused entries are kept as a draft.
pub async fn correct(context: &Context, actor: &Actor, id: ShipmentId, form: &ShipForm) -> Result<ShipmentId> {
    let sent = try_correct(context, actor, id, form).await;
    draft::keep_if_invalid(context, actor, DRAFT, id.0, form, sent).await
}

async fn try_correct(context: &Context, actor: &Actor, id: ShipmentId, form: &ShipForm) -> Result<ShipmentId> {
    let mut tx = context.db.begin().await?;
    shipments::find_for_update(&mut tx, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    let order_id = order_of(&shipments::lines(&mut tx, id).await?)?;
    orders::find_for_update(&mut tx, actor.scope(), order_id).await?.ok_or(Error::NotFound)?;
    let Correctable { mut shipment, inside, mut order, lines: before, is_fixed, .. } = find(&mut tx, actor, id).await?;
    let entered = form.read(&before)?;
    if entered.number != shipment.number {
        return Err(Error::field("number", format!("The corrected ship notice keeps its number, {}.", shipment.number)));
    }
    let same_goods = form.says_again(&before, &inside);
    if is_fixed && !same_goods {
        let message = "These goods arrived, or customers wait for them, so how much is in it stays. Say in a case what is not right.";
        return Err(Error::field("lines[0][quantity]", message));
    }
    let author = signature(actor);
    let hub = outbox::hub(&mut tx).await?.id;
    let outgoing = Outgoing {
        content: Content::ShipNotice(entered.message(context, &order, &before)),
        sender: order.counterparty_id,
        receiver: hub,
        number: &entered.number,
        order: Some(order.id),
        shipment: Some(id),
        invoice: None,
        author: &author,
        release_at: context.now().plus_seconds(context.settings.undo_seconds),
    };
    let put = outbox::put(context, &mut tx, outgoing).await;
    let document = put.map_err(|error| wire_fields::of_shipment(error, form, entered.lines.iter().map(|(place, _)| &before[*place])))?;
    entered.describe(&mut shipment);
    shipment.document_id = Some(document);
    shipment.updated_at = context.now();
    shipments::restate(&mut tx, &shipment).await?;
    for mut view in shipments::views(&mut tx, id).await? {
        entered.describe(&mut view);
        // Papers of the supplier's do not cross.
        (view.bill_of_lading, view.package_count) = (None, None);
        view.updated_at = context.now();
        shipments::restate(&mut tx, &view).await?;
    }
    let parts = if same_goods { inside } else { entered.parts(context, id, &order, &before) };
    if !same_goods {
        shipments::replace_lines(&mut tx, id, &parts).await?;
    }
    let standing = orders::lines(&mut tx, order.id).await?;
    let mut after = before;
    let source = Source { document: Some(document), segment: None, element: None, actor: author.clone() };
    for (place, quantity) in &entered.lines {
        after[*place].ship(*quantity);
        after[*place].provenance.insert("shipped".to_owned(), source.clone());
    }
    save(context, &mut tx, &mut order, &standing, &after).await?;
    let mut concerned = if same_goods {
        across::expected(context, &mut tx, &shipment, &parts).await?
    } else {
        across::shipment(context, &mut tx, &shipment, &parts.iter().collect::<Vec<_>>()).await?
    };
    let entry = Entry {
        counterparty: order.counterparty_id,
        subject: Subject { order: Some(order.id), shipment: Some(id), document: Some(document), ..Subject::default() },
        kind: "shipment_corrected",
        words: format!("Ship notice of {} corrected and sent anew", shipment.number),
        changes: Vec::new(),
        actor: &author,
    };
    history::note(context, &mut tx, entry).await?;
    drafts::delete(&mut tx, actor, DRAFT, id.0).await?;
    let mut told = exceptions::look_at_document(context, &mut tx, document, Some(order.counterparty_id), &shipment.number).await?;
    told.extend(exceptions::look_at_order(context, &mut tx, order.id).await?);
    concerned.extend(shipments::views(&mut tx, id).await?.iter().map(|view| view.counterparty_id));
    tx.commit().await?;
    exceptions::tell(context, &told);
    for party in concerned.into_iter().chain([order.counterparty_id]) {
        context.live.publish(Some(party));
    }
    Ok(id)
}

impl Entered {
    /// What it says of a shipment besides its number and what is in it.
    fn describe(&self, row: &mut Shipment) {
        row.carrier_scac.clone_from(&self.scac);
        row.carrier_name.clone_from(&self.carrier);
        row.tracking.clone_from(&self.tracking);
        row.bill_of_lading.clone_from(&self.bill_of_lading);
        row.shipped_on = Some(self.shipped_on);
        row.estimated_on = self.estimated_on;
        row.package_count = self.packages.map(i64::from);
    }
}
