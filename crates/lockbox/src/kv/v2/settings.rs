use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::secrets::Secrets;
use crate::{
    exchange::{Answer, FieldError, Fields, Request, full},
    kv::KvError,
    storage::Batch,
};

/// What a mount or a secret says about its versions; zero and false leave it to the other.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Settings {
    pub(super) max_versions: u64,
    pub(super) cas_required: bool,
    pub(super) delete_version_after: Duration,
}

impl Settings {
    pub(super) fn most_versions(&self, mount: &Self) -> u64 {
        match self.max_versions.max(mount.max_versions) {
            0 => 10,
            most => most,
        }
    }

    /// How long a new version lives: the shorter of the two, if any.
    pub(super) fn life(&self, mount: &Self) -> Option<Duration> {
        [self.delete_version_after, mount.delete_version_after]
            .into_iter()
            .filter(|life| !life.is_zero())
            .min()
    }

    /// Takes over what is given and leaves the rest.
    pub(super) fn merge(&mut self, fields: &Fields) -> Result<(), FieldError> {
        let max_versions = fields.integer("max_versions")?;
        let cas_required = fields.flag("cas_required")?;
        let delete_version_after = fields.duration("delete_version_after")?;
        if let Some(most) = max_versions {
            self.max_versions = u64::try_from(most).unwrap_or_default();
        }
        if let Some(required) = cas_required {
            self.cas_required = required;
        }
        if let Some(life) = delete_version_after {
            self.delete_version_after = life;
        }
        Ok(())
    }
}

pub(super) fn read(secrets: &Secrets) -> Result<Answer, KvError> {
    let Settings { max_versions, cas_required, delete_version_after } = secrets.settings()?;
    Ok(Answer::data(&json!({
        "cas_required": cas_required,
        "delete_version_after": full(delete_version_after),
        "max_versions": max_versions,
        "metadata_cas_required": false,
    })))
}

pub(super) async fn write(secrets: &Secrets, request: &Request<'_>) -> Result<Answer, KvError> {
    let _turn = secrets.shelf.turn("").await;
    let mut settings = secrets.settings()?;
    settings.merge(request.fields)?;
    let mut batch = Batch::default();
    secrets.keep_settings(&settings, &mut batch)?;
    secrets.shelf.commit(batch).await?;
    Ok(Answer::empty())
}
