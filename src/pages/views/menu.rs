//! The menu of views above a list: those there are, and what keeps the present one.

use leptos::prelude::*;

use crate::{
    domain::view::{LONGEST_NAME, List},
    pages::{Form, PageContext},
    service,
    store::views::SavedView,
    text,
    ui::{Button, Checkbox, Icon, Size, TextField, Weight},
};

/// The menu of a list, for the page that `cx` is of.
pub async fn menu(cx: &PageContext, list: List) -> service::Result<AnyView> {
    let views = service::views::of_list(&cx.context, &cx.reader.actor, list).await?;
    let query = list.narrowing(cx.path.split_once('?').map_or("", |(_, query)| query));
    let form = Form::of("save-view");
    let current = views.iter().find(|view| view.query == query);
    let name = current.map_or_else(|| "Views".to_owned(), |view| view.name.clone());
    let (own, shared): (Vec<_>, Vec<_>) = views.iter().partition(|view| Some(view.user_id) == cx.reader.actor.user());
    let keep = match current {
        Some(view) => start(view).into_any(),
        None if query.is_empty() => {
            view! { <p class="heading">"Choose a tab or search for something, then save here what you see."</p> }.into_any()
        }
        None => save(cx, list, &query, &form).into_any(),
    };
    let manage = (!views.is_empty()).then(|| view! { <a href="/views">{Icon::Pen.svg()}"Change or remove views"</a> });
    Ok(view! {
        <details class="menu views" open=form.error().is_some()>
            <summary class="btn">
                {Icon::Star.svg()}
                <span class="views-name">{name}</span>
                {current.map(|_| view! { <span class="sr">", saved view"</span> })}
                {Icon::Caret.svg_with_class("caret")}
            </summary>
            <div class="menu-body">
                {group("Your views", &own, &query)}
                {group("Shared by colleagues", &shared, &query)}
                {keep}
                {manage}
            </div>
        </details>
    }
    .into_any())
}

fn group(heading: &'static str, views: &[&SavedView], query: &str) -> Option<impl IntoView + use<>> {
    let links: Vec<_> = views
        .iter()
        .map(|view| {
            let is_current = view.query == query;
            let icon = if is_current { Icon::Check } else { Icon::Filter };
            let first =
                view.is_start.then(|| view! { <span class="views-first">{Icon::Home.svg()}<span class="sr">"opens first"</span></span> });
            view! {
                <a href=view.list.address(&view.query) aria-current=is_current.then_some("true")>
                    {icon.svg()}
                    <span class="views-entry">{view.name.clone()}</span>
                    {first}
                </a>
            }
        })
        .collect();
    (!links.is_empty()).then(|| view! { <p class="heading">{heading}</p>{links} })
}

/// Keeps what is shown under a name.
fn save(cx: &PageContext, list: List, query: &str, form: &Form) -> impl IntoView + use<> {
    let is_taken = form.value("name").is_some() && form.field_error("name").is_some();
    let replace = is_taken.then(|| view! { <Checkbox name="replace" label="Put it in place of the one of this name"/> });
    view! {
        <form method="post" action="/do/save-view" class="menu-form">
            <input type="hidden" name="list" value=list.as_str()/>
            <input type="hidden" name="query" value=query.to_owned()/>
            <input type="hidden" name="back" value=cx.path.clone()/>
            <TextField
                name="name"
                id="view-name"
                label="Save what you see as"
                value=form.value_or("name", "")
                error=form.field_error("name").or_else(|| form.general())
                placeholder="Late from Ostermann"
                maxlength=u32::try_from(LONGEST_NAME).unwrap_or_default()
                focus=form.error().is_some()
                required=true
            />
            <Checkbox
                name="shared"
                label=format!("Everybody at {} sees it", cx.reader.actor.organisation_name)
                checked=form.value("shared").is_some()
            />
            {replace}
            <Button label="Save the view" weight=Weight::Main size=Size::Small icon=Icon::Check/>
        </form>
    }
}

/// Has the menu open the list with the view that is shown, or whole.
fn start(view: &SavedView) -> impl IntoView + use<> {
    let list = text::list(view.list);
    let (with, label) =
        if view.is_start { ("", format!("Open {list} whole again")) } else { ("on", format!("Always open {list} with this view")) };
    view! {
        <form method="post" action="/do/start-view">
            <input type="hidden" name="view" value=view.id.to_string()/>
            <input type="hidden" name="with" value=with/>
            <button>{Icon::Home.svg()}{label}</button>
        </form>
    }
}
