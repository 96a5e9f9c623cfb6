//! Setting up an installation from the command line: organisations with their identifiers, and the routes to them. Day
//! to day the same is done under Partners; the hub itself can only be set up here.

use std::path::Path;

use clap::{Args, Subcommand, ValueEnum};
use sqlx::types::Json;

use super::start::StartError;
use crate::{
    connectors::trading_grid::documents::transport::RouteConfig,
    domain::number::Currency,
    service::{Context, outbox, partners, systems::inbound},
    store::{
        organisations::{self, Identifier, Organisation},
        routes::{self, Route},
    },
};

/// What to do with organisations.
#[derive(Subcommand)]
pub enum OrganisationCommand {
    /// Add a company: first the hub, then its partners.
    Add(NewOrganisation),
}

/// A company to be added.
#[derive(Args)]
pub struct NewOrganisation {
    /// Short code, such as KESTREL.
    #[arg(long)]
    code: String,
    /// Name.
    #[arg(long)]
    name: String,
    /// What it is to the hub; may be given several times.
    #[arg(long, required = true)]
    role: Vec<RoleName>,
    /// How it is known on the wire, as QUALIFIER:VALUE, such as ZZ:KESTREL.
    #[arg(long)]
    identifier: Option<String>,
    /// It has its own system on the wire; without it, people answer in the portal.
    #[arg(long)]
    wire: bool,
    /// Time zone.
    #[arg(long, default_value = "UTC")]
    zone: String,
    /// Currency of its orders where a document names none.
    #[arg(long, default_value = "USD")]
    currency: String,
}

/// A role.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RoleName {
    Hub,
    Supplier,
    Customer,
    Carrier,
}

/// What to do with routes.
#[derive(Subcommand)]
pub enum RouteCommand {
    /// Add a way to exchange documents with an organisation.
    Add(NewRoute),
}

/// A route to be added.
#[derive(Args)]
pub struct NewRoute {
    /// Code of the organisation it leads to; the hub's own leads to its ERP.
    #[arg(long)]
    organisation: String,
    /// Name, as shown under Connections.
    #[arg(long)]
    name: String,
    /// A JSON file with the transport and its settings, as docs/connections.md shows it.
    #[arg(long)]
    settings: std::path::PathBuf,
}

/// Adds a company.
pub async fn add_organisation(context: &Context, new: &NewOrganisation) -> Result<(), StartError> {
    let wrong = |words: String| StartError::Other(words);
    let has = |role| new.role.contains(&role);
    let identifier = match new.identifier.as_deref() {
        Some(text) => Some(text.split_once(':').ok_or_else(|| wrong(format!("{text} is not QUALIFIER:VALUE, such as ZZ:KESTREL.")))?),
        None => None,
    };
    if let Some((qualifier, value)) = identifier
        && !(qualifier.len() == 2 && partners::is_identifier(value))
    {
        return Err(wrong(format!(
            "{qualifier}:{value} cannot stand in a document. Give a qualifier of 2 and an id of 2 to 15 characters."
        )));
    }
    let mut tx = context.db.begin().await?;
    if organisations::find_by_code(&mut tx, &new.code).await?.is_some() {
        return Err(wrong(format!("There is an organisation with the code {} already. Choose another code.", new.code)));
    }
    if has(RoleName::Hub) && organisations::hub(&mut tx).await?.is_some() {
        return Err(wrong("There is a hub already, and an installation has one.".to_owned()));
    }
    let currency: Currency = new.currency.parse().map_err(|_| wrong(format!("{} is not a currency code, such as EUR.", new.currency)))?;
    let row = Organisation {
        id: context.id(),
        code: new.code.clone(),
        name: new.name.clone(),
        is_hub: has(RoleName::Hub),
        is_supplier: has(RoleName::Supplier),
        is_customer: has(RoleName::Customer),
        is_carrier: has(RoleName::Carrier),
        zone: new.zone.clone(),
        currency,
        place: String::new(),
        created_at: context.now(),
    };
    organisations::insert(&mut tx, &row).await?;
    inbound::partner_appeared(context, &mut tx, &row.code).await?;
    if let Some((qualifier, value)) = identifier {
        let seat = if new.wire { "wire" } else { "portal" };
        let identifier =
            Identifier { qualifier: qualifier.to_owned(), value: value.to_owned(), organisation_id: row.id, seat: seat.to_owned() };
        if organisations::identify(&mut tx, qualifier, value).await?.is_some() {
            return Err(wrong(format!("The identifier {qualifier}:{value} belongs to somebody already.")));
        }
        organisations::insert_identifier(&mut tx, &identifier).await?;
    }
    Ok(tx.commit().await?)
}

/// Adds a route, after its settings were read as the transport will read them.
pub async fn add_route(context: &Context, new: &NewRoute) -> Result<(), StartError> {
    let config = read_settings(&new.settings)?;
    let mut tx = context.db.begin().await?;
    let owner = organisations::find_by_code(&mut tx, &new.organisation).await?;
    let owner = owner.ok_or_else(|| StartError::Other(format!("There is no organisation with the code {}.", new.organisation)))?;
    let route = Route {
        id: context.id(),
        organisation_id: owner.id,
        name: new.name.clone(),
        config: Json(config),
        is_copy: false,
        is_active: true,
        looked_at: None,
        succeeded_at: None,
        failed_at: None,
        failure: None,
    };
    routes::insert(&mut tx, &route).await?;
    // What had no way to leave so far.
    outbox::hasten(context, &mut tx, owner.id).await?;
    Ok(tx.commit().await?)
}

fn read_settings(file: &Path) -> Result<serde_json::Value, StartError> {
    let unusable = |why: String| StartError::Other(format!("{} cannot be used: {why}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| unusable(error.to_string()))?;
    let config: serde_json::Value = serde_json::from_str(&text).map_err(|error| unusable(error.to_string()))?;
    serde_json::from_value::<RouteConfig>(config.clone()).map_err(|error| unusable(error.to_string()))?;
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_a_route_are_checked_before_they_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("route.json");
        for (text, usable) in [
            (r#"{"transport":"folder","inbound":"in","outbound":"out"}"#, true),
            (r#"{"transport":"folder","inbound":"in"}"#, false),
            (r#"{"transport":"pigeon"}"#, false),
            ("not JSON", false),
        ] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(read_settings(&file).is_ok(), usable, "{text}");
        }
    }
}
