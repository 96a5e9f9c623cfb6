//! Files that were attached by mistake: withdrawn, they are given to nobody any more, and what stays says who, when and why.

use std::{io::Read, sync::Arc};

use futures::StreamExt;
use portico::{
    domain::{
        access::Actor,
        case::Visibility,
        ids::{AttachmentId, CaseId},
    },
    service::{
        Error,
        cases::{evidence, files, relate, view, withdraw},
        xconnector,
    },
    store::{
        endpoints,
        files::{hex, sha256},
    },
};
use serde_json::Value;

use super::{
    contents::{PDF, add, bytes, held, question},
    support::{Engine, World, on_each_engine},
    together::{Together, arrived, together_on_each_engine},
};

async fn take_back(world: &World, actor: &Actor, case: CaseId, id: AttachmentId, why: &str) -> Result<String, Error> {
    withdraw::withdraw(&world.context, actor, case, id, why).await
}

async fn number(world: &World, hub: &Actor, id: CaseId) -> String {
    view::load(&world.context, hub, id).await.unwrap().case.number
}

/// How many files an actor is told a case has.
async fn count(world: &World, actor: &Actor, id: CaseId) -> u64 {
    let case = view::load(&world.context, actor, id).await.unwrap().case;
    let counted = files::count(&world.context, actor, &case).await.unwrap();
    assert_eq!(counted, files::list(&world.context, actor, id).await.unwrap().held(), "both counts agree");
    counted.files
}

async fn manifest(world: &World, actor: &Actor, id: CaseId) -> (Vec<String>, Value) {
    let mut pack = evidence::pack(&world.context, actor, id).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = pack.bytes.next().await {
        bytes.extend_from_slice(&piece.unwrap());
    }
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let names = archive.file_names().map(str::to_owned).collect();
    let mut text = String::new();
    archive.by_name("manifest.json").unwrap().read_to_string(&mut text).unwrap();
    (names, serde_json::from_str(&text).unwrap())
}

#[tokio::test]
async fn a_file_attached_by_mistake_is_withdrawn_and_what_stays_says_who_when_and_why() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let other = world.person(world.cast.other_supplier).await;
        let case = question(&world, &supplier).await;
        let mistake = add(&world, &supplier, case, "prices.pdf", PDF, Visibility::Partner).await.unwrap().attachment.id;
        let hubs = add(&world, &hub, case, "plan.txt", b"As agreed.", Visibility::Partner).await.unwrap().attachment.id;
        let secret = add(&world, &hub, case, "margin.txt", b"Ours.", Visibility::Internal).await.unwrap().attachment.id;

        // Whoever attached it may, and the hub; with a reason.
        assert!(matches!(take_back(&world, &other, case, mistake, "x").await, Err(Error::NotFound)));
        assert!(matches!(take_back(&world, &supplier, case, secret, "x").await, Err(Error::NotFound)));
        assert!(matches!(take_back(&world, &supplier, case, hubs, "x").await, Err(Error::Forbidden(_))));
        let silent = take_back(&world, &supplier, case, mistake, "  ").await;
        assert!(matches!(&silent, Err(Error::Invalid(errors)) if errors[0].field == "why"), "{silent:?}");
        world.clock.advance_seconds(60);
        assert_eq!(take_back(&world, &supplier, case, mistake, "Meant for somebody else.").await.unwrap(), "prices.pdf");
        assert!(matches!(take_back(&world, &hub, case, mistake, "Again.").await, Err(Error::Conflict(_))));

        // Given to nobody any more; that it was there stays.
        for actor in [&supplier, &hub] {
            assert!(matches!(bytes(&world, actor, case, mistake).await, Err(Error::NotFound)));
            let row = held(&world, actor, case).await.into_iter().find(|row| row.id == mistake).unwrap();
            assert_eq!(row.withdrawn_at, Some(world.context.now()));
            assert!(world.context.files.get(row.file.as_deref().unwrap()).await.unwrap().is_none(), "its bytes are forgotten");
            assert_eq!(row.withdrawn_by.as_deref(), Some("Alex Example, Kestrel Fasteners"));
            assert_eq!(row.withdrawn_why.as_deref(), Some("Meant for somebody else."));
            let told = view::load(&world.context, actor, case).await.unwrap().events;
            let told = told.iter().find(|event| event.kind == "withdrawn").unwrap();
            assert_eq!((told.new.as_deref(), told.note.as_str()), (Some("prices.pdf"), "Meant for somebody else."));
        }
        assert_eq!((count(&world, &supplier, case).await, count(&world, &hub, case).await), (1, 2));
        let (names, said) = manifest(&world, &supplier, case).await;
        assert!(!names.iter().any(|name| name.contains("prices")), "{names:?}");
        assert_eq!(said["withdrawn"][0]["sha256"], hex(&sha256(PDF)));
        assert_eq!(said["withdrawn"][0]["reason"], "Meant for somebody else.");

        // What the hub withdraws of its own stays its own; the same contents may be attached again.
        take_back(&world, &hub, case, secret, "Not needed.").await.unwrap();
        let told = view::load(&world.context, &supplier, case).await.unwrap().events;
        assert!(!format!("{told:?}").contains("margin") && held(&world, &supplier, case).await.len() == 2);
        let again = add(&world, &supplier, case, "prices, for you.pdf", PDF, Visibility::Partner).await.unwrap();
        assert!(!again.again && bytes(&world, &hub, case, again.attachment.id).await.unwrap() == PDF);
        assert!(matches!(bytes(&world, &hub, case, mistake).await, Err(Error::NotFound)));
        take_back(&world, &hub, case, again.attachment.id, "It is the old list.").await.unwrap();
        assert_eq!(count(&world, &supplier, case).await, 1, "the hub withdraws any");
    })
    .await;
}

#[tokio::test]
async fn the_same_file_in_a_case_and_in_its_part_stands_once_and_is_withdrawn_there_too() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let (whole, part, third) =
            (question(&world, &supplier).await, question(&world, &supplier).await, question(&world, &supplier).await);
        let kept = add(&world, &supplier, whole, "crate.pdf", PDF, Visibility::Partner).await.unwrap().attachment.id;
        add(&world, &supplier, part, "crate again.pdf", PDF, Visibility::Partner).await.unwrap();
        let once = add(&world, &supplier, part, "label.txt", b"left", Visibility::Partner).await.unwrap().attachment.id;
        world.clock.advance_seconds(60);
        add(&world, &supplier, third, "label again.txt", b"left", Visibility::Partner).await.unwrap();
        // For the hub alone here, and for both there: shown as what is for both.
        add(&world, &hub, whole, "note.txt", b"note", Visibility::Internal).await.unwrap();
        add(&world, &supplier, third, "noted.txt", b"note", Visibility::Partner).await.unwrap();
        let into = number(&world, &hub, whole).await;
        for id in [part, third] {
            relate::merge(&world.context, &hub, id, &into).await.unwrap();
        }
        for actor in [&supplier, &hub] {
            let mut names: Vec<_> = held(&world, actor, whole).await.into_iter().map(|row| row.name).collect();
            names.sort();
            assert_eq!(names, ["crate.pdf", "label.txt", "noted.txt"]);
            assert_eq!(count(&world, actor, whole).await, 3);
        }

        // What came with a part is withdrawn as well; both cases tell it. The other copy comes to light.
        take_back(&world, &supplier, part, once, "The wrong label.").await.unwrap();
        for id in [whole, part] {
            let told = view::load(&world.context, &hub, id).await.unwrap().events;
            assert_eq!(told.iter().filter(|event| event.kind == "withdrawn").count(), 1);
        }
        let names: Vec<_> = held(&world, &supplier, whole).await.into_iter().map(|row| row.name).collect();
        assert!(names.contains(&"label.txt".to_owned()) && names.contains(&"label again.txt".to_owned()), "{names:?}");
        take_back(&world, &supplier, whole, kept, "Too large.").await.unwrap();
        let open: Vec<_> = held(&world, &hub, whole).await.into_iter().filter(|row| row.withdrawn_at.is_none()).collect();
        assert!(open.iter().any(|row| row.name == "crate again.pdf"), "it was attached twice, and withdrawn once");
    })
    .await;
}

#[tokio::test]
async fn what_was_withdrawn_before_it_left_stays_and_the_case_system_is_told() {
    together_on_each_engine(async |all: Arc<Together>| {
        let world = &all.beside.world;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let case = question(world, &supplier).await;
        add(world, &supplier, case, "right.txt", b"right", Visibility::Partner).await.unwrap();
        let mistake = add(world, &supplier, case, "wrong.pdf", PDF, Visibility::Partner).await.unwrap().attachment.id;
        take_back(world, &supplier, case, mistake, "Meant for somebody else.").await.unwrap();
        all.settle().await;
        let there = all.there(case).await;
        assert_eq!(there.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["right.txt"]);
        let told = arrived(&all, "xconnector", "portico.case.updated").await.remove(0);
        assert_eq!(told["data"]["withdrawn"]["attachment"], mistake.to_string());
        assert_eq!(told["data"]["withdrawn"]["reason"], "Meant for somebody else.");
        // Nor does it leave where somebody wants it sent again.
        let mut conn = world.context.db.read().await.unwrap();
        let endpoint = endpoints::list(&mut conn).await.unwrap().into_iter().find(|row| row.system == "community").unwrap();
        let log = endpoints::log(&mut conn, endpoint.id, None, 100).await.unwrap();
        drop(conn);
        let wrong = log.iter().find(|row| row.body.contains(&mistake.to_string())).unwrap();
        let again = xconnector::endpoints::replay(&world.context, &hub, wrong.id).await;
        assert!(matches!(&again, Err(Error::Conflict(words)) if words.contains("withdrawn")), "{again:?}");
        let bonds = view::load(&world.context, &hub, case).await.unwrap().bonds;
        assert!(!bonds.is_empty() && bonds.iter().all(|bond| bond.health == "in_step"), "{bonds:?}");
    })
    .await;
}
