//! One article.

use leptos::prelude::*;

use super::{address, audiences, id_in, kind, source};
use crate::{
    domain::access::Audience,
    pages::{PageContext, page, param},
    service::{self, content},
    text,
    ui::{ButtonLink, Crumb, Icon, PageHead},
};

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    let slug = param::<String>("slug");
    page("Help", move |cx: PageContext| async move {
        let id = id_in(&slug?).ok_or(service::Error::NotFound)?;
        let found = content::load(&cx.context, &cx.reader.actor, id).await?;
        let item = found.item;
        let file = found.attachment.map(|attachment| match attachment.file {
            Some(file) => {
                let label = format!("{}, {}", file.name, text::file_size(u64::try_from(file.size).unwrap_or_default()));
                view! { <p class="actions"><ButtonLink href=attachment.address label=label icon=Icon::Down/></p> }.into_any()
            }
            None => view! { <p class="small muted">"A file belongs to this page. It could not be copied yet."</p> }.into_any(),
        });
        let who = (cx.reader.actor.audience == Audience::Hub).then(|| format!(" · for {}", audiences(&item)));
        let summary = (!item.summary.is_empty()).then(|| item.summary.clone());
        let here = address(&item);
        Ok(view! {
            <leptos_meta::Title text=item.title.clone()/>
            <leptos_meta::Link rel="canonical" href=here/>
            <PageHead
                title=item.title.clone()
                crumbs=vec![Crumb::link("/help", "Help"), Crumb::link(format!("/help#{}", item.kind), kind(&item.kind)), Crumb::here(item.title.clone())]
            >
                {summary}
            </PageHead>
            <article class="panel article">
                <div class="prose" inner_html=item.body.clone()></div>
                {file}
                <p class="small muted article-foot">{source(&item, &cx)}{who}</p>
            </article>
        })
    })
}
