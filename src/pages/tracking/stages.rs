//! The stages of an order: ordered, confirmed, shipped, delivered. Counted in lines, because lines may have different
//! units.

use crate::{
    domain::{
        number::Quantity,
        order::{Line, LineStatus, OrderState},
        time::Date,
    },
    pages::PageContext,
    service::orders::view::OrderView,
    text,
    ui::{Icon, Stage, Step},
};

/// How many lines have come how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Lines that stand: not cancelled.
    pub standing: usize,
    /// Of those, lines that will come.
    pub coming: usize,
    /// Of those, lines of which all has left.
    pub shipped: usize,
    /// Something has left.
    pub some_shipped: bool,
    /// Lines of which all has arrived.
    pub arrived: usize,
    /// Something has arrived.
    pub some_arrived: bool,
}

impl Progress {
    /// Counts.
    pub fn of(lines: &[Line]) -> Self {
        let standing: Vec<&Line> = lines.iter().filter(|line| line.status != LineStatus::Cancelled).collect();
        let coming: Vec<&Line> = standing.iter().copied().filter(|line| line.is_live()).collect();
        let whole = |reached: fn(&Line) -> Quantity| coming.iter().filter(|line| reached(line) >= line.due()).count();
        Self {
            standing: standing.len(),
            coming: coming.len(),
            shipped: whole(|line| line.quantities.shipped),
            some_shipped: coming.iter().any(|line| line.quantities.shipped.is_positive()),
            arrived: whole(|line| line.quantities.received),
            some_arrived: coming.iter().any(|line| line.quantities.received.is_positive()),
        }
    }
}

/// "all 3 lines", "2 of 3 lines", "1 line".
fn lines(part: usize, of: usize) -> String {
    match (part, of) {
        (1, 1) => "1 line".to_owned(),
        (part, of) if part == of => format!("all {of} lines"),
        (part, of) => format!("{part} of {of} lines"),
    }
}

/// A day and what was done on it; either may be missing.
fn dated(day: Option<String>, what: String) -> String {
    match day {
        Some(day) => format!("{day}, {what}"),
        None => what,
    }
}

/// The stage line.
pub fn steps(cx: &PageContext, view: &OrderView, today: Date) -> Vec<Step> {
    let progress = Progress::of(&view.lines);
    let late = super::Late::of(view, today);
    let confirmed = view.order.state != OrderState::Received && progress.coming > 0;
    let shipped = confirmed && progress.shipped == progress.coming;
    let arrived = shipped && progress.arrived == progress.coming;
    let reached = [true, confirmed, shipped, arrived];
    let troubled = [false, false, !late.lines.is_empty(), !late.shipments.is_empty()];
    let ordered_on = view.order.ordered_on.unwrap_or_else(|| cx.zone.date(view.order.created_at));
    let parts = [
        (Icon::Orders, "Ordered", text::date_short(ordered_on, today)),
        (Icon::Check, "Confirmed", confirmed_note(cx, view, progress, confirmed, today)),
        (Icon::Truck, "Shipped", shipped_note(view, progress, shipped, today)),
        (Icon::Home, "Delivered", delivered_note(cx, view, progress, arrived, today)),
    ];
    let now = reached.iter().position(|reached| !reached);
    (0..)
        .zip(parts)
        .map(|(index, (icon, name, note))| {
            let stage = match (reached[index], troubled[index], now == Some(index)) {
                (true, _, _) => Stage::Done,
                (false, true, _) => Stage::Late,
                (false, false, true) => Stage::Current,
                (false, false, false) => Stage::Ahead,
            };
            Step { stage, icon, name: name.to_owned(), note: Some(note) }
        })
        .collect()
}

fn confirmed_note(cx: &PageContext, view: &OrderView, progress: Progress, confirmed: bool, today: Date) -> String {
    let answered = view.order.answered_at.map(|at| text::date_short(cx.zone.date(at), today));
    match (confirmed, view.order.state) {
        (true, _) => dated(answered, lines(progress.coming, progress.standing)),
        (false, OrderState::OnHold) => "on hold".to_owned(),
        (false, _) => "being looked at".to_owned(),
    }
}

fn shipped_note(view: &OrderView, progress: Progress, shipped: bool, today: Date) -> String {
    let left = super::shipments(view).filter_map(|shipment| shipment.shipped_on).max();
    let promised = view.lines.iter().filter(|line| line.to_ship().is_positive()).filter_map(|line| line.promised_on).max();
    match (shipped, progress.some_shipped) {
        (true, _) => dated(left.map(|day| text::date_short(day, today)), lines(progress.shipped, progress.coming)),
        (false, true) if progress.shipped == 0 => "a part so far".to_owned(),
        (false, true) => format!("{} so far", lines(progress.shipped, progress.coming)),
        (false, false) => promised.map_or_else(|| "no date yet".to_owned(), |day| format!("promised for {}", text::date_short(day, today))),
    }
}

fn delivered_note(cx: &PageContext, view: &OrderView, progress: Progress, arrived: bool, today: Date) -> String {
    let last = super::shipments(view).filter_map(|shipment| shipment.delivered_at).max();
    let expected = super::expected_on(view).map(|day| {
        let was = if day < today { "was expected" } else { "expected" };
        format!("{was} {}", text::date_short(day, today))
    });
    match (arrived, progress.some_arrived, expected) {
        (true, _, _) => dated(last.map(|at| text::date_short(cx.zone.date(at), today)), lines(progress.arrived, progress.coming)),
        (false, true, Some(expected)) => format!("a part; the rest {expected}"),
        (false, true, None) => "a part so far".to_owned(),
        (false, false, Some(expected)) => expected,
        (false, false, None) => "no date yet".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn parts_are_counted_in_lines() {
        assert_eq!([lines(1, 1), lines(3, 3), lines(2, 3), lines(0, 1)], ["1 line", "all 3 lines", "2 of 3 lines", "0 of 1 lines"]);
    }
}
