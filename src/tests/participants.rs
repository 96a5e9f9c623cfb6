//! Several companies in one case: each writes to the hub, and reads what is between the two and what is for everyone.

use bytes::Bytes;
use futures::StreamExt;
use portico::{
    domain::{
        access::Actor,
        case::{Addressee, Readers, Status, Visibility},
        ids::{AttachmentId, CaseId},
        reference::Subject,
    },
    service::{
        Error, Settings,
        cases::{
            assign,
            attach::{self, Attached},
            evidence, files,
            open::{self, CaseForm},
            participants, rate, relate,
            upload::{self, Announced, Progress},
            view::{self, CaseView},
            write,
        },
        reference,
        xconnector::endpoints::{self, NewEndpoint},
    },
    store::{Scope, cases::CaseFilter, endpoints as stored_endpoints},
};

use super::{
    beside::their_texts,
    clocks::employee,
    notifications::told,
    support::{Engine, World, on_each_engine},
    together::{Together, brought, together_on_each_engine},
};

async fn case(world: &World, supplier: &Actor) -> CaseId {
    let form = CaseForm {
        kind: "question".to_owned(),
        title: "Crate 4 is missing".to_owned(),
        text: "We sent five crates, ask your carrier.".to_owned(),
        ..CaseForm::default()
    };
    open::open(&world.context, supplier, &form).await.unwrap()
}

async fn seen(world: &World, actor: &Actor, id: CaseId) -> CaseView {
    view::load(&world.context, actor, id).await.unwrap()
}

fn said(view: &CaseView) -> Vec<&str> {
    view.messages.iter().map(|message| message.body.as_str()).collect()
}

async fn attach(world: &World, actor: &Actor, id: CaseId, name: &str, to: Addressee) -> AttachmentId {
    let mut receiving = attach::begin(&world.context, actor, id, name, to).await.unwrap();
    receiving.write(&world.context, Bytes::from(format!("%PDF-1.4 {name}"))).await.unwrap();
    receiving.finish(&world.context, actor, id).await.unwrap().attachment.id
}

async fn names(world: &World, actor: &Actor, id: CaseId) -> Vec<String> {
    let held = files::list(&world.context, actor, id).await.unwrap().attachments;
    held.into_iter().map(|file| file.name).collect()
}

async fn found(world: &World, actor: &Actor, words: &str) -> Vec<CaseId> {
    world.worker.index().await;
    let filter = CaseFilter { search: Some(words.to_owned()), ..CaseFilter::default() };
    view::list(&world.context, actor, &filter).await.unwrap().rows.into_iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn a_case_is_found_by_the_new_name_of_its_partner_and_another_that_cannot_be_read_does_not_hold_it_up() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let broken = case(&world, &supplier).await;
        let id = case(&world, &supplier).await;
        assert!(broken < id && found(&world, &hub, "Peregrine").await.is_empty());
        // What a later release wrote, or a hand in the database: no list of proposed values.
        let mut tx = world.context.db.begin().await.unwrap();
        let text = format!("UPDATE cases SET proposed = '\"nothing\"' WHERE number = '{}'", "C-00001");
        match tx.engine() {
            portico::store::Engine::Sqlite(c) => drop(sqlx::query(sqlx::AssertSqlSafe(text)).execute(c).await.unwrap()),
            portico::store::Engine::Postgres(c) => drop(sqlx::query(sqlx::AssertSqlSafe(text)).execute(c).await.unwrap()),
        }
        let named = serde_json::json!({ "partner": "KESTREL", "sequence": 1, "valid_from": "2026-11-01", "name": "Peregrine Bolts" });
        let told = reference::read(Subject::Partner, &named).unwrap();
        reference::take(&world.context, &mut tx, Subject::Partner, told, "/erp", "e-1").await.unwrap();
        tx.commit().await.unwrap();
        assert!(view::load(&world.context, &hub, broken).await.is_err(), "the first one cannot be read");
        assert_eq!(found(&world, &hub, "Peregrine").await, [id]);
    })
    .await;
}

#[tokio::test]
async fn a_case_is_found_by_what_its_reader_may_read_of_it() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let context = &world.context;
        let [supplier, other, hub, carrier] =
            [world.cast.supplier, world.cast.other_supplier, world.cast.hub, world.cast.carrier].map(|id| world.person(id));
        let (supplier, other, hub, carrier) = (supplier.await, other.await, hub.await, carrier.await);
        let id = case(&world, &supplier).await;
        let foreign = case(&world, &other).await;
        write::write(context, &supplier, id, Visibility::Partner, "Die Größe des Flansches stimmt nicht: ÉCROU M8, order 0045.")
            .await
            .unwrap();
        write::write(context, &hub, id, Visibility::Internal, "Suspicious, says Lena.").await.unwrap();
        participants::add(context, &hub, id, "HAULIER", "Which pallet was it?").await.unwrap();

        // Every word begins one of the case, without regard to capitals, accents, order and leading zeros.
        for words in ["grosse", "GRÖS", "ecrou flan", "flansch crate", "m8", "45", "0045", "c-00001", "kestrel"] {
            assert_eq!(found(&world, &hub, words).await, [id], "{words}");
        }
        let both = found(&world, &hub, "missing CRATE").await;
        assert!(both.len() == 2 && both.contains(&id) && both.contains(&foreign), "{both:?}");
        for words in ["flanschen crates", "anschluss", "%", "--", "lansch"] {
            assert!(found(&world, &hub, words).await.is_empty(), "{words}");
        }

        // A partner finds its own cases by what it may read, and by nothing else.
        for (actor, words, finds) in [
            (&supplier, "flansch", true),
            (&supplier, "crate", true),
            (&supplier, "suspicious", false),
            (&supplier, "pallet", false),
            (&hub, "suspicious", true),
            (&carrier, "pallet", true),
            (&carrier, "crate", true),
            (&carrier, "flansch", false),
            (&carrier, "kestrel", false),
            (&other, "flansch", false),
        ] {
            assert_eq!(found(&world, actor, words).await.contains(&id), finds, "{words} for {}", actor.organisation_name);
        }

        // What is written later is found too.
        write::write(context, &supplier, id, Visibility::Partner, "Solved by a gasket.").await.unwrap();
        assert_eq!(found(&world, &supplier, "gasket").await, [id]);
    })
    .await;
}

#[tokio::test]
async fn who_may_read_a_message_can_be_mentioned_in_it_and_nobody_else() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let context = &world.context;
        let supplier = employee(&world, &world.person(world.cast.supplier).await, "Tom Weaver").await;
        let stranger = employee(&world, &world.person(world.cast.other_supplier).await, "Uta Ostermann").await;
        let carrier = employee(&world, &world.person(world.cast.carrier).await, "Carla Haul").await;
        let hub = employee(&world, &world.person(world.cast.hub).await, "Ines Keller").await;
        let colleague = employee(&world, &hub, "Dan Okoye").await;
        let id = case(&world, &supplier).await;
        participants::add(context, &hub, id, "HAULIER", "Where is it?").await.unwrap();
        let titles = async |actor: &Actor| -> Vec<String> {
            let all = told(&world, actor).await.into_iter();
            all.filter(|row| row.title.contains("mentions you")).map(|row| row.title).collect()
        };

        // In a note of the hub: its own people, and whoever writes it knows already.
        write::write(context, &hub, id, Visibility::Internal, "@Dan, @Ines, @Tom and @Uta: who knows?").await.unwrap();
        let news = titles(&colleague).await;
        assert!(news.len() == 1 && news[0].starts_with("Ines Keller, Castellan Pumps & Valves mentions you in C-"), "{news:?}");
        for actor in [&hub, &supplier, &stranger, &carrier] {
            assert_eq!(titles(actor).await, Vec::<String>::new(), "{}", actor.name);
        }

        // To the partner: theirs too, each once although they are told of the message anyway; to others nothing.
        let before = told(&world, &supplier).await.len();
        write::write(context, &hub, id, Visibility::Partner, "@tom weaver, see above. @Carla").await.unwrap();
        assert_eq!((titles(&supplier).await.len(), told(&world, &supplier).await.len()), (1, before + 1));
        assert_eq!(titles(&carrier).await.len(), 0);
        write::write(context, &hub, id, Addressee::Everyone, "@Carla and @Tom, thank you.").await.unwrap();
        assert_eq!((titles(&supplier).await.len(), titles(&carrier).await.len(), titles(&stranger).await.len()), (2, 1, 0));
    })
    .await;
}

#[tokio::test]
async fn each_of_several_companies_sees_its_own_exchange_and_what_is_for_everyone() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::with(&engine, Settings { undo_seconds: 0, ..Settings::default() }).await;
        let context = &world.context;
        let supplier = employee(&world, &world.person(world.cast.supplier).await, "Tom Weaver").await;
        let carrier = employee(&world, &world.person(world.cast.carrier).await, "Carla Haul").await;
        let hub = employee(&world, &world.person(world.cast.hub).await, "Ines Keller").await;
        let endpoint = NewEndpoint { name: "ERP".to_owned(), url: "https://erp.example/events".to_owned(), ..NewEndpoint::default() };
        endpoints::add(context, &hub, &endpoint).await.unwrap();
        let id = case(&world, &supplier).await;
        write::write(context, &hub, id, Visibility::Internal, "They always say that.").await.unwrap();
        let version = seen(&world, &hub, id).await.case.version;
        write::move_to(context, &hub, id, version, Status::WaitingOnPartner).await.unwrap();
        assert!(matches!(view::load(context, &carrier, id).await.map(|_| ()), Err(Error::NotFound)));

        // Only the hub asks others in, and says what they have to know.
        assert!(matches!(participants::add(context, &supplier, id, "HAULIER", "x").await, Err(Error::Forbidden(_))));
        assert!(matches!(participants::add(context, &carrier, id, "HAULIER", "x").await, Err(Error::NotFound)));
        for (code, words) in [("NOBODY", "x"), ("CASTELLAN", "x"), ("HAULIER", " "), ("KESTREL", "x")] {
            assert!(matches!(participants::add(context, &hub, id, code, words).await, Err(Error::Invalid(_))), "{code}");
        }
        participants::add(context, &hub, id, "HAULIER", "Where is the fourth of five crates?").await.unwrap();

        // They see that, what the case is called and where it stands; not who it is with, nor what went before.
        let theirs = seen(&world, &carrier, id).await;
        assert_eq!(said(&theirs), ["Where is the fourth of five crates?"]);
        assert!(!theirs.is_whole && theirs.clocks.is_empty() && theirs.participants.is_empty() && theirs.moves.is_empty());
        let all = format!("{:?} {:?} {:?} {:?}", theirs.case, theirs.events, theirs.messages, theirs.counterparty);
        assert!(!all.contains("Kestrel") && !all.contains("Tom Weaver"), "{all}");
        let rows = view::list(context, &carrier, &CaseFilter::default()).await.unwrap().rows;
        assert_eq!((rows.len(), rows[0].counterparty.as_str(), rows[0].due_at), (1, "Hansa Haulage", None));

        // Their answer goes to the hub, and leaves the case waiting for the partner it is with.
        write::write(context, &carrier, id, Visibility::Partner, "It stands in Venlo.").await.unwrap();
        write::write(context, &hub, id, Visibility::Partner, "Do you have its label?").await.unwrap();
        assert_eq!(said(&seen(&world, &carrier, id).await), ["Where is the fourth of five crates?", "It stands in Venlo."]);
        assert_eq!(said(&seen(&world, &supplier, id).await), ["We sent five crates, ask your carrier.", "Do you have its label?"]);
        let ours = seen(&world, &hub, id).await;
        assert_eq!((ours.messages.len(), ours.case.status), (5, Status::WaitingOnPartner));
        assert_eq!(ours.participants.iter().map(|party| party.name.as_str()).collect::<Vec<_>>(), ["Kestrel Fasteners", "Hansa Haulage"]);
        assert_eq!(ours.clocks, seen(&world, &supplier, id).await.clocks, "both see the same clocks");
        write::write(context, &hub, id, Addressee::Everyone, "It arrives on Friday.").await.unwrap();
        write::write(context, &hub, id, Addressee::One(world.cast.carrier), "Thank you.").await.unwrap();
        assert_eq!(said(&seen(&world, &carrier, id).await)[2..], ["It arrives on Friday.", "Thank you."]);
        assert_eq!(said(&seen(&world, &supplier, id).await)[2..], ["It arrives on Friday."]);
        let nobody = Addressee::One(world.cast.customer);
        assert!(matches!(write::write(context, &hub, id, nobody, "hello").await, Err(Error::Invalid(_))), "takes no part");

        // A partner's words stay between it and the hub, whatever its form says.
        for to in [Addressee::Everyone, Addressee::One(world.cast.supplier)] {
            write::write(context, &carrier, id, to, "Fragile.").await.unwrap();
        }
        assert_eq!(said(&seen(&world, &supplier, id).await).len(), 3);

        // Files in the same way, by their contents too.
        let label = attach(&world, &supplier, id, "label.pdf", Addressee::Partner).await;
        let photo = attach(&world, &carrier, id, "photo.pdf", Addressee::Everyone).await;
        attach(&world, &hub, id, "plan.pdf", Addressee::Everyone).await;
        assert_eq!((names(&world, &supplier, id).await.len(), names(&world, &carrier, id).await.len()), (2, 2));
        assert!(matches!(attach::read(context, &carrier, id, label).await, Err(Error::NotFound)));
        assert!(matches!(attach::read(context, &supplier, id, photo).await, Err(Error::NotFound)));
        assert!(!format!("{:?}", seen(&world, &carrier, id).await.events).contains("label.pdf"));
        assert_eq!(seen(&world, &hub, id).await.case.status, Status::InProgress, "the supplier's file brought it back");

        // Each is told its own, and the systems behind the portal what is with the partner.
        let told_of = async |actor: &Actor, words: &str| told(&world, actor).await.iter().any(|row| row.body.contains(words));
        assert!(told_of(&hub, "Venlo").await && !told_of(&supplier, "Venlo").await && told_of(&carrier, "Thank you").await);
        assert!(told_of(&supplier, "Friday").await && told_of(&carrier, "Friday").await && !told_of(&supplier, "Thank you").await);
        let mut conn = context.db.read().await.unwrap();
        let endpoint = stored_endpoints::list(&mut conn).await.unwrap().remove(0);
        let bodies: String = stored_endpoints::newest(&mut conn, endpoint.id, 100).await.unwrap().into_iter().map(|row| row.body).collect();
        drop(conn);
        assert!(bodies.contains("Friday") && bodies.contains("Do you have its label?"), "{bodies}");
        assert!(!bodies.contains("Venlo") && !bodies.contains("Thank you") && !bodies.contains("always say"), "{bodies}");

        // Others who take part neither settle the case nor say how well it was settled, and go when the hub says so.
        let version = seen(&world, &hub, id).await.case.version;
        assert!(matches!(write::move_to(context, &carrier, id, version, Status::Resolved).await, Err(Error::Forbidden(_))));
        write::move_to(context, &supplier, id, version, Status::Resolved).await.unwrap();
        assert!(matches!(rate::rate(context, &carrier, id, "poor", "").await, Err(Error::Forbidden(_))));
        assert!(matches!(participants::remove(context, &carrier, id, world.cast.supplier).await, Err(Error::Forbidden(_))));
        assert!(matches!(participants::remove(context, &hub, id, world.cast.supplier).await, Err(Error::Conflict(_))));
        participants::remove(context, &hub, id, world.cast.carrier).await.unwrap();
        assert!(matches!(view::load(context, &carrier, id).await.map(|_| ()), Err(Error::NotFound)));
        assert!(matches!(attach::read(context, &carrier, id, photo).await, Err(Error::NotFound)));
        assert_eq!(view::list(context, &carrier, &CaseFilter::default()).await.unwrap().rows.len(), 0);
        let mut conn = context.db.read().await.unwrap();
        let kept = portico::store::cases::messages(&mut conn, Scope::Hub, id).await.unwrap();
        assert!(kept.iter().any(|message| message.body == "It stands in Venlo."), "what was said stays with the hub");
    })
    .await;
}

#[tokio::test]
async fn what_is_between_the_hub_and_one_of_them_reaches_others_by_no_other_way() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let context = &world.context;
        let [supplier, carrier, hub] = [world.cast.supplier, world.cast.carrier, world.cast.hub].map(|id| world.person(id));
        let (supplier, carrier, hub) = (supplier.await, carrier.await, hub.await);
        let (id, part) = (case(&world, &supplier).await, case(&world, &supplier).await);
        write::write(context, &supplier, part, Visibility::Partner, "Between us: the price was 5.").await.unwrap();

        // A case is merged into one with the same companies only, and what was between two of them stays between those.
        participants::add(context, &hub, part, "HAULIER", "Which crate is it?").await.unwrap();
        let number = seen(&world, &hub, id).await.case.number;
        assert!(matches!(relate::merge(context, &hub, part, &number).await, Err(Error::Invalid(_))));
        participants::add(context, &hub, id, "HAULIER", "Where is it?").await.unwrap();
        relate::merge(context, &hub, part, &number).await.unwrap();
        assert_eq!(said(&seen(&world, &carrier, id).await), ["Which crate is it?", "Where is it?"]);
        assert!(said(&seen(&world, &supplier, id).await).contains(&"Between us: the price was 5."));

        // The same contents from another are another file; whose it was before is not said.
        let label = attach(&world, &supplier, id, "label.pdf", Addressee::Partner).await;
        let theirs = attach_as(&world, &carrier, id, "ours.pdf", "label.pdf", Addressee::Partner).await;
        assert!(!theirs.again && theirs.attachment.id != label && theirs.attachment.name == "ours.pdf");
        assert!(attach_as(&world, &carrier, id, "twice.pdf", "label.pdf", Addressee::Partner).await.again);
        assert_eq!(
            (names(&world, &carrier, id).await, names(&world, &supplier, id).await),
            (vec!["ours.pdf".into()], vec!["label.pdf".into()])
        );
        let everyones = attach_as(&world, &hub, id, "plan.pdf", "label.pdf", Addressee::Everyone).await;
        assert!(!everyones.again, "what one has does not keep it from everyone");
        assert_eq!(names(&world, &carrier, id).await, ["plan.pdf"], "once, as what is for more");
        let one = attach_as(&world, &hub, id, "plan again.pdf", "label.pdf", Addressee::One(world.cast.carrier)).await;
        assert!(one.again && one.attachment.id == theirs.attachment.id, "the one that is for them alone");

        // An upload is gone on with by its sender alone, for whom it was begun.
        let announced = |addressee| Announced { name: "long.txt", size: 5, changed: "1", addressee };
        let begun = upload::begin(context, &hub, id, announced(Addressee::One(world.cast.carrier))).await.unwrap();
        let other = upload::begin(context, &hub, id, announced(Addressee::Partner)).await.unwrap();
        assert_ne!(begun.id, other.id, "the same file for other readers is another upload");
        assert!(matches!(upload::find(context, &carrier, id, begun.id).await.map(|_| ()), Err(Error::NotFound)));
        let pieces = futures::stream::iter([Ok::<_, &str>(Bytes::from_static(b"hello"))]);
        let Ok(Progress::Done(done)) = upload::add(context, &hub, &begun, 0, pieces).await else { panic!("it is whole") };
        assert_eq!(done.attachment.readers(), Readers::one(world.cast.carrier));
        assert!(matches!(attach::read(context, &supplier, id, done.attachment.id).await.map(|_| ()), Err(Error::NotFound)));

        // The archive holds what its reader sees, and so do the history and the word at the end.
        let version = seen(&world, &hub, id).await.case.version;
        assign::assign(context, &hub, id, version, "", "2").await.unwrap();
        let version = seen(&world, &hub, id).await.case.version;
        write::move_for(context, &hub, id, version, Status::Resolved, "Kestrel is right").await.unwrap();
        rate::rate(context, &supplier, id, "poor", "Too slow").await.unwrap();
        let view = seen(&world, &carrier, id).await;
        assert!(rate::of_case(context, &carrier, &view.case).await.unwrap().is_none());
        assert!(rate::of_case(context, &supplier, &view.case).await.unwrap().is_some());
        assert!(!view.events.iter().any(|event| event.kind == "tier"), "{:?}", view.events);
        let packed = packed(&world, &carrier, id).await;
        assert!(packed.contains("Where is it?") && packed.contains("ours.pdf") && packed.contains("resolved"), "{packed}");
        for word in ["the price was 5", "We sent five crates", "Kestrel", "Alex Example, Kestrel", "label.pdf\"", "Too slow"] {
            assert!(!packed.contains(word), "{word}: {packed}");
        }
        assert!(self::packed(&world, &supplier, id).await.contains("the price was 5"), "it holds what is its reader's");

        // Who takes part no more finds what became part of the case closed too.
        assert!(view::load(context, &carrier, part).await.is_ok());
        participants::remove(context, &hub, id, world.cast.carrier).await.unwrap();
        for gone in [id, part] {
            assert!(matches!(view::load(context, &carrier, gone).await.map(|_| ()), Err(Error::NotFound)));
        }
        assert!(view::load(context, &supplier, part).await.is_ok());
    })
    .await;
}

/// A file whose contents are those that another name would have.
async fn attach_as(world: &World, actor: &Actor, id: CaseId, name: &str, contents: &str, to: Addressee) -> Attached {
    let mut receiving = attach::begin(&world.context, actor, id, name, to).await.unwrap();
    receiving.write(&world.context, Bytes::from(format!("%PDF-1.4 {contents}"))).await.unwrap();
    receiving.finish(&world.context, actor, id).await.unwrap()
}

/// The archive of a case for a reader; nothing in it is compressed.
async fn packed(world: &World, actor: &Actor, id: CaseId) -> String {
    let pieces: Vec<_> = evidence::pack(&world.context, actor, id).await.unwrap().bytes.collect().await;
    let bytes: Vec<u8> = pieces.into_iter().flat_map(|piece| piece.unwrap()).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn x7_what_others_who_take_part_say_reaches_no_other_system_and_what_comes_from_there_reaches_none_of_them() {
    together_on_each_engine(async |all: std::sync::Arc<Together>| {
        let id = all.ask("Crate 4 is missing");
        all.settle().await;
        let here = all.here(&id).await;
        let (case, path) = (here.to_string(), format!("/cases/{here}"));
        let mut hub = all.beside.browser("dan@castellan.example").await;
        let mut other = all.beside.browser("ines@ostermann.example").await;
        let asked = [("case", case.as_str()), ("partner", "OSTERMANN"), ("words", "Did you get their crate?")];
        assert_eq!(hub.post("add-participant", &asked).await, path);
        let ostermann = all.beside.world.cast.other_supplier.to_string();
        for (to, text) in [("everyone", "It comes on Friday."), ("partner", "We are sorry."), (ostermann.as_str(), "Keep it dry.")] {
            hub.post("write-case", &[("case", &case), ("visibility", to), ("text", text)]).await;
        }
        other.post("write-case", &[("case", &case), ("text", "It is with us.")]).await;
        let stranger = all.beside.world.person(all.beside.world.cast.other_supplier).await;
        let desk = all.beside.world.person(all.beside.world.cast.hub).await;
        attach(&all.beside.world, &stranger, here, "photo.pdf", Addressee::Partner).await;
        attach(&all.beside.world, &desk, here, "plan.pdf", Addressee::Everyone).await;
        attach(&all.beside.world, &desk, here, "route.pdf", Addressee::One(stranger.organisation)).await;
        all.settle().await;

        // Both systems are told what the partner of the case sees; also where one is told all of it anew.
        let incident = all.beside.system.cases().pop().unwrap();
        assert_eq!(their_texts(&incident), ["It comes on Friday.", "We are sorry."]);
        assert_eq!(incident.files.values().collect::<Vec<_>>(), ["plan.pdf"]);
        let shared = |all: &Together| {
            let there = all.community.case(&id).unwrap();
            let files: Vec<_> = there.files.iter().map(|file| file.name.clone()).collect();
            (brought(&there).join(" "), files)
        };
        let told = ("It comes on Friday. We are sorry.".to_owned(), vec!["plan.pdf".to_owned()]);
        assert_eq!(shared(&all), told);
        all.later(120).await;
        all.community.forget();
        other.post("write-case", &[("case", &case), ("text", "Shall we send it on?")]).await;
        hub.post("write-case", &[("case", &case), ("visibility", "partner"), ("text", "By noon.")]).await;
        all.settle().await;
        assert_eq!(shared(&all), (format!("{} By noon.", told.0), told.1));

        // What is said, attached, wished and done there is for the partner of the case.
        all.community.comment(&id, true, "Our people will call.", false);
        all.community.attach(&id, "invoice.txt", "text/plain", b"500 EUR\n");
        all.community.wish(&id, "closed", "We are done");
        all.beside.system.comment(&incident.id, "Booked as 4711.", false);
        all.beside.system.escalate(&incident.id, "The board asks");
        all.settle().await;
        let words = ["Our people will call.", "invoice.txt", "We are done", "Booked as 4711.", "The board asks", "By noon.", "Kestrel"];
        let page = other.page(&path).await;
        assert!(page.contains("It comes on Friday.") && page.contains("Shall we send it on?"), "{page}");
        assert!(!words.iter().any(|word| page.contains(word)), "{page}");
        assert!(!other.page(&format!("{path}/attachments")).await.contains("invoice.txt"));
        assert!(!other.page("/notifications").await.contains("Booked"));
        let page = all.beside.browser("kim@kestrel.example").await.page(&path).await;
        assert!(words[..6].iter().all(|word| page.contains(word)), "{page}");
        for word in ["It is with us.", "Keep it dry.", "photo.pdf", "route.pdf", "Ostermann"] {
            assert!(!page.contains(word), "{word}: {page}");
        }
        assert!(all.parked().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_company_that_is_asked_in_again_reads_again_what_became_part_of_the_case() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let context = &world.context;
        let [supplier, carrier, hub] = [world.cast.supplier, world.cast.carrier, world.cast.hub].map(|id| world.person(id));
        let (supplier, carrier, hub) = (supplier.await, carrier.await, hub.await);
        let (id, part) = (case(&world, &supplier).await, case(&world, &supplier).await);
        participants::add(context, &hub, part, "HAULIER", "Which crate is it?").await.unwrap();
        write::write(context, &hub, part, Visibility::Internal, "They do not know.").await.unwrap();
        participants::add(context, &hub, id, "HAULIER", "Where is it?").await.unwrap();
        relate::merge(context, &hub, part, &seen(&world, &hub, id).await.case.number).await.unwrap();
        participants::remove(context, &hub, id, world.cast.carrier).await.unwrap();
        assert!(matches!(view::load(context, &carrier, part).await, Err(Error::NotFound)), "the part is closed to it as well");

        participants::add(context, &hub, id, "HAULIER", "Here you are again.").await.unwrap();
        assert_eq!(said(&seen(&world, &carrier, id).await), ["Which crate is it?", "Where is it?", "Here you are again."]);
        assert_eq!(said(&seen(&world, &carrier, part).await), ["Which crate is it?"]);
        // Who was never asked into the part reads of it what is for everyone, as of the case itself.
        write::write(context, &hub, id, Addressee::Everyone, "We search.").await.unwrap();
        participants::add(context, &hub, id, "NORTHWATER", "Did it come to you?").await.unwrap();
        let customer = world.person(world.cast.customer).await;
        assert_eq!(said(&seen(&world, &customer, id).await), ["We search.", "Did it come to you?"]);
        assert!(said(&seen(&world, &customer, part).await).is_empty());
    })
    .await;
}
