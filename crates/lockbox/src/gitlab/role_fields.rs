use std::time::Duration;

use super::{GitlabError, name::Template, role::Role, token_type::TokenType};
use crate::exchange::{Field, Fields, Schema, full};

pub(super) const ROLE: Schema = Schema(&[
    ("role_name", Field::OfPath),
    ("path", Field::Text),
    ("name", Field::Text),
    ("scopes", Field::Texts),
    ("ttl", Field::Seconds),
    ("access_level", Field::Text),
    ("token_type", Field::Text),
    ("gitlab_revokes_token", Field::Flag),
    ("config_name", Field::Text),
    ("dynamic_path", Field::Flag),
]);

impl Role {
    /// The role that a request writes: as a whole, so that what it leaves out is as if it had never been said.
    ///
    /// # Errors
    /// When something is missing or wrong.
    pub(super) fn read(fields: &Fields) -> Result<Self, GitlabError> {
        ROLE.check(fields)?;
        let text = |field| fields.text(field).map(Option::unwrap_or_default);
        let required = |field: &'static str| match text(field)?.trim() {
            "" => Err(missing(field)),
            text => Ok(text.to_owned()),
        };
        if fields.flag("dynamic_path")?.unwrap_or_default() {
            let what = "dynamic_path".to_owned();
            return Err(GitlabError::Unsupported { what, instead: "give each path a role of its own" });
        }
        let token_type: TokenType = required("token_type")?.parse()?;
        let path = required("path")?;
        check_path(&path)?;
        let name = text("name")?;
        if !name.is_empty() {
            Template::parse(&name)?;
        }
        // GitLab gives Maintainer where nothing is said.
        let access_level = required("access_level")?.parse()?;
        let scopes = fields.texts("scopes")?.unwrap_or_default();
        let scopes: Vec<String> = scopes.iter().map(|scope| scope.trim().to_owned()).collect();
        check_scopes(&scopes, token_type)?;
        let gitlab_revokes_token = fields.flag("gitlab_revokes_token")?.unwrap_or_default();
        let ttl = fields.duration("ttl")?.filter(|ttl| !ttl.is_zero()).ok_or_else(|| missing("ttl"))?;
        check_ttl(ttl, gitlab_revokes_token)?;
        let config_name = text("config_name")?;
        let config_name = if config_name.is_empty() { "default".to_owned() } else { config_name };
        Ok(Self { path, name, scopes, ttl, access_level, token_type, gitlab_revokes_token, config_name })
    }
}

fn check_path(path: &str) -> Result<(), GitlabError> {
    let is_part = |part: &str| {
        !matches!(part, "" | "." | "..")
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
    };
    match path.split('/').all(is_part) {
        true => Ok(()),
        false => Err(GitlabError::Setting(format!(
            "path='{path}' is not a path of GitLab: its parts hold letters, digits, '_', '-' and '.'"
        ))),
    }
}

fn check_scopes(scopes: &[String], token_type: TokenType) -> Result<(), GitlabError> {
    if scopes.iter().all(String::is_empty) {
        return Err(missing("scopes"));
    }
    match scopes.iter().all(|scope| SCOPES.contains(&scope.as_str())) {
        true => Ok(()),
        false => Err(GitlabError::Setting(format!(
            "scopes='{scopes:?}' not allowed for token_type='{token_type}', should be one or more of {SCOPES:?}"
        ))),
    }
}

/// The shortest is what the public engine takes; whole days are GitLab's, which ends tokens at 00:00 UTC.
fn check_ttl(ttl: Duration, gitlab_revokes_token: bool) -> Result<(), GitlabError> {
    let shortest = if gitlab_revokes_token { A_DAY } else { AN_HOUR };
    if (shortest..=A_YEAR).contains(&ttl) {
        return Ok(());
    }
    let [ttl, shortest, longest] = [ttl, shortest, A_YEAR].map(full);
    Err(GitlabError::Setting(format!("ttl = {ttl} [{shortest} <= ttl <= {longest}]: invalid value")))
}

pub(super) fn missing(field: &str) -> GitlabError {
    GitlabError::Setting(format!("{field}: required field"))
}

const AN_HOUR: Duration = Duration::from_secs(3600);
const A_DAY: Duration = Duration::from_secs(24 * 3600);
const A_YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// Those of [group](https://docs.gitlab.com/user/group/settings/group_access_tokens/) and project access tokens.
const SCOPES: [&str; 13] = [
    "api",
    "read_api",
    "read_repository",
    "write_repository",
    "read_registry",
    "write_registry",
    "read_virtual_registry",
    "write_virtual_registry",
    "create_runner",
    "manage_runner",
    "ai_features",
    "k8s_proxy",
    "self_rotate",
];

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{super::role::tests::role, *};

    fn read(more: Value) -> Result<Role, String> {
        let mut fields = json!({
            "path": "gitlab-org/security", "scopes": "read_repository", "ttl": "1h", "access_level": "reporter",
            "token_type": "group",
        });
        for (name, value) in more.as_object().unwrap() {
            fields[name] = value.clone();
        }
        let fields = Fields::from(fields.as_object().cloned().unwrap());
        Role::read(&fields).map_err(|error| error.to_string())
    }

    #[test]
    fn a_role_is_read_as_it_is_written() {
        assert_eq!(read(json!({})), Ok(role()));
        assert_eq!(
            read(json!({ "access_level": 20, "scopes": ["read_repository"], "ttl": 3600 })),
            Ok(role())
        );
        let described =
            read(json!({ "name": "x {{ .claims.job_id }}", "path": "42" })).unwrap().describe("ci");
        assert_eq!(
            (&described["name"], &described["path"]),
            (&json!("x {{ .claims.job_id }}"), &json!("42"))
        );
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        for (more, expected) in [
            (json!({ "path": "" }), "path: required field"),
            (json!({ "path": null }), "path: required field"),
            (json!({ "path": "a/../b" }), "path='a/../b' is not a path of GitLab"),
            (json!({ "path": ".." }), "is not a path of GitLab"),
            (json!({ "path": "a b" }), "is not a path of GitLab"),
            (json!({ "path": "a?x=1" }), "is not a path of GitLab"),
            (json!({ "scopes": null }), "scopes: required field"),
            (json!({ "scopes": [] }), "scopes: required field"),
            (
                json!({ "scopes": "read_repository,sudo" }),
                "not allowed for token_type='group', should be one or more of",
            ),
            (json!({ "access_level": null }), "access_level: required field"),
            (json!({ "access_level": "root" }), "access_level='root', should be one of [guest, planner,"),
            (json!({ "token_type": null }), "token_type: required field"),
            (
                json!({ "token_type": "personal" }),
                "token_type='personal' is not supported by lockbox: there are group and project",
            ),
            (json!({ "token_type": "x" }), "token_type='x', should be one of [group, project]"),
            (json!({ "ttl": null }), "ttl: required field"),
            (json!({ "ttl": "30m" }), "ttl = 30m0s [1h0m0s <= ttl <= 8760h0m0s]: invalid value"),
            (json!({ "ttl": "366d" }), "ttl = 8784h0m0s [1h0m0s <="),
            (json!({ "ttl": "2h", "gitlab_revokes_token": true }), "ttl = 2h0m0s [24h0m0s <="),
            (
                json!({ "dynamic_path": true }),
                "dynamic_path is not supported by lockbox: give each path a role of its own",
            ),
            (json!({ "name": "{{ .nothing }}" }), "invalid template \"{{ .nothing }}\" for name"),
            (json!({ "ttl": [] }), "error converting input for field \"ttl\""),
        ] {
            let refusal = read(more.clone()).unwrap_err();
            assert!(refusal.contains(expected), "{more}: {refusal}");
        }
    }
}
