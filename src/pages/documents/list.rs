//! The list of documents, in and out.

use leptos::prelude::*;

use super::parts;
use crate::{
    domain::{
        access::Audience,
        document::{Direction, DocumentKind, DocumentStatus},
        ids::DocumentId,
        time::Timestamp,
        view::List,
    },
    islands::Live,
    pages::{PageContext, cursor, exceptions, listing, page, query, views},
    service::{
        exceptions::view::{Marks, marks},
        exchange::view::{self, DocumentList},
    },
    store::{
        documents::{DocumentFilter, DocumentRow},
        exceptions::About,
    },
    text,
    ui::{Acks, ButtonLink, Choice, Column, Empty, Filters, Heat, Icon, PageHead, SelectField, Tab, Table, Tabs},
};

/// A tab: what it shows of the list.
struct View {
    code: &'static str,
    label: &'static str,
    direction: Option<Direction>,
    statuses: &'static [DocumentStatus],
    heat: Heat,
}

const IN: Option<Direction> = Some(Direction::In);
const OUT: Option<Direction> = Some(Direction::Out);

const VIEWS: &[View] = &[
    View { code: "", label: "All", direction: None, statuses: &[], heat: Heat::Calm },
    View { code: "in", label: "In", direction: IN, statuses: &[], heat: Heat::Calm },
    View { code: "new", label: "New", direction: IN, statuses: &[DocumentStatus::New], heat: Heat::Hot },
    View { code: "refused", label: "Refused", direction: IN, statuses: &[DocumentStatus::Refused], heat: Heat::Bad },
    View { code: "out", label: "Out", direction: OUT, statuses: &[], heat: Heat::Calm },
    View {
        code: "waiting",
        label: "Waiting",
        direction: OUT,
        statuses: &[DocumentStatus::Validated, DocumentStatus::Submitted],
        heat: Heat::Calm,
    },
    View { code: "sent", label: "Sent", direction: OUT, statuses: &[DocumentStatus::Sent], heat: Heat::Calm },
    View { code: "delivered", label: "Delivered", direction: OUT, statuses: &[DocumentStatus::Delivered], heat: Heat::Calm },
    View { code: "acknowledged", label: "Acknowledged", direction: OUT, statuses: &[DocumentStatus::Acknowledged], heat: Heat::Calm },
    View {
        code: "trouble",
        label: "Trouble",
        direction: OUT,
        statuses: &[DocumentStatus::SendFailed, DocumentStatus::Rejected, DocumentStatus::AcknowledgedWithErrors],
        heat: Heat::Bad,
    },
];

impl View {
    fn named(code: &str) -> &'static Self {
        VIEWS.iter().find(|view| view.code == code).unwrap_or(&VIEWS[0])
    }

    /// Rows in it, from the counts by direction and status.
    fn count(&self, counts: &[(String, i64)]) -> u64 {
        let holds = |name: &str| {
            let Some((direction, status)) = name.split_once(':') else { return false };
            self.direction.is_none_or(|wanted| wanted.as_str() == direction)
                && (self.statuses.is_empty() || self.statuses.iter().any(|wanted| wanted.as_str() == status))
        };
        let sum: i64 = counts.iter().filter(|(name, _)| holds(name)).map(|(_, count)| count).sum();
        u64::try_from(sum).unwrap_or_default()
    }
}

/// What the tab of a code is called by its reader.
pub fn tab_word(code: &str) -> &'static str {
    View::named(code).label
}

/// What the address asks for.
#[derive(Clone, Default)]
struct Asked {
    tab: String,
    search: String,
    kind: Option<DocumentKind>,
    after: Option<(Timestamp, DocumentId)>,
}

impl Asked {
    fn read() -> Self {
        Self {
            tab: query("tab").unwrap_or_default(),
            search: query("q").map(|text| text.trim().to_owned()).unwrap_or_default(),
            kind: query("kind").and_then(|code| code.parse().ok()),
            after: query("after").and_then(|text| cursor::decode(&text)),
        }
    }

    /// The address of the list with another tab and page.
    fn address(&self, tab: &str, after: Option<(Timestamp, DocumentId)>) -> String {
        let after = after.map(|(at, id)| cursor::encode(at, id.0));
        let kind = self.kind.map(DocumentKind::as_str);
        listing::address("/documents", &[("tab", Some(tab)), ("kind", kind), ("q", Some(&self.search)), ("after", after.as_deref())])
    }

    fn is_narrowed(&self) -> bool {
        !self.search.is_empty() || self.kind.is_some() || self.after.is_some()
    }
}

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    let asked = Asked::read();
    page("Documents", move |cx: PageContext| async move {
        let view = View::named(&asked.tab);
        let filter = DocumentFilter {
            direction: view.direction,
            statuses: view.statuses.to_vec(),
            kind: asked.kind,
            search: Some(asked.search.clone()).filter(|text| !text.is_empty()),
            after: asked.after,
        };
        let found = view::list(&cx.context, &cx.reader.actor, &filter).await?;
        let marks = marks(&cx.context, &cx.reader.actor, About::Document, found.rows.iter().map(|row| row.id.0)).await?;
        let views = views::menu::menu(&cx, List::Documents).await?;
        Ok(view! {
            <Live address="/live"/>
            <PageHead title="Documents" as_of=text::as_of(cx.now, &cx.zone)>
                "Everything that went over the wire, with what became of it."
            </PageHead>
            <div data-live="document-tabs">{tabs(&asked, view, &found, cx.reader.actor.audience)}</div>
            {filters(&asked, view, views)}
            {rows(&asked, view, found, &marks, &cx)}
        })
    })
}

fn tabs(asked: &Asked, current: &View, found: &DocumentList, audience: Audience) -> impl IntoView + use<> {
    let tabs = VIEWS
        .iter()
        .map(|view| {
            let count = view.count(&found.counts);
            Tab {
                href: asked.address(view.code, None),
                label: view.label.to_owned(),
                count: Some(text::number(count)),
                // What partners have not opened yet is no work of the hub.
                heat: if count == 0 || (view.heat == Heat::Hot && audience == Audience::Hub) { Heat::Calm } else { view.heat },
                current: view.code == current.code,
            }
        })
        .collect();
    view! { <Tabs label="Documents by direction and state" tabs=tabs/> }
}

fn filters(asked: &Asked, view: &View, views: AnyView) -> impl IntoView + use<> {
    let kinds = DocumentKind::ALL.iter().map(|&kind| Choice::new(kind.as_str(), text::document_kind(kind))).collect();
    let keep = if view.code.is_empty() { Vec::new() } else { vec![("tab".to_owned(), view.code.to_owned())] };
    let kind = asked.kind.map(|kind| kind.as_str().to_owned());
    let clear = asked.is_narrowed().then(|| {
        let href = Asked::default().address(view.code, None);
        view! { <ButtonLink href=href label="Clear" icon=Icon::X weight=crate::ui::Weight::Quiet/> }
    });
    view! {
        <Filters action="/documents" label="Search in documents" query=asked.search.clone() placeholder="Order, shipment or invoice number" keep=keep beside=views>
            <SelectField name="kind" label="Kind" hide_label=true narrow=true choices=kinds value=kind blank="Every kind"/>
            {clear}
        </Filters>
    }
}

fn rows(asked: &Asked, view: &View, found: DocumentList, marks: &Marks, cx: &PageContext) -> impl IntoView + use<> {
    let is_hub = cx.reader.actor.audience == Audience::Hub;
    let mut columns = vec![Column::new("Document"), Column::new("Status"), Column::new("Way").class("hide-narrow")];
    if is_hub {
        columns.push(Column::new("Partner"));
    }
    columns.extend([Column::new("Receipts").class("hide-mid"), Column::num(format!("Time, {}", cx.zone.label(cx.now)))]);
    let shown = text::count(u64::try_from(found.rows.len()).unwrap_or_default(), "document", "documents");
    let next = found.next.map(|after| asked.address(view.code, Some(after)));
    let first = asked.after.map(|_| asked.address(view.code, None));
    let none = found.rows.is_empty().then(|| {
        // A row like the others, so that it goes when the first document arrives.
        view! { <tr role="row" data-key="none"><td role="cell" class="full" colspan=columns.len().to_string()>{empty(asked, view)}</td></tr> }
    });
    let rows: Vec<_> = found.rows.into_iter().map(|row| document_row(row, marks, is_hub, cx)).collect();
    view! {
        <Table caption="Documents, newest first" columns=columns live="documents">{none}{rows}</Table>
        {listing::pager(first, next, shown)}
    }
}

fn document_row(row: DocumentRow, marks: &Marks, is_hub: bool, cx: &PageContext) -> impl IntoView + use<> {
    let (way, word) = match row.direction {
        Direction::In => (Icon::Inbox, "In"),
        Direction::Out => (Icon::Send, "Out"),
    };
    let [delivered, read, answered] = parts::acknowledgments(parts::Facts {
        direction: row.direction,
        status: row.status,
        delivered_at: row.delivered_at,
        verdict: row.acknowledgment,
        answer: row.answer.as_deref(),
    });
    let acks = if parts::is_acknowledged(row.kind) {
        view! { <Acks delivered=delivered read=read answered=answered/> }.into_any()
    } else {
        view! { <span class="muted small">"needs none"</span> }.into_any()
    };
    let partner = is_hub.then(|| {
        let name = row.counterparty.unwrap_or_else(|| "Not known".to_owned());
        view! { <td role="cell" data-label="Partner">{name}</td> }
    });
    let name = if row.number.is_empty() { text::document_kind(row.kind).to_owned() } else { row.number };
    view! {
        <tr role="row" data-key=row.id.to_string()>
            <th role="rowheader" scope="row">
                <a class="go" href=format!("/documents/{}", row.id)>{name}</a>
                <span class="sub">{text::document_kind(row.kind)}" · "{row.code}</span>
                {exceptions::parts::mark(marks, row.id.0)}
            </th>
            <td role="cell" class="end">{parts::chip(row.kind, row.status).view()}</td>
            <td role="cell" class="hide-narrow hide-phone"><span class="row-flex nowrap">{way.svg()}{word}</span></td>
            {partner}
            <td role="cell" class="hide-mid hide-phone">{acks}</td>
            <td role="cell" class="num" data-label="Time">{text::moment_short(row.created_at, cx.now, &cx.zone)}</td>
        </tr>
    }
}

fn empty(asked: &Asked, view: &View) -> impl IntoView + use<> {
    let (title, words) = match (asked.is_narrowed(), view.code) {
        (true, _) => ("Nothing matches", "Try a part of the number, another kind, or another tab."),
        (_, "trouble") => ("No trouble", "Documents that could not be sent, or that the other side refused, will appear here."),
        (_, "refused") => ("Nothing was refused", "Documents that cannot be used will appear here, each with the segment and the reason."),
        (_, "new") => ("Nothing new", "A document appears here when it arrives and stays until somebody opens it."),
        (_, "waiting") => ("Nothing waits", "Documents stay here for a moment before they leave; until then they can be taken back."),
        _ => ("No documents yet", "Orders, answers, ship notices and invoices appear here as soon as they are sent or received."),
    };
    view! { <Empty icon=Icon::Doc title=title text=words/> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_count_what_they_show() {
        let counts: Vec<_> =
            [("in:new", 3), ("in:refused", 1), ("out:validated", 2), ("out:submitted", 1), ("out:rejected", 4), ("out:acknowledged", 9)]
                .into_iter()
                .map(|(name, count)| (name.to_owned(), count))
                .collect();
        let shown: Vec<_> = VIEWS.iter().map(|view| (view.label, view.count(&counts))).collect();
        assert_eq!(
            shown,
            [
                ("All", 20),
                ("In", 4),
                ("New", 3),
                ("Refused", 1),
                ("Out", 16),
                ("Waiting", 3),
                ("Sent", 0),
                ("Delivered", 0),
                ("Acknowledged", 9),
                ("Trouble", 4)
            ]
        );
    }

    #[test]
    fn the_whole_view_is_in_the_address() {
        let at = Timestamp::from_micros(1_764_000_000_123_456);
        let id: DocumentId = "0198c1de-0000-7000-8000-000000000001".parse().unwrap();
        let asked = Asked { search: "45 & 6".to_owned(), kind: Some(DocumentKind::Invoice), ..Asked::default() };
        let address = asked.address("out", Some((at, id)));
        assert_eq!(address, "/documents?tab=out&kind=invoice&q=45%20%26%206&after=1764000000123456-0198c1de000070008000000000000001");
        assert_eq!(Asked::default().address("", None), "/documents");
    }
}
