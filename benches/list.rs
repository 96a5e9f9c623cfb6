//! The order list of a person who is signed in, beside the hand-written handler of `baseline`. Both are served by this
//! process on the same runtime, in turns.

use std::{net::SocketAddr, time::Duration};

use portico::{
    seed::SignIn,
    server::{config::Config, router, state::AppState},
    service::{Context, paging},
    ui::Brand,
};

use crate::{Asked, Line, baseline, company::Company, load};

/// Rows on the page.
pub const ROWS: i64 = 80;
const PATH: &str = "/orders";
const ROUNDS: usize = 7;
const LENGTH: Duration = Duration::from_millis(1500);
/// How much slower than the hand-written handler the page may be.
const AIM: f64 = 1.5;
const WHY: &str = "The hand-written handler renders nothing; the rest is the page being made of components, row by row.";

/// Measures the list of a supplier, who sees its own orders, and of an administrator, who sees all.
pub async fn measure(company: &Company) -> Vec<Line> {
    assert_eq!(paging::PAGE, ROWS, "the list has as many rows as are measured");
    let portal = serve(portal(&company.context)).await;
    let mut lines = Vec::new();
    for (who, sign_in) in [("supplier", &company.sign_ins.supplier), ("administrator", &company.sign_ins.admin)] {
        let cookie = sign_in_at(portal, sign_in).await;
        lines.extend(compare(company, portal, who, &cookie).await);
    }
    lines
}

fn portal(context: &Context) -> axum::Router {
    router(AppState::new(context.clone(), Config::default(), Brand::default()))
}

async fn serve(app: axum::Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| stream.set_nodelay(true).expect("TCP_NODELAY"));
    tokio::spawn(async move { axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await });
    address
}

/// Signs in over HTTP and returns the cookie.
pub async fn sign_in_at(address: SocketAddr, sign_in: &SignIn) -> String {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let form = format!("email={}&password={}", sign_in.email.replace('@', "%40"), sign_in.password.replace(' ', "+"));
    let request =
        client.post(format!("http://{address}/do/sign-in")).header("content-type", "application/x-www-form-urlencoded").body(form);
    let response = request.send().await.expect("the portal answers");
    let cookie =
        response.headers().get_all("set-cookie").iter().find_map(|value| value.to_str().ok()?.split(';').next()?.strip_prefix("portico="));
    format!("portico={}", cookie.unwrap_or_else(|| panic!("no session for {}: {}", sign_in.email, response.status())))
}

async fn compare(company: &Company, portal: SocketAddr, who: &str, cookie: &str) -> Vec<Line> {
    let page = load::once(portal, PATH, cookie).await;
    let rows = String::from_utf8_lossy(&page).matches("<tr role=\"row\" data-key=").count();
    assert_eq!(i64::try_from(rows), Ok(ROWS), "rows on the page");
    let baseline = serve(baseline::router(&company.context.db, page.clone())).await;
    assert_eq!(load::once(baseline, PATH, cookie).await, page, "the hand-written handler sends the same bytes");

    let (mut ratios, mut ours, mut theirs, mut times, mut their_times) = (vec![], vec![], vec![], vec![], vec![]);
    for round in 0..=ROUNDS {
        let by_hand = load::round(baseline, PATH, cookie, page.len(), LENGTH).await;
        let measured = load::round(portal, PATH, cookie, page.len(), LENGTH).await;
        // The first one warms up.
        if round > 0 {
            ratios.push(by_hand.rate / measured.rate);
            ours.push(measured.rate);
            theirs.push(by_hand.rate);
            times.extend(measured.times);
            their_times.extend(by_hand.times);
        }
    }
    let ratio = load::median(ratios);
    vec![
        Line::plain(format!("{who}: portal"), figures(load::median(ours), &mut times)),
        Line::plain(format!("{who}: hand-written handler"), figures(load::median(theirs), &mut their_times)),
        Line {
            what: format!("{who}: times the hand-written handler"),
            figure: format!("{ratio:.2} ({} bytes a page)", page.len()),
            asked: Some(Asked::Aim(format!("≤ {AIM}"), ratio <= AIM, WHY)),
        },
    ]
}

fn figures(rate: f64, times: &mut [Duration]) -> String {
    let milliseconds = |percent, times: &mut [Duration]| load::percentile(times, percent).as_secs_f64() * 1000.0;
    let (half, most) = (milliseconds(50, times), milliseconds(99, times));
    format!("{rate:.0} req/s, p50 {half:.1} ms, p99 {most:.1} ms")
}
