//! Taking over what differs between the page on the screen and the page the server sent, and leaving alone what
//! someone is working in.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event, HtmlInputElement, HtmlTextAreaElement};

use super::dom::{all, all_in, children, first, listen, target};

/// A change that could not be taken over yet.
const STALE: &str = "data-stale";
/// Set on what the reader edited or opened, until it is as the server sent it.
const EDITED: &str = "data-edited";

/// What taking over came to.
#[derive(Clone, Copy, Default)]
pub(super) struct Outcome {
    /// Something on the screen is different now.
    pub(super) changed: bool,
    /// Something waits until the focus moves on.
    pub(super) held: bool,
}

/// One comparison of the page with what the server sent.
pub(super) struct Reconciler<'a> {
    /// The page on the screen.
    pub(super) page: &'a Document,
    /// What the server sent the time before. Compared with `fresh` instead of the screen, because the screen also holds
    /// what the reader did.
    pub(super) last: &'a Document,
    /// What the server sent now.
    pub(super) fresh: &'a Document,
    /// Key of the region whose edits the reader gives up.
    pub(super) force: Option<&'a str>,
}

impl Reconciler<'_> {
    /// Goes through every region of the page.
    pub(super) fn run(&self) -> Outcome {
        let mut outcome = Outcome::default();
        let fresh = all_in(self.fresh, "[data-live]");
        let last = all_in(self.last, "[data-live]");
        for region in all_in(self.page, "[data-live]") {
            let Some(key) = region.get_attribute("data-live") else { continue };
            let same_key = |candidate: &&Element| candidate.get_attribute("data-live").as_deref() == Some(key.as_str());
            let Some(fresh) = fresh.iter().find(same_key) else { continue };
            let last = last.iter().find(same_key);
            if is_keyed(&region) || is_keyed(fresh) {
                self.region(&key, &region, last, fresh, &mut outcome);
            } else {
                self.whole(&key, &region, last, fresh, &mut outcome);
            }
        }
        outcome
    }

    /// A region without keyed children: all or nothing.
    fn whole(&self, key: &str, region: &Element, last: Option<&Element>, fresh: &Element, outcome: &mut Outcome) {
        if !differs(region, last, fresh) || is_begun(region) {
            return;
        }
        if self.must_wait(key, region, outcome) {
            return;
        }
        region.set_inner_html(&fresh.inner_html());
        let _ = region.remove_attribute(STALE);
        outcome.changed = true;
    }

    /// A region with children that come and go.
    fn region(&self, key: &str, region: &Element, last: Option<&Element>, fresh: &Element, outcome: &mut Outcome) {
        let last = last.map(keyed_children).unwrap_or_default();
        let mut on_screen = keyed_children(region);
        // The child before which the next one belongs.
        let mut cursor = region.first_element_child();
        for (child_key, new) in keyed_children(fresh) {
            let found = on_screen.iter().position(|(key, _)| *key == child_key).map(|index| on_screen.swap_remove(index).1);
            let Some(old) = found else {
                if let Some(new) = self.import(&new) {
                    let _ = new.class_list().add_1("arrived");
                    let _ = region.insert_before(&new, cursor.as_deref());
                    outcome.changed = true;
                }
                continue;
            };
            let in_place = cursor.as_ref() == Some(&old);
            if in_place {
                cursor = old.next_element_sibling();
            } else if !is_busy(&old) {
                // Moving an element takes the focus from it, so one that is worked in stays where it is.
                let _ = region.insert_before(&old, cursor.as_deref());
            }
            let before = last.iter().find(|(key, _)| *key == child_key).map(|(_, element)| element);
            if differs(&old, before, &new) && !self.must_wait(key, &old, outcome) {
                self.replace(&old, before, &new);
                outcome.changed = true;
            }
        }
        for (_, gone) in on_screen {
            if !self.must_wait(key, &gone, outcome) {
                gone.remove();
                outcome.changed = true;
            }
        }
    }

    fn replace(&self, old: &Element, before: Option<&Element>, new: &Element) {
        let Some(imported) = self.import(new) else { return };
        if before.is_none_or(|before| spoken(before) != spoken(new)) {
            let _ = imported.class_list().add_1("arrived");
        }
        carry_ticks(old, &imported);
        let _ = old.replace_with_with_node_1(&imported);
    }

    fn import(&self, element: &Element) -> Option<Element> {
        self.page.import_node_with_deep(element, true).ok()?.dyn_into().ok()
    }

    /// Whether a change of this element has to wait because someone works in it; then the reader is told, or it is
    /// taken over when the focus moves on.
    fn must_wait(&self, key: &str, element: &Element, outcome: &mut Outcome) -> bool {
        if self.force == Some(key) || !is_busy(element) {
            return false;
        }
        let _ = element.set_attribute(STALE, "");
        if is_edited(element) {
            self.note(key, element);
        } else {
            outcome.held = true;
        }
        true
    }

    /// Says, once per region, that something changed where the reader was writing.
    fn note(&self, key: &str, element: &Element) {
        let noted =
            all_in(self.page, "[data-live-show]").iter().any(|button| button.get_attribute("data-live-show").as_deref() == Some(key));
        let Ok(note) = self.page.create_element("div") else { return };
        if noted {
            return;
        }
        note.set_class_name("changed-note");
        let _ = note.set_attribute("role", "status");
        note.set_inner_html("<span>This changed while you were editing.</span> <button type=\"button\" class=\"link\">Show</button>");
        if let Some(button) = first(&note, "button") {
            let _ = button.set_attribute("data-live-show", key);
        }
        // Before the table or the region, never inside: a table takes no such child, and a region would lose it again.
        let anchor = element.closest("table").ok().flatten().or_else(|| element.closest("[data-live]").ok().flatten());
        if let Some((parent, anchor)) = anchor.and_then(|anchor| Some((anchor.parent_node()?, anchor))) {
            let _ = parent.insert_before(&note, Some(&anchor));
        }
    }
}

/// Children with their keys; those without one are told apart by their place among such.
fn keyed_children(region: &Element) -> Vec<(String, Element)> {
    let mut unkeyed = 0_u32;
    let key_of = |element: Element| {
        let key = element.get_attribute("data-key").unwrap_or_else(|| {
            unkeyed += 1;
            format!("\u{0}{unkeyed}")
        });
        (key, element)
    };
    children(region).into_iter().map(key_of).collect()
}

/// Whether the reader has begun to write where that keeps this region as it is: what the field says that it names.
fn is_begun(region: &Element) -> bool {
    let Some(field) = region.get_attribute("data-live-unless") else { return false };
    let form = region.closest("form").ok().flatten();
    let field = form.and_then(|form| first(&form, &field)).and_then(|field| field.dyn_into::<HtmlTextAreaElement>().ok());
    field.is_some_and(|field| !field.value().is_empty())
}

fn is_keyed(region: &Element) -> bool {
    children(region).iter().any(|child| child.has_attribute("data-key"))
}

/// Whether the server now says something else than what is on the screen. Where the reader works, words that change by
/// themselves are not worth a question.
fn differs(on_screen: &Element, last: Option<&Element>, fresh: &Element) -> bool {
    let last = last.unwrap_or(on_screen);
    if on_screen.has_attribute(STALE) {
        return true;
    }
    if last.outer_html() == fresh.outer_html() {
        return false;
    }
    let html = |element: &Element| without_quiet(element).map(|copy| copy.outer_html());
    !is_edited(on_screen) || html(last) != html(fresh)
}

/// A copy of an element without the words that change by themselves.
fn without_quiet(element: &Element) -> Option<Element> {
    let copy: Element = element.clone_node_with_deep(true).ok()?.dyn_into().ok()?;
    for quiet in all(&copy, "[data-quiet]") {
        quiet.remove();
    }
    Some(copy)
}

/// The words of an element without those that change by themselves.
fn spoken(element: &Element) -> Option<String> {
    without_quiet(element)?.text_content()
}

/// Ticks what the reader ticked: a row that is taken over stays chosen.
fn carry_ticks(old: &Element, new: &Element) {
    let fresh = all(new, "input[type=checkbox]");
    for ticked in all(old, "input[type=checkbox]").iter().filter_map(|field| field.dyn_ref::<HtmlInputElement>()) {
        let mut same = fresh.iter().filter_map(|field| field.dyn_ref::<HtmlInputElement>());
        let same = same.find(|field| field.name() == ticked.name() && field.value() == ticked.value());
        if let Some(field) = same.filter(|field| field.checked() != ticked.checked()) {
            field.set_checked(ticked.checked());
            set_edited(field, is_dirty(field));
        }
    }
}

fn is_edited(element: &Element) -> bool {
    element.has_attribute(EDITED) || first(element, "[data-edited], dialog[open]").is_some()
}

/// Whether someone works in an element. The active element stays what it was while the reader is in another window.
fn is_busy(element: &Element) -> bool {
    let active = element.owner_document().and_then(|page| page.active_element());
    is_edited(element) || active.is_some_and(|active| element.contains(Some(&active)))
}

/// Marks what the reader edits and opens, and takes the mark away when it is as it was.
pub(super) fn mark_edits(page: &Document) {
    let on_input = |event: Event| {
        if let Some(field) = target(&event) {
            set_edited(&field, is_dirty(&field));
        }
    };
    listen(page, "input", true, on_input);
    listen(page, "change", true, on_input);
    listen(page, "click", true, |event: Event| {
        let summary = target(&event).and_then(|element| element.closest("summary").ok().flatten());
        if let Some(details) = summary.and_then(|summary| summary.parent_element()) {
            // The press that is under way will turn it over.
            set_edited(&details, !details.has_attribute("open"));
        }
    });
}

fn set_edited(element: &Element, edited: bool) {
    let _ = if edited { element.set_attribute(EDITED, "") } else { element.remove_attribute(EDITED) };
}

/// Whether a field differs from what the server wrote into it. A choice from a list counts as soon as it was touched.
fn is_dirty(field: &Element) -> bool {
    if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
        input.checked() != input.default_checked() || input.value() != input.default_value()
    } else if let Some(text) = field.dyn_ref::<HtmlTextAreaElement>() {
        text.default_value().is_ok_and(|sent| text.value() != sent)
    } else {
        true
    }
}
