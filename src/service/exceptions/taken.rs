//! What is looked at when a document was taken in: itself, those that it may come in the place of, and every order,
//! shipment and invoice that it touched.

use std::collections::BTreeSet;

use super::{Root, Told, look, look_at_document};
use crate::{
    domain::{
        document::DocumentKind,
        ids::{InvoiceId, OrderId, OrganisationId, ShipmentId},
        order::OrderKind,
    },
    service::{Context, Result},
    store::{Conn, Scope, documents::Document, examined, invoices, orders, remittances, shipments},
};

/// What a document touched.
#[derive(Clone, Copy, Debug, Default)]
pub struct Touched {
    /// The order.
    pub order: Option<OrderId>,
    /// The shipment.
    pub shipment: Option<ShipmentId>,
    /// The invoice.
    pub invoice: Option<InvoiceId>,
}

/// Examines what a document that was applied touched.
pub async fn document(context: &Context, conn: &mut Conn, document: &Document, mut touched: Touched) -> Result<Vec<Told>> {
    if let (DocumentKind::Invoice, None, Some(partner)) = (document.kind, touched.invoice, document.counterparty_id) {
        // One that was there before: it came again.
        let kind = if document.sender_id == Some(partner) { OrderKind::Purchase } else { OrderKind::Sales };
        touched.invoice = invoices::find_by_number(conn, kind, partner, &document.number).await?.map(|invoice| invoice.id);
    }
    let mut told = subjects(context, conn, touched).await?;
    told.extend(look_at_document(context, conn, document.id, document.counterparty_id, &document.number).await?);
    Ok(told)
}

/// Examines what a person's action touched.
pub async fn subjects(context: &Context, conn: &mut Conn, touched: Touched) -> Result<Vec<Told>> {
    let mut all: BTreeSet<OrderId> = touched.order.into_iter().collect();
    let mut roots: Vec<Root> = Vec::new();
    if let Some(shipment) = touched.shipment {
        let ids: Vec<ShipmentId> = shipments::views(conn, shipment).await?.into_iter().map(|view| view.id).chain([shipment]).collect();
        for id in ids {
            all.extend(shipments::lines(conn, id).await?.into_iter().map(|line| line.order_id));
        }
        // A report on a customer's view is one on the supplier's shipment.
        if let Some(source) = shipments::find(conn, Scope::Hub, shipment).await?.and_then(|row| row.source_id) {
            all.extend(shipments::lines(conn, source).await?.into_iter().map(|line| line.order_id));
        }
    }
    if let Some(id) = touched.invoice {
        roots.extend(remittances::of_invoice(conn, id).await?.into_iter().map(|payment| Root::Remittance(payment.remittance_id)));
        match invoices::find(conn, Scope::Hub, id).await?.and_then(|invoice| invoice.order_id) {
            Some(order) => all.extend([order]),
            None => roots.push(Root::Invoice(id)),
        }
    }
    for order in all.clone() {
        all.extend(orders::covers(conn, order).await?.into_iter().map(|cover| cover.sales_order_id));
    }
    look(context, conn, roots.into_iter().chain(all.into_iter().map(Root::Order))).await
}

/// Examines a file that came, those of the same name that were refused before, and how long its sender was silent.
pub async fn file(
    context: &Context,
    conn: &mut Conn,
    id: crate::domain::ids::TransmissionId,
    owner: OrganisationId,
    name: &str,
) -> Result<Vec<Told>> {
    let earlier = examined::open_files(conn, name).await?.into_iter().chain([id]).map(Root::File);
    look(context, conn, earlier.chain([Root::Partner(owner)])).await
}
