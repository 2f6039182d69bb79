use serde_json::json;

use crate::{
    api::{Core, failure::Failure},
    exchange::{Answer, Operation},
};

/// The answer to what anybody may ask; none when the path needs a token.
pub(crate) fn open(core: &Core, path: &str, operation: Operation) -> Option<Result<Answer, Failure>> {
    let answer = match path {
        "health" => health(core),
        "seal-status" => seal_status(core),
        "leader" => Answer::bare(&json!({ "ha_enabled": false })),
        "init" if operation == Operation::Read => Answer::bare(&json!({ "initialized": true })),
        _ => return None,
    };
    Some(if operation == Operation::Read { Ok(answer) } else { Err(Failure::UnknownMethod) })
}

fn health(core: &Core) -> Answer {
    Answer::bare(&json!({
        "initialized": true,
        "sealed": false,
        "standby": false,
        "replication_performance_mode": "disabled",
        "replication_dr_mode": "disabled",
        "server_time_utc": core.now().seconds(),
        "version": OPENBAO_VERSION,
        "cluster_name": cluster_name(core),
        "cluster_id": core.cluster_id,
    }))
}

fn seal_status(core: &Core) -> Answer {
    Answer::bare(&json!({
        "type": "shamir",
        "initialized": true,
        "sealed": false,
        "t": 1,
        "n": 1,
        "progress": 0,
        "nonce": "",
        "recovery_seal": false,
        "version": OPENBAO_VERSION,
        "migration": false,
        "cluster_name": cluster_name(core),
        "cluster_id": core.cluster_id,
        "storage_type": "inmem",
    }))
}

fn cluster_name(core: &Core) -> String {
    let start = core.cluster_id.split('-').next().unwrap_or_default();
    format!("vault-cluster-{start}")
}

/// The OpenBao whose answers these are.
const OPENBAO_VERSION: &str = "2.7.2";
