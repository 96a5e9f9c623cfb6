//! What a case holds: its files, with pictures and PDFs to be looked at, the documents of the trade, and the form that adds files.

use leptos::prelude::*;

use super::{
    participants, related, show,
    tabs::{self, Side},
};
use crate::{
    domain::{access::Permission, attachment::Media, case::Visibility, ids::CaseId},
    islands::{FileUpload, Live},
    pages::{Form, PageContext, documents::parts as papers, page, param, query},
    server::attachments::FORM,
    service::{
        self,
        cases::{
            attach::{ALLOWED, FIELD},
            files::Files,
            view::CaseView,
            withdraw,
        },
    },
    store::{attachments::Attachment, documents::Document, files::hex},
    text,
    ui::{Button, ButtonLink, ChipData, Column, Columns, Empty, Icon, Input, Panel, Role, Size, Table, TextField, Weight},
};

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    let id = param::<CaseId>("id");
    let looked_at = query("look").unwrap_or_default();
    page("Attachments", async move |cx: PageContext| {
        let id = id?;
        let actor = &cx.reader.actor;
        let view = service::cases::view::load(&cx.context, actor, id).await?;
        let files = service::cases::files::list(&cx.context, actor, id).await?;
        let (form, withdrawing) = (Form::of(FORM), Form::of(WITHDRAW));
        let summaries = (form.summary(), withdrawing.summary());
        let (head, tabs) = (show::head(&view, &cx), tabs::tabs(&view, files.held(), Side::Files));
        let paper = files.attachments.iter().find(|file| is_paper(file) && file.id.to_string() == looked_at).map(|file| look_at(file, id));
        let list = list(&Rows { page: id, files: &files, withdrawing: &withdrawing }, &cx);
        let side = move || (add(&view, &form, &cx), pack(id, &files));
        Ok(view! {
            {head}
            {tabs}
            {summaries}
            <Columns side=side>{paper}{list}</Columns>
            <Live address="/live"/>
        })
    })
}

/// Form that withdraws a file.
const WITHDRAW: &str = "withdraw-file";

/// What the rows of the page are made of.
struct Rows<'a> {
    /// The case of the page; files of what became part of it stand here too.
    page: CaseId,
    files: &'a Files,
    withdrawing: &'a Form,
}

/// Whether a file is a PDF that can be looked at here.
fn is_paper(file: &Attachment) -> bool {
    file.media_type == Media::Pdf && file.file.is_some() && file.withdrawn_at.is_none()
}

/// Where a file is.
fn address(file: &Attachment) -> String {
    format!("/cases/{}/attachments/{}", file.case_id, file.id)
}

/// A PDF in its place, drawn by the browser's own viewer; one at a time, so that nothing is loaded that nobody looks at.
fn look_at(file: &Attachment, page: CaseId) -> impl IntoView + use<> {
    let source = format!("{}?show", address(file));
    let (alone, close, label) = (source.clone(), format!("/cases/{page}/attachments"), format!("Contents of {}", file.name));
    let links = move || {
        let (alone, close) = (alone.clone(), close.clone());
        view! { <span class="row-flex small"><a href=alone>"Open it alone"</a><a href=close>"Close"</a></span> }
    };
    let instead = source.clone();
    view! {
        <Panel id="look" title=file.name.clone() flush=true side=links>
            <object class="paper" type="application/pdf" data=source aria-label=label>
                <p class="panel-body">"This browser shows no PDF in a page. "<a href=instead>"Open it alone"</a></p>
            </object>
        </Panel>
    }
}

fn list(shown: &Rows<'_>, cx: &PageContext) -> impl IntoView + use<> {
    let files = shown.files;
    let rows: Vec<_> = files.attachments.iter().map(|file| row(shown, file, cx)).collect();
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

fn row(shown: &Rows<'_>, file: &Attachment, cx: &PageContext) -> impl IntoView + use<> {
    let size = text::file_size(u64::try_from(file.size).unwrap_or_default());
    let name = if file.withdrawn_at.is_some() { withdrawn(file, cx) } else { name(shown.page, file) };
    let lock = (file.visibility == Visibility::Internal).then(|| ChipData::new(Role::Neutral, Icon::Lock, "Internal").view());
    let (who, company) = file.author.split_once(", ").unwrap_or((&file.author, ""));
    let withdraw = withdraw::may_withdraw(&cx.reader.actor, file).then(|| withdraw_form(shown, file));
    view! {
        <tr role="row" data-key=file.id.to_string()>
            <th role="rowheader" scope="row" class="file-name">
                {name}
                <details class="sub">
                    <summary class="link">{size}" · SHA-256 "{short(&file.sha256)}</summary>
                    <code class="hash">{hex(&file.sha256)}</code>
                </details>
                {withdraw}
            </th>
            <td role="cell" class="end">{kind(file.media_type)}{lock}</td>
            <td role="cell" class="full">{who.to_owned()}<span class="sub">{company.to_owned()}</span></td>
            <td role="cell" class="num" data-label="Attached">{text::moment_short(file.at, cx.now, &cx.zone)}</td>
        </tr>
    }
}

/// The name of a file with what there is to look at.
fn name(page: CaseId, file: &Attachment) -> AnyView {
    if file.file.is_none() {
        let place = file.url.clone().unwrap_or_default();
        return view! { <b>{file.name.clone()}</b><span class="sub">"Kept by the other system: "{place}</span> }.into_any();
    }
    let picture = file.media_type.is_picture().then(|| {
        let (source, href) = (format!("{}?show", address(file)), format!("{}?show", address(file)));
        view! { <a href=href class="picture"><img src=source alt=format!("Preview of {}", file.name) loading="lazy"/></a> }
    });
    let look = is_paper(file).then(|| {
        let href = format!("/cases/{page}/attachments?look={}#look", file.id);
        view! { <a class="sub" href=href>"Look at it"</a> }
    });
    view! { {picture}<a class="go" href=address(file)>{file.name.clone()}</a>{look} }.into_any()
}

/// What stays of a file that was withdrawn: by whom, when and why.
fn withdrawn(file: &Attachment, cx: &PageContext) -> AnyView {
    let at = file.withdrawn_at.map(|at| text::moment_short(at, cx.now, &cx.zone)).unwrap_or_default();
    let by = file.withdrawn_by.clone().unwrap_or_default();
    let chip = ChipData::new(Role::Plain, Icon::X, "Withdrawn").view();
    view! {
        <b>{file.name.clone()}</b>
        " "
        {chip}
        <span class="sub wrap">{format!("{by}, {at}: ")}{file.withdrawn_why.clone()}</span>
    }
    .into_any()
}

fn withdraw_form(shown: &Rows<'_>, file: &Attachment) -> impl IntoView + use<> {
    let (form, id) = (shown.withdrawing, file.id.to_string());
    let is_refused = form.value("attachment").as_deref() == Some(id.as_str());
    let (value, error) = if is_refused { (form.value("why"), form.field_error("why")) } else { (None, None) };
    // Where the list of what is wrong leads.
    let field = if is_refused { "why".to_owned() } else { format!("why-{id}") };
    let label = format!("Withdraw it: {}", file.name);
    let whose = format!(" {}", file.name);
    view! {
        <details class="sub" open=is_refused>
            <summary class="link">"Withdraw"<span class="sr">{whose}</span></summary>
            <form class="stack-s gap-top" method="post" action=format!("/do/{WITHDRAW}")>
                <input type="hidden" name="case" value=file.case_id.to_string()/>
                <input type="hidden" name="attachment" value=id/>
                <input type="hidden" name="back" value=format!("/cases/{}/attachments", shown.page)/>
                <TextField
                    name="why"
                    id=field
                    label="Why should it not be here?"
                    hint="Nobody can open it any more. That it was here stays, with your name and reason."
                    value=value
                    error=error
                    maxlength=u32::try_from(withdraw::LONGEST_REASON).unwrap_or_default()
                    required=true
                />
                <p class="actions"><Button label="Withdraw it" icon=Icon::X size=Size::Small weight=Weight::Destructive aria_label=label/></p>
            </form>
        </details>
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
    let bytes: u64 =
        files.attachments.iter().filter(|file| file.withdrawn_at.is_none()).filter_map(|file| u64::try_from(file.size).ok()).sum();
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
