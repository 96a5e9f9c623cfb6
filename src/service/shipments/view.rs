//! Lists of shipments and one shipment with everything its page shows.

use crate::{
    domain::{
        access::{Actor, Permission},
        ids::ShipmentId,
        order::OrderKind,
        shipment::ShipmentState,
        time::Timestamp,
    },
    service::{
        Context, Error, Result,
        exchange::correction::{self, Correction},
        orders::view::Can,
        paging::{PAGE, cut},
    },
    store::{
        documents::{self, Document},
        events::{self, Event},
        organisations::{self, Organisation},
        shipments::{self, Package, Shipment, ShipmentFilter, ShipmentItem, ShipmentRow},
    },
};

/// A page of the list.
pub struct ShipmentList {
    /// The rows.
    pub rows: Vec<ShipmentRow>,
    /// Where the next page begins.
    pub next: Option<(Timestamp, ShipmentId)>,
    /// How many shipments are in each state.
    pub counts: Vec<(ShipmentState, i64)>,
}

/// Loads a page of shipments.
pub async fn list(context: &Context, actor: &Actor, filter: &ShipmentFilter) -> Result<ShipmentList> {
    let mut conn = context.db.read().await?;
    let mut rows = shipments::list(&mut conn, actor.scope(), filter, PAGE).await?;
    let next = cut(&mut rows, PAGE, |row| (row.created_at, row.id));
    let counts = shipments::count(&mut conn, actor.scope()).await?;
    Ok(ShipmentList { rows, next, counts })
}

/// A shipment and everything around it.
pub struct ShipmentView {
    /// The shipment.
    pub shipment: Shipment,
    /// The party besides the hub.
    pub counterparty: Organisation,
    /// What is in it.
    pub items: Vec<ShipmentItem>,
    /// Its packages.
    pub packages: Vec<Package>,
    /// What happened, oldest first.
    pub events: Vec<Event>,
    /// The ship notice, where the reader may see it.
    pub document: Option<Document>,
    /// Where the reader corrects it, because its receiver did not take the ship notice.
    pub correction: Option<Correction>,
    /// Whether the reader can say that it arrived.
    pub can_receive: Can,
}

/// Loads a shipment.
pub async fn load(context: &Context, actor: &Actor, id: ShipmentId) -> Result<ShipmentView> {
    let mut conn = context.db.read().await?;
    let shipment = shipments::find(&mut conn, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    let counterparty = organisations::find(&mut conn, shipment.counterparty_id).await?.ok_or(Error::NotFound)?;
    let items = shipments::items(&mut conn, id).await?;
    let packages = shipments::packages(&mut conn, id).await?;
    let events = events::of_shipment(&mut conn, id).await?;
    let document = match shipment.document_id {
        Some(document) => documents::find(&mut conn, actor.scope(), document).await?,
        None => None,
    };
    let correction = match &document {
        Some(document) => correction::of(&mut conn, actor, document.id).await?,
        None => None,
    };
    let can_receive = match () {
        () if shipment.kind != OrderKind::Sales || !actor.may(Permission::Receive) => {
            Err("The customer confirms that the goods arrived.".to_owned())
        }
        () if !shipment.state.is_open() => Err("It is marked as arrived.".to_owned()),
        () => Ok(()),
    };
    Ok(ShipmentView { shipment, counterparty, items, packages, events, document, correction, can_receive })
}
