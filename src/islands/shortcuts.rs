//! Keys: `/` searches, `g` and a letter goes, `?` says which there are, Escape closes. Nothing is done with a letter while someone
//! writes, and none of it is the only way to do something.

use leptos::prelude::*;

/// Listens for keys, and holds the dialog that lists them, without the search where the page has none. Once per page,
/// outside live regions. The search field carries `data-shortcut="search"`, a link that a letter goes to carries
/// `data-go="o"`.
#[island]
pub fn Shortcuts() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    super::shortcuts_browser::start();
    view! {
        <dialog class="keys" id="keys" aria-labelledby="keys-t">
            <h2 id="keys-t">"Keys"</h2>
            <dl class="facts" id="keys-list">
                <dt data-keys-search=""><kbd>"/"</kbd></dt>
                <dd data-keys-search="">"Search"</dd>
                <dt><kbd>"Esc"</kbd></dt>
                <dd>"Close what is open"</dd>
                <dt><kbd>"?"</kbd></dt>
                <dd>"This list"</dd>
            </dl>
            <form method="dialog"><button class="btn">"Close"</button></form>
        </dialog>
    }
}
