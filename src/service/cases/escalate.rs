//! Escalation: takes the steps of a case's ladder that are due. A step is written into the history with its key and the
//! time it was due, in one transaction with what it does; looked for twice or late, it comes to the same.

use super::{Context, PORTICO, Result, assign, clocks, next_due, publish, save};
use crate::{
    domain::{
        access::Scope,
        case::Visibility,
        ids::CaseId,
        notification::Topic,
        policy::{Action, Due, Step},
    },
    service::{
        notify::{self, About, News, To},
        systems,
    },
    store::{
        Conn,
        cases::{self, Case, CaseEvent},
        escalations,
    },
    text,
};

/// What a step of a ladder is called in a history.
pub const KIND: &str = "escalated";
/// What a broken promise is called there.
pub const BREACHED: &str = "breached";
/// Cases taken up at a time.
const BATCH: i64 = 100;

/// Cases in which a step is due.
pub async fn due(context: &Context) -> Result<Vec<CaseId>> {
    Ok(escalations::due(&mut context.db.read().await?, context.now(), BATCH).await?)
}

/// Takes every step of a case that is due.
pub async fn run(context: &Context, id: CaseId) -> Result<()> {
    let mut tx = context.db.begin().await?;
    let Some(mut case) = cases::find_for_update(&mut tx, Scope::Hub, id).await? else { return Ok(()) };
    let now = context.now();
    let due: Vec<Due> = clocks::of(&mut tx, &case).await?.open_steps().take_while(|due| due.at <= now).collect();
    let mut changed = false;
    for step in &due {
        changed |= take(context, &mut tx, &mut case, step).await?;
    }
    if changed {
        save(context, &mut tx, &mut case).await?;
    } else {
        let course = clocks::of(&mut tx, &case).await?;
        escalations::set_due(&mut tx, id, next_due(&course.clocks(now)), course.next_step()).await?;
        // Apart, so that it makes no future of this large.
        Box::pin(systems::tell::case(context, &mut tx, &case)).await?;
    }
    let parties = cases::parties(&mut tx, id).await?;
    tx.commit().await?;
    if !due.is_empty() {
        publish(context, &parties);
    }
    Ok(())
}

/// Takes one step; says whether the case itself is another after it.
async fn take(context: &Context, conn: &mut Conn, case: &mut Case, due: &Due) -> Result<bool> {
    let promise = due.promise.as_str().to_owned();
    let Some(step) = &due.step else {
        // Whom it concerns is for the policy to say; here it is written down, and the systems behind read it there.
        insert(context, conn, case, due, (BREACHED, None, promise), text::broken(due.promise)).await?;
        return Ok(false);
    };
    let words = text::escalation(due.promise, step.when, &step.action);
    insert(context, conn, case, due, (KIND, Some(promise), step.action.code().to_owned()), words.clone()).await?;
    // What a person decided after the step was due is newer than the step.
    let decided = cases::events(conn, Scope::Hub, case.id).await?;
    let is_decided = |kind: &str| decided.iter().any(|event| event.kind == kind && event.at > due.at && event.actor != notify::PORTICO);
    let changed = match step.action {
        Action::RaiseTier(tier) if case.tier < tier && !is_decided("tier") => {
            case.tier = tier;
            true
        }
        Action::Reassign(person) if case.assignee_id != Some(person) && !is_decided("assigned") => {
            assign::hand_over(context, conn, case, person).await?
        }
        // The history of the case is what the systems behind the portal are told; whoever sends events reads it there.
        Action::RaiseTier(_) | Action::Reassign(_) | Action::Notify | Action::Event => false,
    };
    tell(context, conn, case, due, step, words).await?;
    Ok(changed)
}

/// Writes into the history what became of a promise: its kind, what it was, and what it came to.
async fn insert(
    context: &Context,
    conn: &mut Conn,
    case: &Case,
    due: &Due,
    (kind, old, new): (&str, Option<String>, String),
    note: String,
) -> Result<()> {
    let event = CaseEvent {
        id: context.id(),
        case_id: case.id,
        kind: kind.to_owned(),
        old,
        new: Some(new),
        note,
        visibility: Visibility::Partner,
        // The promise is to the partner that the case is with.
        reader_id: Some(case.counterparty_id),
        actor: notify::PORTICO.to_owned(),
        system: PORTICO.to_owned(),
        event_id: Some(due.key.clone()),
        at: due.at,
    };
    Ok(cases::insert_event(conn, &event).await?)
}

/// Tells whoever works on the case, and the partner it is with where it has gone beyond a warning.
async fn tell(context: &Context, conn: &mut Conn, case: &Case, due: &Due, step: &Step, words: String) -> Result<()> {
    let news = News {
        topic: Topic::Escalated,
        title: format!("{}: {}", case.number, case.title),
        body: words,
        link: format!("/cases/{}", case.id),
        // One time at which several steps are due is told once.
        cause: format!("escalated {} {} {}", case.id, due.promise, due.at.micros()),
        except: None,
    };
    let about = About { case: case.id, message: None };
    notify::tell_about(context, conn, To::Desk(case.assignee_id), &news, about).await?;
    if matches!(step.action, Action::RaiseTier(_)) {
        notify::tell_about(context, conn, To::Organisation(case.counterparty_id), &news, about).await?;
    }
    Ok(())
}
