//! Both engines have the same schema: the same migrations, tables, columns, types and constraints.

use std::collections::BTreeMap;

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
