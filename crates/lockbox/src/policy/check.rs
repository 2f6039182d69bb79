use std::time::SystemTime;

use thiserror::Error;

use super::{Acl, document};
use crate::clock::Moment;

/// Why a text is no policy, as OpenBao says it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct PolicyProblem(String);

/// Holds a text against everything that a policy must be, without a server.
///
/// # Errors
/// With what the server would answer to who writes it at that time.
pub fn check_policy(text: &str, now: SystemTime) -> Result<(), PolicyProblem> {
    match document::parse(text, Moment::from(now)) {
        Ok(_) => Ok(()),
        Err(error) => Err(PolicyProblem(error.to_string())),
    }
}

/// What a token with these policies may do on a path, without a server; `deny` alone where none of them is about it.
///
/// # Errors
/// When a text is no policy.
pub fn capabilities(
    policies: &[&str],
    path: &str,
    now: SystemTime,
) -> Result<Vec<&'static str>, PolicyProblem> {
    match Acl::of_texts(policies, Moment::from(now)) {
        Ok(acl) => Ok(acl.names(path)),
        Err(error) => Err(PolicyProblem(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_policies_together_say_what_may_be_done() {
        let may = |policies: &[&str], path| capabilities(policies, path, SystemTime::UNIX_EPOCH);
        let wide = r#"path "ci/*" { capabilities = ["read"] allowed_parameters = { "a" = [] } }"#;
        let old = r#"path  "old" { policy = "read" } # path "ci/*" { capabilities = ["deny"] }"#;
        let never = r#"{"path": {"ci/*": {"capabilities": ["deny"]}}}"#;
        assert_eq!(may(&[wide], "ci/data/a").unwrap(), ["read"]);
        assert!(may(&[wide, old], "old").unwrap().contains(&"read"));
        assert_eq!(may(&[wide, old], "ci/data/a").unwrap(), ["read"]);
        assert_eq!(may(&[wide, never], "ci/data/a").unwrap(), ["deny"]);
        assert_eq!(may(&[], "ci/data/a").unwrap(), ["deny"]);
        assert!(may(&["path"], "ci/data/a").is_err());
    }
}
