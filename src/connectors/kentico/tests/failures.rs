//! What goes wrong, and what is said about it.

use std::time::Duration;

use super::{Site, http, source};
use crate::connectors::kentico::{KenticoError, Kind, Secret, TypeMapping, Watermark};
use crate::sandbox::kentico::{Failure, PUBLISHED_KEY};

/// The error of one poll in which the server fails so.
async fn error_of(failure: Failure) -> KenticoError {
    let site = Site::seeded().await;
    site.kentico.fail_next(failure);
    site.source().changed_since(Kind::Faq, None).await.unwrap_err()
}

#[tokio::test]
async fn a_refused_key_is_the_same_error_however_it_is_said() {
    for failure in [Failure::Status(401), Failure::Status(403), Failure::KeyRefusedInBody] {
        let error = error_of(failure).await;
        assert!(matches!(error, KenticoError::Refused { .. }), "{error:?}");
        assert!(!error.is_temporary());
    }
    let site = Site::seeded().await;
    let mut config = site.config();
    config.key = Secret::new("some-other-key");
    assert!(matches!(source(config).all_ids(Kind::Faq).await, Err(KenticoError::Refused { .. })));
    let source = site.source();
    assert!(source.all_ids(Kind::Faq).await.is_ok());
    site.kentico.disable_key(PUBLISHED_KEY);
    assert!(matches!(source.all_ids(Kind::Faq).await, Err(KenticoError::Refused { .. })));
}

#[tokio::test]
async fn a_busy_server_says_how_long_to_wait_or_does_not() {
    for (status, header, wait) in [(503, Some("17"), Some(17)), (429, Some("2"), Some(2)), (503, None, None), (429, Some("soon"), None)] {
        let error = error_of(Failure::Busy { status, retry_after: header.map(str::to_owned) }).await;
        assert!(matches!(error, KenticoError::Busy { status: said, .. } if said == status), "{error:?}");
        assert_eq!(error.retry_after(), wait.map(Duration::from_secs));
        assert!(error.is_temporary());
    }
    let site = Site::seeded().await;
    site.kentico.fail_next(Failure::Busy { status: 503, retry_after: Some("17".to_owned()) });
    let source = site.source();
    source.all_ids(Kind::Faq).await.unwrap_err();
    assert_eq!((source.take_wait(), source.take_wait()), (Some(Duration::from_secs(17)), None));
    let past = Failure::Busy { status: 503, retry_after: Some("Wed, 21 Oct 2015 07:28:00 GMT".to_owned()) };
    assert_eq!(error_of(past).await.retry_after(), None, "a date that has passed");
    let far = Failure::Busy { status: 503, retry_after: Some("Thu, 31 Dec 9998 23:59:59 GMT".to_owned()) };
    assert!(error_of(far).await.retry_after().is_some_and(|wait| wait > Duration::from_hours(24)), "a date, against the reply's own");
}

#[tokio::test]
async fn other_failures_are_told_apart() {
    assert!(matches!(error_of(Failure::Status(500)).await, KenticoError::Server(500)));
    assert!(matches!(error_of(Failure::Page).await, KenticoError::Unreadable(_)));

    let site = Site::seeded().await;
    let mut config = site.config();
    config.timeout = Duration::from_millis(50);
    site.kentico.fail_always(Some(Failure::Silence));
    let error = source(config).all_ids(Kind::Faq).await.unwrap_err();
    assert!(matches!(error, KenticoError::TimedOut { .. }) && error.is_temporary(), "{error:?}");

    // A port that is taken and on which nobody listens.
    let taken = tokio::net::TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let gone = taken.local_addr().unwrap();
    let mut config = site.config();
    config.endpoint = format!("http://{gone}/graphql/x");
    let error = source(config).all_ids(Kind::Faq).await.unwrap_err();
    assert!(matches!(&error, KenticoError::Unreachable { host, .. } if *host == gone.to_string()), "{error:?}");
}

#[tokio::test]
async fn a_reply_above_the_limit_is_not_read_to_its_end() {
    let site = Site::seeded().await;
    let mut config = site.config();
    config.page_limit = 1000;
    let error = source(config).changed_since(Kind::Policy, None).await.unwrap_err();
    assert!(matches!(error, KenticoError::TooLarge { limit_bytes: 1000, .. }), "{error:?}");
}

#[tokio::test]
async fn a_renamed_field_is_named() {
    let site = Site::seeded().await;
    let mut config = site.config();
    config.types[0].fields.summary = Some("portalTeaser".to_owned());
    let error = source(config).changed_since(Kind::Policy, None).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("`portalTeaser` does not exist on the type `PortalPolicy`"), "{text}");
    assert!(!error.is_temporary());
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_before_anything_is_sent() {
    let site = Site::seeded().await;
    let refused = |change: &dyn Fn(&mut crate::connectors::kentico::SourceConfig)| {
        let mut config = site.config();
        change(&mut config);
        crate::connectors::kentico::Source::new(http(), config).unwrap_err().to_string()
    };
    assert!(refused(&|c| c.endpoint = "not an address".to_owned()).contains("endpoint"));
    assert!(refused(&|c| c.origin = "ftp://castellan.example".to_owned()).contains("origin"));
    assert!(refused(&|c| c.types[0].content_type = "portalPolicy { x }".to_owned()).contains("not a GraphQL name"));
    assert!(refused(&|c| c.languages.clear()).contains("no language"));
    assert!("2026-11-23 09:00".parse::<Watermark>().is_err(), "a time without its offset");
}

#[test]
fn settings_name_all_fields_or_none() {
    let read = |text: &str| toml::from_str::<TypeMapping>(text);
    let plain = read("kind = 'policy'\ncontent_type = 'portalPolicy'").unwrap();
    assert_eq!(plain, TypeMapping::recommended(Kind::Policy));
    let own =
        read("kind = 'faq'\ncontent_type = 'acmeRule'\nfields = { title = 'ruleName', body = 'ruleText', audience = 'ruleFor' }").unwrap();
    assert_eq!((own.fields.audience.as_deref(), own.fields.summary), (Some("ruleFor"), None));
    assert!(read("kind = 'faq'\ncontent_type = 'acmeRule'\nfields = { title = 'ruleName' }").is_err());
    assert!(read("kind = 'faq'\ncontent_type = 'acmeRule'\nfeilds = {}").is_err());
    for kind in Kind::ALL {
        assert_eq!(Kind::from_code(kind.code()), Some(kind));
    }
}

#[tokio::test]
async fn a_file_that_leads_elsewhere_is_not_taken() {
    let elsewhere = Site::seeded().await;
    let (_, path) = elsewhere.kentico.add_asset("sheet.pdf", b"%PDF-1.4".to_vec());
    let item = elsewhere.kentico.add("portalFaq", "en", serde_json::json!({ "portalBody": path }));
    elsewhere.kentico.publish(item, "en");
    assert!(elsewhere.source().asset(&path).await.is_ok());

    let target = format!("{}{path}", elsewhere.origin);
    let app = axum::Router::new().fallback(move || std::future::ready(axum::response::Redirect::temporary(&target)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = elsewhere.config();
    config.endpoint = format!("http://{}/graphql/x", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    assert!(matches!(source(config).asset(&path).await, Err(KenticoError::ForeignFile(_))));
}

#[tokio::test]
async fn the_key_shows_nowhere() {
    let site = Site::seeded().await;
    let source = site.source();
    let secret = Secret::new(&format!(" {PUBLISHED_KEY}\n"));
    assert_eq!(format!("{secret:?}"), "Secret(hidden)");
    assert!(!format!("{source:?}").contains(PUBLISHED_KEY));
    site.kentico.fail_always(Some(Failure::Status(401)));
    let error = source.all_ids(Kind::Faq).await.unwrap_err();
    assert!(!format!("{error:?} {error}").contains(PUBLISHED_KEY));
}
