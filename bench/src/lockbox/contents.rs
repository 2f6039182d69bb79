use super::{
    Server,
    load::{Amount, Load, request},
};
use crate::workbench::{Administrator, Sandbox};

/// The reference deployment on every server; gives the ID tokens that may log in, all different.
pub(super) fn deploy(
    runtime: &tokio::runtime::Runtime,
    sandbox: &Sandbox,
    servers: &[&Server],
) -> anyhow::Result<Vec<String>> {
    let mut issuer = None;
    for server in servers {
        let administrator = Administrator::build(runtime, &server.url(), &server.root_token)?;
        administrator.deploy(&sandbox.url, &[AUDIENCE])?;
        issuer = Some(administrator);
    }
    let Some(issuer) = issuer else { return Ok(Vec::new()) };
    (0..ID_TOKENS).map(|_| sandbox.id_token(&issuer, AUDIENCE)).collect()
}

/// So many secrets, each with a name and a value of its own.
pub(super) fn fill(server: &Server, from: usize, to: usize) -> anyhow::Result<()> {
    let token = &server.root_token;
    let write = |number: usize| {
        let number = from + number;
        let body = format!("{{\"data\":{{\"token\":\"glpat-made-up-{number:08}\"}}}}");
        request("POST", &format!("ci/data/{}", name(number)), token, &body)
    };
    let load = Load { address: &server.address, connections: FILLERS, request: &write };
    load.run(Amount::Requests(to - from)).map(|_| ())
}

/// A thousand in each folder.
pub(super) fn name(number: usize) -> String {
    format!("team-{}/secret-{number}", number / 1000)
}

pub(super) const ID_TOKENS: usize = 1000;
const AUDIENCE: &str = "https://vault.example.com";
const FILLERS: usize = 32;
