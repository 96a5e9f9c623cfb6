//! The demonstration as it is made from nothing.

use std::collections::BTreeMap;

use super::*;
use crate::{
    domain::{
        order::derive_state,
        time::{SharedClock, Timestamp},
    },
    service::live::Live,
    store::{Db, Scope, files::Files, orders},
};

async fn fresh(folder: &std::path::Path) -> Context {
    // A Sunday: the demonstration must look current on a day when nobody works.
    let now: Timestamp = "2026-11-22T15:04:05Z".parse().unwrap();
    let clock: SharedClock = ManualClock::at(now);
    Context {
        db: Db::open(&format!("sqlite:{}", folder.join("portico.db").display())).await.unwrap(),
        files: Files::folder(&folder.join("files")).unwrap(),
        clock,
        ids: Ids::seeded(7),
        live: Live::default(),
        settings: Arc::new(Settings::default()),
    }
}

#[tokio::test]
async fn the_company_is_made_once_and_whole() {
    let folder = tempfile::tempdir().unwrap();
    let context = fresh(folder.path()).await;
    company(&context).await.unwrap();
    let mut conn = context.db.read().await.unwrap();
    let counts: BTreeMap<_, _> = orders::count(&mut conn, Scope::Hub).await.unwrap().into_iter().collect();
    println!("{counts:?}");
    let _ = derive_state;
}
