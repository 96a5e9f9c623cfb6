//! The browser side of the keys, and what closes menus and dialogs.

use std::cell::Cell;

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event, HtmlDialogElement, HtmlElement, KeyboardEvent};

use super::dom::{all_in, children, document, first, listen, target, window};

/// Listens, once per page.
pub(super) fn start() {
    let (Some(page), Some(window)) = (document(), window()) else { return };
    list_places(&page);
    // After `g`, the next letter says where to.
    let going = Cell::new(false);
    listen(&page, "keydown", false, move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() {
            return;
        }
        let key = event.key();
        if key == "Escape" {
            close_menus(true);
            close_target();
        } else if !is_writing(&event) && pressed(&key, going.replace(key == "g")) {
            event.prevent_default();
        }
    });
    listen(&page, "click", true, |event: Event| {
        let inside = target(&event).and_then(|element| element.closest("details.menu, details.prov").ok().flatten());
        if inside.is_none() {
            close_menus(false);
        }
    });
    listen(&window, "hashchange", false, |_: Event| guard_dialog());
    guard_dialog();
}

/// Does what a key stands for; says whether it stands for something.
fn pressed(key: &str, going: bool) -> bool {
    let Some(page) = document() else { return false };
    let found = |selector: &str| all_in(&page, selector).into_iter().find_map(|element| element.dyn_into::<HtmlElement>().ok());
    match key {
        _ if going => {
            let place = all_in(&page, "[data-go]").into_iter().find(|link| link.get_attribute("data-go").as_deref() == Some(key));
            place.and_then(|link| link.dyn_into::<HtmlElement>().ok()).map(|link| link.click()).is_some()
        }
        "/" => found("[data-shortcut=search]").map(|field| field.focus()).is_some(),
        "?" => found("#keys").and_then(|dialog| dialog.dyn_into::<HtmlDialogElement>().ok()).map(|dialog| dialog.show_modal()).is_some(),
        _ => false,
    }
}

/// Whether letters go into a field.
fn is_writing(event: &KeyboardEvent) -> bool {
    target(event).is_some_and(|element| element.matches("input, textarea, select, [contenteditable], dialog *").unwrap_or(false))
}

/// Adds the places of the navigation to the list of keys, and takes the search out where there is none on the page.
fn list_places(page: &Document) {
    if all_in(page, "[data-shortcut=search]").is_empty() {
        for entry in all_in(page, "[data-keys-search]") {
            entry.remove();
        }
    }
    let Some(list) = page.get_element_by_id("keys-list") else { return };
    for link in all_in(page, "[data-go][data-go-name]") {
        let (Some(letter), Some(name)) = (link.get_attribute("data-go"), link.get_attribute("data-go-name")) else { continue };
        let (Ok(term), Ok(words), Ok(key)) = (page.create_element("dt"), page.create_element("dd"), page.create_element("kbd")) else {
            continue;
        };
        key.set_text_content(Some(&format!("g {letter}")));
        words.set_text_content(Some(&name));
        let _ = term.append_child(&key);
        let _ = list.append_child(&term);
        let _ = list.append_child(&words);
    }
}

/// Closes every open menu; the focus goes back to what opened the one it was in.
fn close_menus(refocus: bool) {
    let Some(page) = document() else { return };
    for menu in all_in(&page, "details.menu[open], details.prov[open]") {
        let had_focus = menu.matches(":focus-within").unwrap_or(false);
        let _ = menu.remove_attribute("open");
        let _ = menu.remove_attribute("data-edited");
        if let Some(summary) = menu.first_element_child().and_then(|summary| summary.dyn_into::<HtmlElement>().ok())
            && refocus
            && had_focus
        {
            let _ = summary.focus();
        }
    }
}

fn open_target(page: &Document) -> Option<Element> {
    page.query_selector(".dialog:target, .nav:target").ok().flatten()
}

/// Leaves a dialog or the folded navigation the way its own link would.
fn close_target() {
    let Some(open) = document().and_then(|page| open_target(&page)) else { return };
    let way_back = open.query_selector("a[href^='#']").ok().flatten();
    if let Some(link) = way_back.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
        link.click();
    }
}

/// While a dialog is open nothing else takes the focus; a dialog that opens takes it.
fn guard_dialog() {
    let Some(page) = document() else { return };
    for behind in all_in(&page, "[data-behind]") {
        let _ = behind.remove_attribute("inert");
        let _ = behind.remove_attribute("data-behind");
    }
    let Some(dialog) = page.query_selector(".dialog:target").ok().flatten() else { return };
    // Everything beside the dialog and beside what holds it.
    let mut inside = dialog.clone();
    while let Some(parent) = inside.parent_element() {
        for beside in children(&parent).iter().filter(|beside| **beside != inside && !beside.has_attribute("inert")) {
            let _ = beside.set_attribute("inert", "");
            let _ = beside.set_attribute("data-behind", "");
        }
        inside = parent;
    }
    let field = first(&dialog, "input:not([type=hidden]), select, textarea, a, button");
    if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
        let _ = field.focus();
    }
}
