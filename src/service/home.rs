//! The start page: what stands open and what changed, as far as the reader may see it. Counting happens in the store,
//! by state and day; what counts as late or as "this week" is decided here, against the reader's own date.

use std::collections::BTreeMap;

use super::{Context, Result};
use crate::{
    domain::{
        access::{Actor, Audience},
        case::Status,
        document::{Direction, DocumentStatus},
        ids::OrderId,
        invoice::InvoiceState,
        number::{Amount, Currency},
        order::{OrderKind, OrderState},
        shipment::{ShipmentState, is_late},
        time::{Date, Timestamp},
    },
    store::{
        cases,
        content::{self, ContentItem},
        documents::{self, DocumentFilter, DocumentRow},
        events::{self, Event},
        home::{self, InvoiceDay, OrderDay, ShipmentDay},
        routes::{self, Route},
    },
};

/// How many recent changes are shown.
pub const CHANGES: i64 = 12;
/// How many notices are shown.
pub const NOTICES: usize = 3;
/// How many documents are shown.
const DOCUMENTS: i64 = 8;

/// Everything the start page says.
pub struct Home {
    /// Orders that have not ended.
    pub orders: Vec<OrderDay>,
    /// Shipments that have not arrived.
    pub shipments: Vec<ShipmentDay>,
    /// Invoices that are neither paid nor refused.
    pub invoices: Vec<InvoiceDay>,
    /// The newest changes, newest first.
    pub events: Vec<Event>,
    /// The numbers of the orders that changes are about, for a reader to whom the words of a change do not say them.
    pub numbers: BTreeMap<OrderId, String>,
    /// The newest notices for this reader, newest first.
    pub notices: Vec<ContentItem>,
    /// Exceptions that are the reader's to settle: how many, and by when the first.
    pub exceptions: (i64, Option<Timestamp>),
    /// Cases in which it is the reader's turn.
    pub cases: i64,
    /// What only the hub sees.
    pub traffic: Option<Traffic>,
}

/// How documents travel, for the hub.
pub struct Traffic {
    /// How many documents are in each state: `direction:status`.
    counts: Vec<(String, i64)>,
    /// The newest documents, newest first.
    pub newest: Vec<DocumentRow>,
    /// Routes in use whose last attempt failed.
    pub failing: Vec<Route>,
}

/// Loads the start page.
pub async fn load(context: &Context, actor: &Actor) -> Result<Home> {
    let mut conn = context.db.read().await?;
    let scope = actor.scope();
    let orders = home::open_orders(&mut conn, scope).await?;
    let shipments = home::open_shipments(&mut conn, scope).await?;
    let invoices = home::open_invoices(&mut conn, scope).await?;
    let events = events::newest(&mut conn, scope, CHANGES).await?;
    let numbers = match actor.audience {
        Audience::Customer => home::order_numbers(&mut conn, scope, events.iter().filter_map(|event| event.order_id)).await?,
        _ => Vec::new(),
    };
    let numbers = numbers.into_iter().map(|row| (row.id, row.number)).collect();
    let notices = match actor.audience {
        Audience::Supplier => for_reader(content::list(&mut conn, "supplier_notice").await?, actor.audience),
        _ => Vec::new(),
    };
    let traffic = match actor.audience {
        Audience::Hub => {
            let counts = documents::count(&mut conn, scope).await?;
            let mut newest = documents::list(&mut conn, scope, &DocumentFilter::default(), DOCUMENTS).await?;
            newest.truncate(usize::try_from(DOCUMENTS).unwrap_or_default());
            let failing = routes::list(&mut conn).await?.into_iter().filter(|route| route.is_active && route.failure.is_some()).collect();
            Some(Traffic { counts, newest, failing })
        }
        _ => None,
    };
    let exceptions = super::exceptions::view::to_settle(&mut conn, actor).await?;
    let own_turn = |status: Status| match actor.audience {
        Audience::Hub => matches!(status, Status::Open | Status::InProgress),
        _ => status == Status::WaitingOnPartner,
    };
    let cases = cases::count(&mut conn, scope).await?.into_iter().filter(|(status, _)| own_turn(*status)).map(|(_, n)| n).sum();
    Ok(Home { orders, shipments, invoices, events, numbers, notices, exceptions, cases, traffic })
}

/// The days of a week from today on, today included.
pub const WEEK: i32 = 7;

/// How many of the reader's shipments are late on a day, and how many are expected within a week from it.
pub async fn shipments_by_day(context: &Context, actor: &Actor, today: Date) -> Result<(i64, i64)> {
    let mut conn = context.db.read().await?;
    let days = home::open_shipments(&mut conn, actor.scope()).await?;
    Ok((late(&days, today), within_a_week(&days, today)))
}

fn within_a_week(shipments: &[ShipmentDay], today: Date) -> i64 {
    let week = today..today.plus_days(WEEK);
    shipments.iter().filter(|day| day.estimated_on.is_some_and(|on| week.contains(&on))).map(|day| day.n).sum()
}

/// The newest notices that are for everybody or for this audience.
fn for_reader(mut items: Vec<ContentItem>, audience: Audience) -> Vec<ContentItem> {
    items.retain(|item| item.audiences.is_empty() || item.audiences.iter().any(|code| code == audience.as_str()));
    items.truncate(NOTICES);
    items
}

fn late(shipments: &[ShipmentDay], today: Date) -> i64 {
    shipments.iter().filter(|day| is_late(day.state, day.estimated_on, today)).map(|day| day.n).sum()
}

/// A number of invoices and what is open on them, by currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Money {
    /// How many.
    pub n: i64,
    /// How much, by currency.
    pub open: BTreeMap<String, (Currency, Amount)>,
}

impl Money {
    fn add(&mut self, day: &InvoiceDay) {
        self.n += day.n;
        let sum = self.open.entry(day.currency.code().to_owned()).or_insert((day.currency, Amount::ZERO));
        sum.1 = sum.1 + day.open;
    }

    /// Both together.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        self.n += other.n;
        for (code, (currency, amount)) in &other.open {
            let sum = self.open.entry(code.clone()).or_insert((*currency, Amount::ZERO));
            sum.1 = sum.1 + *amount;
        }
        self
    }
}

impl Home {
    /// How many orders of a kind are in one of the states.
    pub fn orders(&self, kind: OrderKind, states: &[OrderState]) -> i64 {
        self.of(kind, states).map(|day| day.n).sum()
    }

    /// The earliest deadline for an answer among the orders of a kind that wait for one.
    pub fn answer_due_at(&self, kind: OrderKind) -> Option<Timestamp> {
        self.of(kind, &[OrderState::Received]).filter_map(|day| day.answer_due_at).min()
    }

    /// How many orders of a kind should have left before a day and have not, or not wholly.
    pub fn late_to_ship(&self, kind: OrderKind, today: Date) -> i64 {
        let late = |day: &&OrderDay| day.promised_on.is_some_and(|promised| promised < today);
        self.of(kind, &[OrderState::Confirmed, OrderState::ConfirmedWithChanges, OrderState::PartShipped])
            .filter(late)
            .map(|day| day.n)
            .sum()
    }

    /// How many shipments are in a state.
    pub fn shipments(&self, state: ShipmentState) -> i64 {
        self.shipments.iter().filter(|day| day.state == state).map(|day| day.n).sum()
    }

    /// How many shipments are late on a day.
    pub fn late(&self, today: Date) -> i64 {
        late(&self.shipments, today)
    }

    /// How many shipments are expected within a week from a day.
    pub fn within_a_week(&self, today: Date) -> i64 {
        within_a_week(&self.shipments, today)
    }

    /// The invoices in one of the states.
    pub fn invoices(&self, states: &[InvoiceState]) -> Money {
        self.sum(|day| states.contains(&day.state))
    }

    /// The open invoices whose due date has passed.
    pub fn overdue(&self, today: Date) -> Money {
        self.sum(|day| day.due_on.is_some_and(|due| due < today))
    }

    /// The open invoices in one of the states, by due date, then currency; those without a date last.
    pub fn due(&self, states: &[InvoiceState]) -> Vec<(Option<Date>, Money)> {
        let mut by_day: BTreeMap<(bool, Option<Date>), Money> = BTreeMap::new();
        for day in self.invoices.iter().filter(|day| states.contains(&day.state)) {
            by_day.entry((day.due_on.is_none(), day.due_on)).or_default().add(day);
        }
        by_day.into_iter().map(|((_, on), money)| (on, money)).collect()
    }

    fn of(&self, kind: OrderKind, states: &[OrderState]) -> impl Iterator<Item = &OrderDay> {
        self.orders.iter().filter(move |day| day.kind == kind && states.contains(&day.state))
    }

    fn sum(&self, chosen: impl Fn(&InvoiceDay) -> bool) -> Money {
        let mut money = Money::default();
        self.invoices.iter().filter(|day| chosen(day)).for_each(|day| money.add(day));
        money
    }
}

impl Traffic {
    /// How many documents of a direction are in one of the states.
    pub fn count(&self, direction: Direction, statuses: &[DocumentStatus]) -> i64 {
        let name = |status: &DocumentStatus| format!("{direction}:{status}");
        statuses.iter().filter_map(|status| self.counts.iter().find(|(key, _)| *key == name(status))).map(|(_, n)| n).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn home() -> Home {
        let order = |state, promised: &str, n| OrderDay {
            kind: OrderKind::Purchase,
            state,
            promised_on: promised.parse().ok(),
            n,
            answer_due_at: None,
        };
        let shipment = |state, expected: &str, n| ShipmentDay { state, estimated_on: expected.parse().ok(), n };
        let invoice = |state, currency: &str, due: &str, n, open| InvoiceDay {
            state,
            currency: currency.parse().unwrap(),
            due_on: due.parse().ok(),
            n,
            open: Amount::from_minor(open),
        };
        Home {
            orders: vec![
                order(OrderState::Confirmed, "2026-11-20", 2),
                order(OrderState::PartShipped, "2026-11-22", 3),
                order(OrderState::ConfirmedWithChanges, "2026-11-19", 4),
                order(OrderState::Shipped, "2026-11-01", 9),
            ],
            shipments: vec![
                shipment(ShipmentState::InTransit, "2026-11-21", 1),
                shipment(ShipmentState::Held, "2026-11-22", 2),
                shipment(ShipmentState::InTransit, "", 4),
            ],
            invoices: vec![
                invoice(InvoiceState::Approved, "EUR", "2026-12-01", 2, 100),
                invoice(InvoiceState::Approved, "USD", "2026-12-01", 1, 50),
                invoice(InvoiceState::Approved, "EUR", "", 1, 7),
                invoice(InvoiceState::UnderQuery, "EUR", "2026-11-01", 1, 30),
            ],
            events: Vec::new(),
            numbers: BTreeMap::new(),
            notices: Vec::new(),
            exceptions: (0, None),
            cases: 0,
            traffic: None,
        }
    }

    #[test]
    fn late_is_what_should_have_left_or_arrived_before_today() {
        let (home, today) = (home(), day("2026-11-22"));
        assert_eq!(home.late_to_ship(OrderKind::Purchase, today), 6, "what is promised for today is not late, what has left is not either");
        assert_eq!(home.late_to_ship(OrderKind::Sales, today), 0);
        assert_eq!(home.late(today), 1);
        assert_eq!(home.within_a_week(today), 2);
        assert_eq!((home.shipments(ShipmentState::InTransit), home.shipments(ShipmentState::Held)), (5, 2));
    }

    #[test]
    fn money_is_never_added_across_currencies() {
        let due = home().due(&[InvoiceState::Approved]);
        let days: Vec<_> = due.iter().map(|(on, money)| (*on, money.n)).collect();
        assert_eq!(days, [(Some(day("2026-12-01")), 3), (None, 1)], "without a date comes last");
        let sums: Vec<_> = due[0].1.open.values().map(|(currency, amount)| (currency.code().to_owned(), amount.minor())).collect();
        assert_eq!(sums, [("EUR".to_owned(), 100), ("USD".to_owned(), 50)]);
        assert_eq!(home().overdue(day("2026-11-22")).n, 1);
    }
}
