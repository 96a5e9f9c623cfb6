//! Who asks, for whom, and what they may see and do. Deny by default: a permission exists only where it is listed, and
//! rows are reached only through a [`Scope`], which nothing but an [`Actor`] gives out.

use uuid::Uuid;

use super::ids::{MachineKeyId, OrganisationId, UserId};

codes! {
    /// What an organisation is to the hub, and so which screens its people see.
    pub enum Audience {
        /// The company that runs the portal.
        Hub = "hub",
        /// It sells to the hub.
        Supplier = "supplier",
        /// It buys from the hub.
        Customer = "customer",
        /// It moves goods for either.
        Carrier = "carrier",
    }

    /// A person's role in an organisation.
    pub enum Role {
        /// May manage the organisation's people and settings.
        Administrator = "administrator",
        /// May do the daily work.
        Member = "member",
    }
}

/// Something an actor may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Answer purchase orders, announce shipments, send invoices.
    Sell,
    /// Say that goods were received.
    Receive,
    /// Read and act on everything that belongs to the hub: partners, connections, all documents.
    Operate,
}

/// Which rows an actor may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The hub: every row of the installation.
    Hub,
    /// A partner: rows whose counterparty it is.
    Party(OrganisationId),
}

impl Scope {
    /// The counterparty that rows must have, or `None` for the hub.
    pub const fn party(self) -> Option<OrganisationId> {
        match self {
            Self::Hub => None,
            Self::Party(id) => Some(id),
        }
    }

    /// Whether a row with this counterparty is within reach.
    pub fn holds(self, counterparty: OrganisationId) -> bool {
        self.party().is_none_or(|party| party == counterparty)
    }
}

/// Who performs a request: a person or a machine, always for one organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The person or machine.
    pub who: Who,
    /// Name to be shown in histories.
    pub name: String,
    /// The organisation acted for.
    pub organisation: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// What that organisation is to the hub first of all: which screens it sees.
    pub audience: Audience,
    /// Whether it sells to the hub.
    pub sells: bool,
    /// Whether it buys from the hub; it may do both.
    pub buys: bool,
    /// The role there.
    pub role: Role,
}

/// A person or a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// A person who signed in.
    User(UserId),
    /// A program with a key.
    Machine(MachineKeyId),
}

impl Actor {
    /// The rows within reach.
    pub fn scope(&self) -> Scope {
        if self.audience == Audience::Hub { Scope::Hub } else { Scope::Party(self.organisation) }
    }

    /// The only question about authorisation: may this actor do that?
    pub fn may(&self, permission: Permission) -> bool {
        match permission {
            Permission::Sell => self.sells,
            Permission::Receive => self.buys,
            Permission::Operate => self.audience == Audience::Hub,
        }
    }

    /// The id of the person or of the key: whose something is that is kept for one alone.
    pub const fn own_id(&self) -> Uuid {
        match self.who {
            Who::User(id) => id.0,
            Who::Machine(id) => id.0,
        }
    }

    /// The person, where it is one.
    pub fn user(&self) -> Option<UserId> {
        match self.who {
            Who::User(id) => Some(id),
            Who::Machine(_) => None,
        }
    }
}
