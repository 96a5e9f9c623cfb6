//! A person's own account: signing in, profile, password, sessions. A sign-in that fails says the same whether the
//! address is unknown or the password wrong, and takes as long.

use std::net::IpAddr;

use super::{Context, Error, Result};
use crate::{
    auth::{
        password,
        session::SessionError,
        throttle::{Throttle, locked_until},
    },
    domain::{
        access::{Actor, Role},
        ids::{OrganisationId, UserId},
        time::Timestamp,
    },
    store::{
        Conn,
        organisations::{self, Organisation},
        sessions, users,
    },
    text::{Zone, duration},
};

impl From<SessionError> for Error {
    fn from(error: SessionError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<password::PasswordError> for Error {
    fn from(error: password::PasswordError) -> Self {
        match error {
            password::PasswordError::Busy => Self::TooMany("Too many people are signing in at once. Try again in a moment.".to_owned()),
            password::PasswordError::Failed(_) => Self::Internal(error.to_string()),
        }
    }
}

/// An attempt to sign in.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// The mail address as typed.
    pub email: &'a str,
    /// The password as typed.
    pub password: &'a str,
    /// Where it comes from.
    pub address: IpAddr,
}

/// Addresses are kept in lower case without blanks around them.
pub fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Checks an attempt to sign in and counts it. Attempts made at once do not outrun the limits: the address is charged
/// before the password is looked at, and whether the account is locked is asked again after it.
pub async fn sign_in(context: &Context, throttle: &Throttle, attempt: Attempt<'_>) -> Result<UserId> {
    let now = context.now();
    if let Some(until) = throttle.admit(attempt.address, now) {
        return Err(Error::TooMany(wait(until, now)));
    }
    let email = normal_email(attempt.email);
    let user = users::find_by_email(&mut context.db.read().await?, &email).await?;
    let verified = password::verify(attempt.password, user.as_ref().map(|user| user.password_hash.as_str())).await;
    if matches!(verified, Err(password::PasswordError::Busy)) {
        throttle.forgive(attempt.address);
    }
    let right = verified?;
    let Some(user) = user else {
        let until = throttle.stranger_failed(&email, now);
        return Err(until.map_or_else(refused, |until| Error::TooMany(wait(until, now))));
    };
    let refusal = || if right && user.disabled_at.is_none() { None } else { Some(refused()) };
    settle(context, user.id, refusal, now).await?;
    throttle.forgive(attempt.address);
    Ok(user.id)
}

/// Settles an attempt whose password was looked at. While an account is locked a right password is no better than a wrong
/// one, or guessing could go on; `refusal` says whether it was wrong, and how that is called.
async fn settle(context: &Context, user: UserId, refusal: impl Fn() -> Option<Error>, now: Timestamp) -> Result<()> {
    let mut tx = context.db.begin().await?;
    let Some(refusal) = refusal() else {
        if !users::forget_failures(&mut tx, user, now).await? {
            let locked = users::find(&mut tx, user).await?.and_then(|user| user.locked_until);
            return Err(locked.map_or_else(refused, |until| Error::TooMany(wait(until, now))));
        }
        return Ok(tx.commit().await?);
    };
    let Some(failures) = users::count_failure(&mut tx, user, now).await? else {
        let locked = users::find(&mut tx, user).await?.and_then(|user| user.locked_until);
        return Err(locked.map_or(refusal, |until| Error::TooMany(wait(until, now))));
    };
    let until = locked_until(failures, now);
    if let Some(until) = until {
        users::lock(&mut tx, user, until).await?;
    }
    tx.commit().await?;
    Err(until.map_or(refusal, |until| Error::TooMany(wait(until, now))))
}

fn refused() -> Error {
    Error::field("password", "This mail address and password do not go together. Check both and try again.")
}

fn wait(until: Timestamp, now: Timestamp) -> String {
    let seconds = (until.micros() - now.micros()).div_euclid(1_000_000) + 1;
    format!("Too many attempts to sign in failed. Wait {}, then try again.", duration(seconds))
}

/// The person behind an actor; machines have no account.
fn person(actor: &Actor) -> Result<UserId> {
    actor.user().ok_or_else(|| Error::Forbidden("Only people have an account. Sign in to change it.".to_owned()))
}

/// A person who is to sign in.
#[derive(Clone, Copy)]
pub struct NewUser<'a> {
    /// Mail address.
    pub email: &'a str,
    /// Name.
    pub name: &'a str,
    /// Code of the organisation they act for.
    pub organisation: &'a str,
    /// Their role there.
    pub role: Role,
    /// Password.
    pub password: &'a str,
}

/// Lets a person sign in. For the operator's command line; there is no actor.
pub async fn add_user(context: &Context, new: NewUser<'_>) -> Result<UserId> {
    let email = normal_email(new.email);
    if email.split_once('@').is_none_or(|(name, host)| name.is_empty() || host.is_empty()) {
        return Err(Error::field("email", "Enter a mail address, such as ines.keller@example.com."));
    }
    if let Some(objection) = password::objection(new.password, &email) {
        return Err(Error::field("password", objection));
    }
    let password_hash = password::hash(&context.ids, new.password).await?;
    let now = context.now();
    let mut tx = context.db.begin().await?;
    let organisation = organisations::find_by_code(&mut tx, new.organisation).await?;
    let organisation = organisation.ok_or_else(|| Error::field("organisation", "No organisation has this code."))?;
    if users::find_by_email(&mut tx, &email).await?.is_some() {
        return Err(Error::field("email", "Somebody signs in with this address already."));
    }
    let user = users::User {
        id: context.id(),
        email,
        name: new.name.trim().to_owned(),
        password_hash,
        zone: organisation.zone,
        theme: "system".to_owned(),
        failures: 0,
        locked_until: None,
        disabled_at: None,
        created_at: now,
    };
    users::insert(&mut tx, &user).await?;
    users::insert_membership(&mut tx, context.id(), user.id, organisation.id, new.role, now).await?;
    tx.commit().await?;
    Ok(user.id)
}

/// The person with an address as an operator types it.
async fn by_email(conn: &mut Conn, email: &str) -> Result<users::User> {
    let unknown = || Error::field("email", "Nobody signs in with this address.");
    users::find_by_email(conn, &normal_email(email)).await?.ok_or_else(unknown)
}

/// Gives a person a new password in place of a lost one: their sessions end, a locked account opens. For the operator's
/// command line; there is no actor.
pub async fn replace_password(context: &Context, email: &str, password: &str) -> Result<()> {
    let user = by_email(&mut context.db.read().await?, email).await?;
    if let Some(objection) = password::objection(password, &user.email) {
        return Err(Error::field("password", objection));
    }
    let hash = password::hash(&context.ids, password).await?;
    let mut tx = context.db.begin().await?;
    users::set_password(&mut tx, user.id, &hash).await?;
    sessions::delete_all(&mut tx, user.id).await?;
    Ok(tx.commit().await?)
}

/// Opens an account that is locked after failed sign-ins. For the operator's command line; there is no actor.
pub async fn unlock(context: &Context, email: &str) -> Result<()> {
    let mut tx = context.db.begin().await?;
    let user = by_email(&mut tx, email).await?;
    users::unlock(&mut tx, user.id).await?;
    Ok(tx.commit().await?)
}

/// Keeps a person out from now on, or lets them in again. For the operator's command line; there is no actor.
pub async fn set_disabled(context: &Context, email: &str, disabled: bool) -> Result<()> {
    let mut tx = context.db.begin().await?;
    let user = by_email(&mut tx, email).await?;
    users::set_disabled(&mut tx, user.id, disabled.then(|| context.now())).await?;
    if disabled {
        sessions::delete_all(&mut tx, user.id).await?;
    }
    Ok(tx.commit().await?)
}

/// Changes a person's name and time zone.
pub async fn change_profile(context: &Context, actor: &Actor, name: &str, zone: &str) -> Result<()> {
    let user = person(actor)?;
    let name = name.trim();
    let mut wrong = Vec::new();
    if name.is_empty() || name.chars().count() > 100 {
        wrong.push(super::FieldError { field: "name".to_owned(), message: "Enter your name, with at most 100 characters.".to_owned() });
    }
    if Zone::named(zone).is_none() {
        wrong.push(super::FieldError { field: "zone".to_owned(), message: "Choose a time zone from the list.".to_owned() });
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let mut tx = context.db.begin().await?;
    users::set_profile(&mut tx, user, name, zone).await?;
    Ok(tx.commit().await?)
}

/// Changes a person's theme.
pub async fn change_theme(context: &Context, actor: &Actor, theme: &str) -> Result<()> {
    let user = person(actor)?;
    if !["system", "light", "dark"].contains(&theme) {
        return Err(Error::field("theme", "Choose system, light or dark."));
    }
    let mut tx = context.db.begin().await?;
    users::set_theme(&mut tx, user, theme).await?;
    Ok(tx.commit().await?)
}

/// Changes a person's password. Every session but `keep` ends: whoever knew the old password is out.
pub async fn change_password(context: &Context, reader: &users::Reader, current: &str, new: &str, keep: &str) -> Result<()> {
    let user = person(&reader.actor)?;
    let found = users::find(&mut context.db.read().await?, user).await?.ok_or(Error::NotFound)?;
    let now = context.now();
    if let Some(until) = found.locked_until.filter(|until| *until > now) {
        return Err(Error::TooMany(wait(until, now)));
    }
    let right = password::verify(current, Some(&found.password_hash)).await?;
    let wrong = || Error::field("current_password", "This is not your current password. Check it and try again.");
    settle(context, user, || if right { None } else { Some(wrong()) }, now).await?;
    if let Some(objection) = password::objection(new, &reader.email) {
        return Err(Error::field("new_password", objection));
    }
    let hash = password::hash(&context.ids, new).await?;
    let mut tx = context.db.begin().await?;
    users::set_password(&mut tx, user, &hash).await?;
    sessions::delete_others(&mut tx, user, keep).await?;
    Ok(tx.commit().await?)
}

/// The sessions of a person, last used first.
pub async fn sessions_of(context: &Context, actor: &Actor) -> Result<Vec<sessions::Session>> {
    let user = person(actor)?;
    Ok(sessions::of_user(&mut context.db.read().await?, user, context.now()).await?)
}

/// Ends one session of a person.
pub async fn end_session(context: &Context, actor: &Actor, id: &str) -> Result<()> {
    let user = person(actor)?;
    let mut tx = context.db.begin().await?;
    if !sessions::delete_of_user(&mut tx, user, id).await? {
        return Err(Error::NotFound);
    }
    Ok(tx.commit().await?)
}

/// Ends all sessions of a person but `keep`.
pub async fn end_other_sessions(context: &Context, actor: &Actor, keep: &str) -> Result<()> {
    let user = person(actor)?;
    let mut tx = context.db.begin().await?;
    sessions::delete_others(&mut tx, user, keep).await?;
    Ok(tx.commit().await?)
}

/// The organisation a person wants to act for, where they belong to it.
pub async fn may_act_for(context: &Context, actor: &Actor, organisation: &str) -> Result<Organisation> {
    let user = person(actor)?;
    let wanted: OrganisationId = organisation.parse().map_err(|_| Error::NotFound)?;
    let own = organisations::of_user(&mut context.db.read().await?, user).await?;
    own.into_iter().find(|own| own.id == wanted).ok_or(Error::NotFound)
}
