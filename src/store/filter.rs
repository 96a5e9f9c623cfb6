//! Lists with optional conditions. The text is put together from fixed fragments only, never from what a person typed:
//! values are always bound. The scope comes first, so that no list can be asked for without one.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, FromRow, postgres::PgRow, sqlite::SqliteRow};
use uuid::Uuid;

use super::{Conn, Result, Scope, StoreError, on};
use crate::domain::time::{Date, Timestamp};

/// A value bound to a condition.
#[derive(Clone, Debug)]
pub enum Arg {
    /// Text.
    Text(String),
    /// A number.
    Int(i64),
    /// An id.
    Id(Uuid),
    /// An instant.
    Time(Timestamp),
    /// A date.
    Date(Date),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// The states a list asks for, each once; all of them together, as `None`, where it names none. A page over several states
/// asks for each alone: every such query stops after a page, where one for all of them would sort every row they have.
pub fn each<S: Copy + Ord>(states: &[S]) -> Vec<Option<S>> {
    if states.is_empty() { vec![None] } else { states.iter().copied().collect::<BTreeSet<_>>().into_iter().map(Some).collect() }
}

/// The newest rows of several lists that were each fetched newest first.
pub fn newest<T, K: Ord>(mut rows: Vec<T>, limit: i64, key: impl Fn(&T) -> K) -> Vec<T> {
    rows.sort_by_cached_key(|row| std::cmp::Reverse(key(row)));
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    rows
}

/// A query being put together.
pub struct Filter {
    sql: String,
    args: Vec<Arg>,
    joined: bool,
}

impl Filter {
    /// Starts with `SELECT ... FROM ...` and limits it to the scope by the column that names the counterparty.
    pub fn new(select: &'static str, scope: Scope, counterparty: &'static str) -> Self {
        let mut filter = Self { sql: select.to_owned(), args: Vec::new(), joined: false };
        if let Some(party) = scope.party() {
            filter.and(counterparty, " = ", Arg::Id(party.0), "");
        }
        filter
    }

    /// Adds a condition `before operator $n after`.
    pub fn and(&mut self, before: &'static str, operator: &'static str, value: Arg, after: &'static str) {
        self.join();
        self.args.push(value);
        self.sql.push_str(before);
        self.sql.push_str(operator);
        self.place(self.args.len());
        self.sql.push_str(after);
    }

    /// Goes on after a condition whose text opened a bracket: "or this one, and what follows", up to [`Filter::close`].
    pub fn or(&mut self, before: &'static str, operator: &'static str, value: Arg) {
        self.args.push(value);
        self.sql.push_str(" OR ");
        self.sql.push_str(before);
        self.sql.push_str(operator);
        self.place(self.args.len());
    }

    /// Closes the bracket.
    pub fn close(&mut self) {
        self.sql.push(')');
    }

    /// Adds a condition without a value.
    pub fn and_text(&mut self, condition: &'static str) {
        self.join();
        self.sql.push_str(condition);
    }

    /// Adds `column IN (...)`; nothing is found where the list is empty.
    pub fn and_in(&mut self, column: &'static str, values: impl IntoIterator<Item = Arg>) {
        self.join();
        let mut separator = "";
        let mut places = String::new();
        for value in values {
            self.args.push(value);
            places.push_str(separator);
            places.push('$');
            places.push_str(&self.args.len().to_string());
            separator = ", ";
        }
        if places.is_empty() {
            self.sql.push_str("1 = 0");
        } else {
            self.sql.push_str(column);
            self.sql.push_str(" IN (");
            self.sql.push_str(&places);
            self.sql.push(')');
        }
    }

    /// Adds "any of these columns contains the text", without regard to case; `%` and `_` mean themselves.
    pub fn and_contains(&mut self, columns: &'static [&'static str], text: &str) {
        self.and_contains_or(columns, None, text);
    }

    /// The same, or a condition around the text as it was typed: what stands before it and after it.
    pub fn and_contains_or(&mut self, columns: &'static [&'static str], or: Option<&'static [&'static str]>, text: &str) {
        self.join();
        let typed = text.trim();
        let text = text.to_lowercase();
        let letters = self.bind_letters(&text);
        let pattern = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        self.args.push(Arg::Text(format!("%{pattern}%")));
        let place = self.args.len();
        self.sql.push('(');
        for (position, column) in columns.iter().enumerate() {
            if position > 0 {
                self.sql.push_str(" OR ");
            }
            let lowered =
                letters.iter().fold(format!("lower({column})"), |sql, (upper, lower)| format!("replace({sql}, ${upper}, ${lower})"));
            self.sql.push_str(&lowered);
            self.sql.push_str(" LIKE ");
            self.place(place);
            self.sql.push_str(" ESCAPE '\\'");
        }
        if let Some((first, others)) = or.and_then(<[_]>::split_first) {
            self.sql.push_str(" OR ");
            self.sql.push_str(first);
            self.args.push(Arg::Text(typed.to_owned()));
            for other in others {
                self.place(self.args.len());
                self.sql.push_str(other);
            }
        }
        self.sql.push(')');
    }

    /// Adds "a word of this begins so": `rows` selects what has words, up to its condition. A partner finds by what is for
    /// everybody who takes part, or for it.
    pub fn and_word(&mut self, rows: &'static str, begins: &str, scope: Scope) {
        self.and(rows, " >= ", Arg::Bytes(begins.as_bytes().to_vec()), "");
        // No text has this byte, so every word that begins so is below.
        self.args.push(Arg::Bytes([begins.as_bytes(), &[0xff]].concat()));
        self.sql.push_str(" AND word < ");
        self.place(self.args.len());
        if let Some(party) = scope.party() {
            self.args.push(Arg::Id(party.0));
            self.sql.push_str(" AND visibility = 'partner' AND (reader_id IS NULL OR reader_id = ");
            self.place(self.args.len());
            self.sql.push(')');
        }
        self.sql.push(')');
    }

    /// SQLite knows capitals of ASCII only, so every other letter of the text is replaced in the column by name: binds
    /// each capital and its small letter, and says their places.
    fn bind_letters(&mut self, text: &str) -> Vec<(usize, usize)> {
        let mut places = Vec::new();
        let foreign: BTreeSet<char> = text.chars().filter(|letter| !letter.is_ascii()).collect();
        for letter in foreign {
            let mut capital = letter.to_uppercase();
            // A letter whose capital is several letters has none that could be replaced.
            let (Some(first), None) = (capital.next(), capital.next()) else { continue };
            if first != letter {
                self.args.push(Arg::Text(first.to_string()));
                self.args.push(Arg::Text(letter.to_string()));
                places.push((self.args.len() - 1, self.args.len()));
            }
        }
        places
    }

    /// Adds the keyset condition of a page that begins after a row: newest first.
    pub fn older_than(&mut self, time: &'static str, id: &'static str, at: Timestamp, row: Uuid) {
        self.join();
        self.sql.push('(');
        self.sql.push_str(time);
        self.sql.push_str(", ");
        self.sql.push_str(id);
        self.sql.push(')');
        self.place_pair(" < ", Arg::Time(at), row);
    }

    /// The same for a list in another order: `(column, id)`, and on which side of the row it goes on.
    pub fn beyond(&mut self, columns: &'static str, operator: &'static str, value: Arg, row: Uuid) {
        self.join();
        self.sql.push_str(columns);
        self.place_pair(operator, value, row);
    }

    fn place_pair(&mut self, operator: &'static str, value: Arg, row: Uuid) {
        self.args.push(value);
        self.args.push(Arg::Id(row));
        let place = self.args.len();
        self.sql.push_str(operator);
        self.sql.push('(');
        self.place(place - 1);
        self.sql.push_str(", ");
        self.place(place);
        self.sql.push(')');
    }

    /// Ends the query: `GROUP BY`, `ORDER BY`, `LIMIT`.
    pub fn ending(&mut self, text: &'static str) {
        self.sql.push(' ');
        self.sql.push_str(text);
    }

    /// Ends the query with a limit.
    pub fn limit(&mut self, rows: i64) {
        self.args.push(Arg::Int(rows));
        self.sql.push_str(" LIMIT ");
        self.place(self.args.len());
    }

    /// Runs it.
    pub async fn fetch<T>(self, conn: &mut Conn) -> Result<Vec<T>>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let Self { sql, args, .. } = self;
        on!(conn, |c| {
            let mut query = sqlx::query_as::<_, T>(AssertSqlSafe(sql));
            for arg in args {
                query = match arg {
                    Arg::Text(value) => query.bind(value),
                    Arg::Int(value) => query.bind(value),
                    Arg::Id(value) => query.bind(value),
                    Arg::Time(value) => query.bind(value),
                    Arg::Date(value) => query.bind(value),
                    Arg::Bytes(value) => query.bind(value),
                };
            }
            query.fetch_all(&mut *c).await
        })
        .map_err(StoreError::from)
    }

    fn join(&mut self) {
        self.sql.push_str(if self.joined { " AND " } else { " WHERE " });
        self.joined = true;
    }

    fn place(&mut self, number: usize) {
        self.sql.push('$');
        self.sql.push_str(&number.to_string());
    }
}
