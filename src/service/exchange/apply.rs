//! Hands an accepted document to the use case it belongs to. A document that was read well but does not fit what we
//! know (an answer to an unknown order) is a business finding: it is noted on the document, and its 997 still accepts.

use super::{Sides, acknowledge, advise};
use crate::{
    domain::{
        document::DocumentStatus,
        ids::{DocumentId, InvoiceId, OrderId, OrganisationId, ShipmentId},
        message::Document as Content,
        order::OrderKind,
    },
    edi::x12::event::SetResult,
    service::{
        Context, Error, Result,
        exceptions::{self, taken::Touched},
        invoices, orders, outbox, remittances, shipments,
    },
    store::{
        Conn,
        documents::{self, Document},
        transmissions::Interchange,
    },
};

/// An accepted document with everything around it.
pub struct Incoming<'a> {
    pub(super) sides: &'a Sides,
    /// The document's row.
    pub document: &'a Document,
    pub(super) set: &'a SetResult,
    pub(super) interchange: &'a Interchange,
}

impl Incoming<'_> {
    /// The party besides the hub.
    pub fn counterparty(&self) -> OrganisationId {
        self.sides.counterparty
    }

    /// Who sent it, by name.
    pub fn sender_name(&self) -> &str {
        &self.sides.sender.name
    }

    /// Who sent it.
    pub fn sender_id(&self) -> OrganisationId {
        self.sides.sender.id
    }

    /// The kind of order that a document about buying speaks of, when its sender is the buyer.
    pub fn kind_bought_by_sender(&self) -> OrderKind {
        if self.sides.sender.is_hub { OrderKind::Purchase } else { OrderKind::Sales }
    }

    /// The kind of order, when the document's sender is the seller.
    pub fn kind_sold_by_sender(&self) -> OrderKind {
        if self.sides.sender.is_hub { OrderKind::Sales } else { OrderKind::Purchase }
    }

    /// Where a value of the document stood.
    pub fn origin(&self, path: &str) -> Option<crate::domain::message::Origin> {
        self.set.origins.get(path).copied()
    }
}

/// What a document did.
#[derive(Default)]
pub struct Applied {
    /// The order it is about.
    pub order: Option<OrderId>,
    /// The shipment.
    pub shipment: Option<ShipmentId>,
    /// The invoice.
    pub invoice: Option<InvoiceId>,
    /// Parties besides the sender whose pages changed.
    pub concerned: Vec<OrganisationId>,
    /// What does not fit, in words.
    pub remarks: Vec<String>,
}

/// Applies a document and says whose pages changed.
pub(super) async fn apply(context: &Context, conn: &mut Conn, incoming: &Incoming<'_>) -> Result<Vec<OrganisationId>> {
    let Some(content) = &incoming.set.document else { return Ok(Vec::new()) };
    let applied = match content {
        Content::PurchaseOrder(order) => orders::receive::order(context, conn, incoming, order).await,
        Content::OrderResponse(response) => orders::receive::response(context, conn, incoming, response).await,
        Content::ShipNotice(notice) => shipments::receive::notice(context, conn, incoming, notice).await,
        Content::Invoice(invoice) => invoices::receive::invoice(context, conn, incoming, invoice).await,
        Content::ShipmentStatus(status) => shipments::receive::status(context, conn, incoming, status).await,
        Content::ReceivingAdvice(advice) => shipments::receive::receipt(context, conn, incoming, advice).await,
        Content::RemittanceAdvice(advice) => remittances::receive::advice(context, conn, incoming, advice).await,
        Content::ApplicationAdvice(advice) => advise::apply(context, conn, incoming, advice).await,
        Content::FunctionalAcknowledgment(content) => {
            return acknowledge::apply_functional(context, conn, incoming, content).await;
        }
    };
    let mut applied = match applied {
        Ok(applied) => applied,
        // A rule of ours says no: the document stays, with the reason, and changes nothing. What changed under our hands
        // (`Error::Stale`) is not a rule: all of it is undone and taken in again.
        Err(Error::Conflict(words) | Error::Forbidden(words)) => Applied { remarks: vec![words], ..Applied::default() },
        Err(other) => return Err(other),
    };
    documents::set_subject(conn, incoming.document.id, applied.order, applied.shipment, applied.invoice).await?;
    if !applied.remarks.is_empty() {
        remark(context, conn, incoming.document.id, incoming.document, &applied.remarks).await?;
    }
    let touched = Touched { order: applied.order, shipment: applied.shipment, invoice: applied.invoice };
    let told = exceptions::taken::document(context, conn, incoming.document, touched).await?;
    applied.concerned.extend(exceptions::concerned(&told));
    Ok(applied.concerned)
}

async fn remark(context: &Context, conn: &mut Conn, id: DocumentId, document: &Document, remarks: &[String]) -> Result<()> {
    let mut findings = document.findings.0.as_array().cloned().unwrap_or_default();
    findings.extend(remarks.iter().map(|words| serde_json::json!({ "severity": "warning", "code": "business", "message": words })));
    documents::set_findings(conn, id, &findings.into()).await?;
    for words in remarks {
        outbox::note(context, conn, id, DocumentStatus::New, "Portico", words).await?;
    }
    Ok(())
}
