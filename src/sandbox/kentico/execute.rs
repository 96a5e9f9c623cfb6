//! Runs a checked query over the content: which items a key may see, in which language, filtered, sorted and paged.

use std::cmp::Ordering;

use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::content::{Access, Content, Item, Variant};
use super::fault::Fault;
use super::parse::{Document, Field, Selection};
use super::schema::{FieldKind, Schema, type_name};
use super::validate::resolve;
use crate::domain::time::Timestamp;

/// Most items a collection gives at once, and how many it gives unasked.
const MAX_TAKE: i64 = 100;

/// One run of one query.
pub(super) struct Run<'a> {
    pub(super) schema: &'a Schema,
    pub(super) content: &'a Content,
    pub(super) document: &'a Document,
    pub(super) variables: &'a Map<String, Json>,
    pub(super) access: Access,
    /// Scheme and host through which the endpoint was called; rich text carries absolute addresses on it.
    pub(super) origin: String,
    pub(super) now: Timestamp,
}

/// An item in the language in which it was found.
#[derive(Clone, Copy)]
struct Shown<'a> {
    item: &'a Item,
    language: &'a str,
    variant: &'a Variant,
    values: &'a Map<String, Json>,
}

/// What a field is asked of.
enum Parent<'a> {
    Query,
    Item(Shown<'a>),
    Collection(Vec<Shown<'a>>, Json),
    /// Tags, assets, `_system`: plain objects.
    Plain(Json),
}

type Arguments = Map<String, Json>;

impl<'a> Run<'a> {
    /// The `data` of the reply.
    pub(super) fn query(&self, selection: &[Selection]) -> Result<Json, Fault> {
        self.object(selection, "Query", &Parent::Query)
    }

    fn object(&self, selection: &[Selection], ty: &str, parent: &Parent<'a>) -> Result<Json, Fault> {
        let mut out = Map::new();
        self.select(selection, ty, parent, &mut out)?;
        Ok(Json::Object(out))
    }

    fn select(&self, selection: &[Selection], ty: &str, parent: &Parent<'a>, out: &mut Map<String, Json>) -> Result<(), Fault> {
        for entry in selection {
            match entry {
                Selection::Field(field) if self.wanted(&field.directives) => {
                    let value = self.field(field, ty, parent)?;
                    merge(out.entry(field.key()).or_insert(Json::Null), value);
                }
                Selection::Inline { on, directives, selection, .. }
                    if self.wanted(directives) && on.as_deref().is_none_or(|on| self.schema.applies(on, ty)) =>
                {
                    self.select(selection, ty, parent, out)?;
                }
                Selection::Spread { name, directives, .. } if self.wanted(directives) => {
                    if let Some(fragment) = self.document.fragments.get(name).filter(|f| self.schema.applies(&f.on, ty)) {
                        self.select(&fragment.selection, ty, parent, out)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn wanted(&self, directives: &[super::parse::Directive]) -> bool {
        directives.iter().all(|directive| {
            let condition = directive.arguments.iter().find(|(name, _)| name == "if").and_then(|(_, value)| resolve(value, self.variables));
            condition != Some(Json::Bool(directive.name == "skip"))
        })
    }

    fn field(&self, field: &Field, ty: &str, parent: &Parent<'a>) -> Result<Json, Fault> {
        if field.name == "__typename" {
            return Ok(ty.into());
        }
        let arguments: Arguments =
            field.arguments.iter().filter_map(|(name, value)| Some((name.clone(), resolve(value, self.variables)?))).collect();
        match parent {
            Parent::Query => self.root(field, &arguments),
            Parent::Item(shown) => self.item_field(field, *shown, &arguments),
            Parent::Collection(items, _) if field.name == "items" => self.items(field, items),
            Parent::Collection(_, plain) | Parent::Plain(plain) => Ok(plain.get(&field.name).cloned().unwrap_or(Json::Null)),
        }
    }

    fn items(&self, field: &Field, items: &[Shown<'a>]) -> Result<Json, Fault> {
        let one = |shown: &Shown<'a>| self.object(&field.selection, &type_name(&shown.item.content_type), &Parent::Item(*shown));
        items.iter().map(one).collect::<Result<Vec<_>, _>>().map(Json::Array)
    }

    fn root(&self, field: &Field, arguments: &Arguments) -> Result<Json, Fault> {
        let language = arguments.get("languageName").and_then(Json::as_str).unwrap_or(&self.content.primary_language);
        let fallback = arguments.get("useLanguageFallbacks") == Some(&Json::Bool(true));
        if let Some(content_type) = field.name.strip_suffix("Collection").filter(|name| self.content.has_type(name)) {
            let all = self.visible(content_type, language, fallback).collect();
            return self.collection(field, content_type, all, arguments);
        }
        let is =
            |argument: &str, id: Uuid| arguments.get(argument).and_then(Json::as_str).is_some_and(|text| Uuid::try_parse(text) == Ok(id));
        let by_variant = arguments.contains_key("languageVariantId");
        let found = if by_variant {
            self.content.items.values().filter(|item| item.content_type == field.name).find_map(|item| {
                let (language, _) = item.variants.iter().find(|(_, v)| is("languageVariantId", v.id))?;
                self.shown(item, language, false)
            })
        } else {
            self.visible(&field.name, language, fallback).find(|shown| is("id", shown.item.id))
        };
        match found {
            Some(shown) => self.object(&field.selection, &type_name(&field.name), &Parent::Item(shown)),
            None => Ok(Json::Null),
        }
    }

    fn visible(&self, content_type: &str, language: &str, fallback: bool) -> impl Iterator<Item = Shown<'a>> {
        let of_type = |item: &&Item| item.content_type == content_type;
        self.content.items.values().filter(of_type).filter_map(|item| self.shown(item, language, fallback)).collect::<Vec<_>>().into_iter()
    }

    /// The item as this key sees it. A secured item is seen by no key.
    fn shown(&self, item: &'a Item, language: &str, fallback: bool) -> Option<Shown<'a>> {
        let in_language = |language: &str| {
            let (language, variant) = item.variants.get_key_value(language)?;
            let values = match self.access {
                Access::Published => variant.published.as_ref()?,
                Access::Draft => &variant.draft,
            };
            Some(Shown { item, language, variant, values })
        };
        let found = in_language(language).or_else(|| fallback.then(|| in_language(&self.content.primary_language)).flatten());
        found.filter(|_| !item.secured)
    }

    fn collection(&self, field: &Field, content_type: &str, mut all: Vec<Shown<'a>>, arguments: &Arguments) -> Result<Json, Fault> {
        let fault = |message: &str| Fault::runtime(message, field.at, field.key());
        if let Some(filter) = arguments.get("where").filter(|w| !w.is_null()) {
            let (path, operator, operand) =
                one_filter(filter).ok_or_else(|| fault("Each where argument can filter by one scalar field only."))?;
            all.retain(|shown| matches(&self.scalar(shown, &path), operator, operand));
        }
        if let Some(sort) = arguments.get("sort").filter(|s| !s.is_null()) {
            let (path, direction) = one_path(sort).ok_or_else(|| fault("A sort argument takes one field."))?;
            let mut keyed: Vec<_> = all.into_iter().map(|shown| (self.scalar(&shown, &path), shown)).collect();
            keyed.sort_by(|(a, _), (b, _)| compare(a, b));
            all = keyed.into_iter().map(|(_, shown)| shown).collect();
            if direction == "DESC" {
                all.reverse();
            }
        }
        let number = |name: &str, default| arguments.get(name).and_then(Json::as_i64).unwrap_or(default);
        let (skip, take) = (number("skip", 0), number("take", MAX_TAKE));
        if !(0..=MAX_TAKE).contains(&take) || skip < 0 {
            return Err(fault("The take argument must be between 0 and 100 and the skip argument must not be negative."));
        }
        let facts = json!({ "skip": skip, "take": take, "totalCount": all.len() });
        let (skip, take) = (usize::try_from(skip).unwrap_or(0), usize::try_from(take).unwrap_or(0));
        let page = all.into_iter().skip(skip).take(take).collect();
        self.object(&field.selection, &format!("_{}Collection", type_name(content_type)), &Parent::Collection(page, facts))
    }

    fn item_field(&self, field: &Field, shown: Shown<'a>, arguments: &Arguments) -> Result<Json, Fault> {
        if field.name == "_system" {
            return self.object(&field.selection, "_System", &Parent::Plain(self.system(&shown)));
        }
        let value = shown.values.get(&field.name).unwrap_or(&Json::Null);
        match self.content.field_kind(&shown.item.content_type, &field.name) {
            Some(FieldKind::RichText) => Ok(value.as_str().map_or(Json::Null, |html| html.replace("{origin}", &self.origin).into())),
            Some(FieldKind::DateTime) => Ok(self.content.local(value.as_str().and_then(|text| text.parse().ok()))),
            Some(FieldKind::Taxonomy) => {
                let tag = |name: &Json| {
                    self.object(&field.selection, "_Tag", &Parent::Plain(self.content.tag(name.as_str().unwrap_or_default())))
                };
                value.as_array().into_iter().flatten().map(tag).collect::<Result<Vec<_>, _>>().map(Json::Array)
            }
            Some(FieldKind::Asset) => match value.as_str().and_then(|id| self.content.asset_facts(id, self.access, self.now)) {
                Some(facts) => self.object(&field.selection, "_ContentItemAsset", &Parent::Plain(facts)),
                None => Ok(Json::Null),
            },
            Some(FieldKind::Links(targets)) => {
                let ids = value.as_array().into_iter().flatten().filter_map(|id| Uuid::try_parse(id.as_str()?).ok());
                let linked = ids.filter_map(|id| self.shown(self.content.items.get(&id)?, shown.language, true)).collect();
                let union = format!("{}_{}", type_name(&shown.item.content_type), field.name);
                self.collection(field, if let [only] = targets.as_slice() { only } else { &union }, linked, arguments)
            }
            _ => Ok(value.clone()),
        }
    }

    fn system(&self, shown: &Shown<'_>) -> Json {
        json!({
            "id": shown.item.id,
            "languageVariantId": shown.variant.id,
            "languageName": shown.language,
            "contentType": type_name(&shown.item.content_type),
            "firstPublished": self.content.local(shown.variant.first_published),
            "lastPublished": self.content.local(shown.variant.last_published),
        })
    }

    /// The value by which an item is filtered or sorted.
    fn scalar(&self, shown: &Shown<'_>, path: &[&str]) -> Json {
        match path {
            ["_system", field] => self.system(shown).get(*field).cloned().unwrap_or(Json::Null),
            [field] => shown.values.get(*field).cloned().unwrap_or(Json::Null),
            _ => Json::Null,
        }
    }
}

/// Two selections of the same object under one key make one object.
fn merge(into: &mut Json, value: Json) {
    match (into, value) {
        (Json::Object(old), Json::Object(new)) => {
            for (key, value) in new {
                merge(old.entry(key).or_insert(Json::Null), value);
            }
        }
        (Json::Array(old), Json::Array(new)) if old.len() == new.len() => old.iter_mut().zip(new).for_each(|(old, new)| merge(old, new)),
        (place, value) => *place = value,
    }
}

/// The one field of `where` with its one operator: `{field: {eq: x}}` or `{_system: {field: {eq: x}}}`.
fn one_filter(filter: &Json) -> Option<(Vec<&str>, &str, &Json)> {
    let (mut path, mut inner) = (Vec::new(), filter);
    loop {
        let object = inner.as_object().filter(|object| object.len() == 1)?;
        let (name, value) = object.iter().next()?;
        if path.last().is_some_and(|last| *last != "_system") {
            return Some((path, name, value));
        }
        path.push(name.as_str());
        inner = value;
    }
}

/// The one field of `sort` with its direction.
fn one_path(sort: &Json) -> Option<(Vec<&str>, &str)> {
    let (mut path, mut inner) = (Vec::new(), sort);
    while let Some(object) = inner.as_object() {
        let (name, value) = object.iter().next().filter(|_| object.len() == 1)?;
        path.push(name.as_str());
        inner = value;
    }
    Some((path, inner.as_str()?))
}

fn matches(value: &Json, operator: &str, operand: &Json) -> bool {
    let text = |test: fn(&str, &str) -> bool| value.as_str().zip(operand.as_str()).is_some_and(|(v, o)| test(v, o));
    let listed = || operand.as_array().is_some_and(|list| list.iter().any(|o| same(value, o)));
    let tagged = |tag: &Json| value.as_array().is_some_and(|tags| tags.contains(tag));
    let ordered = |test: fn(Ordering) -> bool| !value.is_null() && test(compare(value, operand));
    match operator {
        "eq" => same(value, operand),
        "neq" => !same(value, operand),
        "in" => listed(),
        "nin" => !listed(),
        "contains" => text(|v, o| v.contains(o)),
        "ncontains" => !text(|v, o| v.contains(o)),
        "startsWith" => text(|v, o| v.starts_with(o)),
        "nstartsWith" => !text(|v, o| v.starts_with(o)),
        "gt" => ordered(Ordering::is_gt),
        "gte" => ordered(Ordering::is_ge),
        "lt" => ordered(Ordering::is_lt),
        "lte" => ordered(Ordering::is_le),
        "containsAny" => operand.as_array().is_some_and(|tags| tags.iter().any(tagged)),
        "containsAll" => operand.as_array().is_some_and(|tags| tags.iter().all(tagged)),
        _ => false,
    }
}

fn same(a: &Json, b: &Json) -> bool {
    compare(a, b).is_eq()
}

/// Numbers by size, times by instant, other texts by their letters.
fn compare(a: &Json, b: &Json) -> Ordering {
    match (a, b) {
        (Json::String(a), Json::String(b)) => match (a.parse::<Timestamp>(), b.parse::<Timestamp>()) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            _ => a.cmp(b),
        },
        (Json::Bool(a), Json::Bool(b)) => a.cmp(b),
        _ => a.as_i64().cmp(&b.as_i64()),
    }
}
