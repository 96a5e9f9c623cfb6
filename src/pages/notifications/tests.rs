//! Notifications and how they are chosen, in a browser without script.

use axum::http::StatusCode;

use crate::{
    domain::{case::Visibility, notification::Topic},
    pages::testing::World,
    service::cases::{
        open::{self, CaseForm},
        write,
    },
};

async fn world() -> World {
    let world = World::new().await;
    let form =
        CaseForm { kind: "question".to_owned(), title: "Which drawing?".to_owned(), text: "C or D?".to_owned(), ..CaseForm::default() };
    let case = open::open(&world.context, &world.supplier, &form).await.unwrap();
    write::write(&world.context, &world.hub, case, Visibility::Partner, "Revision D counts.").await.unwrap();
    world
}

#[tokio::test]
async fn the_bell_counts_until_all_is_read() {
    let world = world().await;
    let mut browser = world.browser("OSTERMANN").await;
    let page = browser.page("/notifications").await;
    assert!(page.contains("Notifications, 1 not read") && page.contains("Revision D counts."), "the bell, and the row");
    assert!(browser.page("/").await.contains("Notifications, 1 not read"), "the bell is on every page");
    let until = page.split_once("name=\"until\" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    browser.post("/do/read-notifications", &[("until", &until)]).await;
    let page = browser.page("/notifications?tab=unread").await;
    assert!(page.contains("1 notification marked as read") && page.contains("Everything is read"));
    assert!(browser.page("/notifications").await.contains("Revision D counts."), "what is read stays in the list");
}

#[tokio::test]
async fn opening_one_marks_it_and_leads_on() {
    let world = world().await;
    let mut browser = world.browser("OSTERMANN").await;
    let page = browser.page("/notifications").await;
    let id = page.split_once("name=\"notification\" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    let (status, location) = browser.post("/do/open-notification", &[("notification", &id)]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(location.starts_with("/cases/"), "{location}");
    let page = browser.page(&location).await;
    assert!(page.contains("Revision D counts.") && !page.contains("not read"), "the bell is quiet");
}

#[tokio::test]
async fn settings_say_that_mail_is_off_and_keep_what_was_typed() {
    let world = world().await;
    let mut browser = world.browser("OSTERMANN").await;
    assert!(browser.page("/notifications/settings").await.contains("Mail is off"));
    let topics: Vec<_> = Topic::ALL.iter().map(|topic| (topic.as_str(), "digest")).collect();
    let with = |from| [&topics[..], &[("quiet_from", from), ("quiet_to", "07:00"), ("digest_at", "09:15")]].concat();
    browser.post("/do/notification-settings", &with("25:99")).await;
    let page = browser.page("/notifications/settings").await;
    assert!(page.contains("Enter a time of day") && page.contains("25:99") && page.contains("09:15"));
    browser.post("/do/notification-settings", &with("19:00")).await;
    let page = browser.page("/notifications/settings").await;
    assert!(page.contains("Saved.") && page.contains("value=\"19:00\"") && page.contains("value=\"09:15\""));
    assert_eq!(page.matches("value=\"digest\" selected").count(), Topic::ALL.len(), "each is chosen");
}
