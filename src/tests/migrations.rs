//! Both engines have the same schema: the same migrations, tables, columns, types and constraints. And a database that was
//! in use between them keeps every row.

use std::{collections::BTreeMap, path::Path};

use portico::store::Db;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection, migrate::Migrator, sqlite::SqliteConnectOptions};

use super::support;

fn files(engine: &str) -> BTreeMap<String, String> {
    let folder = format!("{}/migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// How SQLite keeps what a column of either engine holds.
fn kept_as(name: &str) -> &str {
    match name {
        "bigint" | "boolean" | "integer" | "timestamptz" => "INTEGER",
        "text" | "date" | "jsonb" => "TEXT",
        "uuid" | "bytea" => "BLOB",
        other => other,
    }
}

/// A column or constraint with the types of SQLite, so that what follows (`NOT NULL`, `REFERENCES`, `CHECK`) can be compared.
fn declaration(line: &str) -> String {
    let line = line.trim().trim_end_matches([',', ';']);
    let mut words = line.splitn(3, ' ');
    let (name, kind, rest) = (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next().unwrap_or_default());
    format!("{name} {} {rest}", kept_as(kind))
}

/// Tables with what is declared in them, in order, and the columns that are added to them.
fn tables(sql: &str) -> BTreeMap<String, Vec<String>> {
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut open = None;
    for line in sql.lines().filter(|line| !line.trim_start().starts_with("--") && !line.trim().is_empty()) {
        if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
            open = rest.split_whitespace().next().map(str::to_owned);
        } else if line.starts_with(')') {
            open = None;
        } else if let Some((table, column)) = line.strip_prefix("ALTER TABLE ").and_then(|rest| rest.split_once(" ADD COLUMN ")) {
            tables.entry(table.to_owned()).or_default().push(declaration(column));
        } else if let Some(table) = &open {
            tables.entry(table.clone()).or_default().push(declaration(line));
        }
    }
    tables
}

/// Everything that is not a table: indexes, and what is done to the rows there are.
fn statements(sql: &str) -> Vec<&str> {
    let mut inside = false;
    sql.lines()
        .filter(|line| !line.starts_with("--") && !line.trim().is_empty())
        .filter(|line| {
            let in_table = inside || line.starts_with("CREATE TABLE ") || line.starts_with("ALTER TABLE ");
            inside = (inside || line.starts_with("CREATE TABLE ")) && !line.starts_with(')');
            !in_table
        })
        .collect()
}

#[test]
fn both_engines_have_the_same_migrations_tables_and_columns() {
    let (sqlite, postgres) = (files("sqlite"), files("postgres"));
    assert_eq!(sqlite.keys().collect::<Vec<_>>(), postgres.keys().collect::<Vec<_>>());
    assert!(tables(&sqlite["0001_foundation.sql"])["orders"].contains(&"currency TEXT NOT NULL".to_owned()), "tables are read");
    for (name, sql) in &sqlite {
        assert_eq!(tables(sql), tables(&postgres[name]), "{name}");
        assert_eq!(statements(sql), statements(&postgres[name]), "{name}");
    }
}

/// A column as a migration declares it.
#[derive(Clone)]
struct Column {
    name: String,
    kind: String,
    rest: String,
}

impl Column {
    /// A value for it: what it refers to, the first of what it may be, or something that is there once.
    fn value(&self, number: usize, filled: &BTreeMap<String, String>) -> String {
        let between =
            |from: &str, to: &str| self.rest.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map(|(found, _)| found.to_owned());
        if let Some(table) = between("REFERENCES ", " (") {
            return filled.get(&table).cloned().unwrap_or_else(|| {
                assert!(!self.rest.contains("NOT NULL"), "{} refers to what is not there yet", self.name);
                "NULL".to_owned()
            });
        }
        if let Some(code) = between(" IN ('", "'") {
            return format!("'{code}'");
        }
        match self.kind.as_str() {
            "uuid" => format!("'{number:032x}'"),
            "bytea" => format!("'\\x{number:032x}'"),
            "BLOB" => format!("X'{number:032x}'"),
            "boolean" => "TRUE".to_owned(),
            "timestamptz" => format!("'2026-11-23T08:00:00Z'::timestamptz + interval '{number} seconds'"),
            "date" => "'2026-11-23'".to_owned(),
            "jsonb" => format!(r#"'{{"number": {number}}}'"#),
            "text" | "TEXT" => format!("'{} {number}'", self.name),
            _ => number.to_string(),
        }
    }
}

/// The tables there are, in the order in which they were made.
#[derive(Default)]
struct Schema(Vec<(String, Vec<Column>)>);

impl Schema {
    /// What a migration makes of it.
    fn change(&mut self, sql: &str) {
        for line in sql.lines().filter(|line| !line.trim_start().starts_with("--")) {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                self.0.push((rest.split_whitespace().next().unwrap().to_owned(), Vec::new()));
                continue;
            }
            if let Some((table, column)) = line.strip_prefix("ALTER TABLE ").and_then(|rest| rest.split_once(" ADD COLUMN ")) {
                self.table(table).1.extend(column_of(column));
            } else if let Some((table, name)) = line.strip_prefix("ALTER TABLE ").and_then(|rest| rest.split_once(" RENAME TO ")) {
                self.table(table).0 = name.trim_end_matches(';').to_owned();
            } else if let Some(table) = line.strip_prefix("DROP TABLE ") {
                self.0.retain(|(name, _)| name != table.trim_end_matches(';'));
            } else if let Some(column) = line.strip_prefix("  ").and_then(column_of)
                && let Some((_, columns)) = self.0.last_mut()
            {
                columns.push(column);
            }
        }
    }

    fn table(&mut self, name: &str) -> &mut (String, Vec<Column>) {
        self.0.iter_mut().find(|(known, _)| known == name).unwrap()
    }
}

/// The column that a line declares, if it declares one.
fn column_of(line: &str) -> Option<Column> {
    let mut words = line.trim().trim_end_matches([',', ';']).splitn(3, ' ');
    let (name, kind, rest) = (words.next()?, words.next()?, words.next().unwrap_or_default());
    let is_column = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') && !kind.starts_with(['(', '=']);
    let kinds = ["bigint", "boolean", "integer", "timestamptz", "text", "date", "jsonb", "uuid", "bytea"];
    (is_column && kinds.iter().any(|known| kind == *known || kind == kept_as(known))).then(|| Column {
        name: name.to_owned(),
        kind: kind.to_owned(),
        rest: rest.to_owned(),
    })
}

/// A database that is not up to date.
enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Raw {
    const fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }

    async fn execute(&mut self, sql: &str) {
        let done = match self {
            Self::Sqlite(conn) => sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.map(|_| ()),
            Self::Postgres(conn) => sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.map(|_| ()),
        };
        done.unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    /// The rows of a table with these columns, each as one text.
    async fn rows(&mut self, table: &str, columns: &[String]) -> Vec<String> {
        let shown = columns.iter().map(|name| match self {
            Self::Sqlite(_) => format!("quote({name})"),
            Self::Postgres(_) => format!("coalesce({name}::text, 'NULL')"),
        });
        let sql = format!("SELECT {} FROM {table}", shown.collect::<Vec<_>>().join(" || ' | ' || "));
        let sql = AssertSqlSafe(sql);
        match self {
            Self::Sqlite(conn) => sqlx::query_scalar(sql).fetch_all(conn).await,
            Self::Postgres(conn) => sqlx::query_scalar(sql).fetch_all(conn).await,
        }
        .unwrap()
    }

    /// Runs the first so many migrations, as far as they have not run.
    async fn migrate(&mut self, all: &Migrator, count: usize) {
        let part = Migrator::with_migrations(all.iter().take(count).cloned().collect());
        match self {
            Self::Sqlite(conn) => part.run(conn).await,
            Self::Postgres(conn) => part.run(conn).await,
        }
        .unwrap();
    }
}

/// Rows as they were put into a table.
struct Filled {
    table: String,
    columns: Vec<String>,
    rows: Vec<String>,
}

/// Puts a row into every table, each referring to the others of its time.
async fn fill(db: &mut Raw, schema: &Schema, numbers: &mut usize) -> Vec<Filled> {
    let mut filled = BTreeMap::new();
    let mut all = Vec::new();
    for (table, columns) in &schema.0 {
        let mut values = Vec::new();
        for column in columns {
            *numbers += 1;
            values.push(column.value(*numbers, &filled));
        }
        let names: Vec<_> = columns.iter().map(|column| column.name.clone()).collect();
        db.execute(&format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", "))).await;
        if let Some(place) = names.iter().position(|name| name == "id") {
            filled.insert(table.clone(), values[place].clone());
        }
        all.push(Filled { table: table.clone(), rows: db.rows(table, &names).await, columns: names });
    }
    all
}

/// Goes through all migrations, with rows that came after each of them.
async fn grow(mut db: Raw) {
    let engine = db.engine();
    let all = Migrator::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine)).await.unwrap();
    let (mut schema, mut filled, mut numbers) = (Schema::default(), Vec::new(), 0);
    for (count, sql) in (1..).zip(files(engine).values()) {
        db.migrate(&all, count).await;
        schema.change(sql);
        filled.extend(fill(&mut db, &schema, &mut numbers).await);
    }
    assert!(schema.0.len() > 50 && filled.len() > 500, "{} tables, {} fillings", schema.0.len(), filled.len());
    for Filled { table, columns, rows } in filled {
        let kept = db.rows(&table, &columns).await;
        for row in rows {
            assert!(kept.contains(&row), "{engine}: {table} has lost {row}");
        }
    }
}

#[tokio::test]
async fn a_database_that_grew_with_every_version_has_lost_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let address = format!("sqlite:{}", dir.path().join("grown.db").display());
    let options = address.parse::<SqliteConnectOptions>().unwrap().create_if_missing(true);
    grow(Raw::Sqlite(SqliteConnection::connect_with(&options).await.unwrap())).await;
    // The program of today takes it as it is.
    Db::open(&address).await.unwrap().close().await;
    if let Ok(server) = std::env::var("PORTICO_TEST_POSTGRES") {
        let (address, name) = support::empty_postgres(&server).await;
        grow(Raw::Postgres(PgConnection::connect(&address).await.unwrap())).await;
        Db::open(&address).await.unwrap().close().await;
        support::drop_postgres(&server, &name).await;
    }
}
