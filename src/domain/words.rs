//! Words that are searched for: small letters without accents, so that what is typed in a hurry finds what was written with
//! care.

use std::collections::BTreeSet;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Longest word that is kept, in bytes; of longer ones the beginning is.
const LONGEST: usize = 40;
/// The most words of one search.
const MOST_TERMS: usize = 8;

/// Small letters without accents.
pub fn folded(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase) {
        match letter {
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'ø' => plain.push('o'),
            'ł' => plain.push('l'),
            'đ' | 'ð' => plain.push('d'),
            'ı' => plain.push('i'),
            other => plain.push(other),
        }
    }
    // A small letter may be made of several, such as i with a dot.
    plain.chars().filter(|letter| !is_combining_mark(*letter)).collect()
}

fn split(text: &str) -> impl Iterator<Item = String> {
    folded(text).split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(cut).collect::<Vec<_>>().into_iter()
}

fn cut(word: &str) -> String {
    word[..word.floor_char_boundary(LONGEST)].to_owned()
}

/// The words of a text, each once. A number is also found without the zeros that it begins with.
pub fn words(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for word in split(text) {
        let short = word.trim_start_matches('0');
        if !short.is_empty() && short.len() < word.len() && word.chars().all(|letter| letter.is_ascii_digit()) {
            found.insert(short.to_owned());
        }
        found.insert(word);
    }
    found
}

/// What somebody searches for: every one of these begins a word of what they want. One that another begins with says nothing
/// more and is left out.
pub fn terms(text: &str) -> Vec<String> {
    let all: BTreeSet<String> = split(text).take(MOST_TERMS).collect();
    all.iter().filter(|term| !all.iter().any(|other| other != *term && other.starts_with(term.as_str()))).cloned().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn accents_capitals_and_zeros_do_not_matter() {
        assert_eq!(folded("Größe ÅNGSTRÖM Łódź œuvre İstanbul"), "grosse angstrom lodz oeuvre istanbul");
        assert_eq!(
            words("C-00012: Pump-shaft Ø88"),
            ["00012", "12", "88", "c", "o88", "pump", "shaft"].map(str::to_owned).into_iter().filter(|word| word != "88").collect()
        );
        assert_eq!(terms("  Flansch, flan  12 "), ["12", "flansch"]);
        assert!(terms("– !").is_empty());
    }

    proptest! {
        #[test]
        fn what_begins_a_word_of_a_text_is_found_in_it(text in "\\PC{0,60}", length in 1usize..8) {
            let all = words(&text);
            for word in &all {
                prop_assert!(!word.is_empty() && word.len() <= LONGEST);
                prop_assert_eq!(&folded(word), word, "folding it again changes nothing");
                let begin: String = word.chars().take(length).collect();
                for term in terms(&begin) {
                    prop_assert!(all.iter().any(|word| word.starts_with(&term)), "{term} in {all:?}");
                }
            }
        }
    }
}
