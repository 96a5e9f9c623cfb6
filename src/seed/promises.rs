//! What the company promises, who works on its cases, and what its people have read.

use super::{calendar::at, companies::HUB, play::Player};
use crate::{
    domain::access::Actor,
    service::{
        Result,
        cases::{assign, escalate, view},
        policies::{
            self, PolicyForm, StepForm,
            calendars::{self, CalendarForm},
        },
    },
    store::{cases::CaseFilter, notifications},
};

/// Days on which nobody works in Utrecht: month, day, name.
const DAYS_OFF: &[(i8, i8, &str)] =
    &[(1, 1, "New Year's Day"), (4, 27, "King's Day"), (5, 5, "Liberation Day"), (12, 25, "Christmas Day"), (12, 26, "Boxing Day")];

/// Cases that somebody has in hand: the beginning of their title, and who, as listed in the company.
const HANDS: &[(&str, usize)] = &[("One price on the invoice", 1), ("One crate arrived wet", 2), ("Two payments of October", 0)];

fn step(promise: &str, at: &str, unit: &str, action: String) -> StepForm {
    StepForm { promise: promise.to_owned(), at: at.to_owned(), unit: unit.to_owned(), action }
}

impl Player {
    /// Enters a calendar and two policies, long before anything was promised by them.
    pub(super) async fn promise(&mut self) -> Result<()> {
        self.clock.set(at(self.calendar.working_day(-59), 8 * 60));
        let hub = self.somebody(HUB)?;
        let week = std::array::from_fn(|day| if day < 5 { "08:00-12:30, 13:00-17:30".to_owned() } else { String::new() });
        let form = CalendarForm { name: "Service desk Utrecht".to_owned(), zone: "Europe/Amsterdam".to_owned(), week };
        let calendar = calendars::save(&self.context, &hub, None, &form).await?;
        let this_year = self.calendar.now.date_utc().0.year();
        for year in [this_year, this_year + 1] {
            for (month, day, name) in DAYS_OFF {
                calendars::add_holiday(&self.context, &hub, calendar, &format!("{year}-{month:02}-{day:02}"), name).await?;
            }
        }
        let lead = self.known[HUB].people.first().and_then(Actor::user).map(|user| format!("to:{user}")).unwrap_or_default();
        let urgent = PolicyForm {
            name: "Goods or money at stop".to_owned(),
            priority: "urgent".to_owned(),
            first: "1".to_owned(),
            next: "2".to_owned(),
            resolution: "8".to_owned(),
            calendar: calendar.to_string(),
            steps: vec![
                step("", "50", "percent", "notify".to_owned()),
                step("", "0", "late", "tier:2".to_owned()),
                step("resolution", "0", "late", "event".to_owned()),
                step("resolution", "120", "late", lead),
            ],
            ..PolicyForm::default()
        };
        policies::save(&self.context, &hub, None, &urgent).await?;
        let invoices = PolicyForm {
            name: "Invoices of Ostermann Forge".to_owned(),
            kind: "invoice".to_owned(),
            partner: self.known["OSTERMANN"].id.to_string(),
            first: "4".to_owned(),
            next: "6".to_owned(),
            resolution: "24".to_owned(),
            calendar: calendar.to_string(),
            steps: vec![step("", "75", "percent", "notify".to_owned()), step("resolution", "0", "late", "tier:2".to_owned())],
            ..PolicyForm::default()
        };
        policies::save(&self.context, &hub, None, &invoices).await?;
        Ok(())
    }

    /// Gives some cases to people, takes the steps that have fallen due, and notes what was read: all but the last two days.
    pub(super) async fn hand_out(&mut self) -> Result<()> {
        self.clock.set(self.calendar.now);
        let people = self.known[HUB].people.clone();
        let Some(lead) = people.first() else { return Ok(()) };
        for row in view::list(&self.context, lead, &CaseFilter::default()).await?.rows {
            let Some((_, hand)) = HANDS.iter().find(|(title, _)| row.title.starts_with(title)) else { continue };
            let Some(person) = people.get(*hand) else { continue };
            let version = view::load(&self.context, person, row.id).await?.case.version;
            assign::take(&self.context, person, row.id, version).await?;
        }
        for case in escalate::due(&self.context).await? {
            escalate::run(&self.context, case).await?;
        }
        let read = at(self.calendar.working_day(-2), 0);
        let mut tx = self.context.db.begin().await?;
        for person in self.known.values().flat_map(|known| &known.people) {
            if let Some(user) = person.user() {
                notifications::mark_all_read(&mut tx, user, person.organisation, read, self.calendar.now).await?;
            }
        }
        Ok(tx.commit().await?)
    }
}
