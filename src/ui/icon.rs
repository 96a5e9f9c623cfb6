//! Icons: every drawing the portal uses, 16 by 16, stroked in the colour of the text beside it. An icon never stands
//! alone: a word is beside it, or a label on the control that holds it.

use leptos::tachys::html::InertElement;

macro_rules! icons {
    ($($(#[$doc:meta])* $name:ident => $drawing:literal,)*) => {
        /// What can be drawn.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Icon {
            $($(#[$doc])* $name,)*
        }

        impl Icon {
            /// Every icon, for the gallery.
            pub const ALL: &[(&'static str, Self)] = &[$((stringify!($name), Self::$name),)*];

            /// The drawing, hidden from assistive technology. Written as one piece of text: a list draws hundreds.
            pub fn svg(self) -> InertElement {
                InertElement::new(match self {
                    $(Self::$name => concat!(r#"<svg class="i" viewBox="0 0 16 16" aria-hidden="true">"#, $drawing, "</svg>"),)*
                })
            }

            /// The same with another class, for the few places that style one drawing apart (the caret of a menu).
            pub fn svg_with_class(self, class: &str) -> InertElement {
                let drawing = match self {
                    $(Self::$name => $drawing,)*
                };
                InertElement::new(format!(r#"<svg class="i {class}" viewBox="0 0 16 16" aria-hidden="true">{drawing}</svg>"#))
            }
        }
    };
}

icons! {
    /// Do it again.
    Again => r#"<path d="M13.5 8a5.5 5.5 0 1 1-1.7-4M13.5 2v3h-3"/>"#,
    /// Late, or a problem.
    Alert => r#"<path d="M8 2.2 14.5 13.5h-13zM8 6.5v3.2M8 11.5v.1"/>"#,
    /// A question, help.
    Ask => r#"<circle cx="8" cy="8" r="6.2"/><path d="M6.2 6.3a1.8 1.8 0 1 1 2.6 1.6c-.5.3-.8.6-.8 1.2M8 11.3v.1"/>"#,
    /// Notices.
    Bell => r#"<path d="M3.5 11.5c1-1 1-2.2 1-4.2a3.5 3.5 0 0 1 7 0c0 2 0 3.2 1 4.2zM6.6 13.6h2.8"/>"#,
    /// Something to read.
    Book => r#"<path d="M8 4c-1.3-1-3.2-1.3-6-1.3v9.8c2.8 0 4.7.3 6 1.3 1.3-1 3.2-1.3 6-1.3V2.7C11.2 2.7 9.3 3 8 4zM8 4v9.8"/>"#,
    /// Packed goods, products.
    Box => r#"<path d="M8 1.8 13.8 4.7v6.6L8 14.2 2.2 11.3V4.7zM2.4 4.8 8 7.6l5.6-2.8M8 7.6v6.4"/>"#,
    /// A date.
    Calendar => r#"<path d="M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v2.5M10.5 2v2.5"/>"#,
    /// Opens a menu.
    Caret => r#"<path d="m4 6 4 4 4-4"/>"#,
    /// A case, a message.
    Case => r#"<path d="M2 3h12v8.5H8L4.8 14v-2.5H2z"/>"#,
    /// Measures.
    Chart => r#"<path d="M2.5 13.5h11M4 11V8M8 11V3.5M12 11V6"/>"#,
    /// Right, chosen, agreed.
    Check => r#"<path d="m3 8.5 3.3 3.2L13 4.8"/>"#,
    /// An attachment.
    Clip => r#"<path d="m13 7.3-5.3 5.3a3.2 3.2 0 0 1-4.5-4.5l5.5-5.5a2.1 2.1 0 0 1 3 3L6.3 11a1 1 0 0 1-1.5-1.5l4.9-4.8"/>"#,
    /// Time is running.
    Clock => r#"<circle cx="8" cy="8" r="6.2"/><path d="M8 4.5V8l2.4 1.6"/>"#,
    /// Formats, mappings.
    Code => r#"<path d="M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5"/>"#,
    /// Money.
    Coins => r#"<ellipse cx="8" cy="4.2" rx="5" ry="2.2"/><path d="M3 4.2v3.9c0 1.2 2.2 2.2 5 2.2s5-1 5-2.2V4.2M3 8.1V12c0 1.2 2.2 2.2 5 2.2s5-1 5-2.2V8.1"/>"#,
    /// A company.
    Company => r#"<path d="M2.5 13.8V4l5-2v11.8M7.5 6h6v7.8M1.5 13.8h13M5 5.8v.1M5 8.3v.1M5 10.8v.1M10.5 8.6v.1M10.5 11v.1"/>"#,
    /// Not begun.
    Dashed => r#"<circle cx="8" cy="8" r="5.7" stroke-dasharray="2.4 2.08"/>"#,
    /// A document.
    Doc => r#"<path d="M4 1.8h5.2L12.5 5v9.2H4zM9 2v3.2h3.3"/>"#,
    /// Download.
    Down => r#"<path d="M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11"/>"#,
    /// Read, seen.
    Eye => r#"<path d="M1.5 8S4 3.7 8 3.7 14.5 8 14.5 8 12 12.3 8 12.3 1.5 8 1.5 8z"/><circle cx="8" cy="8" r="1.9"/>"#,
    /// A filter.
    Filter => r#"<path d="M2 4h12M4.5 8h7M6.8 12h2.4"/>"#,
    /// Escalated; a finish line.
    Flag => r#"<path d="M3.5 14V2.5h8.5l-2 3 2 3H3.5"/>"#,
    /// Settings.
    Gear => r#"<circle cx="8" cy="8" r="2.1"/><path d="M8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6l1.5 1.5M10.9 10.9l1.5 1.5M12.4 3.6l-1.5 1.5M5.1 10.9l-1.5 1.5"/>"#,
    /// The web, content.
    Globe => r#"<circle cx="8" cy="8" r="6.2"/><path d="M1.8 8h12.4M8 1.8c-4 4.2-4 8.2 0 12.4M8 1.8c4 4.2 4 8.2 0 12.4"/>"#,
    /// A set of things.
    Grip => r#"<path d="M3 3h4v4H3zM9 3h4v4H9zM3 9h4v4H3zM9 9h4v4H9z"/>"#,
    /// Partly done, in progress.
    Half => r#"<circle cx="8" cy="8" r="5.7"/><path d="M8 2.3a5.7 5.7 0 0 1 0 11.4z" fill="currentColor"/>"#,
    /// Home.
    Home => r#"<path d="M2.5 7 8 2.5 13.5 7v6.5h-4v-4h-3v4h-4z"/>"#,
    /// Delivered, received.
    Inbox => r#"<path d="M2 9.5 4 3h8l2 6.5v3.5H2zM2 9.5h3.5c0 1.4 1.1 2.2 2.5 2.2s2.5-.8 2.5-2.2H14"/>"#,
    /// An invoice.
    Invoice => r#"<path d="M3.5 1.8h9v12.4l-2.2-1.4L8 14.2l-2.3-1.4-2.2 1.4zM6 5h4M6 7.5h4"/>"#,
    /// A password or an API key.
    Key => r#"<circle cx="5" cy="10.5" r="2.8"/><path d="m7 8.5 6-6M10.5 5l2 2"/>"#,
    /// Back, newer.
    Left => r#"<path d="M10 3.5 5.5 8l4.5 4.5"/>"#,
    /// A connection, a link.
    Link => r#"<path d="M6.7 9.3a2.7 2.7 0 0 0 3.9 0l2.3-2.3a2.76 2.76 0 0 0-3.9-3.9l-.8.8M9.3 6.7a2.7 2.7 0 0 0-3.9 0L3.1 9a2.76 2.76 0 0 0 3.9 3.9l.8-.8"/>"#,
    /// Not open to you.
    Lock => r#"<path d="M3.5 7h9v6.7h-9zM5.5 7V5a2.5 2.5 0 0 1 5 0v2"/>"#,
    /// Mail.
    Mail => r#"<path d="M2 3.5h12v9H2zM2.2 4l5.8 4.7L13.8 4"/>"#,
    /// The folded navigation.
    Menu => r#"<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11"/>"#,
    /// Cancelled, none.
    Minus => r#"<circle cx="8" cy="8" r="6.2"/><path d="M5 8h6"/>"#,
    /// Dark theme.
    Moon => r#"<path d="M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1z"/>"#,
    /// Refused, failed.
    No => r#"<circle cx="8" cy="8" r="6.2"/><path d="m5.8 5.8 4.4 4.4M10.2 5.8l-4.4 4.4"/>"#,
    /// A note.
    Note => r#"<path d="M2.5 2.5h11v7l-4 4h-7zM13.3 9.5h-4v4"/>"#,
    /// Finished well.
    Okay => r#"<circle cx="8" cy="8" r="6.2"/><path d="m5.3 8.2 1.9 1.9 3.5-4"/>"#,
    /// Orders.
    Orders => r#"<path d="M3.5 2.5h9v11h-9zM6 5.5h4M6 8h4M6 10.5h2.5"/>"#,
    /// On hold.
    Pause => r#"<circle cx="8" cy="8" r="6.2"/><path d="M6.5 6v4M9.5 6v4"/>"#,
    /// Write, change, draft.
    Pen => r#"<path d="M10.5 3 13 5.5 5.5 13H3v-2.5z"/>"#,
    /// Add.
    Plus => r#"<path d="M8 3v10M3 8h10"/>"#,
    /// Answer.
    Reply => r#"<path d="M6.5 3.5 2.5 7.5l4 4M2.7 7.5H9a4.5 4.5 0 0 1 4.5 4.5v1"/>"#,
    /// Forward, older.
    Right => r#"<path d="m6 3.5 4.5 4.5L6 12.5"/>"#,
    /// Open, nobody has it.
    Ring => r#"<circle cx="8" cy="8" r="5.7"/>"#,
    /// The theme of the system.
    Screen => r#"<path d="M2 3h12v8H2zM5.5 13.5h5M8 11v2.5"/>"#,
    /// Search.
    Search => r#"<circle cx="7" cy="7" r="4.2"/><path d="m10.2 10.2 3.6 3.6"/>"#,
    /// Sent, on its way out.
    Send => r#"<path d="M14 2 1.8 6.8l5 2.4 2.4 5z M14 2 6.8 9.2"/>"#,
    /// Compliance, onboarding.
    Shield => r#"<path d="M8 1.8 13 3.5v4.3c0 3.2-2.2 5.3-5 6.4-2.8-1.1-5-3.2-5-6.4V3.5z"/>"#,
    /// Where a value comes from.
    Source => r#"<path d="M5.5 2.5h-3v11h3M10.5 2.5h3v11h-3M8 5.5v5"/>"#,
    /// Divided, with conditions.
    Split => r#"<path d="M2 8h4M6 8l3-4h5M6 8l3 4h5M12 2l2 2-2 2M12 10l2 2-2 2"/>"#,
    /// Kept view.
    Star => r#"<path d="m8 2 1.8 3.9 4.2.5-3.1 2.9.8 4.2L8 11.4l-3.7 2.1.8-4.2L2 6.4l4.2-.5z"/>"#,
    /// Light theme.
    Sun => r#"<circle cx="8" cy="8" r="2.8"/><path d="M8 1.8v1.4M8 12.8v1.4M1.8 8h1.4M12.8 8h1.4M3.6 3.6l1 1M11.4 11.4l1 1M12.4 3.6l-1 1M4.6 11.4l-1 1"/>"#,
    /// Changed by the other side.
    Swap => r#"<path d="M2.5 5.5h10M10 3l2.5 2.5L10 8M13.5 10.5h-10M6 8l-2.5 2.5L6 13"/>"#,
    /// On the road.
    Truck => r#"<path d="M1.5 4h8v7h-8zM9.5 6.5h3l2 2.5v2h-5z"/><circle cx="4.5" cy="11.8" r="1.3"/><circle cx="11.5" cy="11.8" r="1.3"/>"#,
    /// Your turn; also: leave.
    Turn => r#"<path d="M13.5 8H4M7.5 4 3.5 8l4 4"/>"#,
    /// Take back.
    Undo => r#"<path d="M5.5 3 2.5 6l3 3M2.7 6H9a3.7 3.7 0 0 1 0 7.4H5.5"/>"#,
    /// Upload.
    Up => r#"<path d="M8 10.5v-8M4.5 6 8 2.5 11.5 6M2.5 13.5h11"/>"#,
    /// A person.
    User => r#"<circle cx="8" cy="5.3" r="2.8"/><path d="M2.8 13.7c.5-2.7 2.5-4 5.2-4s4.7 1.3 5.2 4"/>"#,
    /// Close, remove.
    X => r#"<path d="m4 4 8 8M12 4l-8 8"/>"#,
}
