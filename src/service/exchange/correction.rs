//! What was entered in the portal and not taken by its receiver is corrected and sent anew: where that is done, for whom,
//! and until when. The document that takes its place is made by the form that made the first one.

use crate::{
    domain::{
        access::{Actor, Permission},
        document::{Direction, DocumentKind, DocumentStatus},
        ids::{DocumentId, InvoiceId, OrderId, ShipmentId},
    },
    service::{Context, Result, invoices, orders::answer, shipments},
    store::{
        Conn,
        advices::{self, Of},
        documents::{self, Document},
        orders::{self, Order},
    },
    text,
};

/// Which form corrects a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correction {
    /// The answer to an order.
    Answer(OrderId),
    /// A ship notice for an order.
    ShipNotice(OrderId, ShipmentId),
    /// An invoice for an order.
    Invoice(OrderId, InvoiceId),
}

/// Why its receiver did not take a document, reason by reason; none where it was taken, or nothing was said yet.
pub async fn refusal(conn: &mut Conn, document: &Document) -> Result<Option<Vec<String>>> {
    if document.direction != Direction::Out {
        return Ok(None);
    }
    if document.status == DocumentStatus::Rejected {
        let findings = document.findings.0.as_array().map_or(&[][..], Vec::as_slice);
        let errors = findings.iter().filter(|finding| finding["severity"] == "error");
        return Ok(Some(errors.filter_map(|finding| finding["message"].as_str()).map(str::to_owned).collect()));
    }
    let said = advices::list(conn, crate::store::Scope::Hub, Of::Document(document.id)).await?;
    let last = said.last().filter(|advice| advice.verdict.refuses());
    Ok(last.map(|advice| advice.errors.0.iter().map(text::advice_error).collect()))
}

/// The same of the document that something was sent as, where there is one that the actor may see.
pub async fn refusal_of(conn: &mut Conn, actor: &Actor, id: Option<DocumentId>) -> Result<Option<Vec<String>>> {
    let Some(id) = id else { return Ok(None) };
    match documents::find(conn, actor.scope(), id).await? {
        Some(document) => refusal(conn, &document).await,
        None => Ok(None),
    }
}

/// The same of the answer to an order.
pub async fn refusal_of_answer(context: &Context, actor: &Actor, order: &Order) -> Result<Option<Vec<String>>> {
    refusal_of(&mut context.db.read().await?, actor, order.answer_document_id).await
}

/// Where an actor corrects a document now; none where it was taken, came from a system, or is not the actor's to correct.
pub async fn of(conn: &mut Conn, actor: &Actor, id: DocumentId) -> Result<Option<Correction>> {
    if !actor.may(Permission::Sell) {
        return Ok(None);
    }
    let Some(document) = documents::find(conn, actor.scope(), id).await? else { return Ok(None) };
    if document.sender_id != Some(actor.organisation) || refusal(conn, &document).await?.is_none() {
        return Ok(None);
    }
    let Some(order_id) = document.order_id else { return Ok(None) };
    let correction = match (document.kind, document.shipment_id, document.invoice_id) {
        (DocumentKind::OrderResponse, ..) => {
            let Some(order) = orders::find(conn, actor.scope(), order_id).await? else { return Ok(None) };
            let lines = orders::lines(conn, order_id).await?;
            let may = order.answer_document_id == Some(id) && answer::may_answer(conn, actor, &order, &lines).await.is_ok();
            may.then_some(Correction::Answer(order_id))
        }
        (DocumentKind::ShipNotice, Some(shipment), _) => {
            let found = shipments::correct::find(conn, actor, shipment).await.ok();
            found.filter(|found| found.shipment.document_id == Some(id)).map(|_| Correction::ShipNotice(order_id, shipment))
        }
        (DocumentKind::Invoice, _, Some(invoice)) => {
            let found = invoices::correct::find(conn, actor, invoice).await.ok();
            found.filter(|found| found.invoice.document_id == Some(id)).map(|_| Correction::Invoice(order_id, invoice))
        }
        _ => None,
    };
    Ok(correction)
}
