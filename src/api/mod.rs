//! Server functions and what they exchange: the only contract between browser and server. A function here unpacks its
//! input, asks `service`, and says where to go next; it decides nothing. Every function that changes something is a
//! POST, which is the default encoding; a test holds that.

pub mod account;
pub mod error;
// Forms post these and no island calls them, so the browser half does not carry them.
#[cfg(feature = "ssr")]
pub mod cases;
#[cfg(feature = "ssr")]
pub mod connections;
#[cfg(feature = "ssr")]
pub mod desk;
#[cfg(feature = "ssr")]
pub mod documents;
#[cfg(feature = "ssr")]
pub mod endpoints;
#[cfg(feature = "ssr")]
pub mod exceptions;
#[cfg(feature = "ssr")]
pub mod invoices;
#[cfg(feature = "ssr")]
pub mod mail;
#[cfg(feature = "ssr")]
pub mod notifications;
#[cfg(feature = "ssr")]
pub mod orders;
#[cfg(feature = "ssr")]
pub mod participants;
#[cfg(feature = "ssr")]
pub mod partners;
#[cfg(feature = "ssr")]
pub mod policies;
pub mod session;
#[cfg(feature = "ssr")]
pub mod shipments;
#[cfg(feature = "ssr")]
pub mod views;

#[cfg(feature = "ssr")]
pub use server_half::{actor, go, say, session, state};

/// What the bodies of server functions use.
#[cfg(feature = "ssr")]
mod server_half {
    use axum::http::{header, request::Parts};
    use leptos::prelude::use_context;
    use leptos_axum::ResponseOptions;
    use tower_sessions::Session;

    use super::error::ApiError;
    use crate::{
        auth::reader::MaybeReader,
        server::{said::Said, state::AppState, telemetry},
        service::Context,
        store::users::Reader,
    };

    /// A part of the request context that the server always provides.
    fn provided<T: Clone + Send + Sync + 'static>() -> Result<T, ApiError> {
        use_context::<T>().ok_or_else(|| {
            tracing::error!("{} is not provided", std::any::type_name::<T>());
            ApiError::Internal { reference: telemetry::reference() }
        })
    }

    /// Who asks, and what use cases need. Every function that is for people who are signed in begins with this;
    /// where nobody is, it ends with it.
    pub async fn actor() -> Result<(Context, Reader), ApiError> {
        let parts: Parts = provided()?;
        let reader = parts.extensions.get::<MaybeReader>().and_then(|reader| reader.0.clone()).ok_or(ApiError::SignIn)?;
        Ok((provided()?, reader))
    }

    /// The state of the server.
    pub fn state() -> Result<AppState, ApiError> {
        provided()
    }

    /// The session and the request it came with.
    pub fn session() -> Result<(Session, Parts), ApiError> {
        let parts: Parts = provided()?;
        let session = parts.extensions.get::<Session>().cloned().ok_or(ApiError::SignIn)?;
        Ok((session, parts))
    }

    /// Where the person goes next: a path of ours.
    pub fn go(address: &str) {
        leptos_axum::redirect(address);
    }

    /// What the next page says: what was done, in one sentence.
    pub fn say(notice: impl Into<String>) {
        let (Some(state), Some(response)) = (use_context::<AppState>(), use_context::<ResponseOptions>()) else { return };
        if let Some(cookie) = Said::notice(notice).cookie(state.config.server.is_secure()) {
            response.append_header(header::SET_COOKIE, cookie);
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    /// A GET can be sent by a link on another site, so nothing that changes something may be one; and nothing that is
    /// read needs to be a server function here.
    #[test]
    fn no_server_function_is_a_get() {
        let functions: Vec<_> = leptos::server_fn::axum::server_fn_paths().collect();
        assert!(functions.iter().any(|(path, _)| *path == "/do/sign-in"), "server functions are registered: {functions:?}");
        for (path, method) in functions {
            assert_eq!(method, http::Method::POST, "{path}");
            assert!(path.starts_with("/do/"), "{path} is not under /do/");
        }
    }
}
