//! The companies, their identifiers, people and routes, as rows.

use std::collections::BTreeMap;

use sqlx::types::Json;

use super::companies::{COMPANIES, Company, Part};
use crate::{
    domain::{
        access::{Actor, Role},
        ids::{MembershipId, OrganisationId, RouteId, UserId},
        number::Currency,
    },
    service::{Context, Error, Result},
    store::{
        organisations::{self, Identifier, Organisation},
        routes::{self, Route},
        users::{self, User},
    },
};

/// What the rest of the seed needs to know of a company.
pub(super) struct Known {
    pub(super) id: OrganisationId,
    /// Its people, acting for it, in the order in which they are listed.
    pub(super) people: Vec<Actor>,
    /// How its documents travel; none for companies in the portal.
    pub(super) route: Option<Route>,
}

/// Writes them down.
pub(super) async fn companies(context: &Context, password_hash: &str) -> Result<BTreeMap<&'static str, Known>> {
    let mut known = BTreeMap::new();
    let mut users: BTreeMap<&str, UserId> = BTreeMap::new();
    let mut tx = context.db.begin().await?;
    for (nth, company) in COMPANIES.iter().enumerate() {
        // A person's first company is the one they act for after signing in.
        let now = context.now().plus_seconds(i64::try_from(nth).unwrap_or_default());
        let row = organisation(context, company)?;
        organisations::insert(&mut tx, &row).await?;
        let seat = if company.in_portal { "portal" } else { "wire" };
        let (qualifier, value) = (company.address.0.to_owned(), company.address.1.to_owned());
        organisations::insert_identifier(&mut tx, &Identifier { qualifier, value, organisation_id: row.id, seat: seat.to_owned() }).await?;
        for person in company.people {
            let id = match users.get(person.email) {
                Some(id) => *id,
                None => {
                    let user = user(context, company, person, password_hash);
                    users::insert(&mut tx, &user).await?;
                    users.insert(person.email, user.id);
                    user.id
                }
            };
            let role = if person.is_administrator { Role::Administrator } else { Role::Member };
            users::insert_membership(&mut tx, context.id::<MembershipId>(), id, row.id, role, now).await?;
        }
        let route = (!company.in_portal || company.part == Part::Hub).then(|| route(context, company, row.id));
        if let Some(route) = &route {
            routes::insert(&mut tx, route).await?;
        }
        let mut people = Vec::new();
        for person in company.people {
            let reader = users::reader(&mut tx, users[person.email], Some(row.id)).await?;
            people.push(reader.ok_or_else(|| Error::Internal(format!("{} cannot sign in", person.email)))?.actor);
        }
        known.insert(company.code, Known { id: row.id, people, route });
    }
    tx.commit().await?;
    Ok(known)
}

fn organisation(context: &Context, company: &Company) -> Result<Organisation> {
    let currency: Currency = company.currency.parse().map_err(|_| Error::Internal(format!("{} is no currency", company.currency)))?;
    Ok(Organisation {
        id: context.id(),
        code: company.code.to_owned(),
        name: company.name.to_owned(),
        is_hub: company.part == Part::Hub,
        is_supplier: company.part == Part::Supplier,
        is_customer: company.part == Part::Customer,
        is_carrier: company.part == Part::Carrier,
        zone: company.zone.to_owned(),
        currency,
        place: company.place.to_owned(),
        created_at: context.now(),
    })
}

fn user(context: &Context, company: &Company, person: &super::companies::Person, password_hash: &str) -> User {
    User {
        id: context.id(),
        email: person.email.to_owned(),
        name: person.name.to_owned(),
        password_hash: password_hash.to_owned(),
        zone: company.zone.to_owned(),
        theme: "system".to_owned(),
        failures: 0,
        locked_until: None,
        disabled_at: None,
        created_at: context.now(),
    }
}

/// A mailbox on the grid. Its address and key are set when the demonstration starts.
fn route(context: &Context, company: &Company, organisation: OrganisationId) -> Route {
    let name = match company.part {
        Part::Hub => "Castellan ERP".to_owned(),
        Part::Carrier => format!("{}, reports", company.name),
        _ => format!("{}, mailbox", company.name),
    };
    Route {
        id: context.id::<RouteId>(),
        organisation_id: organisation,
        name,
        config: Json(serde_json::json!({
            "transport": "mailbox",
            "address": "http://127.0.0.1:9",
            "key": "set when the demonstration starts",
            "mailbox": format!("hub.{}", company.code),
        })),
        // Carriers only tell: their reports are not acknowledged.
        is_copy: company.part == Part::Carrier,
        is_active: true,
        looked_at: None,
        succeeded_at: None,
        failed_at: None,
        failure: None,
    }
}
