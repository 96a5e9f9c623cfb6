//! Everything there is to read, by kind.

use leptos::prelude::*;

use super::{address, audiences, kind, source};
use crate::{
    domain::access::Audience,
    pages::{PageContext, page},
    service::content,
    store::content::ContentItem,
    text,
    ui::{Empty, Icon, PageHead, Panel},
};

/// Kinds in the order they are read. Questions come after all of them, with their answers.
const ORDER: [&str; 6] = ["supplier_notice", "policy", "resolution_step", "onboarding_page", "product_page", "campaign_message"];

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    page("Help", async |cx: PageContext| {
        let items = content::list(&cx.context, &cx.reader.actor).await?;
        let is_hub = cx.reader.actor.audience == Audience::Hub;
        let sentence = if is_hub {
            "What your partners read here. It is written in Kentico."
        } else {
            "Notices, rules and answers for you, newest first."
        };
        let body = if items.is_empty() {
            view! {
                <section class="panel">
                    <Empty icon=Icon::Book title="Nothing to read yet" text="Notices, policies and answers appear here when they are published."/>
                </section>
            }
            .into_any()
        } else {
            let of = |code: &str| items.iter().filter(|item| item.kind == code).collect::<Vec<_>>();
            let panels: Vec<_> = ORDER.iter().filter_map(|code| panel(code, &of(code), is_hub, &cx)).collect();
            let questions = panel("faq", &of("faq"), is_hub, &cx);
            view! { <div class="help-grid">{panels}</div> <div class="gap-top">{questions}</div> }.into_any()
        };
        Ok(view! {
            <PageHead title="Help" as_of=text::as_of(cx.now, &cx.zone)>{sentence}</PageHead>
            {body}
        })
    })
}

fn panel(code: &str, items: &[&ContentItem], is_hub: bool, cx: &PageContext) -> Option<AnyView> {
    if items.is_empty() {
        return None;
    }
    let number = text::number(u64::try_from(items.len()).unwrap_or_default());
    let body: Vec<_> = items.iter().map(|item| if code == "faq" { question(item, is_hub, cx) } else { entry(item, is_hub, cx) }).collect();
    let list = if code == "faq" {
        view! { <div class="questions">{body}</div> }.into_any()
    } else {
        view! { <ul class="readings">{body}</ul> }.into_any()
    };
    Some(view! { <Panel id=code.to_owned() title=kind(code) note=number flush=true>{list}</Panel> }.into_any())
}

fn entry(item: &ContentItem, is_hub: bool, cx: &PageContext) -> AnyView {
    let who = is_hub.then(|| format!(" · for {}", audiences(item)));
    let summary = (!item.summary.is_empty()).then(|| view! { <p>{item.summary.clone()}</p> });
    view! {
        <li>
            <p><a class="go" href=address(item)>{item.title.clone()}</a></p>
            {summary}
            <p class="small muted">{text::date(cx.zone.date(item.last_published))}{who}</p>
        </li>
    }
    .into_any()
}

fn question(item: &ContentItem, is_hub: bool, cx: &PageContext) -> AnyView {
    let who = is_hub.then(|| format!(" · for {}", audiences(item)));
    view! {
        <details class="question" id=format!("q-{}", item.id.0.simple())>
            <summary>{Icon::Right.svg_with_class("turn")}<b>{item.title.clone()}</b></summary>
            <div class="prose" inner_html=item.body.clone()></div>
            <p class="small muted">{source(item, cx)}{who}</p>
        </details>
    }
    .into_any()
}
