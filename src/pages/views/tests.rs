//! Saved views over HTTP, without script: kept from a list, found above it, opened from the menu, changed, removed.

use axum::http::StatusCode;

use crate::pages::testing::{Browser, World};

/// Saves a view and gives the address of the list that shows it.
async fn save(browser: &mut Browser, list: &str, query: &str, name: &str, more: &[(&str, &str)]) -> String {
    let back = format!("/{list}?{query}");
    let fields = [&[("list", list), ("query", query), ("name", name), ("back", &back)][..], more].concat();
    send(browser, "/do/save-view", &fields).await
}

async fn send(browser: &mut Browser, form: &str, fields: &[(&str, &str)]) -> String {
    let (status, to) = browser.post(form, fields).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{form}");
    to
}

#[tokio::test]
async fn a_list_is_kept_as_it_is_narrowed() {
    let world = World::new().await;
    let mut hub = world.browser("CASTELLAN").await;
    let page = hub.page("/cases").await;
    assert!(page.contains("Choose a tab or search for something") && !page.contains("Save what you see as"), "{page}");
    let page = hub.page("/cases?tab=waiting&q=crate&after=0198").await;
    assert!(page.contains("Save what you see as") && page.contains("value=\"tab=waiting&amp;q=crate\""), "{page}");

    assert_eq!(save(&mut hub, "cases", "tab=waiting&q=crate&after=0198", "Wet crates", &[]).await, "/cases?tab=waiting&q=crate");
    let page = hub.page("/cases?tab=waiting&q=crate").await;
    assert!(page.contains("The view is saved") && page.contains("Wet crates"), "{page}");
    assert!(page.contains("Always open Cases with this view"), "{page}");

    // Another of this name is refused, with what was typed, until it is meant.
    assert_eq!(save(&mut hub, "cases", "tab=all", "wet crates", &[]).await, "/cases?tab=all");
    let page = hub.page("/cases?tab=all").await;
    assert!(page.contains("You have a view of this name") && page.contains("value=\"wet crates\""), "{page}");
    assert!(page.contains("<details open class=\"menu views\">"), "the menu shows what is wrong: {page}");
    assert!(page.contains("Put it in place of the one of this name"), "{page}");
    save(&mut hub, "cases", "tab=all", "wet crates", &[("replace", "on")]).await;
    let page = hub.page("/views").await;
    assert!(page.contains(">All</td>") && !page.contains("Waiting on partner"), "{page}");

    // A list that cannot be named, and the whole of one.
    save(&mut hub, "cases", "", "All of it", &[]).await;
    assert!(hub.page("/cases").await.contains("This is the whole list"));
    save(&mut hub, "cases", "tab=waiting", " ", &[]).await;
    assert!(hub.page("/cases?tab=waiting").await.contains("Enter a name with at most 60 characters."));
}

#[tokio::test]
async fn the_menu_opens_a_list_with_the_view_chosen_for_it_and_its_tabs_stay_whole() {
    let world = World::new().await;
    let mut supplier = world.browser("OSTERMANN").await;
    let address = save(&mut supplier, "orders", "tab=to-ship", "Ready to leave", &[]).await;
    let page = supplier.page(&address).await;
    let id = page.split("name=\"view\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    let id = id.as_str();
    send(&mut supplier, "/do/start-view", &[("view", id), ("with", "on")]).await;
    let page = supplier.page("/invoices").await;
    let way = "<a href=\"/orders?tab=to-ship\" data-go=\"o\"";
    assert!(page.contains(way), "{page}");
    let page = supplier.page("/orders").await;
    assert!(page.contains("<a href=\"/orders\" aria-current=\"page\">All"), "{page}");

    send(&mut supplier, "/do/start-view", &[("view", id)]).await;
    assert!(!supplier.page("/invoices").await.contains(way));
    send(&mut supplier, "/do/change-view", &[("view", id), ("name", "To leave"), ("start", "on")]).await;
    assert!(supplier.page("/invoices").await.contains(way));
    assert!(supplier.page("/views").await.contains("To leave"));
    send(&mut supplier, "/do/remove-view", &[("view", id)]).await;
    let page = supplier.page("/views").await;
    assert!(page.contains("“To leave” is removed") && page.contains("No saved views yet"), "{page}");
    assert!(!page.contains(way), "{page}");
}
