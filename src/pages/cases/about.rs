//! What a case is about, on its page: what is linked, and the forms that link something and take it away. And on the page of
//! something of the trade, the cases about it.

use leptos::prelude::*;

use super::{parts, related};
use crate::{
    domain::access::Audience,
    pages::{Form, PageContext},
    service::cases::{
        refer::{self, KINDS},
        view::CaseView,
    },
    store::{
        links::Linked,
        references::{CaseAbout, Reference},
    },
    text,
    ui::{Button, Choice, FactStrip, Icon, Panel, SelectField, Size, TextField, Weight},
};

/// Form that links something.
pub const LINK: &str = "link-to-case";
/// Form that takes a link away.
pub const UNLINK: &str = "unlink-from-case";

/// What the case is about, right below its head, with the forms that change it.
pub fn strip(view: &CaseView, linked: &[Linked], cx: &PageContext) -> impl IntoView + use<> {
    let may_link = view.is_whole && related::whole(linked).is_none();
    let author = view.is_whole.then(|| view! { <div><dt>"Opened by"</dt><dd>{view.case.author.clone()}</dd></div> });
    let references: Vec<_> = view.references.iter().map(|row| fact(row, cx)).collect();
    let is_shown = author.is_some() || !references.is_empty();
    let forms = may_link.then(|| forms(view));
    view! {
        // Its place is there from the start, so that an open page gets it.
        <div class="contents" data-live="about">
            {is_shown.then(|| view! { <FactStrip>{author}{references}</FactStrip> })}
        </div>
        {forms}
    }
}

fn fact(row: &Reference, cx: &PageContext) -> impl IntoView + use<> {
    let label = row.kind.parse().map_or("Document", text::case_kind);
    let number = match address(row, cx) {
        Some(href) => view! { <a href=href>{row.number.clone()}</a> }.into_any(),
        None => row.number.clone().into_any(),
    };
    let line = (!row.line.is_empty()).then(|| format!(", line {}", row.line));
    view! { <div><dt>{label}</dt><dd>{number}{line}</dd></div> }
}

/// Where the reader looks at it; nothing while it is not known here, or where there is no page for them.
fn address(row: &Reference, cx: &PageContext) -> Option<String> {
    let id = row.id()?;
    match row.kind.as_str() {
        "order" => Some(format!("/orders/{id}")),
        "shipment" => Some(format!("/shipments/{id}")),
        "invoice" => Some(format!("/invoices/{id}")),
        "payment" => Some(format!("/remittances/{id}")),
        _ => (cx.reader.actor.audience != Audience::Customer).then(|| format!("/documents/{id}")),
    }
}

fn forms(view: &CaseView) -> impl IntoView + use<> {
    let (link, unlink) = (Form::of(LINK), Form::of(UNLINK));
    let is_open = link.error().is_some() || unlink.error().is_some();
    let rows: Vec<_> = view.references.iter().map(|row| removable(view, row)).collect();
    let rows = (!rows.is_empty()).then(|| view! { <ul class="stack-s" data-live="unlink">{rows}</ul> });
    let kinds: Vec<_> = KINDS.iter().map(|kind| Choice::new(kind.as_str(), text::case_kind(*kind))).collect();
    view! {
        <details class="gap-below" open=is_open>
            <summary class="link">"Change what it is about"</summary>
            <div class="panel panel-body stack gap-top">
                {rows}
                <form class="stack-s" method="post" action=format!("/do/{LINK}")>
                    <input type="hidden" name="case" value=view.case.id.to_string()/>
                    <div class="field-row">
                        <SelectField
                            name="about"
                            label="Link"
                            choices=kinds
                            value=link.value_or("about", "order")
                            error=link.field_error("about")
                        />
                        <TextField
                            name="about_number"
                            label="Number"
                            value=link.value("about_number")
                            error=link.field_error("about_number")
                            maxlength=u32::try_from(refer::LONGEST_NUMBER).unwrap_or_default()
                            required=true
                        />
                        <TextField
                            name="about_line"
                            label="Line, if one is meant"
                            value=link.value("about_line")
                            error=link.field_error("about_line")
                        />
                    </div>
                    <p class="actions"><Button label="Link it" icon=Icon::Link/></p>
                </form>
            </div>
        </details>
    }
}

fn removable(view: &CaseView, row: &Reference) -> impl IntoView + use<> {
    let words = refer::words(row);
    let (key, label) = (words.clone(), format!("Remove {words} from this case"));
    view! {
        <li data-key=key>
            <form class="row-flex" method="post" action=format!("/do/{UNLINK}")>
                <input type="hidden" name="case" value=view.case.id.to_string()/>
                <input type="hidden" name="about" value=row.kind.clone()/>
                <input type="hidden" name="about_number" value=row.number.clone()/>
                <input type="hidden" name="about_line" value=row.line.clone()/>
                <span>{words}</span>
                <Button label="Remove" size=Size::Small weight=Weight::Quiet aria_label=label/>
            </form>
        </li>
    }
}

/// On the page of an order, a shipment, an invoice or a payment: the cases about it that the reader takes part in.
pub fn cases(rows: &[CaseAbout], cx: &PageContext) -> impl IntoView + use<> {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            view! {
                <li data-key=row.id.to_string()>
                    <p><a href=format!("/cases/{}", row.id)>"Case "{row.number.clone()}</a>" "{parts::chip(row.status, cx.reader.actor.audience).view()}</p>
                    <p class="small muted">{row.title.clone()}</p>
                </li>
            }
        })
        .collect();
    let panel = (!rows.is_empty()).then(|| view! { <Panel id="cases" title="Cases about it"><ul class="stack-s">{rows}</ul></Panel> });
    // Its place is there from the start, so that an open page gets it.
    view! { <div class="contents" data-live="cases">{panel}</div> }
}
