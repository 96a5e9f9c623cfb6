//! Two systems that share cases, with everything between them going wrong: thousands of random changes on both sides
//! while messages are lost, doubled, late and out of order, answers are lost, and either side is away. Afterwards both
//! agree: the case system on what it owns, both on what was written and attached and on the level of support, and nothing came
//! back to where it was written.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Instant,
};

use portico::{
    connectors::xconnector::Event,
    domain::{
        access::{Actor, Scope},
        case::Visibility,
        delivery::Outcome,
        ids::{CaseId, EndpointId, Ids},
        policy::HIGHEST_TIER,
    },
    sandbox::xconnector::{Case, CaseSystem, Manners, Message, Report},
    service::{
        Error,
        cases::{
            assign, attach,
            open::{self, CaseForm},
            write,
        },
        systems::deliver::{self, Next},
        xconnector::{self, endpoints},
    },
    store::{Conn, attachments, bonds, cases, files::hex},
};

use super::support::{Engine, World, on_each_engine};

/// Cases that each side opens at most.
const CASES: usize = 150;

struct Fire {
    world: World,
    system: CaseSystem,
    endpoint: EndpointId,
    supplier: Actor,
    hub: Actor,
    dice: Ids,
    /// Cases opened here.
    here: Vec<CaseId>,
    /// Cases opened there.
    there: Vec<String>,
    /// What was written here for both sides, by case.
    written: BTreeMap<CaseId, Vec<String>>,
    /// What was attached here for both sides, by case.
    attached: BTreeMap<CaseId, BTreeSet<String>>,
    count: usize,
    /// Messages of the past that the network may bring once more.
    old: Vec<Message>,
    away: bool,
    silent: bool,
}

impl Fire {
    async fn new(engine: &Engine, seed: u64) -> Self {
        let world = World::new(engine).await;
        let secret = portico::connectors::xconnector::Secret::written(&[7; 32]);
        let system = CaseSystem::new(world.clock.clone(), &secret, Manners::default());
        let endpoint = endpoints::configure(&world.context, "http://case-system.invalid/", &secret, true).await.unwrap();
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        Self {
            world,
            system,
            endpoint,
            supplier,
            hub,
            dice: Ids::seeded(seed),
            here: Vec::new(),
            there: Vec::new(),
            written: BTreeMap::new(),
            attached: BTreeMap::new(),
            count: 0,
            old: Vec::new(),
            away: false,
            silent: false,
        }
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

    /// One change on either side.
    async fn change(&mut self) {
        if self.chance(50) { self.change_here().await } else { self.change_there() }
    }

    async fn change_here(&mut self) {
        // Any case that there is here, wherever it was opened.
        let known = self.here.len();
        if known == 0 || (known < CASES && self.chance(10)) {
            let (title, text) = (self.words(), self.words());
            let form = CaseForm { kind: "question".to_owned(), title, text, ..CaseForm::default() };
            self.here.push(open::open(&self.world.context, &self.supplier, &form).await.unwrap());
            return;
        }
        let id = self.here[self.roll(known)];
        let context = &self.world.context;
        match self.roll(20) {
            0..9 => self.write(id, true).await,
            9..13 => self.write(id, false).await,
            13 => self.attach(id).await,
            14 => {
                let case = cases::find(&mut context.db.read().await.unwrap(), Scope::Hub, id).await.unwrap().unwrap();
                // Only what is raised is told; they go further there than people here do.
                if case.tier < HIGHEST_TIER {
                    assign::assign(context, &self.hub, id, case.version, "", &(case.tier + 1).to_string()).await.unwrap();
                }
            }
            15 => {
                let text = format!("internal {}", self.words());
                write::write(&self.world.context, &self.hub, id, Visibility::Internal, &text).await.unwrap();
            }
            _ => {
                let case = cases::find(&mut context.db.read().await.unwrap(), Scope::Hub, id).await.unwrap().unwrap();
                let moves = write::moves(&self.hub, &case);
                let next = moves[self.roll(moves.len())];
                write::move_for(context, &self.hub, id, case.version, next, "moved").await.unwrap();
            }
        }
    }

    async fn write(&mut self, id: CaseId, by_partner: bool) {
        let text = self.words();
        let actor = if by_partner { &self.supplier } else { &self.hub };
        write::write(&self.world.context, actor, id, Visibility::Partner, &text).await.unwrap();
        self.written.entry(id).or_default().push(text);
    }

    async fn attach(&mut self, id: CaseId) {
        let (name, is_internal) = (format!("{}.txt", self.words()), self.chance(30));
        let visibility = if is_internal { Visibility::Internal } else { Visibility::Partner };
        let mut receiving = attach::begin(&self.world.context, &self.hub, id, &name, visibility).await.unwrap();
        receiving.write(&self.world.context, name.clone().into()).await.unwrap();
        receiving.finish(&self.world.context, &self.hub, id).await.unwrap();
        if !is_internal {
            self.attached.entry(id).or_default().insert(name);
        }
    }

    fn change_there(&mut self) {
        let ids = self.system.ids();
        if ids.is_empty() || (self.there.len() < CASES && self.chance(10)) {
            let title = self.words();
            let report = Report { partner: "KESTREL", kind: "order", severity: "warning", title: &title, detail: "", references: &[] };
            self.there.push(self.system.raise(report));
            return;
        }
        let id = &ids[self.roll(ids.len())];
        let words = self.words();
        match self.roll(20) {
            0..8 => self.system.comment(id, &words, false),
            8..10 => self.system.comment(id, &format!("internal {words}"), true),
            10 => self.system.attach(id, &format!("{words}.txt"), words.as_bytes(), self.chance(30)),
            11..16 => {
                let status = ["open", "in_progress", "waiting_on_partner", "resolved", "closed"][self.roll(5)];
                self.system.set_status(id, status, "");
            }
            16..18 => self.system.update(id, ["low", "normal", "high", "urgent"][self.roll(4)], &words),
            _ => self.system.escalate(id, ""),
        }
    }

    /// Time passes, the network does what it does.
    async fn network(&mut self, faults: bool) -> usize {
        let seconds = if faults { 1 + self.roll(400) } else { 7_200 };
        self.world.clock.advance_seconds(i64::try_from(seconds).unwrap());
        if faults && self.chance(5) {
            self.away = !self.away;
        }
        if faults && self.chance(5) {
            self.silent = !self.silent;
        }
        self.out(faults).await + self.come(faults).await
    }

    /// From here to there.
    async fn out(&mut self, faults: bool) -> usize {
        let mut moved = 0;
        while let Next::Send(delivery) = deliver::next(&self.world.context, self.endpoint).await.unwrap() {
            let endpoint = deliver::endpoint(&self.world.context, self.endpoint).await.unwrap();
            let now = self.world.context.now().micros() / 1_000_000;
            let id = delivery.id.to_string();
            let message = Message::signed(&endpoint.secrets, &id, now, delivery.body.clone());
            let lost = Outcome::Away { why: "lost".to_owned(), wait: None };
            let outcome = if faults && (self.away || self.chance(4)) {
                lost
            } else {
                let status = self.system.take(&message).as_u16();
                assert!(status == 202, "{status}: {}", message.body);
                if faults && self.chance(10) {
                    self.system.take(&message);
                    self.old.push(message);
                }
                // It arrived, and the answer did not.
                if faults && self.chance(4) { lost } else { Outcome::of_status(status, None) }
            };
            moved += 1;
            deliver::note(&self.world.context, &delivery, &outcome, None).await.unwrap();
        }
        // Something of long ago comes once more; its signature is too old by then, or it is known.
        if faults && !self.old.is_empty() {
            let message = self.old[self.roll(self.old.len())].clone();
            self.system.take(&message);
        }
        moved
    }

    /// From there to here, in any order.
    async fn come(&mut self, faults: bool) -> usize {
        if faults && self.silent {
            return 0;
        }
        let mut events = self.system.unconfirmed();
        let mut moved = 0;
        while !events.is_empty() && moved < 200 {
            let event = events.swap_remove(self.roll(if faults { events.len().min(12) } else { 1 }));
            moved += 1;
            if faults && self.chance(8) {
                continue;
            }
            let parsed: Event = serde_json::from_str(&event.body).unwrap();
            self.take(&parsed).await;
            if faults && self.chance(8) {
                self.take(&parsed).await;
            }
            // The answer is lost: it comes again.
            if !(faults && self.chance(8)) {
                self.system.sent(&event.id, true);
            }
        }
        moved
    }

    async fn take(&mut self, event: &Event) {
        match xconnector::take(&self.world.context, event).await {
            Ok(_) => {}
            Err(Error::Invalid(errors)) => panic!("{errors:?} {event:?}"),
            Err(other) => panic!("{other}"),
        }
        // From now on people here work on their cases, too.
        if event.kind == "xconnector.exception.raised" {
            let id = event.data["case"].as_str().unwrap();
            let bond = bonds::find(&mut self.world.context.db.read().await.unwrap(), "xconnector", id).await.unwrap().unwrap();
            if !self.here.contains(&bond.case_id) {
                self.here.push(bond.case_id);
            }
        }
    }

    /// How many events wait for their endpoint, and how many were given up.
    async fn waiting(&self) -> (i64, i64) {
        let listed = endpoints::load(&self.world.context, &self.hub, self.endpoint, None).await.unwrap().listed;
        (listed.waiting, listed.dead)
    }

    async fn agree(&self) {
        let mut conn = self.world.context.db.read().await.unwrap();
        let theirs = self.system.cases();
        assert_eq!(theirs.len(), self.here.len(), "one case there for one case here");
        let (mut comments, mut notes, mut files, mut raised) = (0, 0, 0, 0);
        for there in theirs {
            let bond = bonds::find(&mut conn, "xconnector", &there.id).await.unwrap().unwrap_or_else(|| panic!("no bond of {}", there.id));
            let here = cases::find(&mut conn, Scope::Hub, bond.case_id).await.unwrap().unwrap();
            let is_bound = there.peer.as_deref() == Some(here.id.to_string().as_str());
            assert!(is_bound || (there.peer.is_none() && !bond.is_ours), "{} is told what it is called here", there.id);
            assert_eq!(bond.health, "in_step", "{bond:?}");
            let owned = (here.status.as_str(), here.priority.as_str(), here.title.as_str(), here.tier);
            assert_eq!(owned, (there.status.as_str(), there.priority.as_str(), there.title.as_str(), there.tier), "{}", there.id);
            // What was written there is here, each once, and as visible as it was said.
            let messages = cases::messages(&mut conn, Scope::Hub, here.id).await.unwrap();
            let mut came: Vec<_> = messages
                .iter()
                .filter(|message| message.origin_id.is_some())
                .map(|message| (message.body.clone(), message.visibility))
                .collect();
            let visibility = |internal| if internal { Visibility::Internal } else { Visibility::Partner };
            let mut said: Vec<_> = there
                .comments
                .iter()
                .filter(|comment| !comment.is_theirs)
                .map(|comment| (comment.text.clone(), visibility(comment.is_internal)))
                .collect();
            came.sort();
            said.sort();
            assert_eq!(came, said, "{}", there.id);
            // What was written here for both sides is there, each once, in order; nothing internal, and nothing of theirs.
            let heard: Vec<_> = there.comments.iter().filter(|comment| comment.is_theirs).map(|comment| comment.text.clone()).collect();
            assert_eq!(heard, self.written.get(&here.id).cloned().unwrap_or_default(), "{}", there.id);
            comments += heard.len() + said.len();
            files += self.agree_on_files(&mut conn, here.id, &there).await;
            raised += usize::from(here.tier > 1);
            notes += messages.iter().filter(|message| message.visibility == Visibility::Internal).count();
        }
        assert!(
            comments > self.count / 10 && notes > self.count / 100 && files > self.count / 50 && raised > 10,
            "the test tested something: {comments}, {notes} and {files} of {}, {raised} raised",
            self.count
        );
    }

    /// What was attached on either side is on the other, as visible as it was meant; how many files those are.
    async fn agree_on_files(&self, conn: &mut Conn, id: CaseId, there: &Case) -> usize {
        let held = attachments::of_case(conn, Scope::Hub, id).await.unwrap();
        let told: BTreeSet<_> = there.files.values().cloned().collect();
        assert_eq!(told, self.attached.get(&id).cloned().unwrap_or_default(), "shared from here: {}", there.id);
        assert_eq!(told.len(), there.files.len(), "each once: {}", there.id);
        let theirs = held.iter().filter(|file| file.origin == "xconnector");
        let mut came: Vec<_> = theirs.map(|file| (hex(&file.sha256), file.visibility == Visibility::Internal)).collect();
        let mut own = there.own_files.clone();
        came.sort();
        own.sort();
        assert_eq!(came, own, "attached there: {}", there.id);
        told.len() + own.len()
    }
}

#[tokio::test]
async fn x7_two_systems_under_fire_agree_in_the_end() {
    on_each_engine(async |engine: Arc<Engine>| {
        let changes = if engine.is_postgres() { 1_000 } else { 10_000 };
        let begun = Instant::now();
        let mut fire = Fire::new(&engine, 42).await;
        for _ in 0..changes {
            fire.change().await;
            if fire.chance(15) {
                fire.network(true).await;
            }
        }
        (fire.away, fire.silent) = (false, false);
        let mut rounds = 0;
        // What failed last waits longer than a round lasts.
        while fire.network(false).await > 0 || fire.waiting().await.0 > 0 {
            rounds += 1;
            assert!(rounds < 1_000, "it never settles");
        }
        assert_eq!(fire.waiting().await, (0, 0));
        fire.agree().await;
        println!("{changes} changes in {} s", begun.elapsed().as_secs());
    })
    .await;
}
