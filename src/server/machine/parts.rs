//! What several resources have in common.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    domain::{message, order},
    store::organisations::Organisation,
};

/// The company besides the one that runs the portal.
#[derive(Serialize, ToSchema)]
pub struct Partner {
    /// Short code; absent where a list does not load it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Name.
    pub name: String,
}

impl Partner {
    /// A partner of whom only the name is known.
    pub fn named(name: String) -> Self {
        Self { code: None, name }
    }
}

impl From<Organisation> for Partner {
    fn from(organisation: Organisation) -> Self {
        Self { code: Some(organisation.code), name: organisation.name }
    }
}

/// Another resource in short.
#[derive(Serialize, ToSchema)]
pub struct Link {
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub status: String,
}

/// A party to an order or shipment.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Party {
    /// BY buyer, SE seller, ST ship to, BT bill to, SF ship from, RI remit to.
    #[schema(min_length = 1, max_length = 3, example = "ST")]
    pub role: String,
    /// Name.
    #[schema(max_length = 60)]
    pub name: Option<String>,
    /// What kind of id it is: 1 or 9 D-U-N-S, 91 given by the seller, 92 given by the buyer.
    #[schema(max_length = 2)]
    pub id_qualifier: Option<String>,
    /// Its id.
    #[schema(max_length = 80)]
    pub id: Option<String>,
    /// Street lines.
    #[serde(default)]
    pub address: Vec<String>,
    /// City.
    pub city: Option<String>,
    /// State or province.
    pub region: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Country code.
    pub country: Option<String>,
}

impl From<message::Party> for Party {
    fn from(party: message::Party) -> Self {
        let message::Party { role, name, id_qualifier, id, address, city, region, postal_code, country } = party;
        Self { role, name, id_qualifier, id, address, city, region, postal_code, country }
    }
}

impl From<Party> for message::Party {
    fn from(party: Party) -> Self {
        let Party { role, name, id_qualifier, id, address, city, region, postal_code, country } = party;
        Self { role, name, id_qualifier, id, address, city, region, postal_code, country }
    }
}

/// What an item is called by each side.
#[derive(Default, Serialize, Deserialize, ToSchema)]
pub struct Item {
    /// The buyer's number.
    pub buyer: Option<String>,
    /// The seller's number.
    pub seller: Option<String>,
    /// GTIN.
    pub gtin: Option<String>,
}

/// A part of a line with its own date.
#[derive(Serialize, ToSchema)]
pub struct Part {
    /// How much.
    #[schema(format = "decimal", example = "60")]
    pub quantity: String,
    /// When.
    #[schema(format = Date)]
    pub date: Option<String>,
}

impl From<&order::Part> for Part {
    fn from(part: &order::Part) -> Self {
        Self { quantity: part.quantity.to_string(), date: text(part.on) }
    }
}

/// A value as it stands in JSON: dates and times ISO 8601, numbers as plain decimals.
pub fn text<T: ToString>(value: Option<T>) -> Option<String> {
    value.map(|value| value.to_string())
}
