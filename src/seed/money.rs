//! Invoices and what their receivers say of them.

use super::{
    calendar::{at, later},
    companies::{HUB, company},
    papers,
    play::{Player, Step},
    story::{Deal, Payment},
};
use crate::{
    domain::{
        ids::{InvoiceId, ShipmentId},
        invoice::InvoiceState,
        number::{Amount, Quantity},
        order::{Line, OrderKind},
    },
    service::{
        Error, Result,
        invoices::{
            self as services,
            send::{self, InvoiceEntry, InvoiceForm},
        },
    },
    store::{Scope, invoices, shipments},
};

impl Player {
    /// The seller invoices a shipment; one straight to a customer causes the hub's own invoice to that customer too.
    pub(super) async fn invoice(&mut self, index: usize, shipment: ShipmentId) -> Result<()> {
        let deal = self.deals[index].clone();
        let goods = self.billable(shipment).await?;
        if goods.is_empty() {
            return Ok(());
        }
        let (order, _) = self.standing(index).await?;
        let number = self.invoice_number(&deal);
        let today = self.context.clock.today();
        if deal.kind == OrderKind::Purchase && deal.partner.in_portal {
            let form = InvoiceForm {
                number: number.clone(),
                invoiced_on: today.to_string(),
                net_days: deal.partner.net_days.to_string(),
                shipment: shipment.to_string(),
                lines: goods
                    .iter()
                    .map(|(line, quantity)| InvoiceEntry { position: line.position.to_string(), quantity: quantity.to_string() })
                    .collect(),
            };
            let actor = self.somebody(deal.partner.code)?;
            let id = send::send(&self.context, &actor, order.id, &form).await?;
            self.deliver(company(HUB)).await?;
            self.plan_in(9, Step::State(id, InvoiceState::Received, String::new()));
            self.plan_payment(&deal, id);
        } else {
            let mut conn = self.context.db.read().await?;
            let row = shipments::find(&mut conn, Scope::Hub, shipment).await?.ok_or(Error::NotFound)?;
            drop(conn);
            self.send(deal.seller(), deal.buyer(), &papers::invoice(&number, &deal, &order, &goods, &row, today)).await?;
            let mut conn = self.context.db.read().await?;
            let found = invoices::find_by_number(&mut conn, deal.kind, order.counterparty_id, &number).await?;
            drop(conn);
            let id = found.ok_or_else(|| Error::Internal(format!("invoice {number} did not arrive")))?.id;
            self.plan_payment(&deal, id);
        }
        self.bill_on(index, shipment).await
    }

    /// The hub invoices its customer for what a supplier sent straight there.
    async fn bill_on(&mut self, purchase: usize, shipment: ShipmentId) -> Result<()> {
        let Some(sale) = self.deals.iter().position(|deal| deal.covered_by == Some(purchase)) else { return Ok(()) };
        let mut conn = self.context.db.read().await?;
        let seen = shipments::views(&mut conn, shipment).await?.into_iter().next();
        drop(conn);
        if let Some(view) = seen {
            self.plan_in(75, Step::Invoice(sale, view.id));
        }
        Ok(())
    }

    fn invoice_number(&mut self, deal: &Deal) -> String {
        let seller = deal.seller();
        let year = self.context.clock.today().0.year();
        format!("{}-{year}-{}", seller.prefix, self.number(seller.code))
    }

    /// What a shipment carries and no invoice has named.
    async fn billable(&self, shipment: ShipmentId) -> Result<Vec<(Line, Quantity)>> {
        let goods = self.contents(shipment).await?;
        Ok(goods
            .into_iter()
            .map(|(line, quantity)| {
                let open = quantity.min(line.to_invoice());
                (line, open)
            })
            .filter(|(_, quantity)| quantity.is_positive())
            .collect())
    }

    fn plan_payment(&mut self, deal: &Deal, id: InvoiceId) {
        use InvoiceState::{Approved, ConditionallyAccepted, InProcess, Paid, PartPaid, Rejected, UnderQuery};
        let today = self.context.clock.today();
        let minute = 8 * 60 + i64::try_from(self.dice.below(7 * 60)).unwrap_or_default();
        let due = today.plus_days(i32::try_from(deal.seller().net_days).unwrap_or(30));
        // Suppliers are told with a remittance; a customer's payment is entered by hand.
        let seller = deal.seller().code;
        let pays = |is_short: bool| match (deal.kind, is_short) {
            (OrderKind::Purchase, _) => Step::Pay(seller, id, is_short),
            (OrderKind::Sales, false) => Step::State(id, Paid, String::new()),
            (OrderKind::Sales, true) => Step::State(id, PartPaid, "One line waits for the quality report.".to_owned()),
        };
        if deal.payment == Payment::PartPaid {
            self.held.insert(id);
        }
        let mut on = |days: i32, state: InvoiceState, reason: &str| {
            self.plan(at(later(today, days), minute), Step::State(id, state, reason.to_owned()));
        };
        on(1, InProcess, "");
        match deal.payment {
            Payment::Rejected => on(3, Rejected, REJECTED[deal.number.len() % REJECTED.len()]),
            Payment::Question => {
                on(3, UnderQuery, QUESTIONS[deal.lines.len() % QUESTIONS.len()]);
                on(14, Approved, "");
                self.plan(at(due, minute).max(at(later(today, 15), minute)), pays(false));
            }
            Payment::Conditions => {
                on(
                    3,
                    ConditionallyAccepted,
                    "2 % is held back until the material certificates 3.1 have arrived. Attach them to the order.",
                );
                self.plan(at(due, minute), pays(false));
            }
            Payment::PartPaid => {
                on(4, Approved, "");
                self.plan(at(due, minute), pays(true));
            }
            Payment::Approved => on(4, Approved, ""),
            Payment::Paid => {
                on(4, Approved, "");
                self.plan(at(later(due, 1), minute), pays(false));
            }
        }
    }

    /// The buyer's accounts say where an invoice stands.
    pub(super) async fn set_state(&mut self, id: InvoiceId, state: InvoiceState, reason: &str) -> Result<()> {
        let mut conn = self.context.db.read().await?;
        let invoice = invoices::find(&mut conn, Scope::Hub, id).await?.ok_or(Error::NotFound)?;
        drop(conn);
        if !invoice.state.may_become(state) || invoice.kind == OrderKind::Sales && state == InvoiceState::UnderQuery {
            return Ok(());
        }
        let actor = self.somebody(HUB)?;
        if state == InvoiceState::PartPaid {
            let most = Amount::from_minor(invoice.total.minor() * 3 / 4);
            return services::pay_part(&self.context, &actor, id, most, reason).await;
        }
        services::set_state(&self.context, &actor, id, state, reason).await
    }
}

const REJECTED: &[&str] = &[
    "Bank account: the one on the invoice is not the one we hold for you. Confirm it under Company, then send a new invoice under a new number.",
    "Line 10, quantity: goods receipt 88204 counts less than invoiced. Send a new invoice for what arrived.",
];
const QUESTIONS: &[&str] = &[
    "Line 10: the dock counted one pallet less than the ship notice says. Send the signed packing slip.",
    "Tax: the reverse charge note is missing on the PDF copy. Confirm that it applies to this delivery.",
    "Order: the cost centre asks who took the goods at gate 3. Name the person on the delivery note.",
];
