//! The evidence pack of a case: one archive with what its reader may see, made while it is sent. Documents are in it as
//! they were on the wire, files as they were attached; a manifest at the end names each with its SHA-256, also those that should
//! be there and are missing.

use std::{
    fmt::Write as _,
    io::Write,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions, write::StreamWriter};

use super::{
    files::{self, Files},
    view::{self, CaseView},
};
use crate::{
    domain::{access::Actor, case::Visibility, ids::CaseId, time::Timestamp},
    service::{
        Context, Error, Result,
        exchange::view::{AsSent, as_sent},
        history::signature,
    },
    store::{cases::CaseEvent, disputes, files::hex},
    text::{self, Zone},
};

/// How many pieces wait for a slow reader.
const AHEAD: usize = 4;

/// An archive being made.
pub struct Pack {
    /// Its name.
    pub name: String,
    /// Its bytes, as they are made.
    pub bytes: Box<dyn Stream<Item = Result<Bytes>> + Send + Unpin>,
}

/// Makes the pack of a case for a reader.
pub async fn pack(context: &Context, actor: &Actor, id: CaseId) -> Result<Pack> {
    let view = view::load(context, actor, id).await?;
    let held = files::list(context, actor, id).await?;
    let dispute = if view.is_whole { disputes::of_case(&mut context.db.read().await?, id).await? } else { None };
    let words = conversation(&view);
    let facts = facts(&view, dispute.as_ref(), actor, context.now());
    let name = format!("case-{}.zip", view.case.number);
    let (sender, receiver) = mpsc::channel(AHEAD);
    let maker = Maker { context: context.clone(), actor: actor.clone(), archive: Archive::new(context.now()), sender: sender.clone() };
    tokio::spawn(async move {
        // Where the reader hung up there is nobody to tell.
        if let Err(error) = maker.make(facts, words, held).await {
            let _ = sender.send(Err(error)).await;
        }
    });
    let bytes = stream::unfold(receiver, |mut receiver| async move { receiver.recv().await.map(|piece| (piece, receiver)) });
    Ok(Pack { name, bytes: Box::new(Box::pin(bytes)) })
}

struct Maker {
    context: Context,
    actor: Actor,
    archive: Archive,
    sender: mpsc::Sender<Result<Bytes>>,
}

impl Maker {
    async fn make(mut self, facts: Value, words: String, held: Files) -> Result<()> {
        let pretty = |value: &Value| serde_json::to_vec_pretty(value).map_err(|error| Error::Internal(error.to_string()));
        self.add("case.json", Bytes::from(pretty(&facts)?)).await?;
        self.add("conversation.txt", Bytes::from(words)).await?;
        for (number, document) in (1..).zip(&held.documents) {
            let what = format!("documents/{number:02}-{}-{}", document.kind.as_str(), file_name(&document.number));
            match as_sent(&self.context, &self.actor, document).await? {
                AsSent::Whole(bytes) => self.add(&format!("{what}.edi"), bytes).await?,
                AsSent::Part(segments) => self.add(&format!("{what}-own-part.txt"), Bytes::from(segments)).await?,
                AsSent::Missing => self.archive.miss(json!({ "name": format!("{what}.edi"), "document": document.id })),
                AsSent::NotYet => {
                    let content =
                        json!({ "status": document.status.as_str(), "content": document.content.as_ref().map(|content| &content.0) });
                    self.add(&format!("{what}-not-sent.json"), Bytes::from(pretty(&content)?)).await?;
                }
            }
        }
        let (mut elsewhere, mut withdrawn) = (Vec::new(), Vec::new());
        for (number, attachment) in (1..).zip(held.attachments.iter().rev()) {
            if let Some(at) = attachment.withdrawn_at {
                withdrawn.push(json!({ "name": attachment.name, "sha256": hex(&attachment.sha256), "at": at.to_string(),
                    "by": attachment.withdrawn_by, "reason": attachment.withdrawn_why }));
                continue;
            }
            let Some(file) = &attachment.file else {
                elsewhere.push(json!({ "name": attachment.name, "sha256": hex(&attachment.sha256), "url": attachment.url }));
                continue;
            };
            let name = format!("attachments/{number:02}-{}", attachment.name);
            let Some(mut bytes) = self.context.files.stream(file).await? else {
                self.archive.miss(json!({ "name": name, "size": attachment.size, "sha256": hex(&attachment.sha256) }));
                continue;
            };
            self.archive.begin(&name)?;
            while let Some(piece) = bytes.next().await {
                self.archive.write(&piece?)?;
                self.send().await?;
            }
            self.archive.end();
        }
        let manifest = json!({ "case": facts["number"], "made_at": facts["made_at"], "made_for": facts["made_for"],
            "files": self.archive.listed, "kept_elsewhere": elsewhere,
            "withdrawn": withdrawn });
        self.add("manifest.json", Bytes::from(pretty(&manifest)?)).await?;
        let last = self.archive.finish()?;
        // The reader may have hung up.
        let _ = self.sender.send(Ok(last)).await;
        Ok(())
    }

    async fn add(&mut self, name: &str, bytes: Bytes) -> Result<()> {
        self.archive.begin(name)?;
        self.archive.write(&bytes)?;
        self.archive.end();
        self.send().await
    }

    /// Hands on what was made so far; an end of it all where nobody reads any more.
    async fn send(&mut self) -> Result<()> {
        let piece = self.archive.made.take();
        let gone = |_| Error::Conflict("The download was given up.".to_owned());
        if piece.is_empty() { Ok(()) } else { self.sender.send(Ok(piece)).await.map_err(gone) }
    }
}

/// What the archive was given to hand on.
#[derive(Clone, Default)]
struct Made(Arc<Mutex<Vec<u8>>>);

impl Made {
    fn take(&self) -> Bytes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

impl Write for Made {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A zip archive that is written from front to back, with a list of what is in it.
struct Archive {
    writer: ZipWriter<StreamWriter<Made>>,
    made: Made,
    options: SimpleFileOptions,
    open: Option<(String, Sha256, u64)>,
    listed: Vec<Value>,
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("the archive could not be written: {error}"))
}

impl Archive {
    fn new(now: Timestamp) -> Self {
        let made = Made::default();
        // PDFs and pictures are compressed already.
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).last_modified_time(written_at(now));
        Self { writer: ZipWriter::new_stream(made.clone()), made, options, open: None, listed: Vec::new() }
    }

    fn begin(&mut self, name: &str) -> Result<()> {
        self.open = Some((name.to_owned(), Sha256::new(), 0));
        self.writer.start_file(name, self.options).map_err(broken)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        if let Some((_, hash, size)) = &mut self.open {
            hash.update(bytes);
            *size += bytes.len() as u64;
        }
        self.writer.write_all(bytes).map_err(broken)
    }

    fn end(&mut self) {
        if let Some((name, hash, size)) = self.open.take() {
            self.listed.push(json!({ "name": name, "size": size, "sha256": hex(&hash.finalize()) }));
        }
    }

    /// Lists a file that should be in it and that the file store does not have.
    fn miss(&mut self, mut file: Value) {
        tracing::warn!(%file, "a file of a case is missing in the file store");
        file["missing"] = true.into();
        self.listed.push(file);
    }

    fn finish(self) -> Result<Bytes> {
        self.writer.finish().map_err(broken)?;
        Ok(self.made.take())
    }
}

/// The time as archives keep it, in UTC.
fn written_at(now: Timestamp) -> DateTime {
    let text = now.to_string();
    let part = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u16>().ok()).unwrap_or_default();
    let small = |from, to| u8::try_from(part(from, to)).unwrap_or_default();
    DateTime::from_date_and_time(part(0, 4), small(5, 7), small(8, 10), small(11, 13), small(14, 16), small(17, 19)).unwrap_or_default()
}

/// A number as part of a file's name.
fn file_name(number: &str) -> String {
    number.chars().map(|c| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '-' }).take(40).collect()
}

/// What is known of the case, for programs.
fn facts(view: &CaseView, dispute: Option<&disputes::Dispute>, actor: &Actor, now: Timestamp) -> Value {
    let case = &view.case;
    let messages: Vec<_> = view
        .messages
        .iter()
        .map(|message| {
            json!({ "id": message.id, "at": message.at.to_string(), "author": message.author, "visibility": message.visibility,
                "origin": message.origin, "text": message.body })
        })
        .collect();
    let events: Vec<_> = view
        .events
        .iter()
        .map(|event| {
            json!({ "at": event.at.to_string(), "kind": event.kind, "old": event.old, "new": event.new, "note": event.note,
                "visibility": event.visibility, "actor": event.actor, "system": event.system })
        })
        .collect();
    let references: Vec<_> = view
        .references
        .iter()
        .map(|reference| json!({ "type": reference.kind, "number": reference.number, "line": reference.line }))
        .collect();
    let dispute = dispute.map(|dispute| {
        json!({ "reason": case.reason, "action": case.action, "proposed": case.proposed.0, "currency": dispute.currency.code(),
            "claimed": dispute.claimed.map(|claimed| claimed.plain(dispute.currency)), "outcome": dispute.outcome,
            "settled_at": dispute.settled_at.map(|at| at.to_string()) })
    });
    json!({ "made_at": now.to_string(), "made_for": signature(actor), "id": case.id, "number": case.number, "title": case.title,
        "kind": case.kind, "status": case.status, "priority": case.priority, "counterparty": view.counterparty.name,
        "opened_by": case.author, "opened_at": case.created_at.to_string(), "references": references, "dispute": dispute,
        "messages": messages, "events": events })
}

/// The same for people: what was written and what happened, oldest first.
fn conversation(view: &CaseView) -> String {
    let zone = Zone::utc();
    let case = &view.case;
    let mut told: Vec<(Timestamp, String)> = Vec::new();
    for message in &view.messages {
        let internal = if message.visibility == Visibility::Internal { " (internal note)" } else { "" };
        told.push((message.at, format!("{}{internal}\n\n{}", message.author, indented(&message.body))));
    }
    told.extend(view.events.iter().map(|event| {
        (event.at, [event.actor.as_str(), &step(event)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": "))
    }));
    told.sort_by_key(|(at, _)| *at);
    let opened = if case.author.is_empty() { String::new() } else { format!(", opened by {}", case.author) };
    let mut words = format!("Case {}: {}\nWith {}{opened}\n", case.number, case.title, view.counterparty.name);
    for (at, what) in told {
        let _ = writeln!(words, "\n{}  {what}", text::moment_exact(at, &zone));
    }
    words
}

fn indented(body: &str) -> String {
    body.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

fn step(event: &CaseEvent) -> String {
    let change = match (&event.old, &event.new) {
        (Some(old), Some(new)) => format!("{} {old} to {new}", event.kind),
        (None, Some(new)) => format!("{} {new}", event.kind),
        _ => event.kind.clone(),
    };
    if event.note.is_empty() { change } else { format!("{change}. {}", event.note) }
}
