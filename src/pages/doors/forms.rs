//! Every form as its owner sends it, complete and valid, sent by others first: whoever it does not belong to learns that
//! there is no such thing, nothing changes, and nobody else's page is told. Then the owner sends the same, and it counts;
//! so what kept the others out was whose it is, and no missing field.

use std::collections::BTreeSet;

use axum::http::StatusCode;

use super::{everything, forms, requests};
use crate::{
    domain::access::Scope,
    pages::testing::{Browser, World},
    store::organisations,
};

/// Those who try what is not theirs: two whom nothing is about, and both sides of a trade.
const OTHERS: [&str; 4] = ["KESTREL", "GREYFELL", "NORTHWATER", "OSTERMANN"];

/// What somebody sends who may.
pub struct Request {
    /// Who sends it.
    pub by: &'static str,
    /// The partner it concerns, who may see it, too; empty where it is the hub's alone.
    pub of: &'static str,
    /// Complete and valid.
    pub fields: Vec<(String, String)>,
    /// It is about whoever sends it: others send it for themselves.
    pub is_own: bool,
}

impl Request {
    /// Of a partner, or of the hub about one.
    pub fn new(by: &'static str, of: &'static str, fields: &[(&str, &str)]) -> Self {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { by, of, fields, is_own: false }
    }

    /// About the person who sends it.
    pub fn own(fields: &[(&str, &str)]) -> Self {
        Self { is_own: true, ..Self::new("OSTERMANN", "OSTERMANN", fields) }
    }

    async fn send(&self, browser: &mut Browser, form: &str) -> (StatusCode, String) {
        let fields: Vec<_> = self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.post(form, &fields).await
    }

    /// Sends it in the place of its owner, by everybody it does not belong to.
    async fn is_refused(&self, world: &World, form: &str, people: &mut [(&'static str, Browser)]) {
        let before = everything(world).await;
        let others = |code: &&str| OTHERS.contains(code) && ![self.by, self.of].contains(code);
        for (code, browser) in people.iter_mut().filter(|(code, _)| others(code)) {
            let (status, _) = self.send(browser, form).await;
            assert!(self.is_own || status == StatusCode::NOT_FOUND, "{form} by {code}: {status}");
            assert_eq!(everything(world).await, before, "{form} by {code}");
        }
        let (status, to) = self.send(&mut world.nobody(), form).await;
        assert!(status == StatusCode::SEE_OTHER && to.starts_with("/sign-in"), "{form} by nobody: {status} to {to}");
        assert_eq!(everything(world).await, before, "{form} by nobody");
    }
}

#[tokio::test]
async fn what_its_owner_may_send_nobody_else_may() {
    let world = World::new().await;
    let strangers = {
        let mut conn = world.context.db.read().await.unwrap();
        let mut scopes = Vec::new();
        for code in ["KESTREL", "GREYFELL"] {
            scopes.push(Scope::Party(organisations::find_by_code(&mut conn, code).await.unwrap().unwrap().id));
        }
        scopes
    };
    let mut people = vec![("CASTELLAN", world.browser("CASTELLAN").await)];
    for code in OTHERS {
        people.push((code, world.browser(code).await));
    }
    let mut tried = BTreeSet::new();
    for form in forms() {
        for request in requests::of(&world, form).await {
            request.is_refused(&world, form, &mut people).await;
            // Whoever acts for another organisation goes on doing so.
            let mut once = if form == "/do/act-for" { Some(world.browser(request.by).await) } else { None };
            let before = everything(&world).await;
            let mut heard = world.context.live.subscribe();
            let usual = people.iter_mut().find(|(code, _)| *code == request.by).map(|(_, browser)| browser);
            let owner = once.as_mut().or(usual).unwrap();
            let (status, to) = request.send(owner, form).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{form} by {}", request.by);
            assert_ne!(everything(&world).await, before, "{form} by {} had no effect; it led to {to}", request.by);
            while let Ok(change) = heard.try_recv() {
                assert!(!strangers.iter().any(|stranger| change.concerns(*stranger)), "{form}: {change:?}");
            }
            tried.insert(form);
        }
    }
    assert_eq!(tried, forms().into_iter().collect());
}

#[tokio::test]
async fn nobody_opens_a_case_in_the_name_of_another_partner() {
    let world = World::new().await;
    for code in ["KESTREL", "NORTHWATER"] {
        let planted = [("partner", "OSTERMANN"), ("kind", "question"), ("title", "Planted"), ("text", "From somebody else.")];
        world.browser(code).await.post("/do/open-case", &planted).await;
        let list = world.browser("OSTERMANN").await.page("/cases?tab=all").await;
        assert!(!list.contains("Planted"), "{code} opened it: {list}");
    }
    // The buyer does.
    let own = [("partner", "OSTERMANN"), ("kind", "question"), ("title", "Planted"), ("text", "From the buyer.")];
    world.browser("CASTELLAN").await.post("/do/open-case", &own).await;
    assert!(world.browser("OSTERMANN").await.page("/cases?tab=all").await.contains("Planted"));
}
