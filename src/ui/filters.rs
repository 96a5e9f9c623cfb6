//! The bar above a list: search, and the filters that are on.

use leptos::prelude::*;

use super::icon::Icon;

/// A filter that is on.
#[derive(Clone, Debug)]
pub struct ActiveFilter {
    /// What it says: "Ship by: until 31 Dec".
    pub label: String,
    /// Address of the view without it.
    pub remove: String,
    /// Words for assistive technology: "Remove the filter on ship-by date".
    pub remove_label: String,
}

/// A form that searches in the list by GET; the whole view stays in the address.
#[component]
pub fn Filters(
    /// Address of the list.
    #[prop(into)]
    action: String,
    /// "Filter orders".
    #[prop(into)]
    label: String,
    /// Words looked for at present.
    #[prop(optional, into)]
    query: Option<String>,
    /// "Number, item, reference".
    #[prop(into)]
    placeholder: String,
    /// Other parts of the view that the search must keep: name and value.
    #[prop(optional)]
    keep: Vec<(String, String)>,
    #[prop(optional)] active: Vec<ActiveFilter>,
    /// Filter fields, menus, links; between the search field and the button.
    #[prop(optional)]
    children: Option<Children>,
    /// At the end of the bar: the menu of views, which has forms of its own.
    #[prop(optional)]
    beside: Option<AnyView>,
) -> impl IntoView {
    let keep: Vec<_> = keep.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect();
    let active: Vec<_> = active
        .into_iter()
        .map(|filter| {
            view! {
                <span class="filter-chip on">
                    {filter.label}
                    " "
                    <a href=filter.remove aria-label=filter.remove_label>{Icon::X.svg()}</a>
                </span>
            }
        })
        .collect();
    view! {
        <div class="filter-bar">
        <form class="filters" method="get" action=action role="search" aria-label=label>
            {keep}
            <div class="field-search">
                {Icon::Search.svg()}
                <input class="input" type="search" name="q" value=query aria-label=label.clone() placeholder=placeholder data-shortcut="search"/>
            </div>
            {active}
            {children.map(|children| children())}
            <button class="btn">"Show"</button>
        </form>
        {beside}
        </div>
    }
    .into_any()
}
