//! Files of cases as a browser sends and gets them: one form with many, what is too much, and the protocol of uploads.

use std::fmt::Write;

use http_body_util::BodyExt;

use super::*;
use crate::{
    domain::{access::Actor, ids::CaseId},
    server::said::Said,
    service::cases::{
        files,
        open::{self, CaseForm},
    },
    store::attachments::Attachment,
};

/// A supplier who is signed in, with a case.
struct Desk {
    portal: Portal,
    browser: Browser,
    actor: Actor,
    case: CaseId,
}

impl Desk {
    async fn open() -> Self {
        let portal = Portal::open().await;
        let browser = Browser::sign_in(&portal).await;
        let mut conn = portal.context.db.read().await.unwrap();
        let user = users::find_by_email(&mut conn, &portal.supplier.email).await.unwrap().unwrap();
        let actor = users::reader(&mut conn, user.id, None).await.unwrap().unwrap().actor;
        drop(conn);
        let form = CaseForm { kind: "question".to_owned(), title: "Wet".to_owned(), text: "Why?".to_owned(), ..CaseForm::default() };
        let case = open::open(&portal.context, &actor, &form).await.unwrap();
        Self { portal, browser, actor, case }
    }

    /// Sends the form with these fields: name, file name, contents.
    async fn post(&mut self, fields: &[(&str, Option<&str>, &str)]) -> Option<Said> {
        let mut body = String::new();
        for (name, file, contents) in fields {
            let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
            write!(body, "--edge\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{contents}\r\n").unwrap();
        }
        let request =
            Request::post(format!("/cases/{}/attachments", self.case)).header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        let answer = self.browser.send(&self.portal, request, body + "--edge--\r\n").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, format!("portico-said={}", self.browser.cookie("portico-said")?).parse().unwrap());
        Said::read(&headers, false)
    }

    async fn held(&self) -> Vec<Attachment> {
        files::list(&self.portal.context, &self.actor, self.case).await.unwrap().attachments
    }
}

#[tokio::test]
async fn few_files_are_named_more_are_counted_and_too_many_are_left_out() {
    let mut desk = Desk::open().await;
    let names: Vec<_> = (0..52).map(|number| format!("note-{number:02}.txt")).collect();
    let form = |count: usize| names[..count].iter().map(|name| ("file", Some(name.as_str()), name.as_str())).collect::<Vec<_>>();
    let said = desk.post(&form(3)).await.unwrap();
    assert_eq!(said.notice.as_deref(), Some("Attached: note-00.txt, note-01.txt, note-02.txt."));
    let said = desk.post(&form(8)).await.unwrap();
    assert_eq!(said.notice.as_deref(), Some("Attached: 5 files. Here already: note-00.txt, note-01.txt, note-02.txt."));
    let said = desk.post(&form(52)).await.unwrap();
    assert_eq!(said.notice.as_deref(), Some("Attached: 42 files. Here already: 8 files."));
    assert!(format!("{:?}", said.refused).contains("takes 50 files at once"), "{said:?}");
    assert_eq!(desk.held().await.len(), 50);
}

#[tokio::test]
async fn of_a_field_that_holds_a_word_no_more_than_a_word_is_read() {
    let mut desk = Desk::open().await;
    let said = desk.post(&[("visibility", None, &"x".repeat(1500))]).await.unwrap().refused.unwrap();
    assert_eq!(said.values, [("visibility".to_owned(), "x".repeat(40))]);
    let said = desk.post(&[("visibility", None, &"y".repeat(3_000_000)), ("file", Some("a.txt"), "a")]).await.unwrap();
    assert_eq!(said.notice.as_deref(), Some("Attached: a.txt."), "what comes after it is read");
}

#[tokio::test]
async fn a_file_is_handed_out_piece_by_piece_with_its_length() {
    let mut desk = Desk::open().await;
    let contents = "A line of a long letter.\n".repeat(20_000);
    desk.post(&[("file", Some("letter.txt"), &contents)]).await;
    let id = desk.held().await[0].id;
    let key = demo::api_key(&desk.portal.context, None).await.unwrap();
    let own = format!("portico={}", desk.browser.cookie("portico").unwrap());
    for request in [
        Request::get(format!("/cases/{}/attachments/{id}", desk.case)).header(header::COOKIE, own),
        Request::get(format!("/api/v1/cases/{}/attachments/{id}/content", desk.case))
            .header(header::AUTHORIZATION, format!("Bearer {key}")),
    ] {
        let response = desk.portal.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(
            (response.status(), &response.headers()[header::CONTENT_LENGTH]),
            (StatusCode::OK, &contents.len().to_string().parse().unwrap())
        );
        let (mut body, mut pieces, mut read) = (response.into_body(), 0, Vec::new());
        while let Some(frame) = body.frame().await {
            read.extend_from_slice(&frame.unwrap().into_data().unwrap());
            pieces += 1;
        }
        assert!(pieces > 1 && read == contents.as_bytes(), "{pieces}");
    }
}

#[tokio::test]
async fn an_archive_is_not_compressed_again() {
    let mut desk = Desk::open().await;
    let zip = Request::get(format!("/cases/{}/evidence.zip", desk.case)).header(header::ACCEPT_ENCODING, "gzip");
    let pack = desk.browser.send(&desk.portal, zip, String::new()).await;
    assert_eq!((pack.status, pack.headers.get(header::CONTENT_ENCODING)), (StatusCode::OK, None));
    let page = Request::get(format!("/cases/{}", desk.case)).header(header::ACCEPT_ENCODING, "gzip");
    let page = desk.browser.send(&desk.portal, page, String::new()).await;
    assert_eq!(page.headers[header::CONTENT_ENCODING], "gzip");
}

#[tokio::test]
async fn what_is_no_upload_is_told_apart() {
    let mut desk = Desk::open().await;
    let (uploads, case) = (format!("/cases/{}/uploads", desk.case), desk.case);
    let plain = Request::post(format!("/cases/{case}/attachments")).header(header::CONTENT_TYPE, "text/plain");
    assert_eq!(desk.browser.send(&desk.portal, plain, "x".to_owned()).await.status, StatusCode::BAD_REQUEST);
    let begin = |address: &str, version: &str| Request::post(address).header("tus-resumable", version).header("upload-length", "1");
    for (request, status) in [
        (begin("/cases/nonsense/uploads", "1.0.0"), StatusCode::NOT_FOUND),
        (Request::head(format!("{uploads}/nonsense")), StatusCode::NOT_FOUND),
        (Request::patch(format!("/cases/nonsense/uploads/{case}")), StatusCode::NOT_FOUND),
        (Request::delete(format!("{uploads}/nonsense")), StatusCode::NOT_FOUND),
        (begin(&uploads, "0.2.2"), StatusCode::PRECONDITION_FAILED),
        (Request::delete(format!("{uploads}/{case}")).header("tus-resumable", "2.0.0"), StatusCode::PRECONDITION_FAILED),
        (Request::options(&uploads).header("tus-resumable", "2.0.0"), StatusCode::NO_CONTENT),
        (begin(&uploads, "1.0.0"), StatusCode::CREATED),
    ] {
        let answer = desk.browser.send(&desk.portal, request, String::new()).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        if status == StatusCode::PRECONDITION_FAILED {
            assert_eq!(answer.headers["tus-version"], "1.0.0");
        }
    }
}
