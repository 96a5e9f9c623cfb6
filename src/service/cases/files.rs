//! What a case holds besides what is written in it: files, and the documents of the trade it is about.

use crate::{
    domain::{access::Actor, ids::CaseId},
    service::{Context, Error, Result},
    store::{
        attachments::{self, Attachment},
        cases::{self, Case},
        disputes,
        documents::Document,
    },
};

/// How much a case holds, for its reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Files.
    pub files: u64,
    /// Documents.
    pub documents: u64,
}

/// Counts what a case holds, as far as the actor, who has loaded it, may see it.
pub async fn count(context: &Context, actor: &Actor, case: &Case) -> Result<Held> {
    let mut conn = context.db.read().await?;
    let files = u64::try_from(attachments::count(&mut conn, actor.scope(), case.id).await?).unwrap_or_default();
    let documents = u64::try_from(disputes::count_documents(&mut conn, actor.scope(), case.id).await?).unwrap_or_default();
    Ok(Held { files, documents })
}

/// What a case holds.
pub struct Files {
    /// Files, the newest first, with what was withdrawn.
    pub attachments: Vec<Attachment>,
    /// Documents, the oldest first.
    pub documents: Vec<Document>,
}

impl Files {
    /// How much it is; what was withdrawn is listed and counts no more.
    pub fn held(&self) -> Held {
        let files = self.attachments.iter().filter(|file| file.withdrawn_at.is_none()).count();
        Held { files: files as u64, documents: self.documents.len() as u64 }
    }
}

/// Lists what a case holds.
pub async fn list(context: &Context, actor: &Actor, id: CaseId) -> Result<Files> {
    let mut conn = context.db.read().await?;
    cases::find(&mut conn, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    let attachments = attachments::of_case(&mut conn, actor.scope(), id).await?;
    let documents = disputes::documents(&mut conn, actor.scope(), id).await?;
    Ok(Files { attachments, documents })
}
