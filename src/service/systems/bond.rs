//! Binding a case here to the same case in another system: at most one there for one here.

use crate::{
    domain::case::Visibility,
    service::{
        Context, Error, Result,
        cases::{self as use_cases, Change},
    },
    store::{
        Conn,
        bonds::{self, Bond},
        cases::Case,
    },
};

/// Who says that two cases are the same.
pub(in crate::service) struct Word<'a> {
    /// The system.
    pub system: &'static str,
    /// What it calls the case.
    pub external: &'a str,
    /// The event that said so.
    pub event: Option<&'a str>,
}

/// A new bond that is in step.
pub(super) fn fresh(context: &Context, case: &Case, system: &str, external: &str, is_ours: bool) -> Bond {
    Bond {
        id: context.id(),
        case_id: case.id,
        system: system.to_owned(),
        external_id: external.to_owned(),
        is_ours,
        health: "in_step".to_owned(),
        failure: None,
        synced_at: Some(context.now()),
        version: 0,
        created_at: context.now(),
    }
}

/// Binds a case that there is here to one that there is elsewhere, and writes that into its history. The words of a
/// refusal are what the operator reads.
pub(in crate::service) async fn bind(context: &Context, conn: &mut Conn, case: &Case, word: Word<'_>) -> Result<Bond> {
    let Word { system, external, event } = word;
    if let Some(other) = bonds::find(conn, system, external).await? {
        return if other.case_id == case.id {
            Ok(other)
        } else {
            Err(Error::Conflict(format!("{external} is bound to another case here.")))
        };
    }
    if let Some(other) = bonds::of_case(conn, case.id).await?.into_iter().find(|bond| bond.system == system) {
        return Err(Error::Conflict(format!("{} is bound to {} there already, and not to {external}.", case.number, other.external_id)));
    }
    let bond = fresh(context, case, system, external, true);
    bonds::insert(conn, &bond).await?;
    let change =
        Change { kind: "bonded", new: Some(external), visibility: Visibility::Internal, actor: system, system, event, ..Change::default() };
    use_cases::note(context, conn, case, change).await?;
    Ok(bond)
}
