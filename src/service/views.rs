//! Saved views: a person keeps a list as they narrowed it, under a name, for themselves or for everybody of the organisation
//! they act for, and chooses the one that the menu opens a list with. A view changes nothing about what somebody may see:
//! it is a part of an address.

use super::{Context, Error, Result};
use crate::{
    domain::{
        access::Actor,
        ids::ViewId,
        view::{self, LONGEST_NAME, List},
        words::folded,
    },
    store::{
        Conn, dialect,
        views::{self, Asker, SavedView, Start, ViewRow},
    },
};

/// Most views of a person, over all lists.
const MOST: usize = 200;

/// A view that somebody wants to keep. Everything is text as sent.
#[derive(Clone, Debug, Default)]
pub struct ViewForm {
    /// What it is to be called.
    pub name: String,
    /// The query of the address that it is to hold.
    pub query: String,
    /// Whether colleagues see it.
    pub is_shared: bool,
    /// Whether it takes the place of one of the same name.
    pub replaces: bool,
}

/// What is to be changed about a view.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// What it is to be called.
    pub name: String,
    /// Whether colleagues see it.
    pub is_shared: bool,
    /// Whether the menu opens the list with it.
    pub is_start: bool,
}

/// Views are of people; programs have none.
fn asker(actor: &Actor) -> Result<Asker> {
    let user = actor.user().ok_or_else(|| Error::Forbidden("Views are kept for people who sign in.".to_owned()))?;
    Ok(Asker { user, organisation: actor.organisation })
}

/// The views of a list that somebody sees, their own first.
pub async fn of_list(context: &Context, actor: &Actor, list: List) -> Result<Vec<SavedView>> {
    Ok(views::seen(&mut context.db.read().await?, asker(actor)?, Some(list)).await?)
}

/// All views that somebody sees, by list.
pub async fn all(context: &Context, actor: &Actor) -> Result<Vec<SavedView>> {
    Ok(views::seen(&mut context.db.read().await?, asker(actor)?, None).await?)
}

/// Where the menu leads in place of whole lists.
pub async fn starts(context: &Context, actor: &Actor) -> Result<Vec<Start>> {
    Ok(views::starts(&mut context.db.read().await?, asker(actor)?).await?)
}

/// A view that somebody sees.
pub async fn load(context: &Context, actor: &Actor, id: ViewId) -> Result<SavedView> {
    find(&mut context.db.read().await?, asker(actor)?, id).await
}

async fn find(conn: &mut Conn, asker: Asker, id: ViewId) -> Result<SavedView> {
    views::seen(conn, asker, None).await?.into_iter().find(|view| view.id == id).ok_or(Error::NotFound)
}

fn read_name(typed: &str) -> Result<String> {
    view::name(typed).ok_or_else(|| Error::field("name", format!("Enter a name with at most {LONGEST_NAME} characters.")))
}

/// Keeps a list as it is narrowed; gives its address. The same again changes nothing.
pub async fn save(context: &Context, actor: &Actor, list: List, form: &ViewForm) -> Result<String> {
    let asker = asker(actor)?;
    let query = list.narrowing(&form.query);
    if query.is_empty() {
        return Err(Error::field("name", "This is the whole list. Choose a tab or search for something first, then save what you see."));
    }
    let name = read_name(&form.name)?;
    let mut row =
        ViewRow { id: context.id(), list, folded: folded(&name), name, query, is_shared: form.is_shared, updated_at: context.now() };
    let mut tx = context.db.begin().await?;
    dialect::lock(&mut tx, &format!("views {}", asker.user)).await?;
    match views::named(&mut tx, asker, list, &row.folded).await? {
        Some((id, kept)) if kept == row.query || form.replaces => {
            row.id = id;
            views::update(&mut tx, asker, &row).await?;
        }
        Some(_) => {
            let words =
                "You have a view of this name that shows something else. Choose another name, or tick the box to put this in its place.";
            return Err(Error::field("name", words));
        }
        None => {
            let own = views::seen(&mut tx, asker, None).await?.iter().filter(|view| view.user_id == asker.user).count();
            if own >= MOST {
                return Err(Error::field("name", format!("You have {MOST} views, which is the most. Remove one that you do not need.")));
            }
            views::insert(&mut tx, asker, &row).await?;
        }
    }
    tx.commit().await?;
    Ok(list.address(&row.query))
}

/// Changes a view of one's own.
pub async fn change(context: &Context, actor: &Actor, id: ViewId, change: &Change) -> Result<()> {
    let asker = asker(actor)?;
    let name = read_name(&change.name)?;
    let mut tx = context.db.begin().await?;
    dialect::lock(&mut tx, &format!("views {}", asker.user)).await?;
    let known = find(&mut tx, asker, id).await?;
    if known.user_id != asker.user {
        return Err(Error::Forbidden(format!("{} shares this view. Only they change it.", known.owner)));
    }
    let folded = folded(&name);
    if views::named(&mut tx, asker, known.list, &folded).await?.is_some_and(|(other, _)| other != id) {
        return Err(Error::field("name", "Another view of this list has this name. Choose a different one."));
    }
    let (query, is_shared, updated_at) = (known.query, change.is_shared, context.now());
    views::update(&mut tx, asker, &ViewRow { id, list: known.list, name, folded, query, is_shared, updated_at }).await?;
    if change.is_start {
        views::set_start(&mut tx, asker, known.list, id).await?;
    } else {
        views::clear_start(&mut tx, asker, id).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Has the menu open a list with a view, or whole again; gives the view as it was.
pub async fn start(context: &Context, actor: &Actor, id: ViewId, with: bool) -> Result<SavedView> {
    let asker = asker(actor)?;
    let mut tx = context.db.begin().await?;
    let view = find(&mut tx, asker, id).await?;
    if with {
        views::set_start(&mut tx, asker, view.list, id).await?;
    } else {
        views::clear_start(&mut tx, asker, id).await?;
    }
    tx.commit().await?;
    Ok(view)
}

/// Removes a view: one's own, or one that somebody shared who is no longer here. Gives it as it was.
pub async fn remove(context: &Context, actor: &Actor, id: ViewId) -> Result<SavedView> {
    let asker = asker(actor)?;
    let mut tx = context.db.begin().await?;
    let view = find(&mut tx, asker, id).await?;
    if view.user_id != asker.user && !view.is_left_behind {
        return Err(Error::Forbidden(format!("{} shares this view. Only they remove it.", view.owner)));
    }
    views::delete(&mut tx, asker.organisation, id).await?;
    tx.commit().await?;
    Ok(view)
}
