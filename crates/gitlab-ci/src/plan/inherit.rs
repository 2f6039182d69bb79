use alloc::collections::BTreeSet;

use super::defaults::KEYS;
use super::spot::{Spot, boolean, texts};
use crate::invalid::Invalid;

/// What a job takes over from the pipeline.
#[derive(Debug, Default)]
pub(super) struct Inherit<'a> {
    pub(super) default: Choice<'a>,
    pub(super) variables: Choice<'a>,
}

/// Which of several named things.
#[derive(Debug, Default)]
pub(super) enum Choice<'a> {
    #[default]
    All,
    None,
    Only(BTreeSet<&'a str>),
}

impl<'a> Inherit<'a> {
    /// # Errors
    /// Where GitLab would refuse it.
    pub(super) fn of(job: &Spot<'_, 'a>) -> Result<Self, Invalid> {
        let Some(spot) = job.key("inherit") else { return Ok(Self::default()) };
        spot.allow_keys(&[&["default", "variables"]])?;
        let default = Choice::of(spot.key("default"))?;
        if let (Choice::Only(names), Some(spot)) = (&default, spot.key("default")) {
            let unknown =
                names.iter().copied().filter(|name| !KEYS.contains(name)).collect::<alloc::vec::Vec<_>>();
            if !unknown.is_empty() {
                return Err(
                    spot.invalid(&alloc::format!("config contains unknown values: {}", unknown.join(", ")))
                );
            }
        }
        Ok(Self { default, variables: Choice::of(spot.key("variables"))? })
    }
}

impl<'a> Choice<'a> {
    fn of(written: Option<Spot<'_, 'a>>) -> Result<Self, Invalid> {
        let Some(spot) = written else { return Ok(Self::All) };
        match (boolean(spot.value), texts(spot.value)) {
            (Some(true), _) => Ok(Self::All),
            (Some(false), _) => Ok(Self::None),
            (None, Some(names)) => Ok(Self::Only(names.into_iter().map(|(name, _)| name).collect())),
            (None, None) => Err(spot.invalid("should be a bool or array of strings")),
        }
    }

    pub(super) fn takes(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::Only(names) => names.contains(name),
        }
    }
}
