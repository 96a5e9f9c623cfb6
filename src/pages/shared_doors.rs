//! The doors of a case, tried by a company that takes part in it beside the partner it is with: it reads what is written to
//! it, and nothing of what is between the hub and that partner.

use axum::http::{Request, StatusCode};
use bytes::Bytes;

use super::{
    doors::{pages, with_id},
    testing::{Browser, World},
};
use crate::{
    domain::{
        access::{Actor, Scope},
        case::{Addressee, Status, Visibility},
        ids::CaseId,
    },
    service::cases::{
        assign, attach,
        open::{self, CaseForm},
        participants, rate, relate, search,
        upload::{self, Announced},
        view, write,
    },
    store::{attachments, cases, links, organisations},
};

/// A case of OSTERMANN in which KESTREL takes part. Whatever KESTREL must not read says SECRET, or names OSTERMANN.
struct Shared {
    case: CaseId,
    /// Addresses of files and uploads that are not KESTREL's.
    hidden: Vec<String>,
}

async fn attach(world: &World, actor: &Actor, case: CaseId, name: &str, to: impl Into<Addressee>) -> String {
    let mut receiving = attach::begin(&world.context, actor, case, name, to).await.unwrap();
    receiving.write(&world.context, Bytes::from(format!("the contents of {name}\n"))).await.unwrap();
    let attached = receiving.finish(&world.context, actor, case).await.unwrap();
    format!("/cases/{case}/attachments/{}", attached.attachment.id)
}

async fn shared(world: &World) -> Shared {
    let (context, hub, supplier) = (&world.context, &world.hub, &world.supplier);
    let order = world.purchase("SECRET-4711", false).await;
    let form = |title: &str| CaseForm {
        kind: "order".to_owned(),
        title: title.to_owned(),
        text: "SECRET beginning".to_owned(),
        order: order.to_string(),
        ..CaseForm::default()
    };
    let case = open::open(context, supplier, &form("Crate 4 is missing")).await.unwrap();
    let part = open::open(context, supplier, &form("Crate 4 again")).await.unwrap();
    let number = view::load(context, hub, case).await.unwrap().case.number;
    for case in [case, part] {
        write::write(context, supplier, case, Visibility::Partner, "SECRET question").await.unwrap();
        write::write(context, hub, case, Visibility::Partner, "SECRET answer").await.unwrap();
        write::write(context, hub, case, Visibility::Internal, "SECRET note").await.unwrap();
        participants::add(context, hub, case, "KESTREL", "Did crate 4 come to you?").await.unwrap();
    }
    relate::merge(context, hub, part, &number).await.unwrap();
    let mut hidden = vec![
        attach(world, supplier, case, "SECRET-label.txt", Visibility::Partner).await,
        attach(world, hub, case, "SECRET-offer.txt", Visibility::Partner).await,
        attach(world, hub, case, "SECRET-margin.txt", Visibility::Internal).await,
    ];
    attach(world, hub, case, "plan.txt", Addressee::Everyone).await;
    for actor in [supplier, hub] {
        let announced = Announced { name: "SECRET.txt", size: 9, changed: "1", addressee: Visibility::Partner.into() };
        hidden.push(format!("/cases/{case}/uploads/{}", upload::begin(context, actor, case, announced).await.unwrap().id));
    }
    let version = async || view::load(context, hub, case).await.unwrap().case.version;
    assign::assign(context, hub, case, version().await, "", "2").await.unwrap();
    write::move_for(context, hub, case, version().await, Status::Resolved, "SECRET reason").await.unwrap();
    rate::rate(context, supplier, case, "poor", "SECRET word").await.unwrap();
    let mut after = None;
    while let Some(last) = search::index(context, after).await.unwrap() {
        after = Some(last);
    }
    Shared { case, hidden }
}

/// Fails where a text holds what KESTREL must not read.
#[track_caller]
fn tells_nothing(text: &str, at: &str) {
    for word in ["SECRET", "Ostermann", "OSTERMANN"] {
        assert!(!text.contains(word), "{word} at {at}: {text}");
    }
}

#[tokio::test]
async fn who_takes_part_in_a_case_reads_nothing_that_is_between_the_hub_and_another() {
    let world = World::new().await;
    let Shared { case, hidden } = shared(&world).await;
    let mut kestrel = world.browser("KESTREL").await;
    for path in pages() {
        let address = with_id(&path, &case.to_string()).unwrap_or(path);
        let (_, body) = kestrel.get(&address).await;
        tells_nothing(&body, &address);
    }
    let page = kestrel.page(&format!("/cases/{case}")).await;
    assert!(page.contains("Crate 4 is missing") && page.contains("Did crate 4 come to you?"), "{page}");
    assert!(kestrel.page(&format!("/cases/{case}/attachments")).await.contains("plan.txt"));

    for address in &hidden {
        for method in ["GET", "HEAD", "PATCH", "DELETE"] {
            let request = Request::builder().method(method).uri(address).header("tus-resumable", "1.0.0").header("upload-offset", "0");
            let request = request.header("content-type", "application/offset+octet-stream");
            let (status, _, bytes) = kestrel.fetch(request, "").await;
            assert!([StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED].contains(&status), "{method} {address}: {status}");
            tells_nothing(&String::from_utf8_lossy(&bytes), address);
        }
    }
    let (status, _, archive) = kestrel.fetch(Request::get(format!("/cases/{case}/evidence.zip")), "").await;
    let archive = String::from_utf8_lossy(&archive).into_owned();
    assert!(status == StatusCode::OK && archive.contains("Did crate 4 come to you?") && archive.contains("the contents of plan.txt"));
    tells_nothing(&archive, "the archive");

    // A case is found by what its finder reads.
    let link = format!("href=\"/cases/{case}\"");
    for (words, finds) in [("crate", true), ("did come", true), ("secret", false), ("ostermann", false), ("4711", false)] {
        assert_eq!(kestrel.page(&format!("/cases?q={}&tab=all", words.replace(' ', "+"))).await.contains(&link), finds, "{words}");
    }

    // The test can fail: the partner that the case is with reads its own, and the hub all.
    for (code, words) in [("OSTERMANN", 4), ("CASTELLAN", 6)] {
        let page = world.browser(code).await.page(&format!("/cases/{case}")).await;
        assert!(page.matches("SECRET").count() >= words, "{code}: {page}");
    }
}

#[tokio::test]
async fn a_file_for_one_who_takes_part_goes_to_that_one_by_the_form_without_script() {
    let world = World::new().await;
    let Shared { case, .. } = shared(&world).await;
    let mut conn = world.context.db.read().await.unwrap();
    let kestrel = organisations::find_by_code(&mut conn, "KESTREL").await.unwrap().unwrap().id;
    drop(conn);
    let field = |head: &str, body: &str| format!("--X\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n");
    let to = field("name=\"visibility\"", &kestrel.to_string());
    let body = format!("{to}{}--X--\r\n", field("name=\"file\"; filename=\"route.txt\"", "Gate 4, dock 2"));
    let path = format!("/cases/{case}/attachments");
    let mut hub = world.browser("CASTELLAN").await;
    assert!(hub.page(&path).await.contains(&kestrel.to_string()), "the form offers it");
    let request = Request::post(&path).header("content-type", "multipart/form-data; boundary=X");
    assert_eq!(hub.fetch(request, body).await.0, StatusCode::SEE_OTHER);
    for (code, sees) in [("CASTELLAN", true), ("KESTREL", true), ("OSTERMANN", false)] {
        assert_eq!(world.browser(code).await.page(&path).await.contains("route.txt"), sees, "{code}");
    }
}

#[tokio::test]
async fn who_takes_part_in_a_case_moves_nothing_of_it() {
    let world = World::new().await;
    let Shared { case, .. } = shared(&world).await;
    let id = case.to_string();
    let mut kestrel = world.browser("KESTREL").await;
    let state = async || {
        let mut conn = world.context.db.read().await.unwrap();
        let header = cases::find(&mut conn, Scope::Hub, case).await.unwrap();
        let parties = cases::parties(&mut conn, case).await.unwrap();
        let happened = cases::events(&mut conn, Scope::Hub, case).await.unwrap();
        let held = attachments::of_case(&mut conn, Scope::Hub, case).await.unwrap();
        let rating = links::rating(&mut conn, case, world.supplier.organisation).await.unwrap();
        let linked = links::of_case(&mut conn, Scope::Hub, case).await.unwrap();
        format!("{header:?}{parties:?}{happened:?}{held:?}{rating:?}{linked:?}")
    };
    let before = state().await;
    let all: Vec<&str> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    let own = ["/do/sign-out", "/do/sign-in", "/do/password", "/do/write-case"];
    for form in all.into_iter().filter(|form| !own.contains(form)) {
        let party = world.supplier.organisation.to_string();
        let fields = [
            ("case", id.as_str()),
            ("party", &party),
            ("partner", "GREYFELL"),
            ("words", "STOLEN"),
            ("version", "9"),
            ("status", "closed"),
            ("reason", "because"),
            ("score", "good"),
            ("word", "STOLEN"),
            ("person", ""),
            ("tier", "3"),
            ("number", "C-00002"),
            ("kind", "related"),
            ("extent", "all"),
            ("outcome", "accepted"),
        ];
        kestrel.post(form, &fields).await;
        assert_eq!(state().await, before, "{form}");
    }
    write_to_the_hub(&world, &mut kestrel, &id).await;
}

/// The test can fail: what it may do, it does; its words go to the hub, whoever its form says shall read them.
async fn write_to_the_hub(world: &World, kestrel: &mut Browser, case: &str) {
    for to in ["everyone", "internal", &world.supplier.organisation.to_string()] {
        kestrel.post("/do/write-case", &[("case", case), ("visibility", to), ("text", &format!("It is with us, {to}."))]).await;
    }
    let path = format!("/cases/{case}");
    let [hub, partner] = ["CASTELLAN", "OSTERMANN"].map(|code| world.browser(code));
    assert_eq!(hub.await.page(&path).await.matches("It is with us").count(), 3);
    assert!(!partner.await.page(&path).await.contains("It is with us"));
}
