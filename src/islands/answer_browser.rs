//! The browser side of the order answer.

use std::{cell::Cell, rc::Rc};

use js_sys::futures::{JsFuture, spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlFormElement, HtmlInputElement, Response};

use super::{
    answer_sums::{Decision, Line, Total, day_number, next_delivery, next_part, read_quantity},
    dom::{all, all_in, document, first, listen, target, window},
    figures::grouped,
};
use crate::domain::number::{Currency, Quantity, UnitPrice, typed};

/// Listens to every answer form of the page.
pub(super) fn start() {
    let Some(page) = document() else { return };
    for form in all_in(&page, "form[data-answer]") {
        let on_input = form.clone();
        listen(&form, "input", false, move |_: Event| add_up(&on_input));
        let on_click = form.clone();
        listen(&page, "click", false, move |event: Event| {
            let pressed = target(&event).and_then(|element| element.closest("[data-accept-all]").ok().flatten());
            if pressed.is_some() {
                event.prevent_default();
                accept_all(&on_click);
            }
        });
        for button in all(&form, "[data-add-part]") {
            // It copies a delivery, so it needs one.
            if button.closest("details").ok().flatten().is_some_and(|details| first(&details, "[data-part]").is_some()) {
                let _ = button.remove_attribute("hidden");
            }
        }
        keep_from_the_door(&form);
        listen(&form, "click", false, |event: Event| {
            if let Some(button) = target(&event).and_then(|element| element.closest("[data-add-part]").ok().flatten()) {
                add_part(&button);
            }
        });
        add_up(&form);
    }
}

/// Where the sending of a form stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sending {
    /// Nobody sends it.
    No,
    /// The server is asked whether the session lasts.
    Asking,
    /// It lasts: the form may go.
    May,
}

/// Asks before the form is sent whether the session still lasts: a form that comes to the door is lost, one that stays on
/// the page is not. Where the question is not answered, the form goes.
fn keep_from_the_door(form: &Element) {
    let sending = Rc::new(Cell::new(Sending::No));
    let asked = form.clone();
    listen(form, "submit", false, move |event: Event| {
        let before = sending.replace(Sending::Asking);
        if before == Sending::May {
            sending.set(Sending::No);
            return;
        }
        event.prevent_default();
        // Pressed again meanwhile: it goes once.
        if before == Sending::Asking {
            return;
        }
        let (sending, form) = (sending.clone(), asked.clone());
        spawn_local(async move {
            if has_ended().await {
                sending.set(Sending::No);
                say_signed_out(&form);
            } else if let Some(form) = form.dyn_ref::<HtmlFormElement>() {
                sending.set(Sending::May);
                let _ = form.request_submit();
            }
        });
    });
}

/// Whether the server says that the session has ended.
async fn has_ended() -> bool {
    let Some(window) = window() else { return false };
    let response = JsFuture::from(window.fetch_with_str("/session")).await.ok().and_then(|response| response.dyn_into::<Response>().ok());
    response.is_some_and(|response| response.status() == 401)
}

/// Says above the form, once, that it was not sent, and where to sign in without leaving it.
fn say_signed_out(form: &Element) {
    let Some(page) = document() else { return };
    if let Some(said) = all_in(&page, "[data-signed-out]").first() {
        said.scroll_into_view();
        return;
    }
    let Ok(note) = page.create_element("div") else { return };
    note.set_class_name("changed-note");
    let _ = note.set_attribute("role", "alert");
    let _ = note.set_attribute("data-signed-out", "");
    note.set_inner_html(
        "<span>You were signed out, and nothing was sent. What you typed stays here: \
         <a href=\"/sign-in\" target=\"_blank\">sign in in another tab</a>, then send it again.</span>",
    );
    let _ = form.before_with_node_1(&note);
    note.scroll_into_view();
}

/// Sets every line to accept, adds up, and moves on to the button that sends.
fn accept_all(form: &Element) {
    for radio in all(form, "[data-line] input[type=radio][value=accept]") {
        if let Some(radio) = radio.dyn_ref::<HtmlInputElement>() {
            radio.set_checked(true);
        }
    }
    add_up(form);
    let send = document().and_then(|page| all_in(&page, "[data-send]").into_iter().next());
    if let Some(send) = send.and_then(|send| send.dyn_into::<HtmlElement>().ok()) {
        let _ = send.focus();
    }
}

/// Adds one more delivery below the last one of its line: a copy of it, empty, its fields counted on by one.
fn add_part(button: &Element) {
    let Some(details) = button.closest("details").ok().flatten() else { return };
    let Some(last) = all(&details, "[data-part]").pop() else { return };
    let Some(copy) = last.clone_node_with_deep(true).ok().and_then(|node| node.dyn_into::<Element>().ok()) else { return };
    for wrong in all(&copy, ".error") {
        wrong.remove();
    }
    for element in all(&copy, "label, input") {
        for attribute in ["id", "name", "for"] {
            if let Some(next) = element.get_attribute(attribute).and_then(|name| next_part(&name)) {
                let _ = element.set_attribute(attribute, &next);
            }
        }
        for attribute in ["value", "aria-invalid", "aria-describedby"] {
            let _ = element.remove_attribute(attribute);
        }
        if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
            input.set_value("");
        }
    }
    // The page calls them "Delivery 2 of line 10".
    if let Some(label) = last.get_attribute("aria-label").and_then(|label| next_delivery(&label)) {
        let _ = copy.set_attribute("aria-label", &label);
    }
    let _ = last.after_with_node_1(&copy);
    if let Some(input) = first(&copy, "input").and_then(|input| input.dyn_into::<HtmlElement>().ok()) {
        let _ = input.focus();
    }
}

/// Reads every line, writes what it comes to, and the whole. A field that cannot be read leaves the whole as it
/// is until it can.
fn add_up(form: &Element) {
    let Some(currency) = form.get_attribute("data-currency").and_then(|code| code.parse::<Currency>().ok()) else { return };
    let mut total = Total::default();
    let mut complete = true;
    for element in all(form, "[data-line]") {
        let Some((line, sum)) = read_line(&element).and_then(|line| line.sum(currency).map(|sum| (line, sum))) else {
            complete = false;
            write(&element, "[data-out=amount]", "–");
            write(&element, "[data-out=outcome]", "");
            continue;
        };
        let changed = sum.quantity != line.ordered;
        write_quantity(&element, &line, changed, &grouped(&sum.quantity.to_string()));
        write(&element, "[data-out=amount]", &grouped(&sum.amount.plain(currency)));
        write(&element, "[data-out=outcome]", &sum.outcome(&line));
        total.add(line.decision, &sum);
    }
    if complete {
        write(form, "[data-total=confirmed]", &grouped(&total.confirmed.plain(currency)));
        write(form, "[data-total=difference]", &total.difference(currency));
        for place in all(form, "[data-total=difference]") {
            let _ = place.class_list().toggle_with_force("danger-text", total.confirmed < total.ordered);
        }
        write(form, "[data-total=summary]", &total.summary());
    }
}

fn read_line(line: &Element) -> Option<Line> {
    let decision = match value(line, "input[type=radio]:checked").as_deref() {
        Some("accept") => Decision::Accept,
        Some("change") => Decision::Change,
        Some("reject") => Decision::Reject,
        // A line that leaves nothing to decide, such as that of an invoice, is what stands in its fields.
        None if first(line, "input[type=radio]").is_none() => Decision::Change,
        _ => return None,
    };
    let dates = all(line, "[data-offer=date]");
    let offered = all(line, "[data-offer=quantity]")
        .iter()
        .enumerate()
        .filter(|(_, quantity)| !text_of(quantity).trim().is_empty())
        .map(|(index, quantity)| (read_quantity(&text_of(quantity)), dates.get(index).and_then(|date| day_number(&text_of(date)))))
        .collect();
    let offered_price = value(line, "[data-offer=price]").filter(|text| !text.is_empty());
    Some(Line {
        decision,
        ordered: line.get_attribute("data-ordered")?.parse().ok()?,
        price: line.get_attribute("data-price")?.parse().ok()?,
        per: line.get_attribute("data-per").map_or(Some(Quantity::whole(1)), |per| per.parse().ok())?,
        requested: line.get_attribute("data-requested").and_then(|date| day_number(&date)),
        offered,
        offered_price: match offered_price {
            Some(text) => Some(typed::<UnitPrice>(&text).ok()?),
            None => None,
        },
    })
}

fn text_of(input: &Element) -> String {
    input.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value).unwrap_or_default()
}

fn value(line: &Element, selector: &str) -> Option<String> {
    first(line, selector).map(|input| text_of(&input))
}

/// The quantity of a line: the ordered one struck through where the answer differs.
fn write_quantity(line: &Element, ordered: &Line, changed: bool, quantity: &str) {
    let Some(place) = first(line, "[data-out=quantity]") else { return };
    place.set_text_content(Some(quantity));
    let struck = changed.then(|| document()?.create_element("span").ok()).flatten();
    if let Some(struck) = struck {
        struck.set_class_name("was");
        struck.set_text_content(Some(&grouped(&ordered.ordered.to_string())));
        let _ = place.prepend_with_str_1(" ");
        let _ = place.prepend_with_node_1(&struck);
    }
}

fn write(root: &Element, selector: &str, text: &str) {
    for place in all(root, selector) {
        if place.text_content().as_deref() != Some(text) {
            place.set_text_content(Some(text));
        }
    }
}
