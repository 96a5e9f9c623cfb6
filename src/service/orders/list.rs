//! The list of orders: its tabs, its page, and what each row asks of its reader.

use crate::{
    domain::{
        access::{Actor, Permission},
        ids::OrderId,
        order::OrderState,
        time::Timestamp,
    },
    service::{
        Context, Result,
        exchange::parties,
        paging::{PAGE, cut},
    },
    store::orders::{self, OrderFilter, OrderRow},
};

/// The tabs of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// Everything.
    #[default]
    All,
    /// Waiting for the seller's answer.
    ToAnswer,
    /// Answered with changes; the buyer decides.
    Waiting,
    /// Confirmed and not, or not wholly, shipped.
    ToShip,
    /// Shipped and not wholly invoiced.
    ToInvoice,
    /// Nothing left to do.
    Done,
}

impl Tab {
    /// Every tab, in order.
    pub const ALL: [Self; 6] = [Self::All, Self::ToAnswer, Self::Waiting, Self::ToShip, Self::ToInvoice, Self::Done];

    /// Its code in the address.
    pub fn code(self) -> &'static str {
        match self {
            Self::All => "",
            Self::ToAnswer => "to-answer",
            Self::Waiting => "waiting",
            Self::ToShip => "to-ship",
            Self::ToInvoice => "to-invoice",
            Self::Done => "done",
        }
    }

    /// The tab with a code; the first one for anything else.
    pub fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|tab| tab.code() == code).unwrap_or_default()
    }

    /// The states it shows; empty for all.
    pub fn states(self) -> &'static [OrderState] {
        match self {
            Self::All => &[],
            Self::ToAnswer => &[OrderState::Received],
            Self::Waiting => &[OrderState::ConfirmedWithChanges, OrderState::OnHold],
            Self::ToShip => &[OrderState::Confirmed, OrderState::PartShipped],
            Self::ToInvoice => &[OrderState::Shipped, OrderState::Delivered],
            Self::Done => &[OrderState::Invoiced, OrderState::Rejected, OrderState::Cancelled],
        }
    }
}

/// What a reader asks of the list.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Tab.
    pub tab: Tab,
    /// Search text.
    pub search: String,
    /// Where the page begins: after this row.
    pub after: Option<(Timestamp, OrderId)>,
}

/// A page of the list.
pub struct OrderList {
    /// The rows.
    pub rows: Vec<OrderRow>,
    /// Where the next page begins.
    pub next: Option<(Timestamp, OrderId)>,
    /// How many orders each tab holds, in the order of [`Tab::ALL`].
    pub counts: [i64; 6],
    /// The actor answers orders in the portal, not over the wire.
    pub answers_here: bool,
}

/// Loads a page.
pub async fn load(context: &Context, actor: &Actor, query: &Query) -> Result<OrderList> {
    let mut conn = context.db.read().await?;
    let filter = OrderFilter {
        states: query.tab.states().to_vec(),
        search: Some(query.search.trim().to_owned()).filter(|text| !text.is_empty()),
        after: query.after,
        ..OrderFilter::default()
    };
    let mut rows = orders::list(&mut conn, actor.scope(), &filter, PAGE).await?;
    let next = cut(&mut rows, PAGE, |row| (row.created_at, row.id));
    let by_state = orders::count(&mut conn, actor.scope()).await?;
    let counts = Tab::ALL.map(|tab| {
        by_state.iter().filter(|(state, _)| tab.states().is_empty() || tab.states().contains(state)).map(|(_, count)| count).sum()
    });
    let answers_here = actor.may(Permission::Sell) && parties::has_portal_seat(&mut conn, actor.organisation).await?;
    Ok(OrderList { rows, next, counts, answers_here })
}
