use serde::Serialize;
use serde_json::Value;

use super::{
    Entry, Outcome, WrapInfo, auth_part::AuthPart, hashed, keys::Salt, line::RUNNING_VERSION,
    request_part::class,
};
use crate::clock::Moment;

/// What was answered.
#[derive(Serialize)]
pub(super) struct ResponsePart<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    auth: Option<AuthPart<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mount_point: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mount_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mount_accessor: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mount_running_plugin_version: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mount_class: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<Secret<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warnings: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wrap_info: Option<WrapPart<'a>>,
}

#[derive(Serialize)]
struct Secret<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    lease_id: &'a str,
}

#[derive(Serialize)]
struct WrapPart<'a> {
    ttl: u64,
    token: String,
    accessor: String,
    creation_time: Moment,
    creation_path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    wrapped_accessor: Option<String>,
}

impl<'a> ResponsePart<'a> {
    pub(super) fn new(salt: &Salt, entry: &Entry<'a>, knows_accessor: bool, outcome: &Outcome<'a>) -> Self {
        let mount = entry.mount;
        let part = Self {
            auth: None,
            mount_point: mount.map(|mount| mount.path),
            mount_type: mount.map(|mount| mount.kind),
            mount_accessor: mount.map(|mount| mount.accessor).filter(|_| knows_accessor),
            mount_running_plugin_version: mount.map(|_| RUNNING_VERSION),
            mount_class: mount.map(class),
            secret: None,
            data: None,
            warnings: None,
            wrap_info: None,
        };
        match outcome {
            Outcome::Refused(refusal) => {
                let told = refusal.told().map(|told| serde_json::json!({ "error": salt.hash(told) }));
                Self { data: told, ..part }
            }
            Outcome::Answered(said) => match &said.wrap_info {
                Some(wrap) => Self { wrap_info: Some(WrapPart::of(salt, wrap)), ..part },
                None => Self {
                    auth: said.auth.map(|auth| AuthPart::of_issued(salt, auth)),
                    secret: said.lease_id.map(|lease_id| Secret { lease_id }),
                    data: said
                        .data
                        .map(|data| hashed::data(salt, data, said.times.reachable()))
                        .filter(|data| data.as_object().is_none_or(|members| !members.is_empty())),
                    warnings: Some(said.warnings).filter(|warnings| !warnings.is_empty()),
                    ..part
                },
            },
        }
    }
}

impl<'a> WrapPart<'a> {
    fn of(salt: &Salt, wrap: &WrapInfo<'a>) -> Self {
        Self {
            ttl: wrap.ttl.as_secs(),
            token: salt.hash(wrap.token),
            accessor: salt.hash(wrap.accessor),
            creation_time: wrap.created,
            creation_path: wrap.path,
            wrapped_accessor: wrap.wrapped_accessor.map(|accessor| salt.hash(accessor)),
        }
    }
}
