//! Facts, progress, tiles, panels, history: what a detail page is made of.

use leptos::prelude::*;

use crate::ui::{
    Ack, AckState, AckStrip, ButtonLink, Chip, Column, Columns, Entry, Fact, FactStrip, Facts, Icon, Origin, Panel, Provenance, Role, Size,
    Stage, Step, Steps, Table, Tile, Tiles, Timeline, Weight,
};

pub(super) fn facts_and_progress() -> impl IntoView {
    let ack = |state, title: &str, note: &str| Ack { state, title: title.into(), note: note.into(), href: None };
    let step = |stage, icon, name: &str, note: &str| Step { stage, icon, name: name.into(), note: Some(note.into()) };
    view! {
        <FactStrip facts=vec![
            Fact::new("Total as ordered", "EUR 48,210.00"),
            Fact::new("Ship by", "Fri 4 Dec 2026"),
            Fact::new("Ship to", "Castellan Utrecht, gate 3"),
            Fact::new("Terms", "30 days net, DAP"),
            Fact::new("Expected payment", "Mon 21 Dec").note("if corrected by Fri 11 Dec"),
        ]/>
        <AckStrip
            delivered=Ack { href: Some("#main".into()), ..ack(AckState::Yes, "Delivered to you", "Mon 23 Nov, 08:02:14 CET · MDN signed") }
            read=ack(AckState::Attention, "Read, with 1 error", "Mon 23 Nov, 08:20:44 CET · 997 code E, segment 15")
            answered=ack(AckState::Waiting, "Not answered yet", "855 due Wed 25 Nov, 08:02 CET · 21 h 50 min left")
        />
        <section class="panel panel-body gap-top" aria-label="Where the order is">
            <Steps steps=vec![
                step(Stage::Done, Icon::Check, "Ordered", "Mon 9 Nov"),
                step(Stage::Done, Icon::Check, "Confirmed", "Tue 10 Nov, all 3 lines"),
                step(Stage::Late, Icon::Truck, "On the way", "1 arrived, 1 late"),
                step(Stage::Ahead, Icon::Home, "Delivered", "expected Fri 27 Nov"),
            ]/>
        </section>
        <section class="panel panel-body gap-top" aria-label="The same, in time">
            <Steps steps=vec![
                step(Stage::Done, Icon::Check, "Ordered", "Mon 9 Nov"),
                step(Stage::Current, Icon::Box, "Packed", "Thu 19 Nov"),
                step(Stage::Ahead, Icon::Truck, "On the way", "1 of 2 shipments"),
            ]/>
        </section>
    }
}

pub(super) fn work() -> impl IntoView {
    let tile = |id: &str, name: &str, icon, count: &str, urgent: Option<&str>, role, note: Option<&str>| Tile {
        href: format!("#tile-{id}"),
        name: name.into(),
        icon,
        count: count.into(),
        urgent: urgent.map(Into::into),
        role,
        note: note.map(Into::into),
    };
    view! {
        <h2 class="sr">"Work to do"</h2>
        <div class="gap-top">
            <Tiles tiles=vec![
                tile("1", "Orders to answer", Icon::Turn, "6", Some("2 due today"), Role::Warning, Some("3 tomorrow")),
                tile("2", "Late to ship", Icon::Alert, "2", Some("oldest 2 days"), Role::Danger, Some("EUR 13,646.00")),
                tile("3", "Shipped, not invoiced", Icon::Invoice, "9", None, Role::Plain, Some("EUR 71,350.40 to bill")),
                tile("4", "Changed by buyer", Icon::Swap, "0", None, Role::Plain, Some("nothing waits")),
            ]/>
        </div>
        <div class="gap-top">
            <Columns side=|| view! { {history().into_any()} {facts().into_any()} }>
                <Panel
                    id="p-lines"
                    title="Lines"
                    note="3 of 4 shipped"
                    flush=true
                    side=|| view! { <ButtonLink href="#main" label="From a file" weight=Weight::Quiet size=Size::Small icon=Icon::Up/> }
                    foot=|| view! { <span class="muted">"Prices in EUR, quantities in pieces"</span> }
                >
                    {lines_table()}
                </Panel>
                <Panel id="p-next" title="What happens when you send">
                    <ol class="guide">
                        <li class="done"><span class="mark">{Icon::Check.svg()}</span><span><b>"Papers handed in."</b></span></li>
                        <li class="current"><span class="mark">"2"</span><span>"It leaves as an 855."</span></li>
                        <li><span class="mark">"3"</span><span>"Tom Achterberg decides on lines 20 and 40."</span></li>
                    </ol>
                </Panel>
            </Columns>
        </div>
    }
}

fn lines_table() -> impl IntoView {
    let origin = Origin {
        value: "200".into(),
        text: "Line 10, quantity ordered. Set by the purchase order you received on Mon 23 Nov, 08:02:14 CET.".into(),
        segment: Some(("PO1*10*".into(), "200".into(), "*EA*61.40*PE*BP*FLG-DN150-16~".into())),
        href: Some("#main".into()),
    };
    view! {
        <Table
            caption="Lines of the order"
            in_panel=true
            columns=vec![Column::new("Item"), Column::num("Ordered"), Column::num("Price"), Column::num("Value"), Column::new("Status")]
            foot=|| {
                view! {
                    <tr role="row">
                        <th role="rowheader" scope="row" class="full">"Total"</th>
                        <td role="cell" class="hide-phone"></td>
                        <td role="cell" class="hide-phone"></td>
                        <td role="cell" class="num">"30,064.00"</td>
                        <td role="cell" class="hide-phone"></td>
                    </tr>
                }
            }
        >
            <tr role="row">
                <th role="rowheader" scope="row">"FLG-DN150-16"<span class="sub">"Flange DN150 PN16"</span></th>
                <td role="cell" class="num" data-label="Ordered">"200" <Provenance origin=origin/></td>
                <td role="cell" class="num" data-label="Price">"61.40"</td>
                <td role="cell" class="num" data-label="Value">"12,280.00"</td>
                <td role="cell"><Chip role=Role::Plain icon=Icon::Okay word="Invoiced"/></td>
            </tr>
            <tr role="row">
                <th role="rowheader" scope="row">"SHF-88-1240"<span class="sub">"Pump shaft Ø88 × 1240"</span></th>
                <td role="cell" class="num" data-label="Ordered"><span class="was">"110"</span>" "<span class="now-value">"120"</span></td>
                <td role="cell" class="num" data-label="Price">"148.20"</td>
                <td role="cell" class="num" data-label="Value">"17,784.00"</td>
                <td role="cell"><Chip role=Role::Info icon=Icon::Half word="Part shipped"/></td>
            </tr>
        </Table>
    }
}

fn history() -> impl IntoView {
    let draft = Entry {
        was: Some("400".into()),
        now: Some("390".into()),
        who: Some("Ines Keller, order desk".into()),
        ..Entry::new("draft", Icon::Pen, Role::Warning, "Draft answer", "today 10:11")
    };
    let read = Entry {
        detail: Some("997 accepted, no errors".into()),
        href: Some("#main".into()),
        who: Some("Trading Grid".into()),
        ..Entry::new("read", Icon::Eye, Role::Success, "Read", "Mon 08:02:41")
    };
    let late = Entry { ..Entry::new("late", Icon::Calendar, Role::Danger, "New delivery date", "Mon 15:02") };
    let sent = Entry { ..Entry::new("sent", Icon::Send, Role::Info, "Sent", "08:02:08") };
    let placed =
        Entry { detail: Some("Revision 1, 4 lines".into()), ..Entry::new("placed", Icon::Orders, Role::Plain, "Placed", "Mon 08:01") };
    let next = Entry { future: true, ..Entry::new("next", Icon::Home, Role::Plain, "Delivery", "Fri 27 Nov") };
    view! {
        <Panel id="p-history" title="History" note="newest first, CET">
            <Timeline live="history" entries=vec![draft, late, sent, read, placed, next]/>
        </Panel>
    }
}

fn facts() -> impl IntoView {
    view! {
        <Panel id="p-facts" title="Facts">
            <Facts facts=vec![Fact::new("Reason", "Price differs (PRI)"), Fact::new("At stake", "EUR 528.00").note("of 18,792.00")]>
                <dt>"Order"</dt>
                <dd><a href="#main">"4500071611"</a>", line 20"</dd>
            </Facts>
        </Panel>
    }
}
