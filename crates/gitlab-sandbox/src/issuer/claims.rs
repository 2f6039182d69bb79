use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// For whom a token is: one name, or several.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    /// Sent as a JSON string.
    One(String),
    /// Sent as a JSON list, even when it has one element.
    Several(Vec<String>),
}

/// Whether a job runs for a branch or for a tag.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RefType {
    /// `refs/heads/…`
    #[default]
    Branch,
    /// `refs/tags/…`
    Tag,
}

impl RefType {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Branch => "branch",
            Self::Tag => "tag",
        }
    }

    pub(crate) fn full_name(self, name: &str) -> String {
        match self {
            Self::Branch => format!("refs/heads/{name}"),
            Self::Tag => format!("refs/tags/{name}"),
        }
    }
}

/// What an ID token tells about a project.
#[derive(Clone, Debug)]
pub(crate) struct ProjectIdentity {
    pub(crate) id: u64,
    pub(crate) path: String,
    pub(crate) namespace_id: u64,
    pub(crate) namespace_path: String,
    pub(crate) visibility: &'static str,
}

/// One job, as an ID token describes it.
#[derive(Clone, Debug)]
pub(crate) struct JobIdentity {
    pub(crate) job_id: u64,
    pub(crate) pipeline_id: u64,
    pub(crate) project: ProjectIdentity,
    pub(crate) ref_name: String,
    pub(crate) ref_type: RefType,
    pub(crate) ref_protected: bool,
    pub(crate) sha: String,
    pub(crate) environment: Option<String>,
}

impl JobIdentity {
    /// The claims that do not depend on time or audience, for the issuer at `base_url`.
    pub(crate) fn claims(&self, base_url: &str) -> Map<String, Value> {
        let project = &self.project;
        let ref_path = self.ref_type.full_name(&self.ref_name);
        let host = base_url.split_once("://").map_or(base_url, |(_, host)| host);
        let claims = json!({
            "iss": base_url,
            "sub": format!(
                "project_path:{}:ref_type:{}:ref:{}",
                project.path,
                self.ref_type.as_str(),
                self.ref_name,
            ),
            "namespace_id": project.namespace_id.to_string(),
            "namespace_path": project.namespace_path,
            "project_id": project.id.to_string(),
            "project_path": project.path,
            "user_id": "2",
            "user_login": "developer",
            "user_email": "developer@example.com",
            "user_access_level": "developer",
            "pipeline_id": self.pipeline_id.to_string(),
            "pipeline_source": "push",
            "job_id": self.job_id.to_string(),
            "ref": self.ref_name,
            "ref_type": self.ref_type,
            "ref_path": ref_path,
            "ref_protected": self.ref_protected.to_string(),
            "groups_direct": [project.namespace_path],
            "runner_id": 1,
            "runner_environment": "self-hosted",
            "sha": self.sha,
            "project_visibility": project.visibility,
            "ci_config_ref_uri": format!("{host}/{}//.gitlab-ci.yml@{ref_path}", project.path),
            "ci_config_sha": self.sha,
            "job_project_id": project.id.to_string(),
            "job_project_path": project.path,
            "job_namespace_id": project.namespace_id.to_string(),
            "job_namespace_path": project.namespace_path,
        });
        let mut claims = match claims {
            Value::Object(claims) => claims,
            _ => Map::new(),
        };
        if let Some(environment) = &self.environment {
            claims.insert("environment".into(), environment.as_str().into());
            claims.insert("environment_protected".into(), "false".into());
            claims.insert("deployment_tier".into(), "production".into());
            claims.insert("environment_action".into(), "start".into());
        }
        claims
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job() -> JobIdentity {
        JobIdentity {
            job_id: 7,
            pipeline_id: 5,
            project: ProjectIdentity {
                id: 3,
                path: "gitlab-org/security/omnibus-gitlab".into(),
                namespace_id: 2,
                namespace_path: "gitlab-org/security".into(),
                visibility: "private",
            },
            ref_name: "main".into(),
            ref_type: RefType::Branch,
            ref_protected: true,
            sha: "0".repeat(40),
            environment: None,
        }
    }

    #[test]
    fn ids_are_strings_and_the_runner_is_a_number() {
        let claims = job().claims("http://127.0.0.1:3000");
        assert_eq!(claims["project_id"], "3");
        assert_eq!(claims["job_id"], "7");
        assert_eq!(claims["ref_protected"], "true");
        assert_eq!(claims["runner_id"], 1);
        assert_eq!(claims["sub"], "project_path:gitlab-org/security/omnibus-gitlab:ref_type:branch:ref:main");
        assert_eq!(
            claims["ci_config_ref_uri"],
            "127.0.0.1:3000/gitlab-org/security/omnibus-gitlab//.gitlab-ci.yml@refs/heads/main"
        );
    }

    #[test]
    fn environment_claims_are_there_only_with_an_environment() {
        let without = job().claims("http://127.0.0.1:3000");
        assert!(without.keys().all(|name| !name.starts_with("environment") && name != "deployment_tier"));

        let with = JobIdentity { environment: Some("production".into()), ..job() };
        assert_eq!(with.claims("http://127.0.0.1:3000")["environment"], "production");
    }
}
