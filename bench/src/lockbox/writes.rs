use std::path::Path;

use super::{CONNECTIONS, HEAD, Server, in_turn, load::request, row};
use crate::{programs::Programs, report::Section, workbench::Administrator};
use serde_json::json;

/// Writes of KV version 2, each on disk before it is answered, on both sides.
pub(super) fn measure(
    programs: &Programs,
    runtime: &tokio::runtime::Runtime,
    folder: &Path,
    lockbox: &Server,
) -> anyhow::Result<Section> {
    let openbao = Server::openbao_on_disk(programs, folder, runtime)?;
    let mount = json!({"type": "kv", "options": {"version": "2"}});
    Administrator::build(runtime, &openbao.url(), &openbao.root_token)?.put("sys/mounts/ci", &mount)?;
    let servers = [lockbox, &openbao];
    let mut rows = Vec::new();
    for connections in [1, CONNECTIONS, MANY] {
        let write = |server: &Server, number: usize| {
            let body = format!("{{\"data\":{{\"token\":\"glpat-made-up-{number:08}\"}}}}");
            request("POST", &format!("ci/data/written/{connections}-{number}"), &server.root_token, &body)
        };
        let served = in_turn(&servers, connections, &write)?;
        for (server, each) in servers.iter().zip(&served) {
            rows.push(row(format!("{}, {connections} connections", server.name), each, &served[0]));
        }
    }
    Ok(Section {
        title: "lockbox: writes",
        about: "New secrets of KV version 2, each flushed to disk before it is answered; what comes at the same time is\n\
                flushed together, by both."
            .to_owned(),
        head: HEAD,
        rows,
        verdicts: Vec::new(),
    })
}

const MANY: usize = 64;
