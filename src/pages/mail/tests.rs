//! The pages of mail over HTTP, without script.

use axum::http::StatusCode;

use crate::{
    pages::testing::World,
    service::{
        cases::open::{self, CaseForm},
        mail_in,
    },
};

/// A mail that says nothing of where it belongs.
async fn arrive(world: &World, subject: &str, text: &str) {
    let mut receiving = mail_in::begin(&world.context).await.unwrap();
    let mail = format!("From: stranger@elsewhere.example\r\nTo: info@reply.example\r\nSubject: {subject}\r\n\r\n{text}\r\n");
    receiving.write(&world.context, mail.into()).await.unwrap();
    receiving.finish(&world.context).await.unwrap();
}

/// The id of the first mail on a page.
fn first(page: &str) -> String {
    page.split_once("href=\"/mail/").unwrap().1.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_hub_settles_a_mail_on_its_page_and_partners_have_no_such_page() {
    let world = World::new().await;
    let form = CaseForm { kind: "question".to_owned(), title: "Wet crate".to_owned(), text: "Look.".to_owned(), ..CaseForm::default() };
    let case = open::open(&world.context, &world.supplier, &form).await.unwrap();
    arrive(&world, "About <b>the</b> crate", "It is dry by now.").await;
    let mut hub = world.browser("CASTELLAN").await;
    let list = hub.page("/mail").await;
    assert!(list.contains("About &lt;b&gt;the&lt;/b&gt; crate") && list.contains("It does not say which case it is about"), "{list}");
    let id = first(&list);
    let page = hub.page(&format!("/mail/{id}")).await;
    assert!(page.contains("It is dry by now.") && page.contains("Nobody who can sign in has this address"), "{page}");

    // A number that is wrong is said at its field, and what was typed is kept.
    hub.post("/do/add-mail", &[("mail", &id), ("number", "C-77")]).await;
    let page = hub.page(&format!("/mail/{id}")).await;
    assert!(page.contains("No case has this number") && page.contains("C-77"), "{page}");
    let (status, location) = hub.post("/do/add-mail", &[("mail", &id), ("number", "c-00001")]).await;
    assert_eq!((status, location), (StatusCode::SEE_OTHER, format!("/cases/{case}")));
    let page = hub.page(&format!("/cases/{case}")).await;
    assert!(page.contains("It is dry by now.") && page.contains("By mail"), "{page}");
    assert!(hub.page("/mail").await.contains("No mail waits for you"));

    arrive(&world, "Pumps", "Buy ours.").await;
    let id = first(&hub.page("/mail").await);
    assert_eq!(hub.post("/do/set-mail-aside", &[("mail", &id)]).await.1, "/mail");
    assert!(hub.page("/mail?tab=aside").await.contains("Pumps"));

    let mut supplier = world.browser("OSTERMANN").await;
    for address in ["/mail".to_owned(), format!("/mail/{id}")] {
        assert_eq!(supplier.get(&address).await.0, StatusCode::NOT_FOUND, "{address}");
    }
    assert!(!supplier.page(&format!("/cases/{case}")).await.contains("It is dry by now."), "a stranger's words are a note of the hub");
}
