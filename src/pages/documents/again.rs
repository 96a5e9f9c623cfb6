//! Asks before a document is sent again, and says what will happen.

use leptos::prelude::*;

use super::parts;
use crate::{
    domain::{access::Permission, document::DocumentStatus, ids::DocumentId},
    pages::{Form, PageContext, page, param},
    service::{
        self,
        exchange::view::{self, can_send_again},
    },
    text,
    ui::{Button, ButtonLink, Crumb, Icon, Notice, PageHead, Panel, Role, Weight},
};

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    let id = param::<DocumentId>("id");
    page("Send again", move |cx: PageContext| async move {
        if !cx.reader.actor.may(Permission::Operate) {
            return Err(service::Error::NotFound);
        }
        let found = view::load(&cx.context, &cx.reader.actor, id?).await?;
        let document = &found.document;
        let title = parts::title(document.kind, &document.number);
        let address = format!("/documents/{}", document.id);
        let receiver = found.receiver.as_ref().map_or("the receiver", |org| &org.name).to_owned();
        let back = address.clone();
        let form = if can_send_again(document) {
            question(document.id, document.status, &receiver, found.interchange.as_ref().map(|row| row.control_number.clone())).into_any()
        } else {
            view! {
                <Notice role=Role::Info title=format!("It is {} now", text::document_status(document.status).to_lowercase())>
                    <p>"A document can be sent again when sending failed, when the other side is silent, or when it refused the document."</p>
                    <p class="actions"><ButtonLink href=back label="Back to the document"/></p>
                </Notice>
            }
            .into_any()
        };
        Ok(view! {
            <PageHead
                title=format!("Send again: {title}")
                chip=parts::chip(document.kind, document.status)
                crumbs=vec![Crumb::link("/documents", "Documents"), Crumb::link(address, title), Crumb::here("Send again")]
            />
            {Form::of("send-again").summary()}
            {form}
        })
    })
}

fn question(id: DocumentId, status: DocumentStatus, receiver: &str, control_number: Option<String>) -> impl IntoView + use<> {
    let bytes = control_number.map_or_else(
        || "The same bytes leave once more.".to_owned(),
        |number| format!("The same bytes leave once more, under the same interchange control number {number} and a new file name."),
    );
    let consequences = match status {
        DocumentStatus::SendFailed => vec![
            "It never left, so it keeps its name and is only tried at once instead of later.".to_owned(),
            format!("{receiver} receives it one time."),
        ],
        DocumentStatus::Rejected => vec![
            bytes,
            format!("{receiver} refused these bytes. The same bytes are refused again unless something was changed on their side."),
            "Its acknowledgments begin anew; what happened so far stays in its life.".to_owned(),
        ],
        _ => vec![
            bytes,
            format!("Where {receiver} has the first one, their system knows the control number again and takes it for a repeat."),
            "Its acknowledgments begin anew; what happened so far stays in its life.".to_owned(),
        ],
    };
    let consequences: Vec<_> = consequences.into_iter().map(|text| view! { <li>{text}</li> }).collect();
    view! {
        <Panel id="again" title="What happens then">
            <form class="stack" method="post" action="/do/send-again">
                <ul class="bullets">{consequences}</ul>
                <input type="hidden" name="document" value=id.to_string()/>
                <p class="actions">
                    <ButtonLink href=format!("/documents/{id}") label="Leave it"/>
                    <Button label="Send again" icon=Icon::Again weight=Weight::Main/>
                </p>
            </form>
        </Panel>
    }
}
