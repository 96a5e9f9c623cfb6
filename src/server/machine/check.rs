//! Holds a JSON body against its description, so that what is described is what is asked for, and every wrong field is
//! named at once. Knows the part of JSON Schema that our own descriptions use. Objects are closed: a field that is not
//! described is an error, since a slip of the pen must not be ignored.

use serde_json::{Map, Value};

use crate::{
    domain::{
        number::{Currency, PLACES, parse_scaled},
        time::Date,
    },
    service::FieldError,
};

/// What is wrong with a body that should be the named schema of a description; nothing where it fits.
pub fn check(body: &Value, schema: &str, description: &Value) -> Vec<FieldError> {
    let mut check = Check { description, errors: Vec::new() };
    match description.pointer(&format!("/components/schemas/{schema}")) {
        Some(schema) => check.value("", body, schema),
        None => check.wrong("", "This body has no description."),
    }
    check.errors
}

struct Check<'a> {
    description: &'a Value,
    errors: Vec<FieldError>,
}

impl<'a> Check<'a> {
    fn wrong(&mut self, field: &str, message: impl Into<String>) {
        self.errors.push(FieldError { field: field.to_owned(), message: message.into() });
    }

    fn value(&mut self, at: &str, value: &Value, schema: &'a Value) {
        let forms = self.forms(schema);
        let Some(form) = forms.iter().copied().find(|form| takes(form, value)) else {
            return self.wrong(at, expected(&forms, value));
        };
        match value {
            Value::Object(fields) => self.object(at, fields, form),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    if let Some(schema) = form.get("items") {
                        self.value(&join(at, &index.to_string()), item, schema);
                    }
                }
            }
            Value::String(text) => self.text(at, text, form),
            Value::Number(number) if number.as_u64().is_none_or(|number| number > u32::MAX.into()) => {
                self.wrong(at, "Give a whole number from 0 on.");
            }
            _ => {}
        }
    }

    /// The forms a value may have: a schema itself, or its alternatives.
    fn forms(&self, schema: &'a Value) -> Vec<&'a Value> {
        let schema = self.resolve(schema);
        match schema.get("oneOf").and_then(Value::as_array) {
            Some(forms) => forms.iter().flat_map(|form| self.forms(form)).collect(),
            None => vec![schema],
        }
    }

    fn resolve(&self, schema: &'a Value) -> &'a Value {
        let target =
            schema.get("$ref").and_then(Value::as_str).and_then(|address| self.description.pointer(address.trim_start_matches('#')));
        target.unwrap_or(schema)
    }

    fn object(&mut self, at: &str, fields: &Map<String, Value>, form: &'a Value) {
        let mut known = Vec::new();
        self.collect(form, &mut known);
        for (name, value) in fields {
            if let Some((_, schema, _)) = known.iter().find(|(known, ..)| known == name) {
                self.value(&join(at, name), value, schema);
            } else {
                let names: Vec<&str> = known.iter().map(|(name, ..)| *name).collect();
                self.wrong(&join(at, name), format!("There is no such field here; there are {}.", names.join(", ")));
            }
        }
        for (name, _, is_required) in known {
            if is_required && !fields.contains_key(name) {
                self.wrong(&join(at, name), "This is missing.");
            }
        }
    }

    /// The fields of an object: name, schema, whether it must be there; those of its parts included.
    fn collect(&self, form: &'a Value, into: &mut Vec<(&'a str, &'a Value, bool)>) {
        let form = self.resolve(form);
        for part in form.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.collect(part, into);
        }
        let required = form.get("required").and_then(Value::as_array);
        for (name, schema) in form.get("properties").and_then(Value::as_object).into_iter().flatten() {
            into.push((name, schema, required.is_some_and(|required| required.iter().any(|field| field == name))));
        }
    }

    fn text(&mut self, at: &str, text: &str, form: &Value) {
        let message = match form.get("format").and_then(Value::as_str) {
            _ if text.contains('\0') => Some("This holds a NUL character, which belongs in no text. Leave it out.".to_owned()),
            Some("decimal") => parse_scaled(text, PLACES).err().map(|error| format!("“{text}”: {error}. Write it like \"12.5\".")),
            Some("date") => text.parse::<Date>().is_err().then(|| format!("“{text}” is no date. Write it like \"2026-11-22\".")),
            Some("currency") => {
                text.parse::<Currency>().is_err().then(|| "Give the three letters of ISO 4217, such as \"EUR\".".to_owned())
            }
            _ => None,
        };
        let length = |key: &str| form.get(key).and_then(Value::as_u64);
        let characters = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        let message = message
            .or_else(|| length("minLength").filter(|least| characters < *least).map(|_| "This is empty.".to_owned()))
            .or_else(|| length("maxLength").filter(|most| characters > *most).map(|most| format!("At most {most} characters fit here.")));
        if let Some(message) = message {
            self.wrong(at, message);
        }
    }
}

fn join(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

/// The types of a form; an object in parts names none.
fn types(form: &Value) -> Vec<&str> {
    match form.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => vec!["object"],
    }
}

/// Whether a form takes values of this type.
fn takes(form: &Value, value: &Value) -> bool {
    let name = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    types(form).contains(&name)
}

fn expected(forms: &[&Value], value: &Value) -> String {
    let is_decimal = forms.iter().any(|form| form.get("format").is_some_and(|format| format == "decimal"));
    if is_decimal && value.is_number() {
        return "Write the number as text in quotes, such as \"12.5\", so that no digit is lost.".to_owned();
    }
    let mut names: Vec<&str> = forms
        .iter()
        .flat_map(|form| types(form))
        .filter_map(|name| match name {
            "string" => Some("text"),
            "integer" => Some("a whole number"),
            "boolean" => Some("true or false"),
            "array" => Some("a list"),
            "object" => Some("an object"),
            _ => None,
        })
        .collect();
    names.dedup();
    format!("This must be {}.", names.join(" or "))
}
