//! Searching cases by their words. A search costs the words of the index that begin with what is looked for, whoever asks,
//! and none of the cases, messages or references themselves; a list without a search costs nothing of it.

use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

use super::{Conn, Result, StoreError, all, execute, on};
use crate::domain::{
    case::Readers,
    ids::{CaseId, OrganisationId},
};

/// What is searched in a case, and who may read it.
#[derive(Clone, Debug)]
pub struct Found {
    /// The word, folded.
    pub word: String,
    /// Who finds the case by it.
    pub readers: Readers,
}

#[derive(FromRow)]
struct Row {
    id: CaseId,
}

/// Cases that changed since their words were gathered, by id: those behind one of them, or from the first one on.
pub async fn unindexed(conn: &mut Conn, after: Option<CaseId>, limit: i64) -> Result<Vec<CaseId>> {
    let after = after.unwrap_or(CaseId(Uuid::nil()));
    let rows = all!(conn, Row, "SELECT id FROM cases WHERE NOT is_indexed AND id > $1 ORDER BY id LIMIT $2", after, limit)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The words of an organisation's cases have to be gathered again: it is called otherwise now.
pub async fn forget_of(conn: &mut Conn, organisation: OrganisationId) -> Result<()> {
    execute!(conn, "UPDATE cases SET is_indexed = FALSE WHERE counterparty_id = $1", organisation)?;
    Ok(())
}

/// Words written in one statement.
const AT_ONCE: usize = 500;

/// Keeps the words of a case in place of those before; it is found by them from then on.
pub async fn replace(conn: &mut Conn, case: CaseId, words: &[Found]) -> Result<()> {
    execute!(conn, "DELETE FROM case_words WHERE case_id = $1", case)?;
    for words in words.chunks(AT_ONCE) {
        // Fixed fragments and numbers alone; the words are bound.
        let places: Vec<_> = (0..words.len()).map(|at| format!("(${}, $1, ${}, ${})", at * 3 + 2, at * 3 + 3, at * 3 + 4)).collect();
        let sql = format!("INSERT INTO case_words (word, case_id, visibility, reader_id) VALUES {}", places.join(", "));
        on!(conn, |c| {
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(case);
            for found in words {
                query = query.bind(found.word.as_bytes()).bind(found.readers.visibility).bind(found.readers.only);
            }
            query.execute(&mut *c).await.map(|_| ())
        })
        .map_err(StoreError::from)?;
    }
    execute!(conn, "UPDATE cases SET is_indexed = TRUE WHERE id = $1", case)?;
    Ok(())
}
