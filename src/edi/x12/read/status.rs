//! 214, the carrier's status message.

use crate::{
    domain::message::{CarrierEvent, Document, Reference, ShipmentStatus},
    edi::x12::token::Segment,
};

use super::{Notes, SetReader};

#[derive(Default)]
pub struct Reader {
    status: Option<ShipmentStatus>,
}

impl SetReader for Reader {
    fn segment(&mut self, segment: &Segment<'_>, notes: &mut Notes) {
        if segment.tag() == b"B10" {
            self.status.get_or_insert_with(|| ShipmentStatus {
                tracking: notes.text(segment, 1, format_args!("tracking")),
                shipment_number: notes.text(segment, 2, format_args!("shipment_number")),
                scac: notes.text(segment, 3, format_args!("scac")),
                references: Vec::new(),
                events: Vec::new(),
            });
            return;
        }
        let Some(status) = &mut self.status else { return };
        match segment.tag() {
            b"L11" => {
                let i = status.references.len();
                status.references.push(Reference {
                    qualifier: segment.get(2).unwrap_or_default(),
                    value: notes.text(segment, 1, format_args!("references.{i}.value")).unwrap_or_default(),
                    description: segment.get(3),
                });
            }
            b"AT7" => {
                let i = status.events.len();
                // An appointment (AT703 and AT704) is told like any other status.
                let (code, reason) = if segment.has(1) { (1, 2) } else { (3, 4) };
                status.events.push(CarrierEvent {
                    status: notes.text(segment, code, format_args!("events.{i}.status")),
                    reason: notes.text(segment, reason, format_args!("events.{i}.reason")),
                    date: notes.date(segment, 5, format_args!("events.{i}.date")),
                    time: notes.text(segment, 6, format_args!("events.{i}.time")),
                    zone: notes.text(segment, 7, format_args!("events.{i}.zone")),
                    city: None,
                    region: None,
                    country: None,
                });
            }
            b"MS1" => {
                let i = status.events.len().wrapping_sub(1);
                if let Some(event) = status.events.last_mut() {
                    event.city = notes.text(segment, 1, format_args!("events.{i}.city"));
                    event.region = notes.text(segment, 2, format_args!("events.{i}.region"));
                    event.country = notes.text(segment, 3, format_args!("events.{i}.country"));
                }
            }
            _ => {}
        }
    }

    fn finish(self: Box<Self>, _: &mut Notes) -> Option<Document> {
        self.status.map(Document::ShipmentStatus)
    }
}
