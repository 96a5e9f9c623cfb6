//! Tables. On a phone a row becomes a card; cells then stop being table cells for some browsers, so the roles are
//! written out. A page writes its own rows:
//!
//! ```text
//! <tr role="row" data-key=id>
//!   <th role="rowheader" scope="row"><a class="go" href=…>"4500071702"</a><span class="sub">"Shaft sleeves"</span></th>
//!   <td role="cell" class="end">{chip.view()}</td>            status, at the right of a card
//!   <td role="cell" class="full">"Answer today"<span class="sub warning-text">"by 17:00"</span></td>
//!   <td role="cell" class="num" data-label="Ship by">"4 Dec"</td>   the label is shown on a card
//!   <td role="cell" class="num hide-phone hide-mid">"4"</td>  not on a card, not below 960 px
//! </tr>
//! ```

#![allow(clippy::fn_params_excessive_bools, reason = "props of a component are named where it is used")]

use leptos::prelude::*;

/// Which way a column is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// A link that sorts by a column.
#[derive(Clone, Debug)]
pub struct Sort {
    /// Address of the list sorted by this column; where it is sorted already, of the other direction.
    pub href: String,
    /// How it is sorted now.
    pub current: Option<Direction>,
}

/// The head of one column.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// Words; may be hidden.
    pub label: String,
    /// `num`, `hide-mid`, `hide-narrow` and combinations, as on its cells.
    pub class: &'static str,
    /// Where the list can be sorted by it.
    pub sort: Option<Sort>,
    /// The label is for assistive technology only.
    pub hide_label: bool,
}

impl Column {
    /// A column of words.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// A column of numbers or dates, right-aligned.
    pub fn num(label: impl Into<String>) -> Self {
        Self { label: label.into(), class: "num", ..Self::default() }
    }

    /// With other classes.
    #[must_use]
    pub fn class(mut self, class: &'static str) -> Self {
        self.class = class;
        self
    }

    /// With a link that sorts.
    #[must_use]
    pub fn sort(mut self, href: impl Into<String>, current: Option<Direction>) -> Self {
        self.sort = Some(Sort { href: href.into(), current });
        self
    }

    /// With a label that only assistive technology reads.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.hide_label = true;
        self
    }

    fn view(self) -> impl IntoView {
        let current = self.sort.as_ref().and_then(|sort| sort.current);
        let aria_sort = current.map(|direction| match direction {
            Direction::Ascending => "ascending",
            Direction::Descending => "descending",
        });
        let arrow = current.map(|direction| {
            let arrow = match direction {
                Direction::Ascending => " ↑",
                Direction::Descending => " ↓",
            };
            view! { <span aria-hidden="true">{arrow}</span> }
        });
        let words = match self.sort {
            Some(sort) => view! { <a href=sort.href>{self.label}{arrow}</a> }.into_any(),
            None if self.hide_label => view! { <span class="sr">{self.label}</span> }.into_any(),
            None => self.label.into_any(),
        };
        view! { <th role="columnheader" scope="col" class=self.class aria-sort=aria_sort>{words}</th> }
    }
}

/// A table with a caption for assistive technology. Children are the rows.
#[component]
pub fn Table(
    /// What the table is, for assistive technology.
    #[prop(into)]
    caption: String,
    columns: Vec<Column>,
    /// It stands in a panel, which already has the edge.
    #[prop(optional)]
    in_panel: bool,
    /// Stays a table on a phone: for two or three narrow columns.
    #[prop(optional)]
    keep: bool,
    /// Key under which live updates reconcile the rows, which then need `data-key`, and the foot.
    #[prop(optional, into)]
    live: Option<String>,
    /// Rows of a `tfoot`.
    #[prop(optional, into)]
    foot: Option<ViewFn>,
    /// The children are `tbody` elements already: several groups of rows.
    #[prop(optional)]
    grouped: bool,
    /// A tick box before the first column; each row then starts with a [`Tick`].
    #[prop(optional)]
    ticks: bool,
    children: Children,
) -> impl IntoView {
    let class = match (in_panel, keep) {
        (true, true) => "data-table in-panel keep",
        (true, false) => "data-table in-panel",
        (false, true) => "data-table keep",
        (false, false) => "data-table",
    };
    let head: Vec<_> = columns.into_iter().map(Column::view).collect();
    let tick = ticks.then(|| view! { <th role="columnheader" scope="col" class="tick"><span class="sr">"Ticked"</span></th> });
    // What sums the rows up changes with them.
    let live_foot = live.as_ref().map(|key| format!("{key}-foot"));
    let body = if grouped { children() } else { view! { <tbody role="rowgroup" data-live=live>{children()}</tbody> }.into_any() };
    let table = view! {
        <table role="table" class=class>
            <caption class="sr">{caption}</caption>
            <thead role="rowgroup"><tr role="row">{tick}{head}</tr></thead>
            {body}
            {foot.map(|foot| view! { <tfoot role="rowgroup" data-live=live_foot>{foot.run()}</tfoot> })}
        </table>
    };
    if in_panel { table.into_any() } else { view! { <div class="table-wrap">{table}</div> }.into_any() }
}

/// The tick box that starts a row.
#[component]
pub fn Tick(
    #[prop(into)] name: String,
    #[prop(into)] value: String,
    /// "Order 4500071702".
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! { <td role="cell" class="tick"><input type="checkbox" name=name value=value aria-label=label/></td> }.into_any()
}

/// A form around a table whose rows can be ticked. The bar in `actions` appears when one is; its count is made by CSS.
#[component]
pub fn BulkForm(
    #[prop(into)] action: String,
    /// Before the number: "Orders ticked".
    #[prop(into)]
    counted: String,
    /// Buttons of the bar.
    #[prop(into)]
    actions: ViewFn,
    children: Children,
) -> impl IntoView {
    view! {
        <form class="bulk-scope" method="post" action=action>
            {children()}
            <div class="bulk" role="group" aria-label="Actions on the ticked rows">
                <span class="bulk-count">{counted}</span>
                {actions.run()}
            </div>
        </form>
    }
    .into_any()
}
