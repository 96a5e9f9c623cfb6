//! Passing interchanges on as they came: from the hub's own system to a partner with a system of its own, and from such a
//! partner to the hub's system where its route asks for that (`pass_on`). What is passed on keeps its bytes, its envelope
//! and its control numbers; only a set that was rejected is left out. So the acknowledgment of whoever gets it goes back
//! to whoever wrote it, the same way.

use bytes::Bytes;
use sqlx::types::Json;

use super::{Incoming, Sides, Source, is_answer};
use crate::{
    domain::{
        document::Direction,
        ids::{OrganisationId, TransmissionId},
    },
    edi::x12::{self, Depth, Options, envelope::same_number, event},
    service::{
        Context, Error, Result,
        exchange::parties,
        outbox::{self, Way},
    },
    store::{
        Conn,
        documents::{self, Document},
        files, forwards,
        routes::Route,
        transmissions::{self, Group, Interchange, Transmission},
    },
};

/// How far our own control numbers stay ahead of those that another system uses between the same two companies.
const AHEAD: i64 = 1_000_000;

/// Decides whether an interchange that was taken is passed on, and asks for it.
pub(super) async fn plan(
    context: &Context,
    conn: &mut Conn,
    source: &Source,
    sides: &Sides,
    interchange: &Interchange,
    read: &event::Interchange,
) -> Result<()> {
    let holds_accepted = read.groups.iter().any(|group| group.sets.iter().any(|set| set.accepted));
    if source.is_copy || is_answer(read) || !holds_accepted {
        return Ok(());
    }
    let wanted = if sides.receiver.is_hub {
        hub_route(conn, source).await?.is_some_and(|route| passes_on(&route))
    } else {
        // A partner that acknowledges for itself reads for itself.
        !sides.acknowledges
    };
    if wanted {
        ask(context, conn, interchange, sides.receiver.id).await?;
    }
    Ok(())
}

/// The route to the hub's system, unless that is where the bytes came from.
async fn hub_route(conn: &mut Conn, source: &Source) -> Result<Option<Route>> {
    let hub = outbox::hub(conn).await?.id;
    let Way::Route(route) = outbox::way(conn, hub).await? else { return Ok(None) };
    Ok(Some(*route).filter(|route| Some(route.id) != source.route))
}

/// Whether the hub's system wants what partners' systems send.
fn passes_on(route: &Route) -> bool {
    route.config.0["pass_on"] == true
}

async fn ask(context: &Context, conn: &mut Conn, interchange: &Interchange, receiver: OrganisationId) -> Result<()> {
    forwards::insert(conn, interchange.id, receiver, context.now()).await?;
    outbox::wake(context, conn, receiver, context.now()).await
}

/// The documents that an acknowledgment of a group speaks of: those we wrote, or those that were passed on as they came.
/// Whoever wrote the latter gets the acknowledgment as it came, too.
pub(super) async fn spoken_of(context: &Context, conn: &mut Conn, group: &Group, answer: &Incoming<'_>) -> Result<Vec<Document>> {
    let (documents, is_passed_on) = as_written(conn, group).await?;
    if is_passed_on {
        // What the hub got from a partner was acknowledged in its name when it was taken in.
        if answer.sides.sender.is_hub {
            return Ok(Vec::new());
        }
        ask(context, conn, answer.interchange, answer.sides.receiver.id).await?;
    }
    Ok(documents)
}

/// The documents of a group that left: those we wrote, or as they came those that were passed on. Whether it is the latter.
pub(super) async fn as_written(conn: &mut Conn, group: &Group) -> Result<(Vec<Document>, bool)> {
    let original = match transmissions::find_interchange(conn, group.interchange_id).await? {
        Some(sent) => forwards::original(conn, sent.transmission_id).await?,
        None => None,
    };
    let Some(original) = original else { return Ok((documents::of_group(conn, group.id).await?, false)) };
    let groups = transmissions::groups(conn, original.transmission_id).await?;
    let same =
        |candidate: &&Group| candidate.interchange_id == original.id && same_number(&candidate.control_number, &group.control_number);
    let Some(group) = groups.iter().find(same) else { return Ok((Vec::new(), true)) };
    Ok((documents::of_group(conn, group.id).await?.into_iter().filter(|document| document.is_accepted).collect(), true))
}

/// Fixes the bytes of everything that waits to be passed on to a receiver, one transmission each.
pub async fn seal(context: &Context, receiver: OrganisationId) -> Result<()> {
    loop {
        let (interchange, route, file) = {
            let mut conn = context.db.read().await?;
            let Some(interchange) = forwards::next(&mut conn, receiver).await? else { return Ok(()) };
            let route = match outbox::way(&mut conn, receiver).await? {
                Way::Route(route) => route,
                Way::Closed => return Ok(()),
                Way::Internal | Way::Missing => return Err(outbox::no_way(&mut conn, receiver).await?),
            };
            let file = transmissions::find_transmission(&mut conn, interchange.transmission_id).await?;
            (interchange, route, file.ok_or_else(|| Error::Internal("an interchange without its transmission".to_owned()))?)
        };
        let whole = context.files.get(&file.file).await?.ok_or_else(|| Error::Internal(format!("the bytes of {} are gone", file.name)))?;
        seal_one(context, &interchange, &route, whole).await?;
    }
}

async fn seal_one(context: &Context, interchange: &Interchange, route: &Route, whole: Bytes) -> Result<()> {
    let rejected = forwards::rejected_sets(&mut context.db.read().await?, interchange.id).await?;
    let ranges: Vec<(i64, i64)> = rejected.iter().map(|(_, first, last)| (*first, *last)).collect();
    let position = usize::try_from(interchange.position).unwrap_or_default();
    let bytes = tokio::task::spawn_blocking(move || passed_on(&whole, position, &ranges))
        .await
        .map_err(|error| Error::Internal(error.to_string()))?
        .ok_or_else(|| Error::Internal(format!("interchange {} is not in its file", interchange.control_number)))?;
    let (id, now): (TransmissionId, _) = (context.id(), context.now());
    let plain = |text: &str| text.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let row = Transmission {
        id,
        direction: Direction::Out,
        route_id: Some(route.id),
        owner_id: None,
        name: format!(
            "{}-{}_{}-{}_{}.edi",
            plain(&interchange.sender_qualifier),
            plain(&interchange.sender_value),
            plain(&interchange.receiver_qualifier),
            plain(&interchange.receiver_value),
            plain(&interchange.control_number)
        ),
        handle: None,
        sha256: files::sha256(&bytes),
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        file: parties::file_name(id, now),
        status: "submitted".to_owned(),
        failure: None,
        delivered_at: None,
        created_at: now,
    };
    context.files.put(&row.file, bytes).await?;
    let mut tx = context.db.begin().await?;
    if forwards::leave_in(&mut tx, interchange.id, &row).await? {
        enclose(context, &mut tx, interchange, &row).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Writes down the envelope as it leaves, so that what comes back to it is recognised, and on each document that it was
/// passed on.
async fn enclose(context: &Context, conn: &mut Conn, original: &Interchange, row: &Transmission) -> Result<()> {
    let copy = Interchange {
        id: context.id(),
        transmission_id: row.id,
        direction: Direction::Out,
        position: 0,
        sha256: row.sha256.clone(),
        findings: Json(serde_json::json!([])),
        created_at: row.created_at,
        ..original.clone()
    };
    transmissions::insert_interchange(conn, &copy).await?;
    for group in
        transmissions::groups(conn, original.transmission_id).await?.into_iter().filter(|group| group.interchange_id == original.id)
    {
        let documents = documents::of_group(conn, group.id).await?;
        if !documents.iter().any(|document| document.is_accepted) {
            continue;
        }
        let control_number = group.control_number.trim_start_matches('0').to_owned();
        let copy = Group { id: context.id(), interchange_id: copy.id, control_number, verdict: None, acknowledged_at: None, ..group };
        transmissions::insert_group(conn, &copy).await?;
        for document in documents.iter().filter(|document| document.is_accepted) {
            outbox::note(context, conn, document.id, document.status, "Portico", "Passed on as it came").await?;
        }
    }
    let number: i64 = original.control_number.parse().unwrap_or_default();
    let pair =
        format!("{}:{}>{}:{}", original.sender_qualifier, original.sender_value, original.receiver_qualifier, original.receiver_value);
    Ok(transmissions::keep_clear(conn, &format!("interchange {pair}"), number + AHEAD).await?)
}

/// The bytes of an interchange without the sets in `rejected` (first and last segment, from 1 at ISA): untouched where
/// there are none; else GE and IEA count what is left.
fn passed_on(file: &[u8], position: usize, rejected: &[(i64, i64)]) -> Option<Bytes> {
    let mut collector = x12::Collector::default();
    // Reading from memory cannot fail.
    let _ = x12::read(file, Options { depth: Depth::Envelope, origins: false }, &mut |event| collector.take(event));
    let found = collector.interchanges.into_iter().nth(position)?;
    let bound = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(file.len());
    let (start, end) = (bound(found.verdict.bytes.0), bound(found.verdict.bytes.1));
    let bytes = file.get(start..end)?;
    if rejected.is_empty() {
        return Some(Bytes::copy_from_slice(bytes));
    }
    let delimiters = found.header.delimiters.unwrap_or_default();
    Some(without(bytes, delimiters.segment, delimiters.element, rejected))
}

fn without(bytes: &[u8], terminator: u8, separator: u8, rejected: &[(i64, i64)]) -> Bytes {
    let (mut out, mut group) = (Vec::with_capacity(bytes.len()), Vec::new());
    let (mut number, mut sets, mut groups) = (0_i64, 0_u32, 0_u32);
    for segment in bytes.split_inclusive(|byte| *byte == terminator) {
        if segment.trim_ascii() == [terminator] || segment.trim_ascii().is_empty() {
            continue;
        }
        number += 1;
        let tag = segment.trim_ascii_start().split(|byte| *byte == separator).next().unwrap_or_default();
        match tag {
            b"GS" => {
                group = segment.to_vec();
                sets = 0;
            }
            b"GE" => {
                if sets > 0 {
                    groups += 1;
                    out.append(&mut group);
                    out.extend(counted(segment, separator, sets));
                }
                group.clear();
            }
            b"IEA" => out.extend(counted(segment, separator, groups)),
            b"ISA" | b"TA1" => out.extend_from_slice(segment),
            _ if rejected.iter().any(|(first, last)| (*first..=*last).contains(&number)) => {}
            _ => {
                sets += u32::from(tag == b"ST");
                group.extend_from_slice(segment);
            }
        }
    }
    out.into()
}

/// A trailer segment with another count as its first element.
fn counted(segment: &[u8], separator: u8, count: u32) -> Vec<u8> {
    let mut parts = segment.splitn(3, |byte| *byte == separator);
    let (tag, _, rest) = (parts.next().unwrap_or_default(), parts.next(), parts.next().unwrap_or_default());
    [tag, &[separator], count.to_string().as_bytes(), &[separator], rest].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "ISA*00*          *00*          *ZZ*CASTELLAN      *ZZ*VALMET         *261123*0801*U*00401*000000041*0*P*>~\n\
        GS*PO*CASTELLAN*VALMET*20261123*0801*7*X*004010~\n\
        ST*850*0001~\nBEG*00*SA*P-1**20261123~\nPO1*1*4*EA*2*PE*BP*A~\nCTT*1~\nSE*5*0001~\n\
        ST*850*0002~\nBEG*00*SA*P-2**20261123~\nPO1*1*4*EA*2*PE*BP*A~\nCTT*1~\nSE*5*0002~\n\
        GE*2*7~\nIEA*1*000000041~\n";

    #[test]
    fn what_is_whole_leaves_as_it_came() {
        assert_eq!(passed_on(FILE.as_bytes(), 0, &[]).unwrap(), FILE.trim_end().as_bytes());
        assert_eq!(passed_on(FILE.as_bytes(), 1, &[]), None);
    }

    #[test]
    fn a_rejected_set_is_left_out_and_the_rest_still_adds_up() {
        let bytes = passed_on(FILE.as_bytes(), 0, &[(3, 7)]).unwrap();
        let read = x12::read_all(&bytes);
        assert!(read[0].accepted(), "{:?}", read[0].verdict);
        let numbers: Vec<_> = read[0].groups[0].sets.iter().map(|set| set.control_number.as_str()).collect();
        assert_eq!((numbers, read[0].groups[0].header.control_number.as_str()), (vec!["0002"], "7"));
        let nothing = passed_on(FILE.as_bytes(), 0, &[(3, 7), (8, 12)]).unwrap();
        assert!(String::from_utf8_lossy(&nothing).contains("IEA*0*000000041"));
    }
}
