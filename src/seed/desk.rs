//! People at their desks open what came in, the morning after. What came in the last days is still new.

use super::{
    calendar::{at, later},
    play::Player,
};
use crate::{
    domain::{
        access::Scope,
        document::{Direction, DocumentKind, DocumentStatus},
        time::Timestamp,
    },
    service::{Result, exchange::view},
    store::documents::{self, DocumentFilter},
};

/// Kinds that people open; acknowledgments and carriers' reports are for machines.
const READ_BY_PEOPLE: [DocumentKind; 5] = [
    DocumentKind::PurchaseOrder,
    DocumentKind::OrderResponse,
    DocumentKind::ShipNotice,
    DocumentKind::Invoice,
    DocumentKind::ReceivingAdvice,
];
/// More than there are.
const ALL: i64 = 2000;

impl Player {
    /// Opens everything that came more than two working days ago and was not opened on the way.
    pub(super) async fn read_mail(&mut self) -> Result<()> {
        let since = at(self.calendar.working_day(-2), 0);
        for kind in READ_BY_PEOPLE {
            let filter = DocumentFilter {
                direction: Some(Direction::In),
                statuses: vec![DocumentStatus::New],
                kind: Some(kind),
                ..DocumentFilter::default()
            };
            let mut conn = self.context.db.read().await?;
            let rows = documents::list(&mut conn, Scope::Hub, &filter, ALL).await?;
            drop(conn);
            for row in rows.into_iter().filter(|row| row.created_at < since) {
                self.open(row.id, row.created_at).await?;
            }
        }
        Ok(())
    }

    async fn open(&mut self, id: crate::domain::ids::DocumentId, came: Timestamp) -> Result<()> {
        let mut conn = self.context.db.read().await?;
        let receiver = documents::find(&mut conn, Scope::Hub, id).await?.and_then(|document| document.receiver_id);
        drop(conn);
        let desk = self.known.iter().find(|(_, known)| Some(known.id) == receiver && !known.people.is_empty()).map(|(code, _)| *code);
        if let Some(code) = desk {
            let minute = 7 * 60 + i64::try_from(self.dice.below(120)).unwrap_or_default();
            self.clock.set(at(later(came.date_utc(), 1), minute));
            let reader = self.somebody(code)?;
            view::load(&self.context, &reader, id).await?;
        }
        Ok(())
    }
}
