//! What the tests of the log write into it.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use serde_json::Value;
use zeroize::Zeroizing;

use super::{Asker, AuditKeys, Bearer, Decision, Entry, MountPoint, SealKey};
use crate::{
    clock::Moment,
    exchange::{Fields, Operation},
};

pub(super) const TOKEN: &str = "s.token-of-the-tests";

pub(super) fn keys() -> AuditKeys {
    AuditKeys::new(&Zeroizing::new([1; 32]), &Zeroizing::new([2; 32]))
}

pub(super) fn seal_key() -> SealKey {
    SealKey::new(&Zeroizing::new([2; 32]))
}

pub(super) fn at(second: u64) -> Moment {
    Moment::at_second(1_800_000_000 + second)
}

pub(super) fn fields(fields: Value) -> Fields {
    match fields {
        Value::Object(fields) => fields.into(),
        _ => Fields::default(),
    }
}

pub(super) fn bearer(policies: &[String]) -> Bearer<'_> {
    Bearer {
        token: TOKEN,
        accessor: "accessor-of-the-tests",
        kind: "service",
        display_name: "jwt-7",
        policies,
        metadata: None,
        entity_id: "",
        ttl: Duration::from_secs(60),
        issued: at(0),
        uses: 5,
        decision: Decision::Granted(&["p"]),
    }
}

/// A write of somebody with these policies.
pub(super) fn entry<'a>(policies: &'a [String], fields: &'a Fields) -> Entry<'a> {
    Entry {
        id: "1b0f1b37-7c8f-4c4b-93c9-6b0b6b0f3c55",
        asker: Asker::Bearer(bearer(policies)),
        operation: Operation::Update,
        mount: Some(MountPoint { path: "secret/", kind: "kv", accessor: "kv_1da1914f" }),
        path: "secret/data/x",
        fields,
        token: Some(TOKEN),
        from: IpAddr::V4(Ipv4Addr::LOCALHOST),
        port: Some(40_000),
        headers: &[],
        wrap: None,
    }
}
