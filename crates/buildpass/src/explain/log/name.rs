use std::collections::{BTreeMap, BTreeSet};

/// The claims of an ID token: <https://docs.gitlab.com/ci/secrets/id_token_authentication/>. A claim of another name is not shown.
const CLAIMS: [&str; 38] = [
    "aud",
    "ci_config_ref_uri",
    "ci_config_sha",
    "deployment_tier",
    "environment",
    "environment_action",
    "environment_protected",
    "exp",
    "groups_direct",
    "iat",
    "iss",
    "job_id",
    "job_namespace_id",
    "job_namespace_path",
    "job_project_id",
    "job_project_path",
    "jti",
    "namespace_id",
    "namespace_path",
    "nbf",
    "pipeline_id",
    "pipeline_source",
    "project_id",
    "project_path",
    "project_visibility",
    "ref",
    "ref_path",
    "ref_protected",
    "ref_type",
    "runner_environment",
    "runner_id",
    "sha",
    "sub",
    "user_access_level",
    "user_email",
    "user_id",
    "user_identities",
    "user_login",
];

/// Nobody reads more names of one row.
const MOST: usize = 8;

/// What stood in the place of a name, where it can be shown: it is plainly no secret.
pub(super) fn shown(place: &str, name: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(name).ok()?;
    let fine = match place {
        "claim" => CLAIMS.contains(&name.trim_start_matches('/')),
        "variable" => is_a_variable(name),
        _ => false,
    };
    fine.then(|| name.to_owned())
}

/// Words in capitals, none of them as long as a secret.
fn is_a_variable(name: &str) -> bool {
    let word = |word: &str| {
        word.len() <= 14 && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    name.len() <= 60
        && name.starts_with(|first: char| first.is_ascii_uppercase())
        && digits <= 4
        && name.split('_').all(word)
}

/// Adds names to those of earlier places.
pub(super) fn add(
    known: &mut BTreeMap<&'static str, BTreeSet<String>>,
    names: impl IntoIterator<Item = (&'static str, String)>,
) {
    for (place, name) in names {
        let there = known.entry(place).or_default();
        if there.len() < MOST {
            there.insert(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_plainly_no_secret_is_shown() {
        assert_eq!(shown("claim", b"ref_protected").as_deref(), Some("ref_protected"));
        assert_eq!(shown("variable", b"SECURITY_PRIVATE_TOKEN").as_deref(), Some("SECURITY_PRIVATE_TOKEN"));
        for (place, name) in [
            ("claim", "hunter"),
            ("claim", "glpat-made-up-0001"),
            ("variable", "AKIAIOSFODNN7EXAMPLE"),
            ("variable", "glpat-made-up-0001"),
            ("variable", "ABCDEFGHIJKLMNOPQRSTUVWX"),
            ("word", "anything"),
        ] {
            assert_eq!(shown(place, name.as_bytes()), None, "{name}");
        }
    }
}
