//! The browser side of uploads: one file after the other, each in pieces. A piece that does not arrive is asked after and
//! sent again from where the server stands.

use std::{cell::Cell, rc::Rc};

use js_sys::futures::{JsFuture, spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, File, Headers, HtmlFormElement, HtmlInputElement, HtmlSelectElement, Request, RequestInit, Response};

use super::dom::{after, all_in, document, first, listen, window};

/// Bytes of a piece.
const PIECE: f64 = 1_048_576.0;
/// Pauses before a piece is tried again, in milliseconds; after the last one the person is told.
const PAUSES: [i32; 5] = [1_000, 2_000, 4_000, 8_000, 16_000];

/// Listens to every form with files.
pub(super) fn start() {
    let Some(page) = document() else { return };
    for form in all_in(&page, "form[data-upload]") {
        let is_busy = Rc::new(Cell::new(false));
        let sent = form.clone();
        listen(&form, "submit", false, move |event: Event| {
            let files = chosen(&sent);
            // Without a file the server says what is missing.
            if files.is_empty() {
                return;
            }
            event.prevent_default();
            if is_busy.replace(true) {
                return;
            }
            let (form, is_busy) = (sent.clone(), is_busy.clone());
            spawn_local(async move {
                send_all(&form, &files).await;
                is_busy.set(false);
            });
        });
    }
}

fn chosen(form: &Element) -> Vec<File> {
    let input = first(form, "input[type=file]").and_then(|input| input.dyn_into::<HtmlInputElement>().ok());
    let Some(list) = input.and_then(|input| input.files()) else { return Vec::new() };
    (0..list.length()).filter_map(|index| list.item(index)).collect()
}

/// Why a file did not arrive.
enum Fault {
    /// The server says no, in words.
    Refused(String),
    /// Nothing is heard of the server.
    Silent,
}

async fn send_all(form: &Element, files: &[File]) {
    if let Some(faults) = first(form, "[data-upload-faults]") {
        faults.set_text_content(None);
    }
    let mut refused = 0;
    for (number, file) in files.iter().enumerate() {
        let words = match send(form, file, (number + 1, files.len())).await {
            Ok(()) => continue,
            Err(Fault::Refused(words)) => words,
            Err(Fault::Silent) => {
                format!("{} did not arrive: the connection is gone. Press the button again; it goes on where it stopped.", file.name())
            }
        };
        refused += 1;
        say_fault(form, &words);
    }
    show_bar(form, None);
    if refused > 0 {
        say(form, if refused == files.len() { "" } else { "The others are attached." });
        return;
    }
    say(form, "Attached.");
    if let (Some(window), Some(form)) = (window(), form.dyn_ref::<HtmlFormElement>()) {
        let _ = window.location().assign(&form.action());
    }
}

/// Sends one file from where the server stands to its end.
async fn send(form: &Element, file: &File, (number, of): (usize, usize)) -> Result<(), Fault> {
    let (address, mut at) = begin(form, file).await?;
    let mut tries = 0;
    // Also where all bytes are there: the file is attached once the server answered the piece that ends it, an empty one even.
    loop {
        let percent = (at * 100.0 / file.size()).floor();
        show_bar(form, Some(percent));
        say(form, &if of > 1 { format!("{} ({number} of {of})", file.name()) } else { file.name() });
        match piece(&address, file, at).await {
            Ok(next) if next >= file.size() => return Ok(()),
            Ok(next) => (at, tries) = (next, 0),
            Err(Fault::Refused(words)) => return Err(Fault::Refused(words)),
            Err(Fault::Silent) => {
                let pause = PAUSES.get(tries).ok_or(Fault::Silent)?;
                tries += 1;
                say(form, &format!("{}: the connection is interrupted. Trying again.", file.name()));
                rest(*pause).await;
                // Where nothing is heard either, the same piece is tried again.
                if let Ok(response) = fetch("HEAD", &address, &[], None).await {
                    at = stands_at(&response)?;
                }
            }
        }
    }
}

/// Names the file to the server, which says where its bytes go and how many of them it has.
async fn begin(form: &Element, file: &File) -> Result<(String, f64), Fault> {
    let begin = form.get_attribute("data-upload").unwrap_or_default();
    // Radio buttons, a list, or for partners neither.
    let chosen = first(form, "input[name=visibility]:checked").and_then(|input| input.dyn_into::<HtmlInputElement>().ok());
    let listed = || first(form, "select[name=visibility]").and_then(|list| list.dyn_into::<HtmlSelectElement>().ok());
    let visibility = chosen.map(|input| input.value()).or_else(|| listed().map(|list| list.value()));
    let visibility = visibility.unwrap_or_else(|| "partner".to_owned());
    let pair = |name: &str, value: &str| format!("{name} {}", in_base64(value));
    let metadata = [pair("filename", &file.name()), pair("changed", &digits(file.last_modified())), pair("visibility", &visibility)];
    let headers = [("Upload-Length", digits(file.size())), ("Upload-Metadata", metadata.join(","))];
    let response = fetch("POST", &begin, &headers, None).await?;
    let address = response.headers().get("location").ok().flatten();
    let Some(address) = address.filter(|_| response.ok()) else { return Err(Fault::Refused(words(&response).await)) };
    Ok((address, stands_at(&response)?))
}

/// Sends the piece that begins at `at`; says where the next one begins.
async fn piece(address: &str, file: &File, at: f64) -> Result<f64, Fault> {
    let end = (at + PIECE).min(file.size());
    let bytes = JsValue::from(file.slice_with_f64_and_f64(at, end).map_err(|_| Fault::Silent)?);
    let headers = [("Upload-Offset", digits(at)), ("Content-Type", "application/offset+octet-stream".to_owned())];
    let response = fetch("PATCH", address, &headers, Some(&bytes)).await?;
    match response.status() {
        204 => stands_at(&response),
        // Another piece came first: the answer says how far it is. Any other conflict is a refusal in words.
        409 if stands_at(&response).is_ok() => Err(Fault::Silent),
        // The server is out for a moment: ask where it stands.
        500.. => Err(Fault::Silent),
        _ => Err(Fault::Refused(words(&response).await)),
    }
}

fn stands_at(response: &Response) -> Result<f64, Fault> {
    let offset = response.headers().get("upload-offset").ok().flatten().ok_or(Fault::Silent)?;
    Some(js_sys::parse_float(&offset)).filter(|offset| offset.is_finite()).ok_or(Fault::Silent)
}

/// A number as text. The browser writes and reads these: what Rust has for it would make the module a third larger.
fn digits(number: f64) -> String {
    JsValue::from_f64(number).unchecked_into::<js_sys::Object>().to_string().into()
}

async fn fetch(method: &str, address: &str, headers: &[(&str, String)], body: Option<&JsValue>) -> Result<Response, Fault> {
    let silent = |_| Fault::Silent;
    let all = Headers::new().map_err(silent)?;
    all.set("Tus-Resumable", "1.0.0").map_err(silent)?;
    for (name, value) in headers {
        all.set(name, value).map_err(silent)?;
    }
    let init = RequestInit::new();
    init.set_method(method);
    init.set_headers(&all);
    if let Some(body) = body {
        init.set_body(body);
    }
    let request = Request::new_with_str_and_init(address, &init).map_err(silent)?;
    let window = window().ok_or(Fault::Silent)?;
    let response = JsFuture::from(window.fetch_with_request(&request)).await.map_err(silent)?;
    response.dyn_into().map_err(|_| Fault::Silent)
}

async fn words(response: &Response) -> String {
    let Ok(text) = response.text() else { return String::new() };
    JsFuture::from(text).await.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// Text in base64; the browser's own function takes one byte for each letter.
fn in_base64(text: &str) -> String {
    let bytes: String = text.bytes().map(char::from).collect();
    window().and_then(|window| window.btoa(&bytes).ok()).unwrap_or_default()
}

async fn rest(milliseconds: i32) {
    let pause = js_sys::Promise::new(&mut |resolve, _| {
        after(milliseconds, move || {
            let _ = resolve.call0(&JsValue::UNDEFINED);
        });
    });
    let _ = JsFuture::from(pause).await;
}

fn say(form: &Element, text: &str) {
    if let Some(status) = first(form, "[data-upload-status]")
        && status.text_content().unwrap_or_default() != text
    {
        status.set_text_content(Some(text));
    }
}

fn say_fault(form: &Element, text: &str) {
    let (Some(page), Some(faults)) = (document(), first(form, "[data-upload-faults]")) else { return };
    if let Ok(item) = page.create_element("li") {
        item.set_text_content(Some(text));
        let _ = faults.append_child(&item);
    }
}

/// How far a file is, in percent; none hides the bar.
fn show_bar(form: &Element, percent: Option<f64>) {
    let Some(bar) = first(form, "[data-upload-bar]") else { return };
    let _ = match percent {
        Some(percent) => bar.set_attribute("value", &digits(percent)).and_then(|()| bar.remove_attribute("hidden")),
        None => bar.set_attribute("hidden", ""),
    };
}
