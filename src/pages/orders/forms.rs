//! What the three forms of an order share: errors at their fields, a notice about what was kept, and what stands where
//! a form is not possible.

use leptos::prelude::*;

use crate::{
    domain::order::Line,
    service::{FieldError, orders::view::OrderView},
    ui::{Button, ButtonLink, Crumb, ErrorSummary, FormError, Icon, Notice, PageHead, Role, Size},
};

/// What is wrong with a field.
pub fn error_of(errors: &[FieldError], field: &str) -> Option<String> {
    errors.iter().find(|error| error.field == field).map(|error| error.message.clone())
}

/// The list of what is wrong, each a link to its field; what belongs to a line names it. `lines` are the lines in the
/// order of the form.
pub fn summary(errors: &[FieldError], leaves: &str, lines: &[&Line]) -> impl IntoView + use<> {
    let title = match errors.len() {
        1 => format!("One thing to fix before {leaves} can leave"),
        many => format!("{many} things to fix before {leaves} can leave"),
    };
    let errors = errors
        .iter()
        .map(|error| {
            let line = line_index(&error.field).and_then(|index| lines.get(index));
            let text = line.map_or_else(|| error.message.clone(), |line| format!("Line {}: {}", line.line, error.message));
            FormError { field: Some(error.field.clone()).filter(|field| !field.is_empty()), text }
        })
        .collect();
    view! { <ErrorSummary title=title errors=errors/> }
}

/// The line that a field belongs to: 2 for `lines[2][quantity]`.
fn line_index(field: &str) -> Option<usize> {
    field.strip_prefix("lines[")?.split(']').next()?.parse().ok()
}

/// Says that what was typed is kept, with the way to give it up. `form` is the form's name in its address, `corrects` the id
/// of what it corrects, if anything.
pub fn kept(order: &str, form: &'static str, corrects: &str) -> impl IntoView + use<> {
    let (order, corrects) = (order.to_owned(), corrects.to_owned());
    view! {
        <div class="just-said">
            <Notice role=Role::Neutral title="What you typed is kept, and nothing was sent">
                <form class="actions" method="post" action="/do/discard-draft">
                    <input type="hidden" name="order" value=order/>
                    <input type="hidden" name="form" value=form/>
                    <input type="hidden" name="corrects" value=corrects/>
                    <Button label="Discard what I typed" size=Size::Small icon=Icon::X/>
                </form>
            </Notice>
        </div>
    }
}

/// Why what a form corrects was not taken by its receiver.
pub fn refused(what: &str, reasons: &[String]) -> impl IntoView + use<> {
    let title = format!("{what} was not taken by its receiver");
    let reasons: Vec<_> = reasons.iter().map(|reason| view! { <li>{reason.clone()}</li> }).collect();
    let reasons = (!reasons.is_empty()).then(|| view! { <ul class="list-disc pl-5">{reasons}</ul> });
    view! {
        <div class="mb-4">
            <Notice role=Role::Warning title=title>
                {reasons}
                <p>"Correct what is wrong below and send it anew. It keeps its number and takes the place of the first one."</p>
            </Notice>
        </div>
    }
}

/// Where a form of an order stands.
pub fn crumbs(view: &OrderView, here: &str) -> Vec<Crumb> {
    vec![Crumb::link("/orders", "Orders"), Crumb::link(format!("/orders/{}", view.order.id), view.order.number.clone()), Crumb::here(here)]
}

/// Stands in place of a form that is not possible now: why, and the way back.
pub fn blocked(view: &OrderView, title: String, here: &str, why: &str) -> impl IntoView + use<> {
    let back = format!("/orders/{}", view.order.id);
    let why = why.to_owned();
    view! {
        <PageHead title=title crumbs=crumbs(view, here)/>
        <Notice role=Role::Warning icon=Icon::Lock title="This is not possible now">
            <p>{why}</p>
            <p class="actions"><ButtonLink href=back label="Back to the order"/></p>
        </Notice>
    }
}

#[cfg(test)]
mod tests {
    use super::line_index;

    #[test]
    fn a_field_names_its_line() {
        assert_eq!(line_index("lines[2][parts][0][quantity]"), Some(2));
        assert_eq!(line_index("number"), None);
        assert_eq!(line_index("lines"), None);
    }
}
