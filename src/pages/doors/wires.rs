//! The doors that are no pages and no forms: files, uploads, archives, and every address of the machine API, tried with
//! another organisation's ids. Both lists come from the program itself.

use axum::http::{Method, Request, StatusCode, header};
use serde_json::Value;

use super::{everything, theirs};
use crate::{
    auth::machine,
    domain::{access::Scope, ids::OrganisationId},
    pages::testing::{Browser, World},
    server::{self, config::Config, state::AppState},
    service::cases::open::{self, CaseForm},
    store::{attachments, cases, documents, organisations},
    ui::Brand,
};

/// Each file of a case with its case.
async fn files(world: &World) -> Vec<[String; 2]> {
    let mut conn = world.context.db.read().await.unwrap();
    let mut all = Vec::new();
    for case in cases::list(&mut conn, Scope::Hub, &cases::CaseFilter::default(), 100).await.unwrap() {
        for file in attachments::of_case(&mut conn, Scope::Hub, case.id).await.unwrap() {
            all.push([case.id.to_string(), file.id.to_string()]);
        }
    }
    assert!(!all.is_empty());
    all
}

/// An address with ids in the places of its parameters: each id where it has one, each pair where it has two.
fn filled(path: &str, ids: &[String], pairs: &[[String; 2]]) -> Vec<String> {
    let parameters: Vec<&str> = path.split('/').filter(|part| part.starts_with('{')).collect();
    match parameters[..] {
        [] => vec![path.to_owned()],
        [one] => ids.iter().map(|id| path.replace(one, id)).collect(),
        [one, two] => pairs.iter().map(|[first, second]| path.replace(one, first).replace(two, second)).collect(),
        _ => panic!("{path} has more parameters than this test fills"),
    }
}

/// A case with a partner that is in nobody's list of secrets.
async fn own_case(world: &World, code: &str) -> String {
    let words = "Of one's own".to_owned();
    let form = CaseForm { kind: "question".to_owned(), title: words.clone(), text: words, partner: code.to_owned(), ..CaseForm::default() };
    open::open(&world.context, &world.hub, &form).await.unwrap().to_string()
}

/// The ids without those of documents that a partner takes part in.
async fn not_of(world: &World, ids: &[String], code: &str) -> Vec<String> {
    let mut conn = world.context.db.read().await.unwrap();
    let Some(partner) = organisations::find_by_code(&mut conn, code).await.unwrap() else { return ids.to_vec() };
    let mut others = Vec::new();
    for id in ids {
        let own = documents::find(&mut conn, Scope::Party(partner.id), id.parse().unwrap()).await.unwrap();
        others.extend(own.is_none().then(|| id.clone()));
    }
    others
}

/// Those of the ids that are UUIDs; a session's is not, and no door here takes one.
fn uuids(ids: Vec<String>) -> Vec<String> {
    ids.into_iter().filter(|id| id.parse::<uuid::Uuid>().is_ok()).collect()
}

/// Paths of the doors for people that are about one thing.
fn doors(world: &World) -> Vec<&'static str> {
    let brand = Brand { name: String::new(), tagline: String::new() };
    let state = AppState::new(world.context.clone(), Config::default(), brand);
    server::doors(&state).into_iter().map(|(path, _)| path).filter(|path| path.contains('{') && !path.starts_with("/do/")).collect()
}

/// A form with a file.
const FORM: &str =
    "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"s.txt\"\r\nContent-Type: text/plain\r\n\r\nstolen\r\n--edge--\r\n";

/// Tries a door with what it takes: a form with a file, or a piece of one.
async fn knock(browser: &mut Browser, method: &Method, address: &str) -> (StatusCode, String) {
    let is_form = method == Method::POST && address.ends_with("/attachments");
    let (kind, body) = if is_form { ("multipart/form-data; boundary=edge", FORM) } else { ("application/offset+octet-stream", "stolen") };
    let request = Request::builder()
        .method(method)
        .uri(address)
        .header(header::CONTENT_TYPE, kind)
        .header("tus-resumable", "1.0.0")
        .header("upload-length", "9")
        .header("upload-offset", "0");
    let (status, _, bytes) = browser.fetch(request, body).await;
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

#[tokio::test]
async fn no_file_and_no_upload_is_reached_by_anybody_else() {
    let world = World::new().await;
    let ids = uuids(theirs(&world).await);
    let mut pairs = files(&world).await;
    let mut owner = world.browser("OSTERMANN").await;
    // An upload that broke off.
    let begin = Request::post(format!("/cases/{}/uploads", pairs[0][0])).header("tus-resumable", "1.0.0").header("upload-length", "9");
    let (status, headers, _) = owner.fetch(begin.header("upload-metadata", "filename bm90ZS5wZGY="), "").await;
    assert_eq!(status, StatusCode::CREATED);
    let upload = headers[header::LOCATION].to_str().unwrap().to_owned();
    pairs.push([pairs[0][0].clone(), upload.rsplit('/').next().unwrap().to_owned()]);

    let doors = doors(&world);
    assert!(doors.len() >= 7, "{doors:?}");
    for code in ["KESTREL", "GREYFELL", "NORTHWATER", ""] {
        let mut browser = if code.is_empty() { world.nobody() } else { world.browser(code).await };
        // What is another's is not reached through a case of one's own either.
        let mut pairs = pairs.clone();
        if !code.is_empty() {
            let own = own_case(&world, code).await;
            pairs.extend(pairs.clone().into_iter().map(|[_, file]| [own.clone(), file]));
        }
        let theirs = not_of(&world, &ids, code).await;
        let before = everything(&world).await;
        for address in doors.iter().flat_map(|path| filled(path, &theirs, &pairs)) {
            for method in [Method::GET, Method::HEAD, Method::POST, Method::PATCH, Method::DELETE] {
                let (status, body) = knock(&mut browser, &method, &address).await;
                let shut = [StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED].contains(&status)
                    || (code.is_empty() && [StatusCode::SEE_OTHER, StatusCode::UNAUTHORIZED].contains(&status));
                assert!(shut, "{method} {address} by {code}: {status}");
                assert!(!body.contains("SECRET"), "{method} {address} by {code}");
            }
        }
        assert_eq!(everything(&world).await, before, "by {code}");
    }
    assert_eq!(knock(&mut owner, &Method::HEAD, &upload).await.0, StatusCode::OK, "the upload is there, with nothing in it");

    // The test can fail: each of the doors about a case or a document opens for its owner.
    for path in doors.iter().filter(|path| !path.starts_with("/content/")) {
        let mut opened = false;
        for address in filled(path, &ids, &pairs) {
            for method in [Method::GET, Method::HEAD, Method::POST] {
                opened |= knock(&mut owner, &method, &address).await.0.is_success();
            }
        }
        assert!(opened, "{path}");
    }
}

/// A key of an organisation.
pub async fn key(world: &World, organisation: OrganisationId) -> String {
    let key = machine::new_key(&world.context.ids);
    let mut tx = world.context.db.begin().await.unwrap();
    machine::keep(&world.context, &mut tx, organisation, "Door", &key).await.unwrap();
    tx.commit().await.unwrap();
    key
}

/// What the machine API answers a key.
pub async fn ask(world: &World, key: &str, address: &str) -> (StatusCode, String) {
    let request = Request::get(address).header(header::AUTHORIZATION, format!("Bearer {key}"));
    let (status, _, bytes) = world.nobody().fetch(request, "").await;
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

#[tokio::test]
async fn no_key_reads_what_is_anothers_anywhere_in_the_machine_api() {
    let world = World::new().await;
    let ids = uuids(theirs(&world).await);
    let pairs = files(&world).await;
    let (status, description) = world.nobody().get("/api/openapi.json").await;
    assert_eq!(status, StatusCode::OK);
    let description: Value = serde_json::from_str(&description).unwrap();
    let read = description["paths"].as_object().unwrap().iter().filter(|(_, methods)| methods.get("get").is_some());
    let paths: Vec<&String> = read.map(|(path, _)| path).filter(|path| *path != "/api/openapi.json").collect();
    assert!(paths.len() >= 14, "{paths:?}");
    for code in ["KESTREL", "GREYFELL"] {
        let stranger = organisations::find_by_code(&mut world.context.db.read().await.unwrap(), code).await.unwrap().unwrap().id;
        let stranger = key(&world, stranger).await;
        let own = own_case(&world, code).await;
        let both: Vec<_> = pairs.iter().cloned().chain(pairs.iter().map(|[_, file]| [own.clone(), file.clone()])).collect();
        for path in &paths {
            for address in filled(path, &ids, &both) {
                let (status, body) = ask(&world, &stranger, &address).await;
                let expected = if path.contains('{') { StatusCode::NOT_FOUND } else { StatusCode::OK };
                assert_eq!(status, expected, "{code} at {address}");
                assert!(!body.contains("SECRET"), "{code} at {address}");
            }
        }
    }
    // The test can fail: the hub reads it at every one of them, by its words or by the id that was asked for.
    let hub = key(&world, world.hub.organisation).await;
    for path in &paths {
        let mut shown = false;
        for address in filled(path, &ids, &pairs) {
            let (status, body) = ask(&world, &hub, &address).await;
            let asked = ids.iter().any(|id| address.ends_with(id.as_str()) && body.contains(id.as_str()));
            shown |= status == StatusCode::OK && (asked || body.contains("SECRET"));
        }
        assert!(shown, "{path}");
    }
}
