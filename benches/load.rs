//! The load: a few connections that each ask again as soon as they are answered. Nothing here knows what is asked for.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use http::{Request, header};
use http_body_util::{BodyExt, Empty};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Connections at once.
pub const CONNECTIONS: usize = 8;

/// What one round brought.
pub struct Round {
    /// Answers per second.
    pub rate: f64,
    /// How long each answer took.
    pub times: Vec<Duration>,
}

/// Asks for a page over and over until `length` has passed. Every answer must have status 200 and about `bytes` bytes:
/// a page says how long ago something was, which changes its length by a few.
pub async fn round(address: SocketAddr, path: &str, cookie: &str, bytes: usize, length: Duration) -> Round {
    let began = Instant::now();
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (path, cookie) = (path.to_owned(), cookie.to_owned());
            tokio::spawn(async move {
                let mut sender = connect(address).await;
                let mut times = Vec::new();
                while began.elapsed() < length {
                    let asked = Instant::now();
                    let body = get(&mut sender, &path, &cookie).await;
                    times.push(asked.elapsed());
                    assert!(body.len().abs_diff(bytes) < bytes / 50, "{path}: {} bytes instead of {bytes}", body.len());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for client in clients {
        times.extend(client.await.expect("a client"));
    }
    Round { rate: times.len() as f64 / began.elapsed().as_secs_f64(), times }
}

/// One answer.
pub async fn once(address: SocketAddr, path: &str, cookie: &str) -> Bytes {
    get(&mut connect(address).await, path, cookie).await
}

async fn connect(address: SocketAddr) -> http1::SendRequest<Empty<Bytes>> {
    let stream = TcpStream::connect(address).await.expect("the server listens");
    stream.set_nodelay(true).expect("TCP_NODELAY");
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("HTTP/1.1");
    tokio::spawn(connection);
    sender
}

async fn get(sender: &mut http1::SendRequest<Empty<Bytes>>, path: &str, cookie: &str) -> Bytes {
    let request =
        Request::get(path).header(header::HOST, "localhost").header(header::COOKIE, cookie).body(Empty::new()).expect("a request");
    sender.ready().await.expect("the connection is kept");
    let response = sender.send_request(request).await.expect("an answer");
    assert_eq!(response.status(), 200, "{path}");
    response.into_body().collect().await.expect("a body").to_bytes()
}

/// The time within which `percent` of the answers came.
pub fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() - 1) * percent / 100]
}

/// The middle one.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
