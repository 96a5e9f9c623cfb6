//! Reference data: taking what the hub's systems tell about partners, places, items and contacts, saying beforehand what
//! a feed would change, and showing each partner what is known of it. Versions are only ever added; which one holds today
//! is the rule of [`crate::domain::reference`].

pub mod complete;
pub mod contacts;
pub mod preview;

use serde_json::Value;
use sqlx::types::Json;

use super::{Context, Error, FieldError, Result, community};
use crate::{
    domain::{
        access::{Actor, Audience},
        ids::OrganisationId,
        reference::{self, Fields, Span, Subject},
        time::Date,
    },
    store::{
        Conn, dialect,
        events::Difference,
        organisations::{self, Organisation},
        reference::{self as store, Version},
        search,
    },
    text::Zone,
};

/// How many versions of a kind a page shows.
const SHOWN: i64 = 500;
/// Longest value of a field, in characters.
const LONGEST: usize = 200;

/// What an event tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The partner's code.
    pub partner: String,
    /// What the source calls the thing.
    pub code: String,
    /// When it holds.
    pub span: Span,
    /// The thing is gone from then on.
    pub is_removed: bool,
    /// What it says.
    pub fields: Fields,
    /// What a partner is to the hub; only looked at where it is not known yet.
    pub roles: Vec<Audience>,
}

/// What a version does to what is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The thing was unknown.
    New,
    /// These values are others from now on.
    Changes(Vec<Difference>),
    /// The thing is gone from now on.
    Removed,
    /// It says what holds already.
    Same,
    /// It holds from a later day on.
    From(Date),
    /// One that was meant later is known already and holds.
    Late,
    /// This very version is known.
    Known,
    /// Another version has this sequence.
    Conflict,
}

/// Reads the data of an event; a fault names its field as a JSON pointer into the event.
pub fn read(subject: Subject, data: &Value) -> Result<Told> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, message: String| errors.push(FieldError { field: format!("/data/{field}"), message });
    let text = |field: &str| data.get(field).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let partner = text("partner").unwrap_or_default();
    if partner.is_empty() {
        wrong("partner", "partner is missing; it is the partner's code, or the hub's.".to_owned());
    }
    let code = if subject == Subject::Partner { Some(partner.clone()) } else { text("code") };
    if code.is_none() {
        wrong("code", format!("code is missing; it is what you call this {}.", subject.as_str()));
    }
    let sequence = data.get("sequence").and_then(Value::as_i64).filter(|number| *number >= 0);
    if sequence.is_none() {
        wrong("sequence", "sequence is missing; it is a whole number that grows with every change of this code.".to_owned());
    }
    let mut day = |field: &str, needed: bool| {
        let read = text(field).map(|text| text.parse::<Date>());
        if matches!(read, Some(Err(_))) || (needed && read.is_none()) {
            wrong(field, format!("{field} must be a date such as 2026-12-01."));
        }
        read.and_then(std::result::Result::ok)
    };
    let (from, until) = (day("valid_from", true), day("valid_until", false));
    if until.is_some_and(|until| from.is_some_and(|from| until <= from)) {
        wrong("valid_until", "valid_until must be after valid_from: it is the first day on which this no longer holds.".to_owned());
    }
    let is_removed = data.get("removed").and_then(Value::as_bool).unwrap_or_default();
    let mut fields = Fields::new();
    for (field, needed) in subject.fields() {
        match text(field) {
            Some(value) if value.chars().count() > LONGEST || value.contains('\0') => {
                wrong(field, format!("{field} is longer than {LONGEST} characters, or holds a NUL character."));
            }
            Some(value) => drop(fields.insert((*field).to_owned(), value)),
            None if *needed && !is_removed => wrong(field, format!("{field} is missing.")),
            None => {}
        }
    }
    let roles = match data.get("roles").filter(|roles| subject == Subject::Partner && !roles.is_null()) {
        None => Vec::new(),
        Some(Value::Array(named)) => named.iter().enumerate().filter_map(|(place, role)| read_role(place, role, &mut wrong)).collect(),
        Some(_) => {
            wrong("roles", "roles must be a list of supplier, customer or carrier.".to_owned());
            Vec::new()
        }
    };
    match (code, sequence, from) {
        (Some(code), Some(sequence), Some(from)) if errors.is_empty() => {
            Ok(Told { partner, code, span: Span { sequence, from, until }, is_removed, fields, roles })
        }
        _ => Err(Error::Invalid(errors)),
    }
}

/// What a partner is to the hub, as a feed names it.
fn read_role(place: usize, named: &Value, wrong: &mut impl FnMut(&str, String)) -> Option<Audience> {
    let role = named.as_str().and_then(|role| role.parse().ok()).filter(|role| *role != Audience::Hub);
    if role.is_none() {
        wrong(&format!("roles/{place}"), "It must be supplier, customer or carrier.".to_owned());
    }
    role
}

/// What a version would do to what is known of its thing, today.
pub fn effect(known: &[Version], told: &Told, today: Date) -> Effect {
    if let Some(same) = known.iter().find(|version| version.sequence == told.span.sequence) {
        let equal = same.span() == told.span && same.is_removed == told.is_removed && same.fields.0 == told.fields;
        return if equal { Effect::Known } else { Effect::Conflict };
    }
    let before = reference::on(known, today, Version::span);
    if !told.span.covers(today) {
        return if told.span.from > today { Effect::From(told.span.from) } else { Effect::Late };
    }
    if before.is_some_and(|before| before.sequence > told.span.sequence) {
        return Effect::Late;
    }
    match (before.filter(|before| !before.is_removed), told.is_removed) {
        (None, true) => Effect::Same,
        (None, false) => Effect::New,
        (Some(_), true) => Effect::Removed,
        (Some(before), false) => {
            let changes = differences(&before.fields.0, &told.fields);
            if changes.is_empty() { Effect::Same } else { Effect::Changes(changes) }
        }
    }
}

/// The fields that differ, by name.
pub fn differences(old: &Fields, new: &Fields) -> Vec<Difference> {
    let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let value = |fields: &Fields, name: &String| fields.get(name).cloned().unwrap_or_default();
    let differ = names.into_iter().map(|name| Difference { what: name.clone(), old: value(old, name), new: value(new, name) });
    differ.filter(|change| change.old != change.new).collect()
}

/// What became of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is kept.
    Kept(OrganisationId),
    /// No partner has this code.
    UnknownPartner,
    /// Another version has this sequence.
    Conflict,
}

/// Keeps a version, in the transaction of the event that told it. A partner that is told of for the first time and has a
/// role is added.
pub async fn take(context: &Context, conn: &mut Conn, subject: Subject, told: Told, source: &str, event: &str) -> Result<Taken> {
    dialect::lock(conn, &format!("organisation {}", told.partner)).await?;
    let owner = match organisations::find_by_code(conn, &told.partner).await? {
        Some(owner) => owner,
        None if subject == Subject::Partner && !told.roles.is_empty() => add(context, conn, &told).await?,
        None => return Ok(Taken::UnknownPartner),
    };
    let known = store::versions(conn, owner.id, subject, &told.code).await?;
    match effect(&known, &told, today(context, conn).await?) {
        Effect::Known => return Ok(Taken::Kept(owner.id)),
        Effect::Conflict => return Ok(Taken::Conflict),
        _ => {}
    }
    let row = version(context, owner.id, subject, told, (source, event));
    store::insert(conn, &row).await?;
    if subject == Subject::Partner {
        // A name that holds already is taken at once.
        let versions = store::versions(conn, owner.id, subject, &row.code).await?;
        let day = today(context, conn).await?;
        name(conn, &owner, &versions, day).await?;
    }
    community::reference::tell(context, conn, &owner, subject, &row.code).await?;
    Ok(Taken::Kept(owner.id))
}

fn version(context: &Context, owner: OrganisationId, subject: Subject, told: Told, (source, event): (&str, &str)) -> Version {
    Version {
        id: context.id(),
        subject,
        organisation_id: owner,
        code: told.code,
        sequence: told.span.sequence,
        valid_from: told.span.from,
        valid_until: told.span.until,
        is_removed: told.is_removed,
        fields: Json(told.fields),
        source: source.to_owned(),
        event_id: event.to_owned(),
        recorded_at: context.now(),
    }
}

/// A partner as it is told of for the first time: it works in the hub's zone and currency until somebody says otherwise.
async fn add(context: &Context, conn: &mut Conn, told: &Told) -> Result<Organisation> {
    let hub = organisations::hub(conn).await?.ok_or(Error::NotFound)?;
    let text = |field: &str| told.fields.get(field).cloned().unwrap_or_default();
    let row = Organisation {
        id: context.id(),
        code: told.partner.clone(),
        name: text("name"),
        is_hub: false,
        is_supplier: told.roles.contains(&Audience::Supplier),
        is_customer: told.roles.contains(&Audience::Customer),
        is_carrier: told.roles.contains(&Audience::Carrier),
        zone: hub.zone,
        currency: hub.currency,
        place: text("place"),
        created_at: context.now(),
    };
    organisations::insert(conn, &row).await?;
    Ok(row)
}

/// Gives partners the names that hold today: one may have been told for a day that has come since.
pub async fn turn(context: &Context) -> Result<()> {
    let mut tx = context.db.begin().await?;
    let day = today(context, &mut tx).await?;
    let versions = store::of_partners(&mut tx).await?;
    for versions in versions.chunk_by(|a, b| a.organisation_id == b.organisation_id) {
        let Some(first) = versions.first() else { continue };
        if let Some(owner) = organisations::find(&mut tx, first.organisation_id).await? {
            name(&mut tx, &owner, versions, day).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Gives a partner the name and place that hold on a day.
async fn name(conn: &mut Conn, owner: &Organisation, versions: &[Version], day: Date) -> Result<()> {
    let Some(version) = reference::on(versions, day, Version::span).filter(|version| !version.is_removed) else { return Ok(()) };
    let name = version.fields.get("name").unwrap_or(&owner.name);
    let place = version.fields.get("place").unwrap_or(&owner.place);
    if *name != owner.name || *place != owner.place {
        organisations::rename(conn, owner.id, name, place).await?;
        search::forget_of(conn, owner.id).await?;
    }
    Ok(())
}

/// The day at the hub.
async fn today(context: &Context, conn: &mut Conn) -> Result<Date> {
    let hub = organisations::hub(conn).await?;
    let zone = hub.and_then(|hub| Zone::named(&hub.zone)).unwrap_or_else(Zone::utc);
    Ok(zone.date(context.now()))
}

/// The subject of a type of event, without the prefix of its sender.
pub fn subject_of(kind: &str) -> Option<Subject> {
    kind.strip_suffix(".upserted")?.parse().ok()
}

/// One thing as it is known.
pub struct Thing {
    /// What it is.
    pub subject: Subject,
    /// What the source calls it.
    pub code: String,
    /// It belongs to the hub, not to the partner.
    pub is_hubs: bool,
    /// Every version, the one that was meant last first.
    pub versions: Vec<Version>,
    /// The version that holds today: its place in `versions`.
    pub now: Option<usize>,
    /// The version that holds next, and from when on; none inside where the thing ends then.
    pub next: Option<(Date, Option<usize>)>,
}

/// What is known of an organisation.
pub struct KnownOf {
    /// Whose it is.
    pub organisation: Organisation,
    /// Every thing, by subject and code.
    pub things: Vec<Thing>,
}

/// What is known of the reader's own organisation, or for the hub of any.
pub async fn known(context: &Context, actor: &Actor, organisation: OrganisationId) -> Result<KnownOf> {
    let mut conn = context.db.read().await?;
    if !actor.scope().holds(organisation) {
        return Err(Error::NotFound);
    }
    let owner = organisations::find(&mut conn, organisation).await?.ok_or(Error::NotFound)?;
    let versions = store::of(&mut conn, actor.scope(), organisation, SHOWN).await?;
    let day = today(context, &mut conn).await?;
    let same = |a: &Version, b: &Version| (a.subject, a.organisation_id, &a.code) == (b.subject, b.organisation_id, &b.code);
    let things = versions.chunk_by(same).filter_map(|versions| thing(versions, owner.id, day)).collect();
    Ok(KnownOf { organisation: owner, things })
}

fn thing(versions: &[Version], owner: OrganisationId, day: Date) -> Option<Thing> {
    let first = versions.first()?;
    let mut versions = versions.to_vec();
    versions.sort_by_key(|version| std::cmp::Reverse(version.sequence));
    let place = |day| {
        let sequence = reference::on(&versions, day, Version::span)?.sequence;
        versions.iter().position(|version| version.sequence == sequence)
    };
    let now = place(day);
    let next = reference::turns(&versions, day, Version::span).first().map(|day| (*day, place(*day)));
    Some(Thing { subject: first.subject, code: first.code.clone(), is_hubs: first.organisation_id != owner, now, next, versions })
}
