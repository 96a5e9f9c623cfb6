//! GraphQL errors in the form the real server's library (Hot Chocolate) gives them. Texts that its own tests record are
//! used as they are; the others say the same in our words.

use serde_json::{Map, Value, json};

use super::lex::Position;

/// Why a request was refused or a field failed.
pub(super) struct Fault {
    message: String,
    at: Option<Position>,
    path: Option<Value>,
    extensions: Map<String, Value>,
    /// Found before anything ran: the reply has no `data`, and its status is 400 where the reader asked for the
    /// GraphQL media type.
    pub(super) before_execution: bool,
}

impl Fault {
    fn new(message: &str, at: Option<Position>, code: Option<&str>) -> Self {
        let extensions = code.map(|code| ("code".to_owned(), Value::from(code))).into_iter().collect();
        Self { message: message.to_owned(), at, path: None, extensions, before_execution: true }
    }

    /// The text is not GraphQL.
    pub(super) fn syntax(message: &str, at: Position) -> Self {
        Self::new(message, Some(at), Some("HC0011"))
    }

    /// The query does not fit the schema.
    pub(super) fn invalid(message: &str, at: Position) -> Self {
        Self::new(message, Some(at), None)
    }

    /// A field that a type does not have.
    pub(super) fn no_field(field: &str, response: &str, ty: &str, at: Position) -> Self {
        let mut fault = Self::invalid(&format!("The field `{field}` does not exist on the type `{ty}`."), at);
        for (name, value) in [
            ("type", ty),
            ("field", field),
            ("responseName", response),
            ("specifiedBy", "https://spec.graphql.org/October2021/#sec-Field-Selections-on-Objects-Interfaces-and-Unions-Types"),
        ] {
            fault.extensions.insert(name.to_owned(), value.into());
        }
        fault
    }

    /// Introspection, which a channel has switched off unless its owner says otherwise.
    pub(super) fn introspection(field: &str, at: Position) -> Self {
        let mut fault = Self::new("Introspection is not allowed for the current request.", Some(at), Some("HC0046"));
        fault.extensions.insert("field".to_owned(), field.into());
        fault
    }

    /// A query that goes round in circles through linked items.
    pub(super) fn cycle(path: &[String], at: Position) -> Self {
        let mut fault = Self::new("Maximum allowed coordinate cycle depth was exceeded.", Some(at), Some("HC0087"));
        fault.path = Some(json!(path));
        fault
    }

    /// A variable that is missing or of the wrong type.
    pub(super) fn variable(name: &str, wanted: &str) -> Self {
        let mut fault = Self::new(&format!("Variable `{name}` got an invalid value: `{wanted}` is expected."), None, Some("HC0018"));
        fault.extensions.insert("variable".to_owned(), name.into());
        fault
    }

    /// The request names no operation that could run.
    pub(super) fn operation(message: &str) -> Self {
        Self::new(message, None, None)
    }

    /// Something that only shows while running.
    pub(super) fn runtime(message: &str, at: Position, path: &str) -> Self {
        Self { path: Some(json!([path])), before_execution: false, ..Self::new(message, Some(at), Some("HC0001")) }
    }

    /// As an entry of `errors`.
    pub(super) fn json(&self) -> Value {
        let mut error = Map::from_iter([("message".to_owned(), Value::from(self.message.clone()))]);
        if let Some((line, column)) = self.at {
            error.insert("locations".to_owned(), json!([{ "line": line, "column": column }]));
        }
        if let Some(path) = &self.path {
            error.insert("path".to_owned(), path.clone());
        }
        if !self.extensions.is_empty() {
            error.insert("extensions".to_owned(), Value::Object(self.extensions.clone()));
        }
        Value::Object(error)
    }
}
