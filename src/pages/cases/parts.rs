//! What every place that shows a case says the same way: its chip, its clocks, what was written.

use leptos::{prelude::*, tachys::html::InertElement};

use super::history::{self, Told};
use crate::{
    domain::{
        access::Audience,
        case::{Priority, Status, Visibility},
        sla::{Clock, Promise, Standing},
        time::Timestamp,
    },
    pages::PageContext,
    service::{cases::view::CaseView, mail_in},
    store::cases::{CaseEvent, Message},
    text::{self, Urgency},
    ui::{Avatar, ButtonLink, ChipData, Icon, Panel, Role},
};

/// A case's status for its reader.
pub fn chip(status: Status, audience: Audience) -> ChipData {
    let word = text::case_status(status, audience);
    match status {
        Status::Open => ChipData::new(Role::Info, Icon::Case, word),
        Status::InProgress => ChipData::new(Role::Info, Icon::Again, word),
        Status::WaitingOnPartner if audience == Audience::Hub => ChipData::new(Role::Neutral, Icon::Pause, word),
        Status::WaitingOnPartner => ChipData::new(Role::Warning, Icon::Turn, word),
        Status::Resolved | Status::Closed => ChipData::new(Role::Plain, Icon::Okay, word),
    }
}

/// The way from an order, a shipment, an invoice or a payment to a case about it. `what` is its name in the address.
pub fn ask(what: &'static str, id: String) -> impl IntoView {
    let href = format!("/cases/open?{what}={id}");
    let label = format!("Open a case about this {what}");
    // An invoice shows its disputes, and the way to one, in a panel of their own; of a payment, its invoices are disputed.
    let dispute = (!["invoice", "payment"].contains(&what)).then(|| {
        let href = format!("/cases/dispute?{what}={id}");
        view! { <p class="gap-top"><ButtonLink href=href label=format!("Dispute this {what}") icon=Icon::Flag/></p> }
    });
    view! {
        <Panel id="ask" title="Something to settle?">
            <p class="small muted">"A case keeps the question, its answers and the dates promised together. Both sides see it."</p>
            <p class="gap-top"><ButtonLink href=href label=label icon=Icon::Case/></p>
            {dispute}
        </Panel>
    }
}

/// The class of words about a deadline.
pub const fn urgency_class(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Calm => "sub",
        Urgency::Soon => "sub warning-text",
        Urgency::Late => "sub danger-text",
    }
}

/// How urgent a case is, in a word; nothing for the usual.
pub const fn priority(priority: Priority) -> Option<&'static str> {
    match priority {
        Priority::Low => Some("low priority"),
        Priority::Normal => None,
        Priority::High => Some("high priority"),
        Priority::Urgent => Some("urgent"),
    }
}

/// Whose promise a clock measures, as its reader says it.
const fn promise(promise: Promise, audience: Audience) -> &'static str {
    match (promise, matches!(audience, Audience::Hub)) {
        (Promise::FirstResponse, true) => "Our first reply",
        (Promise::FirstResponse, false) => "First reply",
        (Promise::NextResponse, true) => "Our next reply",
        (Promise::NextResponse, false) => "Next reply",
        (Promise::Resolution, _) => "Resolution",
    }
}

/// One clock: what it measures, how it stands, how much is used.
pub fn clock(clock: &Clock, cx: &PageContext) -> impl IntoView + use<> {
    let hours = |micros: i64| text::working_time(micros / 1_000_000);
    let late = clock.breached.is_some();
    let chip = match clock.standing {
        Standing::Kept(_) if late => ChipData::new(Role::Danger, Icon::Alert, "Kept late"),
        Standing::Kept(_) => ChipData::new(Role::Plain, Icon::Okay, "Kept"),
        Standing::Dropped(_) => ChipData::new(Role::Plain, Icon::Half, "Not given"),
        _ if late => ChipData::new(Role::Danger, Icon::Alert, "Late"),
        Standing::Paused(_) => ChipData::new(Role::Neutral, Icon::Pause, "Paused"),
        Standing::Running(_) => ChipData::new(Role::Info, Icon::Clock, "Running"),
    };
    let left = match clock.standing {
        Standing::Kept(at) if !late => moment(at, cx),
        Standing::Kept(_) | Standing::Dropped(_) => format!("{} used", hours(clock.used)),
        _ if late => format!("{} over", hours(clock.used - clock.promised)),
        _ => format!("{} left", hours(clock.promised - clock.used)),
    };
    let below = match clock.standing {
        Standing::Kept(_) if !late => format!("within {} of {} working time", hours(clock.used), hours(clock.promised)),
        Standing::Kept(at) => format!("{}; promised in {} working time", moment(at, cx), hours(clock.promised)),
        Standing::Dropped(at) => format!("Settled without it {}", moment(at, cx)),
        Standing::Running(Some(due)) if !late => format!("Due {}, of {} working time", moment(due, cx), hours(clock.promised)),
        Standing::Running(_) => {
            format!("Was due {}, of {} working time", clock.breached.map(|at| moment(at, cx)).unwrap_or_default(), hours(clock.promised))
        }
        Standing::Paused(_) => {
            let whom = if cx.reader.actor.audience == Audience::Hub { "the partner answers" } else { "you answer" };
            format!("{} used of {}. Goes on when {whom}", hours(clock.used), hours(clock.promised))
        }
    };
    let used = if clock.promised > 0 { (clock.used.saturating_mul(100) / clock.promised).clamp(0, 100) } else { 100 };
    // What is kept needs nobody's eye any more.
    let meter = (late || !matches!(clock.standing, Standing::Kept(_))).then(|| meter(used, &clock.standing, late));
    // A promise can be given more than once.
    let key = format!("{} {}", clock.promise, clock.started.micros());
    view! {
        <div class="clock" data-key=key>
            <p class="top"><b>{promise(clock.promise, cx.reader.actor.audience)}</b>{chip.view()}<span class="left" data-quiet="">{left}</span></p>
            {meter}
            <p class="muted" data-quiet="">{below}</p>
        </div>
    }
}

fn meter(used: i64, standing: &Standing, late: bool) -> InertElement {
    let class = match standing {
        _ if late => "meter late",
        Standing::Kept(_) => "meter done",
        Standing::Paused(_) | Standing::Dropped(_) => "meter paused",
        Standing::Running(_) => "meter",
    };
    InertElement::new(format!(
        r#"<svg class="{class}" viewBox="0 0 100 1" preserveAspectRatio="none" role="img" aria-label="{used} percent used"><rect width="{used}" height="1"/></svg>"#
    ))
}

fn moment(at: Timestamp, cx: &PageContext) -> String {
    text::moment_short(at, cx.now, &cx.zone)
}

/// Something written, or a step between: newest first, as people act on the newest.
pub enum Post<'a> {
    /// A message.
    Written(&'a Message),
    /// A message of a case that became part of this one, with that one's number.
    Brought(&'a Message, &'a str),
    /// Something that happened.
    Step(&'a CaseEvent),
}

impl Post<'_> {
    /// When.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Written(message) | Self::Brought(message, _) => message.at,
            Self::Step(event) => event.at,
        }
    }

    /// Drawn, as a part of its case.
    pub fn view(&self, case: &CaseView, cx: &PageContext) -> AnyView {
        match self {
            Self::Written(message) => written(message, None, case, cx).into_any(),
            Self::Brought(message, number) => written(message, Some(number), case, cx).into_any(),
            Self::Step(event) => step(event, cx).into_any(),
        }
    }
}

/// What a mail quotes, folded up.
fn quote(text: &str) -> impl IntoView + use<> {
    view! {
        <details>
            <summary class="small">"What the mail quotes"</summary>
            <p class="small muted whitespace-pre-line wrap">{text.to_owned()}</p>
        </details>
    }
}

/// Who reads a message, where that is not plain: the hub sees it on each as soon as there are several partners.
fn readers(message: &Message, case: &CaseView) -> Option<ChipData> {
    let readers = message.readers();
    match (readers.visibility, readers.only) {
        (Visibility::Internal, _) => Some(ChipData::new(Role::Neutral, Icon::Lock, "Internal note")),
        (Visibility::Partner, None) => Some(ChipData::new(Role::Plain, Icon::Eye, "Everyone here")),
        (Visibility::Partner, Some(only)) if case.participants.len() > 1 => {
            let found = case.participants.iter().find(|organisation| organisation.id == only);
            let name = found.map_or("A former participant", |organisation| organisation.name.as_str());
            Some(ChipData::new(Role::Plain, Icon::Eye, format!("{name} and you")))
        }
        (Visibility::Partner, Some(_)) => None,
    }
}

fn written(message: &Message, from: Option<&str>, case: &CaseView, cx: &PageContext) -> impl IntoView + use<> {
    let internal = message.visibility == Visibility::Internal;
    let (name, company) = message.author.split_once(", ").unwrap_or((&message.author, ""));
    let from = from.map(|number| ChipData::new(Role::Plain, Icon::Link, format!("From {number}")).view());
    let by_mail = (message.origin == mail_in::MAIL).then(|| ChipData::new(Role::Plain, Icon::Mail, "By mail").view());
    let quote = case.quotes.iter().find(|quote| quote.message_id == message.id).map(|found| quote(&found.quoted));
    let paragraphs: Vec<_> =
        message.body.split("\n\n").map(|text| view! { <p class="whitespace-pre-line">{text.to_owned()}</p> }).collect();
    view! {
        <article class=if internal { "post internal" } else { "post" } data-key=message.id.to_string()>
            <Avatar name=name.to_owned()/>
            <div>
                <p class="head">
                    <b>{name.to_owned()}</b>
                    <span class="muted">{company.to_owned()}</span>
                    {readers(message, case).map(ChipData::view)}
                    {from}
                    {by_mail}
                    <time>{moment(message.at, cx)}</time>
                </p>
                {paragraphs}
                {quote}
            </div>
        </article>
    }
}

fn step(event: &CaseEvent, cx: &PageContext) -> Option<impl IntoView + use<>> {
    let Told { icon, what, note } = history::told(event, cx.reader.actor.audience)?;
    let note = if note.is_empty() { note } else { format!(" {note}") };
    let by = if event.actor.is_empty() { String::new() } else { format!(" · {}", event.actor) };
    Some(view! {
        <p class="event" data-key=event.id.to_string()>
            {icon.svg()}
            <span><b>{what}</b>{format!("{note}{by} · {}", moment(event.at, cx))}</span>
        </p>
    })
}
