//! The list of exceptions: what is to be settled, by whom, what is due first and where most money is at stake.

use leptos::prelude::*;

use super::parts;
use crate::{
    domain::{
        access::{Actor, Permission},
        exception::{Owner, State},
        number::Currency,
        time::Timestamp,
        view::List,
    },
    islands::Live,
    pages::{PageContext, cases::parts::urgency_class, cursor, listing, page, query, views},
    service::{
        self,
        exceptions::view::{ExceptionList, own_side},
    },
    store::exceptions::{Count, ExceptionFilter, ExceptionRow, Sorted},
    text,
    ui::{Column, Direction, Empty, Filters, Heat, Icon, PageHead, Pager, Tab, Table, Tabs},
};

/// What the list is narrowed to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    Own,
    Mine,
    Partners,
    Settled,
    All,
}

impl View {
    const ALL: [Self; 5] = [Self::Own, Self::Mine, Self::Partners, Self::Settled, Self::All];

    const fn code(self) -> &'static str {
        match self {
            Self::Own => "",
            Self::Mine => "mine",
            Self::Partners => "partners",
            Self::Settled => "settled",
            Self::All => "all",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Own => "Yours to settle",
            Self::Mine => "In your hands",
            Self::Partners => "With partners",
            Self::Settled => "Settled",
            Self::All => "All",
        }
    }

    fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|view| view.code() == code).unwrap_or(Self::Own)
    }

    /// A partner sees what is its own to settle and nothing else.
    fn is_for(self, is_hub: bool) -> bool {
        is_hub || self != Self::Partners
    }

    /// How many it shows.
    fn count(self, list: &ExceptionList, own: Owner) -> i64 {
        let holds = |count: &&Count| match self {
            Self::Own => count.state == State::Open && count.owner == own,
            Self::Partners => count.state == State::Open && count.owner != own,
            Self::Settled => count.state == State::Closed,
            Self::All | Self::Mine => true,
        };
        if self == Self::Mine { list.in_hand } else { list.counts.iter().filter(holds).map(|count| count.n).sum() }
    }
}

/// What the tab of a code is called by its reader.
pub fn tab_word(code: &str) -> &'static str {
    View::from_code(code).label()
}

struct Asked {
    view: View,
    search: Option<String>,
    sorted: Sorted,
    after: Option<String>,
    /// The currency in which the page begins, where the list is sorted by money.
    currency: Option<String>,
}

impl Asked {
    fn from_query() -> Self {
        let view = View::from_code(&query("tab").unwrap_or_default());
        let sorted = match (query("sort").as_deref(), view) {
            (Some("money"), _) => Sorted::Money,
            (_, View::Settled) => Sorted::Changed,
            _ => Sorted::Due,
        };
        Self { view, search: query("q"), sorted, after: query("after"), currency: query("in") }
    }

    fn filter(&self, actor: &Actor) -> ExceptionFilter {
        ExceptionFilter {
            state: match self.view {
                View::Own | View::Mine | View::Partners => Some(State::Open),
                View::Settled => Some(State::Closed),
                View::All => None,
            },
            owner: match self.view {
                View::Own => Some(own_side(actor)),
                View::Partners => Some(Owner::Partner),
                View::Mine | View::Settled | View::All => None,
            },
            assignee: actor.user().filter(|_| self.view == View::Mine),
            search: self.search.clone(),
            sorted: self.sorted,
            // The number that the list is sorted by stands where other lists have a time.
            after: self.after.as_deref().and_then(cursor::decode).map(|(key, id)| (key.micros(), id)),
            after_currency: self.currency.as_deref().and_then(|code| code.parse().ok()),
            ..ExceptionFilter::default()
        }
    }

    fn address(&self, view: View, sorted: Sorted, after: Option<(&str, Option<Currency>)>) -> String {
        let sort = (sorted == Sorted::Money).then_some("money");
        let search = self.search.as_deref().filter(|_| view == self.view);
        let currency = after.and_then(|(_, currency)| currency).filter(|_| sorted == Sorted::Money);
        let currency = currency.as_ref().map(Currency::code);
        let after = after.map(|(after, _)| after);
        listing::address("/exceptions", &[("tab", Some(view.code())), ("sort", sort), ("q", search), ("in", currency), ("after", after)])
    }
}

/// The list.
#[component]
pub fn Page() -> impl IntoView {
    let asked = Asked::from_query();
    page("Exceptions", async move |cx: PageContext| {
        let own = own_side(&cx.reader.actor);
        let list = service::exceptions::view::list(&cx.context, &cx.reader.actor, &asked.filter(&cx.reader.actor)).await?;
        let is_hub = own == Owner::Hub;
        let nothing = list.rows.is_empty().then(|| view! { <div class="panel">{empty(&asked, is_hub)}</div> });
        let sort = if asked.sorted == Sorted::Money { "money" } else { "" };
        let views = views::menu::menu(&cx, List::Exceptions).await?;
        Ok(view! {
            <PageHead title="Exceptions" as_of=text::as_of(cx.now, &cx.zone)>
                {if is_hub {
                    "What contradicts itself and what did not happen in time, found by the rules. Each closes itself when it is put right."
                } else {
                    "What is yours to put right, with the steps that settle it. Each closes itself when what is missing arrives."
                }}
            </PageHead>
            <div data-live="tabs"><Tabs label="Exceptions by who settles them" tabs=tabs(&list, &asked, own)/></div>
            <Filters
                action="/exceptions"
                label="Search in exceptions"
                placeholder=if is_hub { "Number or partner" } else { "Number" }
                query=asked.search.clone().unwrap_or_default()
                keep=vec![("tab".to_owned(), asked.view.code().to_owned()), ("sort".to_owned(), sort.to_owned())]
                beside=views
            />
            {table(&list, &asked, &cx)}
            <div data-live="nothing">{nothing}</div>
            <div data-live="pager">{foot(&list, &asked)}</div>
            <Live address="/live"/>
        })
    })
}

fn tabs(list: &ExceptionList, asked: &Asked, own: Owner) -> Vec<Tab> {
    let views = View::ALL.into_iter().filter(|view| view.is_for(own == Owner::Hub));
    views
        .map(|view| {
            let n = view.count(list, own);
            Tab {
                href: asked.address(view, Sorted::Due, None),
                label: view.label().to_owned(),
                count: Some(text::number(n.unsigned_abs())),
                heat: if view == View::Own && n > 0 { Heat::Hot } else { Heat::Calm },
                current: view == asked.view,
            }
        })
        .collect()
}

fn table(list: &ExceptionList, asked: &Asked, cx: &PageContext) -> impl IntoView + use<> {
    let is_hub = cx.reader.actor.may(Permission::Operate);
    let by_money = asked.sorted == Sorted::Money;
    let mut columns = vec![Column::new("Exception"), Column::new("Severity")];
    if is_hub {
        columns.push(Column::new("Partner"));
    }
    columns.push(
        Column::num("Money at stake").sort(asked.address(asked.view, Sorted::Money, None), by_money.then_some(Direction::Descending)),
    );
    let due = asked.sorted == Sorted::Due;
    columns.push(Column::new("Due").sort(asked.address(asked.view, Sorted::Due, None), due.then_some(Direction::Ascending)));
    let rows: Vec<_> = list.rows.iter().map(|exception| row(exception, cx, is_hub)).collect();
    let caption = if by_money { "Exceptions by currency, the most money first in each" } else { "Exceptions, what is due first" };
    let several = list.rows.windows(2).any(|pair| pair[0].currency != pair[1].currency && pair[1].currency.is_some());
    let note = (by_money && several).then(|| {
        view! { <p class="small muted mb-4">"Currency by currency, the most money first in each: amounts of different currencies are not compared."</p> }
    });
    view! { <div data-live="sorted">{note}</div><Table caption=caption columns=columns live="exceptions">{rows}</Table> }
}

fn row(exception: &ExceptionRow, cx: &PageContext, is_hub: bool) -> impl IntoView + use<> {
    let mut about = parts::subject(exception.subject_kind, &exception.subject_number);
    if exception.times > 1 {
        about = format!("{about} · found {} times", exception.times);
    }
    let assignee = exception.assignee.clone().filter(|_| exception.state == State::Open);
    let assignee = assignee.map(|name| view! { <span class="sub">{format!("In the hands of {name}")}</span> });
    let due = match (exception.state, exception.ended_at) {
        (State::Closed, ended) => {
            let ended = ended.unwrap_or(exception.updated_at);
            view! { <span class="sub">{format!("Settled {}", text::moment_short(ended, cx.now, &cx.zone))}</span> }.into_any()
        }
        (State::Open, _) => {
            let due = text::due(exception.due_at, cx.now, &cx.zone);
            view! { <span class=urgency_class(due.urgency) data-quiet="">{due.text}</span> }.into_any()
        }
    };
    let money = parts::money(exception.money, exception.currency);
    let label = money.is_some().then_some("At stake");
    view! {
        <tr role="row" data-key=exception.id.to_string()>
            <th role="rowheader" scope="row">
                <a class="go" href=format!("/exceptions/{}", exception.id)>{text::exception(exception.kind)}</a>
                <span class="sub">{about}</span>
                {assignee}
            </th>
            <td role="cell" class="end">{parts::chip(exception.severity, exception.state).view()}</td>
            {is_hub.then(|| view! { <td role="cell" class="full">{exception.counterparty.clone()}</td> })}
            <td role="cell" class="num" data-label=label>{money}</td>
            <td role="cell" class="full">{due}</td>
        </tr>
    }
}

fn foot(list: &ExceptionList, asked: &Asked) -> Option<AnyView> {
    let next = list.next.map(|(key, id)| cursor::encode(Timestamp::from_micros(key), id.0));
    let next = next.map(|after| asked.address(asked.view, asked.sorted, Some((&after, list.currency))));
    let first = asked.after.as_ref().map(|_| asked.address(asked.view, asked.sorted, None));
    let shown = text::count(u64::try_from(list.rows.len()).unwrap_or_default(), "exception", "exceptions");
    let pager = match (first, next) {
        (Some(first), Some(next)) => view! { <Pager previous=first next=next shown=shown previous_label="First"/> }.into_any(),
        (Some(first), None) => view! { <Pager previous=first shown=shown previous_label="First"/> }.into_any(),
        (None, Some(next)) => view! { <Pager next=next shown=shown/> }.into_any(),
        (None, None) => view! { <Pager shown=shown/> }.into_any(),
    };
    (!list.rows.is_empty()).then_some(pager)
}

fn empty(asked: &Asked, is_hub: bool) -> AnyView {
    let (title, words) = match (&asked.search, asked.view) {
        (Some(_), _) => ("No exception matches", "Look for a part of the number or of the partner's name, or in another tab."),
        (None, View::Own) if is_hub => ("Nothing is yours to settle", "What the rules find stands here, with the steps that settle it."),
        (None, View::Own) => ("Nothing is yours to settle", "What is late or does not fit stands here, with the steps that settle it."),
        (None, View::Mine) => ("You have nothing in hand", "What you take, or a colleague gives you, stands here until it is settled."),
        (None, View::Partners) => ("No partner has anything to settle", "What a partner has to put right stands here until it is."),
        (None, View::Settled) => ("Nothing was settled yet", "What was put right stays here, with who did what."),
        (None, View::All) => ("No exceptions yet", "Everything so far went as agreed."),
    };
    view! { <Empty icon=Icon::Okay title=title text=words/> }.into_any()
}
