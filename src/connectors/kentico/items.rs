//! What the portal wants to know about a piece of content, how an installation's types and fields map to it, the query
//! that asks for it, and the reading of the reply. No network here.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{AssetRef, KenticoError};
use crate::domain::time::Timestamp;

/// What a piece of content is to the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A rule partners agree to: packing, invoicing, conduct.
    Policy,
    /// A question and its answer.
    Faq,
    /// News from purchasing or finance: payment runs, plant holidays.
    SupplierNotice,
    /// A page read while becoming a partner.
    OnboardingPage,
    /// What to do about an exception.
    ResolutionStep,
    /// Words about a product.
    ProductPage,
    /// A campaign's message to partners.
    CampaignMessage,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Policy,
        Self::Faq,
        Self::SupplierNotice,
        Self::OnboardingPage,
        Self::ResolutionStep,
        Self::ProductPage,
        Self::CampaignMessage,
    ];

    /// The name used in settings and in the store.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Faq => "faq",
            Self::SupplierNotice => "supplier_notice",
            Self::OnboardingPage => "onboarding_page",
            Self::ResolutionStep => "resolution_step",
            Self::ProductPage => "product_page",
            Self::CampaignMessage => "campaign_message",
        }
    }

    /// The kind with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Which content type of an installation holds a kind.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeMapping {
    /// The kind.
    pub kind: Kind,
    /// The type's short code name as GraphQL writes it, such as `portalPolicy`.
    pub content_type: String,
    /// Its fields.
    #[serde(default)]
    pub fields: Fields,
}

/// Which field of a content type holds what. The default is the recommended reusable field schema (docs/kentico.md); where
/// settings name fields, they name all of them, and what they leave out the type does not have.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fields {
    /// Text: the headline.
    pub title: String,
    /// Text: one or two sentences for lists.
    pub summary: Option<String>,
    /// Rich text (HTML).
    pub body: String,
    /// Taxonomy: who it is for. Items without a tag are for everybody.
    pub audience: Option<String>,
    /// Content item asset: one file to download.
    pub file: Option<String>,
    /// Text: the last part of its address. Without it the address is made from the title.
    pub slug: Option<String>,
}

impl Default for Fields {
    fn default() -> Self {
        let name = |field: &str| field.to_owned();
        Self {
            title: name("portalTitle"),
            summary: Some(name("portalSummary")),
            body: name("portalBody"),
            audience: Some(name("portalAudience")),
            file: Some(name("portalFile")),
            slug: None,
        }
    }
}

impl TypeMapping {
    /// The recommended content type for a kind, with the recommended fields.
    pub fn recommended(kind: Kind) -> Self {
        let content_type = match kind {
            Kind::Policy => "portalPolicy",
            Kind::Faq => "portalFaq",
            Kind::SupplierNotice => "portalSupplierNotice",
            Kind::OnboardingPage => "portalOnboardingPage",
            Kind::ResolutionStep => "portalResolutionStep",
            Kind::ProductPage => "portalProductPage",
            Kind::CampaignMessage => "portalCampaignMessage",
        };
        Self { kind, content_type: content_type.to_owned(), fields: Fields::default() }
    }

    /// Refuses names that GraphQL does not allow; they go into the query as they are.
    pub(super) fn check(&self) -> Result<(), KenticoError> {
        let f = &self.fields;
        let optional = [&f.summary, &f.audience, &f.file, &f.slug];
        let all = [&self.content_type, &f.title, &f.body].into_iter().chain(optional.into_iter().flatten());
        match all.into_iter().find(|name| !is_name(name)) {
            Some(name) => Err(KenticoError::Settings(format!("\"{name}\" ({}) is not a GraphQL name", self.kind.code()))),
            None => Ok(()),
        }
    }

    /// The selection of one item. Everything is aliased, so that the reply looks the same for every installation.
    pub(super) fn selection(&self) -> String {
        let f = &self.fields;
        let part =
            |alias: &str, field: Option<&String>, inner: &str| field.map(|name| format!(" {alias}: {name}{inner}")).unwrap_or_default();
        [
            SYSTEM.to_owned(),
            part("title", Some(&f.title), ""),
            part("body", Some(&f.body), ""),
            part("summary", f.summary.as_ref(), ""),
            part("slug", f.slug.as_ref(), ""),
            part("audience", f.audience.as_ref(), " { name }"),
            part("file", f.file.as_ref(), " { name path fileSize }"),
        ]
        .concat()
    }
}

/// The selection of an item's identity and dates.
pub(super) const SYSTEM: &str = "system: _system { id languageName firstPublished lastPublished }";

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A piece of content in one language, safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Kentico's id; the same in all languages.
    pub id: Uuid,
    /// Language code name, such as `en`.
    pub language: String,
    /// What it is.
    pub kind: Kind,
    /// Last part of its address: lower case letters, digits and hyphens. Not necessarily unique.
    pub slug: String,
    /// Plain text.
    pub title: String,
    /// Plain text; empty where the type has none.
    pub summary: String,
    /// HTML that passed the allow-list.
    pub body_html: String,
    /// Tag code names, as in Kentico; empty means everybody.
    pub audiences: Vec<String>,
    /// A file to download.
    pub file: Option<File>,
    /// When it first appeared; absent on an item that was never published (draft key).
    pub first_published: Option<Timestamp>,
    /// When this version appeared.
    pub last_published: Option<Timestamp>,
    /// Files and pictures to copy: those in the body, and the file. Each once.
    pub assets: Vec<AssetRef>,
}

/// A file that belongs to an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where Kentico has it, and where the portal shows it.
    pub asset: AssetRef,
    /// Size in bytes by Kentico's own account.
    pub bytes: u64,
}

/// `_system` of a reply.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct System {
    pub(super) id: Uuid,
    pub(super) language_name: String,
    pub(super) first_published: Option<String>,
    pub(super) last_published: Option<String>,
}

/// An item of a reply, before anything in it is trusted.
#[derive(Deserialize)]
pub(super) struct RawItem {
    pub(super) system: System,
    #[serde(default)]
    pub(super) title: Option<String>,
    #[serde(default)]
    pub(super) summary: Option<String>,
    #[serde(default)]
    pub(super) body: Option<String>,
    #[serde(default)]
    pub(super) slug: Option<String>,
    #[serde(default)]
    pub(super) audience: Option<Vec<RawTag>>,
    #[serde(default)]
    pub(super) file: Option<RawFile>,
}

#[derive(Deserialize)]
pub(super) struct RawTag {
    pub(super) name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawFile {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) file_size: u64,
}

/// An item of a sweep.
#[derive(Deserialize)]
pub(super) struct RawListed {
    pub(super) system: System,
}

/// One page of a collection.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page<T> {
    pub(super) total_count: usize,
    pub(super) items: Vec<T>,
}

/// Reads the aliased root field `found` of a reply's `data`.
pub(super) fn found<T: serde::de::DeserializeOwned>(mut data: Value) -> Result<T, KenticoError> {
    let value = data.get_mut("found").map(Value::take).unwrap_or_default();
    serde_json::from_value(value).map_err(|e| KenticoError::Unreadable(e.to_string()))
}

/// A readable address from a title: letters and digits kept, everything else one hyphen.
pub(super) fn slug_of(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= 80 {
            break;
        }
    }
    slug.trim_end_matches('-').to_owned()
}
