//! Both engines have the same schema: the same migrations, tables and columns.

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

/// Tables with their columns, in order, as the text declares them.
fn columns(sql: &str) -> BTreeMap<String, Vec<String>> {
    let mut tables = BTreeMap::new();
    let mut open: Option<(String, Vec<String>)> = None;
    for line in sql.lines() {
        if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
            open = Some((rest.split_whitespace().next().unwrap().to_owned(), Vec::new()));
        } else if let Some((table, column)) = line.strip_prefix("ALTER TABLE ").and_then(|rest| rest.split_once(" ADD COLUMN ")) {
            let column = column.split_whitespace().next().unwrap().to_owned();
            tables.entry(table.to_owned()).or_insert_with(Vec::new).push(column);
        } else if line.starts_with(')') {
            if let Some((name, columns)) = open.take() {
                tables.insert(name, columns);
            }
        } else if let Some((_, columns)) = &mut open {
            let word = line.split_whitespace().next().unwrap_or_default();
            if !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit()) {
                columns.push(word.to_owned());
            }
        }
    }
    tables
}

#[test]
fn both_engines_have_the_same_migrations_tables_and_columns() {
    let (sqlite, postgres) = (files("sqlite"), files("postgres"));
    assert_eq!(sqlite.keys().collect::<Vec<_>>(), postgres.keys().collect::<Vec<_>>());
    for (name, sql) in &sqlite {
        let (ours, theirs) = (columns(sql), columns(&postgres[name]));
        assert!(!ours.is_empty(), "{name} declares no table");
        assert_eq!(ours, theirs, "{name}");
        let indexes = |sql: &str| sql.lines().filter(|line| line.contains("INDEX ")).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(indexes(sql), indexes(&postgres[name]), "{name}");
    }
}
