//! The program as it is delivered: what a first load sends, and the memory it stays in while it works.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use reqwest::header::{ACCEPT_ENCODING, COOKIE};

use crate::{Asked, Line, beside, company::Company, load};

const PROGRAM: &str = env!("CARGO_BIN_EXE_portico");
const FIRST_LOAD: usize = 100_000;
const MEMORY: u64 = 64 * 1024 * 1024;
/// The pages that are asked for while memory is watched.
const PATHS: [&str; 7] = ["/", "/orders", "/shipments", "/invoices", "/documents", "/cases", "/exceptions"];
const LENGTH: Duration = Duration::from_secs(4);

/// Ends the program however the measurement ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the program on the company's database and measures it.
pub async fn measure(company: &Company, folder: &Path) -> Vec<Line> {
    let (running, address) = start(company, folder);
    let mut lines = vec![Line::plain("resident when it starts", mebibytes(resident(&running.0)))];
    let mut most = 0;
    for sign_in in [&company.sign_ins.supplier, &company.sign_ins.admin] {
        let cookie = beside::sign_in(address, sign_in).await;
        for path in PATHS {
            let bytes = load::once(address, path, &cookie).await.len();
            load::round(address, path, &cookie, bytes, LENGTH).await;
            most = most.max(resident(&running.0));
        }
    }
    // Above it for moments only: each password that is checked takes 19 MiB while it is.
    lines.push(Line::plain("at most, while people sign in", mebibytes(status(&running.0, "VmHWM:"))));
    let asked = Some(Asked::Condition("< 64 MiB".to_owned(), most < MEMORY));
    lines.push(Line { what: format!("resident with {} connections at work", load::CONNECTIONS), figure: mebibytes(most), asked });
    let cookie = beside::sign_in(address, &company.sign_ins.supplier).await;
    lines.extend(first_load(address, &cookie).await);
    lines
}

fn start(company: &Company, folder: &Path) -> (Running, SocketAddr) {
    let log = folder.join("portico.log");
    let file = std::fs::File::create(&log).expect("a log file");
    let mut command = Command::new(PROGRAM);
    command.args(["serve", "--listen", "127.0.0.1:0"]).env("PORTICO__DATABASE__ADDRESS", &company.address);
    command.env("PORTICO__FILES__FOLDER", folder.join("files")).env("PORTICO__LOG__FORMAT", "json").env("NO_COLOR", "1");
    let mut child = command.stdout(Stdio::piped()).stderr(file).spawn().expect("the program starts");
    // The log goes to standard error; one line of it names the address.
    drop(child.stdout.take());
    let running = Running(child);
    let address = loop {
        let lines = BufReader::new(std::fs::File::open(&log).expect("the log")).lines().map_while(Result::ok);
        let mut said = lines.filter_map(|line| serde_json::from_str::<serde_json::Value>(&line).ok());
        let address = said.find_map(|line| line["fields"]["address"].as_str()?.parse().ok());
        if let Some(address) = address {
            break address;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    (running, address)
}

/// Resident memory in bytes.
fn resident(child: &Child) -> u64 {
    status(child, "VmRSS:")
}

/// A line of `/proc/PID/status` in bytes.
fn status(child: &Child, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).expect("the program runs");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("the system tells it");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
}

fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / (1024.0 * 1024.0))
}

/// Everything the first page of a person who signed in makes a browser fetch from `/pkg`, as sent with brotli.
async fn first_load(address: SocketAddr, cookie: &str) -> Vec<Line> {
    let page = String::from_utf8(load::once(address, "/", cookie).await.to_vec()).expect("text");
    let client = reqwest::Client::new();
    let (mut lines, mut sum) = (Vec::new(), 0);
    for file in ["portico.js", "portico.wasm", "portico.css"] {
        let path = format!("/pkg/{file}");
        assert!(page.contains(&path), "the page loads {path}");
        let request = client.get(format!("http://{address}{path}")).header(ACCEPT_ENCODING, "br").header(COOKIE, cookie);
        let response = request.send().await.expect("an answer");
        assert_eq!(response.headers().get("content-encoding").and_then(|value| value.to_str().ok()), Some("br"), "{path}");
        let bytes = response.bytes().await.expect("a body").len();
        sum += bytes;
        lines.push(Line::plain(format!("first load: {file}, brotli"), format!("{bytes} bytes")));
    }
    let asked = Some(Asked::Condition("< 100 kB".to_owned(), sum < FIRST_LOAD));
    lines.push(Line { what: "first load: script, WASM and style together".to_owned(), figure: format!("{sum} bytes"), asked });
    lines
}
