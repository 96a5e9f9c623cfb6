//! The flows between a partner's browser and the company's case system, from door to door: both programs on ports of
//! their own, signed events over HTTP between them, and neither knows the other's code.

use std::sync::Arc;

use portico::{
    domain::{access::Scope, case::Status},
    sandbox::xconnector::{Fault, Manners, Report},
    store::cases,
};

use super::{
    beside::{Beside, beside_each_engine, their_texts},
    support::{Engine, on_each_engine},
};

fn report<'a>(title: &'a str, references: &'a [(&'a str, &'a str)]) -> Report<'a> {
    Report { partner: "KESTREL", kind: "invoice", severity: "critical", title, detail: "The price is not the agreed one.", references }
}

const SUPPLIER: &str = "kim@kestrel.example";
const STRANGER: &str = "ines@ostermann.example";
const HUB: &str = "dan@castellan.example";

#[tokio::test]
async fn x1_an_exception_in_the_case_system_opens_a_case_on_the_right_partners_pages() {
    beside_each_engine(async |beside: Arc<Beside>| {
        let id = beside.system.raise(report("Invoice 4711 cannot be paid", &[("invoice", "4711")]));
        beside.settle().await;
        let path = format!("/cases/{}", beside.here(&id).await);
        let mut supplier = beside.browser(SUPPLIER).await;
        assert!(supplier.page("/cases").await.contains("Invoice 4711 cannot be paid"));
        let page = supplier.page(&path).await;
        assert!(page.contains("The price is not the agreed one.") && page.contains("4711") && page.contains("urgent"), "{page}");
        assert!(!page.contains(&id), "what the company's systems call it is theirs");
        let mut stranger = beside.browser(STRANGER).await;
        assert!(stranger.look(&path).await.is_none() && !stranger.page("/cases").await.contains("4711"));
        let hub = beside.browser(HUB).await.page(&path).await;
        assert!(hub.contains(&id) && hub.contains("In step"), "the hub sees the bond");
        assert_eq!(beside.there(&id).peer, None, "nobody told them anything back");
    })
    .await;
}

#[tokio::test]
async fn x4_what_is_done_behind_xconnector_appears_on_the_partners_case() {
    beside_each_engine(async |beside: Arc<Beside>| {
        let id = beside.system.raise(report("Invoice 4711 cannot be paid", &[]));
        beside.settle().await;
        let path = format!("/cases/{}", beside.here(&id).await);
        beside.world.clock.advance_seconds(60);
        beside.system.set_status(&id, "in_progress", "");
        beside.system.comment(&id, "We ask purchasing which price holds.", false);
        beside.system.comment(&id, "They always do this.", true);
        beside.system.escalate(&id, "No answer for two days");
        beside.system.update(&id, "low", "Invoice 4711: price of line 2");
        beside.system.set_status(&id, "waiting_on_partner", "Send the price list");
        beside.settle().await;
        let mut supplier = beside.browser(SUPPLIER).await;
        let page = supplier.page(&path).await;
        for words in
            ["We ask purchasing", "Waiting for you", "In progress", "Invoice 4711: price of line 2", "low priority", "Escalated to tier 2"]
        {
            assert!(page.contains(words), "{words} is missing in {page}");
        }
        assert!(!page.contains("They always do this"), "what is internal there stays with the hub");
        assert!(beside.browser(HUB).await.page(&path).await.contains("They always do this."));
        beside.later(60).await;
        beside.system.set_status(&id, "resolved", "Paid in full");
        beside.settle().await;
        assert!(supplier.page(&path).await.contains("Resolved"));
        assert!(their_texts(&beside.there(&id)).is_empty(), "nothing of theirs came back");
    })
    .await;
}

#[tokio::test]
async fn x5_what_a_partner_writes_reaches_the_case_system_once_and_internal_notes_never_do() {
    beside_each_engine(async |beside: Arc<Beside>| {
        let id = beside.system.raise(report("Invoice 4711 cannot be paid", &[]));
        beside.settle().await;
        let case = beside.here(&id).await.to_string();
        let mut supplier = beside.browser(SUPPLIER).await;
        supplier.post("write-case", &[("case", &case), ("text", "The letter of May names this price.")]).await;
        let mut hub = beside.browser(HUB).await;
        hub.post("write-case", &[("case", &case), ("visibility", "internal"), ("text", "Let them wait.")]).await;
        hub.post("write-case", &[("case", &case), ("visibility", "partner"), ("text", "We look for the letter.")]).await;
        beside.settle().await;
        let there = beside.there(&id);
        assert_eq!(their_texts(&there), ["The letter of May names this price.", "We look for the letter."]);
        assert_eq!(there.comments[0].author, "Kim Reyes, Kestrel Fasteners");
        assert_eq!(there.peer.as_deref(), Some(case.as_str()), "it knows now what we call it");

        // A case that begins here gets one there, and the bond says so.
        let opened =
            [("kind", "question"), ("title", "May we ship in two parts?"), ("text", "Half of it is packed."), ("priority", "high")];
        let path = supplier.post("open-case", &opened).await;
        beside.settle().await;
        let there = beside.system.cases().into_iter().find(|case| case.title == "May we ship in two parts?").unwrap();
        assert_eq!((there.partner.as_str(), there.priority.as_str(), there.status.as_str()), ("KESTREL", "high", "open"));
        let bond = beside.bond(&there.id).await;
        assert!(bond.is_ours && path == format!("/cases/{}", bond.case_id));
        assert!(hub.page(&path).await.contains(&there.id));
        beside.system.comment(&there.id, "Yes, gate 3 can take it.", false);
        beside.settle().await;
        assert!(supplier.page(&path).await.contains("Yes, gate 3 can take it."));
        assert!(their_texts(&beside.there(&there.id)).is_empty(), "an answer is not told to who gave it");
    })
    .await;
}

#[tokio::test]
async fn x5_a_case_moves_by_itself_after_a_partner_writes_into_it() {
    on_each_engine(async |engine: Arc<Engine>| {
        let manners = Manners { take_up_after: Some(4), answer_after: Some(12), resolve_after: Some(60) };
        let beside = Beside::new(&engine, manners).await;
        let mut supplier = beside.browser(SUPPLIER).await;
        let opened = [("kind", "payment"), ("title", "No remittance advice"), ("text", "Which invoices are paid by it?")];
        let path = supplier.post("open-case", &opened).await;
        beside.settle().await;
        beside.later(5).await;
        assert!(supplier.page(&path).await.contains("In progress"));
        beside.later(10).await;
        assert!(supplier.page(&path).await.contains("Mira Vos"));
        beside.later(60).await;
        assert!(supplier.page(&path).await.contains("Resolved"));
    })
    .await;
}

#[tokio::test]
async fn x7_an_outage_of_either_side_heals_without_loss_doubling_or_echo() {
    beside_each_engine(async |beside: Arc<Beside>| {
        let id = beside.system.raise(report("Invoice 4711 cannot be paid", &[]));
        beside.settle().await;
        let case = beside.here(&id).await;
        let mut supplier = beside.browser(SUPPLIER).await;
        let mut hub = beside.browser(HUB).await;

        // They are away: what is written here waits, and the hub sees that the two are not in step.
        beside.system.fail_next(Fault::Unavailable, 3);
        for text in ["First.", "Second.", "Third."] {
            supplier.post("write-case", &[("case", &case.to_string()), ("text", text)]).await;
            beside.settle().await;
        }
        assert!(their_texts(&beside.there(&id)).is_empty());
        assert!(hub.page(&format!("/cases/{case}")).await.contains("Behind"));
        assert!(hub.page("/endpoints").await.contains("cannot take events now"));
        for _ in 0..6 {
            beside.later(1_800).await;
        }
        assert_eq!(their_texts(&beside.there(&id)), ["First.", "Second.", "Third."], "in order, each once");
        assert_eq!(beside.bond(&id).await.health, "in_step");

        // The answer is lost: the same event comes again and has no second effect.
        beside.system.fail_next(Fault::AnswerLost, 1);
        supplier.post("write-case", &[("case", &case.to_string()), ("text", "Fourth.")]).await;
        for _ in 0..3 {
            beside.later(60).await;
        }
        assert_eq!(their_texts(&beside.there(&id)).len(), 4);

        // Both sides move the case at once: it is theirs to say where it stands.
        let version = cases::find(&mut beside.world.context.db.read().await.unwrap(), Scope::Hub, case).await.unwrap().unwrap().version;
        beside.system.set_status(&id, "waiting_on_partner", "");
        let moved = [("case", case.to_string()), ("version", version.to_string()), ("status", "closed".to_owned())];
        let moved: Vec<_> = moved.iter().map(|(name, value)| (*name, value.as_str())).collect();
        hub.post("move-case", &moved).await;
        beside.settle().await;
        let here = cases::find(&mut beside.world.context.db.read().await.unwrap(), Scope::Hub, case).await.unwrap().unwrap();
        assert_eq!((here.status, beside.there(&id).status.as_str()), (Status::WaitingOnPartner, "waiting_on_partner"));

        // With nobody else at it, what the hub's people decide here holds there.
        let version = here.version.to_string();
        hub.post("move-case", &[("case", &case.to_string()), ("version", &version), ("status", "resolved")]).await;
        beside.settle().await;
        let here = cases::find(&mut beside.world.context.db.read().await.unwrap(), Scope::Hub, case).await.unwrap().unwrap();
        assert_eq!((here.status, beside.there(&id).status.as_str()), (Status::Resolved, "resolved"));
        assert_eq!(beside.there(&id).comments.len(), 4, "nothing came back to where it was written");
        let mut conn = beside.world.context.db.read().await.unwrap();
        assert_eq!(cases::messages(&mut conn, Scope::Hub, case).await.unwrap().len(), 5);
    })
    .await;
}
