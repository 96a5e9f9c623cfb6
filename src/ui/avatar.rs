//! A person or company as initials.

use leptos::prelude::*;

/// First letters of the first and the last word: "Ines Keller" is IK.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}

/// Initials in a disc. The name must stand beside it, or on the control that holds it.
#[component]
pub fn Avatar(#[prop(into)] name: String) -> impl IntoView {
    let letters = initials(&name);
    view! { <span class="avatar" aria-hidden="true" title=name>{letters}</span> }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_of_the_first_and_last_word() {
        assert_eq!(initials("Ines Keller"), "IK");
        assert_eq!(initials("ostermann forge (west) gmbh"), "OG");
        assert_eq!(initials("Madonna"), "M");
        assert_eq!(initials("  "), "");
    }
}
