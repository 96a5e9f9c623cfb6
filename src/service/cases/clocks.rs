//! The course of a case: its history, what counts for it, and which steps of its ladder were taken. Deadlines that are
//! kept beside a case are computed here, when it changes and when a policy does.

use std::collections::BTreeSet;

use super::{Context, PORTICO, Result, escalate, history, next_due, publish, terms};
use crate::{
    domain::{
        ids::CaseId,
        policy::{self, Due, Rules},
        sla::{self, Clock, Happened, Promise},
        time::Timestamp,
    },
    store::{
        Conn, Scope,
        cases::{self, Case},
        escalations,
    },
};

/// The kind of job that computes the deadlines of all open cases anew.
pub const REFRESH: &str = "clocks";
/// Cases looked at in one transaction.
const BATCH: i64 = 50;

/// A case in time.
pub struct Course {
    history: Vec<Happened>,
    taken: BTreeSet<String>,
    /// What counts for it.
    pub rules: Rules,
}

/// The course of a case as it is kept now.
pub(super) async fn of(conn: &mut Conn, case: &Case) -> Result<Course> {
    let written = cases::written(conn, case.id, case.counterparty_id).await?;
    let events = cases::events(conn, Scope::Hub, case.id).await?;
    let steps =
        events.iter().filter(|event| event.system == PORTICO && [escalate::KIND, escalate::BREACHED].contains(&event.kind.as_str()));
    let taken = steps.filter_map(|event| event.event_id.clone()).collect();
    let mut rules = terms::of(conn, case).await?;
    // Another priority promises something else from then on; what was kept before is not broken by it.
    let raised = events.iter().filter(|event| event.kind == "priority").map(|event| event.at).max();
    rules.since = rules.since.max(raised.unwrap_or(rules.since));
    Ok(Course { history: history(case, written, &events), taken, rules })
}

impl Course {
    /// Its clocks at an instant.
    pub fn clocks(&self, now: Timestamp) -> Vec<Clock> {
        sla::clocks(&self.history, &self.rules.terms, now)
    }

    /// Whether its partner waits for a reply.
    pub fn owes_reply(&self) -> bool {
        sla::runs(&self.history).iter().any(|run| run.promise != Promise::Resolution && run.ended.is_none())
    }

    /// Steps that were not taken yet, in order.
    pub fn open_steps(&self) -> impl Iterator<Item = Due> {
        policy::steps(&self.history, &self.rules).into_iter().filter(|due| !self.taken.contains(&due.key))
    }

    /// When the next step is due, if nothing happens.
    pub fn next_step(&self) -> Option<Timestamp> {
        self.open_steps().next().map(|due| due.at)
    }
}

/// Asks for the deadlines of all open cases to be computed anew: in the transaction that changed what is promised.
pub async fn ask_refresh(context: &Context, conn: &mut Conn) -> Result<()> {
    let nothing = serde_json::json!({});
    Ok(crate::store::jobs::enqueue(conn, context.id(), REFRESH, Some("all"), &nothing, context.now(), context.now()).await?)
}

/// Computes the deadlines of the next open cases after one of them; says the last, none where there are no more. It is no
/// change of the cases: their history and version stay.
pub async fn refresh(context: &Context, after: Option<CaseId>) -> Result<Option<CaseId>> {
    let mut tx = context.db.begin().await?;
    let batch = escalations::unsettled(&mut tx, after, BATCH).await?;
    let mut concerned = BTreeSet::new();
    for id in &batch {
        let Some(case) = cases::find_for_update(&mut tx, Scope::Hub, *id).await? else { continue };
        let course = of(&mut tx, &case).await?;
        let due = next_due(&course.clocks(context.now()));
        escalations::set_due(&mut tx, case.id, due, course.next_step()).await?;
        concerned.extend(cases::parties(&mut tx, case.id).await?);
    }
    tx.commit().await?;
    publish(context, &concerned.into_iter().collect::<Vec<_>>());
    Ok(batch.last().copied())
}
