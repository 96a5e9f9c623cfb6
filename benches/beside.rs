//! A page of the portal beside the hand-written handler of `hand`. Both are served by this process on the same runtime, in
//! turns.

use std::{net::SocketAddr, time::Duration};

use portico::{
    seed::SignIn,
    server::{config::Config, router, state::AppState},
    service::Context,
    ui::Brand,
};

use crate::{
    Asked, Line,
    company::Company,
    hand::{self, Query},
    load,
};

const ROUNDS: usize = 7;
const LENGTH: Duration = Duration::from_millis(1500);
/// How much slower than the hand-written handler a page may be.
const AIM: f64 = 1.5;
/// The portal of a company as it is served.
pub fn portal(context: &Context, config: Config) -> axum::Router {
    router(AppState::new(context.clone(), config, Brand::default()))
}

/// Serves an application on a free port.
pub async fn serve(app: axum::Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| stream.set_nodelay(true).expect("TCP_NODELAY"));
    tokio::spawn(async move { axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await });
    address
}

/// Signs in over HTTP and returns the cookie.
pub async fn sign_in(address: SocketAddr, sign_in: &SignIn) -> String {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let form = format!("email={}&password={}", sign_in.email.replace('@', "%40"), sign_in.password.replace(' ', "+"));
    let request =
        client.post(format!("http://{address}/do/sign-in")).header("content-type", "application/x-www-form-urlencoded").body(form);
    let response = request.send().await.expect("the portal answers");
    let cookie =
        response.headers().get_all("set-cookie").iter().find_map(|value| value.to_str().ok()?.split(';').next()?.strip_prefix("portico="));
    format!("portico={}", cookie.unwrap_or_else(|| panic!("no session for {}: {}", sign_in.email, response.status())))
}

/// A page that is measured.
pub struct Page {
    /// What it is called in the report.
    pub what: &'static str,
    /// Its address.
    pub path: String,
    /// What each of its rows begins with, and how many there must be.
    pub rows: (&'static str, usize),
    /// What the hand-written handler asks.
    pub queries: Vec<Query>,
    /// What the page does besides.
    pub why: &'static str,
}

/// Measures a page for a supplier, who sees what is its own, and for an administrator, who sees everything.
pub async fn measure(company: &Company, page: &Page) -> Vec<Line> {
    let portal = serve(portal(&company.context, Config::default())).await;
    let mut lines = Vec::new();
    for (who, person) in [("supplier", &company.sign_ins.supplier), ("administrator", &company.sign_ins.admin)] {
        let cookie = sign_in(portal, person).await;
        lines.extend(compare(company, portal, page, who, &cookie).await);
    }
    lines
}

async fn compare(company: &Company, portal: SocketAddr, page: &Page, who: &str, cookie: &str) -> Vec<Line> {
    let path = page.path.as_str();
    let sent = load::once(portal, path, cookie).await;
    let (row, count) = page.rows;
    assert_eq!(String::from_utf8_lossy(&sent).matches(row).count(), count, "rows of {path}");
    let by_hand =
        serve(hand::router(&company.context.db, path.split('?').next().unwrap_or(path), page.queries.clone(), sent.clone())).await;
    assert_eq!(load::once(by_hand, path, cookie).await, sent, "the hand-written handler sends the same bytes");

    let (mut ratios, mut ours, mut theirs, mut times, mut their_times) = (vec![], vec![], vec![], vec![], vec![]);
    for round in 0..=ROUNDS {
        let their = load::round(by_hand, path, cookie, sent.len(), LENGTH).await;
        let our = load::round(portal, path, cookie, sent.len(), LENGTH).await;
        // The first one warms up.
        if round > 0 {
            ratios.push(their.rate / our.rate);
            ours.push(our.rate);
            theirs.push(their.rate);
            times.extend(our.times);
            their_times.extend(their.times);
        }
    }
    let (ratio, what) = (load::median(ratios), page.what);
    vec![
        Line::plain(format!("{what}, {who}: portal"), figures(load::median(ours), &mut times)),
        Line::plain(format!("{what}, {who}: hand-written handler"), figures(load::median(theirs), &mut their_times)),
        Line {
            what: format!("{what}, {who}: times the hand-written handler"),
            figure: format!("{ratio:.2} ({} bytes a page)", sent.len()),
            asked: Some(Asked::Aim(format!("≤ {AIM}"), ratio <= AIM, page.why)),
        },
    ]
}

/// A rate and its times, in words.
pub fn figures(rate: f64, times: &mut [Duration]) -> String {
    let milliseconds = |percent, times: &mut [Duration]| load::percentile(times, percent).as_secs_f64() * 1000.0;
    let (half, most) = (milliseconds(50, times), milliseconds(99, times));
    format!("{rate:.0} req/s, p50 {half:.1} ms, p99 {most:.1} ms")
}
