//! One case: what it is about, what was written, where it stands, its clocks.

use leptos::prelude::*;

use super::{
    about, contacts, desk, disputed, history, participants,
    parts::{self, Post},
    rated, related,
    tabs::{self, Side},
};
use crate::{
    domain::{
        access::{Audience, Permission},
        case::Status,
        ids::CaseId,
        sla::Standing,
    },
    islands::Live,
    pages::{Form, PageContext, brand, endpoints, page, param},
    service::{
        self,
        cases::{view::CaseView, write::Typed},
    },
    store::{
        links::{Linked, Rating},
        organisations::Organisation,
    },
    text,
    ui::{Button, Columns, Crumb, Icon, PageHead, Panel, TextArea, Weight},
};

/// The case named in the address.
#[component]
pub fn Page() -> impl IntoView {
    let id = param::<CaseId>("id");
    page("Case", async move |cx: PageContext| {
        let id = id?;
        let mut view = service::cases::view::load(&cx.context, &cx.reader.actor, id).await?;
        let held = service::cases::files::count(&cx.context, &cx.reader.actor, &view.case).await?;
        let dispute = service::cases::dispute::of_case(&cx.context, &cx.reader.actor, &view.case).await?;
        let linked = std::mem::take(&mut view.linked);
        let rating = service::cases::rate::of_case(&cx.context, &cx.reader.actor, &view.case).await?;
        let form = Form::of("write-case");
        // A message is longer than what a form gives back.
        let typed = if form.error().is_some() { service::cases::write::typed(&cx.context, &cx.reader.actor, id).await? } else { None };
        let summaries = [
            "move-case",
            "assign-case",
            "prioritise-case",
            "send-credit",
            "accept-as-is",
            "link-case",
            related::SEPARATE,
            "rate-case",
            "add-participant",
            "remove-participant",
            about::LINK,
            about::UNLINK,
        ];
        let summaries: Vec<_> = summaries.into_iter().map(|name| Form::of(name).summary()).collect();
        let others = participants::others(&cx, &view).await?;
        let dispute = dispute.map(|dispute| disputed::panel(&view, &dispute, &Form::of("send-credit"), &cx).into_any());
        let around = Around { dispute, linked, rating, typed, others };
        Ok(view! {
            {head(&view, &cx)}
            {tabs::tabs(&view, held, Side::Conversation)}
            {form.summary()}
            {summaries}
            {related::notice(&around.linked)}
            {about::strip(&view, &around.linked, &cx)}
            {body(view, around, &form, &cx)}
            <Live address="/live"/>
        })
    })
}

pub(super) fn head(view: &CaseView, cx: &PageContext) -> impl IntoView + use<> {
    let (case, audience) = (&view.case, cx.reader.actor.audience);
    let with = match audience {
        Audience::Hub => format!("{} with {}", case.number, view.counterparty.name),
        _ => case.number.clone(),
    };
    let about = [Some(with), Some(text::case_kind(case.kind).to_lowercase()), parts::priority(case.priority).map(str::to_owned)];
    let about = about.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <PageHead
            title=case.title.clone()
            chip=parts::chip(case.status, audience)
            as_of=text::as_of(cx.now, &cx.zone)
            crumbs=vec![Crumb::link("/cases", "Cases"), Crumb::here(case.number.clone())]
        >
            {about}
        </PageHead>
    }
}

/// What stands around the conversation.
struct Around {
    dispute: Option<AnyView>,
    linked: Vec<Linked>,
    rating: Option<Rating>,
    typed: Option<Typed>,
    /// Companies that could be asked in.
    others: Vec<Organisation>,
}

fn body(view: CaseView, around: Around, form: &Form, cx: &PageContext) -> impl IntoView + use<> {
    let Around { dispute, linked, rating, typed, others } = around;
    let audience = cx.reader.actor.audience;
    let part = |case| linked.iter().find(|linked| linked.case_id == case);
    let written = view.messages.iter().map(|message| match part(message.case_id) {
        Some(part) => Post::Brought(message, &part.number),
        None => Post::Written(message),
    });
    let mut posts: Vec<Post<'_>> = written.collect();
    posts.extend(view.events.iter().filter(|event| history::told(event, audience).is_some()).map(Post::Step));
    posts.sort_by_key(|post| std::cmp::Reverse(post.at()));
    let posts: Vec<_> = posts.iter().map(|post| post.view(&view, cx)).collect();
    let written = text::count(u64::try_from(view.messages.len()).unwrap_or_default(), "message", "messages");
    let compose = related::whole(&linked).is_none().then(|| compose(&view, form, typed, cx));
    let [moved, link, rate, asked_in] = ["move-case", "link-case", "rate-case", "add-participant"].map(Form::of);
    let cx = cx.clone();
    let (given, urgency) = (Form::of("assign-case"), Form::of("prioritise-case"));
    let side = move || {
        (
            clocks(&view, &cx),
            desk::panel(&view, &given, &urgency, &cx),
            moves(&view, &moved, &cx),
            participants::panel(&view, &linked, &asked_in, &others, &cx),
            contacts::panel(&view),
            bonds(&view, &cx),
            related::panel(&view, &linked, &link, &cx),
            related::whole(&linked).is_none().then(|| rated::panel(&view, rating.as_ref(), &rate, &cx)),
        )
    };
    view! {
        <Columns side=side>
            {dispute}
            <section class="panel" aria-labelledby="conversation-t">
                <div class="panel-head"><h2 id="conversation-t">"Conversation"</h2><p data-live="written">{written}</p></div>
                {compose}
                <div data-live="posts" class="top-line">{posts}</div>
            </section>
        </Columns>
    }
}

fn compose(view: &CaseView, form: &Form, typed: Option<Typed>, cx: &PageContext) -> impl IntoView + use<> {
    let is_hub = cx.reader.actor.may(Permission::Operate);
    let to = is_hub.then(|| {
        let choices = participants::addressees(view, |name| format!("Write to {name}"), "Internal note");
        let value = typed.as_ref().map_or_else(|| form.value_or("visibility", "partner"), |typed| typed.visibility.clone());
        view! { <div class="compose-top">{participants::question("Who reads it", choices, value)}</div> }
    });
    let label = match (is_hub, view.case.status.is_settled()) {
        (false, true) => "Write, and take the case up again",
        _ => "Your message",
    };
    let text = typed.map(|typed| typed.text).or_else(|| form.value("text"));
    let seen = view.messages.iter().rev().find(|message| message.case_id == view.case.id).map(|message| message.id.to_string());
    view! {
        <form class="panel-body" method="post" action="/do/write-case">
            <input type="hidden" name="case" value=view.case.id.to_string()/>
            // What stood below when the answer was begun: while something is typed, it does not move on with the page.
            <span data-live="seen" data-live-unless="textarea"><input type="hidden" name="seen" value=seen/></span>
            {to}
            <TextArea
                name="text"
                label=label
                hint="Write @ and a name to tell one person of it."
                value=text
                error=form.field_error("text")
                rows=3
                required=true
            />
            <p class="actions compose-end"><Button label="Send" icon=Icon::Send weight=Weight::Main/></p>
        </form>
    }
}

fn clocks(view: &CaseView, cx: &PageContext) -> Option<impl IntoView + use<>> {
    let mut clocks: Vec<_> = view.clocks.iter().collect();
    clocks.sort_by_key(|clock| matches!(clock.standing, Standing::Kept(_) | Standing::Dropped(_)));
    let clocks: Vec<_> = clocks.into_iter().map(|clock| parts::clock(clock, cx)).collect();
    let hours = match cx.reader.actor.audience {
        Audience::Hub => "in your working hours".to_owned(),
        _ => format!("in the working hours of {}", brand().name),
    };
    view.is_whole.then(|| view! { <Panel id="clocks" title="Clocks" note=hours live="clocks">{clocks}</Panel> })
}

/// What the reader may do with the case, one button each.
fn moves(view: &CaseView, form: &Form, cx: &PageContext) -> Option<impl IntoView + use<>> {
    let audience = cx.reader.actor.audience;
    let buttons: Vec<_> = view
        .moves
        .iter()
        .map(|next| {
            let (label, icon) = action(*next, view.case.status, audience);
            view! { <Button name="status" value=next.as_str() label=label icon=icon skip_checks=true/> }
        })
        .collect();
    let (id, version) = (view.case.id.to_string(), view.case.version.to_string());
    let reason = related::reason(view, form);
    (!view.moves.is_empty()).then(|| {
        view! {
            <Panel id="moves" title="What is next" live="moves">
                <form method="post" action="/do/move-case" class="stack-s">
                    <input type="hidden" name="case" value=id/>
                    <input type="hidden" name="version" value=version/>
                    {reason}
                    <p class="row-flex">{buttons}</p>
                </form>
            </Panel>
        }
    })
}

const fn action(next: Status, now: Status, audience: Audience) -> (&'static str, Icon) {
    match next {
        Status::InProgress if now.is_settled() => ("Take it up again", Icon::Again),
        Status::Open | Status::InProgress => ("Work on it", Icon::Again),
        Status::WaitingOnPartner => ("Wait for the partner", Icon::Pause),
        Status::Resolved if matches!(audience, Audience::Hub) => ("Resolve", Icon::Check),
        Status::Resolved => ("It is settled", Icon::Check),
        Status::Closed => ("Close", Icon::X),
    }
}

/// The same case in other systems, for the hub.
fn bonds(view: &CaseView, cx: &PageContext) -> Option<impl IntoView + use<>> {
    let rows: Vec<_> = view
        .bonds
        .iter()
        .map(|bond| {
            let synced = bond.synced_at.map(|at| format!("Last agreed {}", text::moment_short(at, cx.now, &cx.zone)));
            let failure = bond.failure.clone().map(|failure| view! { <span class="sub danger-text wrap">{failure}</span> });
            view! {
                <dt>{endpoints::parts::system(&bond.system)}</dt>
                <dd>
                    <span class="mono">{bond.external_id.clone()}</span>
                    " "
                    {endpoints::parts::health(bond).view()}
                    <span class="sub">{synced}</span>
                    {failure}
                </dd>
            }
        })
        .collect();
    let panel = (!rows.is_empty()).then(|| view! { <Panel id="bonds" title="In other systems"><dl class="facts">{rows}</dl></Panel> });
    // Its place is there from the start, so that an open page gets it.
    cx.reader.actor.may(Permission::Operate).then(|| view! { <div class="contents" data-live="bonds">{panel}</div> })
}
