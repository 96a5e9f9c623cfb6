//! All views that a person sees, list by list.

use leptos::prelude::*;

use super::parts;
use crate::{
    domain::view::List,
    pages::{PageContext, page},
    service,
    store::views::SavedView,
    text,
    ui::{ButtonLink, Chip, Column, Empty, Icon, PageHead, Panel, Role, Table},
};

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    page("Saved views", async |cx: PageContext| {
        let views = service::views::all(&cx.context, &cx.reader.actor).await?;
        let panels: Vec<_> = List::ALL.iter().filter_map(|list| panel(*list, &views, &cx)).collect();
        let empty = panels.is_empty().then(|| {
            view! {
                <div class="panel">
                    <Empty
                        icon=Icon::Star
                        title="No saved views yet"
                        text="In a list, choose a tab or search for something, then open Views beside the search and save what you see."
                    >
                        <ButtonLink href="/orders" label="Open the orders"/>
                    </Empty>
                </div>
            }
        });
        Ok(view! {
            <PageHead title="Saved views">
                {format!(
                    "Lists as you narrowed them, for your work at {}. A shared view shows each reader what they may see.",
                    cx.reader.actor.organisation_name,
                )}
            </PageHead>
            <div class="stack">{panels}</div>
            {empty}
        })
    })
}

fn panel(list: List, views: &[SavedView], cx: &PageContext) -> Option<impl IntoView + use<>> {
    let rows: Vec<_> = views.iter().filter(|view| view.list == list).map(|view| row(view, cx)).collect();
    let columns =
        vec![Column::new("View").class("w-2/5"), Column::new("Shows").class("w-1/3"), Column::new("Whose"), Column::new("Change").hidden()];
    let id = list.as_str();
    (!rows.is_empty()).then(|| {
        view! {
            <Panel id=id title=text::list(list) flush=true>
                <Table caption=format!("Saved views of {}", text::list(list).to_lowercase()) in_panel=true columns=columns>{rows}</Table>
            </Panel>
        }
    })
}

fn row(view: &SavedView, cx: &PageContext) -> impl IntoView + use<> {
    let is_own = Some(view.user_id) == cx.reader.actor.user();
    let whose = match (is_own, view.is_shared) {
        (true, false) => "Yours alone".to_owned(),
        (true, true) => "Yours, shared".to_owned(),
        (false, _) if view.is_left_behind => format!("{}, no longer here", view.owner),
        (false, _) => view.owner.clone(),
    };
    let first = view.is_start.then(|| view! { " "<Chip role=Role::Info icon=Icon::Home word="Opens first"/> });
    let change = (is_own || view.is_left_behind).then(|| {
        let (word, name) = (if is_own { "Change" } else { "Remove" }, view.name.clone());
        view! { <a href=format!("/views/{}", view.id)>{word}<span class="sr">{format!(" {name}")}</span></a> }
    });
    view! {
        <tr role="row">
            <th role="rowheader" scope="row"><a class="go" href=view.list.address(&view.query)>{view.name.clone()}</a>{first}</th>
            <td role="cell" class="full wrap">{parts::shows(view, cx.reader.actor.audience)}</td>
            <td role="cell" class="full">{whose}</td>
            <td role="cell" class="num">{change}</td>
        </tr>
    }
}
