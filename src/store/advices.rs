//! What receivers' applications said of documents (824).

use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{
    Conn, Result, Scope, all, execute,
    filter::{Arg, Filter},
};
use crate::domain::{
    advice::ApplicationVerdict,
    document::DocumentKind,
    ids::{DocumentId, OrganisationId},
    message::AdviceError,
    time::Timestamp,
};

/// What one advice says of one document.
#[derive(Clone, Debug)]
pub struct NewAdvice {
    /// The document that says it.
    pub advice_id: DocumentId,
    /// The document it speaks of.
    pub document_id: DocumentId,
    /// The code as sent (OTI01); of several the worst.
    pub code: String,
    /// What it means.
    pub verdict: ApplicationVerdict,
    /// What was wrong.
    pub errors: Vec<AdviceError>,
}

/// The same as it is shown, with both documents.
#[derive(Clone, Debug, FromRow)]
pub struct Advice {
    /// The document that says it.
    pub advice_id: DocumentId,
    /// Its number.
    pub advice_number: String,
    /// Who sent it.
    pub by_name: Option<String>,
    /// The document it speaks of.
    pub document_id: DocumentId,
    /// What that is.
    pub kind: DocumentKind,
    /// Its number.
    pub number: String,
    /// The code as sent (OTI01).
    pub code: String,
    /// What it means.
    pub verdict: ApplicationVerdict,
    /// What was wrong.
    pub errors: Json<Vec<AdviceError>>,
    /// When it came.
    pub at: Timestamp,
}

/// Which advices are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Those that speak of a document.
    Document(DocumentId),
    /// What a document says.
    Advice(DocumentId),
    /// Those that speak of the documents about an order.
    Order(Uuid),
    /// The same of a shipment.
    Shipment(Uuid),
    /// The same of an invoice.
    Invoice(Uuid),
}

/// Keeps what an advice says of a document.
pub async fn insert(conn: &mut Conn, row: &NewAdvice, now: Timestamp) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO advices (advice_id, document_id, code, verdict, errors, at) VALUES ($1, $2, $3, $4, $5, $6)",
        row.advice_id,
        row.document_id,
        &row.code,
        row.verdict,
        Json(&row.errors),
        now
    )?;
    Ok(())
}

/// Advices within the scope, oldest first.
pub async fn list(conn: &mut Conn, scope: Scope, of: Of) -> Result<Vec<Advice>> {
    let mut query = Filter::new(
        "SELECT advices.advice_id, said.number AS advice_number, organisations.name AS by_name, advices.document_id, documents.kind,
                documents.number, advices.code, advices.verdict, advices.errors, advices.at
         FROM advices JOIN documents ON documents.id = advices.document_id JOIN documents said ON said.id = advices.advice_id
         LEFT JOIN organisations ON organisations.id = said.sender_id",
        scope,
        "documents.counterparty_id",
    );
    match of {
        Of::Document(id) => query.and("advices.document_id", " = ", Arg::Id(id.0), ""),
        Of::Advice(id) => query.and("advices.advice_id", " = ", Arg::Id(id.0), ""),
        Of::Order(id) => query.and("documents.order_id", " = ", Arg::Id(id), ""),
        Of::Shipment(id) => query.and("documents.shipment_id", " = ", Arg::Id(id), ""),
        Of::Invoice(id) => query.and("documents.invoice_id", " = ", Arg::Id(id), ""),
    }
    query.ending("ORDER BY advices.at, advices.advice_id, advices.document_id");
    query.fetch(conn).await
}

#[derive(FromRow)]
struct Named {
    id: DocumentId,
}

/// The documents that went from one organisation to another under a number and left, newest first.
pub async fn sent_under(conn: &mut Conn, sender: OrganisationId, receiver: OrganisationId, number: &str) -> Result<Vec<DocumentId>> {
    let rows = all!(
        conn,
        Named,
        "SELECT id FROM documents WHERE number = $1 AND sender_id = $2 AND receiver_id = $3 AND is_accepted = TRUE
           AND status NOT IN ('validated', 'withdrawn')
           AND kind NOT IN ('functional_acknowledgment', 'interchange_acknowledgment', 'application_advice')
         ORDER BY created_at DESC, id DESC",
        number,
        sender,
        receiver
    )?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
