use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{
    secret::{BuildToken, SecretName},
    vault::SecretRef,
};

/// A secret that the job may have, and how it is handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Its name, and the variable's.
    pub name: SecretName,
    /// Where it stands.
    pub from: SecretRef,
    /// How it is handed over.
    pub to: Delivery,
}

/// A secret that is already in the job's environment.
#[derive(Debug)]
pub struct Filled {
    /// Its name, and the variable's.
    pub name: SecretName,
    /// Its value.
    pub value: BuildToken,
    /// How it is handed over; where git alone is to have it, its variable goes.
    pub to: Delivery,
}

/// What stands in a variable whose secret is for git alone, for tools that look whether it is set. It is no secret.
pub const PLACEHOLDER: &str = "buildpass-placeholder";

/// How a build gets a secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Delivery {
    /// In the variable of its name.
    #[default]
    Env,
    /// In a file that is gone afterwards; the variable holds its path, as with GitLab's `file: true`.
    File,
    /// In no file, and in no variable but for a placeholder: git asks for it.
    Git(Variable),
}

/// What the variable of a secret holds that is for git alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Variable {
    /// There is none.
    #[default]
    Unset,
    /// [`PLACEHOLDER`], which git's configuration takes out of URLs again.
    Placeholder,
}

/// A word that is no delivery.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a way to hand a secret over: `env`, `file` and `git` are")]
pub struct NoDelivery(String);

impl FromStr for Delivery {
    type Err = NoDelivery;

    fn from_str(text: &str) -> Result<Self, NoDelivery> {
        match text {
            "env" => Ok(Self::Env),
            "file" => Ok(Self::File),
            "git" => Ok(Self::Git(Variable::default())),
            other => Err(NoDelivery(other.to_owned())),
        }
    }
}
