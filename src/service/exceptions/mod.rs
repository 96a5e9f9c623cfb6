//! Exceptions: finding them where documents are applied and where time passes, keeping each in one row, closing it when
//! it is over. What is wrong is said by `domain::exception`; here the facts are loaded and the rows are kept. [`look`] is
//! called inside the transaction that changed something, so that an exception is there with what caused it.

pub mod act;
pub mod assign;
pub mod claim;
mod facts;
pub mod guide;
pub mod rules;
pub mod said;
pub mod taken;
pub mod view;
pub mod watch;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use sqlx::types::Json;

use super::{Context, Result, cases::terms};
use crate::{
    domain::{
        calendar::Calendar,
        document::DocumentKind,
        exception::{self, Finding, News, Owner, Rules, Standing, State, View},
        ids::{CalendarId, DocumentId, ExceptionId, InvoiceId, OrderId, OrganisationId, RemittanceId, TransmissionId},
        number::Amount,
    },
    store::{
        Conn, dialect, examined, exception_rules,
        exceptions::{self, Exception},
        orders, policies,
    },
};

/// What is examined as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Root {
    /// An order with its shipments and invoices.
    Order(OrderId),
    /// An invoice without an order.
    Invoice(InvoiceId),
    /// A remittance.
    Remittance(RemittanceId),
    /// A document.
    Document(DocumentId),
    /// A file.
    File(TransmissionId),
    /// A partner's system.
    Partner(OrganisationId),
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Order(id) => write!(f, "order:{id}"),
            Self::Invoice(id) => write!(f, "invoice:{id}"),
            Self::Remittance(id) => write!(f, "remittance:{id}"),
            Self::Document(id) => write!(f, "document:{id}"),
            Self::File(id) => write!(f, "file:{id}"),
            Self::Partner(id) => write!(f, "partner:{id}"),
        }
    }
}

impl FromStr for Root {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (kind, id) = text.split_once(':').ok_or(())?;
        let id = uuid::Uuid::try_parse(id).map_err(|_| ())?;
        match kind {
            "order" => Ok(Self::Order(id.into())),
            "invoice" => Ok(Self::Invoice(id.into())),
            "remittance" => Ok(Self::Remittance(id.into())),
            "document" => Ok(Self::Document(id.into())),
            "file" => Ok(Self::File(id.into())),
            "partner" => Ok(Self::Partner(id.into())),
            _ => Err(()),
        }
    }
}

/// Something there is to tell.
#[derive(Clone, Debug)]
pub struct Told {
    /// The exception.
    pub id: ExceptionId,
    /// The partner concerned.
    pub counterparty: Option<OrganisationId>,
    /// Who can settle it.
    pub owner: Owner,
    /// What there is to tell.
    pub news: News,
}

/// Tells the open pages of everybody who sees what changed. After the commit.
pub fn tell(context: &Context, told: &[Told]) {
    let parties: BTreeSet<Option<OrganisationId>> = told.iter().map(seen_by).collect();
    for party in parties {
        context.live.publish(party);
    }
}

/// The partner who sees it; none where only the hub does.
fn seen_by(told: &Told) -> Option<OrganisationId> {
    told.counterparty.filter(|_| told.owner == Owner::Partner)
}

/// The partners whose pages changed.
pub fn concerned(told: &[Told]) -> impl Iterator<Item = OrganisationId> + '_ {
    told.iter().filter_map(seen_by)
}

/// What every examination needs: the settings and when the hub works.
pub(super) struct Bench {
    rules: Rules,
    calendar: Calendar,
    calendars: BTreeMap<CalendarId, Calendar>,
}

impl Bench {
    pub(super) async fn load(conn: &mut Conn) -> Result<Self> {
        let rules = Rules(exception_rules::list(conn).await?.iter().map(exception_rules::RuleRow::rule).collect());
        Self::of(conn, rules).await
    }

    /// With rules that are only tried.
    pub(super) async fn of(conn: &mut Conn, rules: Rules) -> Result<Self> {
        let mut calendars = BTreeMap::new();
        if rules.0.iter().any(|rule| rule.setting.calendar.is_some()) {
            for row in policies::calendars(conn).await? {
                calendars.insert(row.id, terms::read(&row)?);
            }
        }
        Ok(Self { rules, calendar: terms::usual(conn).await?, calendars })
    }
}

/// What an examination found.
pub(super) struct Examined {
    /// The partner concerned.
    pub partner: Option<OrganisationId>,
    /// The type of the document, where one was examined.
    pub document: Option<DocumentKind>,
    /// What is wrong.
    pub found: Vec<Finding>,
}

/// Examines what a change may have made wrong or right, and keeps what is found. Within the transaction of the change.
pub async fn look(context: &Context, conn: &mut Conn, roots: impl IntoIterator<Item = Root>) -> Result<Vec<Told>> {
    let roots: BTreeSet<Root> = roots.into_iter().collect();
    let mut told = Vec::new();
    if roots.is_empty() {
        return Ok(told);
    }
    let bench = Bench::load(conn).await?;
    for root in roots {
        // Two that examine the same would both find it new.
        dialect::lock(conn, &root.to_string()).await?;
        let examined = examine(context, conn, &bench, root).await?;
        told.extend(keep(context, conn, &bench, root, examined).await?);
    }
    Ok(told)
}

/// Examines an order and the customers' orders that it covers.
pub async fn look_at_order(context: &Context, conn: &mut Conn, order: OrderId) -> Result<Vec<Told>> {
    let covered = orders::covers(conn, order).await?.into_iter().map(|cover| Root::Order(cover.sales_order_id));
    look(context, conn, covered.chain([Root::Order(order)]).collect::<Vec<_>>()).await
}

/// Examines a document and those that it may come in the place of.
pub async fn look_at_document(
    context: &Context,
    conn: &mut Conn,
    id: DocumentId,
    counterparty: Option<OrganisationId>,
    number: &str,
) -> Result<Vec<Told>> {
    let earlier = examined::open_documents(conn, counterparty, number).await?;
    look(context, conn, earlier.into_iter().chain([id]).map(Root::Document)).await
}

/// What is wrong with a root, and which partner it concerns.
pub(super) async fn examine(context: &Context, conn: &mut Conn, bench: &Bench, root: Root) -> Result<Examined> {
    let view = |partner| View { rules: &bench.rules, calendar: &bench.calendar, calendars: &bench.calendars, now: context.now(), partner };
    let (mut partner, mut document, mut found) = (None, None, Vec::new());
    match root {
        Root::Order(id) => {
            if let Some((of, order, shipments, invoices)) = facts::order(conn, id).await? {
                partner = Some(of);
                found = exception::orders::examine(&view(partner), &order, &shipments, &invoices);
            }
        }
        Root::Invoice(id) => {
            if let Some((of, invoice)) = facts::invoice(conn, id).await? {
                partner = Some(of);
                found = exception::invoices::examine(&view(partner), None, &[invoice]);
            }
        }
        Root::Remittance(id) => {
            if let Some((of, remittance)) = facts::remittance(conn, id).await? {
                partner = Some(of);
                found = exception::remittances::examine(&view(partner), &remittance);
            }
        }
        Root::Document(id) => {
            if let Some((of, facts)) = facts::document(conn, id).await? {
                (partner, document) = (of, Some(facts.kind));
                found = exception::documents::examine(&view(partner), &facts);
            }
        }
        Root::File(id) => {
            if let Some((of, file)) = facts::file(conn, id).await? {
                partner = of;
                found.extend(exception::documents::examine_file(&view(partner), &file));
            }
        }
        Root::Partner(id) => {
            if let Some(facts) = facts::partner(conn, id).await? {
                partner = Some(id);
                found.extend(exception::documents::examine_partner(&view(partner), &facts));
            }
        }
    }
    Ok(Examined { partner, document, found })
}

/// Whether a look at a root would change anything that is kept of it. Writes nothing.
async fn would_change(context: &Context, conn: &mut Conn, root: Root) -> Result<bool> {
    let bench = Bench::load(conn).await?;
    let Examined { partner, document, mut found } = examine(context, conn, &bench, root).await?;
    for row in exceptions::of_root(conn, &root.to_string()).await? {
        let finding = take_of(&mut found, &row);
        let most = bench.rules.setting(row.kind, partner, document).repeats;
        if exception::next(Some(&standing_of(&row)), finding.as_ref(), most, context.now()).is_some() {
            return Ok(true);
        }
    }
    // What is not kept yet opens.
    Ok(!found.is_empty())
}

/// Takes out what was found of an exception that is kept.
fn take_of(found: &mut Vec<Finding>, row: &Exception) -> Option<Finding> {
    let place = found.iter().position(|finding| finding.kind == row.kind && finding.subject.id == row.subject_id)?;
    Some(found.swap_remove(place))
}

/// Brings the rows of a root in step with what was found. The one place where exceptions are written by themselves: who
/// has to be notified of one is notified from here.
async fn keep(context: &Context, conn: &mut Conn, bench: &Bench, root: Root, examined: Examined) -> Result<Vec<Told>> {
    let Examined { partner, document, mut found } = examined;
    let most = |kind| bench.rules.setting(kind, partner, document).repeats;
    let now = context.now();
    let mut told = Vec::new();
    for mut row in exceptions::of_root(conn, &root.to_string()).await? {
        let finding = take_of(&mut found, &row);
        let next = exception::next(Some(&standing_of(&row)), finding.as_ref(), most(row.kind), now);
        let Some((standing, news)) = next else { continue };
        let last_step = last_step(conn, &row).await?;
        let before = row.clone();
        if let Some(finding) = &finding {
            describe(&mut row, finding);
        }
        stand(bench, context, &mut row, standing, last_step);
        exceptions::update(conn, &row).await?;
        said::note(context, conn, Some(&before), &row).await?;
        told.push(Told { id: row.id, counterparty: row.counterparty_id, owner: row.owner, news });
    }
    for finding in found {
        let Some((standing, news)) = exception::next(None, Some(&finding), most(finding.kind), now) else { continue };
        let mut row = blank(context, root, partner, &finding);
        stand(bench, context, &mut row, standing, None);
        exceptions::insert(conn, &row).await?;
        said::note(context, conn, None, &row).await?;
        told.push(Told { id: row.id, counterparty: row.counterparty_id, owner: row.owner, news });
    }
    Ok(told)
}

/// The step that was done last since it opened.
async fn last_step(conn: &mut Conn, row: &Exception) -> Result<Option<i64>> {
    let steps = exceptions::steps(conn, row.id, row.round).await?;
    Ok(steps.into_iter().max_by_key(|done| (done.done_at, done.step)).map(|done| done.step))
}

fn standing_of(row: &Exception) -> Standing {
    Standing {
        state: row.state,
        began: row.began_at,
        ended: row.ended_at,
        settled_by: row.settled_by.clone(),
        times: row.times,
        earlier: row.earlier,
        round: row.round,
        differences: row.differences.0.clone(),
        document: row.document_id,
    }
}

fn blank(context: &Context, root: Root, partner: Option<OrganisationId>, finding: &Finding) -> Exception {
    let now = context.now();
    let mut row = Exception {
        id: context.id(),
        kind: finding.kind,
        root: root.to_string(),
        subject_kind: finding.subject.kind,
        subject_id: finding.subject.id,
        subject_number: String::new(),
        counterparty_id: partner,
        owner: finding.owner,
        severity: finding.kind.severity(),
        state: State::Open,
        differences: Json(Vec::new()),
        document_id: None,
        money: Amount::ZERO,
        currency: None,
        began_at: finding.began,
        due_at: finding.began,
        ended_at: None,
        settled_by: None,
        settled_note: String::new(),
        settled_step: None,
        times: 0,
        earlier: 0,
        round: 1,
        case_id: None,
        assignee_id: None,
        version: 0,
        updated_at: now,
        created_at: now,
    };
    describe(&mut row, finding);
    row
}

/// What a finding says beside its standing.
fn describe(row: &mut Exception, finding: &Finding) {
    row.subject_number.clone_from(&finding.subject.number);
    row.owner = finding.owner;
    row.severity = finding.kind.severity();
    // What was at stake is remembered when nothing is at stake any more.
    if finding.is_open() || row.money == Amount::ZERO {
        row.money = finding.money.map_or(Amount::ZERO, |(money, _)| money);
        row.currency = finding.money.map(|(_, currency)| currency);
    }
}

fn stand(bench: &Bench, context: &Context, row: &mut Exception, standing: Standing, last_step: Option<i64>) {
    let view = View {
        rules: &bench.rules,
        calendar: &bench.calendar,
        calendars: &bench.calendars,
        now: context.now(),
        partner: row.counterparty_id,
    };
    let is_new_round = standing.round != row.round;
    row.settled_step = if standing.state == State::Closed && !is_new_round { last_step } else { None };
    if standing.settled_by.is_none() {
        row.settled_note.clear();
    }
    row.state = standing.state;
    row.began_at = standing.began;
    row.due_at = view.due(row.kind, row.severity, standing.began);
    row.ended_at = standing.ended;
    row.settled_by = standing.settled_by;
    row.times = standing.times;
    row.earlier = standing.earlier;
    row.round = standing.round;
    row.differences = Json(standing.differences);
    row.document_id = standing.document;
    row.updated_at = context.now();
}
