//! One case: what was written, where it stands, its clocks, what it is about.

use leptos::prelude::*;

use super::parts::{self, Post};
use crate::{
    domain::{
        access::{Audience, Permission},
        case::Status,
        ids::CaseId,
    },
    islands::Live,
    pages::{Form, PageContext, page, param},
    service::{self, cases::view::CaseView},
    store::cases::Reference,
    text,
    ui::{Button, Choice, Columns, Crumb, Icon, PageHead, Panel, Segment, TextArea, Weight},
};

/// The case named in the address.
#[component]
pub fn Page() -> impl IntoView {
    let id = param::<CaseId>("id");
    page("Case", async move |cx: PageContext| {
        let view = service::cases::view::load(&cx.context, &cx.reader.actor, id?).await?;
        let form = Form::of("write-case");
        let moved = Form::of("move-case");
        Ok(view! {
            {head(&view, &cx)}
            {form.summary()}
            {moved.summary()}
            {body(view, &form, &cx)}
            <Live address="/live"/>
        })
    })
}

fn head(view: &CaseView, cx: &PageContext) -> impl IntoView + use<> {
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

fn body(view: CaseView, form: &Form, cx: &PageContext) -> impl IntoView + use<> {
    let mut posts: Vec<Post<'_>> = view.messages.iter().map(Post::Written).collect();
    posts.extend(view.events.iter().filter(|event| event.kind == "status").map(Post::Step));
    posts.sort_by_key(|post| std::cmp::Reverse(post.at()));
    let posts: Vec<_> = posts.iter().map(|post| post.view(cx)).collect();
    let written = text::count(u64::try_from(view.messages.len()).unwrap_or_default(), "message", "messages");
    let compose = compose(&view, form, cx);
    let cx = cx.clone();
    let side = move || (clocks(&view, &cx), moves(&view, &cx), facts(&view));
    view! {
        <Columns side=side>
            <section class="panel" aria-labelledby="conversation-t">
                <div class="panel-head"><h2 id="conversation-t">"Conversation"</h2><p data-live="written">{written}</p></div>
                {compose}
                <div data-live="posts" class="top-line">{posts}</div>
            </section>
        </Columns>
    }
}

fn compose(view: &CaseView, form: &Form, cx: &PageContext) -> impl IntoView + use<> {
    let is_hub = cx.reader.actor.may(Permission::Operate);
    let to = is_hub.then(|| {
        let choices = vec![
            Choice::new("partner", format!("Reply to {}", view.counterparty.name)).icon(Icon::Reply),
            Choice::new("internal", "Internal note").icon(Icon::Lock),
        ];
        let value = form.value_or("visibility", "partner");
        view! { <div class="compose-top"><Segment name="visibility" legend="Who reads it" choices=choices value=value/></div> }
    });
    let label = match (is_hub, view.case.status.is_settled()) {
        (false, true) => "Write, and take the case up again",
        _ => "Your message",
    };
    view! {
        <form class="panel-body" method="post" action="/do/write-case">
            <input type="hidden" name="case" value=view.case.id.to_string()/>
            {to}
            <TextArea name="text" label=label value=form.value("text") error=form.field_error("text") rows=3 required=true/>
            <p class="actions compose-end"><Button label="Send" icon=Icon::Send weight=Weight::Main/></p>
        </form>
    }
}

fn clocks(view: &CaseView, cx: &PageContext) -> impl IntoView + use<> {
    let clocks: Vec<_> = view.clocks.iter().map(|clock| parts::clock(clock, cx)).collect();
    view! { <Panel id="clocks" title="Clocks" note="in the buyer's working hours" live="clocks">{clocks}</Panel> }
}

/// What the reader may do with the case, one button each.
fn moves(view: &CaseView, cx: &PageContext) -> Option<impl IntoView + use<>> {
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
    (!view.moves.is_empty()).then(|| {
        view! {
            <Panel id="moves" title="What is next" live="moves">
                <form method="post" action="/do/move-case" class="row-flex">
                    <input type="hidden" name="case" value=id/>
                    <input type="hidden" name="version" value=version/>
                    {buttons}
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

fn facts(view: &CaseView) -> impl IntoView + use<> {
    let references: Vec<_> = view.references.iter().map(reference).collect();
    let author = view.case.author.clone();
    view! {
        <Panel id="facts" title="Facts" live="facts">
            <dl class="facts">
                <dt>"Opened by"</dt>
                <dd>{author}</dd>
                {references}
            </dl>
        </Panel>
    }
}

fn reference(reference: &Reference) -> impl IntoView + use<> {
    let (label, href) = match (reference.kind.as_str(), reference.order_id, reference.shipment_id, reference.invoice_id) {
        ("order", Some(id), ..) => ("Order", Some(format!("/orders/{id}"))),
        ("shipment", _, Some(id), _) => ("Shipment", Some(format!("/shipments/{id}"))),
        ("invoice", _, _, Some(id)) => ("Invoice", Some(format!("/invoices/{id}"))),
        ("order", ..) => ("Order", None),
        ("shipment", ..) => ("Shipment", None),
        ("invoice", ..) => ("Invoice", None),
        _ => ("Document", reference.document_id.map(|id| format!("/documents/{id}"))),
    };
    let number = reference.number.clone();
    let number = match href {
        Some(href) => view! { <a href=href>{number}</a> }.into_any(),
        None => number.into_any(),
    };
    view! { <dt>{label}</dt><dd>{number}</dd> }
}
