//! Passwords: argon2id with the parameters OWASP's Password Storage Cheat Sheet gives (19 MiB, two passes, one lane),
//! and the rules of NIST SP 800-63B (length counts, composition does not, very common ones are refused).
//! Nothing here keeps or logs a password.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{CustomizedPasswordHasher, PasswordVerifier},
};
use tokio::sync::Semaphore;

use crate::domain::ids::Ids;

/// Shortest password.
pub const MIN_LENGTH: usize = 8;
/// Longest password, so that hashing one cannot be made expensive.
pub const MAX_LENGTH: usize = 256;

/// Each hash takes 19 MiB and a core for some milliseconds; more than this many at once only make each other slower.
static WORKERS: Semaphore = Semaphore::const_new(2);

/// A hash that no password has, with today's parameters: verified where the person is unknown, so that the answer takes
/// as long as for a known one.
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Most that wait for one of the workers; a flood is turned away instead of making everybody wait.
const WAITING: usize = 30;

/// Room for those that are being hashed and those that wait.
static ROOM: Semaphore = Semaphore::const_new(2 + WAITING);

/// Why a password was not hashed: never the password itself.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The parameters or the worker.
    #[error("password hashing: {0}")]
    Failed(String),
    /// Too many wait already.
    #[error("too many passwords are waiting to be hashed")]
    Busy,
}

fn failed(error: impl ToString) -> PasswordError {
    PasswordError::Failed(error.to_string())
}

fn argon2() -> Result<(Argon2<'static>, Params), PasswordError> {
    let params = Params::new(19_456, 2, 1, None).map_err(failed)?;
    Ok((Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone()), params))
}

/// Runs `work` off the async threads, two at a time.
async fn on_worker<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
    let _room = ROOM.try_acquire().map_err(|_| PasswordError::Busy)?;
    let _permit = WORKERS.acquire().await.map_err(failed)?;
    tokio::task::spawn_blocking(work).await.map_err(failed)
}

/// The hash of a password as a PHC string.
pub async fn hash(ids: &Ids, password: &str) -> Result<String, PasswordError> {
    let salt: [u8; 16] = ids.secret();
    let password = password.to_owned();
    on_worker(move || {
        let (argon2, params) = argon2()?;
        argon2.hash_password_customized(password.as_bytes(), &salt, None, None, params).map(|hash| hash.to_string()).map_err(failed)
    })
    .await?
}

/// Whether a password belongs to a hash. `None` stands for a person who does not exist: it takes as long and is false.
pub async fn verify(password: &str, hash: Option<&str>) -> Result<bool, PasswordError> {
    let known = hash.is_some();
    let hash = hash.unwrap_or(DUMMY).to_owned();
    let password: String = password.chars().take(MAX_LENGTH + 1).collect();
    on_worker(move || {
        let (argon2, _) = argon2()?;
        Ok(argon2.verify_password(password.as_bytes(), hash.as_str()).is_ok() && known)
    })
    .await?
}

/// Why a new password cannot be used; `None` where it can.
pub fn objection(password: &str, email: &str) -> Option<String> {
    let length = password.chars().count();
    if length < MIN_LENGTH {
        return Some(format!("Use at least {MIN_LENGTH} characters. A few words in a row are good and easy to remember."));
    }
    if length > MAX_LENGTH {
        return Some(format!("Use at most {MAX_LENGTH} characters."));
    }
    let lower = password.to_lowercase();
    let name = email.split('@').next().unwrap_or_default().to_lowercase();
    if lower == email.to_lowercase() || (!name.is_empty() && lower == name) {
        return Some("This is your mail address. Choose something that nobody can guess from it.".to_owned());
    }
    let mut characters = lower.chars();
    let first = characters.next();
    if COMMON.split_ascii_whitespace().any(|common| common == lower) || characters.all(|character| Some(character) == first) {
        return Some("This password is among the first that attackers try. Choose another one.".to_owned());
    }
    None
}

/// Very common passwords of eight characters or more, in lower case.
const COMMON: &str = "\
    00000000 01234567 0123456789 10203040 11112222 11223344 12121212 123123123 12341234 12344321 12345678 123456789 1234567890
    123456abc 1234abcd 1234qwer 123qweasd 147258369 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 55555555 66666666 77777777 87654321 88888888
    987654321 99999999 a1234567 a123456789 aa123456 abc12345 abcd1234 abcdefgh adgjmptw admin123 administrator asdasdasd asdf1234
    asdfasdf asdfghjkl baseball basketball changeme computer dragon123 football football1 iloveyou iloveyou1 internet jennifer
    killer123 letmein1 liverpool lovelove manchester master123 michelle monkey123 p@ssw0rd p@ssword pass1234 passw0rd password
    password! password1 password1! password12 password123 pokemon123 princess princess1 q1w2e3r4 q1w2e3r4t5 qazwsxedc qwer1234
    qwerasdf qwerty12 qwerty123 qwerty1234 qwertyui qwertyuiop samantha secret123 spiderman starwars summer2025 summer2026 sunshine
    sunshine1 superman superman1 test1234 trustno1 welcome1 welcome123 whatever winter2025 winter2026 zaq12wsx zxcvbnm1 zxcvbnm123";

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_verifies_against_its_own_hash_only() {
        let hash = hash(&Ids::seeded(1), "three blue herons").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("three blue herons", Some(&hash)).await.unwrap());
        assert!(!verify("three blue heron", Some(&hash)).await.unwrap());
        assert!(!verify("three blue herons", None).await.unwrap());
    }

    #[test]
    fn the_dummy_has_todays_parameters() {
        let hash = argon2::PasswordHash::new(DUMMY).unwrap();
        assert_eq!(Params::try_from(&hash).unwrap().m_cost(), 19_456);
    }

    #[test]
    fn length_counts_and_common_passwords_do_not_pass() {
        let refused = |password: &str| objection(password, "ines.keller@ostermann.example").is_some();
        assert!(refused("seven77"));
        assert!(refused("Password123"));
        assert!(refused("zzzzzzzzzz"));
        assert!(refused("ines.keller"));
        assert!(refused(&"long ".repeat(52)));
        assert!(!refused("eight 8s"));
        assert!(!refused("пароль из слов"));
    }
}
