use super::Realm;
use crate::secret::SecretName;

/// The credentials that git may ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// One for each realm.
    pub realms: Vec<RealmCredential>,
}

/// Which secret is the password of a realm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RealmCredential {
    /// Where it goes.
    pub realm: Realm,
    /// The user name; GitLab takes any with an access token.
    pub username: String,
    /// The secret that is the password.
    pub password: SecretName,
}

/// What Omnibus GitLab writes; GitLab itself takes any name with an access token.
pub const DEFAULT_USERNAME: &str = "gitlab-ci-token";
