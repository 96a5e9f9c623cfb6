//! What is read: changes, pages, sweeps, languages, files.

use serde_json::json;

use super::{Site, source};
use crate::connectors::kentico::{Fields, KenticoError, Kind, Secret, TypeMapping, Watermark};
use crate::domain::time::Clock;
use crate::sandbox::kentico::{ContentType, DRAFT_KEY, FieldKind, Kentico};

fn faq(title: &str) -> serde_json::Value {
    json!({ "portalTitle": title, "portalBody": "<p>Text.</p>", "portalAudience": [] })
}

fn add_published(kentico: &Kentico, title: &str) -> uuid::Uuid {
    let id = kentico.add("portalFaq", "en", faq(title));
    kentico.publish(id, "en");
    id
}

#[tokio::test]
async fn the_first_poll_brings_everything_that_is_public() {
    let site = Site::seeded().await;
    let changes = site.source().changed_since(Kind::Policy, None).await.unwrap();
    let titles: Vec<_> = changes.items.iter().map(|item| item.title.as_str()).collect();
    assert_eq!(titles, ["Answering an order", "Invoice requirements", "Packing and labelling"], "neither the draft nor the secured item");
    let packing = changes.items.last().unwrap();
    assert_eq!((packing.slug.as_str(), packing.language.as_str()), ("packing-and-labelling", "en"));
    assert_eq!(packing.audiences, ["supplier"]);
    assert_eq!(packing.last_published.unwrap().to_string(), "2026-11-17T08:00:00Z");
    assert_eq!(packing.first_published, packing.last_published);
    let every_kind = Kind::ALL.into_iter().map(|kind| (kind, site.source()));
    for (kind, source) in every_kind {
        assert!(!source.changed_since(kind, None).await.unwrap().items.is_empty(), "{kind:?}");
    }
}

#[tokio::test]
async fn a_later_poll_brings_what_changed_and_looks_back_by_the_overlap() {
    let site = Site::seeded().await;
    let source = site.source();
    let start = source.changed_since(Kind::Faq, None).await.unwrap().watermark.unwrap();
    assert_eq!(start.to_string(), "2026-11-08T09:00:00+01:00", "kept in the server's own zone");
    assert_eq!(start.to_string().parse::<Watermark>().unwrap(), start);

    site.clock.advance_seconds(3600);
    let new = add_published(&site.kentico, "Who do I call?");
    site.kentico.take_recorded();
    let second = source.changed_since(Kind::Faq, Some(start)).await.unwrap();
    let titles: Vec<_> = second.items.iter().map(|item| item.title.as_str()).collect();
    assert_eq!(titles, ["Where is my delivery?", "Who do I call?"], "the one on the watermark again, then the new one");
    assert_eq!(site.kentico.take_recorded()[0].variables["from"], "2026-11-08T08:55:00+01:00");
    assert_eq!(second.watermark.unwrap().at, site.clock.now());

    // Visible late, with a time just before the watermark: the overlap finds it.
    let late = site.kentico.add("portalFaq", "en", faq("Published on a slow server"));
    site.kentico.publish_at(late, "en", site.clock.now().plus_seconds(-240));
    let third = source.changed_since(Kind::Faq, second.watermark).await.unwrap();
    assert_eq!(third.items.iter().map(|item| item.id).collect::<Vec<_>>(), [late, new], "oldest first");
    assert_eq!(third.watermark, second.watermark, "never moves back");
}

#[tokio::test]
async fn an_empty_poll_keeps_the_watermark() {
    let site = Site::seeded().await;
    let mark = Watermark { at: site.clock.now(), offset: 3600 };
    let changes = site.source().changed_since(Kind::Policy, Some(mark)).await.unwrap();
    assert!(changes.items.is_empty());
    assert_eq!(changes.watermark, Some(mark));
}

#[tokio::test]
async fn two_hundred_and_fifty_items_come_in_pages_of_a_hundred() {
    let site = Site::seeded().await;
    for number in 0..248 {
        site.clock.advance_seconds(1);
        add_published(&site.kentico, &format!("Question {number}"));
    }
    site.kentico.take_recorded();
    let changes = site.source().changed_since(Kind::Faq, None).await.unwrap();
    assert_eq!(changes.items.len(), 250);
    assert!(changes.items.is_sorted_by_key(|item| item.last_published));
    let skips: Vec<_> = site.kentico.take_recorded().iter().map(|r| r.variables["skip"].as_u64().unwrap()).collect();
    assert_eq!(skips, [0, 100, 200]);
    assert_eq!(site.source().all_ids(Kind::Faq).await.unwrap().len(), 250);
}

#[tokio::test]
async fn an_item_published_between_two_pages_hides_no_other() {
    let site = Site::seeded().await;
    let mut ids = Vec::new();
    for number in 0..150 {
        site.clock.advance_seconds(1);
        ids.push(add_published(&site.kentico, &format!("Question {number}")));
    }
    let (first, clock) = (ids[0], site.clock.clone());
    site.kentico.after_next_answer(move |kentico| {
        clock.advance_seconds(1);
        kentico.publish(first, "en");
    });
    let read = site.source().changed_since(Kind::Faq, None).await.unwrap();
    for id in ids {
        assert!(read.items.iter().any(|item| item.id == id));
    }
    assert_eq!(read.items.last().unwrap().id, first, "in its new version");
}

#[tokio::test]
async fn a_sweep_shows_what_was_taken_back_deleted_or_secured() {
    let site = Site::seeded().await;
    let source = site.source();
    let before = source.all_ids(Kind::SupplierNotice).await.unwrap();
    let [unpublished, deleted, secured] = [0, 1, 2].map(|n: usize| before[n].id);
    site.kentico.unpublish(unpublished, "en");
    assert_eq!(source.all_ids(Kind::SupplierNotice).await.unwrap().len(), 2);
    site.kentico.delete(deleted);
    let left = source.all_ids(Kind::SupplierNotice).await.unwrap();
    assert_eq!(left.iter().map(|l| l.id).collect::<Vec<_>>(), [secured]);
    site.kentico.secure(secured, true);
    assert_eq!(source.all_ids(Kind::SupplierNotice).await.unwrap(), []);
    assert_eq!(source.item(Kind::SupplierNotice, unpublished, "en").await.unwrap(), None);
}

#[tokio::test]
async fn one_item_can_be_read_again() {
    let site = Site::seeded().await;
    let source = site.source();
    let listed = source.all_ids(Kind::Faq).await.unwrap();
    site.clock.advance_seconds(60);
    site.kentico.edit(listed[0].id, "en", "portalTitle", json!("  Why was\n my invoice <b>returned</b>? "));
    let old = source.item(Kind::Faq, listed[0].id, "en").await.unwrap().unwrap();
    assert_eq!(old.title, "Why was my invoice returned?", "an edit is not seen before it is published");
    site.kentico.publish(listed[0].id, "en");
    let new = source.item(Kind::Faq, listed[0].id, "en").await.unwrap().unwrap();
    assert_eq!(new.title, "Why was my invoice <b>returned</b>?", "plain text stays what was typed");
    assert!(new.last_published > listed[0].last_published);
}

#[tokio::test]
async fn each_language_is_read_without_fallback() {
    let site = Site::seeded().await;
    let mut config = site.config();
    config.languages = vec!["en".to_owned(), "de".to_owned()];
    let items = source(config).changed_since(Kind::Policy, None).await.unwrap().items;
    let german: Vec<_> = items.iter().filter(|item| item.language == "de").map(|item| item.title.as_str()).collect();
    assert_eq!(german, ["Verpackung und Kennzeichnung"]);
    assert_eq!(items.len(), 4);
}

#[tokio::test]
async fn a_channel_with_names_of_its_own_is_read_by_its_mapping() {
    let site = Site::seeded().await;
    let fields = [("Kop", FieldKind::Text), ("tekst", FieldKind::RichText)].map(|(name, kind)| (name.to_owned(), kind)).to_vec();
    site.kentico.add_type(ContentType { name: "acmeRegel".to_owned(), fields });
    let id = site.kentico.add("acmeRegel", "en", json!({ "Kop": "Regel één", "tekst": "<p>Goed</p>" }));
    site.kentico.publish(id, "en");
    let mut config = site.config();
    let fields = Fields { title: "Kop".into(), body: "tekst".into(), summary: None, audience: None, file: None, slug: None };
    config.types = vec![TypeMapping { kind: Kind::Policy, content_type: "acmeRegel".into(), fields }];
    let source = source(config);
    let items = source.changed_since(Kind::Policy, None).await.unwrap().items;
    assert_eq!((items[0].title.as_str(), items[0].body_html.as_str(), items[0].summary.as_str()), ("Regel één", "<p>Goed</p>", ""));
    assert!(matches!(source.changed_since(Kind::Faq, None).await, Err(KenticoError::Settings(_))));
}

#[tokio::test]
async fn files_are_found_copied_and_told_by_their_bytes() {
    let site = Site::seeded().await;
    let source = site.source();
    let packing = source.changed_since(Kind::Policy, None).await.unwrap().items.pop().unwrap();
    let [picture, label] = packing.assets.as_slice() else { panic!("a picture in the text and a file: {:?}", packing.assets) };
    assert!(packing.body_html.contains(&format!("src=\"{}\"", picture.address)), "{}", packing.body_html);
    assert!(!packing.body_html.contains(&site.origin));
    let file = packing.file.as_ref().unwrap();
    assert_eq!(file.asset, *label);
    let copied = source.asset(&picture.path).await.unwrap();
    assert_eq!((copied.media_type, copied.name.as_str()), ("image/png", "gate-3-height.png"));
    let copied = source.asset(&label.path).await.unwrap();
    assert_eq!((copied.media_type, copied.name.as_str()), ("application/pdf", "sample-carton-label.pdf"));
    assert_eq!(copied.bytes.len() as u64, file.bytes);
}

#[tokio::test]
async fn a_file_is_refused_by_its_bytes_its_size_its_place_or_its_absence() {
    let site = Site::seeded().await;
    let (drawing, drawing_path) =
        site.kentico.add_asset("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>".to_vec());
    let (big, big_path) = site.kentico.add_asset("big.pdf", [b"%PDF-1.4\n".to_vec(), vec![b' '; 70_000]].concat());
    for file in [drawing, big] {
        let id = site.kentico.add("portalFaq", "en", json!({ "portalTitle": "With a file", "portalFile": file }));
        site.kentico.publish(id, "en");
    }
    let mut config = site.config();
    config.asset_limit = 65_536;
    let source = source(config);
    assert!(matches!(source.asset(&drawing_path).await, Err(KenticoError::FileKind(name)) if name == "drawing.png"));
    assert!(matches!(source.asset(&big_path).await, Err(KenticoError::TooLarge { limit_bytes: 65_536, .. })));
    assert!(matches!(source.asset("/getContentAsset/00000000-0000-0000-0000-000000000000/a.pdf").await, Err(KenticoError::NoSuchFile(_))));
    for elsewhere in ["https://elsewhere.example/a.pdf", "//elsewhere.example/a.pdf", "file:///etc/hostname"] {
        assert!(matches!(source.asset(elsewhere).await, Err(KenticoError::ForeignFile(_))), "{elsewhere}");
    }
}

#[tokio::test]
async fn a_draft_key_shows_drafts() {
    let site = Site::seeded().await;
    let mut config = site.config();
    config.key = Secret::new(DRAFT_KEY);
    let items = source(config).changed_since(Kind::Policy, None).await.unwrap().items;
    let draft = items.iter().find(|item| item.title == "Returnable crates").unwrap();
    assert_eq!((draft.first_published, draft.last_published), (None, None));
}
