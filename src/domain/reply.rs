//! Answers by mail: the address that an answer goes to, which says what it answers and cannot be made up, and what of
//! the answer is new.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use super::ids::{CaseId, MailId, UserId};

codes! {
    /// What became of a mail that came in.
    pub enum State {
        /// It is in its case.
        Written = "written",
        /// A person has to look at it.
        Review = "review",
        /// A person looked at it, and nothing is to be done.
        SetAside = "set_aside",
    }

    /// Why a person has to look at a mail.
    pub enum Reason {
        /// It cannot be read.
        Unreadable = "unreadable",
        /// It is too large.
        TooLarge = "too_large",
        /// A program wrote it: out of office, could not be delivered, a list.
        Automatic = "automatic",
        /// It came from an address of ours, or too many came in a short time.
        Loop = "loop",
        /// It does not say what it answers.
        NoAddress = "no_address",
        /// The address it went to is not one that we gave out.
        BadAddress = "bad_address",
        /// What it answers was sent too long ago.
        Expired = "expired",
        /// The address was given to somebody else.
        OtherSender = "other_sender",
        /// The person does not belong to the organisation any more.
        NoMember = "no_member",
        /// It says nothing.
        Empty = "empty",
        /// The case does not take it.
        Refused = "refused",
    }
}

/// What addresses for answers begin with.
const PREFIX: &str = "reply+";
/// Bytes of the signature: with the id of the mail it makes a name of 62 characters, and 64 are allowed.
const SIGNATURE: usize = 12;
/// Characters of an address after the prefix and before the `@`.
const TOKEN: usize = 32 + 2 * SIGNATURE;
/// Shortest key, in bytes.
const SHORTEST_KEY: usize = 16;

/// How long a mail can be answered, in seconds: ninety days.
pub const GOOD_FOR: i64 = 90 * 24 * 3_600;

/// Makes and reads addresses for answers.
#[derive(Clone)]
pub struct Replies {
    domain: String,
    key: Vec<u8>,
}

/// Without the key, which belongs in no log.
impl std::fmt::Debug for Replies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replies").field("domain", &self.domain).finish_non_exhaustive()
    }
}

/// What an address for answers says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// The mail that is answered.
    pub mail: MailId,
    signature: [u8; SIGNATURE],
}

impl Replies {
    /// Addresses at a domain, signed with a key; says what cannot be used.
    pub fn new(domain: &str, key: &[u8]) -> Result<Self, &'static str> {
        let domain = domain.trim().to_ascii_lowercase();
        let is_domain = domain.contains('.') && domain.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c));
        if !is_domain {
            return Err("it is no domain. Write it as reply.example.com");
        }
        if key.len() < SHORTEST_KEY {
            return Err("its key is too short. Use at least 16 characters that nobody can guess");
        }
        Ok(Self { domain, key: key.to_vec() })
    }

    fn mac(&self, mail: MailId, case: CaseId, person: UserId) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.key).expect("any key");
        for id in [mail.0, case.0, person.0] {
            mac.update(id.as_bytes());
        }
        mac
    }

    /// The address for answers of a person to a mail about a case.
    pub fn address(&self, mail: MailId, case: CaseId, person: UserId) -> String {
        let signature = self.mac(mail, case, person).finalize().into_bytes();
        let mut wide = [0; 16];
        wide[16 - SIGNATURE..].copy_from_slice(&signature[..SIGNATURE]);
        let signature = u128::from_be_bytes(wide);
        format!("{PREFIX}{}{signature:0width$x}@{}", mail.0.simple(), self.domain, width = 2 * SIGNATURE)
    }

    /// The first address for answers in a text, such as a list of receivers.
    pub fn find(&self, text: &str) -> Option<Token> {
        let text = text.to_ascii_lowercase();
        let here = format!("@{}", self.domain);
        text.match_indices(PREFIX).find_map(|(at, _)| {
            let rest = &text[at + PREFIX.len()..];
            let token = rest.get(..TOKEN)?;
            let ends = rest[TOKEN..].strip_prefix(&here)?;
            let is_longer = ends.starts_with(|c: char| c.is_ascii_alphanumeric() || ".-".contains(c));
            if is_longer { None } else { read(token) }
        })
    }

    /// Whether an address is one of ours, genuine or not.
    pub fn is_ours(&self, address: &str) -> bool {
        address.to_ascii_lowercase().ends_with(&format!("@{}", self.domain))
    }

    /// Whether this address was given out for this case and this person.
    pub fn is_genuine(&self, token: &Token, case: CaseId, person: UserId) -> bool {
        // Compares in constant time.
        self.mac(token.mail, case, person).verify_truncated_left(&token.signature).is_ok()
    }
}

fn read(token: &str) -> Option<Token> {
    let (id, signed) = token.split_at_checked(32)?;
    let signature = u128::from_str_radix(signed, 16).ok()?.to_be_bytes()[16 - SIGNATURE..].try_into().ok()?;
    Some(Token { mail: MailId(Uuid::try_parse(id).ok()?), signature })
}

/// Stands above what a mail says, so that an answer can be told from it in every program.
pub const MARK: &str = "=== Please answer above this line ===";
/// The words of it, which a program may have indented or wrapped in other signs.
const MARK_WORDS: &str = "Please answer above this line";

/// Takes an answer apart: what is new, and what it quotes. Nothing is lost between the two but blank space.
pub fn split(text: &str) -> (&str, &str) {
    let mut offset = 0;
    let lines: Vec<(usize, &str)> = text
        .split_inclusive('\n')
        .map(|line| {
            let at = offset;
            offset += line.len();
            (at, line.trim())
        })
        .collect();
    let original = (0..lines.len()).find(|at| begins_original(&lines[*at..]));
    let quoted = original.into_iter().chain(trailing_quote(&lines)).min();
    let at = quoted.map_or(text.len(), |line| lines[before_attribution(&lines, line)].0);
    (text[..at].trim(), text[at..].trim())
}

/// Whether the mail that is answered begins here, without signs before its lines.
fn begins_original(lines: &[(usize, &str)]) -> bool {
    const HEADS: [&str; 4] =
        ["-----Original Message", "-----Ursprüngliche Nachricht", "-----Message d'origine", "-----Oorspronkelijk bericht"];
    const SENDERS: [&str; 4] = ["From:", "Von:", "De :", "Van:"];
    let Some(((_, first), rest)) = lines.split_first() else { return false };
    let is_rule = first.len() >= 20 && first.chars().all(|c| c == '_');
    let next = || rest.iter().map(|(_, line)| *line).find(|line| !line.is_empty()).unwrap_or_default();
    first.contains(MARK_WORDS)
        || HEADS.iter().any(|head| first.starts_with(head))
        || (is_rule && SENDERS.iter().any(|sender| next().starts_with(sender)))
}

/// The line at which a quote begins that goes on to the end; an answer between quoted lines is kept whole.
fn trailing_quote(lines: &[(usize, &str)]) -> Option<usize> {
    let mut first = None;
    for (at, (_, line)) in lines.iter().enumerate().rev() {
        if line.starts_with('>') {
            first = Some(at);
        } else if !line.is_empty() {
            break;
        }
    }
    first
}

/// The line at which "On Monday somebody wrote:" begins above a quote; it may take two lines.
fn before_attribution(lines: &[(usize, &str)], quote: usize) -> usize {
    const WORDS: [&str; 6] = ["On ", "Am ", "Le ", "Op ", "El ", "Il "];
    let begins = |line: &str| WORDS.iter().any(|word| line.starts_with(word));
    let Some(last) = (0..quote).rev().find(|at| !lines[*at].1.is_empty()) else { return quote };
    if !lines[last].1.ends_with(':') {
        return quote;
    }
    match last.checked_sub(1) {
        _ if begins(lines[last].1) => last,
        Some(above) if begins(lines[above].1) => above,
        _ => quote,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ids(seed: u128) -> (MailId, CaseId, UserId) {
        (MailId(Uuid::from_u128(seed)), CaseId(Uuid::from_u128(seed + 1)), UserId(Uuid::from_u128(seed + 2)))
    }

    fn replies() -> Replies {
        Replies::new("Reply.Example.com", b"a key that nobody guesses").unwrap()
    }

    #[test]
    fn an_address_is_good_for_its_case_and_person_alone() {
        let (mail, case, person) = ids(7);
        let address = replies().address(mail, case, person);
        assert!(address.split('@').next().unwrap().len() <= 64, "{address}");
        let token = replies().find(&format!("Castellan <{}>, other@example.com", address.to_uppercase())).unwrap();
        assert_eq!(token.mail, mail);
        assert!(replies().is_genuine(&token, case, person));
        assert!(!replies().is_genuine(&token, ids(8).1, person) && !replies().is_genuine(&token, case, ids(8).2));
        let other = Replies::new("reply.example.com", b"another key, as long as it").unwrap();
        assert!(!other.is_genuine(&token, case, person));
        for text in [address.replace("example.com", "example.com.evil.org"), address.replace("reply+", "reply"), address[..40].to_owned()] {
            assert_eq!(replies().find(&text), None, "{text}");
        }
        assert!(replies().is_ours(&address) && !replies().is_ours("tom@example.com"));
    }

    #[test]
    fn a_domain_and_a_key_are_needed() {
        assert!(Replies::new("nowhere", b"a key that nobody guesses").is_err());
        assert!(Replies::new("reply.example.com", b"short").is_err());
        assert!(!format!("{:?}", replies()).contains("97"), "no key in a log");
    }

    #[test]
    fn what_is_new_is_told_from_what_is_quoted() {
        for (text, new) in [
            (
                "Thursday.\n\nOn Mon, 23 Nov 2026, Castellan\n<portal@castellan.example> wrote:\n> === Please answer\n> By when?\n",
                "Thursday.",
            ),
            ("Thursday.\r\n\r\nAm 23.11.2026 schrieb Castellan:\r\n\r\n> Bis wann?\r\n>\r\n> Gruß\r\n", "Thursday."),
            ("Thursday.\nTom\n\n=== Please answer above this line ===\nInes: By when?\n", "Thursday.\nTom"),
            ("Thursday.\n________________________________\nFrom: Castellan <p@c.example>\nSubject: C-00001\nBy when?", "Thursday."),
            ("Thursday.\n-----Original Message-----\nBy when?", "Thursday."),
            // Answered between the lines: all of it is the answer.
            ("> By when?\nThursday.\n> And how?\nBy truck.\n", "> By when?\nThursday.\n> And how?\nBy truck."),
            ("Prices:\n\nOn Monday they rise.\n", "Prices:\n\nOn Monday they rise."),
            ("> all quoted\n", ""),
            ("", ""),
        ] {
            assert_eq!(split(text).0, new, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_between_what_is_new_and_what_is_quoted(
            lines in proptest::collection::vec("(> )?[ a-zé:_=-]{0,24}|On .{0,9} wrote:|_{20}|=== Please answer above this line ===", 0..12),
        ) {
            let text = lines.join("\n");
            let (new, quoted) = split(&text);
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(new) + &letters(quoted), letters(&text));
        }

        #[test]
        fn no_text_is_taken_for_an_address_that_is_none(text in ".{0,200}") {
            prop_assert!(replies().find(&text).is_none());
        }
    }
}
