//! What Active Community can do wrong, and what that costs: nothing is lost, doubled or echoed, and an operator sees why it
//! waits.

use std::{sync::Arc, time::Duration};

use portico::{
    connectors::community::{Client, Fault as Told},
    domain::{access::Scope, delivery::Outcome, time::ManualClock},
    sandbox::community::{Community, Fault, Manners},
    service::community::connect,
    store::{attachments, cases},
};

use super::{
    beside::serve,
    support::START,
    together::{KEY, Together, brought, together_on_each_engine},
};

const SUPPLIER: &str = "kim@kestrel.example";
const HUB: &str = "dan@castellan.example";

/// What was written in a case here, oldest first.
async fn texts(all: &Together, id: &str) -> Vec<String> {
    let here = all.here(id).await;
    let messages = cases::messages(&mut all.beside.world.context.db.read().await.unwrap(), Scope::Hub, here).await.unwrap();
    messages.into_iter().map(|message| message.body).collect()
}

/// The names of the files of a case here.
async fn names(all: &Together, id: &str) -> Vec<String> {
    let here = all.here(id).await;
    let held = attachments::of_case(&mut all.beside.world.context.db.read().await.unwrap(), Scope::Hub, here).await.unwrap();
    held.into_iter().map(|file| file.name).collect()
}

#[tokio::test]
async fn x7_a_day_without_active_community_heals_as_soon_as_it_answers() {
    together_on_each_engine(async |all: Arc<Together>| {
        let id = all.ask("Which drawing counts?");
        all.settle().await;
        let case = all.here(&id).await.to_string();

        // It is away for a day; people go on writing on both sides of the gap.
        all.community.fail_next(Fault::Unavailable, 100_000);
        for hour in 0..24 {
            if hour % 8 == 0 {
                // Nobody stays signed in for a day.
                let mut supplier = all.beside.browser(SUPPLIER).await;
                supplier.post("write-case", &[("case", &case), ("text", &format!("Hour {hour}, here."))]).await;
                all.community.comment(&id, true, &format!("Hour {hour}, there."), false);
            }
            for _ in 0..4 {
                all.later(900).await;
            }
        }
        assert!(brought(&all.community.case(&id).unwrap()).is_empty());
        assert_eq!(texts(&all, &id).await.len(), 4);
        let mut hub = all.beside.browser(HUB).await;
        assert!(hub.page(&format!("/cases/{case}")).await.contains("Behind"));
        let page = hub.page("/connections").await;
        assert!(page.contains("Failing") && page.contains("cannot take or tell anything now"), "{page}");

        // Minutes after it is back everything is where it belongs, in order, each once.
        all.community.recover();
        for _ in 0..7 {
            all.later(60).await;
        }
        assert_eq!(brought(&all.community.case(&id).unwrap()), ["Hour 0, here.", "Hour 8, here.", "Hour 16, here."]);
        let here = texts(&all, &id).await;
        assert_eq!(here.iter().filter(|text| text.ends_with("there.")).count(), 3);
        assert_eq!((here.len(), all.community.case(&id).unwrap().comments.len()), (7, 6), "nothing was doubled or came back");
        assert_eq!(all.bond(&id).await.unwrap().health, "in_step");
        let page = hub.page("/connections").await;
        assert!(page.contains("Working") && !page.contains("Failing"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn every_bad_answer_is_told_in_words_and_heals() {
    together_on_each_engine(async |all: Arc<Together>| {
        let id = all.ask("Which drawing counts?");
        all.settle().await;
        let case = all.here(&id).await.to_string();
        let mut supplier = all.beside.browser(SUPPLIER).await;
        let mut hub = all.beside.browser(HUB).await;
        let faults = [
            (Fault::Broken, "cannot take or tell anything now"),
            (Fault::Unauthorized, "does not accept the key"),
            (Fault::Garbage, "not of the community profile"),
            (Fault::AnswerLost, "cannot take or tell anything now"),
        ];
        for (number, (fault, words)) in faults.into_iter().enumerate() {
            let text = format!("Number {number}.");
            supplier.post("write-case", &[("case", &case), ("text", &text)]).await;
            all.community.comment(&id, true, &format!("Theirs {number}."), false);
            // Whoever comes first meets it: what is told, then what is read.
            all.community.fail_next(fault.clone(), 2);
            all.later(2).await;
            let page = hub.page("/connections").await;
            assert!(page.contains("Failing") && page.contains(words), "{fault:?}: {page}");
            all.community.recover();
            for _ in 0..7 {
                all.later(60).await;
            }
            assert!(hub.page("/connections").await.contains("Working"), "{fault:?}");
            let ours: Vec<_> = (0..=number).map(|number| format!("Number {number}.")).collect();
            assert_eq!(brought(&all.community.case(&id).unwrap()), ours, "{fault:?}");
            assert_eq!(texts(&all, &id).await.len(), 1 + 2 * (number + 1), "{fault:?}");
        }
        assert!(all.parked().await.is_empty());
        assert!(all.endpoint().await.is_active);
    })
    .await;
}

#[tokio::test]
async fn an_answer_has_a_time_limit_and_a_size_limit() {
    let community = Community::new(ManualClock::at(START.parse().unwrap()), KEY, Manners::default());
    let client = Client::new(&serve(community.router()).await, KEY).unwrap();
    community.fail_next(Fault::Slow(30_000), 1);
    let slow = client.clone().with_patience(Duration::from_millis(20)).changes("", 1).await.unwrap_err();
    assert!(matches!(&slow, Told::Away { why, .. } if why.contains("did not answer within")), "{slow:?}");
    assert!(matches!(slow.outcome(), Outcome::Away { .. }));
    let id = community.open(portico::sandbox::community::Report { partner: "KESTREL", title: "T", kind: "question", ..Default::default() });
    community.attach(&id, "a.txt", "text/plain", b"more than eight bytes");
    let page = client.changes("", 10).await.unwrap();
    let sha256 = page.changes[1].body["sha256"].as_str().unwrap();
    assert_eq!(client.content(sha256, 8).await, Err(Told::TooLarge(8)));
    assert_eq!(client.content(sha256, 100).await.unwrap().as_ref(), b"more than eight bytes");
    assert!(matches!(Client::new(&serve(community.router()).await, "wrong").unwrap().changes("", 1).await, Err(Told::Key(_))));
}

#[tokio::test]
async fn a_lost_cursor_a_list_in_disorder_and_a_damaged_file_change_nothing() {
    together_on_each_engine(async |all: Arc<Together>| {
        let id = all.ask("Which drawing counts?");
        for number in 0..5 {
            all.community.comment(&id, number % 2 == 0, &format!("Number {number}."), false);
        }
        // The list comes backwards and some of it twice: comments overtake their case and wait for it.
        all.community.fail_next(Fault::Disorder, 1);
        connect::schedule(&all.beside.world.context).await.unwrap();
        all.beside.world.worker.run_due().await;
        all.settle().await;
        let mut here = texts(&all, &id).await;
        here.sort();
        assert_eq!(here, ["Number 0.", "Number 1.", "Number 2.", "Number 3.", "Number 4.", "Please have a look."]);
        assert!(all.parked().await.is_empty(), "what waited was released");

        // The cursor is lost: all of it is read again.
        all.community.lose_cursors();
        all.community.comment(&id, true, "After the restore.", false);
        all.settle().await;
        assert_eq!((texts(&all, &id).await.len(), all.community.case(&id).unwrap().comments.len()), (7, 6));

        // A file is damaged on its way, once: it is asked for again, and is there whole.
        all.community.attach(&id, "list.txt", "text/plain", b"TRUCK 2\n");
        all.community.fail_next(Fault::Damaged, 1);
        all.settle().await;
        assert_eq!((all.parked().await.len(), names(&all, &id).await), (0, vec!["list.txt".to_owned()]));

        // Another one never comes as it should: in the end it is refused, with the reason, and what is behind it goes on.
        all.community.attach(&id, "broken.txt", "text/plain", b"TRUCK 3\n");
        all.community.comment(&id, true, "Behind the file.", false);
        all.community.fail_next(Fault::Damaged, 100);
        all.later(2).await;
        let mut hub = all.beside.browser(HUB).await;
        assert!(hub.page("/connections").await.contains("other bytes than it says"), "it is tried again, and the operator sees why");
        assert!(all.parked().await.is_empty() && texts(&all, &id).await.len() == 7);
        for _ in 0..10 {
            all.later(400).await;
        }
        let parked = all.parked().await;
        assert!(parked.len() == 1 && parked[0].reason.contains("have the SHA-256"), "{parked:?}");
        assert!(hub.page("/endpoints").await.contains("have the SHA-256"));
        assert!(hub.page("/connections").await.contains("Working"));
        assert_eq!((texts(&all, &id).await.len(), names(&all, &id).await), (8, vec!["list.txt".to_owned()]));
    })
    .await;
}

#[tokio::test]
async fn where_it_has_forgotten_a_case_it_is_told_all_of_it_anew() {
    together_on_each_engine(async |all: Arc<Together>| {
        let id = all.ask("Which drawing counts?");
        all.settle().await;
        let case = all.here(&id).await.to_string();
        let mut supplier = all.beside.browser(SUPPLIER).await;
        supplier.post("write-case", &[("case", &case), ("text", "Revision C is with us.")]).await;
        all.settle().await;
        all.later(120).await;
        all.community.forget();
        supplier.post("write-case", &[("case", &case), ("text", "Or is it D?")]).await;
        supplier.post("write-case", &[("case", &case), ("text", "We wait.")]).await;
        all.settle().await;
        let there = all.community.case(&id).unwrap();
        assert_eq!(
            (there.title.as_str(), brought(&there)),
            ("Which drawing counts?", vec!["Revision C is with us.", "Or is it D?", "We wait."])
        );
        assert_eq!(all.bond(&id).await.unwrap().health, "in_step");
        assert_eq!(texts(&all, &id).await.len(), 4);
    })
    .await;
}

#[tokio::test]
async fn taken_out_of_the_configuration_it_waits_and_put_back_it_goes_on() {
    together_on_each_engine(async |all: Arc<Together>| {
        let id = all.ask("Which drawing counts?");
        all.settle().await;
        let case = all.here(&id).await.to_string();
        let context = &all.beside.world.context;
        connect::configure(context, None).await.unwrap();
        let mut supplier = all.beside.browser(SUPPLIER).await;
        supplier.post("write-case", &[("case", &case), ("text", "Is anybody there?")]).await;
        all.community.comment(&id, true, "Hello?", false);
        all.settle().await;
        let mut hub = all.beside.browser(HUB).await;
        let page = hub.page("/connections").await;
        assert!(page.contains("Not connected") && texts(&all, &id).await.len() == 2, "{page}");
        let endpoint = all.endpoint().await.id.to_string();
        let page = format!("/endpoints/{endpoint}");
        let back = hub.post("switch-endpoint", &[("endpoint", &endpoint), ("to", "on"), ("back", &page)]).await;
        assert!(hub.page(&back).await.contains("Set community.url"), "only the configuration connects it");
        connect::configure(context, Some(&all.url)).await.unwrap();
        all.settle().await;
        assert_eq!((texts(&all, &id).await.len(), brought(&all.community.case(&id).unwrap()).len()), (3, 1));
    })
    .await;
}
