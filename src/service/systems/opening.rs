//! A case that another system opens here, and what it is about.

use serde::Deserialize;
use sqlx::types::Json;

use super::{
    bond,
    written::{self, Said},
};
use crate::{
    domain::{
        case::{Kind, Priority, Status, Visibility},
        ids::OrganisationId,
        sla::Side,
    },
    service::{
        Context, Result,
        cases::{self as use_cases, Change, open},
        notify::causes,
    },
    store::{
        Conn,
        bonds::{self, Bond},
        cases::{self, Case},
        references::{self, Reference},
    },
};

/// Something another system speaks of by its number.
#[derive(Clone, Debug, Deserialize)]
pub struct Named {
    /// `order`, `shipment`, `invoice`, `payment`, `document`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its number.
    pub number: String,
    /// A line of it, where not all of it is meant.
    #[serde(default)]
    pub line: Option<String>,
}

/// A case that another system opens.
pub(in crate::service) struct New<'a> {
    /// The system.
    pub system: &'static str,
    /// What it calls the case.
    pub external: &'a str,
    /// The event that opens it.
    pub event: &'a str,
    /// The partner it is with.
    pub partner: OrganisationId,
    pub kind: Kind,
    pub priority: Priority,
    pub title: String,
    /// What it begins with; both sides read it.
    pub text: String,
    /// What the system calls that.
    pub text_id: Option<String>,
    /// The person or system.
    pub author: &'a str,
    pub side: Side,
}

/// Opens a case here for one that there is elsewhere. `claim` is what a third system is said to call it.
pub(in crate::service) async fn open(
    context: &Context,
    conn: &mut Conn,
    new: New<'_>,
    references: &[Named],
    claim: Option<(&str, &str)>,
) -> Result<(Case, Bond)> {
    let mut case = Case {
        id: context.id(),
        number: open::next_number(conn).await?,
        kind: new.kind,
        status: Status::Open,
        priority: new.priority,
        title: title(&new.title),
        reason: None,
        action: None,
        proposed: Json(Vec::new()),
        counterparty_id: new.partner,
        opened_by: new.side,
        author: new.author.to_owned(),
        assignee_id: None,
        tier: 1,
        due_at: None,
        version: 0,
        updated_at: context.now(),
        created_at: context.now(),
    };
    cases::insert(conn, &case, &[new.partner]).await?;
    let bond = bond::fresh(context, &case, new.system, new.external, false);
    bonds::insert(conn, &bond).await?;
    if let Some((system, external)) = claim {
        bonds::claim(conn, case.id, system, external).await?;
    }
    refer(conn, &case, references).await?;
    let change = Change {
        kind: "opened",
        visibility: Visibility::Partner,
        actor: new.author,
        system: new.system,
        event: Some(new.event),
        ..Change::default()
    };
    use_cases::note(context, conn, &case, change).await?;
    let text = if new.text.trim().is_empty() { case.title.clone() } else { new.text };
    let said =
        Said { origin: new.system, origin_id: new.text_id, author: new.author, side: new.side, visibility: Visibility::Partner, text };
    let message = written::message(context, &case, said);
    cases::insert_message(conn, &message).await?;
    causes::case_written(context, conn, &case, &message, None).await?;
    use_cases::save(context, conn, &mut case).await?;
    Ok((case, bond))
}

/// A title as another system gives it, no longer than one may be here.
pub(in crate::service) fn title(given: &str) -> String {
    given.trim().chars().filter(|c| !c.is_control()).take(open::LONGEST_TITLE).collect()
}

/// Links a case to what is named; a number that names nothing of its partner is kept as text. Says what is new.
pub(in crate::service) async fn refer(conn: &mut Conn, case: &Case, named: &[Named]) -> Result<Vec<String>> {
    let mut new = Vec::new();
    for named in named.iter().filter(|named| named.kind.parse().is_ok_and(|kind: Kind| kind != Kind::Question)) {
        let mut row = Reference::named(case.id, &named.kind, &named.number, named.line.as_deref().unwrap_or_default().trim());
        use_cases::refer::resolve(conn, case.counterparty_id, &mut row).await?;
        if references::insert(conn, &row).await? {
            new.push(use_cases::refer::words(&row));
        }
    }
    Ok(new)
}
