//! `CloudEvents` 1.0 over HTTP (`cloudevents/bindings/http-protocol-binding.md` of the specification): structured, binary
//! and batch mode in, structured out.

use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::json::Unambiguous;
use crate::domain::time::Timestamp;

/// Media type of one event in structured mode.
pub const STRUCTURED: &str = "application/cloudevents+json";
/// Media type of several.
pub const BATCH: &str = "application/cloudevents-batch+json";

/// The version of the specification.
const VERSION: &str = "1.0";

/// An event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// `1.0`.
    pub specversion: String,
    /// Together with the source, what the event is known by.
    pub id: String,
    /// Where it happened.
    pub source: String,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it happened to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// When, as RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// What the data is; JSON where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub datacontenttype: Option<String>,
    /// Place among the events of one case, order, shipment or invoice, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<String>,
    /// The details.
    #[serde(default)]
    pub data: Value,
}

/// Why a message is no event. The words name what to correct.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventFault {
    /// A content type that is none of the three modes.
    #[error("Send Content-Type {STRUCTURED} for one event, {BATCH} for several, or application/json with the attributes in ce- headers.")]
    MediaType,
    /// The body or an attribute cannot be used.
    #[error("{message}")]
    Invalid {
        /// Attribute or field, as a JSON pointer where it is in the body.
        field: String,
        /// What is wrong with it.
        message: String,
    },
}

fn invalid(field: impl Into<String>, message: impl Into<String>) -> EventFault {
    EventFault::Invalid { field: field.into(), message: message.into() }
}

/// What a message says it is, whether or not that is true; empty where it does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Claims {
    /// Where it happened.
    pub source: String,
    /// Its id there.
    pub id: String,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: String,
}

impl Claims {
    /// Of a message that need be no event at all: nothing of what it says is checked.
    pub fn of_message(headers: &HeaderMap, body: &[u8]) -> Self {
        let header = |name: &str| headers.get(name).and_then(|value| decoded(value.as_bytes())).unwrap_or_default();
        if headers.contains_key("ce-specversion") {
            return Self { source: header("ce-source"), id: header("ce-id"), kind: header("ce-type") };
        }
        // A list is no map to serde, which would take its items for the fields in order.
        let is_object = body.trim_ascii_start().first() == Some(&b'{');
        is_object.then(|| serde_json::from_slice(body).ok()).flatten().unwrap_or_default()
    }
}

impl From<&Event> for Claims {
    fn from(event: &Event) -> Self {
        Self { source: event.source.clone(), id: event.id.clone(), kind: event.kind.clone() }
    }
}

/// Reads the events of a request, in order.
pub fn read(headers: &HeaderMap, body: &[u8]) -> Result<Vec<Event>, EventFault> {
    let content_type = headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match media_type.as_str() {
        STRUCTURED => Ok(vec![structured(json(body)?, "")?]),
        BATCH => match json(body)? {
            Value::Array(events) => events.into_iter().enumerate().map(|(place, event)| structured(event, &format!("/{place}"))).collect(),
            _ => Err(invalid("", "A batch is a JSON array of events.")),
        },
        "application/json" if headers.contains_key("ce-specversion") => Ok(vec![binary(headers, body)?]),
        _ => Err(EventFault::MediaType),
    }
}

fn json(body: &[u8]) -> Result<Value, EventFault> {
    let text = std::str::from_utf8(body).map_err(|error| invalid("", format!("The body is not UTF-8 at byte {}.", error.valid_up_to())))?;
    match serde_json::from_str::<Unambiguous>(text) {
        Ok(Unambiguous(value)) => Ok(value),
        Err(error) if error.is_data() => Err(invalid("", format!("{error}."))),
        Err(error) => Err(invalid("", format!("The body is not JSON: {error}."))),
    }
}

fn structured(value: Value, place: &str) -> Result<Event, EventFault> {
    let Value::Object(fields) = &value else { return Err(invalid(place, "An event is a JSON object.")) };
    if fields.contains_key("data_base64") {
        return Err(invalid(format!("{place}/data_base64"), "Data is JSON here; send it as data."));
    }
    for name in ["specversion", "id", "source", "type"] {
        match fields.get(name) {
            Some(Value::String(text)) if !text.is_empty() => {}
            Some(_) => return Err(invalid(format!("{place}/{name}"), format!("{name} must be a text that is not empty."))),
            None => return Err(invalid(format!("{place}/{name}"), format!("{name} is missing."))),
        }
    }
    let event = serde_json::from_value(value.clone()).map_err(|error| invalid(place, format!("The event cannot be read: {error}.")))?;
    checked(event, place)
}

/// What holds in every mode.
fn checked(event: Event, place: &str) -> Result<Event, EventFault> {
    let json = |kind: &String| kind.split(';').next().is_some_and(|kind| kind.trim().ends_with("json"));
    if event.specversion != VERSION {
        return Err(invalid(format!("{place}/specversion"), format!("specversion must be {VERSION}.")));
    }
    if !event.datacontenttype.as_ref().is_none_or(json) {
        return Err(invalid(format!("{place}/datacontenttype"), "The data must be JSON."));
    }
    for (name, text) in [("subject", &event.subject), ("time", &event.time), ("sequence", &event.sequence)] {
        if text.as_ref().is_some_and(|text| text.chars().any(char::is_control)) {
            return Err(invalid(format!("{place}/{name}"), format!("{name} must not have control characters.")));
        }
    }
    if event.time.as_ref().is_some_and(|time| time.parse::<Timestamp>().is_err()) {
        return Err(invalid(format!("{place}/time"), "time must be a time by RFC 3339, such as 2026-11-23T08:00:00Z."));
    }
    // What has no place among the events of its case would count as the newest word.
    if event.sequence.as_ref().is_some_and(|place| !place.parse().is_ok_and(|place: i64| place > 0)) {
        return Err(invalid(format!("{place}/sequence"), "sequence must be a whole number from 1 on, as a text."));
    }
    for (name, text) in [("id", &event.id), ("source", &event.source), ("type", &event.kind)] {
        if text.len() > 200 || text.chars().any(char::is_control) {
            return Err(invalid(format!("{place}/{name}"), format!("{name} must be at most 200 bytes without control characters.")));
        }
    }
    // No database keeps one in a text.
    if has_nul(&event.data) {
        return Err(invalid(format!("{place}/data"), "The data holds a NUL character. Leave it out."));
    }
    Ok(event)
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn binary(headers: &HeaderMap, body: &[u8]) -> Result<Event, EventFault> {
    if headers.contains_key("ce-datacontenttype") {
        return Err(invalid(
            "ce-datacontenttype",
            "In binary mode the type of the data is the Content-Type; leave ce-datacontenttype out.",
        ));
    }
    let attribute = |name: &str| match headers.get(format!("ce-{name}")) {
        None => Ok(None),
        Some(value) => decoded(value.as_bytes()).map(Some).ok_or_else(|| invalid(format!("ce-{name}"), "It is not percent-encoded UTF-8.")),
    };
    let needed =
        |name: &str| attribute(name)?.filter(|text| !text.is_empty()).ok_or_else(|| invalid(format!("ce-{name}"), "It is missing."));
    let event = Event {
        specversion: needed("specversion")?,
        id: needed("id")?,
        source: needed("source")?,
        kind: needed("type")?,
        subject: attribute("subject")?,
        time: attribute("time")?,
        datacontenttype: None,
        sequence: attribute("sequence")?,
        data: json(body)?,
    };
    checked(event, "")
}

/// A header value with its percent-encoding taken away once; none where what comes out is not UTF-8.
fn decoded(value: &[u8]) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.iter().copied();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
        let (high, low) = (digit()?, digit()?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    fn example() -> Value {
        json!({ "specversion": "1.0", "id": "1", "source": "/erp", "type": "xconnector.case.opened", "data": { "case": "K-1" } })
    }

    fn field(outcome: Result<Vec<Event>, EventFault>) -> String {
        match outcome {
            Err(EventFault::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn one_event_reads_the_same_in_every_mode() {
        let body = example().to_string();
        let structured = read(&headers(&[("content-type", "application/cloudevents+json; charset=utf-8")]), body.as_bytes()).unwrap();
        let batch = read(&headers(&[("content-type", BATCH)]), format!("[{body}]").as_bytes()).unwrap();
        let ce = [
            ("content-type", "application/json"),
            ("ce-specversion", "1.0"),
            ("ce-id", "1"),
            ("ce-source", "%2Ferp"),
            ("ce-type", "xconnector.case.opened"),
        ];
        let binary = read(&headers(&ce), br#"{"case":"K-1"}"#).unwrap();
        assert_eq!((&structured, &structured), (&batch, &binary));
        assert_eq!((structured[0].id.as_str(), structured[0].data["case"].as_str()), ("1", Some("K-1")));
    }

    #[test]
    fn every_fault_names_its_field() {
        let of = |body: &str| read(&headers(&[("content-type", STRUCTURED)]), body.as_bytes());
        let mut without = example();
        without.as_object_mut().unwrap().remove("source");
        assert_eq!(field(of(&without.to_string())), "/source");
        assert_eq!(field(of(&example().to_string().replace("\"1.0\"", "\"0.3\""))), "/specversion");
        for (name, wrong) in [("time", "yesterday"), ("sequence", "abc"), ("sequence", "0"), ("sequence", "99999999999999999999")] {
            let mut event = example();
            event[name] = wrong.into();
            assert_eq!(field(of(&event.to_string())), format!("/{name}"), "{wrong}");
        }
        assert_eq!(field(of("{")), "");
        let twice = r#"{"specversion":"1.0","id":"1","source":"/erp","type":"t","data":{"case":"K-1","case":"K-2"}}"#;
        let Err(EventFault::Invalid { message, .. }) = of(twice) else { panic!("which of the two?") };
        assert!(message.starts_with("case is given twice"), "{message}");
        let batch = read(&headers(&[("content-type", BATCH)]), format!("[{},{{\"id\":7}}]", example()).as_bytes());
        assert_eq!(field(batch), "/1/specversion");
        assert_eq!(read(&headers(&[("content-type", "text/plain")]), b"x"), Err(EventFault::MediaType));
        assert_eq!(read(&headers(&[]), b"{}"), Err(EventFault::MediaType));
    }

    #[test]
    fn header_values_are_decoded_once_and_must_be_utf_8() {
        assert_eq!(decoded(b"a%20b%2525").as_deref(), Some("a b%25"));
        assert_eq!(decoded("Euro%E2%82%AC".as_bytes()).as_deref(), Some("Euro€"));
        assert_eq!((decoded(b"%FF"), decoded(b"%2"), decoded(b"%zz")), (None, None, None));
        let ce = [("content-type", "application/json"), ("ce-specversion", "1.0"), ("ce-id", "%ff"), ("ce-source", "s"), ("ce-type", "t")];
        assert_eq!(field(read(&headers(&ce), b"{}")), "ce-id");
        let ce = [("content-type", "application/json"), ("ce-specversion", "1.0"), ("ce-datacontenttype", "application/json")];
        assert_eq!(field(read(&headers(&ce), b"{}")), "ce-datacontenttype");
    }
}
