//! How rules are set, and what one would have found: for the people who run the portal.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Bench, Root, examine};
use crate::{
    domain::{
        access::{Actor, Permission},
        document::DocumentKind,
        exception::{
            Finding, Kind, Measure, Rules, Setting,
            rule::{LARGEST_THRESHOLD, MOST_REPEATS},
        },
        ids::OrganisationId,
        number::{Amount, Currency},
        time::Timestamp,
    },
    service::{Context, Error, FieldError, Result, history::signature},
    store::{
        Conn, examined,
        exception_rules::{self, RuleRow},
        jobs,
        organisations::{self, Organisation},
        policies::{self, CalendarRow},
        remittances,
    },
};

/// What a person enters to set a rule. Everything is text as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleForm {
    /// Which rule.
    pub kind: String,
    /// The partner's code; empty for all.
    pub partner: String,
    /// The document type; empty for all.
    pub document: String,
    /// Whether it finds anything: `on` or `off`.
    pub on: String,
    /// How much is allowed.
    pub threshold: String,
    /// How often it is said at most.
    pub repeats: String,
    /// Id of the calendar whose hours it counts; empty for the usual week.
    pub calendar: String,
}

/// The table, and what it is read with.
pub struct RuleTable {
    /// What differs from the built-in settings.
    pub rows: Vec<RuleRow>,
    /// Everybody it can be set for.
    pub partners: Vec<Organisation>,
    /// The calendars by whose hours it can count.
    pub calendars: Vec<CalendarRow>,
}

fn operate(actor: &Actor) -> Result<()> {
    if actor.may(Permission::Operate) { Ok(()) } else { Err(Error::NotFound) }
}

/// Loads the table.
pub async fn table(context: &Context, actor: &Actor) -> Result<RuleTable> {
    operate(actor)?;
    let mut conn = context.db.read().await?;
    let partners = organisations::list(&mut conn).await?.into_iter().filter(|row| !row.is_hub).collect();
    let calendars = policies::calendars(&mut conn).await?;
    Ok(RuleTable { rows: exception_rules::list(&mut conn).await?, partners, calendars })
}

/// A rule as it was entered.
struct Entered {
    kind: Kind,
    partner: Option<OrganisationId>,
    document: Option<DocumentKind>,
    setting: Setting,
}

async fn read(conn: &mut Conn, form: &RuleForm) -> Result<Entered> {
    let kind: Kind = form.kind.parse().map_err(|()| Error::field("kind", "Choose a rule."))?;
    let mut errors = Vec::new();
    let mut wrong = |field: &str, message: String| errors.push(FieldError { field: field.to_owned(), message });
    let mut number = |field: &str, text: &str, known: i64, range: std::ops::RangeInclusive<i64>| {
        if text.trim().is_empty() {
            return known;
        }
        let read: Option<i64> = text.trim().parse().ok().filter(|value| range.contains(value));
        if read.is_none() {
            wrong(field, format!("Enter a whole number from {} to {}.", range.start(), range.end()));
        }
        read.unwrap_or(known)
    };
    let known = kind.built_in();
    let threshold = match kind.measure() {
        Measure::Nothing => 0,
        _ => number("threshold", &form.threshold, known.threshold, 0..=LARGEST_THRESHOLD),
    };
    let repeats = number("repeats", &form.repeats, known.repeats, 1..=MOST_REPEATS);
    let partner = match form.partner.trim() {
        "" => None,
        code => {
            let found = organisations::find_by_code(conn, code).await?.filter(|found| !found.is_hub);
            if found.is_none() {
                wrong("partner", "Choose a partner, or all of them.".to_owned());
            }
            found.map(|found| found.id)
        }
    };
    let document = match form.document.trim() {
        "" => None,
        code => {
            let found: Option<DocumentKind> = code.parse().ok();
            if found.is_none() {
                wrong("document", "Choose a document type, or all of them.".to_owned());
            } else if !kind.knows_documents() {
                wrong("document", "This rule is not about documents, so it cannot be set for one type. Choose all of them.".to_owned());
            }
            found
        }
    };
    let calendar = match form.calendar.trim() {
        "" => None,
        _ if kind.measure() != Measure::WorkingHours => {
            wrong("calendar", "This rule counts no hours. Leave the usual week.".to_owned());
            None
        }
        id => {
            let known = match id.parse() {
                Ok(id) => policies::calendar(conn, id).await?,
                Err(_) => None,
            };
            if known.is_none() {
                wrong("calendar", "Choose a calendar from the list, or the usual week.".to_owned());
            }
            known.map(|row| row.id)
        }
    };
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    Ok(Entered { kind, partner, document, setting: Setting { is_on: form.on != "off", threshold, repeats, calendar } })
}

/// Sets a rule.
pub async fn save(context: &Context, actor: &Actor, form: &RuleForm) -> Result<Kind> {
    operate(actor)?;
    let mut tx = context.db.begin().await?;
    let entered = read(&mut tx, form).await?;
    let row = RuleRow {
        id: context.id::<crate::domain::ids::EventId>().0,
        kind: entered.kind,
        partner_id: entered.partner,
        document: entered.document,
        is_on: entered.setting.is_on,
        threshold: entered.setting.threshold,
        repeats: entered.setting.repeats,
        calendar_id: entered.setting.calendar,
        author: signature(actor),
        updated_at: context.now(),
    };
    exception_rules::save(&mut tx, &row).await?;
    ask_to_apply(context, &mut tx, entered.kind).await?;
    tx.commit().await?;
    Ok(entered.kind)
}

/// Takes a row away: the next closest one counts again.
pub async fn remove(context: &Context, actor: &Actor, id: Uuid) -> Result<()> {
    operate(actor)?;
    let mut tx = context.db.begin().await?;
    if let Some(row) = exception_rules::list(&mut tx).await?.into_iter().find(|row| row.id == id) {
        exception_rules::delete(&mut tx, id).await?;
        ask_to_apply(context, &mut tx, row.kind).await?;
    }
    Ok(tx.commit().await?)
}

/// Kind of the job that applies a rule that was changed.
pub const APPLY: &str = "apply_rule";
/// How many days back a changed rule is applied.
pub const APPLIED_DAYS: i64 = 90;

async fn ask_to_apply(context: &Context, conn: &mut Conn, kind: Kind) -> Result<()> {
    let now = context.now();
    let work = serde_json::json!({ "kind": kind.as_str() });
    Ok(jobs::enqueue(conn, context.id(), APPLY, Some(kind.as_str()), &work, now, now).await?)
}

/// What a rule that was changed applies to: everything that came lately and everything that stands, since what is found at
/// once has to be looked for as much as what time makes late.
pub async fn applies_to(context: &Context, kind: Kind) -> Result<Vec<Root>> {
    let mut conn = context.db.read().await?;
    let since = context.now().plus_seconds(-APPLIED_DAYS * 86_400);
    let mut all: BTreeSet<Root> = roots(context, &mut conn, kind, since, None).await?.into_iter().collect();
    all.extend(examined::open_roots(&mut conn).await?.iter().filter_map(|root| root.parse::<Root>().ok()));
    Ok(all.into_iter().collect())
}

/// Where something of a kind can be found since a moment, with everybody or with one partner: one more than is looked at,
/// to tell whether there are more.
async fn roots(context: &Context, conn: &mut Conn, kind: Kind, since: Timestamp, partner: Option<OrganisationId>) -> Result<Vec<Root>> {
    let limit = MOST + 1;
    Ok(match kind {
        Kind::PartnerSilent => {
            let all = examined::connected_partners(conn).await?.into_iter();
            all.filter(|id| partner.is_none_or(|partner| partner == *id)).map(Root::Partner).collect()
        }
        Kind::FileRefused => examined::refused_files_since(conn, since, partner, limit).await?.into_iter().map(Root::File).collect(),
        Kind::AcknowledgmentMissing
        | Kind::DocumentRejected
        | Kind::ApplicationRejected
        | Kind::DocumentRefused
        | Kind::DocumentNotApplied
        | Kind::SendFailed => examined::documents_since(conn, since, partner, limit).await?.into_iter().map(Root::Document).collect(),
        Kind::ShortPayment | Kind::PaidAgain | Kind::RemittanceTotal | Kind::RemittanceInvoiceUnknown | Kind::RemittanceCurrency => {
            remittances::since(conn, since, partner, limit).await?.into_iter().map(Root::Remittance).collect()
        }
        _ => of_trade(context, conn, since, partner, limit).await?,
    })
}

/// Orders, and invoices without one, about which something happened, or did not happen in time, since a moment.
async fn of_trade(context: &Context, conn: &mut Conn, since: Timestamp, partner: Option<OrganisationId>, limit: i64) -> Result<Vec<Root>> {
    let (now, today) = (context.now(), context.clock.today());
    let mut found: Vec<Root> = Vec::new();
    found.extend(examined::orders_since(conn, since, partner, limit).await?.into_iter().map(Root::Order));
    found.extend(examined::invoices_since(conn, since, partner, limit).await?.into_iter().map(Root::Invoice));
    found.extend(examined::late_orders(conn, now, today, partner).await?.into_iter().map(Root::Order));
    found.extend(examined::late_invoices(conn, today, partner).await?.into_iter().map(Root::Invoice));
    // The newest first, each once.
    let mut seen = BTreeSet::new();
    found.retain(|root| seen.insert(*root));
    Ok(found)
}

/// The most orders, and the most documents, that a rule is tried against.
pub const MOST: i64 = 1000;

/// What a rule would have found.
pub struct Trial {
    /// The rule.
    pub kind: Kind,
    /// How it would be set.
    pub setting: Setting,
    /// Over how many days.
    pub days: i64,
    /// How many orders, documents, files and partners were looked at.
    pub examined: usize,
    /// There were more, which were not looked at.
    pub is_cut: bool,
    /// What it would have found, newest first.
    pub found: Vec<Finding>,
    /// The money at stake, by currency.
    pub money: BTreeMap<String, (Currency, Amount)>,
}

/// Tries a rule against the last days, as far as they are kept: what contradicts itself now, and what came late or did not
/// come. Changes nothing.
pub async fn trial(context: &Context, actor: &Actor, form: &RuleForm, days: i64) -> Result<Trial> {
    operate(actor)?;
    let mut conn = context.db.read().await?;
    let Entered { kind, partner, document, setting } = read(&mut conn, form).await?;
    let bench = Bench::of(&mut conn, Rules::only(kind, setting)).await?;
    let since = context.now().plus_seconds(-days.clamp(1, 365) * 86_400);
    let roots = roots(context, &mut conn, kind, since, partner).await?;
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let (is_cut, examined) = (roots.len() > most, roots.len().min(most));
    let mut found = Vec::new();
    for root in roots.into_iter().take(most) {
        let examined = examine(context, &mut conn, &bench, root).await?;
        let is_meant = partner.is_none_or(|partner| examined.partner == Some(partner))
            && document.is_none_or(|document| examined.document == Some(document));
        if !is_meant {
            continue;
        }
        found.extend(examined.found.into_iter().filter(|finding| finding.kind == kind && finding.began >= since));
    }
    found.sort_by_key(|finding| std::cmp::Reverse(finding.began));
    let mut money: BTreeMap<String, (Currency, Amount)> = BTreeMap::new();
    for (amount, currency) in found.iter().filter_map(|finding| finding.money) {
        let sum = money.entry(currency.code().to_owned()).or_insert((currency, Amount::ZERO));
        sum.1 = sum.1 + amount;
    }
    Ok(Trial { kind, setting, days, examined, is_cut, found, money })
}
