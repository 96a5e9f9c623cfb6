//! Files in cases: what is taken and what is not, who sees it, pieces that break off, and what the integration layer adds.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures::{StreamExt, stream};
use portico::{
    connectors::xconnector::Event,
    domain::{
        access::Actor,
        attachment::Media,
        case::{Link, Status, Visibility},
        ids::{AttachmentId, CaseId},
        sla::{Promise, Standing},
    },
    service::{
        Error, Settings,
        cases::{
            attach::{self, Attached},
            files,
            open::{self, CaseForm},
            participants, rate, relate,
            upload::{self, Announced, Progress},
            view, write,
        },
        xconnector,
    },
    store::{
        attachments::{Attachment, Upload},
        bonds,
        files::{hex, sha256},
    },
};
use serde_json::{Value, json};

use super::support::{Engine, World, on_each_engine};

pub(super) const PDF: &[u8] = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n";

pub(super) async fn question(world: &World, actor: &Actor) -> CaseId {
    let form = CaseForm {
        kind: "question".to_owned(),
        title: "One crate arrived wet".to_owned(),
        text: "See the photographs.".to_owned(),
        ..CaseForm::default()
    };
    open::open(&world.context, actor, &form).await.unwrap()
}

pub(super) async fn add(
    world: &World,
    actor: &Actor,
    case: CaseId,
    name: &str,
    bytes: &[u8],
    visibility: Visibility,
) -> Result<Attached, Error> {
    let mut receiving = attach::begin(&world.context, actor, case, name, visibility).await?;
    for piece in bytes.chunks(7) {
        if let Err(error) = receiving.write(&world.context, Bytes::copy_from_slice(piece)).await {
            receiving.discard().await?;
            return Err(error);
        }
    }
    receiving.finish(&world.context, actor, case).await
}

/// The bytes of a file, for those who may have them.
pub(super) async fn bytes(world: &World, actor: &Actor, case: CaseId, id: AttachmentId) -> Result<Vec<u8>, Error> {
    let (_, mut pieces) = attach::read(&world.context, actor, case, id).await?;
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.next().await {
        bytes.extend_from_slice(&piece?);
    }
    Ok(bytes)
}

pub(super) async fn held(world: &World, actor: &Actor, case: CaseId) -> Vec<Attachment> {
    files::list(&world.context, actor, case).await.unwrap().attachments
}

pub(super) fn refusal(outcome: Result<Attached, Error>) -> String {
    match outcome {
        Err(Error::Invalid(errors)) => errors[0].message.clone(),
        Err(other) => panic!("{other:?}"),
        Ok(attached) => panic!("{} was taken", attached.attachment.name),
    }
}

#[tokio::test]
async fn a_file_is_kept_with_its_hash_and_seen_by_those_it_is_for() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let other = world.person(world.cast.other_supplier).await;
        let case = question(&world, &supplier).await;

        let kept = add(&world, &supplier, case, "C:\\photos\\Crate 4.pdf", PDF, Visibility::Internal).await.unwrap();
        assert!(!kept.again);
        let row = &held(&world, &hub, case).await[0];
        assert_eq!((row.name.as_str(), row.media_type, row.size), ("Crate 4.pdf", Media::Pdf, 77));
        assert_eq!((row.sha256.as_slice(), row.visibility), (sha256(PDF).as_slice(), Visibility::Partner), "a partner hides nothing");
        assert_eq!(bytes(&world, &supplier, case, row.id).await.unwrap(), PDF);
        let told = view::load(&world.context, &supplier, case).await.unwrap().events;
        assert!(told.iter().any(|event| event.kind == "attached" && event.new.as_deref() == Some("Crate 4.pdf")), "{told:?}");

        // The same contents are there once, whatever they are called.
        assert!(add(&world, &hub, case, "again.pdf", PDF, Visibility::Partner).await.unwrap().again);
        assert_eq!(held(&world, &supplier, case).await.len(), 1);

        // What the hub keeps for itself does not exist for the partner, and attaching the same tells nothing of it.
        let secret = add(&world, &hub, case, "margin.txt", b"We pay too much.", Visibility::Internal).await.unwrap().attachment;
        assert_eq!((held(&world, &hub, case).await.len(), held(&world, &supplier, case).await.len()), (2, 1));
        assert!(matches!(bytes(&world, &supplier, case, secret.id).await, Err(Error::NotFound)));
        let events = view::load(&world.context, &supplier, case).await.unwrap().events;
        assert!(!format!("{events:?}").contains("margin"));
        let theirs = add(&world, &supplier, case, "found.txt", b"We pay too much.", Visibility::Partner).await.unwrap();
        assert!(!theirs.again);
        assert_eq!((held(&world, &hub, case).await.len(), held(&world, &supplier, case).await.len()), (2, 2), "shown once to the hub");

        // Nobody else gets anything.
        assert!(matches!(files::list(&world.context, &other, case).await, Err(Error::NotFound)));
        assert!(matches!(bytes(&world, &other, case, row.id).await, Err(Error::NotFound)));
        let stranger = attach::begin(&world.context, &other, case, "x.pdf", Visibility::Partner).await;
        assert!(matches!(stranger.map(|_| ()), Err(Error::NotFound)));

        // A file answers like a message does.
        let version = view::load(&world.context, &hub, case).await.unwrap().case.version;
        write::move_to(&world.context, &hub, case, version, Status::WaitingOnPartner).await.unwrap();
        add(&world, &supplier, case, "answer.csv", b"line;count\n10;38\n", Visibility::Partner).await.unwrap();
        assert_eq!(view::load(&world.context, &hub, case).await.unwrap().case.status, Status::InProgress);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_taken_is_refused_with_the_reason_and_leaves_nothing() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::with(&engine, Settings { attachment_bytes: 100, case_bytes: 180, ..Settings::default() }).await;
        let supplier = world.person(world.cast.supplier).await;
        let case = question(&world, &supplier).await;
        let refused = async |name: &str, bytes: &[u8]| refusal(add(&world, &supplier, case, name, bytes, Visibility::Partner).await);
        for (name, bytes, why) in [
            ("run.exe", b"MZ\x90\0\x03".as_slice(), "it is a program"),
            ("photo.svg", b"<svg onload='alert(1)'/>", "can hold script"),
            ("photo.png", PDF, "by its contents it is a PDF"),
            ("nothing.txt", b"", "it is empty"),
            ("large.txt", &[b'x'; 101], "larger than 100 bytes"),
        ] {
            let said = refused(name, bytes).await;
            assert!(said.contains(why) && said.contains(name), "{said}");
        }
        assert_eq!(held(&world, &supplier, case).await.len(), 0);
        let left = std::fs::read_dir(engine.dir.path().join("files/attachments")).map_or(0, Iterator::count);
        assert_eq!(left, 0, "no bytes stay behind");
        add(&world, &supplier, case, "one.txt", &[b'a'; 100], Visibility::Partner).await.unwrap();
        let said = refused("two.txt", &[b'b'; 90]).await;
        assert!(said.contains("80 bytes are left"), "{said}");
        add(&world, &supplier, case, "two.txt", &[b'b'; 80], Visibility::Partner).await.unwrap();
    })
    .await;
}

pub(super) fn announced(name: &str, size: usize) -> Announced<'_> {
    Announced { name, size: size as u64, changed: "1764000000000", addressee: Visibility::Partner.into() }
}

pub(super) type Piece = Result<Bytes, &'static str>;

pub(super) async fn send_piece(world: &World, actor: &Actor, upload: &Upload, pieces: Vec<Piece>) -> Result<Progress, Error> {
    upload::add(&world.context, actor, upload, upload.received, stream::iter(pieces)).await
}

#[tokio::test]
async fn a_file_that_breaks_off_goes_on_where_it_was() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let supplier = world.person(world.cast.supplier).await;
        let other = world.person(world.cast.other_supplier).await;
        let case = question(&world, &supplier).await;
        let begin = async || upload::begin(&world.context, &supplier, case, announced("crate.pdf", PDF.len())).await.unwrap();
        let upload = begin().await;

        // The connection ends after thirty bytes; they stay.
        let broken = send_piece(&world, &supplier, &upload, vec![Ok(Bytes::from_static(&PDF[..30])), Err("gone")]).await;
        assert!(matches!(broken, Ok(Progress::Going(30))));
        let again = begin().await;
        assert_eq!((again.id, again.received), (upload.id, 30), "the same file is gone on with");
        assert!(matches!(upload::find(&world.context, &other, case, upload.id).await, Err(Error::NotFound)));

        // Who still believes in the beginning is told; two at once come to one.
        let behind = send_piece(&world, &supplier, &upload, vec![Ok(Bytes::from_static(PDF))]).await;
        assert!(matches!(behind, Err(Error::Conflict(_))));
        let Ok(Progress::Done(attached)) = send_piece(&world, &supplier, &again, vec![Ok(Bytes::from_static(&PDF[30..]))]).await else {
            panic!("the file is whole")
        };
        assert_eq!(attached.attachment.sha256, sha256(PDF));
        assert!(matches!(upload::find(&world.context, &supplier, case, upload.id).await, Err(Error::NotFound)), "it is over");
        assert_eq!(std::fs::read_dir(engine.dir.path().join("files/uploads")).unwrap().count(), 0, "its pieces are gone");

        // More than was announced, or something else than it is called, is refused at the end.
        let long = upload::begin(&world.context, &supplier, case, announced("long.pdf", 10)).await.unwrap();
        let said = send_piece(&world, &supplier, &long, vec![Ok(Bytes::from_static(PDF))]).await;
        assert!(matches!(said, Err(Error::Invalid(_))));
        let wrong = upload::begin(&world.context, &supplier, case, announced("crate.png", PDF.len())).await.unwrap();
        let said = send_piece(&world, &supplier, &wrong, vec![Ok(Bytes::from_static(PDF))]).await;
        assert!(matches!(said, Err(Error::Invalid(_))));
        let huge = upload::begin(&world.context, &supplier, case, announced("huge.pdf", 26_000_000)).await;
        assert!(matches!(huge, Err(Error::Invalid(_))), "it is said before a byte is sent");
        assert_eq!(held(&world, &supplier, case).await.len(), 1);

        // What nobody goes on with is forgotten after a day, also where nobody begins another one.
        let idle = upload::begin(&world.context, &supplier, case, announced("idle.pdf", PDF.len())).await.unwrap();
        send_piece(&world, &supplier, &idle, vec![Ok(Bytes::from_static(&PDF[..30]))]).await.map(|_| ()).unwrap();
        world.clock.advance_seconds(25 * 3_600);
        world.worker.tidy().await;
        assert!(matches!(upload::find(&world.context, &supplier, case, idle.id).await, Err(Error::NotFound)));
        assert_eq!(std::fs::read_dir(engine.dir.path().join("files/uploads")).unwrap().count(), 0);
    })
    .await;
}

pub(super) fn event(id: &str, kind: &str, data: Value) -> Event {
    let event = json!({ "specversion": "1.0", "id": id, "source": "/erp", "type": format!("xconnector.{kind}"), "data": data });
    serde_json::from_value(event).unwrap()
}

pub(super) fn attachment(name: &str, media_type: &str, bytes: &[u8]) -> Value {
    json!({ "case": "INC-1", "attachment": name, "name": name, "media_type": media_type, "sha256": hex(&sha256(bytes)),
        "content": STANDARD.encode(bytes), "visibility": "partner" })
}

#[tokio::test]
async fn x7_a_file_from_the_integration_layer_waits_for_its_case_and_comes_once() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let take = async |event: &Event| xconnector::take(&world.context, event).await;
        let first = event("e-1", "case.attachment.added", attachment("price-list.pdf", "application/pdf", PDF));
        assert!(take(&first).await.unwrap().parked);
        let opened = json!({ "partner": "KESTREL", "case": "INC-1", "kind": "invoice", "severity": "warning", "title": "Price differs" });
        take(&event("e-2", "exception.raised", opened)).await.unwrap();
        let case = bonds::find(&mut world.context.db.read().await.unwrap(), "xconnector", "INC-1").await.unwrap().unwrap().case_id;
        let row = held(&world, &supplier, case).await.remove(0);
        assert_eq!((row.name.as_str(), row.origin.as_str()), ("price-list.pdf", "xconnector"));
        assert_eq!(bytes(&world, &supplier, case, row.id).await.unwrap(), PDF);

        // The same again, under another event, and what is for the hub alone; a place elsewhere is kept as words.
        take(&event("e-3", "case.attachment.added", attachment("price-list.pdf", "application/pdf", PDF))).await.unwrap();
        let mut elsewhere = attachment("scan.pdf", "application/pdf", b"%PDF-elsewhere");
        elsewhere["url"] = "https://files.example.com/scan.pdf".into();
        elsewhere.as_object_mut().unwrap().retain(|name, _| name != "content" && name != "visibility");
        take(&event("e-4", "case.attachment.added", elsewhere)).await.unwrap();
        assert_eq!((held(&world, &hub, case).await.len(), held(&world, &supplier, case).await.len()), (2, 1));
        let place = held(&world, &hub, case).await.into_iter().find(|row| row.name == "scan.pdf").unwrap();
        assert_eq!((place.url.as_deref(), place.file), (Some("https://files.example.com/scan.pdf"), None));

        // What does not agree with itself is refused, field by field, and the event's id is free again.
        let changed = |field: &str, value: &str| {
            let mut data = attachment("new.pdf", "application/pdf", b"%PDF-new");
            data[field] = value.into();
            event("e-5", "case.attachment.added", data)
        };
        for (field, value) in [
            ("sha256", hex(&sha256(b"something else")).as_str()),
            ("content", "not base64!"),
            ("media_type", "image/png"),
            ("media_type", "application/x-msdownload"),
            ("sha256", "00"),
        ] {
            match take(&changed(field, value)).await {
                Err(Error::Invalid(errors)) => assert_eq!(errors[0].field, format!("/data/{field}"), "{value}"),
                other => panic!("{field}: {other:?}"),
            }
        }
        assert!(!take(&changed("name", "new.pdf")).await.unwrap().again);
    })
    .await;
}

#[tokio::test]
async fn two_cases_about_the_same_become_one_and_its_messages_are_read_there() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let other = world.person(world.cast.other_supplier).await;
        let (first, second) = (question(&world, &supplier).await, question(&world, &supplier).await);
        let foreign = question(&world, &other).await;
        let number = async |id: CaseId| view::load(&world.context, &hub, id).await.unwrap().case.number;
        let (whole, apart) = (number(first).await, number(foreign).await);
        write::write(&world.context, &hub, second, Visibility::Internal, "The same again.").await.unwrap();
        // The one was answered, the other not; that one has a file.
        write::write(&world.context, &hub, first, Visibility::Partner, "We look into it.").await.unwrap();
        add(&world, &supplier, second, "crate.txt", b"left", Visibility::Partner).await.unwrap();
        let awaited = async |id: CaseId| {
            let clocks = view::load(&world.context, &hub, id).await.unwrap().clocks.into_iter();
            clocks.filter(|clock| matches!(clock.standing, Standing::Running(_))).map(|clock| clock.promise).collect::<Vec<_>>()
        };
        assert_eq!(awaited(first).await, [Promise::Resolution]);
        assert_eq!(awaited(second).await, [Promise::FirstResponse, Promise::Resolution]);

        assert!(matches!(relate::merge(&world.context, &supplier, second, &whole).await, Err(Error::Forbidden(_))));
        assert!(matches!(relate::merge(&world.context, &other, second, &whole).await, Err(Error::NotFound)));
        for wrong in [apart.as_str(), "C-99999", "", number(second).await.as_str()] {
            assert!(matches!(relate::merge(&world.context, &hub, second, wrong).await, Err(Error::Invalid(_))), "{wrong}");
        }
        assert_eq!(relate::merge(&world.context, &hub, second, &whole.to_lowercase()).await.unwrap(), whole);

        // Read in the one, each by whom it is for; nothing more happens in the other.
        let texts = async |actor: &Actor, id: CaseId| view::load(&world.context, actor, id).await.unwrap().messages.len();
        assert_eq!((texts(&hub, first).await, texts(&supplier, first).await), (4, 3));
        // What was not answered there is to be answered here, and what was attached there is found here.
        assert_eq!(awaited(first).await, [Promise::Resolution, Promise::NextResponse]);
        for actor in [&hub, &supplier] {
            let held = files::list(&world.context, actor, first).await.unwrap().attachments;
            assert_eq!(held.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["crate.txt"]);
            let case = view::load(&world.context, actor, first).await.unwrap().case;
            assert_eq!(files::count(&world.context, actor, &case).await.unwrap().files, 1);
        }
        assert!(files::list(&world.context, &other, foreign).await.unwrap().attachments.is_empty());
        let part = view::load(&world.context, &supplier, second).await.unwrap();
        assert_eq!(part.case.status, Status::Closed);
        let first_reply = part.clocks.iter().find(|clock| clock.promise == Promise::FirstResponse).unwrap().standing;
        assert!(matches!(first_reply, Standing::Dropped(_)), "nobody gave it: {first_reply:?}");
        assert!(matches!(rate::rate(&world.context, &supplier, second, "good", "").await, Err(Error::Conflict(_))));
        assert!(matches!(write::write(&world.context, &supplier, second, Visibility::Partner, "Hello?").await, Err(Error::Conflict(_))));
        assert!(matches!(add(&world, &supplier, second, "a.txt", b"x", Visibility::Partner).await.map(|_| ()), Err(Error::Conflict(_))));
        let again = write::move_for(&world.context, &hub, second, part.case.version, Status::InProgress, "because").await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        assert!(matches!(relate::merge(&world.context, &hub, first, &number(second).await).await, Err(Error::Invalid(_))), "no circle");

        // A link leads only those who take part in both.
        relate::relate(&world.context, &hub, first, &apart).await.unwrap();
        let linked = async |actor: &Actor, id: CaseId| view::load(&world.context, actor, id).await.unwrap().linked.len();
        assert_eq!((linked(&hub, first).await, linked(&supplier, first).await, linked(&other, foreign).await), (2, 1, 0));
        let theirs = view::load(&world.context, &other, foreign).await.unwrap();
        assert!(!format!("{:?}", theirs.events).contains(&whole), "nor does the history tell of the other");
        assert!(matches!(relate::relate(&world.context, &hub, first, &apart).await, Err(Error::Conflict(_))));
    })
    .await;
}

#[tokio::test]
async fn a_case_that_was_made_part_of_a_wrong_one_stands_by_itself_again() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let carrier = world.person(world.cast.carrier).await;
        let mut cases = Vec::new();
        for _ in 0..3 {
            let id = question(&world, &supplier).await;
            cases.push((id, view::load(&world.context, &hub, id).await.unwrap().case.number));
            world.clock.advance_seconds(60);
        }
        let [(whole, whole_number), (part, part_number), (small, small_number)] = cases.try_into().unwrap();
        let context = &world.context;
        write::write(context, &hub, whole, Visibility::Partner, "We look into it.").await.unwrap();
        let version = view::load(context, &hub, part).await.unwrap().case.version;
        write::move_to(context, &hub, part, version, Status::InProgress).await.unwrap();
        let awaited = async |id: CaseId| {
            let clocks = view::load(context, &hub, id).await.unwrap().clocks;
            clocks.iter().any(|clock| clock.promise != Promise::Resolution && matches!(clock.standing, Standing::Running(_)))
        };
        let texts = async |id: CaseId| view::load(context, &supplier, id).await.unwrap().messages.len();
        let before = (texts(whole).await, texts(part).await, texts(small).await);

        // One becomes part of a second, and that one of a third.
        relate::merge(context, &hub, small, &part_number).await.unwrap();
        world.clock.advance_seconds(60);
        relate::merge(context, &hub, part, &whole_number).await.unwrap();
        assert_eq!((texts(whole).await, awaited(whole).await, awaited(part).await), (before.0 + before.1 + before.2, true, false));

        world.clock.advance_seconds(60);
        assert!(matches!(relate::separate(context, &supplier, part, &whole_number).await, Err(Error::Forbidden(_))));
        assert!(matches!(relate::separate(context, &hub, small, &part_number).await, Err(Error::Conflict(_))), "it is part of the third");
        // Said from the case that holds it. What it had brought goes with it, and so does what nobody answered.
        participants::add(context, &hub, whole, "HAULIER", "Which crate is it?").await.unwrap();
        assert!(view::load(context, &carrier, part).await.is_ok(), "who takes part in the whole reads what is in it");
        let done = relate::separate(context, &hub, whole, &part_number).await.unwrap();
        for id in [part, small] {
            assert!(matches!(view::load(context, &carrier, id).await, Err(Error::NotFound)), "it has nothing to do with the others");
        }
        assert!(view::load(context, &carrier, whole).await.is_ok());
        assert_eq!(done, (part_number.clone(), Link::PartOf));
        assert_eq!((texts(whole).await, texts(part).await), (before.0, before.1 + before.2));
        assert_eq!((awaited(whole).await, awaited(part).await), (false, true));
        let again = view::load(context, &supplier, part).await.unwrap();
        assert_eq!(again.case.status, Status::InProgress, "where it stood");
        assert!(again.events.iter().any(|event| event.kind == "separated" && event.new.as_deref() == Some(whole_number.as_str())));
        write::write(context, &supplier, part, Visibility::Partner, "Thank you.").await.unwrap();
        assert!(matches!(relate::separate(context, &hub, part, &whole_number).await, Err(Error::Conflict(_))), "once");

        // What was answered in the meantime is not asked for again; what was closed before stays closed.
        write::write(context, &hub, part, Visibility::Partner, "It is on its way.").await.unwrap();
        world.clock.advance_seconds(60);
        relate::separate(context, &hub, small, &part_number).await.unwrap();
        assert_eq!((awaited(small).await, view::load(context, &hub, small).await.unwrap().case.status), (false, Status::Open));

        // Two that are only linked are not any more.
        relate::relate(context, &hub, whole, &small_number).await.unwrap();
        assert_eq!(relate::separate(context, &hub, small, &whole_number).await.unwrap().1, Link::Related);
        assert!(view::load(context, &hub, whole).await.unwrap().linked.is_empty());
    })
    .await;
}

#[tokio::test]
async fn who_answers_what_somebody_else_answered_meanwhile_sees_both_and_loses_nothing() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let colleague = Actor { name: "Kim Colleague".to_owned(), ..hub.clone() };
        let case = question(&world, &supplier).await;
        let newest = async || view::load(&world.context, &hub, case).await.unwrap().messages.last().map(|message| message.id);
        let seen = newest().await;
        let say = async |actor: &Actor, text: &str, seen| {
            world.clock.advance_seconds(60);
            write::write_after(&world.context, actor, case, Visibility::Partner, text, seen).await
        };
        say(&colleague, "We send two more.", seen).await.unwrap();
        let second = say(&hub, "We cannot send more.", seen).await;
        assert!(matches!(&second, Err(Error::Stale(words)) if words.contains("Kim Colleague")), "{second:?}");
        assert_eq!(write::typed(&world.context, &hub, case).await.unwrap().unwrap().text, "We cannot send more.");
        assert_eq!(write::typed(&world.context, &supplier, case).await.unwrap().map(|typed| typed.text), None, "the hub's own");
        // Having read it, the same or other words go; one's own last message is no news.
        say(&hub, "They leave on Monday.", newest().await).await.unwrap();
        say(&hub, "With the morning truck.", newest().await).await.unwrap();
        assert!(write::typed(&world.context, &hub, case).await.unwrap().is_none());
        assert_eq!(view::load(&world.context, &supplier, case).await.unwrap().messages.len(), 4);
    })
    .await;
}

#[tokio::test]
async fn a_settled_case_is_taken_up_again_for_a_reason_and_judged_by_its_partner() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let other = world.person(world.cast.other_supplier).await;
        let case = question(&world, &supplier).await;
        let become_status = async |next, reason: &str| {
            world.clock.advance_seconds(60);
            let version = view::load(&world.context, &hub, case).await.unwrap().case.version;
            write::move_for(&world.context, &hub, case, version, next, reason).await
        };
        let rate = async |actor: &Actor, score: &str| rate::rate(&world.context, actor, case, score, " Quick and friendly. ").await;
        assert!(matches!(rate(&supplier, "good").await, Err(Error::Conflict(_))), "not before the end");
        become_status(Status::Resolved, "").await.unwrap();
        assert!(matches!(become_status(Status::InProgress, " ").await, Err(Error::Invalid(_))));
        become_status(Status::InProgress, "The second crate came.").await.unwrap();
        let told = view::load(&world.context, &supplier, case).await.unwrap().events;
        assert_eq!(told.last().map(|event| event.note.as_str()), Some("The second crate came."));
        become_status(Status::Resolved, "").await.unwrap();

        assert!(matches!(rate(&hub, "good").await, Err(Error::Forbidden(_))));
        assert!(matches!(rate(&other, "good").await, Err(Error::NotFound)));
        assert!(matches!(rate(&supplier, "splendid").await, Err(Error::Invalid(_))));
        rate(&supplier, "fair").await.unwrap();
        rate(&supplier, "good").await.unwrap();
        let seen = view::load(&world.context, &hub, case).await.unwrap().case;
        let rating = rate::of_case(&world.context, &supplier, &seen).await.unwrap().unwrap();
        assert_eq!((rating.score.as_str(), rating.word.as_str()), ("good", "Quick and friendly."));
    })
    .await;
}
