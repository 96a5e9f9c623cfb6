//! 856, the ship notice. The tree of shipment, order, tare, pack and item is put together from the parents that the
//! levels name, after all of them have been read; their order in the file means nothing.

use std::collections::HashMap;

use crate::{
    domain::message::{Document, Package, Reference, ShipNotice, ShipNoticeLine, ShipNoticeOrder},
    edi::x12::token::Segment,
};

use super::{Notes, SetReader, common};

/// Most levels between an item and its shipment; the standard's own trees have five.
const DEEPEST: usize = 16;

/// One HL with what stands under it.
struct Level {
    id: String,
    parent: String,
    kind: Kind,
    segment: u32,
    order: Option<ShipNoticeOrder>,
    line: Option<ShipNoticeLine>,
    package: Option<Package>,
    has_party: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Shipment,
    Order,
    Tare,
    Pack,
    Item,
    Other,
}

#[derive(Default)]
pub struct Reader {
    notice: Option<ShipNotice>,
    levels: Vec<Level>,
    /// How many of the levels are items.
    items: usize,
    ids: HashMap<String, usize>,
}

impl SetReader for Reader {
    fn segment(&mut self, segment: &Segment<'_>, notes: &mut Notes) {
        if segment.tag() == b"BSN" {
            self.notice.get_or_insert_with(|| begin(segment, notes));
            return;
        }
        let Some(notice) = &mut self.notice else { return };
        match segment.tag() {
            b"HL" => self.level(segment, notes),
            b"CTT" => self.count(segment, notes),
            _ => {
                let at = self.levels.len().wrapping_sub(1);
                match self.levels.last_mut() {
                    None => shipment(notice, segment, false, notes),
                    Some(level) if level.kind == Kind::Shipment => {
                        level.has_party |= segment.tag() == b"N1";
                        shipment(notice, segment, level.has_party, notes);
                    }
                    Some(level) => detail(level, at, segment, notes),
                }
            }
        }
    }

    fn finish(mut self: Box<Self>, notes: &mut Notes) -> Option<Document> {
        let mut notice = self.notice.take()?;
        self.assemble(&mut notice, notes);
        Some(Document::ShipNotice(notice))
    }
}

impl Reader {
    fn level(&mut self, segment: &Segment<'_>, notes: &mut Notes) {
        let kind = match segment.bytes(3) {
            b"S" => Kind::Shipment,
            b"O" => Kind::Order,
            b"T" => Kind::Tare,
            b"P" => Kind::Pack,
            b"I" => Kind::Item,
            _ => Kind::Other,
        };
        self.items += usize::from(kind == Kind::Item);
        let id = segment.get(1).unwrap_or_default();
        let parent = segment.get(2).unwrap_or_default();
        let index = self.levels.len();
        if self.ids.insert(id.clone(), index).is_some() {
            notes.refuse(
                segment,
                1,
                "level_repeated",
                "7",
                format!("HL01 {id} is used twice, so the tree cannot be put together. Number the levels once each."),
            );
        }
        if parent == id && !id.is_empty() {
            notes.refuse(
                segment,
                2,
                "level_parent_unknown",
                "7",
                format!("HL02 says that level {id} belongs to itself. Name the level above it."),
            );
        }
        self.levels.push(Level {
            id,
            parent,
            kind,
            segment: segment.number,
            order: (kind == Kind::Order).then(|| ShipNoticeOrder { order_number: String::new(), order_date: None, lines: Vec::new() }),
            line: None,
            package: matches!(kind, Kind::Tare | Kind::Pack).then(Package::default),
            has_party: false,
        });
    }

    /// CTT01 counts the levels; senders that count the items instead are understood too.
    fn count(&self, segment: &Segment<'_>, notes: &mut Notes) {
        let said: Option<usize> = segment.text(1).parse().ok();
        if said != Some(self.items) {
            common::count(segment, self.levels.len(), "levels", notes);
        }
    }

    /// Walks from every item up to its order and package.
    fn assemble(mut self, notice: &mut ShipNotice, notes: &mut Notes) {
        let parents: Vec<Option<usize>> =
            self.levels.iter().enumerate().map(|(i, level)| self.ids.get(&level.parent).copied().filter(|&p| p != i)).collect();
        for (level, parent) in self.levels.iter().zip(&parents) {
            if parent.is_none() && !level.parent.is_empty() && level.parent != level.id {
                notes.remark_on_document(
                    "level_parent_unknown",
                    format!(
                        "HL level {} (segment {}) names {} as its parent, which is not there. Check HL02.",
                        level.id, level.segment, level.parent
                    ),
                );
            }
        }
        // The nearest ancestor of a kind; bounded, so that a circle ends.
        let above = |from: usize, wanted: fn(Kind) -> bool| {
            let mut at = parents[from];
            for _ in 0..DEEPEST {
                let index = at?;
                if wanted(self.levels[index].kind) {
                    return Some(index);
                }
                at = parents[index];
            }
            None
        };
        let positions = |wanted: fn(Kind) -> bool| -> HashMap<usize, usize> {
            self.levels.iter().enumerate().filter(|(_, l)| wanted(l.kind)).enumerate().map(|(at, (i, _))| (i, at)).collect()
        };
        let order_at = positions(|k| k == Kind::Order);
        let package_at = positions(|k| matches!(k, Kind::Tare | Kind::Pack));
        let as_position = |i: usize| package_at.get(&i).and_then(|&at| u32::try_from(at).ok());

        // Some senders put the package below the item instead of above it; the first one counts.
        let mut below: HashMap<usize, usize> = HashMap::new();
        for (child, parent) in parents.iter().enumerate().filter(|(child, _)| self.levels[*child].package.is_some()) {
            if let Some(parent) = *parent {
                below.entry(parent).or_insert(child);
            }
        }
        let mut placed = Vec::new();
        let mut packed = Vec::new();
        for (i, level) in self.levels.iter().enumerate() {
            match level.kind {
                Kind::Item => {
                    let package =
                        above(i, |k| matches!(k, Kind::Tare | Kind::Pack)).or_else(|| below.get(&i).copied()).and_then(as_position);
                    placed.push((i, above(i, |k| k == Kind::Order).and_then(|o| order_at.get(&o).copied()), package));
                }
                Kind::Pack => packed.push((i, above(i, |k| k == Kind::Tare).and_then(as_position))),
                _ => {}
            }
        }
        for (i, inside) in packed {
            if let Some(package) = &mut self.levels[i].package {
                package.inside = inside;
            }
        }
        // Origins were noted by level; now the place of each level in the document is known.
        let mut paths: HashMap<usize, String> = order_at.iter().map(|(&i, at)| (i, format!("orders.{at}"))).collect();
        paths.extend(package_at.iter().map(|(&i, at)| (i, format!("packages.{at}"))));
        for level in &mut self.levels {
            notice.orders.extend(level.order.take());
            notice.packages.extend(level.package.take());
        }
        let mut nameless = None;
        for (i, order, package) in placed {
            let Some(line) = self.levels[i].line.take() else { continue };
            let at = order.unwrap_or_else(|| {
                homeless(self.levels[i].segment, notes);
                *nameless.get_or_insert_with(|| order_without_number(notice))
            });
            if let Some(order) = notice.orders.get_mut(at) {
                paths.insert(i, format!("orders.{at}.lines.{}", order.lines.len()));
                order.lines.push(ShipNoticeLine { package, ..line });
            }
        }
        notes.move_origins("levels.", |level| paths.get(&level).cloned());
    }
}

fn homeless(segment: u32, notes: &mut Notes) {
    notes.remark_on_document(
        "item_without_order",
        format!("The item at segment {segment} belongs to no order level. Put it below the order it is shipped for."),
    );
}

/// The order for items that belong to none: one without a number, behind the others.
fn order_without_number(notice: &mut ShipNotice) -> usize {
    notice.orders.iter().position(|o| o.order_number.is_empty()).unwrap_or_else(|| {
        notice.orders.push(ShipNoticeOrder { order_number: String::new(), order_date: None, lines: Vec::new() });
        notice.orders.len() - 1
    })
}

fn begin(segment: &Segment<'_>, notes: &mut Notes) -> ShipNotice {
    ShipNotice {
        number: notes.text(segment, 2, format_args!("number")).unwrap_or_default(),
        purpose: notes.text(segment, 1, format_args!("purpose")).unwrap_or_default(),
        date: notes.date(segment, 3, format_args!("date")),
        time: notes.text(segment, 4, format_args!("time")),
        structure: notes.text(segment, 5, format_args!("structure")),
        shipped_on: None,
        estimated_on: None,
        carrier: None,
        tracking: None,
        bill_of_lading: None,
        references: Vec::new(),
        parties: Vec::new(),
        package_count: None,
        weight: None,
        weight_unit: None,
        packages: Vec::new(),
        orders: Vec::new(),
    }
}

/// The header and the shipment level.
fn shipment(notice: &mut ShipNotice, segment: &Segment<'_>, has_party: bool, notes: &mut Notes) {
    match segment.tag() {
        b"DTM" => match segment.bytes(1) {
            b"011" => notice.shipped_on = notes.date(segment, 2, format_args!("shipped_on")),
            b"017" => notice.estimated_on = notes.date(segment, 2, format_args!("estimated_on")),
            _ => {}
        },
        b"TD1" => {
            // Several TD1 describe several kinds of package; the first one with a count or a weight counts.
            if notice.package_count.is_none() {
                notice.package_count = notes.parsed(segment, 2, format_args!("package_count"));
            }
            if notice.weight.is_none() {
                notice.weight = notes.parsed(segment, 7, format_args!("weight"));
                notice.weight_unit = notes.text(segment, 8, format_args!("weight_unit"));
            }
        }
        b"TD5" => common::carrier(&mut notice.carrier, segment, notes),
        b"REF" if has_party => {}
        b"REF" if segment.bytes(1) == b"BM" && notice.bill_of_lading.is_none() && !segment.has(3) => {
            notice.bill_of_lading = notes.text(segment, 2, format_args!("bill_of_lading"));
        }
        b"REF" if segment.bytes(1) == b"CN" && notice.tracking.is_none() && !segment.has(3) => {
            notice.tracking = notes.text(segment, 2, format_args!("tracking"));
        }
        b"REF" => common::reference(&mut notice.references, segment, notes),
        _ => {
            common::party(&mut notice.parties, segment, notes);
        }
    }
}

/// The levels below the shipment. Origins are noted by the number of the HL level, as the tree is not known yet.
fn detail(level: &mut Level, at: usize, segment: &Segment<'_>, notes: &mut Notes) {
    let Level { order, line, package, kind, .. } = level;
    match segment.tag() {
        b"PRF" => {
            if let Some(order) = order {
                order.order_number = notes.text(segment, 1, format_args!("levels.{at}.order_number")).unwrap_or_default();
                order.order_date = notes.date(segment, 4, format_args!("levels.{at}.order_date"));
            }
        }
        b"MAN" => {
            if let Some(package) = package {
                for element in [1, 4] {
                    if let Some(value) = notes.text(segment, element + 1, format_args!("levels.{at}.marks.{}", package.marks.len())) {
                        package.marks.push(Reference { qualifier: segment.get(element).unwrap_or_default(), value, description: None });
                    }
                }
            }
        }
        b"LIN" if *kind == Kind::Item => {
            let line = line.get_or_insert_with(empty_line);
            line.line = notes.text(segment, 1, format_args!("levels.{at}.line"));
            line.item = common::item(segment, 2, format_args!("levels.{at}"), notes);
        }
        b"SN1" if *kind == Kind::Item => {
            let line = line.get_or_insert_with(empty_line);
            if line.line.is_none() {
                line.line = notes.text(segment, 1, format_args!("levels.{at}.line"));
            }
            line.quantity = notes.quantity(segment, 2, format_args!("levels.{at}.quantity"));
            line.unit = notes.text(segment, 3, format_args!("levels.{at}.unit")).unwrap_or_default();
        }
        b"PID" if *kind == Kind::Item => {
            let line = line.get_or_insert_with(empty_line);
            common::description(&mut line.description, segment, format_args!("levels.{at}"), notes);
        }
        _ => {}
    }
}

fn empty_line() -> ShipNoticeLine {
    ShipNoticeLine {
        line: None,
        item: crate::domain::message::ItemIds::default(),
        quantity: crate::domain::number::Quantity::ZERO,
        unit: String::new(),
        description: None,
        package: None,
    }
}
