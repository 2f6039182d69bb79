use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    Asker, Entry, Header, MountPoint,
    auth_part::AuthPart,
    hashed,
    keys::Salt,
    line::{ROOT, RUNNING_VERSION},
};
use crate::exchange::Operation;

/// What was asked.
#[derive(Serialize)]
pub(super) struct RequestPart<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    operation: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mount_point: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mount_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mount_accessor: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mount_running_version: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mount_class: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_token_accessor: Option<String>,
    namespace: Namespace,
    path: &'a str,
    #[serde(skip_serializing_if = "Map::is_empty")]
    data: Map<String, Value>,
    remote_address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remote_port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wrap_ttl: Option<u64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, Vec<String>>,
}

#[derive(Serialize)]
struct Namespace {
    id: &'static str,
}

impl<'a> RequestPart<'a> {
    /// A bearer's token and accessor are hashed once for a line: they are most of its work.
    pub(super) fn new(salt: &Salt, entry: &Entry<'a>, knows_accessor: bool, auth: &AuthPart<'a>) -> Self {
        let Entry { asker, mount, .. } = *entry;
        let (client_token, client_token_accessor) = match asker {
            Asker::Bearer(bearer) if entry.token == Some(bearer.token) => {
                (auth.client_token.clone(), auth.accessor.clone())
            }
            Asker::Bearer(_) => (entry.token.map(|token| salt.hash(token)), auth.accessor.clone()),
            Asker::Stopped { .. } => (auth.client_token.clone(), auth.accessor.clone()),
            Asker::Nobody | Asker::Anybody => (entry.token.map(|token| salt.hash(token)), None),
        };
        let point = mount.map(|mount| mount.path);
        // Where a request was stopped before, nobody has asked what is there.
        let mount = mount.filter(|_| !matches!(asker, Asker::Stopped { .. }));
        let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for header in entry.headers {
            let (name, value) = match *header {
                Header::Plain { name, value } => (name, value.to_owned()),
                Header::Hashed { name, value } => (name, salt.hash(value)),
            };
            headers.entry(name.to_lowercase()).or_default().push(value);
        }
        Self {
            id: entry.id,
            client_id: client_id(asker),
            operation: operation(entry.operation),
            mount_point: point,
            mount_type: mount.map(|mount| mount.kind),
            mount_accessor: mount.map(|mount| mount.accessor).filter(|_| knows_accessor),
            mount_running_version: mount.map(|_| RUNNING_VERSION),
            mount_class: mount.map(class),
            client_token,
            client_token_accessor,
            namespace: Namespace { id: ROOT },
            path: entry.path,
            data: hashed::fields(salt, entry.fields.all()),
            remote_address: entry.from.to_string(),
            remote_port: entry.port,
            wrap_ttl: entry.wrap.map(|wrap| wrap.as_secs()).filter(|seconds| *seconds > 0),
            headers,
        }
    }
}

/// By what OpenBao counts its clients: the entity, or the policies of who has none.
fn client_id(asker: Asker<'_>) -> Option<String> {
    let Asker::Bearer(bearer) = asker else { return None };
    if !bearer.entity_id.is_empty() {
        return Some(bearer.entity_id.to_owned());
    }
    let mut policies: Vec<&str> = bearer.policies.iter().map(String::as_str).collect();
    policies.sort_unstable();
    let named = format!("{}\0{ROOT}", policies.join("\x7f"));
    Some(STANDARD.encode(digest(&SHA256, named.as_bytes())))
}

pub(super) fn class(mount: MountPoint<'_>) -> &'static str {
    if mount.path.starts_with("auth/") { "auth" } else { "secret" }
}

fn operation(operation: Operation) -> &'static str {
    match operation {
        Operation::Create => "create",
        Operation::Read => "read",
        Operation::Update => "update",
        Operation::Patch => "patch",
        Operation::Delete => "delete",
        Operation::List => "list",
        Operation::Scan => "scan",
        Operation::Head => "header",
    }
}

#[cfg(test)]
mod tests {
    use super::{super::sample, *};
    use crate::exchange::Fields;

    #[test]
    fn the_clients_without_an_entity_are_counted_as_openbao_counts_them() {
        let fields = Fields::default();
        for (policies, id) in [
            (["root".to_owned()], "0DHqvq2D77kL2/JTPSZkTMJbkFVmUu0TzMi0jiXcFy8="),
            (["default".to_owned()], "g0A6QFkmfBoCzvwgAWlrwXxqmnxezsz9P+RmbKWtbTM="),
        ] {
            assert_eq!(client_id(sample::entry(&policies, &fields).asker).as_deref(), Some(id));
        }
    }
}
