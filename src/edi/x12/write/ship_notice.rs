//! 856, the ship notice: shipment, then for each order its packages and items. A package is written where its first item
//! is; items that follow later name it as their parent.

use std::collections::{HashMap, HashSet};

use crate::{
    domain::message::{Package, ShipNotice, ShipNoticeLine},
    edi::x12::schema,
};

use super::{Out, Value, common, date, empty, fixed, maybe, shown, value};

pub fn write(notice: &ShipNotice, out: &mut Out<'_>) {
    let computed = if notice.packages.is_empty() { "0004" } else { "0001" };
    out.segment(
        &schema::BSN,
        &[
            value("purpose", notice.purpose.as_str()),
            value("number", notice.number.as_str()),
            date("date", notice.date),
            maybe("time", notice.time.as_deref()),
            value("structure", notice.structure.as_deref().unwrap_or(computed)),
        ],
    );
    let tree = Tree::of(notice, out);
    let parents: HashSet<usize> = tree.levels.iter().filter_map(|level| level.parent).collect();
    for (index, level) in tree.levels.iter().enumerate() {
        let id = (index + 1).to_string();
        let parent = level.parent.map(|p| (p + 1).to_string()).unwrap_or_default();
        let child = if parents.contains(&index) { "1" } else { "0" };
        out.segment(&schema::HL, &[value("", id), value("", parent), fixed(level.kind), fixed(child)]);
        match level.what {
            What::Shipment => shipment(notice, out),
            What::Order(o) => {
                let order = &notice.orders[o];
                let elements = [
                    value(format!("orders.{o}.order_number"), order.order_number.as_str()),
                    empty(),
                    empty(),
                    date(format!("orders.{o}.order_date"), order.order_date),
                ];
                out.segment(&schema::PRF, &elements);
            }
            What::Package(p) => package(&notice.packages[p], p, out),
            What::Line(o, l) => line(&notice.orders[o].lines[l], &format!("orders.{o}.lines.{l}"), out),
        }
    }
    out.segment(&schema::CTT, &[value("", tree.levels.len().to_string())]);
}

#[derive(Clone, Copy)]
enum What {
    Shipment,
    Order(usize),
    Package(usize),
    Line(usize, usize),
}

struct Level {
    kind: &'static str,
    parent: Option<usize>,
    what: What,
}

/// The levels in the order they are written.
struct Tree {
    levels: Vec<Level>,
    /// For each package that has been put into the tree: its level and its order.
    packages: HashMap<usize, (usize, Option<usize>)>,
    /// The packages that others stand on.
    pallets: HashSet<usize>,
}

impl Tree {
    fn of(notice: &ShipNotice, out: &mut Out<'_>) -> Self {
        let pallets = notice.packages.iter().filter_map(|package| package.inside.map(|p| p as usize)).collect();
        let mut tree = Self { levels: vec![Level { kind: "S", parent: None, what: What::Shipment }], packages: HashMap::new(), pallets };
        for (o, order) in notice.orders.iter().enumerate() {
            let at = tree.push("O", 0, What::Order(o));
            for (l, line) in order.lines.iter().enumerate() {
                let path = format!("orders.{o}.lines.{l}.package");
                let parent = line.package.map_or(at, |p| tree.package(notice, p as usize, at, Some(o), &path, 0, out));
                tree.push("I", parent, What::Line(o, l));
            }
        }
        for p in 0..notice.packages.len() {
            if !tree.packages.contains_key(&p) {
                tree.package(notice, p, 0, None, &format!("packages.{p}"), 0, out);
            }
        }
        tree
    }

    fn push(&mut self, kind: &'static str, parent: usize, what: What) -> usize {
        self.levels.push(Level { kind, parent: Some(parent), what });
        self.levels.len() - 1
    }

    /// The level of a package, put under `parent` or its pallet where it is not in the tree yet.
    #[allow(clippy::too_many_arguments)] // a step of a recursion
    fn package(
        &mut self,
        notice: &ShipNotice,
        p: usize,
        parent: usize,
        order: Option<usize>,
        path: &str,
        depth: usize,
        out: &mut Out<'_>,
    ) -> usize {
        if let Some(&(level, of)) = self.packages.get(&p) {
            if of != order {
                out.error(path, "is a package with goods of another order; an X12 notice keeps each package in one order");
            }
            return level;
        }
        let Some(package) = notice.packages.get(p) else {
            out.error(path, "names a package that is not there");
            return parent;
        };
        if depth > 1 {
            out.error(path, "is nested more than a carton on a pallet");
            return parent;
        }
        let on = match package.inside {
            Some(pallet) => self.package(notice, pallet as usize, parent, order, &format!("packages.{p}.inside"), depth + 1, out),
            None => parent,
        };
        let is_pallet = package.inside.is_none() && self.pallets.contains(&p);
        let level = self.push(if is_pallet { "T" } else { "P" }, on, What::Package(p));
        self.packages.insert(p, (level, order));
        level
    }
}

fn shipment(notice: &ShipNotice, out: &mut Out<'_>) {
    if notice.package_count.is_some() || notice.weight.is_some() || notice.weight_unit.is_some() {
        let gross = if notice.weight.is_some() { "G" } else { "" };
        out.segment(
            &schema::TD1,
            &[
                empty(),
                shown("package_count", notice.package_count),
                empty(),
                empty(),
                empty(),
                fixed(gross),
                shown("weight", notice.weight),
                maybe("weight_unit", notice.weight_unit.as_deref()),
            ],
        );
    }
    common::carrier(notice.carrier.as_ref(), out);
    common::named_reference("BM", "bill_of_lading", notice.bill_of_lading.as_deref(), out);
    common::named_reference("CN", "tracking", notice.tracking.as_deref(), out);
    let empty_fields: Vec<&str> = [("BM", &notice.bill_of_lading), ("CN", &notice.tracking)]
        .into_iter()
        .filter(|(_, field)| field.is_none())
        .map(|(qualifier, _)| qualifier)
        .collect();
    common::references(&notice.references, &empty_fields, out);
    common::dated("011", "shipped_on".into(), notice.shipped_on, out);
    common::dated("017", "estimated_on".into(), notice.estimated_on, out);
    common::parties(&notice.parties, out);
}

fn package(package: &Package, p: usize, out: &mut Out<'_>) {
    for (m, mark) in package.marks.iter().enumerate() {
        let at = format!("packages.{p}.marks.{m}");
        out.segment(
            &schema::MAN,
            &[value(format!("{at}.qualifier"), mark.qualifier.as_str()), value(format!("{at}.value"), mark.value.as_str())],
        );
    }
}

fn line(line: &ShipNoticeLine, at: &str, out: &mut Out<'_>) {
    let number = || maybe(format!("{at}.line"), line.line.as_deref());
    let item: Vec<Value<'_>> = common::item(&line.item, at, out);
    if !item.is_empty() {
        let mut elements = vec![number()];
        elements.extend(item);
        out.segment(&schema::LIN, &elements);
    }
    out.segment(
        &schema::SN1,
        &[number(), value(format!("{at}.quantity"), line.quantity.to_string()), value(format!("{at}.unit"), line.unit.as_str())],
    );
    common::description(line.description.as_deref(), at, out);
}
