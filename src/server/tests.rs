//! The server as a browser sees it, without a socket: whole router, real database, a clock that stands still.

mod files;

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use tower::ServiceExt;

use super::{config::Config, demo, router, state::AppState};
use crate::{
    domain::{
        access::Role,
        ids::Ids,
        time::{ManualClock, Timestamp},
    },
    seed,
    service::{Context, Settings, live::Live},
    store::{Db, files::Files, machine, organisations, sessions, users},
    ui::Brand,
};

/// A portal with the demonstration company in a temporary folder.
struct Portal {
    router: Router,
    context: Context,
    clock: Arc<ManualClock>,
    supplier: seed::SignIn,
    _folder: tempfile::TempDir,
}

/// An answer, read.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }
}

impl Portal {
    async fn open() -> Self {
        Self::with(Config::default()).await
    }

    async fn with(mut config: Config) -> Self {
        let folder = tempfile::tempdir().unwrap();
        config.server.site = folder.path().to_owned();
        let clock = ManualClock::at("2026-11-24T09:12:00Z".parse::<Timestamp>().unwrap());
        let context = Context {
            db: Db::open(&format!("sqlite:{}", folder.path().join("portico.db").display())).await.unwrap(),
            files: Files::folder(&folder.path().join("files")).unwrap(),
            clock: clock.clone(),
            ids: Ids::seeded(7),
            live: Live::default(),
            settings: Arc::new(Settings::default()),
        };
        let sign_ins = seed::people(&context).await.unwrap();
        let brand = Brand { name: "Castellan".to_owned(), tagline: "Partner portal".to_owned() };
        let router = router(AppState::new(context.clone(), config, brand));
        Self { router, context, clock, supplier: sign_ins.supplier, _folder: folder }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: head.status, headers: head.headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }
}

/// A browser without script: it keeps cookies and says where a form was.
#[derive(Default)]
struct Browser(Vec<(String, String)>);

impl Browser {
    fn cookie(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    async fn send(&mut self, portal: &Portal, request: http::request::Builder, body: String) -> Answer {
        let cookies: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request
            .header(header::HOST, "portal.test")
            .header(header::ACCEPT, "text/html,application/xhtml+xml")
            .header(header::USER_AGENT, "Firefox/140.0 (Linux)")
            .header(header::COOKIE, cookies.join("; "));
        let answer = portal.send(request.body(Body::from(body)).unwrap()).await;
        for line in answer.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.0.retain(|(known, _)| known != name);
            if !line.contains("Max-Age=0") {
                self.0.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }

    async fn get(&mut self, portal: &Portal, path: &str) -> Answer {
        self.send(portal, Request::get(path), String::new()).await
    }

    async fn post(&mut self, portal: &Portal, page: &str, function: &str, fields: &[(&str, &str)]) -> Answer {
        let encode = super::forms::url_encoded;
        let body: Vec<_> = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let request = Request::post(format!("/do/{function}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::REFERER, format!("http://portal.test{page}"));
        self.send(portal, request, body.join("&")).await
    }

    async fn sign_in(portal: &Portal) -> Self {
        let mut browser = Self::default();
        let answer = browser.try_sign_in(portal, &portal.supplier.password).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"), "{}", answer.body);
        browser
    }

    async fn try_sign_in(&mut self, portal: &Portal, password: &str) -> Answer {
        self.post(portal, "/sign-in", "sign-in", &[("email", &portal.supplier.email), ("password", password), ("next", "")]).await
    }

    async fn is_signed_in(&mut self, portal: &Portal) -> bool {
        self.get(portal, "/account").await.status == StatusCode::OK
    }
}

#[tokio::test]
async fn a_person_signs_in_and_out() {
    let portal = Portal::open().await;
    let mut browser = Browser::default();
    let stranger = browser.get(&portal, "/account/password?x=1").await;
    assert_eq!((stranger.status, stranger.location()), (StatusCode::SEE_OTHER, "/sign-in?next=/account/password%3Fx%3D1"));
    let door = browser.get(&portal, "/sign-in?next=/account/password%3Fx%3D1").await;
    assert!(door.body.contains(r#"name="next" value="/account/password?x=1""#), "{}", door.body);
    assert!(!door.body.contains("portico.wasm"), "the door loads no island");

    let fields = [("email", " INES.Keller@ostermann-forge.example "), ("password", "portico demo"), ("next", "/account/password?x=1")];
    let inside = browser.post(&portal, "/sign-in", "sign-in", &fields).await;
    assert_eq!((inside.status, inside.location()), (StatusCode::SEE_OTHER, "/account/password?x=1"));
    let page = browser.get(&portal, "/account").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Ines Keller") && page.body.contains("Ostermann Forge"));
    assert!(page.body.contains("<title>Your profile · Castellan</title>"));

    let out = browser.post(&portal, "/account", "sign-out", &[]).await;
    assert_eq!((out.status, out.location()), (StatusCode::SEE_OTHER, "/sign-in"));
    assert!(browser.get(&portal, "/sign-in").await.body.contains("You are signed out."));
    assert!(!browser.get(&portal, "/sign-in").await.body.contains("You are signed out."), "it is said once");
    assert!(!browser.is_signed_in(&portal).await);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_told_alike() {
    let portal = Portal::open().await;
    for email in [portal.supplier.email.as_str(), "nobody@ostermann-forge.example"] {
        let mut browser = Browser::default();
        let refused = browser.post(&portal, "/sign-in?next=/account", "sign-in", &[("email", email), ("password", "wrong horse")]).await;
        assert_eq!((refused.status, refused.location()), (StatusCode::SEE_OTHER, "/sign-in?next=/account"));
        assert!(!refused.headers.get(header::SET_COOKIE).unwrap().to_str().unwrap().contains("wrong"));
        let door = browser.get(&portal, refused.location()).await;
        assert!(door.body.contains("This mail address and password do not go together."), "{}", door.body);
        assert!(door.body.contains(&format!(r#"value="{email}""#)), "what was typed is kept");
        assert!(!browser.is_signed_in(&portal).await);
        for _ in 0..10 {
            browser.post(&portal, "/sign-in", "sign-in", &[("email", email), ("password", "wrong horse")]).await;
        }
        assert!(browser.get(&portal, "/sign-in").await.body.contains("Wait 15 min, then try again."), "{email}");
    }
}

#[tokio::test]
async fn ten_failures_lock_the_account_for_a_while() {
    let portal = Portal::open().await;
    let mut browser = Browser::default();
    for _ in 0..10 {
        browser.try_sign_in(&portal, "wrong horse").await;
    }
    assert!(browser.get(&portal, "/sign-in").await.body.contains("Wait 15 min, then try again."));
    browser.try_sign_in(&portal, &portal.supplier.password).await;
    assert!(!browser.is_signed_in(&portal).await, "a right password does not open a locked account");
    portal.clock.advance_seconds(901);
    browser.try_sign_in(&portal, &portal.supplier.password).await;
    assert!(browser.is_signed_in(&portal).await);
    let user = users::find_by_email(&mut portal.context.db.read().await.unwrap(), &portal.supplier.email).await.unwrap().unwrap();
    assert_eq!((user.failures, user.locked_until), (0, None));
}

#[tokio::test]
async fn one_leads_nowhere_but_into_the_portal() {
    let portal = Portal::open().await;
    for next in ["https://evil.example/", "//evil.example/", "/\\evil.example", "evil"] {
        let fields = [("email", portal.supplier.email.as_str()), ("password", &portal.supplier.password), ("next", next)];
        let answer = Browser::default().post(&portal, "/sign-in", "sign-in", &fields).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"), "{next}");
    }
    let mut browser = Browser::sign_in(&portal).await;
    let back = browser.post(&portal, "/account", "theme", &[("theme", "dark"), ("back", "//evil.example")]).await;
    assert_eq!(back.location(), "/");
}

#[tokio::test]
async fn the_session_id_changes_with_the_rights() {
    let portal = Portal::open().await;
    let mut browser = Browser::sign_in(&portal).await;
    let first = browser.cookie("portico").unwrap().to_owned();
    browser.try_sign_in(&portal, &portal.supplier.password).await;
    let second = browser.cookie("portico").unwrap().to_owned();
    assert_ne!(first, second);
    let mut old = Browser(vec![("portico".to_owned(), first)]);
    assert!(!old.is_signed_in(&portal).await, "the id from before is worth nothing");
    let mut planted = Browser(vec![("portico".to_owned(), "AAAAAAAAAAAAAAAAAAAAAA".to_owned())]);
    planted.try_sign_in(&portal, &portal.supplier.password).await;
    assert_ne!(planted.cookie("portico").unwrap(), "AAAAAAAAAAAAAAAAAAAAAA");
    assert!(browser.is_signed_in(&portal).await);
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_without_use() {
    let portal = Portal::open().await;
    let mut browser = Browser::sign_in(&portal).await;
    portal.clock.advance_seconds(11 * 3600);
    assert!(browser.is_signed_in(&portal).await);
    portal.clock.advance_seconds(11 * 3600);
    assert!(browser.is_signed_in(&portal).await, "use moves the end");
    portal.clock.advance_seconds(12 * 3600 + 1);
    assert!(!browser.is_signed_in(&portal).await);
    let mut tx = portal.context.db.begin().await.unwrap();
    assert_eq!(sessions::delete_ended(&mut tx, portal.context.now()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_page_that_is_left_open_does_not_keep_its_session_alive() {
    let portal = Portal::open().await;
    let mut browser = Browser::sign_in(&portal).await;
    portal.clock.advance_seconds(11 * 3600);
    let again = browser.send(&portal, Request::get("/account").header("x-live", "1"), String::new()).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(browser.get(&portal, "/session").await.status, StatusCode::NO_CONTENT);
    portal.clock.advance_seconds(3601);
    assert_eq!(browser.get(&portal, "/session").await.status, StatusCode::UNAUTHORIZED);
    assert!(!browser.is_signed_in(&portal).await);
}

#[tokio::test]
async fn a_session_ends_after_seven_days_however_much_it_is_used() {
    let portal = Portal::open().await;
    let mut browser = Browser::sign_in(&portal).await;
    for day_half in 1..14 {
        portal.clock.advance_seconds(12 * 3600 - 60);
        assert!(browser.is_signed_in(&portal).await, "half day {day_half}");
    }
    portal.clock.advance_seconds(11 * 3600);
    assert!(browser.is_signed_in(&portal).await);
    portal.clock.advance_seconds(3600 + 15 * 60);
    assert!(!browser.is_signed_in(&portal).await, "seven days are over");
}

#[tokio::test]
async fn a_form_sent_after_the_session_ended_waits_for_its_person() {
    let portal = Portal::open().await;
    let mut browser = Browser::sign_in(&portal).await;
    portal.clock.advance_seconds(12 * 3600 + 1);
    let sent = browser.post(&portal, "/account", "profile", &[("name", "Ines K."), ("zone", "Asia/Tokyo")]).await;
    assert_eq!((sent.status, sent.location()), (StatusCode::SEE_OTHER, "/sign-in?next=/account"));
    let door = browser.get(&portal, sent.location()).await.body;
    assert!(door.contains("You were signed out, and nothing was sent.") && door.contains("nothing that you typed is lost"), "{door}");
    browser.try_sign_in(&portal, "wrong horse").await;
    browser.try_sign_in(&portal, &portal.supplier.password).await;
    assert!(!browser.get(&portal, "/account/sessions").await.body.contains("You were signed out"), "only on the form's own page");
    let page = browser.get(&portal, "/account").await.body;
    assert!(page.contains(r#"value="Ines K.""#) && page.contains("so this was not sent"), "{page}");
    assert!(!browser.get(&portal, "/account").await.body.contains(r#"value="Ines K.""#), "it is said once");

    portal.clock.advance_seconds(12 * 3600 + 1);
    let answer = browser.post(&portal, "/orders/x/answer", "answer-order", &[("order", "x"), ("version", "1")]).await;
    let door = browser.get(&portal, answer.location()).await.body;
    assert!(door.contains("enter it again; it could not be kept"), "{door}");
}

#[tokio::test]
async fn an_operator_replaces_passwords_unlocks_and_keeps_people_out() {
    use crate::service::account;
    let portal = Portal::open().await;
    let email = portal.supplier.email.clone();
    let mut browser = Browser::sign_in(&portal).await;
    assert!(account::replace_password(&portal.context, "nobody@example.com", "four green herons").await.is_err());
    assert!(account::replace_password(&portal.context, &email, "password1").await.is_err(), "the rules are the same");
    account::replace_password(&portal.context, &format!(" {} ", email.to_uppercase()), "four green herons").await.unwrap();
    assert!(!browser.is_signed_in(&portal).await, "every session ended");
    for _ in 0..10 {
        browser.try_sign_in(&portal, &portal.supplier.password).await;
    }
    browser.try_sign_in(&portal, "four green herons").await;
    assert!(!browser.is_signed_in(&portal).await, "the account is locked");
    account::unlock(&portal.context, &email).await.unwrap();
    browser.try_sign_in(&portal, "four green herons").await;
    assert!(browser.is_signed_in(&portal).await);

    account::set_disabled(&portal.context, &email, true).await.unwrap();
    assert!(!browser.is_signed_in(&portal).await);
    browser.try_sign_in(&portal, "four green herons").await;
    assert!(!browser.is_signed_in(&portal).await);
    account::set_disabled(&portal.context, &email, false).await.unwrap();
    browser.try_sign_in(&portal, "four green herons").await;
    assert!(browser.is_signed_in(&portal).await);
}

#[tokio::test]
async fn a_revoked_key_opens_nothing() {
    use super::access::{self, KeyCommand, KeyName};
    let portal = Portal::open().await;
    let key = demo::api_key(&portal.context, None).await.unwrap();
    let ask = || Request::get("/api/v1/orders").header(header::AUTHORIZATION, format!("Bearer {key}")).body(Body::empty()).unwrap();
    assert_eq!(portal.send(ask()).await.status, StatusCode::OK);
    let listed = machine::list(&mut portal.context.db.read().await.unwrap()).await.unwrap();
    let [listed] = listed.as_slice() else { panic!("{listed:?}") };
    assert_eq!((listed.organisation.as_str(), listed.revoked_at), ("CASTELLAN", None));
    let named = |name: &str| KeyCommand::Revoke(KeyName::new("CASTELLAN", name));
    assert!(access::key(&portal.context, named("another")).await.is_err());
    access::key(&portal.context, named(&listed.name)).await.unwrap();
    assert_eq!(portal.send(ask()).await.status, StatusCode::UNAUTHORIZED);
    assert!(access::key(&portal.context, named(&listed.name)).await.is_err(), "it has ended already");
}

#[tokio::test]
async fn numbers_about_the_process_are_for_this_machine_and_for_the_token() {
    let mut config = Config::default();
    config.server.metrics_token = Some("s3cret".to_owned());
    config.server.behind_proxy = true;
    let portal = Portal::with(config).await;
    let ask = async |visitor: &str, token: &str| {
        let request = Request::get("/metrics").header("x-forwarded-for", visitor).header(header::AUTHORIZATION, token);
        portal.send(request.body(Body::empty()).unwrap()).await.status
    };
    assert_eq!(ask("127.0.0.1", "").await, StatusCode::OK);
    assert_eq!(ask("192.0.2.7", "").await, StatusCode::FORBIDDEN);
    assert_eq!(ask("192.0.2.7", "Bearer guess").await, StatusCode::FORBIDDEN);
    assert_eq!(ask("192.0.2.7", "Bearer s3cret").await, StatusCode::OK);
    assert_eq!(Portal::open().await.get("/metrics").await.status, StatusCode::FORBIDDEN, "no token, and not from here");
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let portal = Portal::open().await;
    let (mut here, mut there) = (Browser::sign_in(&portal).await, Browser::sign_in(&portal).await);
    let change = |current, new| [("current_password", current), ("new_password", new)];
    let wrong = here.post(&portal, "/account/password", "password", &change("wrong horse", "four green herons")).await;
    assert_eq!(wrong.location(), "/account/password");
    assert!(here.get(&portal, "/account/password").await.body.contains("This is not your current password."));
    here.post(&portal, "/account/password", "password", &change("portico demo", "password1")).await;
    let weak = here.get(&portal, "/account/password").await.body;
    assert!(weak.contains("among the first that attackers try") && !weak.contains("password1\""));
    assert!(there.is_signed_in(&portal).await, "nothing has changed yet");

    here.post(&portal, "/account/password", "password", &change("portico demo", "four green herons")).await;
    assert!(here.get(&portal, "/account/password").await.body.contains("Your password is changed."));
    assert!(here.is_signed_in(&portal).await && !there.is_signed_in(&portal).await);
    there.try_sign_in(&portal, "portico demo").await;
    assert!(!there.is_signed_in(&portal).await);
    there.try_sign_in(&portal, "four green herons").await;
    assert!(there.is_signed_in(&portal).await);
}

#[tokio::test]
async fn a_person_ends_their_own_sessions_and_nobody_elses() {
    let portal = Portal::open().await;
    let (mut here, mut there) = (Browser::sign_in(&portal).await, Browser::sign_in(&portal).await);
    let page = here.get(&portal, "/account/sessions").await.body;
    assert!(page.contains("Firefox on Linux") && page.contains("This one"));
    let id = page.split(r#"name="session" value=""#).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let foreign = here.post(&portal, "/account/sessions", "end-session", &[("session", "0".repeat(64).as_str())]).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    assert!(there.is_signed_in(&portal).await);
    here.post(&portal, "/account/sessions", "end-session", &[("session", &id)]).await;
    assert!(here.is_signed_in(&portal).await && !there.is_signed_in(&portal).await);
    there = Browser::sign_in(&portal).await;
    here.post(&portal, "/account/sessions", "end-other-sessions", &[]).await;
    assert!(here.is_signed_in(&portal).await && !there.is_signed_in(&portal).await);
}

#[tokio::test]
async fn a_person_of_two_organisations_chooses_for_whom_they_act() {
    let portal = Portal::open().await;
    let mut tx = portal.context.db.begin().await.unwrap();
    let customer = organisations::find_by_code(&mut tx, "NORTHWATER").await.unwrap().unwrap();
    let hub = organisations::hub(&mut tx).await.unwrap().unwrap();
    let user = users::find_by_email(&mut tx, &portal.supplier.email).await.unwrap().unwrap();
    // After whatever the demonstration company laid down: the first membership is the one acted for.
    let later = portal.context.now().plus_seconds(365 * 86_400);
    users::insert_membership(&mut tx, portal.context.id(), user.id, customer.id, Role::Member, later).await.unwrap();
    tx.commit().await.unwrap();

    let mut browser = Browser::sign_in(&portal).await;
    let before = browser.cookie("portico").unwrap().to_owned();
    assert!(browser.get(&portal, "/account").await.body.contains(r#"href="/documents""#), "a supplier has documents");
    let foreign = browser.post(&portal, "/account", "act-for", &[("organisation", &hub.id.to_string())]).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND, "only one's own organisations");
    let switched = browser.post(&portal, "/account", "act-for", &[("organisation", &customer.id.to_string())]).await;
    assert_eq!(switched.location(), "/");
    assert_ne!(browser.cookie("portico").unwrap(), before);
    let page = browser.get(&portal, "/account").await.body;
    assert!(page.contains("You now act for Northwater Utilities.") && !page.contains(r#"href="/documents""#), "{page}");
    assert!(page.contains("Ostermann Forge"), "the switch offers the other one");
}

#[tokio::test]
async fn a_refused_profile_comes_back_as_typed() {
    let portal = Portal::open().await;
    let mut browser = Browser::sign_in(&portal).await;
    let refused = browser.post(&portal, "/account", "profile", &[("name", "Ines <b>K.</b>"), ("zone", "Mars/Olympus")]).await;
    assert_eq!((refused.status, refused.location()), (StatusCode::SEE_OTHER, "/account"));
    let page = browser.get(&portal, "/account").await.body;
    assert!(page.contains("Choose a time zone from the list.") && page.contains("Ines &lt;b&gt;K.&lt;/b&gt;"), "{page}");
    browser.post(&portal, "/account", "profile", &[("name", "Ines K."), ("zone", "Asia/Tokyo")]).await;
    let page = browser.get(&portal, "/account").await.body;
    assert!(page.contains("Your profile is saved.") && page.contains("18:12 JST") && page.contains("Ines K."), "{page}");
}

#[tokio::test]
async fn an_unknown_address_is_a_404_page_for_everyone() {
    let portal = Portal::open().await;
    let mut browser = Browser::sign_in(&portal).await;
    for path in ["/nowhere", "/orders/x/y/z", "/do/nothing"] {
        let answer = portal.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.body.contains("There is no such page"), "{path}");
        assert_eq!(browser.get(&portal, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(portal.get("/pkg/nothing.js").await.status, StatusCode::NOT_FOUND);
    let head = portal.send(Request::head("/sign-in").body(Body::empty()).unwrap()).await;
    assert_eq!((head.status, head.body.as_str()), (StatusCode::OK, ""));
}

#[tokio::test]
async fn the_machine_api_answers_in_problems() {
    let portal = Portal::open().await;
    let key = demo::api_key(&portal.context, None).await.unwrap();
    let ask = |key: String| Request::get("/api/v1/nothing").header(header::AUTHORIZATION, format!("Bearer {key}")).body(Body::empty());
    for (request, status) in [
        (Request::get("/api/v1/nothing").body(Body::empty()), StatusCode::UNAUTHORIZED),
        (ask("pk_guess".to_owned()), StatusCode::UNAUTHORIZED),
        (ask(key.clone()), StatusCode::NOT_FOUND),
    ] {
        let answer = portal.send(request.unwrap()).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
        assert!(answer.body.contains(&format!(r#""status":{}"#, status.as_u16())));
    }
    demo::api_key(&portal.context, Some("pk_new".to_owned())).await.unwrap();
    assert_eq!(portal.send(ask(key).unwrap()).await.status, StatusCode::UNAUTHORIZED, "the key before is revoked");
    for _ in 0..2 {
        demo::api_key(&portal.context, Some("pk_same".to_owned())).await.unwrap();
        assert_eq!(portal.send(ask("pk_same".to_owned()).unwrap()).await.status, StatusCode::NOT_FOUND, "a key may be wanted again");
    }
}

#[tokio::test]
async fn every_answer_carries_a_content_policy() {
    let portal = Portal::open().await;
    for path in ["/sign-in", "/nowhere", "/account", "/healthz", "/api/v1/x", "/pkg/x"] {
        let answer = portal.get(path).await;
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src '") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe-inline"), "{path}");
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
    }
    let (first, second) = (portal.get("/sign-in").await, portal.get("/sign-in").await);
    assert_ne!(first.headers[header::CONTENT_SECURITY_POLICY], second.headers[header::CONTENT_SECURITY_POLICY], "each page has its nonce");
}

#[tokio::test]
async fn a_write_from_another_site_is_refused() {
    let portal = Portal::open().await;
    let mut browser = Browser::sign_in(&portal).await;
    for (name, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")] {
        let request = Request::post("/do/sign-out").header(name, value);
        assert_eq!(browser.send(&portal, request, String::new()).await.status, StatusCode::FORBIDDEN, "{value}");
    }
    assert!(browser.is_signed_in(&portal).await);
}

#[tokio::test]
async fn a_body_that_no_form_sends_is_refused() {
    let portal = Portal::open().await;
    let mut browser = Browser::default();
    let answer = browser.post(&portal, "/sign-in", "sign-in", &[("email", "a\0b@c.example"), ("password", "x")]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let long = "x".repeat(super::security::FORM_LIMIT + 1);
    let answer = browser.post(&portal, "/sign-in", "sign-in", &[("email", &long), ("password", "x")]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let answer = browser.send(&portal, Request::post("/sign-in"), String::new()).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn script_gets_statuses_instead_of_redirects() {
    let portal = Portal::open().await;
    let post = |path: &str, body: &'static str| {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.header(header::ACCEPT, "application/json").body(Body::from(body)).unwrap()
    };
    let answer = portal.send(post("/do/theme", "theme=dark")).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::UNAUTHORIZED, r#"{"kind":"sign_in"}"#));
    let answer = portal.send(post("/do/sign-in", "email=a%40b.example&password=x")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.headers.get(header::SET_COOKIE).is_none());
}

#[tokio::test]
async fn https_binds_the_cookie_to_the_host() {
    let mut config = Config::default();
    config.server.public_url = Some("https://portal.test".to_owned());
    let portal = Portal::with(config).await;
    let mut browser = Browser::default();
    let answer = browser.try_sign_in(&portal, &portal.supplier.password).await;
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    for part in ["__Host-portico=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(answer.headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
}

#[tokio::test]
async fn live_updates_are_for_people_who_are_signed_in() {
    use futures::StreamExt;
    let portal = Portal::open().await;
    assert_eq!(portal.get("/live").await.status, StatusCode::UNAUTHORIZED);
    let browser = Browser::sign_in(&portal).await;
    let request = Request::get("/live").header(header::COOKIE, format!("portico={}", browser.cookie("portico").unwrap()));
    let response = portal.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    let mut events = response.into_body().into_data_stream();
    let mut next = async || String::from_utf8(events.next().await.unwrap().unwrap().to_vec()).unwrap();
    assert_eq!(next().await.trim(), ": open");
    let reader = users::find_by_email(&mut portal.context.db.read().await.unwrap(), &portal.supplier.email).await.unwrap().unwrap();
    let own = users::reader(&mut portal.context.db.read().await.unwrap(), reader.id, None).await.unwrap().unwrap().actor.organisation;
    portal.context.live.publish(None);
    let unheard = tokio::time::timeout(std::time::Duration::from_millis(300), next()).await;
    assert!(unheard.is_err(), "what only the hub sees is not announced: {unheard:?}");
    portal.context.live.publish(Some(own));
    assert_eq!(next().await.trim(), "data: changed");
    crate::service::account::end_other_sessions(
        &portal.context,
        &users::reader(&mut portal.context.db.read().await.unwrap(), reader.id, None).await.unwrap().unwrap().actor,
        "",
    )
    .await
    .unwrap();
    portal.context.live.publish(Some(own));
    assert!(events.next().await.is_none(), "the stream ends with the session");
}
