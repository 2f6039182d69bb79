use std::{fmt, str::FromStr};

use super::{AccessLevel, Scope};

/// Why a text names nothing that GitLab or the vault would take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// A token's name.
    #[error(
        "`{0}` is not the name of a token: it takes 1 to 255 characters, none of them a control character or a blank at an end"
    )]
    Token(String),
    /// A path of GitLab.
    #[error(
        "`{0}` is not a path of GitLab: its parts hold letters, digits, `_`, `-` and `.`, and neither start with `-` or `.` nor end in `.`, `.git` or `.atom`"
    )]
    Path(String),
    /// A role's name.
    #[error(
        "`{0}` is not the name of a role: the vault takes letters, digits and `_`, with `-` and `.` between them"
    )]
    Role(String),
    /// An access level.
    #[error("`{0}` is not a role of GitLab: {levels}", levels = AccessLevel::ALL.map(AccessLevel::as_str).join(", "))]
    Level(String),
    /// A scope.
    #[error("`{0}` is not a scope of group and project access tokens: {scopes}", scopes = Scope::known().collect::<Vec<_>>().join(", "))]
    Scope(String),
    /// A ref or a pattern of refs.
    #[error("`{0}` is no branch or tag, and no pattern of them")]
    Ref(String),
}

/// The name of an access token, as GitLab shows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenName(String);

/// The full path of a group or project, such as `gitlab-org/security`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FullPath(String);

/// The name of a role on a JWT auth mount.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleName(String);

impl TokenName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TokenName {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let fine = (1..=255).contains(&text.chars().count())
            && text.trim() == text
            && !text.contains(char::is_control);
        fine.then(|| Self(text.to_owned())).ok_or_else(|| BadName::Token(text.to_owned()))
    }
}

impl FullPath {
    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part that names the thing itself.
    pub fn last(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// Whether it is `group`, or lies in it; GitLab looks paths up in whatever case they are written.
    pub fn lies_in(&self, group: &Self) -> bool {
        let (path, group) = (self.0.to_ascii_lowercase(), group.0.to_ascii_lowercase());
        path.strip_prefix(&group).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether it is the same group or project, in whatever case it is written.
    pub fn is(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }

    /// As one segment of a URL of GitLab's API.
    pub fn in_url(&self) -> String {
        self.0.replace('/', "%2F")
    }
}

/// <https://docs.gitlab.com/user/reserved_names/#rules-for-usernames-project-and-group-names-and-slugs>
impl FromStr for FullPath {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let allowed = |each: char| each.is_ascii_alphanumeric() || "_-.".contains(each);
        let is_segment = |segment: &str| {
            !segment.is_empty()
                && segment.len() <= 255
                && segment.chars().all(allowed)
                && !segment.starts_with(['-', '.'])
                && ![".", ".git", ".atom"].iter().any(|end| segment.ends_with(end))
        };
        let fine = text.split('/').all(is_segment);
        fine.then(|| Self(text.to_owned())).ok_or_else(|| BadName::Path(text.to_owned()))
    }
}

impl RoleName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RoleName {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let word = |each: char| each.is_ascii_alphanumeric() || each == '_';
        let fine = text.starts_with(word)
            && text.ends_with(word)
            && text.len() <= 200
            && text.chars().all(|each| word(each) || "-.".contains(each));
        fine.then(|| Self(text.to_owned())).ok_or_else(|| BadName::Role(text.to_owned()))
    }
}

impl fmt::Display for TokenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for FullPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_neither_server_would_take_is_no_name() {
        for text in ["", " a", "a\n", &"x".repeat(256)] {
            assert!(text.parse::<TokenName>().is_err(), "{text:?}");
        }
        for text in ["", "/a", "a/", "a//b", "-a", "a/.b", "a.git", "a/b.atom", "a b", "ä", "a/../b", "a*"] {
            assert!(text.parse::<FullPath>().is_err(), "{text:?}");
        }
        for text in ["", "-a", "a-", "a/b", "a b", "ä", "a*"] {
            assert!(text.parse::<RoleName>().is_err(), "{text:?}");
        }
        assert!("Build token (α)".parse::<TokenName>().is_ok());
        assert!("gitlab-org/security/omnibus-gitlab".parse::<FullPath>().is_ok());
        assert!("omnibus-gitlab".parse::<RoleName>().is_ok());
    }

    #[test]
    fn a_path_that_only_looks_alike_lies_outside() {
        let group: FullPath = "gitlab-org/security".parse().unwrap();
        for (path, inside) in [
            ("gitlab-org/security/a", true),
            ("GitLab-org/Security/a/b", true),
            ("gitlab-org/security", true),
            ("gitlab-org/security-evil/a", false),
            ("gitlab-org", false),
        ] {
            assert_eq!(path.parse::<FullPath>().unwrap().lies_in(&group), inside, "{path}");
        }
    }
}
