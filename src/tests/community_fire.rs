//! The portal and Active Community, with everything between them going wrong: random changes on both sides, requests and
//! answers lost, files damaged, the list read in disorder and from the beginning, outages. Afterwards both agree: on where
//! each case stands, as the hub says it, on what was written and on what was attached, each thing once, and nothing internal.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Instant,
};

use bytes::Bytes;
use portico::{
    domain::{
        access::{Actor, Scope},
        case::Visibility,
        ids::{CaseId, Ids},
    },
    sandbox::community::{Case, Fault, Manners},
    service::cases::{
        attach,
        open::{self, CaseForm},
        write,
    },
    store::{
        Conn, attachments,
        bonds::{self, Bond},
        cases,
        files::hex,
    },
};

use super::{
    support::{Engine, on_each_engine},
    together::Together,
};

/// Cases that there are at most.
const CASES: usize = 60;

struct Fire {
    all: Together,
    supplier: Actor,
    hub: Actor,
    dice: Ids,
    count: usize,
    away: bool,
    /// Cases that people here work on.
    known: Vec<CaseId>,
    /// What was written in the portal for both sides, by case.
    written: BTreeMap<CaseId, Vec<String>>,
    /// How many files were attached on either side.
    files: usize,
}

impl Fire {
    async fn new(engine: &Engine, seed: u64) -> Self {
        let all = Together::new(engine, Manners::default()).await;
        let world = &all.beside.world;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let (known, written) = (Vec::new(), BTreeMap::new());
        Self { all, supplier, hub, dice: Ids::seeded(seed), count: 0, away: false, known, written, files: 0 }
    }

    fn roll(&self, below: usize) -> usize {
        usize::try_from(self.dice.below(u64::try_from(below).unwrap())).unwrap()
    }

    fn chance(&self, percent: usize) -> bool {
        self.roll(100) < percent
    }

    /// Words that nobody has written before.
    fn words(&mut self) -> String {
        self.count += 1;
        format!("words {}", self.count)
    }

    /// A file: most are new, some were seen before, here or there.
    fn file(&mut self) -> String {
        self.files += 1;
        if self.chance(25) { format!("a list that many have, {}", self.roll(3)) } else { self.words() }
    }

    async fn conn(&self) -> Conn {
        self.all.beside.world.context.db.read().await.unwrap()
    }

    /// Every case that there is here.
    async fn here(&self) -> Vec<CaseId> {
        let rows = cases::list(&mut self.conn().await, Scope::Hub, &cases::CaseFilter::default(), 1_000).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// One change on either side.
    async fn change(&mut self) {
        if self.chance(50) { self.change_here().await } else { self.change_there() }
    }

    async fn change_here(&mut self) {
        let context = self.all.beside.world.context.clone();
        let words = self.words();
        if self.known.is_empty() || (self.known.len() < CASES && self.chance(8)) {
            let form = CaseForm { kind: "question".to_owned(), title: words.clone(), text: words.clone(), ..CaseForm::default() };
            let id = open::open(&context, &self.supplier, &form).await.unwrap();
            self.written.entry(id).or_default().push(words);
            self.known.push(id);
            return;
        }
        let id = self.known[self.roll(self.known.len())];
        match self.roll(12) {
            choice @ 0..7 => {
                let actor = if choice < 4 { &self.supplier } else { &self.hub };
                write::write(&context, actor, id, Visibility::Partner, &words).await.unwrap();
                self.written.entry(id).or_default().push(words);
            }
            7 => write::write(&context, &self.hub, id, Visibility::Internal, &format!("internal {words}")).await.unwrap(),
            choice @ 8..10 => {
                let (contents, visibility) = (self.file(), if choice == 8 { Visibility::Partner } else { Visibility::Internal });
                let mut receiving = attach::begin(&context, &self.hub, id, "note.txt", visibility).await.unwrap();
                receiving.write(&context, Bytes::from(contents)).await.unwrap();
                receiving.finish(&context, &self.hub, id).await.unwrap();
            }
            _ => {
                let case = cases::find(&mut self.conn().await, Scope::Hub, id).await.unwrap().unwrap();
                let moves = write::moves(&self.hub, &case);
                write::move_for(&context, &self.hub, id, case.version, moves[self.roll(moves.len())], "moved").await.unwrap();
            }
        }
    }

    fn change_there(&mut self) {
        let ids: Vec<_> = self.all.community.cases().into_iter().map(|case| case.id).collect();
        let words = self.words();
        if ids.is_empty() || (ids.len() < CASES && self.chance(8)) {
            self.all.ask(&words);
            return;
        }
        let id = &ids[self.roll(ids.len())];
        match self.roll(12) {
            0..5 => self.all.community.comment(id, true, &words, false),
            5..7 => self.all.community.comment(id, false, &words, false),
            7 => self.all.community.comment(id, false, &format!("internal {words}"), true),
            8..10 => {
                let contents = self.file();
                self.all.community.attach(id, "note.txt", "text/plain", contents.as_bytes());
            }
            _ => self.all.community.wish(id, ["open", "resolved", "closed"][self.roll(3)], &words),
        }
    }

    /// Time passes, and the network does what it does.
    async fn network(&mut self) {
        let community = &self.all.community;
        community.recover();
        if self.chance(6) {
            self.away = !self.away;
        }
        if self.away {
            community.fail_next(Fault::Unavailable, 10_000);
        }
        for _ in 0..self.roll(4) {
            use Fault::{AnswerLost, Broken, Damaged, Disorder, Garbage, Unauthorized, Unavailable};
            let faults = [Unavailable, Broken, Unauthorized, AnswerLost, AnswerLost, Garbage, Damaged, Disorder, Disorder];
            community.fail_next(faults[self.roll(faults.len())].clone(), 1 + self.roll(2));
        }
        if self.chance(2) {
            community.lose_cursors();
        }
        self.all.beside.world.clock.advance_seconds(i64::try_from(1 + self.roll(600)).unwrap());
        self.all.beside.world.worker.run_due().await;
        // From now on people here work on cases that came, too.
        self.known = self.here().await;
    }

    /// Everything is well again, and everybody says what they have to say. What failed last waits longest.
    async fn heal(&self) {
        self.all.community.recover();
        for _ in 0..4 {
            self.all.beside.world.clock.advance_seconds(100_000);
            self.all.settle().await;
        }
    }

    async fn agree(&self) {
        let mut conn = self.conn().await;
        let theirs = self.all.community.cases();
        assert_eq!(theirs.len(), self.here().await.len(), "one case there for one here");
        let (mut compared, mut hidden, mut held) = (0, 0, 0);
        for there in &theirs {
            let bond = bonds::find(&mut conn, "community", &there.id).await.unwrap().unwrap_or_else(|| panic!("no bond of {}", there.id));
            assert_eq!((bond.health.as_str(), &bond.failure), ("in_step", &None), "{}", there.id);
            let here = cases::find(&mut conn, Scope::Hub, bond.case_id).await.unwrap().unwrap();
            assert_eq!(there.correlation["portico"], here.id.to_string());
            let ours = (here.status.as_str(), here.priority.as_str(), here.title.as_str());
            assert_eq!(ours, (there.status.as_str(), there.priority.as_str(), there.title.as_str()), "{}", there.id);
            let (said, notes) = self.agree_on_words(&mut conn, &bond, there).await;
            (compared, hidden) = (compared + said, hidden + notes);
            held += agree_on_files(&mut conn, &bond, there).await;
            // A wish is noted once, however often it was read.
            let events = cases::events(&mut conn, Scope::Hub, here.id).await.unwrap();
            let wishes: Vec<_> = events.iter().filter(|event| event.kind == "wished").filter_map(|event| event.event_id.as_ref()).collect();
            assert_eq!(wishes.iter().collect::<BTreeSet<_>>().len(), wishes.len(), "{}", there.id);
        }
        assert!(
            compared > self.count / 3 && hidden > self.count / 50 && held > self.files / 3,
            "the test tested something: {compared} and {hidden} of {}, {held} of {}",
            self.count,
            self.files
        );
    }

    /// What was written on either side is on both, each once; how much that is, and how many notes are the hub's alone.
    async fn agree_on_words(&self, conn: &mut Conn, bond: &Bond, there: &Case) -> (usize, usize) {
        let messages = cases::messages(conn, Scope::Hub, bond.case_id).await.unwrap();
        let of_there = messages.iter().filter(|message| message.origin == "community");
        let mut came: Vec<_> = of_there.map(|message| (message.body.clone(), message.visibility == Visibility::Internal)).collect();
        let said = there.comments.iter().filter(|comment| comment.origin == "community");
        let mut said: Vec<_> = said.map(|comment| (comment.text.clone(), comment.is_internal)).collect();
        if !bond.is_ours {
            said.push(("Please have a look.".to_owned(), false));
        }
        came.sort();
        said.sort();
        assert_eq!(came, said, "what was written there is here, as visible as it was said: {}", there.id);

        let heard = there.comments.iter().filter(|comment| comment.origin != "community");
        let heard: Vec<_> = heard.map(|comment| comment.text.clone()).collect();
        let written = self.written.get(&bond.case_id).cloned().unwrap_or_default();
        assert_eq!(heard, written, "what was written here for both sides is there, in order: {}", there.id);
        let notes = messages.iter().filter(|message| message.visibility == Visibility::Internal).count();
        (heard.len() + said.len(), notes)
    }
}

/// What both sides may see of a case's files is on both, each once by its hash; how many those are.
async fn agree_on_files(conn: &mut Conn, bond: &Bond, there: &Case) -> usize {
    let held = attachments::of_case(conn, Scope::Hub, bond.case_id).await.unwrap();
    let shared = held.iter().filter(|file| file.visibility == Visibility::Partner);
    let mut here: Vec<_> = shared.map(|file| hex(&file.sha256)).collect();
    let mut theirs: Vec<_> = there.files.iter().map(|file| file.sha256.clone()).collect();
    here.sort();
    theirs.sort();
    assert_eq!(here, theirs, "files of {}", there.id);
    theirs.dedup();
    assert_eq!(here.len(), theirs.len(), "each once: {}", there.id);
    here.len()
}

#[tokio::test]
async fn x7_the_portal_and_active_community_under_fire_agree_in_the_end() {
    on_each_engine(async |engine: Arc<Engine>| {
        let changes = if engine.is_postgres() { 500 } else { 1_500 };
        let begun = Instant::now();
        let mut fire = Fire::new(&engine, 7).await;
        for _ in 0..changes {
            fire.change().await;
            if fire.chance(12) {
                fire.network().await;
            }
        }
        fire.heal().await;
        let parked = fire.all.parked().await;
        assert!(parked.is_empty(), "{:?}", parked.iter().map(|row| &row.reason).collect::<Vec<_>>());
        fire.agree().await;
        println!("{changes} changes and {} files in {} s", fire.files, begun.elapsed().as_secs());
    })
    .await;
}
