//! Mails that came in: those that need review, and what became of the others.

use leptos::prelude::*;

use crate::{
    domain::reply::State,
    islands::Live,
    pages::{PageContext, cursor, listing, page, query},
    service::mail_in::review::{self, MailList},
    store::incoming_mails::IncomingMail,
    text,
    ui::{Column, Empty, Heat, Icon, PageHead, Tab, Table, Tabs},
};

/// The state of a tab, and what it is called in the address and on the page.
const TABS: [(State, &str, &str); 3] =
    [(State::Review, "", "Needs review"), (State::Written, "written", "In cases"), (State::SetAside, "aside", "Set aside")];

fn address(tab: &str, after: Option<&str>) -> String {
    listing::address("/mail", &[("tab", Some(tab)), ("after", after)])
}

/// The list.
#[component]
pub fn Page() -> impl IntoView {
    let asked = query("tab").unwrap_or_default();
    let (state, tab, _) = TABS.into_iter().find(|(_, tab, _)| *tab == asked).unwrap_or(TABS[0]);
    let after = query("after");
    page("Mail", async move |cx: PageContext| {
        let list = review::list(&cx.context, &cx.reader.actor, state, after.as_deref().and_then(cursor::decode)).await?;
        let columns = vec![Column::new("Mail"), Column::new("From"), Column::num("Came")];
        let rows: Vec<_> = list.rows.iter().map(|mail| row(mail, &cx)).collect();
        let nothing = list.rows.is_empty().then(|| view! { <div class="panel">{empty(state)}</div> });
        Ok(view! {
            <PageHead title="Mail" as_of=text::as_of(cx.now, &cx.zone)>
                "Answers by mail go into their cases by themselves. What cannot be told for certain waits here for you."
            </PageHead>
            <div data-live="tabs"><Tabs label="Mails by what became of them" tabs=tabs(&list, tab)/></div>
            <Table caption="Mails that came in, newest first" columns=columns live="mails">{rows}</Table>
            <div data-live="nothing">{nothing}</div>
            <div data-live="pager">{foot(&list, tab, after.as_ref())}</div>
            <Live address="/live"/>
        })
    })
}

fn tabs(list: &MailList, current: &str) -> Vec<Tab> {
    let tab = |(state, tab, label): (State, &str, &str)| Tab {
        href: address(tab, None),
        label: label.to_owned(),
        count: (state == State::Review).then(|| text::number(list.waiting.unsigned_abs())),
        heat: if state == State::Review && list.waiting > 0 { Heat::Hot } else { Heat::Calm },
        current: tab == current,
    };
    TABS.into_iter().map(tab).collect()
}

fn row(mail: &IncomingMail, cx: &PageContext) -> impl IntoView + use<> {
    let subject = text::mail_subject(&mail.subject).to_owned();
    view! {
        <tr role="row" data-key=mail.id.to_string()>
            <th role="rowheader" scope="row">
                <a class="go" href=format!("/mail/{}", mail.id)>{subject}</a>
                <span class="sub">{mail.reason.map(text::mail_reason)}</span>
            </th>
            <td role="cell" class="full wrap">{text::mail_sender(&mail.sender).to_owned()}</td>
            <td role="cell" class="num" data-label="Came">{text::moment_short(mail.at, cx.now, &cx.zone)}</td>
        </tr>
    }
}

fn foot(list: &MailList, tab: &str, after: Option<&String>) -> Option<AnyView> {
    let older = list.next.map(|(at, id)| address(tab, Some(&cursor::encode(at, id.0))));
    let newest = after.map(|_| address(tab, None));
    let shown = text::count(u64::try_from(list.rows.len()).unwrap_or_default(), "mail", "mails");
    (!list.rows.is_empty()).then(|| listing::pager(newest, older, shown))
}

fn empty(state: State) -> impl IntoView {
    let (title, words) = match state {
        State::Review => {
            ("No mail waits for you", "A mail stands here when it cannot be told for certain which case it belongs to, or who wrote it.")
        }
        State::Written => ("No answer came by mail yet", "Answers to mails of the portal are listed here, each with its case."),
        State::SetAside => ("No mail was set aside", "Mails about which nothing is to be done are kept here."),
    };
    view! { <Empty icon=Icon::Mail title=title text=words/> }
}
