use std::{io, path::PathBuf};

use crate::failure::{Blame, Failure};

/// Why a folder does not say which roles and policies a vault has. All of it is for whoever filled it to mend.
#[derive(Debug, thiserror::Error)]
pub enum BadRoleFile {
    /// The folder, or a file in it, cannot be read.
    #[error("{} cannot be read", .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// More files than a vault has roles.
    #[error("{} holds more than {most} files", .path.display())]
    TooMany {
        /// The folder.
        path: PathBuf,
        /// How many there may be.
        most: usize,
    },
    /// A file is no JSON.
    #[error("{} is no JSON", .path.display())]
    NotJson {
        /// The file.
        path: PathBuf,
        /// Where it stops being one.
        #[source]
        source: serde_json::Error,
    },
    /// A file holds something else.
    #[error("{} holds no {wanted}", .path.display())]
    Otherwise {
        /// The file.
        path: PathBuf,
        /// What it is to hold.
        wanted: &'static str,
    },
    /// A field of a role is not what a vault would say.
    #[error("`{key}` of the role in {} is not {wanted}", .path.display())]
    Field {
        /// The file.
        path: PathBuf,
        /// The field.
        key: String,
        /// What it is to be.
        wanted: &'static str,
    },
    /// A file is not named after what it holds.
    #[error("{} has no name, and a file is named after its role or policy", .0.display())]
    Nameless(PathBuf),
    /// Two files are about one thing.
    #[error("{} and {} both say what one {kind} is", .one.display(), .other.display())]
    Twice {
        /// A role or a policy.
        kind: &'static str,
        /// A file.
        one: PathBuf,
        /// Another.
        other: PathBuf,
    },
    /// A policy that no vault would take.
    #[error("{} is no policy", .path.display())]
    Policy {
        /// The file.
        path: PathBuf,
        /// What the vault would say.
        #[source]
        source: lockbox::PolicyProblem,
    },
}

impl BadRoleFile {
    /// What to do.
    pub fn hint(&self) -> String {
        let role = "`bao read -format=json auth/jwt/role/NAME >DIR/NAME.json` writes one";
        match self {
            Self::Unreadable { .. } => "name a folder that this user can read".to_owned(),
            Self::TooMany { .. } => "keep roles and policies alone there".to_owned(),
            Self::Nameless(_) | Self::NotJson { .. } | Self::Field { .. } => role.to_owned(),
            Self::Otherwise { .. } => format!("{role}, `bao policy read NAME >DIR/NAME.hcl` a policy"),
            Self::Twice { .. } => "keep the newer one".to_owned(),
            Self::Policy { .. } => "`bao policy read NAME >DIR/NAME.hcl` writes it as it is".to_owned(),
        }
    }
}

impl From<BadRoleFile> for Failure {
    fn from(error: BadRoleFile) -> Self {
        Self::of(&error, Some(error.hint()), Blame::Usage)
    }
}
