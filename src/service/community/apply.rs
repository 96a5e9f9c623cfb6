//! The effect of each type of change on a case. Where a case stands and how urgent it is, is the hub's to say: a wish for
//! something else is told in the thread and changes nothing. What was written is only ever added, each thing once.

use super::{SYSTEM, file::Fetched, wrong};
use crate::{
    connectors::community::{Change, File, Opened, Said as Comment, What, Wish},
    domain::{
        access::Scope,
        attachment,
        case::{Priority, Visibility},
        ids::CaseId,
        sla::Side,
    },
    service::{
        Context, Result,
        cases::{
            self as use_cases, Change as Noted, PORTICO,
            attach::{self, New},
            write,
        },
        notify::causes,
        systems::{
            bond::{self, Word},
            inbound::{self, Outcome},
            opening::{self, Named, refer},
            written::{self, Said},
        },
        xconnector,
    },
    store::{
        Conn, attachments,
        bonds::{self, Bond},
        cases::{self, Case},
        dialect, organisations,
    },
};

/// Applies a change, or says what it waits for. A change that cannot be used is refused, member by member.
pub(super) async fn apply(context: &Context, conn: &mut Conn, change: &Change, file: &Fetched) -> Result<Outcome> {
    dialect::lock(conn, &inbound::case_key(&change.case)).await?;
    if let What::Opened(new) = &change.what {
        return opened(context, conn, change, new).await;
    }
    let Some((bond, mut case)) = find_or_join(context, conn, change).await? else { return Ok(Outcome::waits_for_case(&change.case)) };
    match &change.what {
        What::Commented(comment) => commented(context, conn, change, &mut case, comment).await?,
        What::Attached(added) => attached(context, conn, change, &mut case, added, file).await?,
        What::Wished(wish) => wished(context, conn, change, &mut case, wish).await?,
        What::Opened(_) | What::Other => {
            return Ok(Outcome::parked(None, "Changes of this type have no effect; it is kept for the operator."));
        }
    }
    bonds::in_step(conn, bond.id, context.now()).await?;
    Ok(Outcome::Applied(case.id))
}

/// The case here that a change is about: the one their case is bound to, or the one that it says is the same, which it joins.
/// The partner must be the one that case is with.
async fn find_or_join(context: &Context, conn: &mut Conn, change: &Change) -> Result<Option<(Bond, Case)>> {
    let known = bonds::find(conn, SYSTEM, &change.case).await?;
    let id = match &known {
        Some(bond) => Some(bond.case_id),
        None => correlated(conn, change).await?,
    };
    let Some(id) = id else { return Ok(None) };
    let Some(case) = cases::find_for_update(conn, Scope::Hub, id).await? else { return Ok(None) };
    let partner = organisations::find(conn, case.counterparty_id).await?;
    if partner.is_none_or(|partner| partner.code != change.partner) {
        return Err(wrong("partner", format!("The case it names is not one of {}.", change.partner)));
    }
    let word = Word { system: SYSTEM, external: &change.case, event: Some(&change.id) };
    let bond = match known {
        Some(bond) => bond,
        None => bond::bind(context, conn, &case, word).await?,
    };
    Ok(Some((bond, case)))
}

/// The case here that theirs is said to be: by our own id, or by what a third system calls it.
async fn correlated(conn: &mut Conn, change: &Change) -> Result<Option<CaseId>> {
    if let Some(ours) = change.correlation.get(PORTICO) {
        let id = ours.parse::<CaseId>().map_err(|_| wrong("correlation/portico", "It is no id of a case here."))?;
        return Ok(Some(id));
    }
    match change.correlation.get(xconnector::SYSTEM) {
        Some(external) => Ok(bonds::find(conn, xconnector::SYSTEM, external).await?.map(|bond| bond.case_id)),
        None => Ok(None),
    }
}

/// Who wrote something, as the portal shows it.
fn author(change: &Change) -> String {
    let name: String = change.author.trim().chars().take(120).collect();
    if name.is_empty() { SYSTEM.to_owned() } else { name }
}

/// The system that something was written in, and what it calls it. What comes from a system that has no connection here
/// is known by what Community says of it.
fn origin(origin: &str, external_id: &str) -> (&'static str, String) {
    match origin {
        SYSTEM => (SYSTEM, external_id.to_owned()),
        xconnector::SYSTEM => (xconnector::SYSTEM, external_id.to_owned()),
        other => (SYSTEM, format!("{other}:{external_id}")),
    }
}

async fn opened(context: &Context, conn: &mut Conn, change: &Change, new: &Opened) -> Result<Outcome> {
    let references =
        new.references.iter().map(|named| Named { kind: named.kind.clone(), number: named.number.clone(), line: named.line.clone() });
    let references: Vec<_> = references.collect();
    let Some(partner) = organisations::find_by_code(conn, &change.partner).await?.filter(|found| !found.is_hub) else {
        return Ok(Outcome::waits_for_partner(&change.partner));
    };
    if let Some((bond, mut case)) = find_or_join(context, conn, change).await? {
        // The same case: what it begins with there is one more message here, and nothing else of it counts.
        refer(conn, &case, &references).await?;
        let comment = Comment {
            origin: new.origin.clone(),
            external_id: change.id.clone(),
            visibility: Some(Visibility::Partner),
            text: if new.detail.trim().is_empty() { new.title.clone() } else { new.detail.clone() },
        };
        commented(context, conn, change, &mut case, &comment).await?;
        bonds::in_step(conn, bond.id, context.now()).await?;
        return Ok(Outcome::Applied(case.id));
    }
    if new.title.trim().is_empty() {
        return Err(wrong("title", "title is empty; it is a text."));
    }
    let author = author(change);
    let opens = opening::New {
        system: SYSTEM,
        external: &change.case,
        event: &change.id,
        partner: partner.id,
        kind: new.kind,
        priority: new.priority.unwrap_or(Priority::Normal),
        title: new.title.clone(),
        text: text(&new.detail),
        text_id: Some(change.id.clone()),
        author: &author,
        side: change.side,
    };
    // Who raised it there will speak of it, too.
    let claim = change.correlation.get(xconnector::SYSTEM).map(|external| (xconnector::SYSTEM, external.as_str()));
    let (case, _) = opening::open(context, conn, opens, &references, claim).await?;
    Ok(Outcome::Applied(case.id))
}

/// Words no longer than a message may be.
fn text(given: &str) -> String {
    given.trim().chars().filter(|c| *c != '\0').take(write::LONGEST).collect()
}

async fn commented(context: &Context, conn: &mut Conn, change: &Change, case: &mut Case, comment: &Comment) -> Result<()> {
    let text = text(&comment.text);
    if text.is_empty() {
        return Err(wrong("text", "text is empty; it is what was written."));
    }
    let (origin, id) = origin(&comment.origin, &comment.external_id);
    let author = author(change);
    let visibility = comment.visibility.unwrap_or(Visibility::Internal);
    let said = Said { origin, origin_id: Some(id), author: &author, side: change.side, visibility, text };
    let message = written::message(context, case, said);
    if cases::insert_message(conn, &message).await? {
        causes::case_written(context, conn, case, &message, None).await?;
        moved_by_partner(context, conn, change, case, visibility).await?;
        use_cases::save(context, conn, case).await?;
    }
    Ok(())
}

/// What a partner writes brings a case back that waited for it or was settled, wherever it was written.
async fn moved_by_partner(context: &Context, conn: &mut Conn, change: &Change, case: &mut Case, visibility: Visibility) -> Result<()> {
    if change.side == Side::Partner && visibility == Visibility::Partner {
        let next = case.status.after_partner_message();
        write::become_status(context, conn, case, next, &author(change)).await?;
    }
    Ok(())
}

async fn attached(context: &Context, conn: &mut Conn, change: &Change, case: &mut Case, added: &File, file: &Fetched) -> Result<()> {
    let (system, id) = origin(&added.origin, &added.external_id);
    if attachments::find_of_origin(conn, case.id, system, &id).await?.is_some() {
        return Ok(());
    }
    let name = attachment::clean_name(&added.name);
    let sha256 = attach::digest(&added.sha256).ok_or_else(|| wrong("sha256", "sha256 must be 64 hexadecimal digits."))?;
    let room = attach::room(context, conn, case.id).await?;
    attach::check_size(context, &name, added.size, room)?;
    let (media, size) = match file {
        Fetched::Kept { media, size } => (*media, *size),
        Fetched::Refused(why) => return Err(wrong("attachment", why.clone())),
        Fetched::None => return Err(wrong("sha256", "Its bytes were not fetched.")),
    };
    let visibility = added.visibility.unwrap_or(Visibility::Internal);
    let new = New {
        name,
        media,
        size,
        file: Some(attach::place(&sha256)),
        sha256,
        url: None,
        readers: written::readers(case, visibility),
        side: change.side,
        author: author(change),
        organisation: written::organisation(case, change.side),
        system,
        origin_id: Some(id),
        event: Some(change.id.clone()),
    };
    if !attach::insert(context, conn, case, new).await?.again {
        moved_by_partner(context, conn, change, case, visibility).await?;
        use_cases::save(context, conn, case).await?;
    }
    Ok(())
}

/// Somebody there would like the case to stand elsewhere: both sides read it, and whoever may move the case decides.
async fn wished(context: &Context, conn: &mut Conn, change: &Change, case: &mut Case, wish: &Wish) -> Result<()> {
    if wish.status == case.status {
        return Ok(());
    }
    let (author, note) = (author(change), text(&wish.note));
    let noted = Noted {
        kind: "wished",
        old: Some(case.status.as_str()),
        new: Some(wish.status.as_str()),
        note: &note,
        visibility: Visibility::Partner,
        reader: Some(case.counterparty_id),
        actor: &author,
        system: SYSTEM,
        event: Some(&change.id),
    };
    use_cases::note(context, conn, case, noted).await?;
    use_cases::save(context, conn, case).await
}
