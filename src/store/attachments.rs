//! Files attached to cases, and those that are on their way in, piece by piece. Bytes are in [`super::files`]. The caller
//! has loaded the case within its scope; what partners may see of it is decided here.

use sqlx::FromRow;

use super::{Conn, Result, Scope, all, execute, expect_current, optional};
use crate::domain::{
    attachment::Media,
    case::{Addressee, Readers, Visibility},
    ids::{AttachmentId, CaseId, OrganisationId, UploadId},
    sla::Side,
    time::Timestamp,
};

/// A file attached to a case.
#[derive(Clone, Debug, FromRow)]
pub struct Attachment {
    /// Id.
    pub id: AttachmentId,
    /// The case.
    pub case_id: CaseId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub media_type: Media,
    /// How many bytes.
    pub size: i64,
    /// Their SHA-256.
    pub sha256: Vec<u8>,
    /// Where they are in the file store; none where they stayed with the other system.
    pub file: Option<String>,
    /// Where the other system keeps them.
    pub url: Option<String>,
    /// Who may see it.
    pub visibility: Visibility,
    /// The one partner that may; everybody who takes part where none is named.
    pub reader_id: Option<OrganisationId>,
    /// Which side attached it.
    pub side: Side,
    /// The person or system.
    pub author: String,
    /// The organisation they acted for.
    pub organisation_id: Option<OrganisationId>,
    /// `portico`, or the system it came from.
    pub origin: String,
    /// What that system calls it.
    pub origin_id: Option<String>,
    /// When.
    pub at: Timestamp,
    /// When it was withdrawn; its contents are given to nobody from then on.
    pub withdrawn_at: Option<Timestamp>,
    /// By whom.
    pub withdrawn_by: Option<String>,
    /// Why.
    pub withdrawn_why: Option<String>,
}

impl Attachment {
    /// Who may see it, besides the hub.
    pub fn readers(&self) -> Readers {
        Readers { visibility: self.visibility, only: self.reader_id }
    }
}

/// The case and those that became part of it, as far as the scope takes part in them.
macro_rules! whole {
    () => {
        "(SELECT id FROM cases WHERE id = $1 UNION ALL SELECT case_links.case_id FROM case_links
           WHERE case_links.other_id = $1 AND case_links.kind = 'part_of'
             AND ($2 OR case_links.case_id IN (SELECT case_parties.case_id FROM case_parties WHERE case_parties.organisation_id = $3)))"
    };
}

/// What a reader of the scope sees of a case's files. The same contents are shown once: what was attached for few and later
/// for more, as the latter; what is in the case and in one that became part of it, as the former; what is in two of these, as
/// it came first. A file that is here is not hidden behind a place elsewhere, and what was withdrawn neither hides nor is hidden.
macro_rules! seen {
    () => {
        concat!(
            "case_id IN ",
            whole!(),
            " AND ($2 OR visibility = 'partner' AND (reader_id IS NULL OR reader_id = $3))
             AND (withdrawn_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM case_attachments AS same
               WHERE same.sha256 = case_attachments.sha256 AND same.withdrawn_at IS NULL
                 AND (same.file IS NOT NULL OR case_attachments.file IS NULL)
                 AND ($2 OR same.visibility = 'partner' AND (same.reader_id IS NULL OR same.reader_id = $3))
                 AND same.case_id IN ",
            whole!(),
            "    AND (same.visibility = 'partner'
                   AND (case_attachments.visibility = 'internal' OR case_attachments.reader_id IS NOT NULL AND same.reader_id IS NULL)
                 OR same.case_id <> case_attachments.case_id AND same.visibility = case_attachments.visibility
                   AND same.reader_id IS NOT DISTINCT FROM case_attachments.reader_id
                   AND (same.case_id = $1 OR case_attachments.case_id <> $1
                     AND (same.at < case_attachments.at OR same.at = case_attachments.at AND same.id < case_attachments.id)))))"
        )
    };
}

/// The files of a case and of what became part of it, the newest first, as far as the scope may see them.
pub async fn of_case(conn: &mut Conn, scope: Scope, case: CaseId) -> Result<Vec<Attachment>> {
    const SQL: &str = concat!("SELECT * FROM case_attachments WHERE ", seen!(), " ORDER BY at DESC, id DESC");
    all!(conn, Attachment, SQL, case, scope == Scope::Hub, scope.party())
}

/// A number.
#[derive(FromRow)]
struct Count {
    n: i64,
}

/// How many files of a case the scope may see, without those that were withdrawn.
pub async fn count(conn: &mut Conn, scope: Scope, case: CaseId) -> Result<i64> {
    const SQL: &str = concat!("SELECT count(*) AS n FROM case_attachments WHERE withdrawn_at IS NULL AND ", seen!());
    Ok(optional!(conn, Count, SQL, case, scope == Scope::Hub, scope.party())?.map_or(0, |row| row.n))
}

/// A file of a case that the scope may see.
pub async fn find(conn: &mut Conn, scope: Scope, case: CaseId, id: AttachmentId) -> Result<Option<Attachment>> {
    optional!(
        conn,
        Attachment,
        "SELECT * FROM case_attachments WHERE case_id = $1 AND id = $2
           AND ($3 OR (visibility = 'partner' AND (reader_id IS NULL OR reader_id = $4)))",
        case,
        id,
        scope == Scope::Hub,
        scope.party()
    )
}

/// The file of a case with these contents that is shown to the same readers already and was not withdrawn; rather one that is here than a place
/// elsewhere, and rather one that is for these readers alone.
pub async fn find_same(conn: &mut Conn, case: CaseId, sha256: &[u8], readers: Readers) -> Result<Option<Attachment>> {
    optional!(
        conn,
        Attachment,
        "SELECT * FROM case_attachments WHERE case_id = $1 AND sha256 = $2 AND withdrawn_at IS NULL
           AND ($3 = 'internal' OR (visibility = 'partner' AND (reader_id IS NULL OR reader_id = $4)))
         ORDER BY file IS NULL, visibility = $3 AND reader_id IS NOT DISTINCT FROM $4 DESC, at, id LIMIT 1",
        case,
        sha256,
        readers.visibility,
        readers.only
    )
}

/// Gives a file that was a place elsewhere its bytes here, with the name and kind they came under.
pub async fn fill(conn: &mut Conn, row: &Attachment) -> Result<()> {
    execute!(
        conn,
        "UPDATE case_attachments SET name = $2, media_type = $3, size = $4, file = $5, url = $6 WHERE id = $1",
        row.id,
        &row.name,
        row.media_type,
        row.size,
        &row.file,
        &row.url
    )?;
    Ok(())
}

/// Notes that a file was withdrawn.
pub async fn withdraw(conn: &mut Conn, id: AttachmentId, at: Timestamp, by: &str, why: &str) -> Result<()> {
    execute!(
        conn,
        "UPDATE case_attachments SET withdrawn_at = $2, withdrawn_by = $3, withdrawn_why = $4 WHERE id = $1 AND withdrawn_at IS NULL",
        id,
        at,
        by,
        why
    )?;
    Ok(())
}

/// How many files a case has, whoever may see them, with what was withdrawn, which stays listed.
pub async fn files_of_case(conn: &mut Conn, case: CaseId) -> Result<i64> {
    let sql = "SELECT count(*) AS n FROM case_attachments WHERE case_id = $1";
    let kept = optional!(conn, Count, sql, case)?;
    Ok(kept.map_or(0, |row| row.n))
}

/// The file of a case that another system calls so.
pub async fn find_of_origin(conn: &mut Conn, case: CaseId, origin: &str, origin_id: &str) -> Result<Option<Attachment>> {
    optional!(
        conn,
        Attachment,
        "SELECT * FROM case_attachments WHERE case_id = $1 AND origin = $2 AND origin_id = $3",
        case,
        origin,
        origin_id
    )
}

/// How many bytes a case holds.
pub async fn bytes_of_case(conn: &mut Conn, case: CaseId) -> Result<i64> {
    let kept = optional!(
        conn,
        Count,
        "SELECT CAST(coalesce(sum(size), 0) AS bigint) AS n FROM case_attachments
         WHERE case_id = $1 AND file IS NOT NULL AND withdrawn_at IS NULL",
        case
    )?;
    Ok(kept.map_or(0, |row| row.n))
}

/// Adds a file.
pub async fn insert(conn: &mut Conn, row: &Attachment) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO case_attachments (id, case_id, name, media_type, size, sha256, file, url, visibility, reader_id, side, author,
           organisation_id, origin, origin_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        row.id,
        row.case_id,
        &row.name,
        row.media_type,
        row.size,
        &row.sha256,
        &row.file,
        &row.url,
        row.visibility,
        row.reader_id,
        row.side,
        &row.author,
        row.organisation_id,
        &row.origin,
        &row.origin_id,
        row.at
    )?;
    Ok(())
}

/// A file that comes in pieces.
#[derive(Clone, Debug, FromRow)]
pub struct Upload {
    /// Id.
    pub id: UploadId,
    /// The case.
    pub case_id: CaseId,
    /// The organisation whose person sends it.
    pub organisation_id: OrganisationId,
    /// The person.
    pub author: String,
    /// Its name.
    pub name: String,
    /// What tells it from others of the same name.
    pub fingerprint: String,
    /// Who is to see it.
    pub visibility: Visibility,
    /// The one partner that is; everybody who takes part where none is named.
    pub reader_id: Option<OrganisationId>,
    /// How many bytes it will have.
    pub size: i64,
    /// How many are here.
    pub received: i64,
    /// When the last piece came.
    pub updated_at: Timestamp,
    /// When it was begun.
    pub created_at: Timestamp,
}

impl Upload {
    /// Who may see it, besides the hub.
    pub fn readers(&self) -> Readers {
        Readers { visibility: self.visibility, only: self.reader_id }
    }

    /// Who is to see it, as its sender said.
    pub fn addressee(&self) -> Addressee {
        match (self.visibility, self.reader_id) {
            (Visibility::Internal, _) => Addressee::Internal,
            (Visibility::Partner, Some(reader)) => Addressee::One(reader),
            (Visibility::Partner, None) => Addressee::Everyone,
        }
    }
}

/// A piece of a file.
#[derive(Clone, Debug, FromRow)]
pub struct Part {
    /// The file.
    pub upload_id: UploadId,
    /// Where in it the piece begins.
    pub position: i64,
    /// Where its bytes are in the file store.
    pub file: String,
}

/// Adds a file that begins to come.
pub async fn insert_upload(conn: &mut Conn, row: &Upload) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO case_uploads (id, case_id, organisation_id, author, name, fingerprint, visibility, reader_id, size, received, updated_at,
           created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        row.id,
        row.case_id,
        row.organisation_id,
        &row.author,
        &row.name,
        &row.fingerprint,
        row.visibility,
        row.reader_id,
        row.size,
        row.received,
        row.updated_at,
        row.created_at
    )?;
    Ok(())
}

/// The uploads of a person into a case.
pub async fn uploads(conn: &mut Conn, case: CaseId, organisation: OrganisationId, author: &str) -> Result<Vec<Upload>> {
    all!(
        conn,
        Upload,
        "SELECT * FROM case_uploads WHERE case_id = $1 AND organisation_id = $2 AND author = $3 ORDER BY created_at, id",
        case,
        organisation,
        author
    )
}

/// What is on its way into a case.
#[derive(Debug, FromRow)]
pub struct OnItsWay {
    /// Uploads.
    pub files: i64,
    /// How many bytes they will have.
    pub bytes: i64,
}

/// What is on its way into a case, whoever sends it.
pub async fn on_its_way(conn: &mut Conn, case: CaseId) -> Result<OnItsWay> {
    let found = optional!(
        conn,
        OnItsWay,
        "SELECT count(*) AS files, CAST(coalesce(sum(size), 0) AS bigint) AS bytes FROM case_uploads WHERE case_id = $1",
        case
    )?;
    Ok(found.unwrap_or(OnItsWay { files: 0, bytes: 0 }))
}

/// A few uploads of anybody that nothing came for since a moment.
pub async fn idle_uploads(conn: &mut Conn, since: Timestamp, limit: i64) -> Result<Vec<Upload>> {
    all!(conn, Upload, "SELECT * FROM case_uploads WHERE updated_at < $1 ORDER BY updated_at LIMIT $2", since, limit)
}

/// Adds the piece that begins where the last one ended; stale where another came first.
pub async fn insert_part(conn: &mut Conn, row: &Part, size: i64, now: Timestamp) -> Result<()> {
    expect_current(execute!(
        conn,
        "UPDATE case_uploads SET received = received + $3, updated_at = $4 WHERE id = $1 AND received = $2",
        row.upload_id,
        row.position,
        size,
        now
    )?)?;
    execute!(
        conn,
        "INSERT INTO case_upload_parts (upload_id, position, file) VALUES ($1, $2, $3)",
        row.upload_id,
        row.position,
        &row.file
    )?;
    Ok(())
}

/// The pieces of a file, in order.
pub async fn parts(conn: &mut Conn, upload: UploadId) -> Result<Vec<Part>> {
    all!(conn, Part, "SELECT * FROM case_upload_parts WHERE upload_id = $1 ORDER BY position", upload)
}

/// Forgets an upload and its pieces.
pub async fn delete_upload(conn: &mut Conn, upload: UploadId) -> Result<()> {
    execute!(conn, "DELETE FROM case_upload_parts WHERE upload_id = $1", upload)?;
    execute!(conn, "DELETE FROM case_uploads WHERE id = $1", upload)?;
    Ok(())
}
