//! What runs in the browser. Everything here makes a page quicker that already works without it. An island holds no
//! page data: it reads what the server wrote into the page and changes what is shown. Islands have no props (their
//! values stand in `data-` attributes), so that no decoder has to be sent to the browser.

mod answer;
#[cfg(any(feature = "hydrate", test))]
mod answer_sums;
pub mod figures;
mod live;
mod shortcuts;
mod upload;

pub use answer::AnswerForm;
#[cfg(feature = "ssr")]
pub use live::Live;
pub use live::LiveUpdates;
pub use shortcuts::Shortcuts;
pub use upload::FileUpload;

#[cfg(feature = "hydrate")]
mod answer_browser;
#[cfg(feature = "hydrate")]
mod dom;
#[cfg(feature = "hydrate")]
mod live_browser;
#[cfg(feature = "hydrate")]
mod live_reconcile;
#[cfg(feature = "hydrate")]
mod shortcuts_browser;
#[cfg(feature = "hydrate")]
mod upload_browser;
