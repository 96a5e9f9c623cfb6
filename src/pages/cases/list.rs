//! The list of cases: what is open, what waits for the partner, what is settled.

use leptos::prelude::*;

use super::parts;
use crate::{
    domain::{access::Audience, case::Status, view::List},
    islands::Live,
    pages::{PageContext, brand, cursor, listing, page, query, views},
    service::{self, cases::view::CaseList},
    store::cases::{CaseFilter, CaseRow, MOST_COUNTED, UNSETTLED},
    text,
    ui::{ButtonLink, Column, Empty, Filters, Heat, Icon, PageHead, Tab, Table, Tabs, Weight},
};

/// What the list is narrowed to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    Mine,
    Open,
    Waiting,
    Settled,
    All,
}

impl View {
    const ALL: [Self; 5] = [Self::Open, Self::Mine, Self::Waiting, Self::Settled, Self::All];

    const fn code(self) -> &'static str {
        match self {
            Self::Open => "",
            Self::Mine => "mine",
            Self::Waiting => "waiting",
            Self::Settled => "settled",
            Self::All => "all",
        }
    }

    const fn label(self, audience: Audience) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Mine => "Yours",
            Self::Waiting if matches!(audience, Audience::Hub) => "Waiting on partner",
            Self::Waiting => "Waiting for you",
            Self::Settled => "Settled",
            Self::All => "All",
        }
    }

    const fn statuses(self, audience: Audience) -> &'static [Status] {
        match self {
            Self::Open if matches!(audience, Audience::Hub) => &[Status::Open, Status::InProgress],
            // Where somebody waits for the reader is not to be overlooked.
            Self::Open => UNSETTLED,
            Self::Mine => UNSETTLED,
            Self::Waiting => &[Status::WaitingOnPartner],
            Self::Settled => &[Status::Resolved, Status::Closed],
            Self::All => &[],
        }
    }

    /// The views of an audience: partners have no cases of one person.
    fn of(audience: Audience) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |view| *view != Self::Mine || audience == Audience::Hub)
    }

    fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|view| view.code() == code).unwrap_or(Self::Open)
    }
}

/// What the tab of a code is called by its reader.
pub fn tab_word(code: &str, audience: Audience) -> &'static str {
    View::from_code(code).label(audience)
}

struct Asked {
    view: View,
    search: Option<String>,
    after: Option<String>,
}

fn address(view: View, search: Option<&str>, after: Option<&str>) -> String {
    listing::address("/cases", &[("tab", Some(view.code())), ("q", search), ("after", after)])
}

/// The list.
#[component]
pub fn Page() -> impl IntoView {
    let asked = Asked { view: View::from_code(&query("tab").unwrap_or_default()), search: query("q"), after: query("after") };
    page("Cases", async move |cx: PageContext| {
        let filter = CaseFilter {
            statuses: asked.view.statuses(cx.reader.actor.audience).to_vec(),
            search: asked.search.clone(),
            assignee: cx.reader.actor.user().filter(|_| asked.view == View::Mine),
            after: asked.after.as_deref().and_then(cursor::decode),
            ..CaseFilter::default()
        };
        let list = service::cases::view::list(&cx.context, &cx.reader.actor, &filter).await?;
        let audience = cx.reader.actor.audience;
        let open = || view! { <ButtonLink href="/cases/open" label="Open a case" icon=Icon::Plus weight=Weight::Main/> };
        let nothing = list.rows.is_empty().then(|| view! { <div class="panel">{empty(&asked, audience)}</div> });
        let views = views::menu::menu(&cx, List::Cases).await?;
        Ok(view! {
            <PageHead title="Cases" as_of=text::as_of(cx.now, &cx.zone) actions=open>
                {if audience == Audience::Hub {
                    "What partners and you have to settle, the last changed first.".to_owned()
                } else {
                    format!("What you and {} have to settle. Each case says who must act and by when.", brand().name)
                }}
            </PageHead>
            <div data-live="tabs"><Tabs label="Cases by whose turn it is" tabs=tabs(&list, asked.view, audience)/></div>
            <Filters
                action="/cases"
                label="Search in cases"
                placeholder=if audience == Audience::Hub { "Number, partner or words" } else { "Number or words" }
                query=asked.search.clone().unwrap_or_default()
                keep=vec![("tab".to_owned(), asked.view.code().to_owned())]
                beside=views
            />
            {table(&list, &cx)}
            <div data-live="nothing">{nothing}</div>
            <div data-live="pager">{foot(&list, &asked)}</div>
            <Live address="/live"/>
        })
    })
}

fn tabs(list: &CaseList, current: View, audience: Audience) -> Vec<Tab> {
    View::of(audience)
        .map(|view| {
            let states = view.statuses(audience);
            let counted = list.counts.iter().filter(|(state, _)| states.is_empty() || states.contains(state)).map(|(_, n)| *n);
            let (counted, more) = counted.fold((0, false), |(sum, more), n| (sum + n, more || n >= MOST_COUNTED));
            let (n, more) = if view == View::Mine { (list.mine, false) } else { (counted, more) };
            let own_turn = matches!((view, audience), (View::Open | View::Mine, Audience::Hub))
                || (view == View::Waiting && audience != Audience::Hub);
            Tab {
                href: address(view, None, None),
                label: view.label(audience).to_owned(),
                count: Some(format!("{}{}", text::number(n.unsigned_abs()), if more { "+" } else { "" })),
                heat: if own_turn && n > 0 { Heat::Hot } else { Heat::Calm },
                current: view == current,
            }
        })
        .collect()
}

fn table(list: &CaseList, cx: &PageContext) -> impl IntoView + use<> {
    let is_hub = cx.reader.actor.audience == Audience::Hub;
    let mut columns = vec![Column::new("Case"), Column::new("Status")];
    if is_hub {
        columns.extend([Column::new("Partner"), Column::new("In the hands of").class("hide-mid")]);
    }
    columns.extend([Column::new("Next promise"), Column::num("Changed")]);
    let rows: Vec<_> = list.rows.iter().map(|case| row(case, cx, is_hub)).collect();
    view! { <Table caption="Cases, the last changed first" columns=columns live="cases">{rows}</Table> }
}

fn row(case: &CaseRow, cx: &PageContext, is_hub: bool) -> impl IntoView + use<> {
    let audience = cx.reader.actor.audience;
    let about = [Some(text::case_kind(case.kind)), parts::priority(case.priority)].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let due = case.due_at.map(|at| text::due(at, cx.now, &cx.zone));
    let due = due.map(|due| view! { <span class=parts::urgency_class(due.urgency) data-quiet="">{due.text}</span> });
    view! {
        <tr role="row" data-key=case.id.to_string()>
            <th role="rowheader" scope="row">
                <a class="go" href=format!("/cases/{}", case.id)>{case.title.clone()}</a>
                <span class="sub">{format!("{} · {about}", case.number)}</span>
            </th>
            <td role="cell" class="end">{parts::chip(case.status, audience).view()}</td>
            {is_hub.then(|| (view! { <td role="cell" class="full">{case.counterparty.clone()}</td> }, hands(case)))}
            <td role="cell" class="full">{due}</td>
            <td role="cell" class="num" data-label="Changed">{text::moment_short(case.updated_at, cx.now, &cx.zone)}</td>
        </tr>
    }
}

/// Who works on a case, and on which tier once that is no longer the first.
fn hands(case: &CaseRow) -> impl IntoView + use<> {
    let tier = (case.tier > 1).then(|| view! { <span class="sub">{format!("Tier {}", case.tier)}</span> });
    view! { <td role="cell" class="hide-phone hide-mid">{case.assignee.clone().unwrap_or_default()}{tier}</td> }
}

fn foot(list: &CaseList, asked: &Asked) -> Option<AnyView> {
    let search = asked.search.as_deref();
    let older = list.next.map(|(at, id)| address(asked.view, search, Some(&cursor::encode(at, id.0))));
    let newest = asked.after.as_ref().map(|_| address(asked.view, search, None));
    let shown = text::count(u64::try_from(list.rows.len()).unwrap_or_default(), "case", "cases");
    (!list.rows.is_empty()).then(|| listing::pager(newest, older, shown))
}

fn empty(asked: &Asked, audience: Audience) -> AnyView {
    let (title, words) = match (&asked.search, asked.view, audience) {
        (Some(_), ..) => (
            "No case matches",
            "Each word must begin one of the case: of its title, its number, what it is about or what was written. Look in another tab too.",
        ),
        (None, View::Open, Audience::Hub) => ("Nothing is open", "A case stands here from the moment a partner or you open it."),
        (None, View::Open, _) => ("Nothing is open", "Open a case from an order, a shipment or an invoice, or from here."),
        (None, View::Mine, _) => ("Nothing is in your hands", "A case stands here once you take it, or somebody gives it to you."),
        (None, View::Waiting, Audience::Hub) => ("No partner is asked", "A case stands here while you wait for its partner."),
        (None, View::Waiting, _) => ("Nobody waits for you", "A case stands here when you were asked something."),
        (None, View::Settled, _) => ("Nothing is settled yet", "Cases stay here after they are settled, with all that was written."),
        (None, View::All, _) => ("No cases yet", "A case keeps a question, its answers and its documents together."),
    };
    view! { <Empty icon=Icon::Case title=title text=words><ButtonLink href="/cases/open" label="Open a case"/></Empty> }.into_any()
}
