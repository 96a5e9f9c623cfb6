//! Goods on their way: announced, reported by the carrier, received.

use super::{
    calendar::{at, in_office, later},
    companies::{Company, HUB, company, place},
    papers,
    play::{Player, Step},
    story::Deal,
    wire,
};
use crate::{
    domain::{
        ids::ShipmentId,
        number::Quantity,
        order::{Line, OrderKind},
    },
    service::{
        Error, Result,
        shipments::{
            self as services,
            announce::{self, ShipForm, ShipLine},
        },
    },
    store::{
        Scope, orders,
        shipments::{self, Shipment},
    },
};

impl Player {
    /// The seller ships one part of an order.
    pub(super) async fn ship(&mut self, index: usize, part: usize) -> Result<()> {
        let deal = self.deals[index].clone();
        let (order, lines) = self.standing(index).await?;
        if !order.state.can_be_shipped() {
            return Ok(());
        }
        let is_last = part + 1 == deal.parts;
        let covered = deal.covered_by.map_or(0, |purchase| self.deals[purchase].lines.len());
        let own = &lines[..lines.len() - covered];
        let chosen: Vec<ShipLine> = own
            .iter()
            .filter_map(|line| {
                let quantity = if is_last { line.to_ship() } else { half(line) };
                quantity.is_positive().then(|| ShipLine { position: line.position.to_string(), quantity: quantity.to_string() })
            })
            .collect();
        if chosen.is_empty() {
            return Ok(());
        }
        let form = self.ship_form(&deal, chosen);
        let id = if deal.kind == OrderKind::Purchase && deal.partner.in_portal {
            let actor = self.somebody(deal.partner.code)?;
            let id = announce::announce(&self.context, &actor, order.id, &form).await?;
            self.deliver(company(HUB)).await?;
            id
        } else {
            let notice = papers::notice(&order, &lines, &form, self.context.now());
            self.send(deal.seller(), deal.buyer(), &notice).await?;
            let mut conn = self.context.db.read().await?;
            let found = shipments::find_by_number(&mut conn, deal.kind, order.counterparty_id, &form.number).await?;
            found.ok_or_else(|| Error::Internal(format!("shipment {} did not arrive", form.number)))?.id
        };
        self.plan_journey(index, &deal, id);
        Ok(())
    }

    fn ship_form(&mut self, deal: &Deal, lines: Vec<ShipLine>) -> ShipForm {
        let seller = deal.seller();
        let number = self.number(seller.code);
        let today = self.context.clock.today();
        let tracking = 100_000_000 + self.dice.below(900_000_000);
        ShipForm {
            number: format!("{}-S-{number}", seller.prefix),
            shipped_on: today.to_string(),
            estimated_on: later(today, days_of(deal.carrier)).to_string(),
            scac: deal.carrier.address.1.to_owned(),
            carrier: deal.carrier.name.to_owned(),
            tracking: format!("{}{tracking}", deal.carrier.prefix),
            bill_of_lading: if tracking.is_multiple_of(2) { format!("BOL{}", tracking / 1000) } else { String::new() },
            packages: (1 + self.dice.below(6)).to_string(),
            lines,
        }
    }

    /// What the carrier and the receiver will say, and when it is invoiced.
    fn plan_journey(&mut self, index: usize, deal: &Deal, id: ShipmentId) {
        let today = self.context.clock.today();
        let minute = 7 * 60 + i64::try_from(self.dice.below(8 * 60)).unwrap_or_default();
        let from = city(place(HUB).city, deal);
        // What left long ago was followed by carriers that told only of trouble and of the arrival.
        let is_followed = later(today, 15) >= self.calendar.now.date_utc();
        if is_followed {
            self.plan_in(150, Step::Report(index, id, "AF", from));
        }
        let late = if self.dice.below(4) == 0 { 3 } else { 0 };
        let days = days_of(deal.carrier) + late;
        let mut arrives = later(today, days);
        if deal.held {
            self.plan(at(later(today, days - 1), minute), Step::Report(index, id, "CA", ("Rotterdam", "NL")));
            let released = later(today, days + 4);
            self.plan(at(released, minute - 300), Step::Report(index, id, "X6", ("Rotterdam", "NL")));
            arrives = later(released, 1);
        } else if is_followed {
            self.plan(at(later(today, days - 1), minute + 60), Step::Report(index, id, "X4", ("Duisburg", "DE")));
        }
        let arrival = at(arrives, minute);
        // A customer in the portal often says it first; the others leave it to the carrier.
        let says_so = deal.ship_to.of != HUB && company(deal.ship_to.of).in_portal && self.dice.below(3) == 0;
        if !says_so {
            self.plan(arrival, Step::Report(index, id, "D1", (deal.ship_to.city, deal.ship_to.country)));
        }
        if says_so || self.dice.below(3) == 0 {
            self.plan(arrival.plus_seconds(4 * 3600), Step::Receive(index, id));
        }
        if deal.invoice_late {
            let days = 2 + i32::try_from(self.dice.below(6)).unwrap_or_default();
            self.plan(at(later(arrives, days), minute), Step::Invoice(index, id));
        } else {
            let after = 180 + i64::try_from(self.dice.below(22 * 60)).unwrap_or_default();
            let when = in_office(self.context.now().plus_seconds(after * 60));
            self.plan(when, Step::Invoice(index, id));
        }
    }

    async fn shipment(&self, id: ShipmentId) -> Result<Shipment> {
        let mut conn = self.context.db.read().await?;
        shipments::find(&mut conn, Scope::Hub, id).await?.ok_or(Error::NotFound)
    }

    /// The carrier's system reports.
    pub(super) async fn report(&mut self, index: usize, id: ShipmentId, status: &str, place: (&str, &str)) -> Result<()> {
        let shipment = self.shipment(id).await?;
        if !shipment.state.is_open() {
            return Ok(());
        }
        let carrier = self.deals[index].carrier;
        let tracking = shipment.tracking.as_deref().unwrap_or_default();
        let set = wire::report(carrier.address.1, tracking, &shipment.number, status, place, self.context.now());
        self.send_sets(carrier, company(HUB), &[set]).await.map(|_| ())
    }

    /// The receiver has it: customers in the portal press the button, the others' systems count.
    pub(super) async fn receive_goods(&mut self, index: usize, id: ShipmentId) -> Result<()> {
        let deal = self.deals[index].clone();
        let receiver = company(deal.ship_to.of);
        if receiver.code != HUB && receiver.in_portal {
            return self.confirm(receiver, id).await;
        }
        let shipment = self.shipment(id).await?;
        let (order, lines) = self.standing(index).await?;
        let mut conn = self.context.db.read().await?;
        let shipped = shipments::lines(&mut conn, id).await?;
        drop(conn);
        let counted: Vec<(Line, Quantity)> = shipped
            .iter()
            .filter_map(|row| lines.iter().find(|line| line.id == row.order_line_id).map(|line| (line.clone(), row.quantity)))
            .collect();
        let missing = if self.dice.below(6) == 0 { Quantity::whole(1) } else { Quantity::ZERO };
        let set = wire::receipt(&shipment.number, &order, &counted, missing, self.context.now());
        let to = if receiver.code == HUB { deal.partner } else { company(HUB) };
        self.send_sets(receiver, to, &[set]).await.map(|_| ())
    }

    async fn confirm(&mut self, receiver: &'static Company, id: ShipmentId) -> Result<()> {
        let shipment = self.shipment(id).await?;
        let actor = self.somebody(receiver.code)?;
        let mut seen = vec![shipment];
        let mut conn = self.context.db.read().await?;
        seen.extend(shipments::views(&mut conn, id).await?);
        drop(conn);
        let own = seen.iter().find(|shipment| shipment.kind == OrderKind::Sales && shipment.counterparty_id == actor.organisation);
        match own {
            Some(shipment) if shipment.state.is_open() => services::confirm_receipt(&self.context, &actor, shipment.id).await,
            _ => Ok(()),
        }
    }

    /// The goods of a shipment with the lines they belong to.
    pub(super) async fn contents(&self, id: ShipmentId) -> Result<Vec<(Line, Quantity)>> {
        let mut conn = self.context.db.read().await?;
        let mut found = Vec::new();
        let mut of: Option<(crate::domain::ids::OrderId, Vec<Line>)> = None;
        for row in shipments::lines(&mut conn, id).await? {
            if of.as_ref().is_none_or(|(order, _)| *order != row.order_id) {
                of = Some((row.order_id, orders::lines(&mut conn, row.order_id).await?));
            }
            let lines = of.as_ref().map(|(_, lines)| lines.as_slice()).unwrap_or_default();
            found.extend(lines.iter().find(|line| line.id == row.order_line_id).map(|line| (line.clone(), row.quantity)));
        }
        Ok(found)
    }
}

/// Half of what is left, in whole units where there are some.
fn half(line: &Line) -> Quantity {
    let left = line.to_ship().micros();
    Quantity::from_micros(if left >= 2_000_000 { left / 2_000_000 * 1_000_000 } else { 0 })
}

/// Working days on the road.
fn days_of(carrier: &Company) -> i32 {
    if carrier.code == "BALTRUM" { 5 } else { 3 }
}

/// Where a shipment starts.
fn city(hub: &'static str, deal: &Deal) -> (&'static str, &'static str) {
    if deal.kind == OrderKind::Sales {
        return (hub, "NL");
    }
    let (city, country) = deal.partner.place.split_once(", ").unwrap_or((deal.partner.place, ""));
    let code = match country {
        "Germany" => "DE",
        "Switzerland" => "CH",
        "United Kingdom" => "GB",
        "Czechia" => "CZ",
        "Italy" => "IT",
        "Sweden" => "SE",
        "Spain" => "ES",
        "United States" => "US",
        _ => "NL",
    };
    (city, code)
}
