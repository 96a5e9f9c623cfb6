//! The pages of exceptions in a browser without script.

use axum::http::StatusCode;

use crate::{
    pages::testing::{Browser, World},
    service::orders::answer::{self, AnswerForm, LineForm, PartForm},
};

/// The supplier rejects an order; gives back the address of what the hub sees of it.
async fn rejected(world: &World, number: &str) -> String {
    let order = world.purchase(number, false).await;
    let reject = |position: &str| LineForm {
        position: position.to_owned(),
        decision: "reject".to_owned(),
        reason: "discontinued".to_owned(),
        note: "No longer made".to_owned(),
        ..LineForm::default()
    };
    let form = AnswerForm { version: String::new(), lines: vec![reject("0"), reject("1")] };
    answer::answer(&world.context, &world.supplier, order, &form).await.unwrap();
    address(&world.browser("CASTELLAN").await.page("/exceptions").await)
}

/// The first exception that a list leads to.
fn address(page: &str) -> String {
    let rest = page.split("href=\"/exceptions/").nth(1).unwrap_or_else(|| panic!("no exception on {page}"));
    format!("/exceptions/{}", rest.split('"').next().unwrap())
}

async fn post(browser: &mut Browser, form: &str, address: &str, fields: &[(&str, &str)]) -> String {
    let id = address.rsplit('/').next().unwrap();
    let mut all = vec![("exception", id), ("back", address)];
    all.extend(fields);
    browser.post(form, &all).await.1
}

#[tokio::test]
async fn an_exception_shows_both_numbers_and_its_steps_and_is_settled_without_script() {
    let world = World::new().await;
    let mut hub = world.browser("CASTELLAN").await;
    assert!(hub.page("/exceptions").await.contains("Nothing is yours to settle"));
    let address = rejected(&world, "4500071900").await;
    let home = hub.page("/").await;
    assert!(home.contains("Exceptions to settle"), "a tile leads there");
    let page = hub.page(&address).await;
    for words in
        ["Order rejected", "4500071900", "200 pcs", "0 pcs", "EUR 19,648.00", "Read the reason", "Say that it is settled", "Castellan"]
    {
        assert!(page.contains(words), "{words} on {page}");
    }

    // Who takes it finds it under their own; a list that is older than that says who has it.
    let (mine, theirs) = (world.user("CASTELLAN").await.to_string(), world.user("OSTERMANN").await.to_string());
    post(&mut hub, "/do/assign-exception", &address, &[("seen", ""), ("person", &mine)]).await;
    assert!(hub.page(&address).await.contains("Person of CASTELLAN (you)"));
    let listed = hub.page("/exceptions?tab=mine").await;
    assert!(listed.contains("4500071900") && listed.contains("In the hands of Person of CASTELLAN"), "{listed}");
    let back = post(&mut hub, "/do/assign-exception", &address, &[("seen", ""), ("person", "")]).await;
    assert!(hub.page(&back).await.contains("Person of CASTELLAN has it in hand now"));
    let back = post(&mut hub, "/do/assign-exception", &address, &[("seen", &mine), ("person", &theirs)]).await;
    assert!(hub.page(&back).await.contains("Choose somebody from the list"));
    post(&mut hub, "/do/assign-exception", &address, &[("seen", &mine), ("person", "")]).await;
    assert!(hub.page("/exceptions?tab=mine").await.contains("You have nothing in hand"));

    // The request to the other side is written: both numbers, and what is asked.
    assert!(page.contains("Questions") && page.contains("Can a rejected order be revived?"), "{page}");
    assert!(page.contains("Please tell us how this came about") && page.contains("Line 10: quantity: 0 pcs"), "{page}");
    assert!(page.contains(&format!("{address}?ask=value#case")), "{page}");
    assert!(hub.page(&format!("{address}?ask=value")).await.contains("or what you propose instead."));

    // A step done shows who did it; what is refused names the field and keeps what was typed.
    post(&mut hub, "/do/exception-step", &address, &[("step", "1"), ("done", "yes")]).await;
    let page = hub.page(&address).await;
    assert!(page.contains("Person of CASTELLAN") && page.contains("Not done after all"), "{page}");
    let back = post(&mut hub, "/do/exception-case", &address, &[("title", "Where else?"), ("text", " ")]).await;
    let page = hub.page(&back).await;
    assert!(page.contains("Write what happened") && page.contains("Where else?"), "{page}");
    let case = post(&mut hub, "/do/exception-case", &address, &[("title", "Where else?"), ("text", "Who has them?")]).await;
    assert!(hub.page(&case).await.contains("4500071900"));
    assert!(hub.page(&address).await.contains("Case C-"));

    post(&mut hub, "/do/settle-exception", &address, &[("note", "Ordered at Kestrel")]).await;
    let page = hub.page(&address).await;
    assert!(page.contains("Ordered at Kestrel") && page.contains("This step settled it 1 of 1 times."), "{page}");
    assert!(hub.page("/exceptions?tab=settled").await.contains("4500071900"));
    assert!(hub.page("/exceptions?q=no-such").await.contains("No exception matches"));
}

#[tokio::test]
async fn a_partner_sees_what_is_its_own_to_settle_and_nothing_of_the_hubs() {
    let world = World::new().await;
    let address = rejected(&world, "4500071901").await;
    for code in ["OSTERMANN", "KESTREL", "NORTHWATER"] {
        let mut browser = world.browser(code).await;
        assert_eq!(browser.get(&address).await.0, StatusCode::NOT_FOUND, "{code}");
        assert!(browser.page("/exceptions").await.contains("Nothing is yours to settle"), "{code}");
        assert_eq!(browser.get("/rules").await.0, StatusCode::NOT_FOUND, "{code}");
    }
}

#[tokio::test]
async fn rules_are_tried_set_and_taken_away() {
    let world = World::new().await;
    rejected(&world, "4500071902").await;
    let mut hub = world.browser("CASTELLAN").await;
    let page = hub.page("/rules?kind=acknowledgment_missing").await;
    assert!(page.contains("Working hours after it was due") && page.contains("For which documents"), "{page}");
    let page = hub.page("/rules?kind=order_rejected&repeats=3&on=on&days=30").await;
    assert!(page.contains("It would have found 1 exception in the last 30 days") && page.contains("EUR 19,648.00"), "{page}");
    assert!(hub.page("/rules?kind=order_rejected&repeats=many&days=30").await.contains("Enter a whole number from 1 to 99."));
    let fields = [("kind", "confirmed_less"), ("on", "on"), ("threshold", "5"), ("repeats", "3"), ("partner", "OSTERMANN")];
    hub.post("/do/save-rule", &fields).await;
    let page = hub.page("/rules").await;
    assert!(page.contains("5 percent") && page.contains("Ostermann Forge"), "{page}");
    let id = page.split("name=\"rule\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    hub.post("/do/remove-rule", &[("rule", &id)]).await;
    assert!(!hub.page("/rules").await.contains("5 percent"));
    let wrong = [("kind", "confirmed_less"), ("threshold", "many"), ("back", "/rules?kind=confirmed_less")];
    let (_, back) = hub.post("/do/save-rule", &wrong).await;
    let page = hub.page(&back).await;
    assert!(page.contains("Enter a whole number from 0 to 10000.") && page.contains("value=\"many\""), "{page}");
}

#[tokio::test]
async fn what_it_is_about_shows_it_to_whoever_settles_it_and_lists_mark_it() {
    let world = World::new().await;
    let address = rejected(&world, "4500071903").await;
    world.purchase("4500071904", false).await;
    let mut hub = world.browser("CASTELLAN").await;
    let list = hub.page("/orders").await;
    assert_eq!(list.matches("1 exception to settle").count(), 1, "only the rejected order is marked: {list}");
    let order = list.split("href=\"/orders/").find(|part| part.contains(">4500071903<")).unwrap().split('"').next().unwrap().to_owned();
    let page = hub.page(&format!("/orders/{order}")).await;
    for words in [address.as_str(), "each with its steps", "yours to settle"] {
        assert!(page.contains(words), "{words} on {page}");
    }
    // The seller, who has nothing to settle, sees neither.
    let mut supplier = world.browser("OSTERMANN").await;
    assert!(!supplier.page("/orders").await.contains("to settle<"));
    let page = supplier.page(&format!("/orders/{order}")).await;
    assert!(!page.contains(&address) && !page.contains("each with its steps"), "{page}");

    // The answer that showed it has it on its page, until it is settled.
    let documents = hub.page("/documents").await;
    assert!(documents.contains("1 exception to settle"), "{documents}");
    post(&mut hub, "/do/settle-exception", &address, &[("note", "Ordered elsewhere")]).await;
    assert!(!hub.page(&format!("/orders/{order}")).await.contains(&address));
    assert!(!hub.page("/orders").await.contains("exception to settle"));
}

#[tokio::test]
async fn a_dispute_begins_with_the_values_that_the_exception_expects() {
    let world = World::new().await;
    let order = world.purchase("4500071906", false).await;
    let line = |position: &str, price: &str| LineForm {
        position: position.to_owned(),
        decision: if price.is_empty() { "accept" } else { "change" }.to_owned(),
        price: price.to_owned(),
        parts: if price.is_empty() { Vec::new() } else { vec![PartForm { quantity: "200".to_owned(), ..PartForm::default() }] },
        reason: if price.is_empty() { "" } else { "price" }.to_owned(),
        ..LineForm::default()
    };
    let form = AnswerForm { version: String::new(), lines: vec![line("0", "70.00"), line("1", "")] };
    answer::answer(&world.context, &world.supplier, order, &form).await.unwrap();
    let mut hub = world.browser("CASTELLAN").await;
    let address = address(&hub.page("/exceptions").await);
    let page = hub.page(&address).await;
    let proposal =
        page.split("href=\"/cases/dispute?").nth(1).unwrap_or_else(|| panic!("no proposal on {page}")).split('"').next().unwrap();
    let page = hub.page(&format!("/cases/dispute?{}", proposal.replace("&amp;", "&"))).await;
    assert!(page.contains("value=\"61.40\"") && page.contains("<option value=\"PRI\" selected"), "{page}");
    assert!(page.contains("Line 10: price: EUR 70.00"), "{page}");
    assert!(hub.page(&format!("{address}?ask=document")).await.contains("the price list, the contract or the quotation"));

    // An exception of somebody else's, or of another thing, fills nothing in.
    let mut supplier = world.browser("OSTERMANN").await;
    assert_eq!(supplier.get(&format!("/cases/dispute?{}", proposal.replace("&amp;", "&"))).await.0, StatusCode::NOT_FOUND);
}
