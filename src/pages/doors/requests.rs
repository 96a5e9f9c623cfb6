//! What the owner of a thing sends with each form: complete and valid, about something made for it. A form that is new needs
//! a line in [`of`].

use super::{forms::Request, made, version};
use crate::{domain::notification::Topic, pages::testing::World};

const HUB: &str = "CASTELLAN";
const SUPPLIER: &str = "OSTERMANN";

/// What a form is sent with by those who may.
pub async fn of(world: &World, form: &str) -> Vec<Request> {
    match form.trim_start_matches("/do/") {
        "profile" => vec![Request::own(&[("name", "Ines Berg"), ("zone", "Europe/Berlin")])],
        "theme" => vec![Request::own(&[("theme", "dark")])],
        "notification-settings" => {
            let ways: Vec<_> = Topic::ALL.iter().map(|topic| (topic.as_str(), "page")).collect();
            vec![Request::own(&ways)]
        }
        "end-other-sessions" => {
            made::session(world).await;
            vec![Request::own(&[])]
        }
        "end-session" => vec![Request::new(SUPPLIER, SUPPLIER, &[("session", &made::session(world).await)])],
        "act-for" => vec![Request::new(SUPPLIER, SUPPLIER, &[("organisation", &made::second_employer(world).await)])],
        "save-view" => vec![Request::own(&[("list", "orders"), ("query", "tab=to-ship"), ("name", &made::number())])],
        "change-view" | "start-view" | "remove-view" => {
            let view = made::view(world, false).await;
            vec![Request::new(SUPPLIER, SUPPLIER, &[("view", &view), ("name", &made::number()), ("with", "on")])]
        }
        "read-notifications" => {
            made::notification(world).await;
            vec![Request::own(&[("until", "2030-01-01T00:00:00Z")])]
        }
        "read-notification" | "open-notification" => {
            vec![Request::new(SUPPLIER, SUPPLIER, &[("notification", &made::notification(world).await)])]
        }
        name if name.ends_with("-case")
            || name.ends_with("-dispute")
            || ["accept-as-is", "send-credit", "withdraw-file"].contains(&name) =>
        {
            of_cases(world, name).await
        }
        "add-participant" | "remove-participant" | "separate-cases" => of_cases(world, form.trim_start_matches("/do/")).await,
        name if name.contains("order") || ["take-back", "announce-shipment", "send-invoice", "discard-draft"].contains(&name) => {
            of_orders(world, name).await
        }
        name if name.contains("exception") || name.ends_with("-rule") => of_exceptions(world, name).await,
        name if ["policy", "calendar", "holiday"].iter().any(|what| name.ends_with(what)) => of_promises(world, name).await,
        name => of_operators(world, name).await,
    }
}

async fn of_cases(world: &World, name: &str) -> Vec<Request> {
    let by_supplier = |fields: &[(&str, &str)]| vec![Request::new(SUPPLIER, SUPPLIER, fields)];
    let by_hub = |fields: &[(&str, &str)]| Request::new(HUB, SUPPLIER, fields);
    match name {
        "open-case" | "open-dispute" => {
            let trade = made::trade(world).await;
            let about = [("order", &trade.order), ("shipment", &trade.shipment), ("invoice", &trade.invoice)];
            let typed = |(what, id): &(&'static str, &String)| {
                let typed = [(*what, id.as_str()), ("title", "Late"), ("text", "It is late."), ("reason", "PRI"), ("action", "OTH")];
                Request::new(SUPPLIER, SUPPLIER, &typed)
            };
            about.iter().map(typed).collect()
        }
        "exception-case" => {
            let typed = |id: &str| [("exception", id.to_owned()), ("title", "Wrong".to_owned()), ("text", "It is wrong.".to_owned())];
            let (hubs, theirs) = made::exceptions(world).await;
            let send = |by, of, id: &str| {
                let typed = typed(id);
                Request::new(by, of, &typed.each_ref().map(|(name, value)| (*name, value.as_str())))
            };
            vec![send(HUB, "", &hubs), send(SUPPLIER, SUPPLIER, &theirs)]
        }
        "write-case" => by_supplier(&[("case", &made::case(world).await.0), ("text", "Is anybody there?")]),
        "move-case" | "take-case" | "assign-case" | "prioritise-case" => {
            let (case, version) = made::case(world).await;
            vec![by_hub(&[
                ("case", &case),
                ("version", &version),
                ("status", "in_progress"),
                ("tier", "2"),
                ("person", ""),
                ("priority", "urgent"),
            ])]
        }
        "link-case" => {
            let (mut case, mut other) = (made::case(world).await.0, made::case_number(world).await);
            let linked = by_hub(&[("case", &case), ("number", &other)]);
            (case, other) = (made::case(world).await.0, made::case_number(world).await);
            vec![linked, by_hub(&[("case", &case), ("number", &other), ("how", "part_of")])]
        }
        "separate-cases" => {
            let (case, other) = made::linked_cases(world).await;
            vec![by_hub(&[("case", &case), ("number", &other)])]
        }
        "link-to-case" => {
            let (case, number) = (made::case(world).await.0, made::order_number(world).await);
            let typed = [("about", "order"), ("about_number", number.as_str()), ("about_line", "10")];
            let fields: Vec<_> = [("case", case.as_str())].into_iter().chain(typed).collect();
            vec![Request::new(SUPPLIER, SUPPLIER, &fields)]
        }
        "unlink-from-case" => {
            let (case, number) = made::case_about_order(world).await;
            let typed = [("about", "order"), ("about_number", number.as_str()), ("about_line", "")];
            let fields: Vec<_> = [("case", case.as_str())].into_iter().chain(typed).collect();
            vec![Request::new(SUPPLIER, SUPPLIER, &fields)]
        }
        "withdraw-file" => {
            let (case, file) = made::file(world).await;
            by_supplier(&[("case", &case), ("attachment", &file), ("why", "The wrong one.")])
        }
        "add-participant" => {
            vec![by_hub(&[("case", &made::case(world).await.0), ("partner", "VALMET"), ("words", "Did it come to you?")])]
        }
        "remove-participant" => {
            let (case, party) = made::shared_case(world).await;
            vec![by_hub(&[("case", &case), ("party", &party)])]
        }
        "rate-case" => by_supplier(&[("case", &made::settled_case(world).await), ("score", "good"), ("word", "Quick.")]),
        "accept-as-is" => by_supplier(&[("case", &made::dispute(world, &world.supplier).await)]),
        "send-credit" => by_supplier(&[("case", &made::dispute(world, &world.hub).await), ("number", &made::number()), ("extent", "all")]),
        other => panic!("{other} is not tried yet: say here what is sent with it"),
    }
}

async fn of_orders(world: &World, name: &str) -> Vec<Request> {
    let new = made::order(world).await;
    let accepted = made::accepted(world).await;
    let number = made::number();
    let lines = [("lines[0][position]", "0"), ("lines[0][quantity]", "5")];
    let fields: Vec<(&str, &str)> = match name {
        "answer-order" => vec![
            ("order", &new),
            ("version", "0"),
            ("lines[0][position]", "0"),
            ("lines[0][decision]", "reject"),
            ("lines[0][reason]", "discontinued"),
            ("lines[1][position]", "1"),
            ("lines[1][decision]", "accept"),
        ],
        "accept-order" => vec![("order", &new), ("version", "0")],
        "accept-orders" => return vec![Request::new(SUPPLIER, SUPPLIER, &[("orders[0]", &format!("{new}:0"))])],
        "take-back" => {
            let answer = made::answer_to(world, &accepted).await;
            return vec![Request::new(SUPPLIER, SUPPLIER, &[("document", &answer)])];
        }
        "announce-shipment" => {
            let head = [("order", accepted.as_str()), ("number", &number), ("shipped_on", "2026-11-24"), ("estimated_on", "2026-11-27")];
            head.into_iter().chain([("scac", "UPSN"), ("carrier", "UPS Freight"), ("tracking", "1Z1")]).chain(lines).collect()
        }
        "send-invoice" => {
            let shipped = made::shipped(world).await.0.to_string();
            let head = [("order", shipped.as_str()), ("number", number.as_str()), ("invoiced_on", "2026-11-24"), ("net_days", "30")];
            return vec![Request::new(SUPPLIER, SUPPLIER, &head.into_iter().chain(lines).collect::<Vec<_>>())];
        }
        "discard-draft" => {
            made::draft(world, &new).await;
            vec![("order", &new), ("form", "answer")]
        }
        other => panic!("{other} is not tried yet: say here what is sent with it"),
    };
    vec![Request::new(SUPPLIER, SUPPLIER, &fields)]
}

async fn of_exceptions(world: &World, name: &str) -> Vec<Request> {
    if name == "save-rule" {
        return vec![Request::new(HUB, "", &[("kind", "order_rejected"), ("partner", "OSTERMANN"), ("repeats", "3")])];
    }
    if name == "remove-rule" {
        return vec![Request::new(HUB, "", &[("rule", &made::rule(world).await)])];
    }
    assert!(
        ["exception-step", "settle-exception", "assign-exception"].contains(&name),
        "{name} is not tried yet: say here what is sent with it"
    );
    let (hubs, theirs) = made::exceptions(world).await;
    let of = async |by, owner, id: &str| {
        let person = world.user(by).await.to_string();
        Request::new(by, owner, &[("exception", id), ("step", "1"), ("note", "They wrote."), ("person", &person)])
    };
    vec![of(HUB, "", &hubs).await, of(SUPPLIER, SUPPLIER, &theirs).await]
}

async fn of_promises(world: &World, name: &str) -> Vec<Request> {
    let calendar = made::calendar(world).await;
    let version = version(world, &calendar).await;
    let fields: Vec<(&str, &str)> = match name {
        "save-policy" | "remove-policy" => {
            let policy = made::policy(world).await;
            let typed = [("version", "0"), ("name", "Quicker"), ("kind", "payment"), ("first", "2")];
            let fields: Vec<_> = [("policy", policy.as_str())].into_iter().chain(typed).collect();
            return vec![Request::new(HUB, "", &fields)];
        }
        "save-calendar" | "remove-calendar" | "add-holiday" => vec![
            ("calendar", &calendar),
            ("version", &version),
            ("name", "Shorter"),
            ("zone", "UTC"),
            ("monday", "09:00-12:00"),
            ("on", "2027-01-01"),
            ("holiday", "New Year"),
        ],
        "remove-holiday" => vec![("calendar", &calendar), ("on", "2026-12-25")],
        other => panic!("{other} is not tried yet: say here what is sent with it"),
    };
    vec![Request::new(HUB, "", &fields)]
}

async fn of_operators(world: &World, name: &str) -> Vec<Request> {
    let organisation = world.supplier.organisation.to_string();
    let fresh = made::number();
    let one = |name: &'static str, id: String| vec![(name, id)];
    let fields = match name {
        "check-route" => one("route", made::route(world).await),
        "switch-route" => one("route", made::route(world).await),
        "revive-job" => one("job", made::dead_job(world).await),
        "add-endpoint" => one("url", "https://erp.example/events".to_owned()),
        "switch-endpoint" => one("endpoint", made::endpoint(world).await),
        "endpoint-secret" => one("endpoint", made::endpoint(world).await),
        "replay-event" | "leave-out-event" => one("delivery", made::dead_delivery(world).await),
        "apply-event" | "set-event-aside" => one("event", made::parked_event(world).await),
        "bring-event-back" => one("event", made::event_set_aside(world).await),
        "set-mail-aside" => one("mail", made::mail(world).await),
        "add-mail" => {
            let (mail, case) = (made::mail(world).await, made::case_number(world).await);
            return vec![Request::new(HUB, "", &[("mail", &mail), ("number", &case)])];
        }
        "send-again" => {
            let document = made::sent_document(world).await;
            return vec![Request::new(HUB, "VALMET", &[("document", &document)])];
        }
        "invoice-state" => {
            let invoice = made::trade(world).await.invoice;
            let fields = [("invoice", invoice.as_str()), ("state", "under_query"), ("reason", "For which delivery?")];
            return vec![Request::new(HUB, SUPPLIER, &fields)];
        }
        "confirm-receipt" => {
            let shipment = made::customers_shipment(world).await;
            return vec![Request::new("NORTHWATER", "NORTHWATER", &[("shipment", &shipment)])];
        }
        "add-identifier" => one("organisation", organisation),
        "add-partner" => one("code", fresh.clone()),
        "preview-reference" => one("events", r#"{ "type": "xconnector.partner.upserted", "data": {} }"#.to_owned()),
        other => panic!("{other} is not tried yet: say here what is sent with it"),
    };
    let typed = [
        ("to", if name == "endpoint-secret" { "new" } else { "off" }),
        ("name", fresh.as_str()),
        ("zone", "UTC"),
        ("currency", "EUR"),
        ("place", "Nowhere"),
        ("is_supplier", "true"),
        ("qualifier", "ZZ"),
        ("value", fresh.as_str()),
        ("seat", "portal"),
    ];
    let fields: Vec<_> = fields.iter().map(|(name, id)| (*name, id.as_str())).chain(typed).collect();
    vec![Request::new(HUB, "", &fields)]
}
