//! Tiles: a count of work, opening the list that holds it.

use leptos::prelude::*;

use super::{chip::Role, icon::Icon};

/// One tile.
#[derive(Clone, Debug)]
pub struct Tile {
    /// Address of the list.
    pub href: String,
    /// What is counted.
    pub name: String,
    /// The drawing beside it.
    pub icon: Icon,
    /// The number, written out.
    pub count: String,
    /// What makes it urgent, in the colour of `role`: "2 due today".
    pub urgent: Option<String>,
    /// Colour of `urgent`.
    pub role: Role,
    /// The rest of the line.
    pub note: Option<String>,
}

/// A grid of tiles.
#[component]
pub fn Tiles(
    tiles: Vec<Tile>,
    /// Key under which live updates reconcile the tiles.
    #[prop(optional, into)]
    live: Option<String>,
) -> impl IntoView {
    let items: Vec<_> = tiles
        .into_iter()
        .map(|tile| {
            let class = if tile.count == "0" { "tile none" } else { "tile" };
            let separator = if tile.urgent.is_some() && tile.note.is_some() { ", " } else { "" };
            let urgent = tile.urgent.map(|text| view! { <b class=tile.role.text_class()>{text}</b> });
            view! {
                <li data-key=tile.href>
                    <a class=class href=tile.href.clone()>
                        <span class="name">{tile.icon.svg()}{tile.name}</span>
                        <span class="n">{tile.count}</span>
                        <span class="why">{urgent}{separator}{tile.note}</span>
                    </a>
                </li>
            }
        })
        .collect();
    view! { <ul class="tiles" data-live=live>{items}</ul> }.into_any()
}
