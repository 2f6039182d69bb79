use serde_json::{Value, json};

use crate::{
    api::{failure::Failure, vault::Vault},
    exchange::{Answer, Fields},
};

pub(super) fn health(vault: &Vault, fields: &Fields) -> Result<Answer, Failure> {
    let header = vault.disk().header()?;
    let is_open = vault.core().is_some();
    let (status, field) = match (&header, is_open) {
        (None, _) => (501, "uninitcode"),
        (Some(_), false) => (503, "sealedcode"),
        (Some(_), true) => (200, "activecode"),
    };
    let mut chosen = None;
    for code in CODES {
        let said = status_code(fields, code)?;
        chosen = chosen.or(said.filter(|_| code == field));
    }
    said_plainly(fields, "standbyok")?;
    let replication = if is_open { "disabled" } else { "unknown" };
    let mut health = json!({
        "initialized": header.is_some(),
        "sealed": !is_open,
        "standby": !is_open,
        "replication_performance_mode": replication,
        "replication_dr_mode": replication,
        "server_time_utc": vault.now().seconds(),
        "version": OPENBAO_VERSION,
    });
    if is_open {
        name(&mut health, header.map(|header| header.cluster_id).as_deref());
    }
    Ok(Answer::bare(&health).with_status(chosen.unwrap_or(status)))
}

pub(super) fn seal_status(vault: &Vault) -> Result<Answer, Failure> {
    let header = vault.disk().header()?;
    let is_open = vault.core().is_some();
    let (nonce, progress) = vault.progress();
    let split = header.as_ref().map(|header| header.split);
    let mut status = json!({
        "type": "shamir",
        "initialized": header.is_some(),
        "sealed": !is_open,
        "t": split.map_or(0, |split| split.threshold()),
        "n": split.map_or(0, |split| split.shares()),
        "progress": progress,
        "nonce": nonce,
        "recovery_seal": false,
        "version": OPENBAO_VERSION,
        "commit_date": COMMIT_DATE,
        "migration": false,
        "storage_type": vault.disk().kind(),
    });
    if is_open {
        name(&mut status, header.map(|header| header.cluster_id).as_deref());
    }
    Ok(Answer::bare(&status))
}

pub(super) fn leader() -> Answer {
    Answer::bare(&json!({ "ha_enabled": false }))
}

fn name(shown: &mut Value, cluster_id: Option<&str>) {
    if let Some(id) = cluster_id {
        shown["cluster_name"] = format!("vault-cluster-{}", id.split('-').next().unwrap_or_default()).into();
        shown["cluster_id"] = id.into();
    }
}

/// The first value of a name in the query.
fn first(fields: &Fields, name: &'static str) -> Option<String> {
    fields.first(name).all().get(name).and_then(Value::as_str).map(str::to_owned)
}

/// The status that is asked for instead of the usual one, in digits alone.
fn status_code(fields: &Fields, name: &'static str) -> Result<Option<u16>, Failure> {
    let Some(code) = first(fields, name) else { return Ok(None) };
    code.parse().map(Some).map_err(|_| Failure::BrokenQuery)
}

/// A flag that is given without a value is a yes.
fn said_plainly(fields: &Fields, name: &'static str) -> Result<(), Failure> {
    match first(fields, name).as_deref() {
        None
        | Some(
            "" | "true" | "false" | "1" | "0" | "t" | "f" | "T" | "F" | "TRUE" | "FALSE" | "True" | "False",
        ) => Ok(()),
        Some(_) => Err(Failure::BrokenQuery),
    }
}

const CODES: [&str; 4] = ["uninitcode", "sealedcode", "activecode", "standbycode"];

/// The OpenBao whose answers these are.
const OPENBAO_VERSION: &str = "2.7.2";
const COMMIT_DATE: &str = "2026-10-26T20:32:27Z";
