//! Orders: placed, sent again, answered, taken back, cancelled.

use super::{
    calendar::{in_office, later},
    companies::{Company, HUB, MAIN_SUPPLIER, Part, company},
    papers,
    play::{Player, Step},
    story::{Answer, Deal},
    wire,
};
use crate::{
    domain::{
        message::Document,
        number::{Quantity, UnitPrice},
        order::{Line, OrderKind},
        time::Timestamp,
    },
    service::{
        Context, Error, Result, Settings,
        exchange::view,
        orders::{
            answer::{self, AnswerForm, LineForm, PartForm},
            place::{self, Cover},
        },
    },
    store::{
        Scope, documents,
        orders::{self, Order},
    },
};

impl Player {
    /// An order is placed, over the wire or by the hub's program, and what follows from it is planned.
    pub(super) async fn place(&mut self, index: usize) -> Result<()> {
        let deal = self.deals[index].clone();
        let hub = company(HUB);
        match (deal.kind, deal.partner.in_portal) {
            (OrderKind::Purchase, true) | (OrderKind::Sales, false) => {
                self.send(deal.buyer(), deal.seller(), &Document::PurchaseOrder(papers::order(&deal, "00"))).await?;
            }
            (OrderKind::Purchase, false) => {
                let actor = self.somebody(HUB)?;
                place::purchase(&self.context, &actor, deal.partner.code, papers::order(&deal, "00")).await?;
                self.deliver(deal.partner).await?;
            }
            (OrderKind::Sales, true) => {
                let actor = self.somebody(hub.code)?;
                let covers = self.covers(&deal);
                place::sales(&self.context, &actor, deal.partner.code, papers::order(&deal, "00"), &covers).await?;
            }
        }
        let mut conn = self.context.db.read().await?;
        let id = self.known.get(deal.partner.code).map(|known| known.id).ok_or(Error::NotFound)?;
        let order = orders::find_by_number(&mut conn, deal.kind, id, &deal.number).await?;
        drop(conn);
        self.deals[index].id = Some(order.ok_or_else(|| Error::Internal(format!("order {} did not arrive", deal.number)))?.id);
        self.plan_course(index, &deal);
        Ok(())
    }

    fn plan_course(&mut self, index: usize, deal: &Deal) {
        if let Some(minutes) = deal.restated_after {
            self.plan_in(minutes, Step::Restate(index));
        }
        if let Some(minutes) = deal.cancelled_after {
            self.plan_in(minutes, Step::Cancel(index));
        }
        if deal.answer == Answer::Open {
            return;
        }
        let answered = in_office(deal.placed.plus_seconds(deal.answer_after * 60));
        if deal.kind == OrderKind::Purchase || !deal.partner.in_portal {
            self.plan(answered, Step::Answer(index));
            if deal.answer == Answer::SecondThoughts && deal.partner.in_portal {
                self.plan(answered.plus_seconds(70), Step::TakeBack(index));
                self.plan(answered.plus_seconds(410), Step::Answer(index));
            }
        }
        // What was answered in time leaves a few days before it is wanted.
        let moved = if matches!(deal.answer, Answer::Later) { 4 } else { 0 };
        for part in 0..deal.parts {
            let days = deal.slip + moved - 3 + i32::try_from(part).unwrap_or_default() * 7;
            let minute = 11 * 60 + i64::try_from(self.dice.below(5 * 60)).unwrap_or_default();
            let leaves = super::calendar::at(later(deal.requested, days), minute);
            self.plan(leaves.max(in_office(answered.plus_seconds(3600))), Step::Ship(index, part));
        }
    }

    /// The part of a customer's order that a supplier sends straight to the customer.
    fn covers(&self, deal: &Deal) -> Vec<Cover> {
        let Some(purchase) = deal.covered_by.map(|index| &self.deals[index]) else { return Vec::new() };
        let own = deal.lines.len() - purchase.lines.len();
        let pairs = deal.lines[own..].iter().zip(&purchase.lines);
        pairs
            .map(|(sold, bought)| Cover {
                line: sold.line.clone(),
                supplier: purchase.partner.code.to_owned(),
                order: purchase.number.clone(),
                order_line: bought.line.clone(),
                quantity: bought.quantity,
            })
            .collect()
    }

    /// An order and its lines as they stand.
    pub(super) async fn standing(&self, index: usize) -> Result<(Order, Vec<Line>)> {
        let id = self.deals[index].id.ok_or(Error::NotFound)?;
        let mut conn = self.context.db.read().await?;
        let order = orders::find(&mut conn, Scope::Hub, id).await?.ok_or(Error::NotFound)?;
        let lines = orders::lines(&mut conn, id).await?;
        Ok((order, lines))
    }

    pub(super) async fn restate(&mut self, index: usize) -> Result<()> {
        let mut deal = self.deals[index].clone();
        if let Some(line) = deal.lines.last_mut() {
            line.quantity = Quantity::from_micros(line.quantity.micros() * 3 / 2 / 1_000_000 * 1_000_000);
            line.schedule.clear();
        }
        self.send(deal.buyer(), deal.seller(), &Document::PurchaseOrder(papers::order(&deal, "05"))).await?;
        Ok(())
    }

    pub(super) async fn cancel(&mut self, index: usize) -> Result<()> {
        let deal = self.deals[index].clone();
        let is_on_wire = (deal.kind == OrderKind::Purchase) == deal.partner.in_portal;
        if is_on_wire {
            self.send(deal.buyer(), deal.seller(), &Document::PurchaseOrder(papers::order(&deal, "01"))).await?;
        }
        Ok(())
    }

    pub(super) async fn answer(&mut self, index: usize) -> Result<()> {
        let deal = self.deals[index].clone();
        let (order, lines) = self.standing(index).await?;
        if !order.state.can_be_answered() {
            return Ok(());
        }
        if !deal.seller().in_portal || deal.kind == OrderKind::Sales {
            let document = papers::response(&deal, &order, &lines, self.context.clock.today());
            self.send(deal.seller(), deal.buyer(), &document).await?;
            return Ok(());
        }
        let actor = self.somebody(deal.partner.code)?;
        if let Some(document) = order.document_id {
            // Whoever answers has looked at the order.
            view::load(&self.context, &actor, document).await?;
        }
        let first_thoughts = deal.answer == Answer::SecondThoughts && order.answered_at.is_none() && order.revision == 1;
        let patient = self.patient();
        let context = if first_thoughts { &patient } else { &self.context };
        match form(&deal, &order, &lines) {
            Some(form) => answer::answer(context, &actor, order.id, &form).await?,
            None => answer::accept(context, &actor, order.id, &order.version.to_string()).await?,
        };
        self.deliver(company(HUB)).await
    }

    /// Where a document waits a while before it leaves.
    fn patient(&self) -> Context {
        let settings = Settings { undo_seconds: 300, ..(*self.context.settings).clone() };
        Context { settings: settings.into(), ..self.context.clone() }
    }

    pub(super) async fn take_back(&mut self, index: usize) -> Result<()> {
        let (order, _) = self.standing(index).await?;
        let Some(document) = order.answer_document_id else { return Ok(()) };
        let actor = self.somebody(self.deals[index].partner.code)?;
        let mut conn = self.context.db.read().await?;
        let can = documents::find(&mut conn, Scope::Hub, document).await?.is_some_and(|document| document.status.can_be_withdrawn());
        drop(conn);
        if can {
            answer::take_back(&self.context, &actor, document).await?;
        }
        Ok(())
    }

    /// Plans what is not about one order: files that cannot be read.
    pub(super) fn plan_broken(&mut self) {
        for (which, hours) in [(0, 26), (1, 75), (2, 5), (3, 150)] {
            let when: Timestamp = self.calendar.now.plus_seconds(-hours * 3600 - 700);
            self.plan(when, Step::Broken(which));
        }
    }

    /// A file that is refused, in part or whole.
    pub(super) async fn broken(&mut self, which: usize) -> Result<()> {
        let (hub, main) = (company(HUB), company(MAIN_SUPPLIER));
        let today = crate::edi::x12::values::write_date(self.context.clock.today());
        let order = |number: &str, line: &str| {
            let parts = [format!("BEG*00*SA*{number}**{today}"), "CUR*BY*EUR".to_owned(), line.to_owned(), "CTT*1".to_owned()];
            wire::raw("850", "PO", &parts)
        };
        match which {
            // No quantity, and a unit that nobody knows.
            0 => self.send_sets(hub, main, &[order("4500071998", "PO1*10**QQ*61.40**BP*FLG-DN150-16")]).await?,
            // A date that does not exist.
            1 => {
                let nordstahl = company("NORDSTAHL");
                let parts = ["BSN*00*NH-S-2208*20260231*1015*0004", "HL*1**S", "DTM*011*20261342", "CTT*1"].map(str::to_owned);
                self.send_sets(nordstahl, hub, &[wire::raw("856", "SH", &parts)]).await?
            }
            // Not a document.
            2 => self.hand_in(company("KESTREL"), "note", bytes::Bytes::from_static(b"Please see the price list attached.\n")).await?,
            // From somebody who is not known here.
            _ => {
                let stranger: &'static Company = &STRANGER;
                let bytes =
                    self.post.interchange(stranger, hub, &[order("HB-4471", "PO1*1*4*EA*4215**VP*CP-EN100-250")], self.context.now())?;
                self.hand_in(company("HALDEN"), "850", bytes).await?
            }
        };
        Ok(())
    }
}

/// A company that nobody has set up.
static STRANGER: Company = Company {
    code: "HALDENBASE",
    name: "Halden Base Services",
    part: Part::Customer,
    in_portal: false,
    address: ("ZZ", "HALDENBASE"),
    place: "",
    zone: "UTC",
    currency: "USD",
    net_days: 30,
    prefix: "HB",
    people: &[],
};

/// The answer as typed; `None` accepts the order as it is.
fn form(deal: &Deal, order: &Order, lines: &[Line]) -> Option<AnswerForm> {
    let mut form = AnswerForm::accept_all(order, lines);
    let last = form.lines.len().checked_sub(1)?;
    let part = |quantity: Quantity, on: String| PartForm { quantity: quantity.to_string(), on };
    let on = |line: &Line, days: i32| line.requested_on.map(|date| later(date, days).to_string()).unwrap_or_default();
    let (head, tail) = (&lines[0], &lines[last]);
    let changed = |entry: &mut LineForm, parts: Vec<PartForm>, reason: &str, note: &str| {
        "change".clone_into(&mut entry.decision);
        reason.clone_into(&mut entry.reason);
        note.clone_into(&mut entry.note);
        entry.parts = parts;
    };
    match deal.answer {
        Answer::Short if tail.quantities.ordered > Quantity::whole(1) => {
            let comes = papers::short(tail.quantities.ordered);
            changed(&mut form.lines[last], vec![part(comes, on(tail, 0))], "out_of_stock", "The rest follows with the next melt.");
            form.lines[last].backordered = (tail.quantities.ordered - comes).to_string();
        }
        Answer::Later => {
            changed(&mut form.lines[0], vec![part(head.quantities.ordered, on(head, 4))], "lead_time", "Material arrives late.");
        }
        Answer::Split if head.quantities.ordered > Quantity::whole(1) => {
            let first = papers::short(head.quantities.ordered);
            let parts = vec![part(first, on(head, 0)), part(head.quantities.ordered - first, on(head, 5))];
            changed(&mut form.lines[0], parts, "capacity", "Two batches.");
        }
        Answer::Price => {
            let dearer = UnitPrice::from_micros(head.unit_price.micros() * 103 / 100 / 10_000 * 10_000);
            changed(&mut form.lines[0], vec![part(head.quantities.ordered, on(head, 0))], "price", "Price list of this quarter.");
            form.lines[0].price = dearer.to_string();
        }
        Answer::RejectLine if last > 0 => reject(&mut form.lines[last], "discontinued", "Replaced by the hardened version."),
        Answer::RejectAll => form.lines.iter_mut().for_each(|line| reject(line, "capacity", "The press is booked out in that week.")),
        _ => return None,
    }
    Some(form)
}

fn reject(line: &mut LineForm, reason: &str, note: &str) {
    "reject".clone_into(&mut line.decision);
    reason.clone_into(&mut line.reason);
    note.clone_into(&mut line.note);
}
