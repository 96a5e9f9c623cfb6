//! Three systems that share cases while everything between the portal and Active Community goes wrong: random changes on all
//! sides, requests and answers lost, the list read in disorder and from the beginning, outages. Afterwards everybody agrees:
//! on where each case stands, as the hub says it, and on what was written, each thing once, in order, and nothing internal.

use std::{collections::BTreeMap, sync::Arc};

use portico::{
    domain::{
        access::{Actor, Scope},
        case::Visibility,
        ids::{CaseId, Ids},
    },
    sandbox::community::{Fault, Manners},
    service::cases::{
        open::{self, CaseForm},
        write,
    },
    store::{bonds, cases},
};

use super::{
    support::{Engine, on_each_engine},
    together::Together,
};

/// Cases that each side opens at most.
const CASES: usize = 40;

struct Fire {
    all: Together,
    supplier: Actor,
    hub: Actor,
    dice: Ids,
    count: usize,
    /// Cases that people here work on.
    known: Vec<CaseId>,
    /// What was written in the portal for both sides, by case.
    written: BTreeMap<CaseId, Vec<String>>,
}

impl Fire {
    fn roll(&self, below: usize) -> usize {
        usize::try_from(self.dice.below(u64::try_from(below).unwrap())).unwrap()
    }

    fn chance(&self, percent: usize) -> bool {
        self.roll(100) < percent
    }

    fn words(&mut self) -> String {
        self.count += 1;
        format!("words {}", self.count)
    }

    /// Every case that there is here.
    async fn here(&self) -> Vec<CaseId> {
        let mut conn = self.all.beside.world.context.db.read().await.unwrap();
        let filter = cases::CaseFilter::default();
        let mut rows = cases::list(&mut conn, Scope::Hub, &filter, 1_000).await.unwrap();
        rows.sort_by_key(|row| row.id);
        rows.into_iter().map(|row| row.id).collect()
    }

    async fn change(&mut self) {
        if self.chance(50) { self.change_here().await } else { self.change_there() }
    }

    async fn change_here(&mut self) {
        let context = self.all.beside.world.context.clone();
        let words = self.words();
        if self.known.is_empty() || (self.chance(8) && self.known.len() < 2 * CASES) {
            let form = CaseForm { kind: "question".to_owned(), title: words.clone(), text: words.clone(), ..CaseForm::default() };
            let id = open::open(&context, &self.supplier, &form).await.unwrap();
            self.written.entry(id).or_default().push(words);
            self.known.push(id);
            return;
        }
        let id = self.known[self.roll(self.known.len())];
        match self.roll(10) {
            choice @ 0..7 => {
                let actor = if choice < 4 { &self.supplier } else { &self.hub };
                write::write(&context, actor, id, Visibility::Partner, &words).await.unwrap();
                self.written.entry(id).or_default().push(words);
            }
            7 => write::write(&context, &self.hub, id, Visibility::Internal, &format!("internal {words}")).await.unwrap(),
            _ => {
                let case = cases::find(&mut context.db.read().await.unwrap(), Scope::Hub, id).await.unwrap().unwrap();
                let moves = write::moves(&self.hub, &case);
                write::move_for(&context, &self.hub, id, case.version, moves[self.roll(moves.len())], "moved").await.unwrap();
            }
        }
    }

    fn change_there(&mut self) {
        let ids: Vec<_> = self.all.community.cases().into_iter().map(|case| case.id).collect();
        let words = self.words();
        if ids.is_empty() || (self.chance(8) && ids.len() < 2 * CASES) {
            self.all.ask(&words);
            return;
        }
        let id = &ids[self.roll(ids.len())];
        match self.roll(10) {
            0..5 => self.all.community.comment(id, true, &words, false),
            5..7 => self.all.community.comment(id, false, &words, false),
            7 => self.all.community.comment(id, false, &format!("internal {words}"), true),
            8 => self.all.community.attach(id, "note.txt", "text/plain", words.as_bytes()),
            _ => self.all.community.wish(id, ["open", "resolved", "closed"][self.roll(3)], &words),
        }
    }

    /// The network does what it does.
    async fn network(&mut self) {
        let community = &self.all.community;
        community.recover();
        for _ in 0..self.roll(4) {
            let fault = [Fault::Unavailable, Fault::Broken, Fault::AnswerLost, Fault::AnswerLost, Fault::Garbage, Fault::Disorder]
                [self.roll(6)]
            .clone();
            community.fail_next(fault, 1 + self.roll(2));
        }
        if self.chance(2) {
            community.lose_cursors();
        }
        if self.chance(4) {
            community.fail_next(Fault::Unavailable, 40);
        }
        self.all.beside.world.clock.advance_seconds(i64::try_from(1 + self.roll(600)).unwrap());
        self.all.beside.world.worker.run_due().await;
        // From now on people here work on cases that came, too.
        self.known = self.here().await;
    }

    async fn agree(&self) {
        let mut conn = self.all.beside.world.context.db.read().await.unwrap();
        let theirs = self.all.community.cases();
        assert_eq!(theirs.len(), self.here().await.len(), "one case there for one here");
        let (mut compared, mut hidden) = (0, 0);
        for there in theirs {
            let bond = bonds::find(&mut conn, "community", &there.id).await.unwrap().unwrap_or_else(|| panic!("no bond of {}", there.id));
            assert_eq!((bond.health.as_str(), &bond.failure), ("in_step", &None), "{}", there.id);
            let here = cases::find(&mut conn, Scope::Hub, bond.case_id).await.unwrap().unwrap();
            assert_eq!(there.correlation["portico"], here.id.to_string());
            let ours = (here.status.as_str(), here.priority.as_str(), here.title.as_str());
            assert_eq!(ours, (there.status.as_str(), there.priority.as_str(), there.title.as_str()), "{}", there.id);

            // What was written there is here, each once, and as visible as it was said.
            let messages = cases::messages(&mut conn, Scope::Hub, here.id).await.unwrap();
            let of_there = messages.iter().filter(|message| message.origin == "community");
            let mut came: Vec<_> = of_there.map(|message| (message.body.clone(), message.visibility == Visibility::Internal)).collect();
            let said = there.comments.iter().filter(|comment| comment.origin == "community");
            let mut said: Vec<_> = said.map(|comment| (comment.text.clone(), comment.is_internal)).collect();
            if !bond.is_ours {
                said.push(("Please have a look.".to_owned(), false));
            }
            came.sort();
            said.sort();
            assert_eq!(came, said, "{}", there.id);

            // What was written here for both sides is there, each once and in order, and nothing internal.
            let heard: Vec<_> =
                there.comments.iter().filter(|comment| comment.origin != "community").map(|comment| comment.text.clone()).collect();
            assert_eq!(heard, self.written.get(&here.id).cloned().unwrap_or_default(), "{}", there.id);
            compared += heard.len() + said.len();
            hidden += messages.iter().filter(|message| message.visibility == Visibility::Internal).count();
        }
        assert!(compared > self.count / 3 && hidden > self.count / 50, "the test tested something: {compared}, {hidden} of {}", self.count);
    }
}

#[tokio::test]
async fn x7_the_portal_and_active_community_under_fire_agree_in_the_end() {
    on_each_engine(async |engine: Arc<Engine>| {
        let changes = if engine.is_postgres() { 300 } else { 2_000 };
        let all = Together::new(&engine, Manners::default()).await;
        let world = &all.beside.world;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let mut fire = Fire { all, supplier, hub, dice: Ids::seeded(7), count: 0, known: Vec::new(), written: BTreeMap::new() };
        for _ in 0..changes {
            fire.change().await;
            if fire.chance(12) {
                fire.network().await;
            }
        }
        fire.all.community.recover();
        // What failed last waits longer than anything else.
        for _ in 0..4 {
            fire.all.beside.world.clock.advance_seconds(100_000);
            fire.all.settle().await;
        }
        assert!(fire.all.parked().await.is_empty());
        fire.agree().await;
    })
    .await;
}
