//! The few steps every island takes in the browser: find, listen, read.

use wasm_bindgen::{JsCast, closure::Closure, convert::FromWasmAbi};
use web_sys::{Document, Element, EventTarget, Node, NodeList, Window};

/// The window.
pub(super) fn window() -> Option<Window> {
    web_sys::window()
}

/// The page.
pub(super) fn document() -> Option<Document> {
    window()?.document()
}

/// The elements of a list, as they are now.
pub(super) fn elements(list: &NodeList) -> Vec<Element> {
    (0..list.length()).filter_map(|index| list.get(index)).filter_map(|node| node.dyn_into().ok()).collect()
}

/// All elements below `root` that match, in the order of the page.
pub(super) fn all(root: &Element, selector: &str) -> Vec<Element> {
    root.query_selector_all(selector).map(|list| elements(&list)).unwrap_or_default()
}

/// All elements of a page that match.
pub(super) fn all_in(page: &Document, selector: &str) -> Vec<Element> {
    page.query_selector_all(selector).map(|list| elements(&list)).unwrap_or_default()
}

/// The first element below `root` that matches.
pub(super) fn first(root: &Element, selector: &str) -> Option<Element> {
    root.query_selector(selector).ok().flatten()
}

/// Listens for as long as the page lives. `capture` sees an event before its target does.
pub(super) fn listen<E>(target: &EventTarget, event: &str, capture: bool, handler: impl FnMut(E) + 'static)
where
    E: FromWasmAbi + 'static,
{
    let handler = Closure::<dyn FnMut(E)>::new(handler);
    // A listener that the browser refuses leaves the page as it was without script.
    let _ = target.add_event_listener_with_callback_and_bool(event, handler.as_ref().unchecked_ref(), capture);
    handler.forget();
}

/// Does something once, after so many milliseconds.
pub(super) fn after(milliseconds: i32, task: impl FnOnce() + 'static) {
    let task = Closure::once_into_js(task);
    if let Some(window) = window() {
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(task.unchecked_ref(), milliseconds);
    }
}

/// The element an event is about.
pub(super) fn target(event: &web_sys::Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// The elements directly below `parent`.
pub(super) fn children(parent: &Node) -> Vec<Element> {
    elements(&parent.child_nodes())
}
