//! The forms of an order add themselves up while one writes, and are not sent to the door. The form is the server's: plain fields that work without script.
//! What this reads and writes is named by attributes:
//!
//! - the form: `data-answer`, `data-currency="EUR"`; without a currency nothing is added up;
//! - a line (`tbody`): `data-line`, `data-ordered="400"`, `data-price="31.85"`, `data-per="1"`, `data-requested="2026-12-04"`;
//!   in it radio buttons with the values `accept`, `change`, `reject`;
//! - each delivery of a changed line: an input `data-offer="quantity"` and an input `data-offer="date"`, in turn; once per
//!   line at most an input `data-offer="price"`;
//! - what is written: in a line `data-out="quantity"`, `data-out="amount"`, `data-out="outcome"`; for the whole form
//!   `data-total="confirmed"`, `data-total="difference"`, `data-total="summary"`;
//! - a button `data-add-part` (hidden without script) adds a delivery: a copy of the last `data-part` in its `details`;
//! - before the form is sent, the server is asked whether the session lasts; where it does not, the form stays;
//! - a line without radio buttons (that of an invoice) is what stands in its fields; an empty quantity counts as nothing;
//! - a button `data-accept-all` sets every line to accept instead of sending the form.

use leptos::prelude::*;

/// Wraps a form of an order: its answer, its ship notice, its invoice.
#[island]
pub fn AnswerForm(children: Children) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    super::answer_browser::start();
    children()
}
