//! What the company's ERP has told about partners, places, items and contacts, with what it has announced.

use serde_json::{Value, json};

use super::{
    catalogue,
    companies::{COMPANIES, HUB, PLACES, Part},
    play::Player,
};
use crate::{
    domain::reference::Subject,
    service::{
        Error, Result,
        reference::{self, Taken},
    },
};

/// People to turn to: whose, code, name, role, mail, phone.
const CONTACTS: &[[&str; 6]] = &[
    [HUB, "BUYER-2", "Tom Achterberg", "Purchasing, forged parts", "tom.achterberg@castellan.example", "+31 30 555 0120"],
    [HUB, "AP", "Accounts payable", "Invoices and payments", "invoices@castellan.example", "+31 30 555 0155"],
    [HUB, "CARE", "Customer service", "Orders and deliveries of customers", "orders@castellan.example", "+31 30 555 0140"],
    ["OSTERMANN", "SALES", "Ines Keller", "Order desk", "ines.keller@ostermann-forge.example", "+49 2331 555 014"],
    ["GREYFELL", "MAINT", "Ruth Okafor", "Maintenance planning", "ruth.okafor@greyfell-water.example", "+44 1632 960 117"],
];

impl Player {
    /// Tells what the ERP knows, and a move that comes.
    pub(super) async fn tell_known(&mut self) -> Result<()> {
        let since = self.calendar.working_day(-60).to_string();
        let soon = self.calendar.working_day(15).to_string();
        for place in PLACES {
            let data = json!({ "partner": place.of, "code": place.code, "sequence": 1, "valid_from": since, "name": place.name,
                "street": place.street, "postal_code": place.postal_code, "city": place.city, "country": place.country });
            self.told(Subject::Location, &data).await?;
        }
        for company in COMPANIES.iter().filter(|company| company.code != HUB) {
            let partner =
                json!({ "partner": company.code, "sequence": 1, "valid_from": since, "name": company.name, "place": company.place });
            self.told(Subject::Partner, &partner).await?;
            let items = if company.part == Part::Supplier { catalogue::of_supplier(company.code) } else { &[] };
            for item in items {
                let data = json!({ "partner": company.code, "code": item.number, "sequence": 1, "valid_from": since,
                    "description": item.words, "gtin": catalogue::gtin(item), "unit": item.unit });
                self.told(Subject::Item, &data).await?;
            }
        }
        for [partner, code, name, role, email, phone] in CONTACTS {
            let contact = json!({ "partner": partner, "code": code, "sequence": 1, "valid_from": since, "name": name, "role": role,
                "email": email, "phone": phone });
            self.told(Subject::Contact, &contact).await?;
        }
        // The first place of the hub moves.
        let Some(place) = PLACES.first() else { return Ok(()) };
        let moved = json!({ "partner": place.of, "code": place.code, "sequence": 2, "valid_from": soon, "name": "Castellan Utrecht, gate 5",
            "street": "Havenweg 130", "postal_code": place.postal_code, "city": place.city, "country": place.country,
            "hours": "Mon to Fri 06:00-18:00" });
        self.told(Subject::Location, &moved).await
    }

    async fn told(&mut self, subject: Subject, data: &Value) -> Result<()> {
        let told = reference::read(subject, data)?;
        let mut tx = self.context.db.begin().await?;
        let taken = reference::take(&self.context, &mut tx, subject, told, "/erp", "demonstration").await?;
        tx.commit().await?;
        match taken {
            Taken::Kept(_) => Ok(()),
            other => Err(Error::Internal(format!("reference data of the demonstration: {other:?}"))),
        }
    }
}
