//! The stand-in itself, over its routes, against what is documented of the real server.

use axum::body::{Body, to_bytes};
use http::{Request, StatusCode, header};
use serde_json::{Value as Json, json};
use tower::ServiceExt;

use super::{CHANNEL, DRAFT_KEY, Kentico, PUBLISHED_KEY, files, router};
use crate::domain::time::{ManualClock, Timestamp};

const GRAPHQL: &str = "application/graphql-response+json";

fn site() -> (Kentico, std::sync::Arc<ManualClock>) {
    let clock = ManualClock::at("2026-11-23T08:00:00Z".parse::<Timestamp>().unwrap());
    (Kentico::seeded(clock.clone()), clock)
}

async fn send(kentico: &Kentico, request: Request<Body>) -> (StatusCode, String, Vec<u8>) {
    let response = router(kentico.clone()).oneshot(request).await.unwrap();
    let media = response.headers().get(header::CONTENT_TYPE).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
    (response.status(), media, to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec())
}

async fn ask(kentico: &Kentico, key: &str, accept: &str, query: &str, variables: Json) -> (StatusCode, Json) {
    let request = Request::post(format!("/graphql/{CHANNEL}"))
        .header(header::AUTHORIZATION, format!("Bearer {key}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::HOST, "kentico.castellan.example")
        .header(header::ACCEPT, accept)
        .body(Body::from(json!({ "query": query, "variables": variables }).to_string()))
        .unwrap();
    let (status, _, body) = send(kentico, request).await;
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

async fn data(kentico: &Kentico, query: &str, variables: Json) -> Json {
    let (status, body) = ask(kentico, PUBLISHED_KEY, GRAPHQL, query, variables).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert!(body.get("errors").is_none(), "{body}");
    body["data"].clone()
}

async fn refusal(kentico: &Kentico, query: &str) -> Json {
    let (status, body) = ask(kentico, PUBLISHED_KEY, GRAPHQL, query, json!({})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
    assert!(body.get("data").is_none());
    body["errors"][0].clone()
}

#[tokio::test]
async fn arbitrary_queries_work() {
    let (kentico, _) = site();
    let query = r#"
        # aliases, fragments, variables with defaults, directives, nested collections and a union
        query News($who: [String] = ["supplier"], $with: Boolean!) {
            __typename
            news: portalSupplierNoticeCollection(where: {portalAudience: {containsAny: $who}}, sort: {portalTitle: DESC}, take: 2) {
                totalCount skip take
                items { ...Head portalBody @include(if: $with) ... on PortalSupplierNotice { portalAudience { name title } } }
            }
            why: portalFaqCollection(where: {portalTitle: {startsWith: "Why"}}) {
                items { portalRelated { items { __typename ... on PortalPolicy { portalTitle } ... on PortalFaq { portalSummary } } } }
            }
        }
        fragment Head on PortalSupplierNotice { portalTitle _system { ...When } _system { languageName } }
        fragment When on _ISystem { lastPublished }"#;
    let data = data(&kentico, query, json!({ "with": false })).await;
    assert_eq!(data["__typename"], "Query");
    let news = &data["news"];
    assert_eq!((&news["totalCount"], &news["skip"], &news["take"]), (&json!(3), &json!(0), &json!(2)));
    assert_eq!(
        news["items"][0],
        json!({
            "portalTitle": "Utrecht closes 24 December to 3 January",
            "_system": { "lastPublished": "2026-11-22T09:00:00.000+01:00", "languageName": "en" },
            "portalAudience": [{ "name": "supplier", "title": "Suppliers" }],
        })
    );
    assert_eq!(
        data["why"]["items"][0]["portalRelated"]["items"],
        json!([{ "__typename": "PortalPolicy", "portalTitle": "Invoice requirements" }])
    );
}

#[tokio::test]
async fn one_item_is_found_by_id_or_variant_and_falls_back_when_asked() {
    let (kentico, _) = site();
    let german = data(
        &kentico,
        "{ c: portalPolicyCollection(languageName: \"de\") { items { _system { id languageVariantId } portalTitle } } }",
        json!({}),
    )
    .await;
    let item = &german["c"]["items"][0];
    assert_eq!(item["portalTitle"], "Verpackung und Kennzeichnung");
    let query = "query($id: UUID, $variant: UUID, $fallback: Boolean) {
        en: portalPolicy(id: $id) { portalTitle }
        byVariant: portalPolicy(languageVariantId: $variant) { portalTitle }
        fr: portalPolicy(id: $id, languageName: \"fr\", useLanguageFallbacks: $fallback) { portalTitle }
        none: portalFaq(id: $id) { portalTitle } }";
    let variables =
        |fallback: bool| json!({ "id": item["_system"]["id"], "variant": item["_system"]["languageVariantId"], "fallback": fallback });
    let found = data(&kentico, query, variables(false)).await;
    assert_eq!(found["en"]["portalTitle"], "Packing and labelling");
    assert_eq!(found["byVariant"]["portalTitle"], "Verpackung und Kennzeichnung");
    assert_eq!((&found["fr"], &found["none"]), (&Json::Null, &Json::Null));
    assert_eq!(data(&kentico, query, variables(true)).await["fr"]["portalTitle"], "Packing and labelling");
}

#[tokio::test]
async fn refusals_are_worded_as_the_library_words_them() {
    let (kentico, _) = site();
    let error = refusal(&kentico, "{ foo }").await;
    assert_eq!(error["message"], "The field `foo` does not exist on the type `Query`.");
    assert_eq!(error["locations"], json!([{ "line": 1, "column": 3 }]));
    assert_eq!((&error["extensions"]["type"], &error["extensions"]["code"]), (&json!("Query"), &Json::Null));
    let error = refusal(&kentico, "{ __schema { types { name } } }").await;
    assert_eq!(error["message"], "Introspection is not allowed for the current request.");
    assert_eq!(error["extensions"]["code"], "HC0046");
    let related = "portalRelated { items { ... on PortalPolicy { ".repeat(6);
    let error =
        refusal(&kentico, &format!("{{ portalPolicyCollection {{ items {{ {related} portalTitle {} }} }} }}", "} } }".repeat(6))).await;
    assert_eq!((&error["extensions"]["code"], error["path"].is_array()), (&json!("HC0087"), true));
    for syntax in ["", "{", "{ a(b: ) }", "query($a Int) { a }", "{ a(b: \"open) }", "{ a ! }", "nonsense { a }"] {
        assert_eq!(refusal(&kentico, syntax).await["extensions"]["code"], "HC0011", "{syntax}");
    }
    for invalid in [
        "{ portalFaqCollection { items } }",
        "{ portalFaqCollection { totalCount { a } } }",
        "{ portalFaqCollection(limit: 1) { totalCount } }",
        "{ portalFaqCollection(take: \"1\") { totalCount } }",
        "{ portalFaqCollection(where: {portalTitle: {endsWith: \"x\"}}) { totalCount } }",
        "{ portalFaqCollection(take: $take) { totalCount } }",
        "query($take: String) { portalFaqCollection(take: $take) { totalCount } }",
        "query($take: Int!) { portalFaqCollection(take: $take) { totalCount } }",
        "{ portalFaqCollection { ...Gone } }",
        "{ ...A } fragment A on Query { ...A }",
        "{ a: portalFaqCollection { totalCount } a: portalPolicyCollection { totalCount } }",
        "mutation { publish }",
    ] {
        assert!(refusal(&kentico, invalid).await["message"].is_string(), "{invalid}");
    }
}

#[tokio::test]
async fn one_field_to_a_filter_and_a_hundred_items_to_a_page() {
    let (kentico, _) = site();
    let both = "{ portalFaqCollection(where: {portalTitle: {eq: \"a\"}, portalSummary: {eq: \"b\"}}) { totalCount } }";
    for query in [both, "{ portalFaqCollection(take: 101) { totalCount } }"] {
        let (status, body) = ask(&kentico, PUBLISHED_KEY, GRAPHQL, query, json!({})).await;
        assert_eq!(status, StatusCode::OK, "found while running");
        assert_eq!((body["errors"].as_array().map(Vec::len), &body["data"]), (Some(1), &Json::Null));
    }
    let count = |filter: &'static str| {
        let kentico = kentico.clone();
        async move {
            let query = format!("{{ c: portalPolicyCollection(where: {filter}) {{ totalCount }} }}");
            data(&kentico, &query, json!({})).await["c"]["totalCount"].clone()
        }
    };
    assert_eq!(count("{_system: {lastPublished: {gt: \"2026-10-20T08:00:00Z\"}}}").await, 1);
    assert_eq!(count("{_system: {lastPublished: {lte: \"2026-10-20T10:00:00+02:00\"}}}").await, 2);
    assert_eq!(count("{portalAudience: {containsAll: [\"supplier\", \"customer\"]}}").await, 0);
    assert_eq!(count("{portalTitle: {ncontains: \"order\"}}").await, 2);
}

#[tokio::test]
async fn statuses_follow_the_media_type_that_is_accepted() {
    let (kentico, _) = site();
    for (accept, status, media) in [
        ("*/*", StatusCode::BAD_REQUEST, GRAPHQL),
        (GRAPHQL, StatusCode::BAD_REQUEST, GRAPHQL),
        ("application/graphql-response+json, application/json", StatusCode::BAD_REQUEST, GRAPHQL),
        ("application/json", StatusCode::OK, "application/json"),
    ] {
        let request = Request::post(format!("/graphql/{CHANNEL}"))
            .header(header::AUTHORIZATION, format!("Bearer {PUBLISHED_KEY}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, accept)
            .body(Body::from(r#"{"query":"{ foo }"}"#))
            .unwrap();
        let (found, given, _) = send(&kentico, request).await;
        assert_eq!((found, given), (status, format!("{media}; charset=utf-8")), "{accept}");
    }
    for (key, status) in [(PUBLISHED_KEY, StatusCode::OK), ("wrong", StatusCode::UNAUTHORIZED)] {
        assert_eq!(ask(&kentico, key, "*/*", "{ portalFaqCollection { totalCount } }", json!({})).await.0, status);
    }
}

#[tokio::test]
async fn a_draft_sees_more_and_its_file_addresses_die_after_ten_minutes() {
    let (kentico, clock) = site();
    let (sheet, _) = kentico.add_asset("sheet.pdf", files::pdf(&["Draft"]));
    let id = kentico.add("portalPolicy", "en", json!({ "portalTitle": "New", "portalFile": sheet }));
    let query = "query($id: UUID) { p: portalPolicy(id: $id) { portalTitle portalFile { name path fileSize fileType } } }";
    assert_eq!(data(&kentico, query, json!({ "id": id })).await["p"], Json::Null);
    let (_, body) = ask(&kentico, DRAFT_KEY, GRAPHQL, query, json!({ "id": id })).await;
    let path = body["data"]["p"]["portalFile"]["path"].as_str().unwrap().to_owned();
    let fetch = |path: String| {
        let kentico = kentico.clone();
        async move { send(&kentico, Request::get(path).body(Body::empty()).unwrap()).await.0 }
    };
    let bare = path.split('?').next().unwrap().to_owned();
    assert_eq!(fetch(bare.clone()).await, StatusCode::NOT_FOUND, "not published");
    clock.advance_seconds(599);
    assert_eq!(fetch(path.clone()).await, StatusCode::OK);
    clock.advance_seconds(1);
    assert_eq!(fetch(path).await, StatusCode::NOT_FOUND);
    kentico.publish(id, "en");
    assert_eq!(fetch(bare).await, StatusCode::OK);
}

#[tokio::test]
async fn rich_text_carries_the_address_through_which_it_was_read() {
    let (kentico, _) = site();
    let found =
        data(&kentico, "{ c: portalPolicyCollection(where: {portalTitle: {contains: \"Packing\"}}) { items { portalBody } } }", json!({}))
            .await;
    assert!(found["c"]["items"][0]["portalBody"].as_str().unwrap().contains("src=\"http://kentico.castellan.example/getContentAsset/"));
}

#[test]
fn made_files_are_real_ones() {
    // Checksums as published for the end chunk of every PNG.
    let png = files::png(3, 2, [1, 2, 3]);
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02"));
    assert!(png.ends_with(b"\0\0\0\0IEND\xaeB`\x82"));
    let pdf = String::from_utf8(files::pdf(&["A line"])).unwrap();
    let start = pdf.rsplit("startxref\n").next().and_then(|rest| rest.lines().next()).unwrap().parse::<usize>().unwrap();
    assert!(pdf[start..].starts_with("xref\n0 6\n"));
    for (number, entry) in pdf[start..].lines().skip(3).take(5).enumerate() {
        let offset = entry[..10].parse::<usize>().unwrap();
        assert!(pdf[offset..].starts_with(&format!("{} 0 obj\n", number + 1)));
    }
}
