//! Views of lists that people saved for their daily work.

use super::{
    companies::{HUB, MAIN_CUSTOMER, MAIN_SUPPLIER},
    play::Player,
};
use crate::{
    domain::view::List,
    service::{
        Result,
        views::{self, ViewForm},
    },
};

/// Company, list, what it is narrowed to, name, whether colleagues see it.
const VIEWS: &[(&str, List, &str, &str, bool)] = &[
    (HUB, List::Cases, "q=ostermann", "Ostermann Forge", true),
    (HUB, List::Cases, "tab=settled&q=price", "How prices were settled", false),
    (HUB, List::Exceptions, "tab=partners&sort=money", "Most money with partners", true),
    (HUB, List::Orders, "tab=to-answer&q=kestrel", "Kestrel to answer", false),
    (MAIN_SUPPLIER, List::Orders, "tab=to-ship", "Ready to leave", true),
    (MAIN_SUPPLIER, List::Invoices, "tab=questions", "What the buyer asks", false),
    (MAIN_CUSTOMER, List::Shipments, "tab=week", "This week at the gate", false),
];

impl Player {
    /// The first person of each company saves theirs.
    pub(super) async fn save_views(&mut self) -> Result<()> {
        self.clock.set(self.calendar.now);
        for (company, list, query, name, is_shared) in VIEWS {
            let Some(person) = self.known[company].people.first() else { continue };
            let form = ViewForm { name: (*name).to_owned(), query: (*query).to_owned(), is_shared: *is_shared, replaces: false };
            views::save(&self.context, person, *list, &form).await?;
        }
        Ok(())
    }
}
