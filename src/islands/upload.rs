//! Files go up in pieces and go on where they broke off, with a bar that says how far they are. The form is the server's:
//! a plain form with files that works without script. What this reads and writes is named by attributes:
//!
//! - the form: `data-upload="/cases/…/uploads"`, where uploads begin (tus 1.0); its action is the page to come back to;
//! - in it an input of files, and radio buttons or a list named `visibility` where there is a choice;
//! - `data-upload-bar`, a `progress` that is hidden until something goes up; `data-upload-status`, what is said meanwhile;
//!   `data-upload-faults`, a list that takes what was refused.

use leptos::prelude::*;

/// Wraps a form with files.
#[island]
pub fn FileUpload(children: Children) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    super::upload_browser::start();
    children()
}
