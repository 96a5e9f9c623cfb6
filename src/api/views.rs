//! Saved views of lists.

use leptos::prelude::*;

use super::error::ApiError;
use crate::{
    domain::view::List,
    service::views::{self, Change, ViewForm},
    text,
};

/// Keeps a list as it is narrowed, under a name.
#[server(prefix = "/do", endpoint = "save-view")]
pub async fn save_view(
    list: String,
    #[server(default)] query: String,
    #[server(default)] name: String,
    #[server(default)] shared: String,
    #[server(default)] replace: String,
) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let list: List = list.parse().map_err(|()| ApiError::NotFound)?;
    let form = ViewForm { name, query, is_shared: !shared.is_empty(), replaces: !replace.is_empty() };
    let address = views::save(&context, &reader.actor, list, &form).await?;
    super::say("The view is saved. You find it under Views, above this list.");
    super::go(&address);
    Ok(())
}

/// Changes what a view is called, who sees it, and whether a list opens with it.
#[server(prefix = "/do", endpoint = "change-view")]
pub async fn change_view(
    view: String,
    #[server(default)] name: String,
    #[server(default)] shared: String,
    #[server(default)] start: String,
) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let change = Change { name, is_shared: !shared.is_empty(), is_start: !start.is_empty() };
    views::change(&context, &reader.actor, view.parse().map_err(|_| ApiError::NotFound)?, &change).await?;
    super::say("The view is changed.");
    super::go("/views");
    Ok(())
}

/// Has the menu open a list with a view, or whole again.
#[server(prefix = "/do", endpoint = "start-view")]
pub async fn start_view(view: String, #[server(default)] with: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let with = !with.is_empty();
    let view = views::start(&context, &reader.actor, view.parse().map_err(|_| ApiError::NotFound)?, with).await?;
    let list = text::list(view.list);
    super::say(if with {
        format!("{list} in the menu now opens with “{}”.", view.name)
    } else {
        format!("{list} in the menu now opens the whole list.")
    });
    super::go(&view.list.address(&view.query));
    Ok(())
}

/// Removes a view.
#[server(prefix = "/do", endpoint = "remove-view")]
pub async fn remove_view(view: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let view = views::remove(&context, &reader.actor, view.parse().map_err(|_| ApiError::NotFound)?).await?;
    super::say(format!("“{}” is removed. The rows it showed stay as they are.", view.name));
    super::go("/views");
    Ok(())
}
