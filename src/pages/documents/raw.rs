//! The raw segments of a document: numbered as in its interchange, each element an anchor, and led back from where its
//! value is shown.

use std::{collections::BTreeSet, fmt::Write};

use leptos::{prelude::*, tachys::html::InertElement};

use super::understood::Places;
use crate::service::exchange::view::DocumentView;

/// Most segments that are shown; the file has the rest.
const SHOWN: usize = 2000;

/// The list of segments. `noted` are those that a finding names.
pub(super) fn view(document: &DocumentView, places: &Places, noted: &BTreeSet<u64>) -> impl IntoView + use<> {
    let first = u64::try_from(document.document.first_segment.max(1)).unwrap_or(1);
    // Written as one piece of text: a long document has thousands of elements.
    let mut html = String::new();
    for (number, segment) in (first..).zip(document.segments.iter().take(SHOWN)) {
        let class = if noted.contains(&number) { r#" class="bad""# } else { "" };
        // Writing into a text cannot fail.
        let _ = write!(html, r#"<li id="s{number}"{class} data-number="{number}"><span>"#);
        for (index, element) in segment.split(document.separator).enumerate() {
            let text = escaped(element);
            if index == 0 {
                let _ = write!(html, "<b>{text}</b>");
                continue;
            }
            let anchor = format!("s{number}e{index}");
            let _ = write!(html, "<i>{}</i>", escaped(&document.separator.to_string()));
            let _ = match places.get(&anchor) {
                Some(path) => write!(html, r##"<a id="{anchor}" href="#v-{}">{text}</a>"##, escaped(path)),
                None => write!(html, r#"<span id="{anchor}">{text}</span>"#),
            };
        }
        html.push_str("</span></li>");
    }
    let rest = document.segments.len().saturating_sub(SHOWN);
    let rest = (rest > 0).then(|| view! { <p class="small muted panel-body">{format!("{rest} more segments are in the file.")}</p> });
    let list = format!(r#"<ol class="raw of-file" tabindex="0" role="list" aria-label="Raw segments">{html}</ol>"#);
    view! { {InertElement::new(list)}{rest} }
}

/// Text that cannot be taken for markup.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut safe, character| {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            _ => safe.push(character),
        }
        safe
    })
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_segment_is_never_markup() {
        assert_eq!(escaped(r#"<img src=x onerror="a">&"#), "&lt;img src=x onerror=&quot;a&quot;&gt;&amp;");
    }
}
