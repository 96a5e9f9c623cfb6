//! The browser side of live pages: when to ask, and what to do with the answer.

use std::{cell::RefCell, rc::Rc};

use js_sys::futures::{JsFuture, spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Document, DomParser, Element, Event, EventSource, Request, Response, SupportedType};

use super::{
    dom::{after, all_in, document, listen, target, window},
    live_reconcile::{Reconciler, mark_edits},
};

/// Where the request for the page stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asking {
    /// None.
    No,
    /// Something changed while nobody looked.
    Missed,
    /// Sent.
    UnderWay,
    /// Sent, and something changed since.
    AndAgain,
}

/// What the page knows about its own freshness.
struct Live {
    /// The page as the server last sent it.
    last: Document,
    /// The request for the page.
    request: Asking,
    /// The stream has been open before: opening it again means that something may have been missed.
    opened: bool,
    /// A change waits until the focus moves on.
    held: bool,
}

type Shared = Rc<RefCell<Live>>;

/// How long to wait before a stream that the server refused is tried again, in milliseconds. While it is only
/// interrupted, the browser tries by itself.
const REFUSED: i32 = 20_000;

/// Opens the stream and listens, once per page.
pub(super) fn start() {
    let Some(page) = document() else { return };
    let address = all_in(&page, "[data-live-address]").first().and_then(|element| element.get_attribute("data-live-address"));
    let Some(address) = address else { return };
    let Some(last) = page.clone_node_with_deep(true).ok().and_then(|node| node.dyn_into().ok()) else { return };
    let live: Shared = Rc::new(RefCell::new(Live { last, request: Asking::No, opened: false, held: false }));

    connect(&live, address);
    mark_edits(&page);
    let on_visible = live.clone();
    listen(&page, "visibilitychange", false, move |_: Event| {
        let missed = on_visible.borrow().request == Asking::Missed;
        if missed {
            ask(&on_visible);
        }
    });
    let on_focus = live.clone();
    listen(&page, "focusin", false, move |_: Event| catch_up(&on_focus));
    let on_leave = live.clone();
    listen(&page, "focusout", false, move |event: Event| {
        // Where the focus goes to another element, that one decides.
        let next = js_sys::Reflect::get(&event, &"relatedTarget".into());
        if next.is_ok_and(|next| next.is_null()) {
            catch_up(&on_leave);
        }
    });
    listen(&page, "click", false, move |event: Event| {
        if let Some(button) = target(&event).and_then(|element| element.closest("[data-live-show]").ok().flatten()) {
            show(&live, &button);
        }
    });
}

/// Opens the event stream. After a silence the page is asked for once.
fn connect(live: &Shared, address: String) {
    let Ok(source) = EventSource::new(&address) else { return };
    let on_message = live.clone();
    listen(&source, "message", false, move |_: Event| ask(&on_message));
    let on_open = live.clone();
    listen(&source, "open", false, move |_: Event| {
        let reopened = std::mem::replace(&mut on_open.borrow_mut().opened, true);
        if reopened {
            ask(&on_open);
        }
    });
    let live = live.clone();
    let stream = source.clone();
    listen(&source, "error", false, move |_: Event| {
        if stream.ready_state() == EventSource::CLOSED {
            live.borrow_mut().opened = true;
            let (live, address) = (live.clone(), address.clone());
            after(REFUSED, move || connect(&live, address));
        }
    });
}

/// Asks for the page again: one request at a time, and none while nobody looks.
fn ask(live: &Shared) {
    let Some(page) = document() else { return };
    {
        let mut state = live.borrow_mut();
        if state.request == Asking::UnderWay || state.request == Asking::AndAgain {
            state.request = Asking::AndAgain;
            return;
        }
        if page.hidden() {
            state.request = Asking::Missed;
            return;
        }
        state.request = Asking::UnderWay;
    }
    let live = live.clone();
    spawn_local(async move {
        if let Some(text) = fetch_page().await {
            arrived(&live, &text);
        }
        let before = std::mem::replace(&mut live.borrow_mut().request, Asking::No);
        if before == Asking::AndAgain {
            ask(&live);
        }
    });
}

/// This page as the server sees it now. None where it is no longer ours to see (signed out, gone): what is shown stays.
async fn fetch_page() -> Option<String> {
    let window = window()?;
    let request = Request::new_with_str(&window.location().href().ok()?).ok()?;
    request.headers().set("X-Live", "1").ok()?;
    let response: Response = JsFuture::from(window.fetch_with_request(&request)).await.ok()?.dyn_into().ok()?;
    if !response.ok() || response.redirected() {
        return None;
    }
    JsFuture::from(response.text().ok()?).await.ok()?.as_string()
}

/// Takes over what differs and says so once.
fn arrived(live: &Shared, text: &str) {
    let (Some(page), Some(fresh)) = (document(), parse(text)) else { return };
    let last = std::mem::replace(&mut live.borrow_mut().last, fresh.clone());
    page.set_title(&fresh.title());
    let outcome = Reconciler { page: &page, last: &last, fresh: &fresh, force: None }.run();
    live.borrow_mut().held |= outcome.held;
    if outcome.changed {
        announce(&page);
    }
}

/// Takes over what had to wait for the focus to move on.
fn catch_up(live: &Shared) {
    let Some(page) = document() else { return };
    if !std::mem::take(&mut live.borrow_mut().held) {
        return;
    }
    let fresh = live.borrow().last.clone();
    let outcome = Reconciler { page: &page, last: &fresh, fresh: &fresh, force: None }.run();
    live.borrow_mut().held |= outcome.held;
}

/// The reader chose to see what changed where they were writing.
fn show(live: &Shared, button: &Element) {
    let (Some(page), Some(key)) = (document(), button.get_attribute("data-live-show")) else { return };
    let fresh = live.borrow().last.clone();
    Reconciler { page: &page, last: &fresh, fresh: &fresh, force: Some(&key) }.run();
    if let Some(note) = button.closest(".changed-note").ok().flatten() {
        note.remove();
    }
}

fn parse(text: &str) -> Option<Document> {
    DomParser::new().ok()?.parse_from_string(text, SupportedType::TextHtml).ok()
}

fn announce(page: &Document) {
    let now = js_sys::Date::new_0();
    let (hours, minutes) = (now.get_hours(), now.get_minutes());
    let text = format!("Updated {hours}:{}{minutes}", if minutes < 10 { "0" } else { "" });
    for status in all_in(page, "[data-live-status]") {
        status.set_text_content(Some(&text));
    }
}
