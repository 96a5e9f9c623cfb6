//! What cases are about: orders, shipments, invoices, payments and documents, as wholes or one line of them. The caller has
//! loaded the case within its scope; what the reader can reach of it is decided by the service.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Conn, Result, Scope, all, execute};
use crate::domain::{
    case::Status,
    ids::{CaseId, DocumentId, InvoiceId, OrderId, OrganisationId, RemittanceId, ShipmentId},
};

/// Something a case is about.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Reference {
    /// The case.
    pub case_id: CaseId,
    /// `order`, `shipment`, `invoice`, `payment`, `document`.
    pub kind: String,
    /// Its number, as somebody gave it.
    pub number: String,
    /// The line of it that is meant; empty where all of it is.
    pub line: String,
    /// The order, once it is known; of an invoice, the one that it bills.
    pub order_id: Option<OrderId>,
    /// The shipment; of an invoice, the one that it bills.
    pub shipment_id: Option<ShipmentId>,
    /// The invoice.
    pub invoice_id: Option<InvoiceId>,
    /// The remittance that told of the payment.
    pub remittance_id: Option<RemittanceId>,
    /// The document.
    pub document_id: Option<DocumentId>,
}

impl Reference {
    /// Something that is known by its number alone so far.
    pub fn named(case: CaseId, kind: &str, number: &str, line: &str) -> Self {
        Self {
            case_id: case,
            kind: kind.to_owned(),
            number: number.to_owned(),
            line: line.to_owned(),
            order_id: None,
            shipment_id: None,
            invoice_id: None,
            remittance_id: None,
            document_id: None,
        }
    }

    /// The id of what it names, once that is known.
    pub fn id(&self) -> Option<Uuid> {
        match self.kind.as_str() {
            "order" => self.order_id.map(|id| id.0),
            "shipment" => self.shipment_id.map(|id| id.0),
            "invoice" => self.invoice_id.map(|id| id.0),
            "payment" => self.remittance_id.map(|id| id.0),
            _ => self.document_id.map(|id| id.0),
        }
    }
}

/// Adds something a case is about; says whether it is new. The case is found by it once its words are gathered anew.
pub async fn insert(conn: &mut Conn, row: &Reference) -> Result<bool> {
    forget_words(conn, row.case_id).await?;
    let touched = execute!(
        conn,
        "INSERT INTO case_references (case_id, kind, number, line, order_id, shipment_id, invoice_id, remittance_id, document_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (case_id, kind, number, line) DO NOTHING",
        row.case_id,
        &row.kind,
        &row.number,
        &row.line,
        row.order_id,
        row.shipment_id,
        row.invoice_id,
        row.remittance_id,
        row.document_id
    )?;
    Ok(touched == 1)
}

async fn forget_words(conn: &mut Conn, case: CaseId) -> Result<()> {
    execute!(conn, "UPDATE cases SET is_indexed = FALSE WHERE id = $1 AND is_indexed", case)?;
    Ok(())
}

/// What a case is about.
pub async fn of_case(conn: &mut Conn, case: CaseId) -> Result<Vec<Reference>> {
    all!(conn, Reference, "SELECT * FROM case_references WHERE case_id = $1 ORDER BY kind, number, line", case)
}

/// Takes away something a case was about; says whether it was there.
pub async fn delete(conn: &mut Conn, row: &Reference) -> Result<bool> {
    forget_words(conn, row.case_id).await?;
    let touched = execute!(
        conn,
        "DELETE FROM case_references WHERE case_id = $1 AND kind = $2 AND number = $3 AND line = $4",
        row.case_id,
        &row.kind,
        &row.number,
        &row.line
    )?;
    Ok(touched == 1)
}

/// Something of the trade that cases are about.
#[derive(Clone, Copy, Debug)]
pub enum Thing {
    /// An order, with the invoices that bill it.
    Order(OrderId),
    /// A shipment, with the invoices that bill it.
    Shipment(ShipmentId),
    /// An invoice.
    Invoice(InvoiceId),
    /// A payment.
    Payment(RemittanceId),
}

/// A case about something.
#[derive(Clone, Debug, FromRow)]
pub struct CaseAbout {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: String,
    /// In a few words.
    pub title: String,
    /// Where it stands.
    pub status: Status,
}

macro_rules! about {
    ($column:literal) => {
        concat!(
            "SELECT cases.id, cases.number, cases.title, cases.status FROM cases
             WHERE cases.id IN (SELECT case_id FROM case_references WHERE ",
            $column,
            " = $1) AND ($2 OR EXISTS (SELECT 1 FROM case_parties WHERE case_id = cases.id AND organisation_id = $3))
             ORDER BY cases.updated_at DESC, cases.id DESC LIMIT $4"
        )
    };
}

/// The cases about something, the last changed first, of those that the scope takes part in.
pub async fn about(conn: &mut Conn, scope: Scope, thing: Thing, limit: i64) -> Result<Vec<CaseAbout>> {
    let (is_hub, party) = (scope == Scope::Hub, scope.party());
    match thing {
        Thing::Order(id) => all!(conn, CaseAbout, about!("order_id"), id, is_hub, party, limit),
        Thing::Shipment(id) => all!(conn, CaseAbout, about!("shipment_id"), id, is_hub, party, limit),
        Thing::Invoice(id) => all!(conn, CaseAbout, about!("invoice_id"), id, is_hub, party, limit),
        Thing::Payment(id) => all!(conn, CaseAbout, about!("remittance_id"), id, is_hub, party, limit),
    }
}

macro_rules! appear {
    ($kind:literal, $column:literal) => {
        concat!(
            "UPDATE case_references SET ",
            $column,
            " = $1 WHERE kind = '",
            $kind,
            "' AND number = $2 AND ",
            $column,
            " IS NULL AND case_id IN (SELECT id FROM cases WHERE counterparty_id = $3)"
        )
    };
}

/// Links the cases with a partner that named something by its number before it was known here.
pub async fn appear(conn: &mut Conn, thing: Thing, number: &str, partner: OrganisationId) -> Result<()> {
    match thing {
        Thing::Order(id) => execute!(conn, appear!("order", "order_id"), id, number, partner),
        Thing::Shipment(id) => execute!(conn, appear!("shipment", "shipment_id"), id, number, partner),
        Thing::Invoice(id) => execute!(conn, appear!("invoice", "invoice_id"), id, number, partner),
        Thing::Payment(id) => execute!(conn, appear!("payment", "remittance_id"), id, number, partner),
    }?;
    Ok(())
}
