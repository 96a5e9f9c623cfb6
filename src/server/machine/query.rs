//! What stands in an address: ids, filters, and the place where a page of a list begins.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, Path, Query as AxumQuery},
    http::{StatusCode, request::Parts},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{domain::time::Timestamp, server::problem::Problem, service::paging::cut, store::files::sha256};

/// Items of a page where the request names no number.
const LIMIT: i64 = 50;
/// Most items of a page.
const MOST: i64 = 100;

/// The id in an address. What is no id names nothing, so the answer is 404.
pub struct Id<T>(pub T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
        text.parse().map(Self).map_err(|_| Problem::not_found())
    }
}

/// The parameters of an address; 400 names the one that is unknown or cannot be used.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(bad("A parameter holds a NUL character (%00), which belongs in no text. Leave it out."));
        }
        let read = AxumQuery::<T>::from_request_parts(parts, state).await;
        read.map(|AxumQuery(value)| Self(value)).map_err(|error| bad(error.body_text()))
    }
}

/// A request that cannot be understood (400).
fn bad(words: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, words)
}

/// Which page of a list is wanted, and optionally one number.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Exactly this number.
    pub number: Option<String>,
    /// Where the page begins: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many items, from 1 to 100; 50 where absent.
    pub limit: Option<i64>,
}

/// How many items a page holds.
pub fn limit(wanted: Option<i64>) -> Result<i64, Problem> {
    match wanted.unwrap_or(LIMIT) {
        limit @ 1..=MOST => Ok(limit),
        _ => Err(bad(format!("The parameter limit must be from 1 to {MOST}."))),
    }
}

/// The codes a parameter may have, one or several with commas between them.
pub fn codes<T: FromStr + Copy>(name: &str, text: Option<&str>, all: &[T], code: fn(T) -> &'static str) -> Result<Vec<T>, Problem> {
    let known = || all.iter().map(|value| code(*value)).collect::<Vec<_>>().join(", ");
    let parse = |part: &str| part.trim().parse().map_err(|_| bad(format!("The parameter {name} must be one of {}.", known())));
    text.map_or_else(|| Ok(Vec::new()), |text| text.split(',').map(parse).collect())
}

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub struct List<T> {
    /// The items, newest first.
    items: Vec<T>,
    /// Where the next page begins; null where this is the last one.
    next_cursor: Option<String>,
}

impl<T> List<T> {
    /// Makes a page of rows, of which there is one too many where there is a next page. `key` is what rows are ordered by.
    pub fn of<R>(list: &str, mut rows: Vec<R>, limit: i64, key: impl Fn(&R) -> (Timestamp, Uuid), item: impl Fn(R) -> T) -> Self {
        let next = cut(&mut rows, limit, key);
        Self { items: rows.into_iter().map(item).collect(), next_cursor: next.map(|(at, id)| write_cursor(list, at, id)) }
    }

    /// A list that is short enough to be one page.
    pub fn whole<R>(rows: Vec<R>, item: impl Fn(R) -> T) -> Self {
        Self { items: rows.into_iter().map(item).collect(), next_cursor: None }
    }
}

/// Bytes of a cursor that show that it was written here, for this list.
const SEAL: usize = 6;

fn seal(list: &str, place: &[u8]) -> Vec<u8> {
    let mut sealed = sha256(&[list.as_bytes(), place].concat());
    sealed.truncate(SEAL);
    sealed
}

/// The place behind a row as opaque text.
fn write_cursor(list: &str, at: Timestamp, id: Uuid) -> String {
    let place = [at.micros().to_be_bytes().as_slice(), id.as_bytes()].concat();
    URL_SAFE_NO_PAD.encode([seal(list, &place), place].concat())
}

/// Reads a cursor of this list. It gives no access: what it leads to is still cut to the actor's scope.
pub fn read_cursor<T: From<Uuid>>(list: &str, text: Option<&str>) -> Result<Option<(Timestamp, T)>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let place =
        place(list, text).ok_or_else(|| bad("The parameter cursor is not one that this list gave out. Leave it out to begin anew."))?;
    Ok(Some((place.0, place.1.into())))
}

fn place(list: &str, text: &str) -> Option<(Timestamp, Uuid)> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (sealed, place) = bytes.split_at_checked(SEAL)?;
    let (micros, id) = place.split_at_checked(8)?;
    let at = Timestamp::from_micros(i64::from_be_bytes(micros.try_into().ok()?));
    let id = Uuid::from_slice(id).ok()?;
    (sealed == seal(list, place)).then_some((at, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_place_in_its_own_list_only() {
        let (at, id) = (Timestamp::from_micros(1_700_000_000_123_456), Uuid::from_u128(7));
        let cursor = write_cursor("orders", at, id);
        assert_eq!(place("orders", &cursor), Some((at, id)));
        assert_eq!(place("shipments", &cursor), None);
        for bad in ["", "x", "AAAA", &cursor[1..], &format!("{cursor}A")] {
            assert_eq!(place("orders", bad), None, "{bad}");
        }
    }
}
