//! Answers by mail, from a real mail server into a real Maildir: what is certain becomes a message, the rest waits for a
//! person, and nothing is lost or taken twice.

use std::{path::PathBuf, process::Stdio};

use portico::{
    connectors::maildir::Maildir,
    domain::{
        access::Actor,
        case::{Status, Visibility},
        ids::CaseId,
        reply::{GOOD_FOR, Reason, Replies, State},
        sla::{Clock, Promise, Standing},
    },
    jobs::{Settings as WorkerSettings, Worker},
    service::{
        Error, Settings,
        cases::{
            files,
            open::{self, CaseForm},
            view::{self, CaseView},
            write,
        },
        mail_in::review,
    },
    store::{files::hex, incoming_mails::IncomingMail, partners},
};
use tokio::{io::AsyncWriteExt, process::Command};

use super::{
    clocks::employee,
    notifications::{Postbox, python, told, work},
    support::{Engine, World, on_each_engine},
};

const PDF: &str = "JVBERi0xLjQKJSVFT0YK";
const DOMAIN: &str = "reply.castellan.example";

/// A world in which answers to mails are taken: what leaves goes to one server, what comes in comes by another.
struct Post {
    world: World,
    out: Postbox,
    back: Postbox,
    folder: PathBuf,
    supplier: Actor,
    hub: Actor,
}

impl Post {
    async fn new(engine: &Engine) -> Option<Self> {
        let out = Postbox::start(engine.dir.path().join("mails")).await?;
        let folder = engine.dir.path().join("answers");
        let back = Postbox::start(folder.clone()).await?;
        let settings = Settings {
            undo_seconds: 0,
            mail_links: Some("https://portal.example".to_owned()),
            replies: Some(Replies::new(DOMAIN, b"a key that nobody guesses").unwrap()),
            attachment_bytes: 200_000,
            ..Settings::default()
        };
        let mut world = World::with(engine, settings).await;
        let incoming = Some(Maildir::open(folder.clone()).unwrap());
        let settings = WorkerSettings { incoming, ..work(engine.dir.path().join("spool"), Some(out.mailer())) };
        world.worker = Worker::new(world.context.clone(), settings);
        let supplier = employee(&world, &world.person(world.cast.supplier).await, "Tom Weaver").await;
        let hub = employee(&world, &world.person(world.cast.hub).await, "Ines Keller").await;
        Some(Self { world, out, back, folder, supplier, hub })
    }

    async fn ask(&self, title: &str) -> CaseId {
        let form = CaseForm { kind: "question".to_owned(), title: title.to_owned(), text: "Who knows?".to_owned(), ..CaseForm::default() };
        let id = open::open(&self.world.context, &self.supplier, &form).await.unwrap();
        self.world.settle().await;
        id
    }

    /// The hub writes to the partner; gives the address that the partner's mail program answers to.
    async fn reply(&self, id: CaseId, text: &str) -> String {
        write::write(&self.world.context, &self.hub, id, Visibility::Partner, text).await.unwrap();
        self.address_in(text).await
    }

    /// The address for answers of the mail that says something.
    async fn address_in(&self, text: &str) -> String {
        self.world.settle().await;
        let mail = self.out.mails().into_iter().find(|mail| mail.contains(text)).unwrap_or_else(|| panic!("no mail says {text}"));
        assert!(mail.contains("Please answer above this line"), "{mail}");
        let at = mail.find("reply+").unwrap();
        mail[at..].split('>').next().unwrap().to_owned()
    }

    /// A stranger's program sends a mail to the server that delivers into the Maildir; then it is taken.
    async fn send(&self, from: &str, to: &str, mail: &str) {
        const SCRIPT: &str = "import smtplib, sys\nwith smtplib.SMTP('127.0.0.1', int(sys.argv[1])) as server:\n    \
                              server.sendmail(sys.argv[2], [sys.argv[3]], sys.stdin.buffer.read())";
        let mut child = Command::new(python().unwrap())
            .args(["-c", SCRIPT, &self.back.port.to_string(), from, to])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(mail.as_bytes()).await.unwrap();
        assert!(child.wait().await.unwrap().success());
        self.world.worker.take_mail().await;
        assert_eq!(std::fs::read_dir(self.folder.join("new")).unwrap().count(), 0, "it is put away");
    }

    /// The mail server delivers everything once more, as it came.
    async fn deliver_again(&self) {
        for (number, entry) in std::fs::read_dir(self.folder.join("cur")).unwrap().enumerate() {
            std::fs::copy(entry.unwrap().path(), self.folder.join("new").join(format!("{number}.again"))).unwrap();
        }
        self.world.worker.take_mail().await;
    }

    /// Tom answers with plain words.
    async fn answer(&self, to: &str, id: &str, text: &str) {
        let mail = format!("From: Tom <{TOM}>\r\nTo: {to}\r\nSubject: Re: a case\r\nMessage-ID: <{id}@k.example>\r\n\r\n{text}\r\n");
        self.send(TOM, to, &mail).await;
    }

    async fn seen(&self, actor: &Actor, id: CaseId) -> CaseView {
        view::load(&self.world.context, actor, id).await.unwrap()
    }

    async fn waiting(&self) -> Vec<IncomingMail> {
        review::list(&self.world.context, &self.hub, State::Review, None).await.unwrap().rows
    }
}

const TOM: &str = "tom.weaver@kestrel-fasteners.example";

fn said(view: &CaseView) -> Vec<&str> {
    view.messages.iter().map(|message| message.body.as_str()).collect()
}

fn is_running(clocks: &[Clock], promise: Promise) -> bool {
    clocks.iter().any(|clock| clock.promise == promise && matches!(clock.standing, Standing::Running(Some(_))))
}

#[tokio::test]
async fn x5_a_partners_answer_by_mail_is_their_message_in_the_case() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let Some(post) = Post::new(&engine).await else { return };
        let context = &post.world.context;
        let id = post.ask("Two of forty flanges arrived damaged").await;
        let to = post.reply(id, "Which crate was it?").await;
        let version = post.seen(&post.hub, id).await.case.version;
        write::move_to(context, &post.hub, id, version, Status::Resolved).await.unwrap();

        // HTML beside text, a file that is taken, one that is not, and the original quoted below.
        let mail = format!(
            "From: Tom Weaver <{TOM}>\r\nTo: Castellan <{to}>\r\nSubject: =?utf-8?q?Re:_C-00001=3A_Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: \
             <1@k.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=X\r\n\r\n--X\r\nContent-Type: text/plain; \
             charset=utf-8\r\n\r\nThe second one. Grüße, Tom\r\n\r\nOn Mon, 23 Nov 2026, Castellan <p@c.example> wrote:\r\n> Which crate \
             was it?\r\n--X\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=\"note.pdf\"\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{PDF}\r\n--X\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; \
             filename=\"label.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nTVqQAAMAAAA=\r\n--X--\r\n"
        );
        post.send(TOM, &to, &mail).await;
        let view = post.seen(&post.hub, id).await;
        assert_eq!(said(&view), ["Who knows?", "Which crate was it?", "The second one. Grüße, Tom"]);
        let last = view.messages.last().unwrap();
        assert_eq!((last.author.as_str(), last.origin.as_str()), ("Tom Weaver, Kestrel Fasteners", "mail"));
        assert_eq!(view.case.status, Status::InProgress, "an objection takes a settled case up again");
        assert!(view.quotes.iter().any(|quote| quote.message_id == last.id && quote.quoted.contains("> Which crate")), "{:?}", view.quotes);
        let held = files::list(context, &post.hub, id).await.unwrap().attachments;
        assert_eq!(held.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["note.pdf"], "what it is follows from its bytes");
        let bytes = context.files.get(held[0].file.as_deref().unwrap()).await.unwrap().unwrap();
        assert_eq!((hex(&held[0].sha256), &bytes[..8]), (hex(&portico::store::files::sha256(&bytes)), b"%PDF-1.4".as_slice()));
        let refused = view.events.iter().find(|event| event.kind == "file_refused").expect("the other one is named in the case");
        assert!(refused.note.contains("label.pdf was not taken: it is a program"), "{}", refused.note);
        assert!(told(&post.world, &post.hub).await.iter().any(|row| row.body.contains("The second one.")), "the hub is told");
        assert!(post.waiting().await.is_empty());

        // The partner sees the same, and others nothing; a quote stays with its writer and the hub.
        let theirs = post.seen(&post.supplier, id).await;
        assert_eq!((said(&theirs).len(), theirs.quotes.len()), (3, 1));

        // The same bytes, and the same mail by another way, are there once.
        post.deliver_again().await;
        post.send(TOM, &to, &format!("Received: from elsewhere\r\n{mail}")).await;
        assert_eq!(said(&post.seen(&post.hub, id).await).len(), 3);
        assert_eq!((post.waiting().await.len(), files::list(context, &post.hub, id).await.unwrap().attachments.len()), (0, 1));

        // Only HTML: its text.
        let html = format!(
            "From: {TOM}\r\nTo: {to}\r\nMessage-ID: <2@k.example>\r\nContent-Type: text/html\r\n\r\n<p>It is <b>crate 4</b>.</p><p>=== Please \
             answer above this line ===</p><p>Which crate?</p>"
        );
        post.send(TOM, &to, &html).await;
        assert_eq!(said(&post.seen(&post.hub, id).await)[3], "It is crate 4.");

        // The hub's own people answer as well; an answer to a mail that tells of no message stays with them.
        let mine = post.address_in("The second one.").await;
        let from = "ines.keller@castellan-pumps-and-valves.example";
        post.send(from, &mine, &format!("From: {from}\r\nTo: {mine}\r\nMessage-ID: <3@c.example>\r\n\r\nThank you.\r\n")).await;
        let theirs = post.seen(&post.supplier, id).await;
        assert_eq!(said(&theirs).last(), Some(&"Thank you."));
        assert_eq!(theirs.messages.last().unwrap().author, "Ines Keller, Castellan Pumps & Valves");
    })
    .await;
}

#[tokio::test]
async fn what_is_not_certain_waits_for_a_person_and_the_clock_keeps_running() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let Some(post) = Post::new(&engine).await else { return };
        let context = &post.world.context;
        let id = post.ask("Which drawing counts?").await;
        let to = post.reply(id, "Revision C, I think.").await;
        post.answer(&to, "0", "Please make sure.").await;
        let before = post.seen(&post.hub, id).await;
        assert!(is_running(&before.clocks, Promise::NextResponse));

        let plain = |from: &str, to: &str, more: &str, n: u8| {
            format!("From: {from}\r\nTo: {to}\r\nSubject: Re: C-00001\r\nMessage-ID: <r{n}@k.example>\r\n{more}\r\nI say yes.\r\n")
        };
        let forged = to.replacen(&to[40..44], "0000", 1);
        assert_ne!(forged, to);
        let stranger = "stranger@elsewhere.example";
        let cases = [
            (Reason::OtherSender, stranger, to.clone(), plain(stranger, &to, "", 1)),
            (Reason::BadAddress, TOM, forged.clone(), plain(TOM, &forged, "", 2)),
            (Reason::NoAddress, TOM, format!("info@{DOMAIN}"), plain(TOM, &format!("info@{DOMAIN}"), "", 3)),
            (Reason::Automatic, TOM, to.clone(), plain(TOM, &to, "Auto-Submitted: auto-replied\r\n", 4)),
            (Reason::Automatic, TOM, to.clone(), plain(TOM, &to, "Return-Path: <>\r\n", 5)),
            (Reason::Automatic, TOM, to.clone(), plain(TOM, &to, "Precedence: bulk\r\n", 6)),
            (Reason::Loop, TOM, to.clone(), plain(&to, &to, "", 7)),
            (Reason::Empty, TOM, to.clone(), plain(TOM, &to, "", 8).replace("I say yes.", "> Revision C, I think.")),
            (Reason::TooLarge, TOM, to.clone(), plain(TOM, &to, "", 9).replace("yes", &"yes\r\n".repeat(120_000))),
        ];
        for (count, (reason, from, to, mail)) in cases.iter().enumerate() {
            post.send(from, to, mail).await;
            let rows = post.waiting().await;
            assert_eq!((rows.len(), rows.iter().any(|row| row.reason == Some(*reason))), (count + 1, true), "{reason}");
        }
        post.deliver_again().await;
        assert_eq!(post.waiting().await.len(), cases.len(), "once each");
        let after = post.seen(&post.hub, id).await;
        assert_eq!((said(&after), after.clocks.clone()), (said(&before), before.clocks.clone()), "nothing happened in silence");
        let news = told(&post.world, &post.hub).await;
        assert_eq!(news.iter().filter(|row| row.title.starts_with("A mail needs review")).count(), cases.len());
        assert!(told(&post.world, &post.supplier).await.iter().all(|row| !row.title.contains("review")));

        // Too late, and from somebody who left.
        post.world.clock.advance_seconds(GOOD_FOR + 60);
        post.answer(&to, "late", "By now, surely.").await;
        assert!(post.waiting().await.iter().any(|row| row.reason == Some(Reason::Expired)));
        let to = post.reply(id, "Still there?").await;
        let mut tx = context.db.begin().await.unwrap();
        let tom = partners::people(&mut tx, post.supplier.organisation).await.unwrap().pop().unwrap();
        portico::store::users::set_disabled(&mut tx, tom.id, Some(context.now())).await.unwrap();
        tx.commit().await.unwrap();
        post.answer(&to, "left", "I left.").await;
        assert!(post.waiting().await.iter().any(|row| row.reason == Some(Reason::NoMember)));
    })
    .await;
}

#[tokio::test]
async fn the_hub_adds_a_mail_to_a_case_or_sets_it_aside_once() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let Some(post) = Post::new(&engine).await else { return };
        let context = &post.world.context;
        let id = post.ask("Which drawing counts?").await;
        let number = post.seen(&post.hub, id).await.case.number;
        let info = format!("info@{DOMAIN}");
        let mail = |from: &str, n: u8, text: &str| {
            let parts = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=X\r\n\r\n--X\r\n\r\n";
            let file = "\r\n--X\r\nContent-Disposition: attachment; filename=\"note.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n";
            format!(
                "From: {from}\r\nTo: {info}\r\nSubject: Drawing\r\nMessage-ID: <m{n}@k.example>\r\n{parts}{text}{file}{PDF}\r\n--X--\r\n"
            )
        };
        post.send(TOM, &info, &mail(TOM, 1, "I found revision D.")).await;
        post.send("x@y.example", &info, &mail("x@y.example", 2, "Buy our pumps.")).await;
        post.send("x@y.example", &info, &mail("x@y.example", 3, "I drew it.")).await;
        let rows = post.waiting().await;
        let of = |text: &str| rows.iter().find(|row| row.body == text).unwrap().id;

        // Nobody but the hub reaches them, and a number must be right.
        for actor in [&post.supplier, &post.world.person(post.world.cast.customer).await] {
            let tried = review::list(context, actor, State::Review, None).await.map(|_| ());
            assert!(matches!(tried, Err(Error::NotFound)), "{tried:?}");
            assert!(matches!(review::load(context, actor, rows[0].id).await.map(|_| ()), Err(Error::NotFound)));
            assert!(matches!(review::add(context, actor, rows[0].id, &number).await, Err(Error::NotFound)));
            assert!(matches!(review::set_aside(context, actor, rows[0].id).await, Err(Error::NotFound)));
        }
        assert!(matches!(review::add(context, &post.hub, rows[0].id, "C-99999").await, Err(Error::Invalid(_))));

        // A partner's words are theirs, anybody else's a note of the hub.
        assert_eq!(review::add(context, &post.hub, of("I found revision D."), &number).await.unwrap(), id);
        assert_eq!(review::add(context, &post.hub, of("I drew it."), &number).await.unwrap(), id);
        let theirs = post.seen(&post.supplier, id).await;
        assert_eq!(said(&theirs), ["Who knows?", "I found revision D."]);
        assert_eq!(theirs.messages[1].author, "Tom Weaver, Kestrel Fasteners");
        let ours = post.seen(&post.hub, id).await;
        assert_eq!(said(&ours)[2], "From x@y.example: Drawing\n\nI drew it.");
        assert_eq!(ours.messages[2].visibility, Visibility::Internal);
        assert_eq!(files::list(context, &post.supplier, id).await.unwrap().attachments.len(), 1);

        review::set_aside(context, &post.hub, of("Buy our pumps.")).await.unwrap();
        for tried in [
            review::set_aside(context, &post.hub, of("Buy our pumps.")).await,
            review::add(context, &post.hub, of("I drew it."), &number).await.map(|_| ()),
        ] {
            assert!(matches!(tried, Err(Error::Conflict(_))), "once: {tried:?}");
        }
        assert!(post.waiting().await.is_empty());
        let aside = review::list(context, &post.hub, State::SetAside, None).await.unwrap().rows;
        assert!(aside.len() == 1 && aside[0].settled_by.as_deref() == Some("Ines Keller, Castellan Pumps & Valves"));
    })
    .await;
}
