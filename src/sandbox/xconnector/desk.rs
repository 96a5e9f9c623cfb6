//! The cases of the simulated company's case system, and the rules by which it owns them: it decides where a case stands,
//! how urgent it is and who has it; what is written is only ever added, from either side.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::sandbox::fingerprint;

/// Something written in a case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Comment {
    /// Its id where it was written.
    pub id: String,
    /// It was written in the portal.
    pub is_theirs: bool,
    /// Who.
    pub author: String,
    /// What.
    pub text: String,
    /// For this company's people alone.
    pub is_internal: bool,
}

/// A case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its id here.
    pub id: String,
    /// Its id in the portal, once that is known.
    pub peer: Option<String>,
    /// The code of the partner.
    pub partner: String,
    /// In a few words.
    pub title: String,
    /// Where it stands.
    pub status: String,
    /// How urgent it is.
    pub priority: String,
    /// Level of support.
    pub tier: i64,
    /// What was written.
    pub comments: Vec<Comment>,
    /// The names of the files that were attached in the portal, by their ids there.
    pub files: BTreeMap<String, String>,
    /// The hashes of those that were attached here, and whether they are for this company's people alone.
    pub own_files: Vec<(String, bool)>,
    /// Events of it so far.
    sequence: i64,
}

/// An event for the portal.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Its id.
    pub id: String,
    /// The case it is about.
    pub case: String,
    /// The event.
    pub body: String,
    /// How often it was sent in vain.
    pub failures: u32,
    /// In seconds since 1970: not before.
    pub due: i64,
}

/// What somebody reports.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The code of the partner.
    pub partner: &'a str,
    /// `order`, `shipment`, `invoice`, `payment`, `document`.
    pub kind: &'a str,
    /// `info`, `warning`, `critical`.
    pub severity: &'a str,
    /// In a few words.
    pub title: &'a str,
    /// In more.
    pub detail: &'a str,
    /// Kinds and numbers of what it is about.
    pub references: &'a [(&'a str, &'a str)],
}

/// Everything the case system knows.
#[derive(Default)]
pub struct Desk {
    cases: BTreeMap<String, Case>,
    outbox: Vec<Outgoing>,
    taken: BTreeSet<(String, String)>,
    heard: Vec<Value>,
    numbers: u64,
    /// Before every id, so that a new start repeats none.
    pub run: String,
}

impl Desk {
    fn number(&mut self, what: &str) -> String {
        self.numbers += 1;
        format!("{what}-{}{:04}", self.run, self.numbers)
    }

    /// All cases, by id.
    pub fn cases(&self) -> impl Iterator<Item = &Case> {
        self.cases.values()
    }

    /// A case.
    pub fn case(&self, id: &str) -> Option<&Case> {
        self.cases.get(id)
    }

    /// What it was told that changed nothing here: what the portal says of orders, shipments, invoices and documents.
    pub fn heard(&self) -> &[Value] {
        &self.heard
    }

    /// Events that the portal has not confirmed.
    pub fn outbox(&mut self) -> &mut Vec<Outgoing> {
        &mut self.outbox
    }

    /// Something went wrong somewhere: a new case.
    pub fn raise(&mut self, report: Report<'_>, now: i64) -> String {
        let id = self.number("INC");
        let priority = match report.severity {
            "info" => "low",
            "critical" => "urgent",
            _ => "normal",
        };
        let case = Case {
            id: id.clone(),
            peer: None,
            partner: report.partner.to_owned(),
            title: report.title.to_owned(),
            status: "open".to_owned(),
            priority: priority.to_owned(),
            tier: 1,
            comments: Vec::new(),
            files: BTreeMap::new(),
            own_files: Vec::new(),
            sequence: 0,
        };
        self.cases.insert(id.clone(), case);
        let references: Vec<_> = report.references.iter().map(|(kind, number)| json!({ "type": kind, "number": number })).collect();
        let data = json!({
            "partner": report.partner, "kind": report.kind, "severity": report.severity, "title": report.title, "detail": report.detail,
            "references": references,
        });
        self.say(&id, "exception.raised", data, now);
        id
    }

    /// Somebody here writes in a case.
    pub fn comment(&mut self, id: &str, author: &str, text: &str, is_internal: bool, now: i64) {
        let number = self.number("note");
        let Some(case) = self.cases.get_mut(id) else { return };
        let (author, text) = (author.to_owned(), text.to_owned());
        let comment = Comment { id: number.clone(), is_theirs: false, author: author.clone(), text: text.clone(), is_internal };
        case.comments.push(comment);
        let visibility = if is_internal { "internal" } else { "partner" };
        self.say(id, "case.commented", json!({ "comment": number, "author": author, "text": text, "visibility": visibility }), now);
    }

    /// Somebody here attaches a text.
    pub fn attach(&mut self, id: &str, name: &str, bytes: &[u8], is_internal: bool, now: i64) {
        let (number, sha256) = (self.number("file"), fingerprint(bytes));
        if let Some(case) = self.cases.get_mut(id) {
            case.own_files.push((sha256.clone(), is_internal));
            let visibility = if is_internal { "internal" } else { "partner" };
            let data = json!({
                "attachment": number, "name": name, "media_type": "text/plain", "sha256": sha256, "content": STANDARD.encode(bytes),
                "visibility": visibility,
            });
            self.say(id, "case.attachment.added", data, now);
        }
    }

    /// Somebody here decides where a case stands.
    pub fn set_status(&mut self, id: &str, status: &str, note: &str, now: i64) {
        if let Some(case) = self.cases.get_mut(id) {
            status.clone_into(&mut case.status);
            self.say(id, "case.status_changed", json!({ "status": status, "note": note }), now);
        }
    }

    /// Somebody here decides how urgent a case is and how it is called.
    pub fn update(&mut self, id: &str, priority: &str, title: &str, now: i64) {
        if let Some(case) = self.cases.get_mut(id) {
            priority.clone_into(&mut case.priority);
            title.clone_into(&mut case.title);
            self.say(id, "case.updated", json!({ "priority": priority, "title": title }), now);
        }
    }

    /// The next level of support takes a case over.
    pub fn escalate(&mut self, id: &str, note: &str, now: i64) {
        if let Some(case) = self.cases.get_mut(id) {
            case.tier = (case.tier + 1).min(9);
            let tier = case.tier;
            self.say(id, "case.escalated", json!({ "tier": tier, "note": note }), now);
        }
    }

    fn say(&mut self, id: &str, kind: &str, mut data: Value, now: i64) {
        let event = self.number("event");
        let Some(case) = self.cases.get_mut(id) else { return };
        case.sequence += 1;
        data["case"] = case.id.clone().into();
        if let Some(peer) = &case.peer {
            data["peer_case"] = peer.clone().into();
        }
        let body = json!({
            "specversion": "1.0", "id": event, "source": "/case-system", "type": format!("xconnector.{kind}"),
            "subject": case.id, "sequence": case.sequence.to_string(), "data": data,
        });
        self.outbox.push(Outgoing { id: event, case: id.to_owned(), body: body.to_string(), failures: 0, due: now });
    }

    /// Takes an event of the portal; an unusable one is refused in words. Says which case a partner has written in.
    pub fn take(&mut self, body: &str, now: i64) -> Result<Option<String>, String> {
        let event: Value = serde_json::from_str(body).map_err(|error| error.to_string())?;
        let text = |value: &Value, name: &str| value[name].as_str().map(str::to_owned).ok_or_else(|| format!("{name} is missing"));
        let key = (text(&event, "source")?, text(&event, "id")?);
        if self.taken.contains(&key) {
            return Ok(None);
        }
        let kind = text(&event, "type")?.strip_prefix("portico.").ok_or("the type is none of the portal's")?.to_owned();
        let data = &event["data"];
        let written = match kind.as_str() {
            "case.opened" => Some(self.open(&text(data, "case")?, data, now)?),
            "case.commented"
            | "case.attachment.added"
            | "case.status_changed"
            | "case.updated"
            | "case.escalated"
            | "case.resolved"
            | "case.reopened" => {
                let id = self.known(data).or_else(|| self.adopt(data, now)).ok_or("no such case was opened")?;
                self.change(&id, &kind, data, now)?
            }
            _ => None,
        };
        if !kind.starts_with("case.") {
            self.heard.push(event.clone());
        }
        self.taken.insert(key);
        Ok(written)
    }

    /// The case that an event names: by our id, or by theirs.
    fn known(&mut self, data: &Value) -> Option<String> {
        let theirs = data["case"].as_str()?.to_owned();
        let ours = data["peer_case"].as_str().map(str::to_owned).filter(|id| self.cases.contains_key(id));
        let id = ours.or_else(|| self.cases.values().find(|case| case.peer.as_deref() == Some(&theirs)).map(|case| case.id.clone()))?;
        if let Some(case) = self.cases.get_mut(&id) {
            case.peer.get_or_insert(theirs);
        }
        Some(id)
    }

    /// A case that was named here before a new start, as the portal still knows it. It goes on counting from the time, so that what
    /// it says is news.
    fn adopt(&mut self, data: &Value, now: i64) -> Option<String> {
        let (peer, id) = (data["case"].as_str()?.to_owned(), data["peer_case"].as_str()?.to_owned());
        let text = |name: &str, or: &str| data[name].as_str().unwrap_or(or).to_owned();
        let case = Case {
            id: id.clone(),
            peer: Some(peer),
            partner: text("partner", ""),
            title: text("title", ""),
            status: text("before", "in_progress"),
            priority: text("priority", "normal"),
            tier: 1,
            comments: Vec::new(),
            files: BTreeMap::new(),
            own_files: Vec::new(),
            sequence: now,
        };
        self.cases.insert(id.clone(), case);
        Some(id)
    }

    fn open(&mut self, peer: &str, data: &Value, now: i64) -> Result<String, String> {
        if let Some(id) = self.known(data) {
            return Ok(id);
        }
        let text = |name: &str| data[name].as_str().map(str::to_owned).ok_or_else(|| format!("{name} is missing"));
        let (partner, title, priority) = (text("partner")?, text("title")?, text("priority")?);
        let id = self.number("INC");
        let case = Case {
            id: id.clone(),
            peer: Some(peer.to_owned()),
            partner: partner.clone(),
            title: title.clone(),
            status: text("status")?,
            priority: priority.clone(),
            tier: 1,
            comments: Vec::new(),
            files: BTreeMap::new(),
            own_files: Vec::new(),
            sequence: 0,
        };
        self.cases.insert(id.clone(), case);
        // Tells the portal what the case is called here.
        self.say(&id, "case.opened", json!({ "partner": partner, "title": title, "priority": priority }), now);
        Ok(id)
    }

    fn change(&mut self, id: &str, kind: &str, data: &Value, now: i64) -> Result<Option<String>, String> {
        let text = |name: &str| data[name].as_str().map(str::to_owned).ok_or_else(|| format!("{name} is missing"));
        let Some(case) = self.cases.get_mut(id) else { return Ok(None) };
        match kind {
            "case.commented" => {
                let comment = Comment {
                    id: text("comment")?,
                    is_theirs: true,
                    author: text("author")?,
                    text: text("text")?,
                    is_internal: text("visibility")? != "partner",
                };
                if !case.comments.iter().any(|known| known.is_theirs && known.id == comment.id) {
                    case.comments.push(comment);
                }
                return Ok((text("side")? == "partner").then(|| id.to_owned()));
            }
            "case.status_changed" => {
                // Somebody there wants it to stand elsewhere. Who looked at another state than ours is told ours.
                if case.status == text("before")? {
                    case.status = text("status")?;
                }
                let status = case.status.clone();
                self.say(id, "case.status_changed", json!({ "status": status, "note": "" }), now);
            }
            "case.attachment.added" => {
                case.files.insert(text("attachment")?, text("name")?);
            }
            "case.escalated" => case.tier = case.tier.max(data["tier"].as_i64().unwrap_or_default()),
            _ => {}
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_new_start_it_goes_on_with_a_case_that_it_had_named() {
        let mut desk = Desk::default();
        let data = json!({ "case": "theirs", "peer_case": "INC-9", "comment": "m-1", "author": "Ines", "text": "Hello?", "visibility": "partner",
            "side": "partner" });
        let event = json!({ "source": "/portal", "id": "e-1", "type": "portico.case.commented", "data": data });
        assert_eq!(desk.take(&event.to_string(), 1_000), Ok(Some("INC-9".to_owned())));
        desk.set_status("INC-9", "resolved", "", 1_001);
        let said: Value = serde_json::from_str(&desk.outbox()[0].body).unwrap();
        assert_eq!((said["data"]["peer_case"].as_str(), said["sequence"].as_str()), (Some("theirs"), Some("1001")));
        let unheard_of = json!({ "source": "/portal", "id": "e-2", "type": "portico.case.commented", "data": { "case": "other" } });
        assert_eq!(desk.take(&unheard_of.to_string(), 1_002), Err("no such case was opened".to_owned()));
    }
}
