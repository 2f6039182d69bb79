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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Settings {
    pub(super) max_versions: u32,
    pub(super) cas_required: bool,
    pub(super) metadata_cas_required: bool,
    pub(super) life: Life,
}

/// How long a new version lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Life {
    /// As long as the other says.
    #[default]
    Unset,
    /// For ever, whatever the secrets say.
    Disabled,
    Limited(Duration),
}

/// What a request changes about settings.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) max_versions: Option<i64>,
    pub(super) cas_required: Option<bool>,
    pub(super) metadata_cas_required: Option<bool>,
    pub(super) life: Option<Life>,
}

impl Settings {
    pub(super) fn most_versions(&self, mount: &Self) -> u64 {
        match self.max_versions.max(mount.max_versions) {
            0 => 10,
            most => most.into(),
        }
    }

    /// How long a new version of this secret lives: the shorter of the two, if any.
    pub(super) fn life(&self, mount: &Self) -> Option<Duration> {
        match (self.life, mount.life) {
            (_, Life::Disabled) => None,
            (Life::Limited(own), Life::Limited(mount)) => Some(own.min(mount)),
            (Life::Limited(life), _) | (_, Life::Limited(life)) => Some(life),
            (Life::Unset | Life::Disabled, Life::Unset) => None,
        }
    }

    pub(super) fn apply(&mut self, changes: &Changes) {
        if let Some(most) = changes.max_versions {
            self.max_versions = wrapped(most);
        }
        self.cas_required = changes.cas_required.unwrap_or(self.cas_required);
        self.metadata_cas_required = changes.metadata_cas_required.unwrap_or(self.metadata_cas_required);
        self.life = changes.life.unwrap_or(self.life);
    }
}

impl Life {
    pub(super) fn text(self) -> String {
        match self {
            Self::Unset => "0s".to_owned(),
            Self::Disabled => "-1s".to_owned(),
            Self::Limited(life) => full(life),
        }
    }

    /// Of so many seconds: none is no limit, less than none disables.
    pub(super) fn of(seconds: i64) -> Self {
        match u64::try_from(seconds) {
            Ok(0) => Self::Unset,
            Ok(seconds) => Self::Limited(Duration::from_secs(seconds)),
            Err(_) => Self::Disabled,
        }
    }
}

impl Changes {
    pub(super) fn read(fields: &Fields) -> Result<Self, FieldError> {
        Ok(Self {
            max_versions: fields.given_integer("max_versions")?,
            cas_required: fields.given_flag("cas_required")?,
            metadata_cas_required: fields.given_flag("metadata_cas_required")?,
            life: fields.signed_seconds("delete_version_after")?.map(Life::of),
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        let Self { max_versions, cas_required, metadata_cas_required, life } = self;
        max_versions.is_none() && cas_required.is_none() && metadata_cas_required.is_none() && life.is_none()
    }

    /// What of it the mount does not allow.
    pub(super) fn warnings(&self, mount: &Settings) -> Vec<String> {
        [
            ("cas_required", self.cas_required, mount.cas_required),
            ("metadata_cas_required", self.metadata_cas_required, mount.metadata_cas_required),
        ]
        .into_iter()
        .filter(|(_, given, mandated)| *given == Some(false) && *mandated)
        .map(|(name, _, _)| {
            format!("{name:?} set to false, but is mandated by backend config. This value will be ignored.")
        })
        .collect()
    }
}

pub(super) fn read(secrets: &Secrets) -> Result<Answer, KvError> {
    let settings = secrets.settings(&secrets.shelf.view()?)?;
    Ok(Answer::data(&json!({
        "cas_required": settings.cas_required,
        "delete_version_after": settings.life.text(),
        "max_versions": settings.max_versions,
        "metadata_cas_required": settings.metadata_cas_required,
    })))
}

pub(super) async fn write(secrets: &Secrets, request: &Request<'_>) -> Result<Answer, KvError> {
    let changes = Changes::read(request.fields).map_err(KvError::Query)?;
    let _turn = secrets.shelf.turn("").await;
    let mut settings = secrets.settings(&secrets.shelf.view()?)?;
    settings.apply(&changes);
    let mut batch = Batch::default();
    secrets.keep_settings(&settings, &mut batch)?;
    secrets.shelf.commit(batch).await?;
    Ok(Answer::empty())
}

/// As Go cuts a number to 32 bits.
fn wrapped(most: i64) -> u32 {
    u32::try_from(most.rem_euclid(1 << 32)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn living(seconds: i64) -> Settings {
        Settings { life: Life::of(seconds), ..Settings::default() }
    }

    #[test]
    fn a_version_lives_as_long_as_both_allow() {
        for (own, mount, expected) in
            [(0, 0, None), (5, 0, Some(5)), (0, 5, Some(5)), (5, 9, Some(5)), (9, 5, Some(5)), (5, -1, None)]
        {
            let life = living(own).life(&living(mount));
            assert_eq!(life, expected.map(Duration::from_secs), "{own} and {mount}");
        }
        assert_eq!((Life::of(-7).text(), Life::of(3600).text()), ("-1s".to_owned(), "1h0m0s".to_owned()));
    }

    #[test]
    fn numbers_of_versions_are_cut_as_go_cuts_them() {
        for (most, expected) in [(-1, u32::MAX), (1 << 32, 0), ((1 << 32) + 1, 1), (7, 7)] {
            assert_eq!(wrapped(most), expected);
        }
        assert_eq!(Settings::default().most_versions(&Settings::default()), 10);
    }
}
