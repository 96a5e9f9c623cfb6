//! The hub's partners: who they are, how they are known on the wire, who their people are. Only the hub sees them; for
//! everybody else there are none.

use super::{Context, Error, FieldError, Result, systems::inbound};
use crate::{
    domain::{
        access::{Actor, Permission, Scope},
        ids::OrganisationId,
        number::Currency,
    },
    store::{
        Conn, dialect,
        documents::{self, DocumentFilter, DocumentRow},
        organisations::{self, Identifier, Organisation},
        partners::{self, PartnerRow, Person},
        routes::{self, Route},
    },
    text::Zone,
};

/// How many documents a partner's page shows.
const NEWEST: i64 = 10;

/// Qualifiers of an interchange id (element I05) that are offered, with what they mean.
pub const QUALIFIERS: &[(&str, &str)] = &[
    ("ZZ", "Agreed between the partners"),
    ("01", "D-U-N-S number"),
    ("14", "D-U-N-S number with a suffix"),
    ("12", "Telephone number"),
    ("08", "UCC communications id"),
    ("07", "Global location number (GLN)"),
    ("02", "Carrier code (SCAC)"),
    ("04", "IATA code"),
    ("09", "X.121 network address"),
    ("30", "US tax number"),
];

/// A row of the list, with its identifiers.
pub struct Listed {
    /// The partner and its counts.
    pub row: PartnerRow,
    /// How it is known on the wire, portal seats first.
    pub identifiers: Vec<Identifier>,
}

/// The list of partners, the hub itself first.
pub async fn list(context: &Context, actor: &Actor) -> Result<Vec<Listed>> {
    hub_only(actor)?;
    let mut conn = context.db.read().await?;
    let rows = partners::list(&mut conn).await?;
    let identifiers = partners::identifiers(&mut conn).await?;
    let of = |id| identifiers.iter().filter(|identifier| identifier.organisation_id == id).cloned().collect();
    Ok(rows.into_iter().map(|row| Listed { identifiers: of(row.organisation.id), row }).collect())
}

/// A partner and everything around it.
pub struct PartnerView {
    /// The company.
    pub organisation: Organisation,
    /// How it is known on the wire.
    pub identifiers: Vec<Identifier>,
    /// Who can sign in for it.
    pub people: Vec<Person>,
    /// The ways to its systems.
    pub routes: Vec<Route>,
    /// Its newest documents.
    pub documents: Vec<DocumentRow>,
}

/// One partner.
pub async fn load(context: &Context, actor: &Actor, id: OrganisationId) -> Result<PartnerView> {
    hub_only(actor)?;
    let mut conn = context.db.read().await?;
    let organisation = organisations::find(&mut conn, id).await?.ok_or(Error::NotFound)?;
    let identifiers = organisations::identifiers(&mut conn, id).await?;
    let people = partners::people(&mut conn, id).await?;
    let routes = routes::list(&mut conn).await?.into_iter().filter(|route| route.organisation_id == id).collect();
    // The hub reads what the partner itself would see.
    let documents = documents::list(&mut conn, Scope::Party(id), &DocumentFilter::default(), NEWEST - 1).await?;
    Ok(PartnerView { organisation, identifiers, people, routes, documents })
}

/// A partner as it is entered.
#[derive(Clone, Debug, Default)]
pub struct NewPartner {
    /// Short code.
    pub code: String,
    /// Name.
    pub name: String,
    /// It sells to the hub.
    pub is_supplier: bool,
    /// It buys from the hub.
    pub is_customer: bool,
    /// It moves goods.
    pub is_carrier: bool,
    /// IANA name of its time zone.
    pub zone: String,
    /// ISO 4217 code.
    pub currency: String,
    /// City and country.
    pub place: String,
}

/// Adds a partner.
pub async fn add(context: &Context, actor: &Actor, new: NewPartner) -> Result<Organisation> {
    hub_only(actor)?;
    let mut wrong = Vec::new();
    let mut refuse = |field: &str, message: &str| wrong.push(FieldError { field: field.to_owned(), message: message.to_owned() });
    let (code, name, place) = (new.code.trim().to_uppercase(), new.name.trim(), new.place.trim());
    if !(2..=20).contains(&code.len()) || !code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        refuse("code", "Enter 2 to 20 letters, digits or hyphens, such as KESTREL.");
    }
    if name.is_empty() || name.chars().count() > 100 {
        refuse("name", "Enter the company's name, with at most 100 characters.");
    }
    if !(new.is_supplier || new.is_customer || new.is_carrier) {
        refuse("is_supplier", "Choose at least one role: it decides which pages its people see.");
    }
    if Zone::named(&new.zone).is_none() {
        refuse("zone", "Choose a time zone from the list.");
    }
    let currency = new.currency.trim().to_uppercase().parse::<Currency>();
    if currency.is_err() {
        refuse("currency", "Enter a currency by its three letters, such as EUR.");
    }
    if place.chars().count() > 100 {
        refuse("place", "Enter city and country in at most 100 characters.");
    }
    let (true, Ok(currency)) = (wrong.is_empty(), currency) else { return Err(Error::Invalid(wrong)) };
    let row = Organisation {
        id: context.id(),
        code,
        name: name.to_owned(),
        is_hub: false,
        is_supplier: new.is_supplier,
        is_customer: new.is_customer,
        is_carrier: new.is_carrier,
        zone: new.zone,
        currency,
        place: place.to_owned(),
        created_at: context.now(),
    };
    let mut tx = context.db.begin().await?;
    dialect::lock(&mut tx, &format!("organisation {}", row.code)).await?;
    if let Some(other) = organisations::find_by_code(&mut tx, &row.code).await? {
        return Err(Error::field("code", format!("{} has this code already. Choose another.", other.name)));
    }
    organisations::insert(&mut tx, &row).await?;
    inbound::partner_appeared(context, &mut tx, &row.code).await?;
    tx.commit().await?;
    context.live.publish(None);
    Ok(row)
}

/// An identifier as it is entered.
#[derive(Clone, Debug, Default)]
pub struct NewIdentifier {
    /// Qualifier (ISA05, ISA07).
    pub qualifier: String,
    /// The id itself.
    pub value: String,
    /// `portal` or `wire`.
    pub seat: String,
}

/// Whether an id can stand in an envelope: GS02 and GS03 need 2 characters, ISA06 and ISA08 hold 15, and the signs that
/// cut a document into elements cannot stand in one.
pub fn is_identifier(value: &str) -> bool {
    (2..=15).contains(&value.len()) && value.trim() == value && value.chars().all(|c| c.is_ascii_alphanumeric() || " -._&/".contains(c))
}

/// Adds an identifier to a partner. One identifier belongs to one organisation.
pub async fn add_identifier(context: &Context, actor: &Actor, organisation: OrganisationId, new: NewIdentifier) -> Result<()> {
    hub_only(actor)?;
    let mut wrong = Vec::new();
    let mut refuse = |field: &str, message: &str| wrong.push(FieldError { field: field.to_owned(), message: message.to_owned() });
    let value = new.value.trim().to_owned();
    if !QUALIFIERS.iter().any(|(code, _)| *code == new.qualifier) {
        refuse("qualifier", "Choose what kind of number it is.");
    }
    if !is_identifier(&value) {
        refuse("value", "Enter 2 to 15 letters, digits, blanks or one of - . _ & /, as it stands in the partner's documents.");
    }
    if !matches!(new.seat.as_str(), "portal" | "wire") {
        refuse("seat", "Choose who reads and writes documents in this name.");
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let mut tx = context.db.begin().await?;
    let owner = organisations::find(&mut tx, organisation).await?.ok_or(Error::NotFound)?;
    dialect::lock(&mut tx, &format!("identifier {}:{value}", new.qualifier)).await?;
    if let Some(taken) = organisations::identify(&mut tx, &new.qualifier, &value).await? {
        return Err(Error::field("value", taken_by(&mut tx, &owner, &taken).await?));
    }
    let row = Identifier { qualifier: new.qualifier, value, organisation_id: owner.id, seat: new.seat };
    organisations::insert_identifier(&mut tx, &row).await?;
    tx.commit().await?;
    context.live.publish(None);
    Ok(())
}

/// Why an identifier cannot be given again.
async fn taken_by(conn: &mut Conn, owner: &Organisation, taken: &Identifier) -> Result<String> {
    let Identifier { qualifier, value, organisation_id, .. } = taken;
    if *organisation_id == owner.id {
        return Ok(format!("{} has {value} ({qualifier}) already.", owner.name));
    }
    let other = organisations::find(conn, *organisation_id).await?.map_or_else(String::new, |other| other.name);
    Ok(format!("{value} ({qualifier}) belongs to {other} already. Check the number; two partners cannot share one."))
}

/// For everybody but the hub there are no partners.
fn hub_only(actor: &Actor) -> Result<()> {
    if actor.may(Permission::Operate) { Ok(()) } else { Err(Error::NotFound) }
}
