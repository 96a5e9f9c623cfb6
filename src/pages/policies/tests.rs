//! Policies and calendars, in a browser without script.

use crate::pages::testing::World;

#[tokio::test]
async fn a_policy_is_entered_refused_corrected_and_changed() {
    let world = World::new().await;
    let mut browser = world.browser("CASTELLAN").await;
    let page = browser.page("/policies").await;
    assert!(page.contains("Every case is promised the same") && page.contains("Where no policy fits"));
    let steps = [
        ("steps[0][promise]", "resolution"),
        ("steps[0][at]", "80"),
        ("steps[0][unit]", "percent"),
        ("steps[0][action]", "notify"),
        ("steps[1][at]", ""),
        ("steps[1][unit]", "late"),
        ("steps[1][action]", ""),
    ];
    let form = |first, known: &'static [(&str, &str)]| {
        [&[("name", "Invoices"), ("kind", "invoice"), ("first", first)], &steps[..], known].concat()
    };
    browser.post("/do/save-policy", &[&form("soon", &[])[..], &[("back", "/policies/new")]].concat()).await;
    let page = browser.page("/policies/new").await;
    assert!(page.contains("Enter hours such as 8 or 1.5") && page.contains("value=\"soon\"") && page.contains("value=\"80\""));
    let (_, location) = browser.post("/do/save-policy", &form("1.5", &[])).await;
    assert_eq!(location, "/policies");
    let page = browser.page("/policies").await;
    assert!(page.contains("1 h 30 min") && page.contains("At 80% of solution, tell whoever works on it"), "{page}");
    let id = page.split_once("href=\"/policies/0").map(|(_, rest)| format!("0{}", rest.split_once('"').unwrap().0)).unwrap();
    let page = browser.page(&format!("/policies/{id}")).await;
    assert!(page.contains("value=\"1.50\"") && page.contains("Remove this policy"));
    let (_, location) = browser.post("/do/remove-policy", &[("policy", &id)]).await;
    assert_eq!(location, "/policies");
    assert!(browser.page("/policies").await.contains("Every case is promised the same"));
}

#[tokio::test]
async fn a_calendar_is_entered_with_its_days_off() {
    let world = World::new().await;
    let mut browser = world.browser("CASTELLAN").await;
    assert!(browser.page("/calendars").await.contains("No calendar yet"));
    let form = |monday| [("name", "Desk"), ("zone", "Europe/Amsterdam"), ("monday", monday), ("friday", "08:00-12:00")];
    browser.post("/do/save-calendar", &[&form("9 to 5")[..], &[("back", "/calendars/new")]].concat()).await;
    assert!(browser.page("/calendars/new").await.contains("Write hours as 08:00-12:00"));
    let (_, location) = browser.post("/do/save-calendar", &form("09:00-17:00")).await;
    assert!(location.starts_with("/calendars/"), "{location}");
    let id = location.rsplit('/').next().unwrap().to_owned();
    browser.post("/do/add-holiday", &[("calendar", &id), ("on", "2026-12-25"), ("holiday", "Christmas Day")]).await;
    assert!(browser.page(&location).await.contains("Christmas Day"));
    let page = browser.page("/calendars").await;
    assert!(page.contains("Mon: 09:00-17:00") && page.contains("Fri: 08:00-12:00") && page.contains("Christmas Day"));
    browser.post("/do/remove-holiday", &[("calendar", &id), ("on", "2026-12-25")]).await;
    assert!(browser.page(&location).await.contains("No day off is coming"));
    let (_, location) = browser.post("/do/remove-calendar", &[("calendar", &id)]).await;
    assert_eq!(location, "/calendars");
}
