//! Cases that belong to a case, and how the hub links one, makes it part of another and undoes either.

use leptos::prelude::*;

use super::parts;
use crate::{
    domain::{
        access::Permission,
        case::{Link, Status},
    },
    pages::{Form, PageContext},
    service::cases::view::CaseView,
    store::links::Linked,
    ui::{Button, ChipData, Choice, Icon, Notice, Panel, Radios, Role, Size, TextField, Weight},
};

/// Form that undoes a link.
pub const SEPARATE: &str = "separate-cases";

/// The case that this one has become part of.
pub fn whole(linked: &[Linked]) -> Option<&Linked> {
    linked.iter().find(|linked| linked.kind == Link::PartOf && linked.is_from_here)
}

/// Leads on from a case that has become part of another one.
pub fn notice(linked: &[Linked]) -> Option<impl IntoView + use<>> {
    whole(linked).map(|whole| {
        let (href, number, title) = (format!("/cases/{}", whole.case_id), whole.number.clone(), whole.title.clone());
        view! {
            <Notice role=Role::Info icon=Icon::Link title="This case is part of another one">
                <p>"What was written here is read in "<a href=href>{number}", "{title}</a>". Go on there."</p>
            </Notice>
        }
    })
}

/// The cases that belong to this one; for the hub also the form that links another.
pub fn panel(view: &CaseView, linked: &[Linked], form: &Form, cx: &PageContext) -> Option<impl IntoView + use<>> {
    let operates = cx.reader.actor.may(Permission::Operate);
    let may_link = operates && whole(linked).is_none();
    let rows: Vec<_> = linked
        .iter()
        .map(|linked| {
            let chip = match (linked.kind, linked.is_from_here) {
                (Link::PartOf, false) => ChipData::new(Role::Plain, Icon::Link, "Part of this"),
                (Link::PartOf, true) => ChipData::new(Role::Plain, Icon::Link, "This is part of it"),
                (Link::Related, _) => parts::chip(linked.status, cx.reader.actor.audience),
            };
            let undo = operates.then(|| undo(view, linked));
            view! {
                <li data-key=linked.case_id.to_string()>
                    <p><a href=format!("/cases/{}", linked.case_id)>{linked.number.clone()}</a>" "{chip.view()}</p>
                    <p class="small muted">{linked.title.clone()}</p>
                    {undo}
                </li>
            }
        })
        .collect();
    let id = view.case.id.to_string();
    let link = may_link.then(|| {
        let choices = vec![
            Choice::new(Link::Related.as_str(), "Both are about the same"),
            Choice::new(Link::PartOf.as_str(), "This one becomes part of it")
                .hint("It is closed, and its messages are read there. You can undo it."),
        ];
        let chosen = form.value_or("how", Link::Related.as_str());
        let is_open = form.error().is_some();
        view! {
            <details open=is_open>
                <summary class="link">"Link a case"</summary>
                <form class="stack-s gap-top" method="post" action="/do/link-case">
                    <input type="hidden" name="case" value=id/>
                    <TextField
                        name="number"
                        id="link-number"
                        label="Number of the other case"
                        value=form.value("number")
                        error=form.field_error("number")
                        placeholder="C-00012"
                        required=true
                    />
                    <Radios name="how" legend="How do they belong together?" choices=choices value=chosen/>
                    <p class="actions"><Button label="Link" icon=Icon::Link/></p>
                </form>
            </details>
        }
    });
    (may_link || !rows.is_empty()).then(|| {
        let rows = (!rows.is_empty()).then(|| view! { <ul class="stack-s" data-live="linked">{rows}</ul> });
        view! { <Panel id="linked" title="Linked cases">{rows}{link}</Panel> }
    })
}

fn undo(view: &CaseView, linked: &Linked) -> impl IntoView + use<> {
    let (label, of_what) = match linked.kind {
        Link::Related => ("Unlink", format!("Unlink {}", linked.number)),
        Link::PartOf => ("Make two cases again", format!("Make two cases again of this one and {}", linked.number)),
    };
    view! {
        <form method="post" action=format!("/do/{SEPARATE}")>
            <input type="hidden" name="case" value=view.case.id.to_string()/>
            <input type="hidden" name="number" value=linked.number.clone()/>
            <Button label=label size=Size::Small weight=Weight::Quiet aria_label=of_what/>
        </form>
    }
}

/// Why a settled case is taken up again: a field beside the button that does it.
pub fn reason(view: &CaseView, form: &Form) -> Option<impl IntoView + use<>> {
    (view.case.status.is_settled() && view.moves.contains(&Status::InProgress)).then(|| {
        view! {
            <TextField
                name="reason"
                label="To take it up again, say why"
                value=form.value("reason")
                error=form.field_error("reason")
            />
        }
    })
}
