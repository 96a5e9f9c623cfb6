//! Checks a parsed query against the schema before anything runs: fields, arguments, variables, fragments,
//! introspection, and how often a query may go round through linked items.

use serde_json::{Map, Value as Json};

use super::fault::Fault;
use super::lex::Position;
use super::parse::{Document, Field, Operation, Selection, TypeRef, Value};
use super::schema::{Schema, Type};

/// How often one field may lie on the way from the root to a leaf (`MaxFieldCycleDepth`, 5 since release 30.5.4).
const MAX_CYCLE: usize = 5;

/// Values of the variables of an operation, checked against their declared types.
pub(super) fn variables(schema: &Schema, operation: &Operation, given: &Map<String, Json>) -> Result<Map<String, Json>, Fault> {
    let mut values = Map::new();
    for variable in &operation.variables {
        let wrong = || Fault::variable(&variable.name, &variable.ty.to_string());
        let value = match (given.get(&variable.name), &variable.default) {
            (Some(value), _) => value.clone(),
            (None, Some(default)) => resolve(default, &Map::new()).ok_or_else(wrong)?,
            (None, None) if matches!(variable.ty, TypeRef::Required(_)) => return Err(wrong()),
            (None, None) => continue,
        };
        if !fits(schema, &variable.ty, &value) {
            return Err(wrong());
        }
        values.insert(variable.name.clone(), value);
    }
    Ok(values)
}

/// A written value with its variables filled in; none where a variable has no value.
pub(super) fn resolve(value: &Value, variables: &Map<String, Json>) -> Option<Json> {
    match value {
        Value::Variable(name) => variables.get(name).cloned(),
        Value::Enum(word) => Some(Json::String(word.clone())),
        Value::Json(json) => Some(json.clone()),
        Value::List(list) => Some(Json::Array(list.iter().filter_map(|v| resolve(v, variables)).collect())),
        Value::Object(fields) => {
            Some(Json::Object(fields.iter().filter_map(|(name, v)| Some((name.clone(), resolve(v, variables)?))).collect()))
        }
    }
}

/// Whether a value may stand where the type is wanted.
fn fits(schema: &Schema, ty: &TypeRef, value: &Json) -> bool {
    match (ty, value) {
        (TypeRef::Required(inner), _) => !value.is_null() && fits(schema, inner, value),
        (_, Json::Null) => true,
        (TypeRef::List(inner), Json::Array(list)) => list.iter().all(|v| fits(schema, inner, v)),
        // One value stands for a list of one.
        (TypeRef::List(inner), _) => fits(schema, inner, value),
        (TypeRef::Named(name), _) => match schema.get(name) {
            Some(Type::Enum(words)) => value.as_str().is_some_and(|word| words.iter().any(|w| w == word)),
            Some(Type::Input(parts)) => {
                value.as_object().is_some_and(|object| object.iter().all(|(k, v)| parts.get(k).is_some_and(|ty| fits(schema, ty, v))))
            }
            Some(Type::Scalar) => scalar_fits(name, value),
            _ => false,
        },
    }
}

fn scalar_fits(scalar: &str, value: &Json) -> bool {
    match scalar {
        "Int" => value.as_i64().is_some_and(|n| i32::try_from(n).is_ok()),
        "Long" => value.is_i64(),
        "Float" | "Decimal" => value.is_number(),
        "Boolean" => value.is_boolean(),
        "UUID" => value.as_str().is_some_and(|text| uuid::Uuid::try_parse(text).is_ok()),
        "DateTime" => value.as_str().is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok()),
        _ => value.is_string(),
    }
}

/// Checks one operation.
pub(super) fn check(schema: &Schema, document: &Document, operation: &Operation, variables: &Map<String, Json>) -> Result<(), Fault> {
    let mut walk = Walk { schema, document, operation, variables, trail: Vec::new(), path: Vec::new(), fragments: Vec::new() };
    walk.selection(&operation.selection, "Query")
}

struct Walk<'a> {
    schema: &'a Schema,
    document: &'a Document,
    operation: &'a Operation,
    variables: &'a Map<String, Json>,
    /// Type and field from the root to here.
    trail: Vec<(String, String)>,
    /// Reply keys from the root to here.
    path: Vec<String>,
    fragments: Vec<String>,
}

impl Walk<'_> {
    fn selection(&mut self, selection: &[Selection], ty: &str) -> Result<(), Fault> {
        for entry in selection {
            match entry {
                Selection::Field(field) => self.field(field, ty)?,
                Selection::Inline { on, selection, at, .. } => {
                    let on = on.as_deref().unwrap_or(ty);
                    self.condition(on, *at)?;
                    self.selection(selection, on)?;
                }
                Selection::Spread { name, at, .. } => self.spread(name, *at)?,
            }
        }
        merges(selection)
    }

    fn spread(&mut self, name: &str, at: Position) -> Result<(), Fault> {
        let Some(fragment) = self.document.fragments.get(name) else {
            return Err(Fault::invalid(&format!("The specified fragment `{name}` does not exist."), at));
        };
        if self.fragments.iter().any(|f| f == name) {
            return Err(Fault::invalid(&format!("The fragment `{name}` contains itself."), at));
        }
        self.condition(&fragment.on, at)?;
        self.fragments.push(name.to_owned());
        self.selection(&fragment.selection, &fragment.on)?;
        self.fragments.pop();
        Ok(())
    }

    fn condition(&self, on: &str, at: Position) -> Result<(), Fault> {
        match self.schema.get(on) {
            Some(Type::Object { .. } | Type::Interface(_) | Type::Union(_)) => Ok(()),
            Some(_) => Err(Fault::invalid(&format!("A fragment cannot be on `{on}`, which has no fields."), at)),
            None => Err(Fault::invalid(&format!("Unknown type `{on}`."), at)),
        }
    }

    fn field(&mut self, field: &Field, ty: &str) -> Result<(), Fault> {
        if field.name == "__typename" {
            return Ok(());
        }
        if field.name.starts_with("__") && ty == "Query" {
            return Err(Fault::introspection(&field.name, field.at));
        }
        let schema = self.schema;
        let Some(definition) = schema.field(ty, &field.name) else {
            return Err(Fault::no_field(&field.name, field.key(), ty, field.at));
        };
        for (name, value) in &field.arguments {
            let Some(wanted) = definition.arguments.get(name) else {
                return Err(Fault::invalid(&format!("The argument `{name}` does not exist on the field `{}`.", field.name), field.at));
            };
            self.argument(name, value, wanted, field.at)?;
        }
        for directive in &field.directives {
            if !matches!(directive.name.as_str(), "include" | "skip") {
                return Err(Fault::invalid(&format!("The specified directive `{}` is not supported.", directive.name), field.at));
            }
        }
        self.subfields(field, ty, definition.ty.name())
    }

    fn subfields(&mut self, field: &Field, ty: &str, inner: &str) -> Result<(), Fault> {
        let leaf = matches!(self.schema.get(inner), Some(Type::Scalar | Type::Enum(_)));
        if leaf != field.selection.is_empty() {
            let text = if leaf { "returns a value and takes no selection" } else { "is an object and needs a selection" };
            return Err(Fault::invalid(&format!("The field `{}` {text}.", field.name), field.at));
        }
        self.path.push(field.key().to_owned());
        self.trail.push((ty.to_owned(), field.name.clone()));
        let here = self.trail.last();
        if self.trail.iter().filter(|step| Some(*step) == here).count() > MAX_CYCLE {
            return Err(Fault::cycle(&self.path, field.at));
        }
        self.selection(&field.selection, inner)?;
        self.trail.pop();
        self.path.pop();
        Ok(())
    }

    fn argument(&self, name: &str, value: &Value, wanted: &TypeRef, at: Position) -> Result<(), Fault> {
        self.variables_in(value, wanted, at)?;
        match resolve(value, self.variables) {
            Some(json) if !fits(self.schema, wanted, &json) => {
                Err(Fault::invalid(&format!("The specified argument value does not match the argument type: `{name}` is `{wanted}`."), at))
            }
            _ => Ok(()),
        }
    }

    /// Every variable must be declared, with the type of the place where it is used.
    fn variables_in(&self, value: &Value, wanted: &TypeRef, at: Position) -> Result<(), Fault> {
        match (value, wanted) {
            (_, TypeRef::Required(inner)) => self.variables_in(value, inner, at),
            (Value::Variable(name), _) => {
                let Some(declared) = self.operation.variables.iter().find(|v| v.name == *name) else {
                    return Err(Fault::invalid(&format!("The following variables were not declared: {name}."), at));
                };
                let bare = match &declared.ty {
                    TypeRef::Required(inner) => inner,
                    other => other,
                };
                if bare == wanted {
                    Ok(())
                } else {
                    Err(Fault::invalid(&format!("The variable `{name}` is not compatible with the type of the current location."), at))
                }
            }
            (Value::List(list), TypeRef::List(inner)) => list.iter().try_for_each(|v| self.variables_in(v, inner, at)),
            (Value::Object(fields), TypeRef::Named(name)) => match self.schema.get(name) {
                Some(Type::Input(parts)) => fields.iter().try_for_each(|(field, v)| match parts.get(field) {
                    Some(ty) => self.variables_in(v, ty, at),
                    None => Err(Fault::invalid(&format!("The specified input object field `{field}` does not exist."), at)),
                }),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

/// Two fields under one key must be the same field with the same arguments.
fn merges(selection: &[Selection]) -> Result<(), Fault> {
    let fields = || selection.iter().filter_map(|entry| if let Selection::Field(field) = entry { Some(field) } else { None });
    for (place, field) in fields().enumerate() {
        let clash = |other: &Field| other.key() == field.key() && (other.name != field.name || other.arguments != field.arguments);
        if fields().skip(place + 1).any(clash) {
            return Err(Fault::invalid("Encountered fields for the same object that cannot be merged.", field.at));
        }
    }
    Ok(())
}
