//! Files in cases where something goes wrong or comes to an end: faults that pass, limits, places elsewhere, bytes that are gone.

use std::{io::Read, sync::Arc};

use bytes::Bytes;
use futures::StreamExt;
use portico::{
    domain::{attachment::Media, case::Visibility, ids::UserId, sla::Side},
    service::{
        Error, Settings,
        cases::{evidence, files, upload, view},
        xconnector,
    },
    store::{
        attachments::{self as stored, Attachment},
        bonds,
        files::{hex, sha256},
        notifications::{self, Mail},
        users,
    },
};
use serde_json::json;

use super::{
    clocks::employee,
    contents::{PDF, add, announced, attachment, bytes, event, held, question, refusal, send_piece},
    support::{Engine, World, on_each_engine},
};

#[tokio::test]
async fn a_fault_at_the_last_byte_passes_and_an_empty_piece_ends_the_upload() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let supplier = world.person(world.cast.supplier).await;
        let case = question(&world, &supplier).await;
        let begun = upload::begin(&world.context, &supplier, case, announced("crate.pdf", PDF.len())).await.unwrap();

        // The folder of files cannot be written to for a while.
        let blocked = engine.dir.path().join("files/attachments");
        std::fs::write(&blocked, b"in the way").unwrap();
        let faulty = send_piece(&world, &supplier, &begun, vec![Ok(Bytes::from_static(PDF))]).await;
        assert!(matches!(faulty, Err(Error::Store(_))));
        std::fs::remove_file(&blocked).unwrap();

        // Every byte is here, nothing is attached, and nothing has to be sent again.
        let waiting = upload::find(&world.context, &supplier, case, begun.id).await.unwrap();
        assert_eq!((waiting.received, held(&world, &supplier, case).await.len()), (waiting.size, 0));
        let ended = send_piece(&world, &supplier, &waiting, Vec::new()).await;
        assert!(matches!(ended, Ok(upload::Progress::Done(_))));
        let row = held(&world, &supplier, case).await.remove(0);
        assert_eq!(bytes(&world, &supplier, case, row.id).await.unwrap(), PDF);
        assert!(matches!(upload::find(&world.context, &supplier, case, begun.id).await, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn what_is_on_its_way_takes_room() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::with(&engine, Settings { attachment_bytes: 100, case_bytes: 180, ..Settings::default() }).await;
        let supplier = world.person(world.cast.supplier).await;
        let case = question(&world, &supplier).await;
        let begin = async |name: &'static str, size| upload::begin(&world.context, &supplier, case, announced(name, size)).await;
        let first = begin("one.txt", 100).await.unwrap();
        let second = begin("two.txt", 90).await.map(|_| ());
        let Err(Error::Invalid(errors)) = second else { panic!("{second:?}") };
        assert!(errors[0].message.contains("80 bytes are left"), "{errors:?}");
        assert_eq!(begin("one.txt", 100).await.unwrap().id, first.id, "it is no obstacle to itself");
        upload::forget(&world.context, &first).await.unwrap();
        begin("two.txt", 90).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_case_takes_five_hundred_files_and_no_more() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let supplier = world.person(world.cast.supplier).await;
        let case = question(&world, &supplier).await;
        let mut tx = world.context.db.begin().await.unwrap();
        for number in 0..499 {
            let place = Attachment {
                id: world.context.id(),
                case_id: case,
                name: format!("{number}.pdf"),
                media_type: Media::Pdf,
                size: 0,
                sha256: sha256(number.to_string().as_bytes()),
                file: None,
                url: Some("https://files.example.com/x.pdf".to_owned()),
                visibility: Visibility::Partner,
                reader_id: Some(supplier.organisation),
                side: Side::Internal,
                author: "xconnector".to_owned(),
                organisation_id: None,
                origin: "xconnector".to_owned(),
                origin_id: None,
                at: world.context.now(),
                withdrawn_at: None,
                withdrawn_by: None,
                withdrawn_why: None,
            };
            stored::insert(&mut tx, &place).await.unwrap();
        }
        tx.commit().await.unwrap();
        add(&world, &supplier, case, "last.txt", b"the last one", Visibility::Partner).await.unwrap();
        let said = refusal(add(&world, &supplier, case, "more.txt", b"one more", Visibility::Partner).await);
        assert!(said.contains("500 files") && said.contains("Open another case"), "{said}");
        let begun = upload::begin(&world.context, &supplier, case, announced("more.txt", 8)).await.map(|_| ());
        assert!(matches!(&begun, Err(Error::Invalid(errors)) if errors[0].message.contains("500 files")), "{begun:?}");
        assert!(add(&world, &supplier, case, "again.txt", b"the last one", Visibility::Partner).await.unwrap().again);
    })
    .await;
}

#[tokio::test]
async fn a_place_elsewhere_does_not_keep_the_file_itself_out() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let opened = json!({ "partner": "KESTREL", "case": "INC-1", "kind": "invoice", "severity": "warning", "title": "Price differs" });
        xconnector::take(&world.context, &event("e-1", "exception.raised", opened)).await.unwrap();
        let case = bonds::find(&mut world.context.db.read().await.unwrap(), "xconnector", "INC-1").await.unwrap().unwrap().case_id;
        let mut place = attachment("scan.pdf", "application/pdf", PDF);
        place["url"] = "https://files.example.com/scan.pdf".into();
        place.as_object_mut().unwrap().remove("content");
        let place = event("e-2", "case.attachment.added", place);
        xconnector::take(&world.context, &place).await.unwrap();

        // The hub keeps the file for itself: the partner still has the place alone.
        assert!(!add(&world, &hub, case, "own.pdf", PDF, Visibility::Internal).await.unwrap().again);
        let theirs = held(&world, &supplier, case).await;
        assert_eq!((theirs.len(), theirs[0].name.as_str(), theirs[0].file.is_none()), (1, "scan.pdf", true));
        let own = held(&world, &hub, case).await.into_iter().find(|row| row.name == "own.pdf").unwrap();
        assert_eq!(bytes(&world, &hub, case, own.id).await.unwrap(), PDF);

        // The partner sends it: now it is here, once, and still known as what the other system calls it.
        let sent = add(&world, &supplier, case, "delivery.pdf", PDF, Visibility::Partner).await.unwrap();
        assert!(!sent.again);
        for actor in [&supplier, &hub] {
            let rows = held(&world, actor, case).await;
            assert_eq!((rows.len(), rows[0].name.as_str(), rows[0].size, rows[0].url.as_deref()), (1, "delivery.pdf", 77, None));
            assert_eq!(bytes(&world, actor, case, rows[0].id).await.unwrap(), PDF);
        }
        assert!(add(&world, &supplier, case, "delivery.pdf", PDF, Visibility::Partner).await.unwrap().again);
        xconnector::take(&world.context, &place).await.unwrap();
        assert_eq!(held(&world, &supplier, case).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_gone_is_named_in_the_evidence_and_breaks_nothing() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let supplier = world.person(world.cast.supplier).await;
        let case = question(&world, &supplier).await;
        let gone = add(&world, &supplier, case, "gone.pdf", PDF, Visibility::Partner).await.unwrap().attachment;
        world.clock.advance_seconds(60);
        add(&world, &supplier, case, "here.txt", b"Here it is.", Visibility::Partner).await.unwrap();
        world.context.files.delete(gone.file.as_deref().unwrap()).await.unwrap();
        let seen = view::load(&world.context, &supplier, case).await.unwrap();
        let held = files::count(&world.context, &supplier, &seen.case).await.unwrap();
        assert_eq!((held.files, held.documents), (2, 0));

        let mut pack = evidence::pack(&world.context, &supplier, case).await.unwrap();
        let mut bytes = Vec::new();
        while let Some(piece) = pack.bytes.next().await {
            bytes.extend_from_slice(&piece.unwrap());
        }
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut read = |name: &str| {
            let mut text = String::new();
            archive.by_name(name).ok()?.read_to_string(&mut text).unwrap();
            Some(text)
        };
        let manifest: serde_json::Value = serde_json::from_str(&read("manifest.json").unwrap()).unwrap();
        let listed = |name: &str| manifest["files"].as_array().unwrap().iter().find(|file| file["name"] == name).unwrap().clone();
        let missing = listed("attachments/01-gone.pdf");
        assert_eq!((&missing["missing"], &missing["sha256"]), (&json!(true), &json!(hex(&sha256(PDF)))));
        assert_eq!(read("attachments/01-gone.pdf"), None);
        assert_eq!(listed("attachments/02-here.txt")["missing"], json!(null));
        assert_eq!(read("attachments/02-here.txt").as_deref(), Some("Here it is."));
    })
    .await;
}

#[tokio::test]
async fn no_mail_leaves_for_somebody_who_is_kept_out() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let supplier = world.person(world.cast.supplier).await;
        let ann: UserId = employee(&world, &supplier, "Ann Archer").await.user().unwrap();
        let mut tx = world.context.db.begin().await.unwrap();
        let mail = Mail {
            id: world.context.id(),
            user_id: ann,
            address: "ann.archer@example.com".to_owned(),
            subject: "A message".to_owned(),
            body: "Read it.".to_owned(),
            case_id: None,
            message_id: None,
            organisation_id: None,
            sent_at: None,
            created_at: world.context.now(),
        };
        notifications::insert_mail(&mut tx, &mail).await.unwrap();
        assert!(notifications::unsent_mail(&mut tx, mail.id).await.unwrap().is_some());
        users::set_disabled(&mut tx, ann, Some(world.context.now())).await.unwrap();
        assert!(notifications::unsent_mail(&mut tx, mail.id).await.unwrap().is_none());
        users::set_disabled(&mut tx, ann, None).await.unwrap();
        assert!(notifications::unsent_mail(&mut tx, mail.id).await.unwrap().is_some());
        tx.commit().await.unwrap();
    })
    .await;
}
