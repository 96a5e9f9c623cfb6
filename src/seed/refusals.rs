//! What the company's integration layer sent that could not be used, and what waits for a case it did not name yet.

use serde_json::json;

use super::{calendar::at, play::Player};
use crate::{
    connectors::xconnector::{Claims, Event},
    domain::refusal::Reason,
    service::{
        Error, Result,
        xconnector::{
            self,
            refused::{self, Refusal, Refusals},
        },
    },
};

/// When, in minutes of the last working day; why; which field; what was answered; type and id.
const REFUSED: [(i64, Reason, &str, &str, &str, &str); 4] = [
    (
        431,
        Reason::Stale,
        "webhook-timestamp",
        "webhook-timestamp is more than five minutes from our clock. Check the clock, and sign anew when a message is sent again.",
        "xconnector.case.commented",
        "evt-20714",
    ),
    (
        433,
        Reason::Stale,
        "webhook-timestamp",
        "webhook-timestamp is more than five minutes from our clock. Check the clock, and sign anew when a message is sent again.",
        "xconnector.case.commented",
        "evt-20714",
    ),
    (502, Reason::Data, "/data/severity", "severity must be one of info, warning, critical.", "xconnector.exception.raised", "evt-20733"),
    (
        617,
        Reason::Conflict,
        "/id",
        "Event evt-20688 of /erp/utrecht was taken before with other contents. Give every event an id of its own.",
        "xconnector.exception.raised",
        "evt-20688",
    ),
];

impl Player {
    /// Sends them.
    pub(super) async fn hear_wrong(&mut self) -> Result<()> {
        let day = self.calendar.working_day(-1);
        let refusals = Refusals::default();
        for (minute, reason, field, message, kind, id) in REFUSED {
            self.clock.set(at(day, minute));
            let event = json!({ "specversion": "1.0", "id": id, "source": "/erp/utrecht", "type": kind,
                "data": { "partner": "OSTERMANN", "case": "INC-4471", "severity": "high", "title": "Price missing in the ERP" } });
            let body = event.to_string().into_bytes();
            let claims = Claims { source: "/erp/utrecht".to_owned(), id: id.to_owned(), kind: kind.to_owned() };
            let refusal = || Refusal { reason, field: field.to_owned(), message: message.to_owned(), claims, size: body.len(), body };
            refused::record(&self.context, &refusals, reason, refusal).await;
        }
        self.clock.set(at(day, 640));
        let early = json!({ "specversion": "1.0", "id": "evt-20741", "source": "/erp/utrecht", "type": "xconnector.case.commented",
            "data": { "case": "INC-4471", "comment": "c-1", "author": "Master data", "visibility": "partner",
                "text": "The price of the new frame contract is entered now. Please send the order again." } });
        let early: Event = serde_json::from_value(early).map_err(|error| Error::Internal(error.to_string()))?;
        xconnector::take(&self.context, &early).await.map(|_| ())
    }
}
