//! One view: what it is called, who sees it, whether the list opens with it; and its end.

use leptos::prelude::*;

use super::parts;
use crate::{
    domain::{ids::ViewId, view::LONGEST_NAME},
    pages::{Form, PageContext, page, param},
    service,
    store::views::SavedView,
    text,
    ui::{Button, ButtonLink, Checkbox, Crumb, Dialog, Icon, PageHead, Panel, TextField, Weight},
};

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    let id = param::<ViewId>("id");
    page("Saved view", async move |cx: PageContext| {
        let view = service::views::load(&cx.context, &cx.reader.actor, id?).await?;
        let is_own = Some(view.user_id) == cx.reader.actor.user();
        let title = view.name.clone();
        let said = Form::of("change-view");
        let form = is_own.then(|| form(&view, &cx, &said));
        let note = (!is_own).then(|| format!("{} shared this view with everybody at {}.", view.owner, cx.reader.actor.organisation_name));
        let end = (is_own || view.is_left_behind).then(|| remove(&view));
        Ok(view! {
            <leptos_meta::Title text=title.clone()/>
            <PageHead title=title.clone() crumbs=vec![Crumb::link("/views", "Saved views"), Crumb::here(title)]>
                {text::list(view.list)}" · "{parts::shows(&view, cx.reader.actor.audience)}" · "<a href=view.list.address(&view.query)>"Open it"</a>
            </PageHead>
            {said.summary()}
            {note.map(|note| view! { <p>{note}</p> })}
            {form}
            {end}
        })
    })
}

fn form(view: &SavedView, cx: &PageContext, said: &Form) -> impl IntoView + use<> {
    let sent = said.error().is_some();
    let ticked = |name: &str, known: bool| if sent { said.value(name).is_some() } else { known };
    let (shared, start) = (ticked("shared", view.is_shared), ticked("start", view.is_start));
    let everybody = format!("Everybody at {} sees it", cx.reader.actor.organisation_name);
    let opens = format!("{} in the menu opens with it", text::list(view.list));
    let (name, wrong) = (said.value_or("name", &view.name), said.field_error("name"));
    view! {
        <form method="post" action="/do/change-view">
            <input type="hidden" name="view" value=view.id.to_string()/>
            <Panel id="view" title="The view">
                <div class="max-w-md">
                    <TextField
                        name="name"
                        label="Name"
                        value=name
                        error=wrong
                        maxlength=u32::try_from(LONGEST_NAME).unwrap_or_default()
                        required=true
                    />
                    <Checkbox name="shared" label=everybody checked=shared/>
                    <Checkbox name="start" label=opens checked=start/>
                </div>
            </Panel>
            <p class="actions gap-top">
                <ButtonLink href="/views" label="Leave it"/>
                <Button label="Save the view" icon=Icon::Check weight=Weight::Main/>
            </p>
        </form>
    }
}

/// Asks first, since a colleague may use the view too.
fn remove(view: &SavedView) -> impl IntoView + use<> {
    let id = view.id.to_string();
    let what = if view.is_shared {
        "Colleagues who use it lose it too. No order, case or document is touched."
    } else {
        "No order, case or document is touched."
    };
    view! {
        <p class="gap-top"><a class="btn destructive" href="#remove">{Icon::X.svg()}"Remove this view"</a></p>
        <Dialog
            id="remove"
            title=format!("Remove “{}”?", view.name)
            action="/do/remove-view"
            keep="Keep it"
            decide=|| view! { <Button label="Remove it" weight=Weight::Destructive/> }
        >
            <input type="hidden" name="view" value=id/>
            <p>{what}</p>
        </Dialog>
    }
}
