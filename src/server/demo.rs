//! The demonstration: a small company with one sign-in for each audience.

use super::start::StartError;
use crate::{auth::machine, service::Context, store::organisations};

/// The name of the demonstration's key.
const KEY_NAME: &str = "Demonstration";

/// Makes the administrator's key anew, so that it is known; `wanted` comes from the environment.
pub async fn api_key(context: &Context, wanted: Option<String>) -> Result<String, StartError> {
    let mut tx = context.db.begin().await?;
    let hub = organisations::hub(&mut tx).await?.ok_or_else(|| StartError::Other("the demonstration has no hub".to_owned()))?;
    let key = wanted.unwrap_or_else(|| machine::new_key(&context.ids));
    crate::store::machine::revoke(&mut tx, hub.id, KEY_NAME, context.now()).await?;
    machine::keep(context, &mut tx, hub.id, KEY_NAME, &key).await?;
    tx.commit().await?;
    Ok(key)
}
