//! The controls of the walk over every door: a walk that would find every door shut, and every form without effect, finds
//! nothing wrong. So every page with an id in its address opens for somebody, and what happens is announced to those whose
//! it is and to nobody else.

use std::collections::BTreeSet;

use axum::http::{Request, StatusCode};
use futures::{Stream, StreamExt};

use super::{pages, theirs, with_id};
use crate::{domain::access::Scope, pages::testing::World, store::organisations};

/// Those whose things the walk is about.
const OWNERS: [&str; 3] = ["OSTERMANN", "CASTELLAN", "NORTHWATER"];

#[tokio::test]
async fn every_page_with_an_id_opens_for_somebody() {
    let world = World::new().await;
    let ids = theirs(&world).await;
    // Articles of the help belong to everybody, and are named by a word.
    let mut shut: BTreeSet<String> =
        pages().into_iter().filter(|path| with_id(path, "x").is_some() && !path.starts_with("/help/")).collect();
    for code in OWNERS {
        let mut owner = world.browser(code).await;
        for path in shut.clone() {
            for id in &ids {
                let (status, body) = owner.get(&with_id(&path, id).unwrap()).await;
                if status == StatusCode::OK && body.contains("SECRET") {
                    shut.remove(&path);
                    break;
                }
            }
        }
    }
    assert_eq!(shut, BTreeSet::new());
}

/// The stream of changes that a person's open page listens to.
async fn stream(world: &World, code: &str) -> impl Stream<Item = String> + Unpin + Send + use<> {
    let response = world.browser(code).await.open(Request::get("/live")).await;
    assert_eq!(response.status(), StatusCode::OK);
    let lines = response.into_body().into_data_stream().map(|piece| String::from_utf8(piece.unwrap().to_vec()).unwrap().trim().to_owned());
    Box::pin(lines)
}

#[tokio::test]
async fn no_stream_of_events_tells_of_what_belongs_to_another_organisation() {
    let world = World::new().await;
    let (mut owner, mut stranger) = (stream(&world, "OSTERMANN").await, stream(&world, "KESTREL").await);
    for lines in [&mut owner, &mut stranger] {
        assert_eq!(lines.next().await.unwrap(), ": open");
    }
    let told = tokio::spawn(async move { stranger.next().await });
    // The owner's page hears of each, and looks; by then the stranger's would have heard of it, too.
    let mut browser = world.browser("OSTERMANN").await;
    for number in ["4711", "4712"] {
        world.purchase(number, false).await;
        assert_eq!(owner.next().await.unwrap(), "data: changed");
        assert!(browser.page("/orders").await.contains(number));
        assert!(!told.is_finished(), "the stranger was told of {number}");
    }
    world.purchase_from("KESTREL", "4713", false).await;
    assert_eq!(told.await.unwrap().unwrap(), "data: changed", "it is told of its own");
}

#[tokio::test]
async fn what_happens_to_a_partner_reaches_its_open_pages_and_no_other_partners() {
    let world = World::new().await;
    let mut heard = world.context.live.subscribe();
    theirs(&world).await;
    let (mut own, mut foreign, mut n) = (0, 0, 0);
    let kestrel = organisations::find_by_code(&mut world.context.db.read().await.unwrap(), "KESTREL").await.unwrap().unwrap().id;
    while let Ok(change) = heard.try_recv() {
        n += 1;
        own += i32::from(change.concerns(world.supplier.scope()));
        foreign += i32::from(change.concerns(Scope::Party(kestrel)));
        assert!(change.concerns(Scope::Hub));
    }
    assert!(n > 5 && own > 5 && own < n && foreign == 0, "{own} and {foreign} of {n}");
}
