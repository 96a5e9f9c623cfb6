//! Every component in every state, on one page: to look at when one is changed, and to choose from when a page is
//! written. The words are examples. Shown at `/styleguide` in the demonstration.

use leptos::prelude::*;

use super::{
    Ack, AckState, AckStrip, Acks, ActiveFilter, AddFilter, Avatar, BlockedAction, BulkForm, Button, ButtonLink, Checkbox, Chip, ChipData,
    Choice, Column, Columns, Crumb, Dialog, Direction, Empty, Entry, ErrorSummary, Fact, FactStrip, Facts, Filters, FormError, Heat, Icon,
    Input, Menu, MenuLink, Missing, Notice, Origin, PageHead, Pager, Panel, Provenance, Radios, Role, Segment, SelectField, Size, Skeleton,
    Stage, Step, Steps, Tab, Table, Tabs, TextArea, TextField, Tick, Tile, Tiles, Timeline, Toast, Weight,
};

/// The whole gallery, to be placed in a shell.
#[component]
pub fn Gallery() -> impl IntoView {
    view! {
        <PageHead
            title="Order 4500071832"
            chip=ChipData::new(Role::Warning, Icon::Turn, "To answer")
            as_of="As of 10:12 CET"
            crumbs=vec![Crumb::link("#main", "Orders"), Crumb::link("#main", "To answer"), Crumb::here("2 of 6")]
            actions=|| {
                view! {
                    <ButtonLink href="#main" label="PDF" weight=Weight::Quiet icon=Icon::Down/>
                    <ButtonLink href="#sure" label="Reject the order"/>
                    <ButtonLink href="#main" label="Check and send" weight=Weight::Main icon=Icon::Send/>
                }
            }
        >
            "Answer by "
            <strong class="warning-text">"today, 17:00 CET"</strong>
            ". After that the buyer is told it is missing."
        </PageHead>
        {facts_and_progress().into_any()}
        {work().into_any()}
        {list().into_any()}
        {forms().into_any()}
        {messages().into_any()}
        {vocabulary().into_any()}
        <Dialog
            id="sure"
            title="Reject all 4 lines of 4500071832?"
            action="/styleguide"
            keep="Keep the order"
            decide=|| view! { <Button label="Reject the order" weight=Weight::Destructive/> }
        >
            <p>"The buyer looks for another source. You have 5 minutes to undo."</p>
            <SelectField
                name="why-all"
                label="Why?"
                blank="Choose a reason"
                choices=vec![Choice::new("date", "Cannot meet the dates"), Choice::new("price", "Price not agreed")]
            />
        </Dialog>
        <Toast>
            <span>"Answer to " <strong>"4500071829"</strong> " leaves in 4 min 12 s, at 10:16"</span>
            <ButtonLink href="#main" label="Undo" size=Size::Small icon=Icon::Undo/>
        </Toast>
    }
}

fn facts_and_progress() -> impl IntoView {
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

fn work() -> impl IntoView {
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
            <Timeline entries=vec![draft, late, sent, read, placed, next]/>
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

fn list() -> impl IntoView {
    let tab = |label: &str, count: &str, heat, current| Tab {
        href: "#main".into(),
        label: label.into(),
        count: Some(count.into()),
        heat,
        current,
    };
    view! {
        <h2 class="gap-top">"A list"</h2>
        <Tabs
            label="Orders by what they need"
            tabs=vec![
                tab("All open", "64", Heat::Calm, true),
                tab("To answer", "6", Heat::Hot, false),
                tab("Late", "2", Heat::Bad, false),
                tab("Done", "1,408", Heat::Calm, false),
            ]
        />
        <Filters
            action="/styleguide"
            label="Search in orders"
            placeholder="Number, item, reference"
            active=vec![ActiveFilter {
                label: "Ship by: until 31 Dec".into(),
                remove: "#main".into(),
                remove_label: "Remove the filter on ship-by date".into(),
            }]
        >
            <AddFilter label="Ship to"><TextField name="ship-to" label="Place" value="Utrecht"/></AddFilter>
            <Menu label="Export 64" icon=Icon::Down heading="Exactly the rows of this view">
                <MenuLink href="#main" label="CSV, one row per order" icon=Icon::Doc current=true/>
                <MenuLink href="#main" label="CSV, one row per line" icon=Icon::Doc/>
            </Menu>
        </Filters>
        <BulkForm
            action="/styleguide"
            counted="orders ticked"
            actions=|| {
                view! {
                    <Button label="Accept as ordered" weight=Weight::Main/>
                    <Button label="Download" name="do" value="download"/>
                }
            }
        >
            <Table
                caption="Open orders: what needs you first, by deadline"
                ticks=true
                columns=vec![
                    Column::new("Order").sort("#main", None),
                    Column::new("Status"),
                    Column::new("Next step").sort("#main", Some(Direction::Ascending)),
                    Column::num("Ship by").sort("#main", None),
                    Column::new("Ship to").class("hide-narrow"),
                    Column::num("Total, EUR"),
                    Column::new("Receipts").class("hide-mid"),
                ]
            >
                {list_rows()}
            </Table>
        </BulkForm>
        <Pager previous="#main" next="#main" shown="27 of 64 orders"/>
    }
}

fn list_rows() -> impl IntoView {
    use AckState::{Attention, No, Waiting, Yes};
    let late = || ChipData::new(Role::Danger, Icon::Alert, "Late");
    let rows = [
        (
            "4500071702",
            "Shaft sleeves",
            late(),
            "Send the ship notice",
            "danger-text",
            "2 days late",
            "22 Nov",
            "8,240.00",
            [Yes, Yes, Yes],
        ),
        (
            "4500071832",
            "Flanges, shafts",
            ChipData::new(Role::Warning, Icon::Turn, "To answer"),
            "Answer today",
            "warning-text",
            "by 17:00 CET, 6 h 48 min left",
            "4 Dec",
            "48,210.00",
            [Yes, Attention, Waiting],
        ),
        (
            "4500071765",
            "Flange DN100",
            ChipData::new(Role::Neutral, Icon::Check, "Confirmed"),
            "Ship",
            "",
            "in 1 day",
            "25 Nov",
            "6,118.00",
            [Yes, No, Waiting],
        ),
        (
            "4500071688",
            "Casing rings",
            ChipData::new(Role::Plain, Icon::Truck, "Shipped"),
            "Invoice",
            "",
            "",
            "23 Nov",
            "5,406.00",
            [No, Waiting, Waiting],
        ),
    ];
    rows.map(|(key, item, chip, next, class, detail, ship_by, total, [delivered, read, answered])| {
        let detail_class = format!("sub {class}");
        view! {
            <tr role="row" data-key=key>
                <Tick name="order" value=key label=format!("Order {key}")/>
                <th role="rowheader" scope="row"><a class="go" href="#main">{key}</a><span class="sub">{item}</span></th>
                <td role="cell" class="end">{chip.view()}</td>
                <td role="cell" class="full">{next}<span class=detail_class>{detail}</span></td>
                <td role="cell" class="num" data-label="Ship by">{ship_by}</td>
                <td role="cell" class="hide-narrow hide-phone">"Utrecht"</td>
                <td role="cell" class="num" data-label="EUR">{total}</td>
                <td role="cell" class="hide-phone hide-mid"><Acks delivered=delivered read=read answered=answered/></td>
            </tr>
        }
    })
}

fn forms() -> impl IntoView {
    let reasons = || vec![Choice::new("batch", "Batch size"), Choice::new("late", "Material arrives late")];
    view! {
        <h2 class="gap-top">"Forms"</h2>
        <div class="halves">
            <Panel id="p-form" title="A form that came back">
                <ErrorSummary
                    title="Two things to fix before this can leave"
                    errors=vec![
                        FormError { field: Some("cover".into()), text: "Sum insured: at least 5,000,000".into() },
                        FormError { field: None, text: "The order was changed meanwhile: check line 20".into() },
                    ]
                />
                <form class="gap-top" method="post" action="/styleguide">
                    <TextField name="tracking" label="Carrier's tracking number" hint="Printed under the bar code, 12 or 14 digits." value="7730 4418 2061"/>
                    <TextField
                        name="cover"
                        label="Sum insured, EUR"
                        kind=Input::Decimal
                        value="2,000,000"
                        hint="As on the certificate."
                        error="Castellan needs at least 5,000,000. Ask your insurer for the higher cover."
                        narrow=true
                    />
                    <TextField name="until" label="Valid until" kind=Input::Date value="2027-12-31" narrow=true/>
                    <TextField name="file" label="Certificate" kind=Input::File hint="PDF, JPG or PNG, up to 20 MB." accept=".pdf,image/*"/>
                    <SelectField name="reason" label="Why it differs" blank="Choose a reason" choices=reasons() error="Choose one of the reasons."/>
                    <TextArea name="note" label="Note to the buyer" value="Replaced by RNG-WR-212, same bore"/>
                    <Checkbox name="agree" label="I checked the quantities" hint="They are on the packing slip." checked=true/>
                    <p class="actions gap-top">
                        <Button label="Send for review" weight=Weight::Main/>
                        <Button label="Keep as a draft" name="do" value="draft" skip_checks=true/>
                    </p>
                </form>
            </Panel>
            <div class="stack">
                <Panel id="p-choices" title="Choices">
                    <form class="stack" method="post" action="/styleguide">
                        <Segment
                            name="decision"
                            legend="Answer to line 20"
                            value="change"
                            choices=vec![
                                Choice::new("accept", "Accept").icon(Icon::Check),
                                Choice::new("change", "Change").icon(Icon::Pen),
                                Choice::new("reject", "Reject").icon(Icon::X),
                            ]
                        />
                        <Radios
                            name="how"
                            legend="Send again"
                            value="same"
                            choices=vec![
                                Choice::new("same", "The same bytes").hint("A repeat is ignored if the first one arrived. Safe."),
                                Choice::new("new", "Translate again").hint("Use this after you fix the item code."),
                            ]
                        />
                    </form>
                </Panel>
                <Panel id="p-buttons" title="Buttons">
                    <form class="stack" method="post" action="/styleguide">
                        <p class="actions">
                            <Button label="Main action" weight=Weight::Main/>
                            <Button label="Other action"/>
                            <Button label="Quiet" weight=Weight::Quiet icon=Icon::Pen/>
                            <Button label="Delete the draft" weight=Weight::Destructive/>
                            <Button label="Looks like a link" weight=Weight::Link/>
                        </p>
                        <div class="actions">
                            <Button label="Small main" weight=Weight::Main size=Size::Small/>
                            <Button label="Small" size=Size::Small/>
                            <Menu label="Menu" size=Size::Small start=true><MenuLink href="#main" label="An entry"/></Menu>
                            <Avatar name="Ines Keller"/>
                            "Ines Keller"
                        </div>
                    </form>
                </Panel>
                <Panel id="p-blocked" title="An action that cannot run yet">
                    <BlockedAction
                        id="missing"
                        label="Make the invoice"
                        icon=Icon::Invoice
                        missing=vec![
                            Missing {
                                who: "Castellan".into(),
                                what: "must book the receipt of line 20.".into(),
                                href: None,
                                hint: Some("Usually within a day of arrival.".into()),
                            },
                            Missing { who: "You".into(), what: "must confirm the bank account.".into(), href: Some("#main".into()), hint: None },
                        ]
                    />
                </Panel>
            </div>
        </div>
    }
}

fn messages() -> impl IntoView {
    view! {
        <h2 class="gap-top">"Messages"</h2>
        <div class="halves">
            <div class="stack">
                <Notice role=Role::Success title="Answer sent, reference 855-30418">
                    <p>"Castellan's system has not read it yet. You get a notice when it has."</p>
                </Notice>
                <Notice role=Role::Info title="This order changed while you were writing">
                    <p>"Castellan made line 20 larger at 10:09. Your draft is kept. " <a href="#main">"Compare both"</a></p>
                </Notice>
                <Notice role=Role::Warning title="Why it is late"><p>"Customs opened a routine check on the container."</p></Notice>
                <Notice role=Role::Danger title="The answer did not leave">
                    <p>"The connection to Castellan is down since 10:02. We try again every minute; nothing is lost."</p>
                    <p class="actions"><ButtonLink href="#main" label="See the connection" size=Size::Small/></p>
                </Notice>
                <Notice title="The read receipt was slow" icon=Icon::Clock><p>"18 min 35 s after delivery."</p></Notice>
            </div>
            <div class="stack">
                <Panel id="p-hidden" title="Empty, because a filter hides rows" flush=true>
                    <Empty icon=Icon::Filter title="No order matches these filters" text="12 orders are hidden by “Ship by: until 31 Dec”.">
                        <ButtonLink href="#main" label="Remove this filter"/>
                    </Empty>
                </Panel>
                <Panel id="p-done" title="Empty, because the work is done" flush=true>
                    <Empty icon=Icon::Okay title="Every order is answered" text="The last one was 4500071832, today at 10:31."/>
                </Panel>
                <Panel id="p-loading" title="Loading"><Skeleton label="Orders are being fetched"/></Panel>
            </div>
        </div>
    }
}

fn vocabulary() -> impl IntoView {
    let chips = [
        (Role::Warning, Icon::Turn, "Warning: your turn"),
        (Role::Danger, Icon::Alert, "Danger: refused, late, lost"),
        (Role::Info, Icon::Half, "Info: moving"),
        (Role::Success, Icon::Okay, "Success: went well"),
        (Role::Neutral, Icon::Pause, "Neutral: settled or waiting"),
        (Role::Plain, Icon::Okay, "Plain: finished"),
    ]
    .map(|(role, icon, word)| view! { <Chip role=role icon=icon word=word/> });
    let icons: Vec<_> = Icon::ALL.iter().map(|(name, icon)| view! { <li>{icon.svg()}<code>{*name}</code></li> }).collect();
    view! {
        <h2 class="gap-top">"Vocabulary"</h2>
        <Panel id="p-chips" title="Chips"><div class="row-flex">{chips}</div></Panel>
        <div class="gap-top"><Panel id="p-icons" title="Icons"><ul class="icon-list">{icons}</ul></Panel></div>
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use leptos::{prelude::*, reactive::owner::Owner};

    use super::Gallery;
    use crate::ui::{AccountLink, ActFor, Brand, Icon, NavItem, Shell, ShellData, Theme};

    fn shell_data() -> ShellData {
        ShellData {
            brand: Brand { name: "Castellan".into(), tagline: "Partner portal".into() },
            path: "/styleguide".into(),
            nav: vec![
                NavItem::new("/", "Home", Icon::Home, false),
                NavItem::new("/orders", "Orders", Icon::Orders, true).count(8).letter('o'),
                NavItem::new("/shipments", "Shipments", Icon::Truck, false).count(11),
                NavItem::new("/invoices", "Invoices", Icon::Invoice, false).count(0),
                NavItem { group: Some("Company".into()), ..NavItem::new("/documents", "Documents", Icon::Doc, false) },
            ],
            foot: vec!["Times in CET, Utrecht".into(), "No fees for partners, ever".into()],
            organisation: "Ostermann Forge GmbH".into(),
            organisation_note: "Supplier 10482".into(),
            organisations: vec![
                ActFor { id: "1".into(), name: "Ostermann Forge GmbH".into(), current: true },
                ActFor { id: "2".into(), name: "Ostermann Bearings AG".into(), current: false },
            ],
            user: "Ines Keller".into(),
            user_note: "ines.keller@ostermann-forge.example".into(),
            account: vec![AccountLink { href: "/account".into(), label: "Profile, password, sessions".into(), icon: Icon::User }],
            theme: Theme::System,
            search: Some("/orders".into()),
            search_placeholder: "Order, invoice, tracking number, item …".into(),
            notices: Some(("/notices".into(), 4)),
            help: Some("/help".into()),
        }
    }

    fn html() -> String {
        Owner::new().with(|| view! { <Shell data=shell_data()><Gallery/></Shell> }.into_any().to_html())
    }

    fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
        let start = format!(" {attribute}=\"");
        html.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    #[test]
    fn every_id_is_there_once_and_every_reference_leads_to_one() {
        let html = html();
        let ids = values(&html, "id");
        let known: HashSet<_> = ids.iter().copied().collect();
        assert_eq!(ids.len(), known.len(), "an id stands twice: {ids:?}");
        for attribute in ["for", "aria-describedby", "aria-labelledby"] {
            for reference in values(&html, attribute).into_iter().flat_map(str::split_whitespace) {
                assert!(known.contains(reference), "{attribute}={reference} leads nowhere");
            }
        }
    }

    /// `PORTICO_GALLERY=gallery.html cargo test gallery` writes the page to look at; the style sheet is beside it.
    #[test]
    fn the_gallery_can_be_looked_at() {
        let html = html();
        assert!(html.contains(r#"<table role="table""#));
        if let Some(path) = std::env::var_os("PORTICO_GALLERY") {
            let head = r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Gallery</title><link rel="stylesheet" href="portico.css"></head><body>"#;
            std::fs::write(path, format!("{head}{html}</body></html>")).unwrap();
        }
    }
}
