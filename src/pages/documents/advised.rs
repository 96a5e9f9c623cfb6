//! What the receiver's application says of documents (824), wherever one of them is shown: on its own page, and at the
//! order, the shipment and the invoice it is about.

use leptos::prelude::*;

use super::parts;
use crate::{
    domain::{
        access::{Audience, Permission},
        advice::ApplicationVerdict,
        ids::DocumentId,
    },
    pages::PageContext,
    store::advices::Advice,
    text,
    ui::{ChipData, Icon, Panel, Role},
};

/// Which side of an advice the page is not about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// The page is the document's: the advice is named.
    Advice,
    /// The page is the advice's, or of something that several documents are about: the document is named.
    Document,
}

/// The panel, newest on top; nothing where nothing was said.
pub fn panel(rows: &[Advice], names: Names, cx: &PageContext) -> Option<AnyView> {
    if rows.is_empty() {
        return None;
    }
    let entries: Vec<_> = rows.iter().rev().map(|row| entry(row, names, cx)).collect();
    let panel = view! {
        <div class="gap-top">
            <Panel id="advice" title="What the receiver's application says" note="beside the acknowledgment of the syntax">
                <ul class="stack">{entries}</ul>
            </Panel>
        </div>
    };
    Some(panel.into_any())
}

fn entry(row: &Advice, names: Names, cx: &PageContext) -> impl IntoView + use<> {
    let advice = link(row.advice_id, format!("Application advice {}", row.advice_number), cx);
    let document = link(row.document_id, parts::title(row.kind, &row.number), cx);
    let head = match names {
        Names::Advice => advice,
        Names::Document => view! { {document}", "{advice} }.into_any(),
    };
    let by = row.by_name.clone().map(|name| format!(" · {name}"));
    let errors: Vec<_> = row.errors.0.iter().map(|error| view! { <li>{text::advice_error(error)}</li> }).collect();
    let errors = (!errors.is_empty()).then(|| view! { <ul class="stack-s gap-top">{errors}</ul> });
    view! {
        <li data-key=format!("{}-{}", row.advice_id, row.document_id)>
            <p>{chip(row.verdict).view()}" "{head}</p>
            <span class="sub">{text::moment_exact(row.at, &cx.zone)}{by}{format!(" · code {}", row.code)}</span>
            {errors}
        </li>
    }
}

/// A way to a document, for who reads documents.
fn link(id: DocumentId, words: String, cx: &PageContext) -> AnyView {
    let actor = &cx.reader.actor;
    if actor.may(Permission::Operate) || actor.audience == Audience::Supplier {
        view! { <a href=format!("/documents/{id}")>{words}</a> }.into_any()
    } else {
        words.into_any()
    }
}

/// The chip of a verdict.
pub(super) fn chip(verdict: ApplicationVerdict) -> ChipData {
    let (role, icon) = match verdict {
        ApplicationVerdict::Accepted => (Role::Success, Icon::Okay),
        ApplicationVerdict::AcceptedWithChange | ApplicationVerdict::AcceptedWithErrors | ApplicationVerdict::PartlyAccepted => {
            (Role::Warning, Icon::Alert)
        }
        ApplicationVerdict::Rejected => (Role::Danger, Icon::No),
    };
    ChipData::new(role, icon, text::application_verdict(verdict))
}
