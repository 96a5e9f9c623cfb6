//! The demonstration company: Castellan Pumps & Valves with its suppliers, customers and carriers, and ten weeks of
//! trade. Everything goes in through the doors that real trade uses: documents as bytes, people through the use cases,
//! with the clock set to when it happened. Read `story` for what happens, `play` for how, `companies` and `catalogue`
//! for who and what. Nothing here writes an order, a shipment or an invoice by itself.

mod advised;
mod calendar;
mod catalogue;
mod companies;
mod desk;
mod goods;
mod known;
mod letters;
mod money;
mod papers;
mod payments;
mod play;
mod promises;
mod refusals;
mod setup;
mod story;
mod talks;
#[cfg(test)]
mod tests;
mod trade;
mod trouble;
mod views;
mod wire;

use std::sync::Arc;

use serde::Serialize;

use crate::{
    auth::password,
    domain::{ids::Ids, time::ManualClock},
    service::{Context, Result, Settings},
    store::{organisations, routes},
};
use calendar::Calendar;
use companies::{COMPANIES, HUB, MAIN_CUSTOMER, MAIN_SUPPLIER, UNREACHABLE};
use play::{Player, Step};

/// Mail address and password of one person.
#[derive(Clone, Debug, Serialize)]
pub struct SignIn {
    /// Mail address.
    pub email: String,
    /// Password.
    pub password: String,
}

/// One sign-in of each audience.
#[derive(Clone, Debug, Serialize)]
pub struct SignIns {
    /// Sells to the hub.
    pub supplier: SignIn,
    /// Buys from the hub.
    pub customer: SignIn,
    /// Runs the portal.
    pub admin: SignIn,
}

/// An organisation with somebody who can sign in for it.
#[derive(Clone, Debug, Serialize)]
pub struct Partner {
    /// Its code.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Who signs in.
    #[serde(flatten)]
    pub sign_in: SignIn,
}

/// The password of everyone in the demonstration.
const PASSWORD: &str = "portico demo";

fn sign_in(code: &str) -> SignIn {
    let email = companies::company(code).people.first().map(|person| person.email).unwrap_or_default();
    SignIn { email: email.to_owned(), password: PASSWORD.to_owned() }
}

/// The sign-ins that are told first.
pub fn sign_ins() -> SignIns {
    SignIns { supplier: sign_in(MAIN_SUPPLIER), customer: sign_in(MAIN_CUSTOMER), admin: sign_in(HUB) }
}

/// Every organisation with people in the portal, each with the person who manages it.
pub fn partners() -> Vec<Partner> {
    let with_people = COMPANIES.iter().filter(|company| !company.people.is_empty());
    with_people.map(|company| Partner { code: company.code, name: company.name, sign_in: sign_in(company.code) }).collect()
}

/// Makes the companies and their people, without any trade, where there is no hub yet.
pub async fn people(context: &Context) -> Result<SignIns> {
    if organisations::hub(&mut context.db.read().await?).await?.is_none() {
        let hash = password::hash(&context.ids, PASSWORD).await?;
        setup::companies(context, &hash).await?;
    }
    Ok(sign_ins())
}

/// Makes the company and its history where there is no hub yet.
pub async fn company(context: &Context) -> Result<SignIns> {
    if organisations::hub(&mut context.db.read().await?).await?.is_some() {
        return Ok(sign_ins());
    }
    let calendar = Calendar { now: context.now() };
    let clock = ManualClock::at(calendar::at(calendar.working_day(-60), 9 * 60));
    // What happened before is told in the portal only.
    let settings = Settings { undo_seconds: 0, mail_links: None, ..(*context.settings).clone() };
    let past = Context { clock: clock.clone(), ids: Ids::seeded(0x0C0A_57E1), settings: Arc::new(settings), ..context.clone() };
    let hash = password::hash(&past.ids, PASSWORD).await?;
    let known = setup::companies(&past, &hash).await?;
    let dice = Ids::seeded(0xF0_4E);
    let deals = story::write(calendar, &dice);
    let mut player = Player::new(past, clock, calendar, dice, known, deals);
    for (index, placed) in player.deals.iter().map(|deal| deal.placed).enumerate().collect::<Vec<_>>() {
        player.plan(placed, Step::Place(index));
    }
    player.plan_broken();
    player.play().await?;
    player.advise().await?;
    player.read_mail().await?;
    player.promise().await?;
    player.tell_known().await?;
    Box::pin(player.talk()).await?;
    Box::pin(player.get_mail()).await?;
    player.hand_out().await?;
    player.dispute().await?;
    player.settle_trouble().await?;
    player.hear_wrong().await?;
    player.save_views().await?;
    note_health(context, &player).await?;
    Ok(sign_ins())
}

/// Why one partner cannot be reached.
const WRONG_KEY: &str = "The mailbox refused the key (401). Enter the new key of this connection.";

/// How the connections have been doing lately.
async fn note_health(context: &Context, player: &Player) -> Result<()> {
    let mut tx = context.db.begin().await?;
    for (code, known) in &player.known {
        let Some(route) = &known.route else { continue };
        if *code == UNREACHABLE {
            routes::failed(&mut tx, route.id, WRONG_KEY, player.calendar.now).await?;
        } else {
            routes::succeeded(&mut tx, route.id, player.calendar.now).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}
