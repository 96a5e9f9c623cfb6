//! Mentions: `@` and a name in a text, of people who may read it.

use super::words::folded;

/// Which of some people a text mentions, by their places: by their whole name, or by their first name where only one of them
/// has it. Capitals and accents do not matter.
pub fn mentioned(text: &str, names: &[&str]) -> Vec<usize> {
    let text = folded(text);
    let names: Vec<String> = names.iter().map(|name| folded(name)).collect();
    let first = |name: &str| name.split_whitespace().next().unwrap_or_default().to_owned();
    let is_only = |short: &str| names.iter().filter(|name| first(name) == short).count() == 1;
    let is_meant = |name: &String| {
        let short = first(name);
        stands_in(&text, name) || (is_only(&short) && stands_in(&text, &short))
    };
    (0..names.len()).filter(|place| is_meant(&names[*place])).collect()
}

/// Whether `@name` stands in a text, as words of its own.
fn stands_in(text: &str, name: &str) -> bool {
    if name.is_empty() {
        return false;
    }
    let sign = format!("@{name}");
    text.match_indices(&sign).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_meant_by_their_name_or_by_a_first_name_that_is_theirs_alone() {
        let names = ["Ines Keller", "Dan Okoye", "Dan Brück", "Zoë Lund"];
        for (text, meant) in [
            ("@Ines, can you look?", vec![0]),
            ("(@ines keller)", vec![0]),
            ("@Dan knows", vec![]),
            ("@Dan Bruck and @dan okoye know", vec![1, 2]),
            ("@ZOE!", vec![3]),
            ("write to ines@keller.example or me@ines", vec![]),
            ("@Inesita", vec![]),
            ("Ines", vec![]),
            ("@", vec![]),
        ] {
            assert_eq!(mentioned(text, &names), meant, "{text}");
        }
        assert!(mentioned("@ x", &[""]).is_empty());
    }
}
