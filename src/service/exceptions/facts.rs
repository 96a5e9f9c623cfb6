//! What is known of an order, an invoice, a document, a file or a partner, put together for the rules.

use crate::{
    domain::{
        document::{Direction, DocumentKind, DocumentStatus},
        exception::{
            documents::{AdviceFacts, DocumentFacts, FileFacts, PartnerFacts},
            invoices::{Billed, InvoiceFacts},
            orders::OrderFacts,
            remittances::{PaidInvoice, PaidItem, RemittanceFacts},
            shipments::{ShipmentFacts, Shipped},
        },
        ids::{DocumentId, InvoiceId, OrderId, OrganisationId, RemittanceId, TransmissionId},
        message::Document as Content,
        number::{Amount, Currency},
        order::OrderKind,
    },
    service::{Error, Result},
    store::{
        Conn, Scope,
        advices::{self, Of},
        documents::{self, Document},
        examined,
        invoices::{self, Invoice},
        orders, organisations,
        remittances::{self, Remittance},
        shipments::{self, Shipment},
        transmissions,
    },
    text,
};

/// What an order is examined with.
type OfOrder = (OrganisationId, OrderFacts, Vec<ShipmentFacts>, Vec<InvoiceFacts>);

/// What a document says.
async fn content(conn: &mut Conn, id: Option<DocumentId>) -> Result<Option<Content>> {
    let Some(id) = id else { return Ok(None) };
    Ok(documents::find(conn, Scope::Hub, id).await?.and_then(|document| document.content).map(|content| content.0))
}

pub(super) async fn order(conn: &mut Conn, id: OrderId) -> Result<Option<OfOrder>> {
    let Some(row) = orders::find(conn, Scope::Hub, id).await? else { return Ok(None) };
    let answer = match row.answer_document_id {
        Some(document) => {
            let said = match content(conn, Some(document)).await? {
                Some(Content::OrderResponse(response)) => Some(response),
                _ => None,
            };
            Some((document, said))
        }
        None => None,
    };
    let mut goods = Vec::new();
    for shipment in shipments::of_order(conn, id).await? {
        goods.push(shipped(conn, id, shipment).await?);
    }
    let mut bills = Vec::new();
    for invoice in invoices::of_order(conn, id).await? {
        bills.push(billed(conn, invoice).await?);
    }
    let facts = OrderFacts {
        id,
        kind: row.kind,
        number: row.number,
        state: row.state,
        currency: row.currency,
        created_at: row.created_at,
        answer_due_at: row.answer_due_at,
        answered_at: row.answered_at,
        document: row.document_id,
        answer,
        lines: orders::lines(conn, id).await?,
    };
    Ok(Some((row.counterparty_id, facts, goods, bills)))
}

async fn shipped(conn: &mut Conn, order: OrderId, row: Shipment) -> Result<ShipmentFacts> {
    let lines = shipments::lines(conn, row.id).await?.into_iter().filter(|line| line.order_id == order);
    let notice = match content(conn, row.document_id).await? {
        Some(Content::ShipNotice(notice)) => Some(notice),
        _ => None,
    };
    Ok(ShipmentFacts {
        id: row.id,
        number: row.number,
        state: row.state,
        created_at: row.created_at,
        estimated_on: row.estimated_on,
        delivered_at: row.delivered_at,
        carrier: row.carrier_name.or(row.carrier_scac),
        tracking: row.tracking,
        document: row.document_id,
        notice,
        is_view: row.source_id.is_some(),
        lines: lines
            .map(|line| Shipped { line: line.order_line_id, quantity: line.quantity, received: line.received, unit: line.unit })
            .collect(),
    })
}

async fn billed(conn: &mut Conn, row: Invoice) -> Result<InvoiceFacts> {
    let message = match content(conn, row.document_id).await? {
        Some(Content::Invoice(message)) => Some(message),
        _ => None,
    };
    let issuer = match row.kind {
        OrderKind::Purchase => Some(row.counterparty_id),
        OrderKind::Sales => organisations::hub(conn).await?.map(|hub| hub.id),
    };
    let namesakes = match issuer {
        Some(issuer) => examined::namesakes(conn, issuer, Direction::In, DocumentKind::Invoice, &row.number).await?,
        None => Vec::new(),
    };
    let repeats = namesakes.into_iter().filter(|other| other.is_accepted && !other.is_applied && other.created_at >= row.created_at);
    let lines = invoices::lines(conn, row.id).await?;
    Ok(InvoiceFacts {
        id: row.id,
        kind: row.kind,
        number: row.number,
        state: row.state,
        created_at: row.created_at,
        currency: row.currency,
        total: row.total,
        paid: row.paid,
        credited: row.credited,
        reason: row.state_reason,
        updated_at: row.updated_at,
        due_on: row.due_on,
        document: row.document_id,
        message,
        repeats: repeats.map(|other| (other.id, other.created_at)).collect(),
        lines: lines
            .into_iter()
            .map(|line| Billed {
                line: line.order_line_id,
                quantity: line.quantity,
                unit: line.unit,
                unit_price: line.unit_price,
                price_per: line.price_per,
                amount: line.amount,
            })
            .collect(),
    })
}

pub(super) async fn invoice(conn: &mut Conn, id: InvoiceId) -> Result<Option<(OrganisationId, InvoiceFacts)>> {
    let Some(row) = invoices::find(conn, Scope::Hub, id).await? else { return Ok(None) };
    Ok(Some((row.counterparty_id, billed(conn, row).await?)))
}

pub(super) async fn remittance(conn: &mut Conn, id: RemittanceId) -> Result<Option<(OrganisationId, RemittanceFacts)>> {
    let Some(row) = remittances::find(conn, Scope::Hub, id).await? else { return Ok(None) };
    let all = remittances::items(conn, id).await?;
    let mut items = Vec::new();
    for item in all {
        let invoice = match item.invoice_id {
            Some(invoice) => Some(paid_invoice(conn, &row, item.position, invoice).await?),
            None => None,
        };
        items.push(PaidItem {
            number: item.number,
            is_invoice: item.is_invoice,
            invoice,
            paid: item.paid,
            gross: item.gross,
            discount: item.discount,
            adjustments: item.adjustments.0,
        });
    }
    let facts = RemittanceFacts {
        id,
        kind: row.kind,
        number: row.number,
        currency: row.currency,
        total: row.total,
        created_at: row.created_at,
        document: row.document_id,
        adjustments: row.adjustments.0,
        items,
    };
    Ok(Some((row.counterparty_id, facts)))
}

/// An invoice as the item at a place of a remittance pays it, with all else that was paid for it.
async fn paid_invoice(conn: &mut Conn, remittance: &Remittance, position: i64, id: InvoiceId) -> Result<PaidInvoice> {
    let invoice = invoices::find(conn, Scope::Hub, id).await?.ok_or(Error::NotFound)?;
    let payments: Vec<_> =
        remittances::of_invoice(conn, id).await?.into_iter().filter(|payment| payment.currency == invoice.currency).collect();
    let discounts: Amount = payments.iter().map(|payment| payment.discount).sum();
    let is_here = |payment: &&remittances::Payment| payment.remittance_id == remittance.id;
    let first_here = payments.iter().position(|payment| payment.remittance_id == remittance.id).unwrap_or(payments.len());
    Ok(PaidInvoice {
        id,
        currency: invoice.currency,
        state: invoice.state,
        due: invoice.total - invoice.credited - discounts,
        open: invoice.open() - discounts,
        before: payments[..first_here].iter().map(|payment| payment.paid).sum(),
        here: payments.iter().filter(is_here).map(|payment| payment.paid).sum(),
        is_last: payments.last().is_some_and(|last| (last.remittance_id, last.position) == (remittance.id, position)),
        is_last_here: payments.iter().rfind(is_here).is_some_and(|last| last.position == position),
    })
}

pub(super) async fn document(conn: &mut Conn, id: DocumentId) -> Result<Option<(Option<OrganisationId>, DocumentFacts)>> {
    let Some(row) = documents::find(conn, Scope::Hub, id).await? else { return Ok(None) };
    let steps = documents::events(conn, id).await?;
    let at = |wanted: &[DocumentStatus]| steps.iter().find(|step| wanted.contains(&step.status)).map(|step| step.at);
    let failed_at = at(&[DocumentStatus::SendFailed]);
    let left = [DocumentStatus::Sent, DocumentStatus::Delivered, DocumentStatus::Acknowledged, DocumentStatus::Rejected];
    let over = [&left[..], &[DocumentStatus::Withdrawn, DocumentStatus::AcknowledgedWithErrors]].concat();
    let failed = failed_at.map(|failed_at| {
        let recovered = steps.iter().find(|step| step.at >= failed_at && over.contains(&step.status));
        (failed_at, recovered.map(|step| step.at))
    });
    let has_route = match row.transmission_id {
        Some(transmission) => transmissions::find_transmission(conn, transmission).await?.is_some_and(|row| row.route_id.is_some()),
        None => false,
    };
    let (partner, to) = (row.counterparty_id, row.receiver_id);
    let facts = DocumentFacts {
        id,
        direction: row.direction,
        kind: row.kind,
        name: format!("{} {}", text::document_kind(row.kind), row.number),
        status: row.status,
        is_accepted: row.is_accepted,
        by_partner: row.sender_id.is_some() && row.sender_id == partner,
        to_partner: to.is_some() && to == partner,
        has_route,
        created_at: row.created_at,
        left_at: at(&left),
        failed,
        acknowledged_at: row.acknowledged_at,
        refused_at: at(&[DocumentStatus::Rejected, DocumentStatus::Refused]),
        misfit: misfit(conn, &row).await?,
        error: message(&row, |finding| finding["severity"] == "error"),
        replaced_at: replaced(conn, &row).await?,
        advice: not_taken(conn, &row).await?,
        number: row.number,
    };
    Ok(Some((partner, facts)))
}

/// The words of the first finding of a document that fits.
fn message(row: &Document, fits: impl Fn(&serde_json::Value) -> bool) -> Option<String> {
    let findings = row.findings.0.as_array()?;
    findings.iter().find(|finding| fits(finding)).and_then(|finding| finding["message"].as_str()).map(str::to_owned)
}

/// Why a document that could be read changed nothing. An invoice that came twice is told with the first one.
async fn misfit(conn: &mut Conn, row: &Document) -> Result<Option<String>> {
    let is_remittance = row.kind == DocumentKind::RemittanceAdvice && remittances::of_document(conn, row.id).await?.is_some();
    let is_advice = row.kind == DocumentKind::ApplicationAdvice && !advices::list(conn, Scope::Hub, Of::Advice(row.id)).await?.is_empty();
    let is_applied = is_remittance || is_advice || row.order_id.is_some() || row.shipment_id.is_some() || row.invoice_id.is_some();
    let words = message(row, |finding| finding["code"] == "business");
    let (Some(partner), Some(_), false) = (row.counterparty_id, &words, is_applied) else { return Ok(None) };
    if row.kind == DocumentKind::Invoice {
        let kind = if row.sender_id == Some(partner) { OrderKind::Purchase } else { OrderKind::Sales };
        if invoices::find_by_number(conn, kind, partner, &row.number).await?.is_some() {
            return Ok(None);
        }
    }
    Ok(words)
}

/// The last time that the receiver's application did not take a document.
async fn not_taken(conn: &mut Conn, row: &Document) -> Result<Option<AdviceFacts>> {
    let said = advices::list(conn, Scope::Hub, Of::Document(row.id)).await?;
    let Some(place) = said.iter().rposition(|advice| advice.verdict.refuses()) else { return Ok(None) };
    // What its receiver repeats is one refusal: it stands since the first one after it was taken last.
    let first = said[..place].iter().rposition(|advice| !advice.verdict.refuses()).map_or(0, |taken| taken + 1);
    let advice = &said[place];
    Ok(Some(AdviceFacts {
        document: advice.advice_id,
        name: format!("{} {}", text::document_kind(DocumentKind::ApplicationAdvice), advice.advice_number),
        at: said[first].at,
        taken_at: said.get(place + 1).map(|after| after.at),
        reasons: advice.errors.0.iter().map(text::advice_error).collect(),
        money: worth(conn, row).await?,
    }))
}

/// What a document asks for, or what it is worth: its invoice, else its order.
async fn worth(conn: &mut Conn, row: &Document) -> Result<Option<(Amount, Currency)>> {
    if let Some(id) = row.invoice_id {
        return Ok(invoices::find(conn, Scope::Hub, id).await?.map(|invoice| (invoice.total, invoice.currency)));
    }
    let Some(id) = row.order_id else { return Ok(None) };
    Ok(orders::find(conn, Scope::Hub, id).await?.map(|order| (order.total, order.currency)))
}

/// When a later document with the same number came, or was made, that was good.
async fn replaced(conn: &mut Conn, row: &Document) -> Result<Option<crate::domain::time::Timestamp>> {
    let Some(sender) = row.sender_id else { return Ok(None) };
    let is_good = |other: &examined::Namesake| match row.direction {
        Direction::In => other.is_accepted && other.is_applied,
        Direction::Out => !matches!(other.status, DocumentStatus::Rejected | DocumentStatus::SendFailed | DocumentStatus::Withdrawn),
    };
    let others = examined::namesakes(conn, sender, row.direction, row.kind, &row.number).await?;
    let later = others.into_iter().filter(|other| (other.created_at, other.id) > (row.created_at, row.id) && other.id != row.id);
    Ok(later.into_iter().find(is_good).map(|other| other.created_at))
}

/// Files looked at to find one that came in the place of another.
const RECENT: i64 = 50;

pub(super) async fn file(conn: &mut Conn, id: TransmissionId) -> Result<Option<(Option<OrganisationId>, FileFacts)>> {
    let found = transmissions::find_transmission(conn, id).await?.filter(|row| row.status == "refused" && row.direction == Direction::In);
    let Some(row) = found else { return Ok(None) };
    let hub = organisations::hub(conn).await?.map(|hub| hub.id);
    let partner = row.owner_id.filter(|owner| Some(*owner) != hub);
    let later = match row.owner_id {
        Some(owner) => examined::heard(conn, owner, RECENT).await?,
        None => Vec::new(),
    };
    let good =
        later.into_iter().rev().find(|other| other.created_at > row.created_at && other.name == row.name && other.status != "refused");
    let why = row.failure.unwrap_or_default();
    let facts = FileFacts {
        id,
        name: row.name,
        by_partner: partner.is_some(),
        why,
        at: row.created_at,
        replaced_at: good.map(|file| file.created_at),
    };
    Ok(Some((partner, facts)))
}

pub(super) async fn partner(conn: &mut Conn, id: OrganisationId) -> Result<Option<PartnerFacts>> {
    let Some(row) = organisations::find(conn, id).await?.filter(|row| !row.is_hub) else { return Ok(None) };
    let heard = examined::heard(conn, id, 2).await?;
    let Some(last) = heard.first() else { return Ok(None) };
    Ok(Some(PartnerFacts { id, name: row.name, last: last.created_at, before: heard.get(1).map(|file| file.created_at) }))
}
