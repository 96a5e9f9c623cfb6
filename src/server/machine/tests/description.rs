//! The description and the router say the same, and the examples work.

use std::collections::BTreeSet;

use axum::{body::Body, http::Request};
use serde_json::Value;

use super::{Api, with_key};
use crate::server::machine::{
    body, openapi,
    placing::{NewPurchaseOrder, NewSalesOrder},
    routes,
};

#[tokio::test]
async fn every_route_is_described_and_nothing_else() {
    let api = Api::open().await;
    let described = api.send(Request::get("/api/openapi.json").body(Body::empty()).unwrap()).await.expect(200);
    assert_eq!(described["openapi"], "3.1.0");
    let paths = described["paths"].as_object().unwrap();
    let routed: BTreeSet<String> = routes().iter().map(|(path, _)| format!("/api{path}")).collect();
    assert_eq!(paths.keys().cloned().collect::<BTreeSet<_>>(), routed);
    for (path, operations) in paths {
        // A method that no address has is answered with those it has.
        let request = with_key(Request::builder().method("TRACE").uri(path.replace("{id}", "7")), &api.hub);
        let answer = api.send(request.body(Body::empty()).unwrap()).await;
        answer.problem(405);
        let allowed: BTreeSet<String> =
            answer.header("allow").split(',').map(str::to_lowercase).filter(|method| method != "head").collect();
        assert_eq!(operations.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>(), allowed, "{path}");
    }
}

#[test]
fn what_is_the_same_everywhere_is_said_everywhere() {
    let mut names = BTreeSet::new();
    for (path, operations) in openapi::description()["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let is_open = path == "/api/openapi.json";
            // Events are signed in place of a key, and known by their own ids.
            let is_signed = path == "/api/v1/events";
            assert_eq!(operation["security"][0]["key"].is_array(), !is_open && !is_signed, "{path}");
            let problem = &operation["responses"]["default"]["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(problem == "#/components/schemas/Problem", !is_open, "{path}");
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let is_named = parameters.iter().any(|parameter| parameter["name"] == "Idempotency-Key");
            assert_eq!(is_named, method == "post" && !is_signed, "{path}");
            assert!(operation["summary"].is_string(), "{path}");
            assert!(names.insert(operation["operationId"].as_str().unwrap()), "{path}: every operation has a name of its own");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(part: &Value, whole: &Value) {
        match part {
            Value::Object(fields) => {
                if let Some(address) = fields.get("$ref").and_then(Value::as_str) {
                    assert!(whole.pointer(address.trim_start_matches('#')).is_some(), "{address}");
                }
                fields.values().for_each(|field| walk(field, whole));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, whole)),
            _ => {}
        }
    }
    walk(openapi::description(), openapi::description());
}

#[test]
fn the_example_bodies_can_be_sent() {
    let example = |name: &str| {
        let schema = &openapi::description()["components"]["schemas"][name];
        schema.get("example").unwrap_or_else(|| panic!("{name} has no example: {schema}")).to_string()
    };
    assert!(body::read::<NewPurchaseOrder>(example("NewPurchaseOrder").as_bytes()).is_ok());
    assert!(body::read::<NewSalesOrder>(example("NewSalesOrder").as_bytes()).is_ok());
}
