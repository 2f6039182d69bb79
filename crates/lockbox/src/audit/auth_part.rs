use serde::Serialize;
use serde_json::value::RawValue;

use super::{Asker, Bearer, Decision, Entry, keys::Salt, line::ROOT};
use crate::{auth::token::Metadata, clock::Moment, exchange::Authenticated};

/// Who asks, or whom a login let in.
#[derive(Default, Serialize)]
pub(super) struct AuthPart<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) accessor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policies: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_policies: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_results: Option<PolicyResults<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    num_uses: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining_uses: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entity_id: Option<&'a str>,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_ttl: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_issue_time: Option<Moment>,
}

impl<'a> AuthPart<'a> {
    pub(super) fn of_asker(salt: &Salt, entry: &Entry<'a>) -> Self {
        match entry.asker {
            Asker::Nobody => Self { token_type: "default", ..Self::default() },
            Asker::Anybody => {
                let results = PolicyResults { allowed: true, granting_policies: Vec::new() };
                Self { token_type: "default", policy_results: Some(results), ..Self::default() }
            }
            Asker::Stopped { accessor, .. } => Self {
                client_token: entry.token.map(|token| salt.hash(token)),
                accessor: accessor.map(|accessor| salt.hash(accessor)),
                token_type: "default",
                ..Self::default()
            },
            Asker::Bearer(bearer) => Self::of_bearer(salt, bearer),
        }
    }

    fn of_bearer(salt: &Salt, bearer: Bearer<'a>) -> Self {
        let policies = Some(bearer.policies).filter(|policies| !policies.is_empty());
        Self {
            client_token: Some(salt.hash(bearer.token)),
            accessor: filled(bearer.accessor).map(|accessor| salt.hash(accessor)),
            display_name: filled(bearer.display_name),
            policies,
            token_policies: policies,
            policy_results: Some(PolicyResults::of(bearer.decision)),
            metadata: bearer.metadata.filter(|said| !said.is_empty()).and_then(Metadata::to_json),
            num_uses: None,
            remaining_uses: Some(bearer.uses).filter(|uses| *uses > 0),
            entity_id: filled(bearer.entity_id),
            token_type: bearer.kind,
            token_ttl: Some(bearer.ttl.as_secs()).filter(|seconds| *seconds > 0),
            token_issue_time: Some(Moment::at_second(bearer.issued.seconds())),
        }
    }

    pub(super) fn of_issued(salt: &Salt, auth: &'a Authenticated) -> Self {
        let listed = |policies: &'a [String]| Some(policies).filter(|policies| !policies.is_empty());
        Self {
            client_token: Some(salt.hash(&auth.client_token)),
            accessor: filled(&auth.accessor).map(|accessor| salt.hash(accessor)),
            display_name: filled(&auth.display_name),
            policies: listed(&auth.policies),
            token_policies: listed(&auth.token_policies),
            policy_results: None,
            metadata: auth.metadata.clone(),
            num_uses: Some(auth.num_uses).filter(|uses| *uses != 0),
            remaining_uses: None,
            entity_id: filled(&auth.entity_id),
            token_type: auth.token_type,
            token_ttl: Some(auth.lease_duration).filter(|seconds| *seconds > 0),
            token_issue_time: auth.issued.map(|issued| Moment::at_second(issued.seconds())),
        }
    }
}

#[derive(Serialize)]
struct PolicyResults<'a> {
    allowed: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    granting_policies: Vec<GrantingPolicy<'a>>,
}

#[derive(Serialize)]
struct GrantingPolicy<'a> {
    name: &'a str,
    namespace_id: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
}

impl<'a> PolicyResults<'a> {
    fn of(decision: Decision<'a>) -> Self {
        let policy = |name: &&'a str| GrantingPolicy { name, namespace_id: ROOT, kind: "acl" };
        match decision {
            Decision::Granted(by) => {
                Self { allowed: true, granting_policies: by.iter().map(policy).collect() }
            }
            Decision::Refused => Self { allowed: false, granting_policies: Vec::new() },
        }
    }
}

fn filled(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}
