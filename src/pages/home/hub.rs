//! Home of the hub: what stands open over all partners, and how documents travel.

use leptos::prelude::*;

use super::parts::{cases, changes, exceptions, note, tile, urgent};
use crate::{
    domain::{
        document::{Direction, DocumentStatus},
        order::{OrderKind, OrderState},
        shipment::ShipmentState,
    },
    pages::{
        PageContext,
        invoices::parts::{Group, sums},
        shipments::parts::moment,
    },
    service::home::{Home, Traffic},
    store::documents::DocumentRow,
    text,
    ui::{Columns, Empty, Icon, Panel, Role, Tile},
};

/// The work to do.
pub fn tiles(cx: &PageContext, home: &Home) -> Vec<Tile> {
    let today = cx.zone.date(cx.now);
    let of_partners = home.orders(OrderKind::Purchase, &[OrderState::Received]);
    let of_us = home.orders(OrderKind::Sales, &[OrderState::Received]);
    let both = |states: &[OrderState]| home.orders(OrderKind::Purchase, states) + home.orders(OrderKind::Sales, states);
    let waiting = home.invoices(Group::Waiting.states());
    let questions = home.invoices(Group::Questions.states());
    let (late, held) = (home.late(today), home.shipments(ShipmentState::Held));
    let mut tiles = vec![
        exceptions(cx, home),
        cases(cx, home),
        note(
            tile("Orders not answered", Icon::Clock, "/orders?tab=to-answer", of_partners + of_us),
            format!("{of_partners} with partners, {of_us} with us"),
            "everything is answered",
        ),
        note(
            tile("Answers to decide", Icon::Swap, "/orders?tab=waiting", both(&[OrderState::ConfirmedWithChanges, OrderState::OnHold])),
            "changed or on hold",
            "nothing waits",
        ),
        note(
            tile("Invoices to decide", Icon::Invoice, "/invoices?tab=waiting", waiting.n),
            sums(waiting.open.values().copied()).unwrap_or_default(),
            "nothing waits",
        ),
        note(tile("Questions on invoices", Icon::Ask, "/invoices?tab=questions", questions.n), "asked, not settled", "nothing is asked"),
        note(
            urgent(
                tile("Late shipments", Icon::Alert, "/shipments?tab=late", late),
                Role::Danger,
                (late > 0).then(|| "no arrival reported".to_owned()),
            ),
            if held > 0 { format!("{held} held") } else { String::new() },
            "nothing is late",
        ),
    ];
    tiles.extend(home.traffic.iter().flat_map(traffic_tiles));
    tiles
}

fn traffic_tiles(traffic: &Traffic) -> Vec<Tile> {
    let refused = traffic.count(Direction::In, &[DocumentStatus::Refused]);
    let failed = traffic.count(Direction::Out, &[DocumentStatus::SendFailed]);
    let rejected = traffic.count(Direction::Out, &[DocumentStatus::Rejected, DocumentStatus::AcknowledgedWithErrors]);
    let silent = i64::try_from(traffic.failing.len()).unwrap_or(i64::MAX);
    let named = traffic.failing.iter().map(|route| route.name.clone()).take(2).collect::<Vec<_>>().join(", ");
    let trouble = tile("Sent, in trouble", Icon::Send, "/documents?tab=trouble", failed + rejected);
    vec![
        note(tile("Documents refused", Icon::No, "/documents?tab=refused", refused), "received, could not be used", "all could be used"),
        note(
            urgent(trouble, Role::Danger, (rejected > 0).then(|| format!("{rejected} rejected"))),
            if failed > 0 { format!("{failed} not sent yet") } else { String::new() },
            "everything left and was read",
        ),
        note(
            urgent(tile("Silent routes", Icon::Swap, "/connections", silent), Role::Danger, (silent > 0).then_some(named)),
            "",
            "every route answers",
        ),
    ]
}

/// What changed, and beside it the newest documents.
pub fn below(cx: &PageContext, home: &Home) -> AnyView {
    let documents: Vec<_> = home.traffic.iter().flat_map(|traffic| &traffic.newest).map(|row| Newest::of(cx, row)).collect();
    let side = move || newest(&documents);
    let changes = changes(cx, home);
    view! { <Columns side=side>{changes}</Columns> }.into_any()
}

fn newest(documents: &[Newest]) -> impl IntoView + use<> {
    let items: Vec<_> = documents.iter().map(Newest::view).collect();
    let empty = items.is_empty().then(|| {
        view! { <Empty icon=Icon::Clip title="No documents yet" text="They appear here as they come in over a route, or leave."/> }
    });
    view! {
        <Panel id="documents" title="Newest documents" flush=true side=|| view! { <a href="/documents">"All documents"</a> }>
            <ul class="changes" data-live="documents">{items}</ul>
            <div data-live="no-documents">{empty}</div>
        </Panel>
    }
}

/// A document in the list of the newest.
struct Newest {
    key: String,
    incoming: bool,
    words: String,
    partner: String,
    status: &'static str,
    role: Role,
    when: String,
}

impl Newest {
    fn of(cx: &PageContext, row: &DocumentRow) -> Self {
        let role = match row.status {
            DocumentStatus::Rejected | DocumentStatus::Refused | DocumentStatus::SendFailed => Role::Danger,
            DocumentStatus::AcknowledgedWithErrors => Role::Warning,
            _ => Role::Plain,
        };
        Self {
            key: row.id.to_string(),
            incoming: row.direction == Direction::In,
            words: format!("{} {}", text::document_kind(row.kind), row.number),
            partner: row.counterparty.clone().unwrap_or_else(|| "Unknown partner".to_owned()),
            status: text::document_status(row.status),
            role,
            when: moment(row.created_at, cx),
        }
    }

    fn view(&self) -> impl IntoView + use<> {
        let (icon, way) = if self.incoming { (Icon::Down, "from") } else { (Icon::Up, "to") };
        view! {
            <li data-key=self.key.clone()>
                {icon.svg()}
                <div>
                    <a href=format!("/documents/{}", self.key)>{self.words.clone()}</a>
                    <p>{way}" "{self.partner.clone()}" · "<span class=self.role.text_class()>{self.status}</span></p>
                </div>
                <time>{self.when.clone()}</time>
            </li>
        }
    }
}
