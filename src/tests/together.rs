//! The portal with the case system and Active Community beside it: three programs on ports of their own, and people who
//! use browsers.

use std::sync::Arc;

use portico::{
    connectors::community::Client,
    domain::ids::CaseId,
    sandbox::{
        community::{Case, Community, Manners, Report},
        xconnector,
    },
    service::community::connect,
    store::{
        bonds::{self, Bond, ParkedRow},
        endpoints::{self, Endpoint},
    },
};

use serde_json::Value;

use super::{
    beside::{Beside, serve},
    support::{Engine, on_each_engine},
};

pub const KEY: &str = "the key of the portal";

/// The portal between its two neighbours.
pub struct Together {
    pub beside: Beside,
    pub community: Community,
    /// Where Active Community answers.
    pub url: String,
}

impl Together {
    /// All three, connected, before anything happened.
    pub async fn new(engine: &Engine, manners: Manners) -> Self {
        let mut beside = Beside::new(engine, xconnector::Manners::default()).await;
        let community = Community::new(beside.world.clock.clone(), KEY, manners);
        let url = serve(community.router()).await;
        let client = Client::new(&url, KEY).unwrap();
        connect::configure(&beside.world.context, Some(client.address())).await.unwrap();
        beside.world = beside.world.with_community(engine, client);
        Self { beside, community, url }
    }

    /// Everybody says what they have to say, until nobody has anything left; nobody waits for a clock.
    pub async fn settle(&self) {
        for _ in 0..4 {
            connect::schedule(&self.beside.world.context).await.unwrap();
            self.community.run_due();
            self.beside.settle().await;
        }
    }

    /// Time passes, and everybody does what is due by then, each by its own clock.
    pub async fn later(&self, seconds: i64) {
        self.beside.world.clock.advance_seconds(seconds);
        self.community.run_due();
        self.beside.settle().await;
    }

    /// Somebody of Kestrel Fasteners opens a case in Active Community; what it is called there.
    pub fn ask(&self, title: &str) -> String {
        self.ask_with(title, &[])
    }

    /// The same for a case that other systems call something.
    pub fn ask_with(&self, title: &str, correlation: &[(&str, &str)]) -> String {
        let detail = "Please have a look.";
        self.community.open(Report { partner: "KESTREL", is_partner: true, kind: "question", title, detail, correlation, references: &[] })
    }

    /// The bond of a case of Active Community, where there is one.
    pub async fn bond(&self, id: &str) -> Option<Bond> {
        bonds::find(&mut self.beside.world.context.db.read().await.unwrap(), "community", id).await.unwrap()
    }

    /// The case here that is bound to one there.
    pub async fn here(&self, id: &str) -> CaseId {
        self.bond(id).await.unwrap_or_else(|| panic!("no bond of {id}")).case_id
    }

    /// The case of Active Community that is bound to one here.
    pub async fn there(&self, id: CaseId) -> Case {
        let bonds = bonds::of_case(&mut self.beside.world.context.db.read().await.unwrap(), id).await.unwrap();
        let bond = bonds.into_iter().find(|bond| bond.system == "community").unwrap_or_else(|| panic!("no bond of {id}"));
        self.community.case(&bond.external_id).unwrap()
    }

    /// What came and waits, newest first.
    pub async fn parked(&self) -> Vec<ParkedRow> {
        bonds::parked(&mut self.beside.world.context.db.read().await.unwrap(), 100).await.unwrap()
    }

    /// How Active Community is doing as an endpoint.
    pub async fn endpoint(&self) -> Endpoint {
        let found = endpoints::find_by_name(&mut self.beside.world.context.db.read().await.unwrap(), connect::NAME).await.unwrap();
        found.unwrap()
    }
}

/// What a system was told of a kind, in order, as it was sent; all of it has arrived.
pub async fn arrived(all: &Together, system: &str, kind: &str) -> Vec<Value> {
    let mut conn = all.beside.world.context.db.read().await.unwrap();
    let endpoint = endpoints::list(&mut conn).await.unwrap().into_iter().find(|endpoint| endpoint.system == system).unwrap();
    let mut log = endpoints::newest(&mut conn, endpoint.id, 100).await.unwrap();
    log.retain(|delivery| delivery.kind == kind);
    log.sort_by_key(|delivery| delivery.sequence);
    assert!(log.iter().all(|delivery| delivery.state == "delivered"), "{log:?}");
    log.iter().map(|delivery| serde_json::from_str(&delivery.body).unwrap()).collect()
}

/// What was written in a case of Active Community and came from elsewhere, in order.
pub fn brought(case: &Case) -> Vec<&str> {
    case.comments.iter().filter(|comment| comment.origin != "community").map(|comment| comment.text.as_str()).collect()
}

/// Runs a story on every engine, with people in Active Community who do nothing by themselves.
pub async fn together_on_each_engine<F: Future<Output = ()>>(story: impl Fn(Arc<Together>) -> F) {
    on_each_engine(async |engine: Arc<Engine>| {
        story(Arc::new(Together::new(&engine, Manners::default()).await)).await;
    })
    .await;
}
