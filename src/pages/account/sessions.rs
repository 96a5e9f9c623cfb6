//! Where a person is signed in, and how to end that.

use axum::http::request::Parts;
use leptos::prelude::*;
use tower_sessions::Session;

use super::head;
use crate::{
    auth::session,
    pages::{PageContext, page},
    service,
    store::sessions,
    text,
    ui::{Button, Chip, Column, Icon, Panel, Role, Size, Table},
};

/// The sessions of the reader.
#[component]
pub fn Page() -> impl IntoView {
    page("Where you are signed in", async |cx: PageContext| {
        let this = use_context::<Parts>().and_then(|parts| session::stored_id(parts.extensions.get::<Session>()?));
        let found = service::account::sessions_of(&cx.context, &cx.reader.actor).await?;
        let others = found.iter().filter(|row| Some(&row.id) != this.as_ref()).count();
        let rows: Vec<_> = found.into_iter().map(|row| session_row(row, this.as_deref(), &cx)).collect();
        let end_others = move || {
            (others > 0).then(|| {
                view! {
                    <form method="post" action="/do/end-other-sessions">
                        <Button label="Sign out everywhere else" size=Size::Small/>
                    </form>
                }
            })
        };
        Ok(view! {
            {head("Where you are signed in", &cx.path)}
            <Panel id="sessions" title="Sessions" note="Each ends after 12 hours without use, or 7 days after the sign-in" flush=true side=end_others>
                <Table
                    caption="Where you are signed in"
                    in_panel=true
                    columns=vec![Column::new("Browser"), Column::new("Last used"), Column::new("Since"), Column::new("Action").hidden()]
                >
                    {rows}
                </Table>
            </Panel>
        })
    })
}

fn session_row(row: sessions::Session, this: Option<&str>, cx: &PageContext) -> impl IntoView + use<> {
    let browser = browser_name(&row.user_agent);
    let moment = |at| text::moment_short(at, cx.now, &cx.zone);
    let action = if this == Some(row.id.as_str()) {
        view! { <Chip role=Role::Info icon=Icon::Check word="This one"/> }.into_any()
    } else {
        let label = format!("End {browser}, last used {}", moment(row.seen_at));
        view! {
            <form method="post" action="/do/end-session">
                <input type="hidden" name="session" value=row.id.clone()/>
                <Button label="End" size=Size::Small aria_label=label/>
            </form>
        }
        .into_any()
    };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">{browser}</th>
            <td role="cell" data-label="Last used">{moment(row.seen_at)}</td>
            <td role="cell" data-label="Since">{moment(row.created_at)}</td>
            <td role="cell" class="num">{action}</td>
        </tr>
    }
}

/// "Firefox on Windows": enough to recognise one's own. The order matters: each browser names those it is like.
fn browser_name(user_agent: &str) -> String {
    let first = |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name);
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("CrOS", "Chromebook"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) if user_agent.is_empty() => "Unknown browser".to_owned(),
        (None, None) => user_agent.chars().take(40).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::browser_name;

    #[test]
    fn a_browser_is_recognised() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36 Edg/142.0";
        assert_eq!(browser_name(edge), "Edge on Windows");
        let phone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1";
        assert_eq!(browser_name(phone), "Safari on iPhone");
        assert_eq!(browser_name("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"), "Firefox on Linux");
        assert_eq!(browser_name("curl/8.0"), "curl/8.0");
    }
}
