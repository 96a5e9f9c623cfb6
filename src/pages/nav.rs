//! The navigation of each audience, and what the frame says around a page.

use super::{PageContext, brand};
use crate::{
    domain::access::Audience,
    service,
    store::organisations,
    ui::{AccountLink, ActFor, Icon, NavItem, ShellData, Theme},
};

/// The navigation of an audience. `path` is the page shown; its entry is marked.
pub fn items(audience: Audience, path: &str) -> Vec<NavItem> {
    let item = |href: &str, label: &str, icon| NavItem::new(href, label, icon, is_current(href, path));
    let home = item("/", "Home", Icon::Home).letter('h');
    let orders = item("/orders", "Orders", Icon::Orders).letter('o');
    let shipments = item("/shipments", "Shipments", Icon::Truck).letter('s');
    let invoices = item("/invoices", "Invoices", Icon::Invoice).letter('i');
    let remittances = item("/remittances", "Remittances", Icon::Coins).letter('r');
    let documents = item("/documents", "Documents", Icon::Clip).letter('d');
    let exceptions = item("/exceptions", "Exceptions", Icon::Alert).letter('e');
    let cases = item("/cases", "Cases", Icon::Case).letter('x');
    let known = item("/reference", "Your data", Icon::Company);
    let help = item("/help", "Help", Icon::Book);
    match audience {
        Audience::Supplier => vec![home, orders, shipments, invoices, remittances, exceptions, cases, documents, known, help],
        Audience::Customer => vec![home, orders, shipments, invoices, exceptions, cases, known, help],
        Audience::Carrier => vec![home, shipments, cases, known],
        Audience::Hub => {
            let mut partners = item("/partners", "Partners", Icon::Company).letter('p');
            partners.group = Some("Portal".to_owned());
            let connections = item("/connections", "Connections", Icon::Swap).letter('c');
            let endpoints = item("/endpoints", "Endpoints", Icon::Send);
            let mail = item("/mail", "Mail", Icon::Mail);
            let policies = item("/policies", "Policies", Icon::Clock);
            let calendars = item("/calendars", "Calendars", Icon::Calendar);
            let help = item("/help", "Content", Icon::Book);
            let rules = item("/rules", "Rules", Icon::Check);
            let work = [home, orders, shipments, invoices, remittances, exceptions, cases, documents];
            work.into_iter().chain([partners, connections, endpoints, mail, rules, policies, calendars, help]).collect()
        }
    }
}

/// Whether a page belongs to an entry: `/orders/0198?x=1` belongs to `/orders`.
fn is_current(href: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    match href {
        "/" => path == "/",
        _ => path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
    }
}

/// What an organisation is called beside its name.
const fn audience_word(audience: Audience) -> &'static str {
    match audience {
        Audience::Hub => "Runs this portal",
        Audience::Supplier => "Supplier",
        Audience::Customer => "Customer",
        Audience::Carrier => "Carrier",
    }
}

/// What the frame of a page says.
pub async fn shell(cx: &PageContext) -> service::Result<ShellData> {
    let actor = &cx.reader.actor;
    let organisations = match (actor.user(), cx.reader.organisations) {
        (Some(user), 2..) => {
            let mut conn = cx.context.db.read().await?;
            let all = organisations::of_user(&mut conn, user).await?;
            all.into_iter().map(|org| ActFor { id: org.id.to_string(), current: org.id == actor.organisation, name: org.name }).collect()
        }
        _ => Vec::new(),
    };
    let mut nav = items(actor.audience, &cx.path);
    if cx.reader.starts > 0 {
        for start in service::views::starts(&cx.context, actor).await? {
            for item in nav.iter_mut().filter(|item| item.href == start.list.path()) {
                item.href = start.list.address(&start.query);
            }
        }
    }
    let link = |href: &str, label: &str, icon| AccountLink { href: href.to_owned(), label: label.to_owned(), icon };
    Ok(ShellData {
        brand: brand(),
        path: cx.path.clone(),
        nav,
        foot: vec![format!("Times in {}", cx.zone.label(cx.now))],
        organisation: actor.organisation_name.clone(),
        organisation_note: audience_word(actor.audience).to_owned(),
        organisations,
        user: actor.name.clone(),
        user_note: cx.reader.email.clone(),
        account: vec![
            link("/account", "Your profile", Icon::Pen),
            link("/views", "Saved views", Icon::Star),
            link("/account/password", "Password", Icon::Key),
            link("/account/sessions", "Where you are signed in", Icon::Screen),
        ],
        unread: u64::try_from(cx.reader.unread).unwrap_or_default(),
        theme: Theme::from_code(&cx.reader.theme),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_marks_one_entry() {
        for (path, label) in [("/", "Home"), ("/orders/0198?line=2", "Orders"), ("/orders?tab=late", "Orders"), ("/help", "Content")] {
            let marked: Vec<_> = items(Audience::Hub, path).into_iter().filter(|item| item.current).collect();
            assert_eq!(marked.iter().map(|item| item.label.as_str()).collect::<Vec<_>>(), [label], "{path}");
        }
        assert!(items(Audience::Carrier, "/account").iter().all(|item| !item.current));
    }
}
