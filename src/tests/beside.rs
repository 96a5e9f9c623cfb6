//! The portal on a port of its own, with the case system of the company beside it, and people who use browsers.

use std::sync::Arc;

use portico::{
    connectors::xconnector::Secret,
    domain::{access::Role, ids::CaseId},
    sandbox::xconnector::{Case, CaseSystem, Manners},
    server::{config::Config, router, state::AppState},
    service::{
        account::{self, NewUser},
        xconnector::endpoints,
    },
    store::bonds::{self, Bond},
    ui::Brand,
};
use reqwest::{Client, StatusCode, redirect::Policy};

use super::support::{Engine, World};

const PASSWORD: &str = "correct horse battery";

/// The world, the portal and the case system.
pub struct Beside {
    pub world: World,
    pub system: CaseSystem,
    /// Where the portal answers.
    pub portal: String,
    pub http: Client,
}

impl Beside {
    /// Both, connected, before anything happened.
    pub async fn new(engine: &Engine, manners: Manners) -> Self {
        let world = World::new(engine).await;
        let secret = Secret::written(&world.context.ids.secret::<32>());
        let mut config = Config::default();
        config.xconnector.secret = Some(secret.clone());
        let state = AppState::new(world.context.clone(), config, Brand { name: "Castellan".to_owned(), tagline: String::new() });
        let portal = serve(router(state)).await;
        let system = CaseSystem::new(world.clock.clone(), &secret, manners);
        let address = format!("{}/events", serve(system.router()).await);
        endpoints::configure(&world.context, &address, &secret, true).await.unwrap();
        for (code, email) in
            [("KESTREL", "kim@kestrel.example"), ("OSTERMANN", "ines@ostermann.example"), ("CASTELLAN", "dan@castellan.example")]
        {
            let user = NewUser { email, name: "Kim Reyes", organisation: code, role: Role::Member, password: PASSWORD };
            account::add_user(&world.context, user).await.unwrap();
        }
        let http = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { world, system, portal, http }
    }

    /// Everybody sends what is due, until nobody has anything left to send.
    pub async fn settle(&self) {
        loop {
            let came = self.system.run_due(&self.http, &self.portal).await;
            let left = self.world.worker.run_due().await;
            if came == 0 && left == 0 {
                return;
            }
        }
    }

    /// Moves the clock, and lets everybody act.
    pub async fn later(&self, seconds: i64) {
        self.world.clock.advance_seconds(seconds);
        self.settle().await;
    }

    /// A browser in which a person is signed in.
    pub async fn browser(&self, email: &str) -> Browser {
        let mut browser = Browser { http: self.http.clone(), portal: self.portal.clone(), cookies: Vec::new() };
        let location = browser.post("sign-in", &[("email", email), ("password", PASSWORD)]).await;
        assert_eq!(location, "/");
        browser
    }

    /// The case of the case system, by its id there.
    pub fn there(&self, id: &str) -> Case {
        self.system.case(id).unwrap()
    }

    /// The bond of a case of the case system.
    pub async fn bond(&self, id: &str) -> Bond {
        bonds::find(&mut self.world.context.db.read().await.unwrap(), "xconnector", id).await.unwrap().unwrap()
    }

    /// The case here that is bound to one there.
    pub async fn here(&self, id: &str) -> CaseId {
        self.bond(id).await.case_id
    }
}

/// Serves on a free loopback port, and says where.
pub async fn serve(router: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    tokio::spawn(axum::serve(listener, service).into_future());
    address
}

/// A browser without script: it keeps cookies and posts forms, over real HTTP.
pub struct Browser {
    http: Client,
    portal: String,
    cookies: Vec<(String, String)>,
}

impl Browser {
    async fn send(&mut self, request: reqwest::RequestBuilder) -> reqwest::Response {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request.header("cookie", cookies.join("; ")).header("accept", "text/html").send().await.unwrap();
        for line in answer.headers().get_all("set-cookie") {
            let (name, value) = line.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }

    /// A page, or nothing where there is none for this person.
    pub async fn look(&mut self, path: &str) -> Option<String> {
        let request = self.http.get(format!("{}{path}", self.portal));
        let answer = self.send(request).await;
        let status = answer.status();
        assert!(status == StatusCode::OK || status == StatusCode::NOT_FOUND, "{path}: {status}");
        // The renderer's comments stand between pieces of one sentence.
        let page = answer.text().await.unwrap().replace("<!>", "").replace("<!---->", "");
        (status == StatusCode::OK).then_some(page)
    }

    /// A page that must be there.
    pub async fn page(&mut self, path: &str) -> String {
        self.look(path).await.unwrap_or_else(|| panic!("there is no {path}"))
    }

    /// Posts a form and says where the person is sent.
    pub async fn post(&mut self, function: &str, fields: &[(&str, &str)]) -> String {
        let body: Vec<_> = fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        let request = self
            .http
            .post(format!("{}/do/{function}", self.portal))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.join("&"));
        let answer = self.send(request).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{function}");
        answer.headers()["location"].to_str().unwrap().to_owned()
    }
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The texts that people here wrote for both sides, as the case system has them.
pub fn their_texts(case: &Case) -> Vec<&str> {
    case.comments.iter().filter(|comment| comment.is_theirs).map(|comment| comment.text.as_str()).collect()
}

/// Runs a story on every engine, with people of the company who do nothing by themselves.
pub async fn beside_each_engine<F: Future<Output = ()>>(story: impl Fn(Arc<Beside>) -> F) {
    super::support::on_each_engine(async |engine: Arc<Engine>| {
        story(Arc::new(Beside::new(&engine, Manners::default()).await)).await;
    })
    .await;
}
