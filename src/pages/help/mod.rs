//! What the hub publishes for its partners, from Kentico: notices, policies, answers, pages to read.

pub mod article;
pub mod list;

use crate::{domain::ids::ContentId, pages::PageContext, store::content::ContentItem, text};

/// What a kind of content is called.
pub fn kind(code: &str) -> String {
    match code {
        "supplier_notice" => "Notices",
        "policy" => "Policies",
        "faq" => "Questions and answers",
        "onboarding_page" => "Getting started",
        "resolution_step" => "When something goes wrong",
        "product_page" => "Products",
        "campaign_message" => "Offers",
        other => return other.replace('_', " "),
    }
    .to_owned()
}

/// The address of an article: its slug to be read, its id to be found.
pub(super) fn address(item: &ContentItem) -> String {
    format!("/help/{}-{}", item.slug, item.id.0.simple())
}

/// The id in an address; whatever stands before it may have changed since.
fn id_in(slug: &str) -> Option<ContentId> {
    let id = slug.rsplit('-').next()?;
    uuid::Uuid::try_parse(id).ok().filter(|_| id.len() == 32).map(ContentId)
}

/// "From Kentico, published 17 Nov 2026, fetched today 09:12".
fn source(item: &ContentItem, cx: &PageContext) -> String {
    format!(
        "From Kentico, published {}, fetched {}",
        text::date(cx.zone.date(item.last_published)),
        text::moment_short(item.fetched_at, cx.now, &cx.zone)
    )
}

/// For whom it is, for readers who see what others see: "suppliers, customers".
fn audiences(item: &ContentItem) -> String {
    if item.audiences.0.is_empty() {
        return "everybody".to_owned();
    }
    item.audiences.0.iter().map(|code| format!("{code}s")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_is_found_by_the_end_of_its_address() {
        let id = "6f0c1a5294de4c378a532d1b07e490aa";
        assert_eq!(id_in(&format!("packing-and-labelling-{id}")), uuid::Uuid::try_parse(id).ok().map(ContentId));
        assert_eq!(id_in(id), uuid::Uuid::try_parse(id).ok().map(ContentId));
        assert_eq!(id_in("packing-and-labelling"), None);
        assert_eq!(id_in(""), None);
    }
}
