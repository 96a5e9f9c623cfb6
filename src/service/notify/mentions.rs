//! People who are mentioned in a case. Only who may read the message can be: a name of anybody else is a word like others.

use super::{About, News, To, tell_about};
use crate::{
    domain::{ids::UserId, mention::mentioned, notification::Topic},
    service::{Context, Result},
    store::{
        Conn,
        cases::{self, Case, Message},
        organisations, partners,
    },
};

/// Tells those who are mentioned in a message. It is the same cause as the message itself, so that each is told once.
pub(super) async fn tell_mentioned(context: &Context, conn: &mut Conn, case: &Case, message: &Message, by: Option<UserId>) -> Result<()> {
    if !message.body.contains('@') {
        return Ok(());
    }
    let readers = message.readers();
    let hub = organisations::hub(conn).await?.map(|hub| hub.id);
    let parties = cases::parties(conn, case.id).await?.into_iter().filter(|party| readers.hold(*party));
    let mut people = Vec::new();
    for organisation in hub.into_iter().chain(parties) {
        let found = partners::people(conn, organisation).await?.into_iter().filter(|person| person.disabled_at.is_none());
        people.extend(found.map(|person| (organisation, person)));
    }
    let names: Vec<&str> = people.iter().map(|(_, person)| person.name.as_str()).collect();
    for place in mentioned(&message.body, &names) {
        let (organisation, person) = &people[place];
        let news = News {
            topic: Topic::CaseMessage,
            title: format!("{} mentions you in {}: {}", message.author, case.number, case.title),
            body: message.body.clone(),
            link: format!("/cases/{}", case.id),
            cause: format!("message {}", message.id),
            except: by,
        };
        let about = About { case: case.id, message: Some(message.id) };
        tell_about(context, conn, To::Person(*organisation, person.id), &news, about).await?;
    }
    Ok(())
}
