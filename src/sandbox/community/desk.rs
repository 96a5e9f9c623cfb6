//! The cases of Active Community and the list of what happened to them. What the portal says of a case counts by its
//! version; what was written is only ever added, each thing once by where it was written and what it is called there.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::sandbox::fingerprint;

/// How this system is called as an origin.
pub const HERE: &str = "community";

/// Something written in a case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Comment {
    /// The system it was written in.
    pub origin: String,
    /// What that system calls it.
    pub external_id: String,
    /// Who.
    pub author: String,
    /// Somebody of the partner.
    pub is_partner: bool,
    /// What.
    pub text: String,
    /// For the hub's people alone.
    pub is_internal: bool,
}

/// A file of a case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shared {
    /// The system it was attached in.
    pub origin: String,
    /// What that system calls it.
    pub external_id: String,
    /// Its name.
    pub name: String,
    /// Its hash.
    pub sha256: String,
}

/// A case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its id here.
    pub id: String,
    /// The code of the partner.
    pub partner: String,
    /// In a few words.
    pub title: String,
    /// Where it stands, once the portal has said so.
    pub status: String,
    /// How urgent it is, once the portal has said so.
    pub priority: String,
    /// The version of the portal that was taken last.
    pub version: i64,
    /// What each system calls it.
    pub correlation: BTreeMap<String, String>,
    /// What was written.
    pub comments: Vec<Comment>,
    /// What was attached.
    pub files: Vec<Shared>,
}

/// What is known of one partner, place, item or contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// `partner`, `location`, `item`, `contact`.
    pub kind: String,
    /// The partner's code, a colon, and the thing's; of a partner itself its code.
    pub key: String,
    /// The version of the portal that was taken last.
    pub version: i64,
    /// What it says.
    pub body: Value,
    /// How often it was told.
    pub times: usize,
}

/// What somebody opens.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report<'a> {
    /// The code of the partner.
    pub partner: &'a str,
    /// Somebody of the partner opens it; otherwise somebody of the hub.
    pub is_partner: bool,
    /// `order`, `shipment`, `invoice`, `payment`, `document`, `question`.
    pub kind: &'a str,
    /// In a few words.
    pub title: &'a str,
    /// In more.
    pub detail: &'a str,
    /// Kinds and numbers of what it is about.
    pub references: &'a [(&'a str, &'a str)],
    /// What other systems call it.
    pub correlation: &'a [(&'a str, &'a str)],
}

/// Why a request is not done: the status, and what to do.
pub type Refusal = (u16, String);

/// Everything Active Community knows.
#[derive(Default)]
pub struct Desk {
    cases: BTreeMap<String, Case>,
    /// The bytes of files, by hash.
    contents: BTreeMap<String, (String, Vec<u8>)>,
    known: BTreeMap<(String, String), Known>,
    /// What happened, in order.
    changes: Vec<Value>,
    numbers: u64,
    /// How often its cursors were lost.
    epoch: u64,
    /// What the portal told, repeats included.
    pub told: usize,
    /// Before every id, so that a new start repeats none.
    pub run: String,
}

fn text<'a>(body: &'a Value, name: &str) -> Result<&'a str, Refusal> {
    body[name].as_str().filter(|text| !text.is_empty()).ok_or_else(|| (422, format!("{name} is missing; it is a text.")))
}

fn number(body: &Value, name: &str) -> Result<i64, Refusal> {
    body[name].as_i64().ok_or_else(|| (422, format!("{name} is missing; it is a whole number.")))
}

const fn side(is_partner: bool) -> &'static str {
    if is_partner { "partner" } else { "internal" }
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

    /// What is known of partners, places, items and contacts.
    pub fn known(&self) -> Vec<Known> {
        self.known.values().cloned().collect()
    }

    /// The case that the portal calls so.
    fn of_portal(&mut self, id: &str) -> Result<&mut Case, Refusal> {
        let found = self.cases.values_mut().find(|case| case.correlation.get("portico").is_some_and(|known| known == id));
        found.ok_or_else(|| (404, format!("There is no case {id}. Put it first.")))
    }

    /// Writes down what happened; whoever reads the list learns of it.
    fn note(&mut self, kind: &str, case: &str, author: &str, is_partner: bool, at: &str, more: Value) {
        let id = self.number("change");
        let Some(case) = self.cases.get(case) else { return };
        let mut change = json!({
            "id": id, "type": kind, "case": case.id, "partner": case.partner, "correlation": case.correlation, "author": author,
            "side": side(is_partner), "at": at,
        });
        if let (Value::Object(change), Value::Object(more)) = (&mut change, more) {
            change.extend(more);
        }
        self.changes.push(change);
    }

    /// Somebody here opens a case; one that is known here under one of its ids is that case.
    pub fn open(&mut self, report: Report<'_>, at: &str) -> String {
        let is_same =
            |case: &&Case| report.correlation.iter().any(|(system, id)| case.correlation.get(*system).is_some_and(|known| known == id));
        if let Some(known) = self.cases.values().find(is_same) {
            return known.id.clone();
        }
        let id = self.number("COM");
        let correlation: BTreeMap<_, _> = report
            .correlation
            .iter()
            .map(|(system, id)| ((*system).to_owned(), (*id).to_owned()))
            .chain([(HERE.to_owned(), id.clone())])
            .collect();
        let case = Case {
            id: id.clone(),
            partner: report.partner.to_owned(),
            title: report.title.to_owned(),
            status: "open".to_owned(),
            priority: "normal".to_owned(),
            version: -1,
            correlation,
            comments: Vec::new(),
            files: Vec::new(),
        };
        self.cases.insert(id.clone(), case);
        let references: Vec<_> = report.references.iter().map(|(kind, number)| json!({ "type": kind, "number": number })).collect();
        let more = json!({
            "origin": HERE, "kind": report.kind, "title": report.title, "detail": report.detail, "references": references,
        });
        self.note("case.opened", &id, if report.is_partner { "Noor Haddad" } else { "Mira Vos" }, report.is_partner, at, more);
        id
    }

    /// Somebody here writes in a case.
    pub fn comment(&mut self, id: &str, author: &str, is_partner: bool, text: &str, is_internal: bool, at: &str) {
        let number = self.number("comment");
        self.say(id, HERE, &number, (author, is_partner), text, is_internal, at);
    }

    /// Another system brings what was written in it.
    pub fn brought(&mut self, id: &str, origin: &str, number: &str, text: &str, at: &str) {
        self.say(id, origin, number, ("Mira Vos", false), text, false, at);
    }

    fn say(&mut self, id: &str, origin: &str, number: &str, who: (&str, bool), text: &str, is_internal: bool, at: &str) -> bool {
        let Some(case) = self.cases.get_mut(id) else { return false };
        if case.comments.iter().any(|known| known.origin == origin && known.external_id == number) {
            return false;
        }
        let (author, is_partner) = who;
        case.comments.push(Comment {
            origin: origin.to_owned(),
            external_id: number.to_owned(),
            author: author.to_owned(),
            is_partner,
            text: text.to_owned(),
            is_internal,
        });
        let visibility = if is_internal { "internal" } else { "partner" };
        let more = json!({ "origin": origin, "external_id": number, "visibility": visibility, "text": text });
        self.note("case.commented", id, author, is_partner, at, more);
        true
    }

    /// Somebody of the partner attaches a file.
    pub fn attach(&mut self, id: &str, author: &str, name: &str, media_type: &str, bytes: &[u8], at: &str) {
        let (number, sha256) = (self.number("file"), fingerprint(bytes));
        self.contents.insert(sha256.clone(), (media_type.to_owned(), bytes.to_vec()));
        let file = Shared { origin: HERE.to_owned(), external_id: number, name: name.to_owned(), sha256 };
        self.share(id, file, (author, true), media_type, bytes.len(), at);
    }

    fn share(&mut self, id: &str, file: Shared, who: (&str, bool), media_type: &str, size: usize, at: &str) -> bool {
        let Some(case) = self.cases.get_mut(id) else { return false };
        if case.files.iter().any(|known| known.sha256 == file.sha256) {
            return false;
        }
        case.files.push(file.clone());
        let more = json!({
            "origin": file.origin, "external_id": file.external_id, "visibility": "partner", "sha256": file.sha256, "name": file.name,
            "media_type": media_type, "size": size,
        });
        self.note("case.attachment.added", id, who.0, who.1, at, more);
        true
    }

    /// Somebody of the partner would like a case to stand elsewhere; it stands where it stood.
    pub fn wish(&mut self, id: &str, author: &str, status: &str, note: &str, at: &str) {
        self.note("case.status_wished", id, author, true, at, json!({ "status": status, "note": note }));
    }

    /// Takes how a case stands: the case, and whether it is new here. What is older than what was taken changes nothing.
    pub fn put_case(&mut self, portal: &str, body: &Value) -> Result<(Value, bool), Refusal> {
        self.told += 1;
        let (title, status, priority) = (text(body, "title")?, text(body, "status")?, text(body, "priority")?);
        let (partner, version) = (text(body, "partner")?, number(body, "version")?);
        let given = body["correlation"].as_object().ok_or_else(|| (422, "correlation is missing; it is an object.".to_owned()))?;
        let told: BTreeMap<String, String> =
            given.iter().filter_map(|(system, id)| Some((system.clone(), id.as_str()?.to_owned()))).collect();
        if told.get("portico").map(String::as_str) != Some(portal) {
            return Err((422, "correlation.portico must be the id in the address.".to_owned()));
        }
        let same = |case: &&Case| told.iter().any(|(system, id)| case.correlation.get(system) == Some(id));
        let found = self.cases.values().find(same).map(|case| case.id.clone());
        let is_new = found.is_none();
        // A case that this system has forgotten keeps the id it had.
        let id = found.or_else(|| told.get(HERE).cloned()).unwrap_or_else(|| self.number("COM"));
        let case = self.cases.entry(id.clone()).or_insert_with(|| Case {
            id: id.clone(),
            partner: partner.to_owned(),
            title: String::new(),
            status: String::new(),
            priority: String::new(),
            version: -1,
            correlation: BTreeMap::from([(HERE.to_owned(), id.clone())]),
            comments: Vec::new(),
            files: Vec::new(),
        });
        if case.partner != partner {
            return Err((409, format!("The case is with {} here.", case.partner)));
        }
        if told.iter().any(|(system, id)| case.correlation.get(system).is_some_and(|known| known != id)) {
            return Err((409, "Another case is known here under one of these ids.".to_owned()));
        }
        case.correlation.extend(told);
        if version > case.version {
            case.version = version;
            title.clone_into(&mut case.title);
            status.clone_into(&mut case.status);
            priority.clone_into(&mut case.priority);
        }
        Ok((json!({ "id": id, "version": case.version, "status": case.status, "correlation": case.correlation }), is_new))
    }

    /// Takes something written elsewhere: which case it is in, and whether it is new here.
    pub fn post_comment(&mut self, portal: &str, body: &Value) -> Result<(String, bool), Refusal> {
        self.told += 1;
        let (origin, number, author) = (text(body, "origin")?, text(body, "external_id")?, text(body, "author")?);
        let (words, at, is_partner) = (text(body, "text")?, text(body, "at")?, text(body, "side")? == "partner");
        let id = self.of_portal(portal)?.id.clone();
        let is_new = self.say(&id, origin, number, (author, is_partner), words, false, at);
        Ok((id, is_new))
    }

    /// Takes the bytes of a file under their hash: whether they are new here.
    pub fn put_content(&mut self, sha256: &str, media_type: &str, bytes: &[u8]) -> Result<bool, Refusal> {
        let found = fingerprint(bytes);
        if found != sha256 {
            return Err((422, format!("These bytes have the SHA-256 {found}.")));
        }
        Ok(self.contents.insert(found, (media_type.to_owned(), bytes.to_vec())).is_none())
    }

    /// The bytes of a file.
    pub fn content(&self, sha256: &str) -> Result<(String, Vec<u8>), Refusal> {
        self.contents.get(sha256).cloned().ok_or_else(|| (404, "There is no file with this SHA-256.".to_owned()))
    }

    /// Takes a file of a case: whether it is new there.
    pub fn post_file(&mut self, portal: &str, body: &Value) -> Result<bool, Refusal> {
        self.told += 1;
        let (sha256, name, media_type) = (text(body, "sha256")?, text(body, "name")?, text(body, "media_type")?);
        let (author, at, is_partner) = (text(body, "author")?, text(body, "at")?, text(body, "side")? == "partner");
        let (origin, external_id) = (text(body, "origin")?, text(body, "external_id")?);
        if !self.contents.contains_key(sha256) && body["url"].as_str().is_none() {
            return Err((422, "There are no bytes with this SHA-256. Put them first, or give a url.".to_owned()));
        }
        let id = self.of_portal(portal)?.id.clone();
        let size = self.contents.get(sha256).map_or(0, |(_, bytes)| bytes.len());
        let file =
            Shared { origin: origin.to_owned(), external_id: external_id.to_owned(), name: name.to_owned(), sha256: sha256.to_owned() };
        Ok(self.share(&id, file, (author, is_partner), media_type, size, at))
    }

    /// Takes reference data: the version it has now, and whether it was unknown.
    pub fn put_known(&mut self, kind: &str, key: &str, body: &Value) -> Result<(i64, bool), Refusal> {
        self.told += 1;
        if !["partner", "location", "item", "contact"].contains(&kind) {
            return Err((404, format!("There is no reference data of kind {kind}.")));
        }
        let version = number(body, "version")?;
        if !body["versions"].is_array() {
            return Err((422, "versions is missing; it is a list.".to_owned()));
        }
        let place = (kind.to_owned(), key.to_owned());
        let is_new = !self.known.contains_key(&place);
        let known = self.known.entry(place).or_insert_with(|| Known {
            kind: kind.to_owned(),
            key: key.to_owned(),
            version: -1,
            body: Value::Null,
            times: 0,
        });
        known.times += 1;
        if version > known.version {
            (known.version, known.body) = (version, body.clone());
        }
        Ok((known.version, is_new))
    }

    /// A page of what happened after a cursor.
    pub fn list(&self, after: &str, take: usize) -> Result<Value, Refusal> {
        let lost = || (410, "This cursor is not known any more. Read from the beginning.".to_owned());
        let start = if after.is_empty() {
            0
        } else {
            let place = after.strip_prefix(&format!("{}.{}.", self.run, self.epoch)).and_then(|place| place.parse::<usize>().ok());
            place.filter(|place| *place <= self.changes.len()).ok_or_else(lost)?
        };
        let listed = self.changes.iter().enumerate().skip(start).take(take).map(|(place, change)| {
            let mut change: Map<String, Value> = change.as_object().cloned().unwrap_or_default();
            change.insert("cursor".to_owned(), format!("{}.{}.{}", self.run, self.epoch, place + 1).into());
            Value::Object(change)
        });
        let changes: Vec<Value> = listed.collect();
        let more = start + changes.len() < self.changes.len();
        Ok(json!({ "changes": changes, "more": more }))
    }

    /// Forgets all cases and all that happened, as where an old state is restored.
    pub fn forget(&mut self) {
        self.cases.clear();
        self.changes.clear();
        self.epoch += 1;
    }

    /// Forgets how the list was numbered.
    pub fn lose_cursors(&mut self) {
        self.epoch += 1;
    }
}
