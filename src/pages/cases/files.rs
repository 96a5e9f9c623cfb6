//! What a case holds: its files, with pictures to be looked at, the documents of the trade, and the form that adds files.

use leptos::prelude::*;

use super::{
    participants, related, show,
    tabs::{self, Side},
};
use crate::{
    domain::{access::Permission, attachment::Media, case::Visibility, ids::CaseId},
    islands::{FileUpload, Live},
    pages::{Form, PageContext, documents::parts as papers, page, param},
    server::attachments::FORM,
    service::{
        self,
        cases::{
            attach::{ALLOWED, FIELD},
            files::{Files, Held},
            view::CaseView,
        },
    },
    store::{attachments::Attachment, documents::Document, files::hex},
    text,
    ui::{Button, ButtonLink, ChipData, Column, Columns, Empty, Icon, Input, Panel, Role, Table, TextField, Weight},
};

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    let id = param::<CaseId>("id");
    page("Attachments", async move |cx: PageContext| {
        let id = id?;
        let actor = &cx.reader.actor;
        let view = service::cases::view::load(&cx.context, actor, id).await?;
        let files = service::cases::files::list(&cx.context, actor, id).await?;
        let held = Held { files: files.attachments.len() as u64, documents: files.documents.len() as u64 };
        let form = Form::of(FORM);
        let (summary, head, tabs) = (form.summary(), show::head(&view, &cx), tabs::tabs(&view, held, Side::Files));
        let list = list(&files, &cx);
        let side = move || (add(&view, &form, &cx), pack(id, &files));
        Ok(view! {
            {head}
            {tabs}
            {summary}
            <Columns side=side>{list}</Columns>
            <Live address="/live"/>
        })
    })
}

fn list(files: &Files, cx: &PageContext) -> impl IntoView + use<> {
    let rows: Vec<_> = files.attachments.iter().map(|file| row(file, cx)).collect();
    let body = if rows.is_empty() {
        let words = "Drawings, photographs and letters that help to settle it stand here, for as long as the case does.";
        view! { <Empty icon=Icon::Clip title="Nothing is attached yet" text=words/> }.into_any()
    } else {
        let columns = vec![Column::new("File"), Column::new("Kind"), Column::new("From"), Column::num("Attached")];
        view! { <Table caption="Files of the case, the newest first" in_panel=true columns=columns>{rows}</Table> }.into_any()
    };
    let papers: Vec<_> = files.documents.iter().map(|document| paper(document, cx)).collect();
    let note = text::count(papers.len() as u64, "document", "documents");
    let papers = (!papers.is_empty()).then(|| {
        let columns = vec![Column::new("Document"), Column::new("Status"), Column::num("Came or left")];
        view! {
            <Panel id="papers" title="Documents of this trade" note=note flush=true>
                <Table caption="Documents of this trade, the oldest first" in_panel=true columns=columns>{papers}</Table>
            </Panel>
        }
    });
    view! {
        <Panel id="files" title="Files" flush=true><div data-live="files">{body}</div></Panel>
        <div data-live="papers">{papers}</div>
    }
}

fn row(file: &Attachment, cx: &PageContext) -> impl IntoView + use<> {
    let address = format!("/cases/{}/attachments/{}", file.case_id, file.id);
    let size = text::file_size(u64::try_from(file.size).unwrap_or_default());
    let shown = file.media_type.is_shown().then(|| format!("{address}?show"));
    let picture = shown.clone().filter(|_| file.media_type.is_picture());
    let picture = picture.map(|source| {
        let href = source.clone();
        view! { <a href=href class="picture"><img src=source alt=format!("Preview of {}", file.name) loading="lazy"/></a> }
    });
    let name = match (&file.file, &file.url) {
        (Some(_), _) => view! { <a class="go" href=address>{file.name.clone()}</a> }.into_any(),
        (None, url) => {
            let place = url.clone().unwrap_or_default();
            view! { <b>{file.name.clone()}</b><span class="sub">"Kept by the other system: "{place}</span> }.into_any()
        }
    };
    let look = shown.filter(|_| file.media_type == Media::Pdf).map(|address| {
        view! { <a class="sub" href=address>"Look at it"</a> }
    });
    let lock = (file.visibility == Visibility::Internal).then(|| ChipData::new(Role::Neutral, Icon::Lock, "Internal").view());
    let (who, company) = file.author.split_once(", ").unwrap_or((&file.author, ""));
    view! {
        <tr role="row" data-key=file.id.to_string()>
            <th role="rowheader" scope="row" class="file-name">
                {picture}
                {name}
                {look}
                <span class="sub" title=format!("SHA-256 {}", hex(&file.sha256))>{size}" · SHA-256 "{short(&file.sha256)}</span>
            </th>
            <td role="cell" class="end">{kind(file.media_type)}{lock}</td>
            <td role="cell" class="full">{who.to_owned()}<span class="sub">{company.to_owned()}</span></td>
            <td role="cell" class="num" data-label="Attached">{text::moment_short(file.at, cx.now, &cx.zone)}</td>
        </tr>
    }
}

/// The first digits of a hash, enough to compare by eye.
fn short(sha256: &[u8]) -> String {
    hex(&sha256[..sha256.len().min(6)]) + "…"
}

const fn kind(media: Media) -> &'static str {
    match media {
        Media::Pdf => "PDF",
        Media::Png => "PNG",
        Media::Jpeg => "JPEG",
        Media::Text => "Text",
        Media::Csv => "CSV",
        Media::Xlsx => "XLSX",
        Media::Docx => "DOCX",
    }
}

fn paper(document: &Document, cx: &PageContext) -> impl IntoView + use<> {
    view! {
        <tr role="row" data-key=document.id.to_string()>
            <th role="rowheader" scope="row">
                <a class="go" href=format!("/documents/{}", document.id)>{papers::title(document.kind, &document.number)}</a>
                <span class="sub">{document.code.clone()}</span>
            </th>
            <td role="cell" class="end">{papers::chip(document.kind, document.status).view()}</td>
            <td role="cell" class="num" data-label="Came or left">{text::moment_short(document.created_at, cx.now, &cx.zone)}</td>
        </tr>
    }
}

fn add(view: &CaseView, form: &Form, cx: &PageContext) -> AnyView {
    if let Some(whole) = related::whole(&view.linked) {
        let href = format!("/cases/{}/attachments", whole.case_id);
        let words = format!("This case has become part of {}. Its files stand there too, and new ones go there.", whole.number);
        let go_on = format!("Go on in {}", whole.number);
        return view! {
            <Panel id="attach" title="Attach files">
                <p class="small muted">{words}</p>
                <p class="gap-top"><ButtonLink href=href label=go_on/></p>
            </Panel>
        }
        .into_any();
    }
    let id = view.case.id;
    let to = cx.reader.actor.may(Permission::Operate).then(|| {
        let choices = participants::addressees(view, |name| format!("For {name} too"), "Internal");
        participants::question("Who sees it", choices, form.value_or("visibility", "partner"))
    });
    let most = text::file_size(cx.context.settings.attachment_bytes);
    let all = text::file_size(cx.context.settings.case_bytes);
    let accept = Media::ALL.iter().flat_map(|media| media.endings()).map(|ending| format!(".{ending}")).collect::<Vec<_>>().join(",");
    let files = view! {
        <TextField
            name=FIELD
            label="Files"
            kind=Input::File
            hint=format!("{ALLOWED}; {most} each, {all} in a case")
            error=form.field_error(FIELD)
            accept=accept
            multiple=true
            required=true
        />
    };
    view! {
        <Panel id="attach" title="Attach files">
            <FileUpload>
                <form
                    class="stack-s"
                    method="post"
                    action=format!("/cases/{id}/attachments")
                    enctype="multipart/form-data"
                    data-upload=format!("/cases/{id}/uploads")
                >
                    {to}
                    {files}
                    <progress data-upload-bar="" max="100" value="0" hidden aria-label="How much has arrived" class="upload-bar"></progress>
                    <p class="small muted" role="status" data-upload-status=""></p>
                    <div role="alert"><ul class="upload-faults" data-upload-faults=""></ul></div>
                    <p class="actions"><Button label="Attach" icon=Icon::Clip weight=Weight::Main/></p>
                </form>
            </FileUpload>
        </Panel>
    }
    .into_any()
}

fn pack(id: CaseId, files: &Files) -> impl IntoView + use<> {
    let bytes: u64 = files.attachments.iter().filter_map(|file| u64::try_from(file.size).ok()).sum();
    let size = text::file_size(bytes);
    view! {
        <Panel id="pack" title="Evidence pack">
            <p class="small muted">
                "One archive with what you see here: what was written and what happened, the documents as they were on the wire, and the files ("
                {size} "), each with its SHA-256."
            </p>
            <p class="gap-top">
                <ButtonLink href=format!("/cases/{id}/evidence.zip") label="Download the pack" icon=Icon::Down download=true/>
            </p>
        </Panel>
    }
}
