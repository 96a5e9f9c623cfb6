//! What every place that shows an exception says the same way.

use leptos::prelude::*;

use crate::{
    domain::{
        access::Permission,
        exception::{Owner, Severity, State, SubjectKind},
        number::{Amount, Currency},
    },
    pages::{PageContext, cases::parts::urgency_class},
    service::exceptions::view::Marks,
    store::exceptions::ExceptionRow,
    text,
    ui::{ChipData, Column, Icon, Panel, Role, Table},
};

/// What stands about the thing a page is about, each with the time until which it is to be settled and the way to its
/// steps. Nothing where nothing stands.
pub fn standing(rows: &[ExceptionRow], cx: &PageContext) -> Option<impl IntoView + use<>> {
    let note = text::count(u64::try_from(rows.len()).unwrap_or_default(), "exception", "exceptions");
    let columns = vec![Column::new("Exception"), Column::new("Severity"), Column::new("To be settled")];
    let shown: Vec<_> = rows.iter().map(|row| standing_row(row, cx)).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <div class="gap-below">
                <Panel id="exceptions" title="To be settled" note=format!("{note}, each with its steps") flush=true>
                    <Table caption="Exceptions that stand, what is due first on top" columns=columns in_panel=true>{shown}</Table>
                </Panel>
            </div>
        }
    })
}

fn standing_row(row: &ExceptionRow, cx: &PageContext) -> impl IntoView + use<> {
    let due = text::due(row.due_at, cx.now, &cx.zone);
    let mut about = subject(row.subject_kind, &row.subject_number);
    if cx.reader.actor.may(Permission::Operate) {
        about.push_str(if row.owner == Owner::Hub { ", yours to settle" } else { ", the partner settles it" });
    }
    view! {
        <tr role="row" data-key=row.id.to_string()>
            <th role="rowheader" scope="row">
                <a class="go" href=format!("/exceptions/{}", row.id)>{text::exception(row.kind)}</a>
                <span class="sub">{about}</span>
            </th>
            <td role="cell" class="end">{chip(row.severity, row.state).view()}</td>
            <td role="cell" class="full"><span class=urgency_class(due.urgency) data-quiet="">{due.text}</span></td>
        </tr>
    }
}

/// That exceptions stand about a row of a list, under its number.
pub fn mark(marks: &Marks, id: uuid::Uuid) -> Option<impl IntoView + use<>> {
    let (n, worst) = marks.of(id)?;
    let class = match worst {
        Severity::Info => "sub",
        Severity::Warning => "sub warning-text",
        Severity::Critical => "sub danger-text",
    };
    Some(view! { <span class=class>{text::count(n, "exception", "exceptions")}" to settle"</span> })
}

/// How bad it is, or that it is over.
pub(super) fn chip(severity: Severity, state: State) -> ChipData {
    match (state, severity) {
        (State::Closed, _) => ChipData::new(Role::Plain, Icon::Okay, "Settled"),
        (State::Open, Severity::Info) => ChipData::new(Role::Info, Icon::Note, text::severity(severity)),
        (State::Open, Severity::Warning) => ChipData::new(Role::Warning, Icon::Alert, text::severity(severity)),
        (State::Open, Severity::Critical) => ChipData::new(Role::Danger, Icon::No, text::severity(severity)),
    }
}

/// Money at stake in words; nothing where none is.
pub(super) fn money(money: Amount, currency: Option<Currency>) -> Option<String> {
    currency.filter(|_| money != Amount::ZERO).map(|currency| text::money(money, currency))
}

/// "Order 4500071702".
pub(super) fn subject(kind: SubjectKind, number: &str) -> String {
    format!("{} {number}", text::exception_subject(kind))
}

/// Where the reader looks at something; nothing where there is no page for them.
pub(super) fn address(kind: SubjectKind, id: uuid::Uuid, cx: &PageContext) -> Option<String> {
    use crate::domain::access::Audience;
    let is_hub = cx.reader.actor.may(Permission::Operate);
    match kind {
        SubjectKind::Order => Some(format!("/orders/{id}")),
        SubjectKind::Shipment => Some(format!("/shipments/{id}")),
        SubjectKind::Invoice => Some(format!("/invoices/{id}")),
        SubjectKind::Remittance => Some(format!("/remittances/{id}")),
        SubjectKind::Document => (is_hub || cx.reader.actor.audience == Audience::Supplier).then(|| format!("/documents/{id}")),
        SubjectKind::Partner => is_hub.then(|| format!("/partners/{id}")),
        SubjectKind::Transmission => None,
    }
}
