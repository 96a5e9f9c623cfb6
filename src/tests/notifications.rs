//! What people are told: in the portal, by a real mail server, once a day; and that each is told theirs alone.

use std::{path::PathBuf, time::Duration};

use portico::{
    connectors::{
        mail::{Mailer, Server},
        xconnector::Sender,
    },
    domain::{
        access::Actor,
        case::Visibility,
        invoice::InvoiceState,
        notification::{Topic, Way},
        order::OrderKind,
    },
    jobs::{Settings as WorkerSettings, Worker},
    sandbox::grid::{Acknowledge, Behaviour},
    service::{
        Error, Settings,
        cases::{
            open::{self, CaseForm},
            write,
        },
        exceptions::watch,
        invoices,
        notify::inbox::{self, SettingsForm},
        orders::{answer, place, view},
    },
    store::notifications::{Notification, NotificationFilter},
};
use tokio::process::{Child, Command};

use super::{
    clocks::employee,
    flows,
    quantities::send,
    support::{Engine, World, kestrel, on_each_engine},
};

/// The Python of the peers' environment.
pub fn python() -> Option<PathBuf> {
    std::env::var("PORTICO_PEERS").map(|folder| PathBuf::from(folder).join("bin/python")).ok().filter(|file| file.exists())
}

/// A mail server of somebody else, in a process of its own: it keeps what it takes as files. It ends with its value.
pub struct Postbox {
    pub port: u16,
    folder: PathBuf,
    _child: Child,
}

impl Postbox {
    /// Starts `aiosmtpd`; none where the tests' Python environment is not there, which is an error where everything is.
    pub async fn start(folder: PathBuf) -> Option<Self> {
        let Some(python) = python() else {
            assert!(std::env::var("CI").is_err(), "PORTICO_PEERS is not set: mail would go untested");
            return None;
        };
        let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let listen = format!("127.0.0.1:{port}");
        let child = Command::new(python)
            .args(["-m", "aiosmtpd", "-n", "-l", &listen, "-c", "aiosmtpd.handlers.Mailbox"])
            .arg(&folder)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let answers = async {
            while tokio::net::TcpStream::connect(&listen).await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), answers).await.expect("the mail server answers");
        Some(Self { port, folder, _child: child })
    }

    pub fn mailer(&self) -> Mailer {
        let address = format!("smtp://127.0.0.1:{}", self.port);
        Mailer::new(Server { address: &address, user: None, password: None, from: "Castellan <portal@castellan.example>" }).unwrap()
    }

    /// The mails it took so far, as they came.
    pub fn mails(&self) -> Vec<String> {
        let Ok(folder) = std::fs::read_dir(self.folder.join("new")) else { return Vec::new() };
        let mut files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.into_iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
    }
}

pub fn work(spool: PathBuf, mail: Option<Mailer>) -> WorkerSettings {
    let sender = Sender::new().unwrap();
    WorkerSettings {
        http: reqwest::Client::new(),
        sender,
        spool,
        content: None,
        community: None,
        mail,
        incoming: None,
        poll_seconds: 1,
        content_seconds: 60,
    }
}

/// A world that sends mail by this server.
async fn mailing(engine: &Engine, mail: Option<Mailer>) -> World {
    let links = Some("https://portal.example".to_owned());
    let mut world = World::with(engine, Settings { undo_seconds: 0, mail_links: links, ..Settings::default() }).await;
    let spool = engine.dir.path().join("spool");
    let work = work(spool, mail);
    world.worker = Worker::new(world.context.clone(), work);
    world
}

pub async fn told(world: &World, actor: &Actor) -> Vec<Notification> {
    inbox::list(&world.context, actor, &NotificationFilter::default()).await.unwrap().rows
}

async fn choose(world: &World, actor: &Actor, ways: &[(Topic, Way)], quiet: (&str, &str)) {
    let form = SettingsForm {
        ways: ways.iter().map(|(topic, way)| (*topic, way.as_str().to_owned())).collect(),
        quiet_from: quiet.0.to_owned(),
        quiet_to: quiet.1.to_owned(),
        digest_at: String::new(),
    };
    inbox::save(&world.context, actor, &form).await.unwrap();
}

async fn ask(world: &World, actor: &Actor, title: &str) -> portico::domain::ids::CaseId {
    let form = CaseForm { kind: "question".to_owned(), title: title.to_owned(), text: "Who knows?".to_owned(), ..CaseForm::default() };
    open::open(&world.context, actor, &form).await.unwrap()
}

#[tokio::test]
async fn x3_a_rejection_reaches_the_open_page_and_the_mailbox_of_the_partners_team() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let Some(postbox) = Postbox::start(engine.dir.path().join("mails")).await else { return };
        let world = mailing(&engine, Some(postbox.mailer())).await;
        let supplier = employee(&world, &world.person(world.cast.supplier).await, "Tom Weaver").await;
        let colleague = employee(&world, &supplier, "Ann Archer").await;
        let other = employee(&world, &world.person(world.cast.other_supplier).await, "Uta Ostermann").await;
        let hub = employee(&world, &world.person(world.cast.hub).await, "Ines Keller").await;

        // The supplier answers an order here; the buyer's system rejects the answer.
        world.grid.place_order("ERP", &flows::order("4500000042", kestrel(), &[("M8", "100", "12.5000")]));
        world.settle().await;
        world.grid.partner("ERP", Behaviour { acknowledge: Acknowledge::Reject, ..Behaviour::default() });
        let order = world.order(OrderKind::Purchase, world.cast.supplier, "4500000042").await.id;
        let version = view::load(&world.context, &supplier, order).await.unwrap().order.version;
        answer::accept(&world.context, &supplier, order, &version.to_string()).await.unwrap();
        let mut open_page = world.context.live.subscribe();
        world.settle().await;

        let refused = |rows: Vec<Notification>| rows.into_iter().filter(|row| row.topic == Topic::DocumentRefused).collect::<Vec<_>>();
        for person in [&supplier, &colleague] {
            let rows = refused(told(&world, person).await);
            assert_eq!(rows.len(), 1, "once");
            assert!(rows[0].title.contains("Order response") && rows[0].title.contains("refused"), "{}", rows[0].title);
            assert!(rows[0].link.starts_with("/documents/"));
        }
        assert_eq!((refused(told(&world, &other).await).len(), refused(told(&world, &hub).await).len()), (0, 1));
        let mut woken = false;
        while let Ok(change) = open_page.try_recv() {
            woken |= change.concerns(supplier.scope());
        }
        assert!(woken, "their open pages fetch themselves");

        // The clock has not moved: mail for each of them, and for nobody else, is in the mailbox at once.
        let mails: Vec<String> = postbox.mails().into_iter().filter(|mail| mail.contains("was refused")).collect();
        let to = |name: &str| mails.iter().filter(|mail| mail.contains(&format!("X-RcptTo: {name}@"))).count();
        assert_eq!((mails.len(), to("tom.weaver"), to("ann.archer"), to("ines.keller")), (3, 1, 1, 1), "{mails:#?}");
        let mail = mails.iter().find(|mail| mail.contains("tom.weaver")).unwrap();
        for part in
            ["From: Castellan <portal@castellan.example>", "Subject: Order response", "https://portal.example/documents/", "Auto-Submitted"]
        {
            assert!(mail.contains(part), "{part}: {mail}");
        }
    })
    .await;
}

/// What somebody was told of exceptions, newest first.
async fn of_exceptions(world: &World, actor: &Actor) -> Vec<Notification> {
    told(world, actor).await.into_iter().filter(|row| row.topic == Topic::ExceptionFound).collect()
}

#[tokio::test]
async fn x3_what_is_late_reaches_the_open_page_and_the_mailbox_of_the_side_that_can_settle_it() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let Some(postbox) = Postbox::start(engine.dir.path().join("mails")).await else { return };
        let world = mailing(&engine, Some(postbox.mailer())).await;
        let supplier = employee(&world, &world.person(world.cast.supplier).await, "Tom Weaver").await;
        let other = employee(&world, &world.person(world.cast.other_supplier).await, "Uta Ostermann").await;
        let hub = employee(&world, &world.person(world.cast.hub).await, "Ines Keller").await;
        let place = async |number: &str| {
            world.grid.place_order("ERP", &flows::order(number, kestrel(), &[("M8", "100", "12.5000")]));
            world.settle().await;
        };
        let mails = || postbox.mails().into_iter().filter(|mail| mail.contains("/exceptions")).collect::<Vec<_>>();

        // Not answered in time: open pages are told with the exception itself, the mailbox within half a minute.
        place("4500000042").await;
        world.later(2 * 86_400).await;
        let mut open_page = world.context.live.subscribe();
        watch::watch(&world.context).await.unwrap();
        assert!(open_page.try_recv().unwrap().concerns(supplier.scope()), "their open pages fetch themselves");
        world.later(30).await;
        let rows = of_exceptions(&world, &supplier).await;
        assert_eq!(rows.len(), 1, "{rows:?}");
        assert_eq!(rows[0].title, "Order not answered in time: order 4500000042");
        for words in ["Warning, to be settled by", "2026", "CET", "EUR 1,250.00 at stake", "First step:"] {
            assert!(rows[0].body.contains(words), "{words}: {}", rows[0].body);
        }
        assert!(rows[0].link.starts_with("/exceptions/"), "{}", rows[0].link);
        assert_eq!((of_exceptions(&world, &other).await.len(), of_exceptions(&world, &hub).await.len()), (0, 0));
        let sent = mails();
        assert!(sent.len() == 1 && sent[0].contains("X-RcptTo: tom.weaver@"), "{sent:#?}");

        // Still late a day later, it is told again; looked at twice on one day, it is not.
        world.later(86_400).await;
        for _ in 0..2 {
            watch::watch(&world.context).await.unwrap();
            world.later(60).await;
        }
        let rows = of_exceptions(&world, &supplier).await;
        assert_eq!((rows.len(), mails().len()), (2, 2));
        assert!(rows[0].body.starts_with("Still open. "), "{}", rows[0].body);

        // Many at once are one notification and one mail, with what is still open.
        for number in 43..48 {
            place(&format!("45000000{number}")).await;
        }
        world.later(2 * 86_400).await;
        watch::watch(&world.context).await.unwrap();
        world.later(60).await;
        let rows = of_exceptions(&world, &supplier).await;
        assert_eq!((rows.len(), mails().len()), (3, 3), "{rows:?}");
        assert_eq!((rows[0].title.as_str(), rows[0].link.as_str()), ("6 exceptions are yours to settle", "/exceptions"));
        assert!(rows[0].body.contains("The first is to be settled by") && rows[0].body.contains("and 3 more"), "{}", rows[0].body);
    })
    .await;
}

#[tokio::test]
async fn an_exception_is_told_again_where_it_got_worse_and_not_where_it_got_better_or_is_over() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let supplier = world.person(world.cast.supplier).await;
        let hub = employee(&world, &world.person(world.cast.hub).await, "Ines Keller").await;
        world.grid.place_order("ERP", &flows::order("4500000042", kestrel(), &[("M8", "100", "2.50")]));
        world.settle().await;
        let id = world.order(OrderKind::Purchase, world.cast.supplier, "4500000042").await.id;
        let confirm = async |quantity: &str| {
            let form = answer::AnswerForm { version: String::new(), lines: vec![flows::change("0", quantity, "2026-12-04")] };
            Box::pin(answer::answer(&world.context, &supplier, id, &form)).await.unwrap();
        };
        // Better, worse, as bad as it was at its worst: told when it opens and when more money is at stake than ever.
        for (quantity, told) in [("90", 1), ("95", 1), ("80", 2), ("85", 2), ("80", 2), ("60", 3)] {
            confirm(quantity).await;
            world.later(60).await;
            assert_eq!(of_exceptions(&world, &hub).await.len(), told, "{quantity} confirmed");
        }
        assert!(of_exceptions(&world, &hub).await[0].body.contains("EUR 100.00 at stake"));
        // What is over before anybody was told is not told.
        confirm("40").await;
        world.settle().await;
        let version = world.order_by_id(id).await.version.to_string();
        Box::pin(answer::accept(&world.context, &supplier, id, &version)).await.unwrap();
        world.later(60).await;
        assert_eq!(of_exceptions(&world, &hub).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_mail_server_that_is_away_loses_no_mail() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let Some(postbox) = Postbox::start(engine.dir.path().join("mails")).await else { return };
        // Nobody listens at the port of a listener that is gone.
        let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let address = format!("smtp://127.0.0.1:{gone}");
        let nowhere = Mailer::new(Server { address: &address, user: None, password: None, from: "portal@castellan.example" }).unwrap();
        let mut world = mailing(&engine, Some(nowhere)).await;
        let supplier = employee(&world, &world.person(world.cast.supplier).await, "Tom Weaver").await;
        let hub = employee(&world, &world.person(world.cast.hub).await, "Ines Keller").await;
        let id = ask(&world, &supplier, "Which drawing counts?").await;
        world.settle().await;
        assert_eq!(told(&world, &hub).await.len(), 1, "in the portal at once");
        assert_eq!(postbox.mails().len(), 0);
        let spool = engine.dir.path().join("spool");
        world.worker = Worker::new(world.context.clone(), work(spool, Some(postbox.mailer())));
        world.later(3_600).await;
        let mails = postbox.mails();
        assert_eq!(mails.len(), 1, "tried again, and sent once");
        assert!(mails[0].contains("Which drawing counts?") && mails[0].contains(&format!("/cases/{id}")), "{}", mails[0]);
        world.later(24 * 3_600).await;
        assert_eq!(postbox.mails().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn each_is_told_as_they_chose_in_their_own_hours() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let Some(postbox) = Postbox::start(engine.dir.path().join("mails")).await else { return };
        let world = mailing(&engine, Some(postbox.mailer())).await;
        let supplier = employee(&world, &world.person(world.cast.supplier).await, "Tom Weaver").await;
        let names = ["Ann Atonce", "Quinn Quiet", "Dora Digest", "Paul Portal", "Nils Nothing"];
        let ways = [Way::Mail, Way::Mail, Way::Digest, Way::Page, Way::Nothing];
        let mut people = Vec::new();
        for (name, way) in names.into_iter().zip(ways) {
            let person = employee(&world, &world.person(world.cast.hub).await, name).await;
            // It is nine in the morning there.
            let quiet = if name == "Quinn Quiet" { ("08:00", "12:00") } else { ("", "") };
            choose(&world, &person, &[(Topic::CaseMessage, way)], quiet).await;
            people.push(person);
        }
        let id = ask(&world, &supplier, "Which drawing counts?").await;
        world.clock.advance_seconds(60);
        write::write(&world.context, &supplier, id, Visibility::Partner, "And by when?").await.unwrap();
        world.settle().await;
        let mut counts = Vec::new();
        for person in &people {
            counts.push(told(&world, person).await.len());
        }
        assert_eq!(counts, [2, 2, 2, 2, 0]);
        let to = |name: &str| postbox.mails().iter().filter(|mail| mail.contains(&format!("X-RcptTo: {name}@"))).count();
        let all = || (to("ann.atonce"), to("quinn.quiet"), to("dora.digest"), to("paul.portal"), to("nils.nothing"));
        assert_eq!(all(), (2, 0, 0, 0, 0));
        world.later(3 * 3_600).await;
        assert_eq!(all(), (2, 2, 0, 0, 0), "at noon, when the quiet hours end");
        world.later(20 * 3_600).await;
        assert_eq!(all(), (2, 2, 1, 0, 0), "one mail the next morning");
        let mail = postbox.mails().into_iter().find(|mail| mail.contains("dora.digest")).unwrap();
        assert!(mail.contains("Subject: 2 things happened") && mail.contains("And by when?"), "{mail}");
        world.later(48 * 3_600).await;
        assert_eq!(all(), (2, 2, 1, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn notifications_are_a_persons_own() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let supplier = employee(&world, &world.person(world.cast.supplier).await, "Tom Weaver").await;
        let colleague = employee(&world, &supplier, "Ann Archer").await;
        let hub = employee(&world, &world.person(world.cast.hub).await, "Ines Keller").await;
        let id = ask(&world, &supplier, "Which drawing counts?").await;
        assert_eq!((told(&world, &supplier).await.len(), told(&world, &colleague).await.len()), (0, 0), "their own side wrote it");
        write::write(&world.context, &hub, id, Visibility::Internal, "Nobody knows.").await.unwrap();
        write::write(&world.context, &hub, id, Visibility::Partner, "Revision D.").await.unwrap();
        let theirs = told(&world, &supplier).await;
        assert_eq!(theirs.iter().map(|row| row.body.as_str()).collect::<Vec<_>>(), ["Ines Keller, Castellan Pumps & Valves: Revision D."]);

        // Another person cannot mark it as read, nor the same person for another organisation.
        for stranger in [&colleague, &hub, &Actor { organisation: world.cast.other_supplier, ..supplier.clone() }] {
            assert!(matches!(inbox::read(&world.context, stranger, theirs[0].id).await, Err(Error::NotFound)));
        }
        assert_eq!(inbox::read(&world.context, &supplier, theirs[0].id).await.unwrap(), format!("/cases/{id}"));
        let unread = async |actor: &Actor| inbox::list(&world.context, actor, &NotificationFilter::default()).await.unwrap().unread;
        assert_eq!((unread(&supplier).await, unread(&colleague).await), (0, 1));

        // All that was there when they looked is read; what came since stays.
        let looked = world.context.now();
        world.clock.advance_seconds(60);
        write::write(&world.context, &hub, id, Visibility::Partner, "And by Friday.").await.unwrap();
        assert_eq!(inbox::read_all(&world.context, &colleague, looked).await.unwrap(), 1);
        assert_eq!((unread(&supplier).await, unread(&colleague).await), (1, 1));

        // What cannot be used is said by its field, and nothing is saved.
        let form = SettingsForm {
            ways: vec![(Topic::CaseMessage, "pigeon".to_owned())],
            quiet_from: "late".to_owned(),
            quiet_to: "07:00".to_owned(),
            digest_at: "25:00".to_owned(),
        };
        let Err(Error::Invalid(errors)) = inbox::save(&world.context, &supplier, &form).await else { panic!("it is refused") };
        assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["case_message", "quiet_from", "digest_at"]);
        let half = SettingsForm { quiet_from: "18:00".to_owned(), ..SettingsForm::default() };
        assert!(matches!(inbox::save(&world.context, &supplier, &half).await, Err(Error::Invalid(_))));
    })
    .await;
}

/// What an actor was told of a topic: title and link, oldest first.
async fn of_topic(world: &World, actor: &Actor, topic: Topic) -> Vec<(String, String)> {
    let mut rows: Vec<_> = told(world, actor).await.into_iter().filter(|row| row.topic == topic).collect();
    rows.reverse();
    rows.into_iter().map(|row| (row.title, row.link)).collect()
}

#[tokio::test]
async fn x3_what_happens_to_an_order_is_told_to_the_side_that_did_not_do_it() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = employee(&world, &world.person(world.cast.hub).await, "Ines Keller").await;
        let supplier = employee(&world, &world.person(world.cast.supplier).await, "Tom Weaver").await;
        let customer = employee(&world, &world.person(world.cast.customer).await, "Noor Haddad").await;
        let other = employee(&world, &world.person(world.cast.other_supplier).await, "Otto Berg").await;
        let everybody = [&hub, &supplier, &customer, &other];
        let counts = async || {
            let mut counts = Vec::new();
            for person in everybody {
                counts.push(of_topic(&world, person, Topic::OrderChanged).await.len());
            }
            counts
        };
        // A new order is on its page; the answer to it is told to the buyer, and what it promises to the customer behind.
        let (bought, sold) = flows::drop_shipped(&world, "KESTREL", 10, "NORTHWATER").await;
        assert_eq!(counts().await, [0, 0, 0, 0]);
        let later = answer::AnswerForm { version: String::new(), lines: vec![flows::change("0", "10", "2026-12-10")] };
        answer::answer(&world.context, &supplier, bought, &later).await.unwrap();
        assert_eq!(counts().await, [1, 0, 1, 0]);
        let (title, link) = of_topic(&world, &hub, Topic::OrderChanged).await.remove(0);
        assert!(title.contains("PO-1") && link == format!("/orders/{bought}"), "{title} {link}");
        let promised = told(&world, &customer).await.into_iter().find(|row| row.topic == Topic::OrderChanged).unwrap();
        assert_eq!(promised.link, format!("/orders/{sold}"));
        let words = format!("{} {}", promised.title, promised.body);
        assert!(words.contains("NW-7") && !words.contains("PO-1") && !words.contains("Kestrel"), "{words}");

        // A new version, and that it is cancelled, are told to the seller.
        world.clock.advance_seconds(60);
        let order = |purpose: &str, quantity: u32| {
            format!("BEG*{purpose}*NE*4500000090**20261123~CUR*BY*EUR~PO1*1*{quantity}*EA*2.50**BP*GV-80~CTT*1~")
        };
        for (purpose, quantity, expected) in [("00", 10, 0), ("05", 12, 1), ("01", 12, 2)] {
            assert_eq!(send(&world, "CASTELLAN", "KESTREL", "PO", "850", &order(purpose, quantity)).await, "[]", "{purpose}");
            world.clock.advance_seconds(60);
            assert_eq!(counts().await, [1, expected, 1, 0], "{purpose}");
        }
        let heard = of_topic(&world, &supplier, Topic::OrderChanged).await;
        let id = world.order(OrderKind::Purchase, world.cast.supplier, "4500000090").await.id;
        assert!(heard.iter().all(|(title, link)| title.contains("4500000090") && *link == format!("/orders/{id}")), "{heard:?}");
        let row = told(&world, &supplier).await.into_iter().find(|row| row.body.contains("12"));
        assert!(row.is_some_and(|row| row.body.contains("10")), "what it was and what it is now");
    })
    .await;
}

#[tokio::test]
async fn x3_what_becomes_of_a_payment_is_told_to_whoever_is_paid_and_not_to_who_said_it() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = employee(&world, &world.person(world.cast.hub).await, "Ines Keller").await;
        let supplier = employee(&world, &world.person(world.cast.supplier).await, "Tom Weaver").await;
        let other = employee(&world, &world.person(world.cast.other_supplier).await, "Otto Berg").await;
        let order = place::purchase(&world.context, &hub, "KESTREL", flows::message("PO-1", "GV-80", 10, "CASTELLAN")).await.unwrap();
        flows::accept_all(&world, &supplier, order).await;
        let shipment = flows::ship(&world, &supplier, order, "S-1", "10").await;
        let seen = view::load(&world.context, &supplier, order).await.unwrap();
        let form = view::invoice_form(&world.context, &supplier, &seen, Some(shipment)).await.unwrap().form;
        let form = invoices::send::InvoiceForm { number: "INV-1".to_owned(), ..form };
        let id = invoices::send::send(&world.context, &supplier, order, &form).await.unwrap();

        let query = "Which delivery is this?";
        for (state, reason, expected) in [
            (InvoiceState::InProcess, "", 0),
            (InvoiceState::UnderQuery, query, 1),
            (InvoiceState::Approved, "", 1),
            (InvoiceState::Paid, "", 2),
        ] {
            world.clock.advance_seconds(60);
            invoices::set_state(&world.context, &hub, id, state, reason).await.unwrap();
            assert_eq!(of_topic(&world, &supplier, Topic::PaymentTold).await.len(), expected, "{state:?}");
        }
        let rows = told(&world, &supplier).await;
        let rows: Vec<_> = rows.iter().filter(|row| row.topic == Topic::PaymentTold).collect();
        assert!(rows.iter().all(|row| row.title.starts_with("Invoice INV-1: ") && row.link == format!("/invoices/{id}")), "{rows:?}");
        assert!(rows[1].body.contains("95.00") && rows[1].body.contains(query), "the amount, and why: {}", rows[1].body);
        for person in [&hub, &other] {
            assert!(of_topic(&world, person, Topic::PaymentTold).await.is_empty());
        }
    })
    .await;
}
