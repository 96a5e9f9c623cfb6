//! The schema that a headless channel generates from its content types: names, arguments, filters and sorters.

use std::collections::BTreeMap;

use super::parse::TypeRef;

/// A content type of the channel.
#[derive(Clone, Debug)]
pub struct ContentType {
    /// Short code name as GraphQL writes a root field, such as `portalPolicy`.
    pub name: String,
    /// Fields by name.
    pub fields: Vec<(String, FieldKind)>,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One line.
    Text,
    /// HTML.
    RichText,
    /// A whole number.
    Integer,
    /// Yes or no.
    Boolean,
    /// An instant.
    DateTime,
    /// Tags.
    Taxonomy,
    /// One file.
    Asset,
    /// Linked items of these content types; of several types they make a union.
    Links(Vec<String>),
}

/// A named type.
pub(super) enum Type {
    Scalar,
    Enum(Vec<String>),
    Input(BTreeMap<String, TypeRef>),
    Object { fields: BTreeMap<String, FieldType>, interfaces: Vec<String> },
    Interface(BTreeMap<String, FieldType>),
    Union(Vec<String>),
}

/// A field of an object type.
pub(super) struct FieldType {
    pub(super) ty: TypeRef,
    pub(super) arguments: BTreeMap<String, TypeRef>,
}

/// All types of a channel.
pub(super) struct Schema {
    types: BTreeMap<String, Type>,
}

const SYSTEM: [&str; 6] = [
    "id: UUID!",
    "languageVariantId: UUID!",
    "languageName: String!",
    "contentType: String!",
    "firstPublished: DateTime",
    "lastPublished: DateTime",
];

impl Schema {
    pub(super) fn of(content_types: &[ContentType]) -> Self {
        let mut schema = Self { types: BTreeMap::new() };
        schema.common();
        let mut roots = Vec::new();
        for content_type in content_types {
            schema.content_type(content_type);
            let (name, ty) = (&content_type.name, type_name(&content_type.name));
            roots.push(format!("{name}(id: UUID, languageVariantId: UUID, languageName: String, useLanguageFallbacks: Boolean): {ty}"));
            roots.push(format!(
                "{name}Collection(languageName: String, useLanguageFallbacks: Boolean, where: _{ty}Filter, sort: _{ty}Sorter, \
                 skip: Int, take: Int): _{ty}Collection!"
            ));
        }
        schema.object("Query", &roots, &[]);
        schema
    }

    pub(super) fn get(&self, name: &str) -> Option<&Type> {
        self.types.get(name)
    }

    /// A field of an object or interface.
    pub(super) fn field(&self, ty: &str, field: &str) -> Option<&FieldType> {
        match self.types.get(ty)? {
            Type::Object { fields, .. } | Type::Interface(fields) => fields.get(field),
            _ => None,
        }
    }

    /// Whether an object of type `object` is seen by a fragment on `condition`.
    pub(super) fn applies(&self, condition: &str, object: &str) -> bool {
        condition == object
            || match (self.types.get(condition), self.types.get(object)) {
                (Some(Type::Union(members)), _) => members.iter().any(|m| m == object),
                (Some(Type::Interface(_)), Some(Type::Object { interfaces, .. })) => interfaces.iter().any(|i| i == condition),
                _ => false,
            }
    }

    fn common(&mut self) {
        for scalar in ["ID", "String", "Int", "Float", "Boolean", "UUID", "DateTime", "Date", "Decimal", "Long", "TimeSpan"] {
            self.types.insert(scalar.to_owned(), Type::Scalar);
        }
        self.types.insert("_Sorter".to_owned(), Type::Enum(vec!["ASC".to_owned(), "DESC".to_owned()]));
        let system = SYSTEM.map(str::to_owned);
        self.types.insert("_ISystem".to_owned(), Type::Interface(fields(&system)));
        self.object("_System", &system, &["_ISystem"]);
        self.object("_Tag", &["name: String!", "title: String!", "description: String"], &[]);
        let asset = ["name: String!", "path: String!", "fileSize: Long!", "fileType: String!", "width: Int", "height: Int"];
        self.object("_ContentItemAsset", &asset, &[]);
        let text = "eq: T, neq: T, in: [T], nin: [T], contains: T, ncontains: T, startsWith: T, nstartsWith: T".replace('T', "String");
        self.input("_TextFilter", &text);
        self.input("_RichtexthtmlFilter", &text);
        self.input("_IntegerFilter", "eq: Int, neq: Int, gt: Int, gte: Int, lt: Int, lte: Int, in: [Int], nin: [Int]");
        self.input("_DatetimeFilter", "eq: DateTime, neq: DateTime, gt: DateTime, gte: DateTime, lt: DateTime, lte: DateTime");
        self.input("_BooleanFilter", "eq: Boolean, neq: Boolean");
        self.input("_GuidFilter", "eq: UUID, neq: UUID, in: [UUID], nin: [UUID]");
        self.input("_TaxonomyFilter", "containsAny: [String], containsAll: [String]");
        self.input(
            "_SystemFieldsFilter",
            "id: _GuidFilter, languageVariantId: _GuidFilter, firstPublished: _DatetimeFilter, lastPublished: _DatetimeFilter",
        );
        self.input("_SystemFieldsSorter", "firstPublished: _Sorter, lastPublished: _Sorter");
    }

    fn content_type(&mut self, content_type: &ContentType) {
        let ty = type_name(&content_type.name);
        let mut out = vec!["_system: _System!".to_owned()];
        let mut filters = vec!["_system: _SystemFieldsFilter".to_owned()];
        let mut sorters = vec!["_system: _SystemFieldsSorter".to_owned()];
        for (name, kind) in &content_type.fields {
            let (shown, filter, sortable) = match kind {
                FieldKind::Text => ("String".to_owned(), Some("_TextFilter"), true),
                FieldKind::RichText => ("String".to_owned(), Some("_RichtexthtmlFilter"), false),
                FieldKind::Integer => ("Int".to_owned(), Some("_IntegerFilter"), true),
                FieldKind::Boolean => ("Boolean".to_owned(), Some("_BooleanFilter"), true),
                FieldKind::DateTime => ("DateTime".to_owned(), Some("_DatetimeFilter"), true),
                FieldKind::Taxonomy => ("[_Tag!]!".to_owned(), Some("_TaxonomyFilter"), false),
                FieldKind::Asset => ("_ContentItemAsset".to_owned(), None, false),
                FieldKind::Links(targets) => {
                    out.push(self.links(&ty, name, targets));
                    continue;
                }
            };
            out.push(format!("{name}: {shown}"));
            filters.extend(filter.map(|filter| format!("{name}: {filter}")));
            sorters.extend(sortable.then(|| format!("{name}: _Sorter")));
        }
        self.object(&ty, &out, &[]);
        self.input(&format!("_{ty}Filter"), &filters.join(", "));
        self.input(&format!("_{ty}Sorter"), &sorters.join(", "));
        self.collection(&ty);
    }

    /// The field for linked items: of one type its own collection, of several a union's.
    fn links(&mut self, owner: &str, field: &str, targets: &[String]) -> String {
        let (element, arguments) = if let [only] = targets {
            let ty = type_name(only);
            (ty.clone(), format!("where: _{ty}Filter, sort: _{ty}Sorter, skip: Int, take: Int"))
        } else {
            let union = format!("{owner}_{field}");
            self.types.insert(union.clone(), Type::Union(targets.iter().map(|t| type_name(t)).collect()));
            self.collection(&union);
            (union, "skip: Int, take: Int".to_owned())
        };
        format!("{field}({arguments}): _{element}Collection!")
    }

    fn collection(&mut self, element: &str) {
        let parts = [format!("items: [{element}!]!"), "skip: Int!".to_owned(), "take: Int!".to_owned(), "totalCount: Int!".to_owned()];
        self.object(&format!("_{element}Collection"), &parts, &[]);
    }

    fn object<S: AsRef<str>>(&mut self, name: &str, parts: &[S], interfaces: &[&str]) {
        let interfaces = interfaces.iter().map(ToString::to_string).collect();
        self.types.insert(name.to_owned(), Type::Object { fields: fields(parts), interfaces });
    }

    fn input(&mut self, name: &str, parts: &str) {
        self.types.insert(name.to_owned(), Type::Input(inputs(parts)));
    }
}

/// `portalPolicy` is of type `PortalPolicy`.
pub(super) fn type_name(content_type: &str) -> String {
    let mut letters = content_type.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// `name(argument: Type, ...): Type`, one field a part.
fn fields<S: AsRef<str>>(parts: &[S]) -> BTreeMap<String, FieldType> {
    let field = |part: &S| {
        let (head, ty) = part.as_ref().rsplit_once("): ").or_else(|| part.as_ref().rsplit_once(": ")).unwrap_or_default();
        let (name, arguments) = head.split_once('(').unwrap_or((head, ""));
        (name.to_owned(), FieldType { ty: type_ref(ty), arguments: inputs(arguments) })
    };
    parts.iter().map(field).collect()
}

/// `name: Type, ...`.
fn inputs(parts: &str) -> BTreeMap<String, TypeRef> {
    parts.split(", ").filter_map(|part| part.split_once(": ")).map(|(name, ty)| (name.to_owned(), type_ref(ty))).collect()
}

fn type_ref(text: &str) -> TypeRef {
    if let Some(inner) = text.strip_suffix('!') {
        TypeRef::Required(Box::new(type_ref(inner)))
    } else if let Some(inner) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        TypeRef::List(Box::new(type_ref(inner)))
    } else {
        TypeRef::Named(text.to_owned())
    }
}

impl TypeRef {
    /// The named type inside lists and requirements.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Named(name) => name,
            Self::List(inner) | Self::Required(inner) => inner.name(),
        }
    }
}

impl std::fmt::Display for TypeRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::List(inner) => write!(f, "[{inner}]"),
            Self::Required(inner) => write!(f, "{inner}!"),
        }
    }
}
