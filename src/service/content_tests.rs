//! The mirror against a Kentico server on a real connection, with a clock that is moved by hand.

use std::sync::Arc;

use serde_json::json;
use tokio::net::TcpListener;

use super::*;
use crate::{
    connectors::kentico::{Secret, SourceConfig},
    domain::{
        access::{Role, Who},
        ids::{Ids, MachineKeyId, OrganisationId},
        time::{Clock, ManualClock},
    },
    sandbox::kentico::{CHANNEL, Failure, Kentico, PUBLISHED_KEY, router},
    service::live::Live,
    store::{Db, files::Files},
};

/// A portal with an empty store, and a Kentico with the demonstration company's content.
struct World {
    context: Context,
    clock: Arc<ManualClock>,
    kentico: Kentico,
    source: Source,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        // Required before any HTTP client is made; another test may have done it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = ManualClock::at("2026-11-23T08:00:00Z".parse().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let context = Context {
            db: Db::open(&format!("sqlite:{}", folder.path().join("portico.db").display())).await.unwrap(),
            files: Files::folder(&folder.path().join("files")).unwrap(),
            clock: clock.clone(),
            ids: Ids::seeded(7),
            live: Live::default(),
            settings: Arc::default(),
        };
        let kentico = Kentico::seeded(clock.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let app = router(kentico.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let config = SourceConfig::new(
            &format!("{origin}/graphql/{CHANNEL}"),
            Secret::new(PUBLISHED_KEY),
            "https://www.castellan.example",
            asset_address(),
        );
        let source = Source::new(reqwest::Client::new(), config).unwrap();
        Self { context, clock, kentico, source, _folder: folder }
    }

    async fn pull(&self) -> usize {
        pull(&self.context, &self.source).await.unwrap()
    }

    async fn sweep(&self) -> usize {
        sweep(&self.context, &self.source).await.unwrap()
    }

    fn publish(&self, title: &str, body: &str) -> uuid::Uuid {
        let id = self.kentico.add("portalFaq", "en", json!({ "portalTitle": title, "portalBody": body, "portalAudience": [] }));
        self.kentico.publish(id, "en");
        id
    }

    async fn titles(&self, audience: Audience, kind: Kind) -> Vec<String> {
        let items = list(&self.context, &actor(audience)).await.unwrap();
        items.into_iter().filter(|item| item.kind == kind.code()).map(|item| item.title).collect()
    }

    async fn feed(&self, kind: Kind) -> ContentFeed {
        feed(&self.context, kind).await.unwrap()
    }
}

fn actor(audience: Audience) -> Actor {
    Actor {
        who: Who::Machine(MachineKeyId(uuid::Uuid::nil())),
        name: "Test".to_owned(),
        organisation: OrganisationId(uuid::Uuid::nil()),
        organisation_name: "Test".to_owned(),
        audience,
        sells: audience == Audience::Supplier,
        buys: audience == Audience::Customer,
        role: Role::Member,
    }
}

#[tokio::test]
async fn what_is_published_appears_for_those_it_is_meant_for() {
    let world = World::new().await;
    assert!(world.pull().await > 8);
    assert_eq!(world.pull().await, 0, "nothing is copied twice");
    let policies = world.titles(Audience::Supplier, Kind::Policy).await;
    assert_eq!(
        policies,
        ["Packing and labelling", "Invoice requirements", "Answering an order"],
        "newest first, no draft, nothing secured"
    );
    assert!(world.titles(Audience::Customer, Kind::Policy).await.is_empty());
    assert!(!world.titles(Audience::Customer, Kind::ProductPage).await.is_empty());
    assert_eq!(world.titles(Audience::Hub, Kind::Policy).await.len(), 3);

    let item = list(&world.context, &actor(Audience::Supplier))
        .await
        .unwrap()
        .into_iter()
        .find(|item| item.slug == "packing-and-labelling")
        .unwrap();
    assert_eq!(item.fetched_at, world.clock.now());
    let customer = load(&world.context, &actor(Audience::Customer), item.id).await;
    assert!(matches!(customer, Err(Error::NotFound)), "the address of an article opens nothing for others");
    assert!(load(&world.context, &actor(Audience::Supplier), item.id).await.is_ok());
}

#[tokio::test]
async fn new_changed_and_unpublished_content_is_followed() {
    let world = World::new().await;
    world.pull().await;
    world.clock.advance_seconds(3600);
    let id = world.publish("Who do I call?", "<p>The buyer.</p>");
    assert_eq!(world.pull().await, 1);
    assert_eq!(world.titles(Audience::Supplier, Kind::Faq).await[0], "Who do I call?");

    world.clock.advance_seconds(3600);
    world.kentico.edit(id, "en", "portalTitle", json!("Whom do I call?"));
    world.kentico.publish(id, "en");
    assert_eq!(world.pull().await, 1);
    let titles = world.titles(Audience::Supplier, Kind::Faq).await;
    assert!(titles.contains(&"Whom do I call?".to_owned()) && !titles.contains(&"Who do I call?".to_owned()), "{titles:?}");

    world.kentico.unpublish(id, "en");
    assert_eq!(world.pull().await, 0, "a poll cannot see what is gone");
    assert_eq!(world.sweep().await, 1);
    assert!(!world.titles(Audience::Supplier, Kind::Faq).await.contains(&"Whom do I call?".to_owned()));
    assert_eq!(world.feed(Kind::Faq).await.swept_at, Some(world.clock.now()));
}

#[tokio::test]
async fn a_sweep_reads_what_the_polls_missed() {
    let world = World::new().await;
    world.pull().await;
    world.clock.advance_seconds(3600);
    world.publish("Seen", "<p>Text.</p>");
    world.pull().await;
    // Visible long after its own time: behind the watermark by more than the overlap.
    let late = world.kentico.add("portalFaq", "en", json!({ "portalTitle": "Late", "portalBody": "<p>Text.</p>", "portalAudience": [] }));
    world.kentico.publish_at(late, "en", world.clock.now().plus_seconds(-1800));
    assert_eq!(world.pull().await, 0);
    assert_eq!(world.sweep().await, 1);
    assert!(world.titles(Audience::Supplier, Kind::Faq).await.contains(&"Late".to_owned()));
    assert_eq!(world.sweep().await, 0);
}

#[tokio::test]
async fn files_are_copied_and_text_is_safe() {
    let world = World::new().await;
    world.publish("Careful", r#"<p onclick="steal()">Hello<script>steal()</script> <a href="javascript:steal()">link</a></p>"#);
    world.pull().await;
    let items = list(&world.context, &actor(Audience::Supplier)).await.unwrap();
    let careful = items.iter().find(|item| item.title == "Careful").unwrap();
    assert!(careful.body.contains("Hello") && !careful.body.contains("steal"), "{}", careful.body);

    let packing = items.iter().find(|item| item.slug == "packing-and-labelling").unwrap();
    let attachment = load(&world.context, &actor(Audience::Supplier), packing.id).await.unwrap().attachment.unwrap();
    let name = attachment.address.strip_prefix("/content/").unwrap();
    let (file, bytes) = asset(&world.context, &actor(Audience::Supplier), name).await.unwrap();
    assert_eq!((file.name.as_str(), file.media_type.as_str()), ("sample-carton-label.pdf", "application/pdf"));
    assert!(bytes.starts_with(b"%PDF-") && i64::try_from(bytes.len()) == Ok(file.size));
    let picture = packing.body.split(r#"src="/content/"#).nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(asset(&world.context, &actor(Audience::Supplier), picture).await.unwrap().0.media_type, "image/png");
    assert!(matches!(asset(&world.context, &actor(Audience::Supplier), "../portico.db").await, Err(Error::NotFound)));

    // Who may not read a text may not read its file either; the hub reads everything.
    assert!(matches!(asset(&world.context, &actor(Audience::Customer), name).await, Err(Error::NotFound)));
    assert!(asset(&world.context, &actor(Audience::Hub), name).await.is_ok());

    // What no text names any more is not given out any more.
    world.kentico.unpublish(packing.id.0, "en");
    world.sweep().await;
    assert!(matches!(asset(&world.context, &actor(Audience::Supplier), name).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_file_that_cannot_be_shown_is_a_remark_and_its_text_is_shown() {
    let world = World::new().await;
    let (file, _) = world.kentico.add_asset("macro.exe", b"MZ not for readers".to_vec());
    let id = world.kentico.add(
        "portalFaq",
        "en",
        json!({ "portalTitle": "With a file", "portalBody": "<p>Text.</p>", "portalAudience": [], "portalFile": file }),
    );
    world.kentico.publish(id, "en");
    world.pull().await;
    assert!(world.titles(Audience::Supplier, Kind::Faq).await.contains(&"With a file".to_owned()));
    let feed = world.feed(Kind::Faq).await;
    assert!(feed.failure.unwrap().contains("macro.exe"));
    assert_eq!(feed.failed_at, feed.succeeded_at);

    world.clock.advance_seconds(60);
    world.pull().await;
    assert!(world.feed(Kind::Faq).await.failure.is_some(), "a remark stays until the item is put right");
    world.kentico.edit(id, "en", "portalFile", json!(null));
    world.kentico.publish(id, "en");
    world.pull().await;
    assert_eq!(world.feed(Kind::Faq).await.failure, None);
}

#[tokio::test]
async fn an_outage_is_noted_and_heals_by_itself() {
    let world = World::new().await;
    world.pull().await;
    let before = world.feed(Kind::Policy).await;
    let shown = world.titles(Audience::Supplier, Kind::Policy).await;
    world.clock.advance_seconds(600);
    world.kentico.fail_always(Some(Failure::Status(500)));
    world.publish("While it was down", "<p>Text.</p>");
    assert_eq!((world.pull().await, world.sweep().await), (0, 0));
    let during = world.feed(Kind::Policy).await;
    assert_eq!((during.failed_at, during.succeeded_at), (Some(world.clock.now()), before.succeeded_at));
    assert_eq!(during.watermark, before.watermark, "nothing is skipped later");
    assert!(during.failure.unwrap().contains("status 500"));
    assert_eq!(world.titles(Audience::Supplier, Kind::Policy).await, shown, "what is here stays while Kentico is away");

    world.clock.advance_seconds(60);
    world.kentico.fail_always(None);
    assert_eq!(world.pull().await, 1);
    let after = world.feed(Kind::Policy).await;
    assert_eq!((after.failure, after.succeeded_at), (None, Some(world.clock.now())));
    assert!(world.titles(Audience::Supplier, Kind::Faq).await.contains(&"While it was down".to_owned()));
}
