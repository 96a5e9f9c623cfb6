//! The pages of a case over HTTP, without script: files go in through a form, come out so that nothing in them runs, and
//! a dispute is opened and ended. Strangers get none of it.

use axum::http::{HeaderMap, Request, StatusCode, header};
use bytes::Bytes;

use crate::{
    pages::testing::{Browser, World},
    service::cases::{
        open::{self, CaseForm},
        relate, view,
    },
};

const PDF: &[u8] = b"%PDF-1.4\n%%EOF\n";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01";

fn question(title: &str) -> CaseForm {
    CaseForm { kind: "question".to_owned(), title: title.to_owned(), text: "Look.".to_owned(), ..CaseForm::default() }
}

async fn case(world: &World) -> String {
    open::open(&world.context, &world.supplier, &question("Wet crate")).await.unwrap().to_string()
}

/// The body of a form with files: name and contents.
fn form(visibility: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = format!("--X\r\nContent-Disposition: form-data; name=\"visibility\"\r\n\r\n{visibility}\r\n").into_bytes();
    for (name, bytes) in files {
        body.extend_from_slice(
            format!("--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/html\r\n\r\n")
                .as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--X--\r\n");
    body
}

async fn attach(browser: &mut Browser, case: &str, files: &[(&str, &[u8])]) -> (StatusCode, HeaderMap, Bytes) {
    let request = Request::post(format!("/cases/{case}/attachments")).header(header::CONTENT_TYPE, "multipart/form-data; boundary=X");
    browser.fetch(request, form("partner", files)).await
}

fn value<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

/// The addresses of files on a page.
fn addresses(page: &str, case: &str) -> Vec<String> {
    let start = format!("href=\"/cases/{case}/attachments");
    let found = page.match_indices(&start).map(|(at, _)| page[at + 6..].split('"').next().unwrap().to_owned());
    found.filter(|address| !address.ends_with("/attachments")).collect()
}

#[tokio::test]
async fn files_go_in_by_a_form_and_come_out_harmless() {
    let world = World::new().await;
    let case = case(&world).await;
    let mut supplier = world.browser("OSTERMANN").await;
    let (status, headers, _) = attach(&mut supplier, &case, &[("note.pdf", PDF), ("page.html", b"<html>"), ("crate.png", PNG)]).await;
    assert_eq!((status, value(&headers, "location")), (StatusCode::SEE_OTHER, format!("/cases/{case}/attachments").as_str()));
    let page = supplier.page(&format!("/cases/{case}/attachments")).await;
    assert!(page.contains("Attached: note.pdf, crate.png.") && page.contains("page.html was not taken"), "{page}");
    assert!(supplier.page(&format!("/cases/{case}")).await.contains("crate.png"), "the conversation tells it");

    // What was sent again is here already; nothing chosen is said.
    attach(&mut supplier, &case, &[("again.pdf", PDF)]).await;
    assert!(supplier.page(&format!("/cases/{case}/attachments")).await.contains("Here already: note.pdf."));
    attach(&mut supplier, &case, &[("", b"")]).await;
    let page = supplier.page(&format!("/cases/{case}/attachments")).await;
    assert!(page.contains("Choose a file first."), "{page}");

    let files = addresses(&page, &case);
    let looked = files.iter().find(|address| address.contains("?look=")).unwrap();
    let paper = supplier.page(looked.split('#').next().unwrap()).await;
    let pdf = &paper.split("type=\"application/pdf\" data=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(paper.contains("Contents of note.pdf") && pdf.ends_with("?show"), "{pdf}");
    assert!(!page.contains("application/pdf\" data"), "nothing is loaded that nobody looks at");
    for (address, disposition, sandboxed) in
        [(pdf.trim_end_matches("?show"), "attachment; filename=\"note.pdf\"", true), (pdf.as_str(), "inline; filename=\"note.pdf\"", false)]
    {
        let (status, headers, bytes) = supplier.fetch(Request::get(address), "").await;
        assert_eq!((status, &bytes[..]), (StatusCode::OK, PDF));
        assert_eq!(value(&headers, "content-type"), "application/pdf");
        assert_eq!(value(&headers, "content-disposition"), disposition);
        assert_eq!(value(&headers, "x-content-type-options"), "nosniff");
        let policy = value(&headers, "content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("script"), "{policy}");
        assert_eq!(policy.contains("sandbox"), sandboxed, "{policy}");
    }

    // For everybody else there is nothing there.
    for code in ["KESTREL", "GREYFELL", "NORTHWATER"] {
        let mut stranger = world.browser(code).await;
        for address in [pdf.as_str(), &format!("/cases/{case}/attachments"), &format!("/cases/{case}/evidence.zip")] {
            assert_eq!(stranger.get(address).await.0, StatusCode::NOT_FOUND, "{code} at {address}");
        }
        assert_eq!(attach(&mut stranger, &case, &[("mine.pdf", b"%PDF-mine")]).await.0, StatusCode::NOT_FOUND);
        let begin = Request::post(format!("/cases/{case}/uploads")).header("upload-length", "9");
        assert_eq!(stranger.fetch(begin, "").await.0, StatusCode::NOT_FOUND);
    }
    let mut nobody = world.nobody();
    let (status, headers, _) = attach(&mut nobody, &case, &[("mine.pdf", b"%PDF-mine")]).await;
    assert!(status == StatusCode::SEE_OTHER && value(&headers, "location").starts_with("/sign-in"));
    assert_eq!(nobody.get(pdf).await.0, StatusCode::SEE_OTHER);
    assert_eq!(addresses(&supplier.page(&format!("/cases/{case}/attachments")).await, &case), files, "nothing was added");
}

#[tokio::test]
async fn a_file_goes_up_in_pieces_as_the_protocol_says() {
    let world = World::new().await;
    let case = case(&world).await;
    let mut supplier = world.browser("OSTERMANN").await;
    // "bm90ZS5wZGY=" is note.pdf.
    let begin = || {
        Request::post(format!("/cases/{case}/uploads"))
            .header("tus-resumable", "1.0.0")
            .header("upload-length", PDF.len().to_string())
            .header("upload-metadata", "filename bm90ZS5wZGY=,visibility cGFydG5lcg==")
    };
    let (status, headers, _) = supplier.fetch(begin(), "").await;
    assert_eq!((status, value(&headers, "tus-resumable"), value(&headers, "upload-offset")), (StatusCode::CREATED, "1.0.0", "0"));
    let address = value(&headers, "location").to_owned();
    let piece = |offset: usize| {
        Request::patch(&address).header(header::CONTENT_TYPE, "application/offset+octet-stream").header("upload-offset", offset.to_string())
    };
    let (status, headers, _) = supplier.fetch(piece(0), &PDF[..5]).await;
    assert_eq!((status, value(&headers, "upload-offset")), (StatusCode::NO_CONTENT, "5"));
    let (status, headers, _) = supplier.fetch(piece(0), &PDF[..5]).await;
    assert_eq!((status, value(&headers, "upload-offset")), (StatusCode::CONFLICT, "5"), "it is said where to go on");
    let (status, headers, _) = supplier.fetch(Request::head(&address), "").await;
    assert_eq!((status, value(&headers, "upload-offset"), value(&headers, "upload-length")), (StatusCode::OK, "5", "15"));
    assert_eq!(value(&supplier.fetch(begin(), "").await.1, "location"), address, "the same file is gone on with");
    let typed = Request::patch(&address).header(header::CONTENT_TYPE, "text/plain").header("upload-offset", "5");
    assert_eq!(supplier.fetch(typed, "x").await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(world.browser("KESTREL").await.fetch(piece(5), &PDF[5..]).await.0, StatusCode::NOT_FOUND);
    assert_eq!(world.nobody().fetch(piece(5), &PDF[5..]).await.0, StatusCode::UNAUTHORIZED);
    let (status, headers, _) = supplier.fetch(piece(5), &PDF[5..]).await;
    assert_eq!((status, value(&headers, "upload-offset")), (StatusCode::NO_CONTENT, "15"));
    assert_eq!(supplier.fetch(Request::head(&address), "").await.0, StatusCode::NOT_FOUND);
    assert!(supplier.page(&format!("/cases/{case}/attachments")).await.contains("note.pdf"));

    // Given up, it is gone; too large, it is refused in words before it begins.
    let other = begin().header("upload-metadata", "changed MQ==");
    let address = value(&supplier.fetch(other, "").await.1, "location").to_owned();
    assert_eq!(supplier.fetch(Request::delete(&address), "").await.0, StatusCode::NO_CONTENT);
    assert_eq!(supplier.fetch(Request::head(&address), "").await.0, StatusCode::NOT_FOUND);
    let (status, _, words) = supplier.fetch(Request::post(format!("/cases/{case}/uploads")).header("upload-length", "25000001"), "").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(std::str::from_utf8(&words).unwrap().contains("25 MB"));

    // A case that became part of another one meanwhile takes no file: there is nowhere to go on, and the words say why.
    let address = value(&supplier.fetch(begin().header("upload-metadata", "changed Mg=="), "").await.1, "location").to_owned();
    let whole = open::open(&world.context, &world.supplier, &question("Another crate")).await.unwrap();
    let whole = view::load(&world.context, &world.hub, whole).await.unwrap().case.number;
    relate::merge(&world.context, &world.hub, case.parse().unwrap(), &whole).await.unwrap();
    let last = Request::patch(&address).header(header::CONTENT_TYPE, "application/offset+octet-stream").header("upload-offset", "0");
    let (status, headers, words) = supplier.fetch(last, PDF).await;
    assert_eq!((status, value(&headers, "upload-offset")), (StatusCode::CONFLICT, ""));
    assert!(std::str::from_utf8(&words).unwrap().contains("has become part of"));
}

#[tokio::test]
async fn what_a_case_is_about_and_a_wrong_file_are_put_right_on_its_pages() {
    let world = World::new().await;
    let case = case(&world).await;
    let order = world.purchase("4500071845", false).await;
    let (page, files) = (format!("/cases/{case}"), format!("/cases/{case}/attachments"));
    let mut supplier = world.browser("OSTERMANN").await;
    let link = |number: &'static str| {
        [("back", page.clone()), ("case", case.clone()), ("about", "order".to_owned()), ("about_number", number.to_owned())]
    };
    let post = async |browser: &mut Browser, form: &str, fields: &[(&str, String)]| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.post(form, &fields).await
    };
    post(&mut supplier, "/do/link-to-case", &link("unheard of")).await;
    let refused = supplier.page(&page).await;
    assert!(refused.contains("No order between the two sides") && refused.contains("value=\"unheard of\""), "{refused}");
    post(&mut supplier, "/do/link-to-case", &link("4500071845")).await;
    let linked = supplier.page(&page).await;
    assert!(linked.contains("Order 4500071845 is linked to this case.") && linked.contains(&format!("href=\"/orders/{order}\"")));
    assert!(supplier.page(&format!("/orders/{order}")).await.contains(&format!("href=\"/cases/{case}\"")));
    let mut hub = world.browser("CASTELLAN").await;
    post(&mut hub, "/do/unlink-from-case", &link("4500071845")).await;
    let unlinked = hub.page(&page).await;
    assert!(unlinked.contains("is not linked to this case any more") && !unlinked.contains(&format!("href=\"/orders/{order}\"")));

    attach(&mut supplier, &case, &[("note.pdf", PDF)]).await;
    let address = addresses(&supplier.page(&files).await, &case).into_iter().find(|address| !address.contains('?')).unwrap();
    let id = address.rsplit('/').next().unwrap().to_owned();
    let withdraw = |why: &str| [("back", files.clone()), ("case", case.clone()), ("attachment", id.clone()), ("why", why.to_owned())];
    assert_eq!(post(&mut supplier, "/do/withdraw-file", &withdraw("")).await.1, files);
    assert!(supplier.page(&files).await.contains("Say why it is withdrawn"));
    post(&mut supplier, "/do/withdraw-file", &withdraw("Not for you.")).await;
    let shown = hub.page(&files).await;
    assert!(shown.contains("Withdrawn") && shown.contains("Not for you.") && addresses(&shown, &case).is_empty(), "{shown}");
    for look in [address.clone(), format!("{address}?show")] {
        assert_eq!(hub.get(&look).await.0, StatusCode::NOT_FOUND, "{look}");
    }
    assert!(!hub.page(&format!("{files}?look={id}")).await.contains("<object"));
}

#[tokio::test]
async fn a_long_dispute_that_is_refused_is_there_again_whole() {
    let world = World::new().await;
    let order = world.purchase("4500071844", false).await.to_string();
    let mut supplier = world.browser("OSTERMANN").await;
    let address = format!("/cases/dispute?order={order}");
    let words = "The drawing names another alloy. ".repeat(300);
    let send = |reason: &'static str| {
        let mut fields = vec![("back", address.clone()), ("order", order.clone()), ("reason", reason.to_owned())];
        fields.extend([("action", "OTH".to_owned()), ("text", words.clone())]);
        fields.extend([("lines[0][line]", "10".to_owned()), ("lines[0][price]", "59.90".to_owned())]);
        fields
    };
    let post = async |browser: &mut Browser, fields: Vec<(&str, String)>| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.post("/do/open-dispute", &fields).await
    };
    assert_eq!(post(&mut supplier, send("")).await, (StatusCode::SEE_OTHER, address.clone()));
    let page = supplier.page(&address).await;
    assert!(page.contains("Choose what is not right.") && page.contains(words.trim()) && page.contains("59.90"), "{page}");
    assert!(!supplier.page(&address).await.contains("another alloy"), "a form that is begun anew is empty");
    let (_, location) = post(&mut supplier, send("PRI")).await;
    assert!(location.starts_with("/cases/") && supplier.page(&location).await.contains(words.trim()), "{location}");
}
