//! What a person was told, newest first.

use leptos::prelude::*;

use super::tabs;
use crate::{
    islands::Live,
    pages::{PageContext, cursor, listing, page, query},
    service::notify::inbox,
    store::notifications::{Notification, NotificationFilter},
    text,
    ui::{Button, Column, Empty, Icon, PageHead, Size, Table, Weight},
};

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    let unread = query("tab").as_deref() == Some("unread");
    let after = query("after");
    page("Notifications", async move |cx: PageContext| {
        let filter = NotificationFilter { unread, after: after.as_deref().and_then(cursor::decode) };
        let inbox = inbox::list(&cx.context, &cx.reader.actor, &filter).await?;
        let count = u64::try_from(inbox.unread).unwrap_or_default();
        let tab = unread.then_some("unread");
        let here = listing::address("/notifications", &[("tab", tab)]);
        let next =
            inbox.next.map(|(at, id)| listing::address("/notifications", &[("tab", tab), ("after", Some(&cursor::encode(at, id.0)))]));
        let shown = text::count(u64::try_from(inbox.rows.len()).unwrap_or_default(), "notification", "notifications");
        let pager = (!inbox.rows.is_empty()).then(|| listing::pager(after.as_ref().map(|_| here.clone()), next, shown));
        let empty = inbox.rows.is_empty().then(|| view! { <div class="panel">{empty(unread)}</div> });
        let until = cx.now.to_string();
        let read_all = (count > 0).then(|| {
            view! {
                <form method="post" action="/do/read-notifications">
                    <input type="hidden" name="until" value=until/>
                    <Button label="Mark all as read" icon=Icon::Check/>
                </form>
            }
        });
        let columns = vec![Column::new("What happened"), Column::num("When"), Column::new("Mark as read").hidden()];
        let rows: Vec<_> = inbox.rows.iter().map(|row| item(row, &cx)).collect();
        Ok(view! {
            <PageHead title="Notifications" as_of=text::as_of(cx.now, &cx.zone)>
                "What happened that concerns you. What also comes by mail you choose under How you are told."
            </PageHead>
            <div data-live="notification-tabs">{tabs(&here, count)}</div>
            <div class="actions mb-4" data-live="read-all">{read_all}</div>
            <Table caption="Notifications, newest first" columns=columns live="notifications">{rows}</Table>
            <div data-live="nothing">{empty}</div>
            <div data-live="pager">{pager}</div>
            <Live address="/live"/>
        })
    })
}

fn item(row: &Notification, cx: &PageContext) -> impl IntoView + use<> {
    let id = row.id.to_string();
    // To open what was not read marks it, which is no matter for a link: a program that looks ahead would do it too.
    let title = if row.read_at.is_none() {
        view! {
            <form method="post" action="/do/open-notification">
                <input type="hidden" name="notification" value=id.clone()/>
                <Button label=row.title.clone() weight=Weight::Link/>
                <span class="sr">", not read yet"</span>
            </form>
        }
        .into_any()
    } else {
        view! { <a href=row.link.clone()>{row.title.clone()}</a> }.into_any()
    };
    let mark = row.read_at.is_none().then(|| {
        view! {
            <form method="post" action="/do/read-notification">
                <input type="hidden" name="notification" value=id.clone()/>
                <Button label="Mark as read" size=Size::Small weight=Weight::Quiet aria_label=format!("Mark as read: {}", row.title)/>
            </form>
        }
    });
    let class = if row.read_at.is_none() { "unread" } else { "" };
    view! {
        <tr role="row" class=class data-key=id.clone()>
            <th role="rowheader" scope="row" class="full">{title}<span class="sub">{row.body.clone()}</span></th>
            <td role="cell" class="num">{text::moment_short(row.at, cx.now, &cx.zone)}</td>
            <td role="cell" class="num end">{mark}</td>
        </tr>
    }
}

fn empty(unread: bool) -> impl IntoView {
    let (title, words) = if unread {
        ("Everything is read", "What happens next stands here until you have read it.")
    } else {
        ("Nothing yet", "A refused document, an answer in a case or a promise that runs out stands here.")
    };
    view! { <Empty icon=Icon::Bell title=title text=words/> }
}
