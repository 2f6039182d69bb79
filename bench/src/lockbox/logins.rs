use super::{
    CONNECTIONS, HEAD, Server, in_turn,
    load::{Amount, Load, request},
    row,
};
use crate::{
    report::{Section, Verdict, mebibytes},
    workbench::ROLE,
};

/// The memory that as many sessions hold on each server, both just started; then JWT logins, each with a signature to verify and a
/// session to keep.
pub(super) fn measure(servers: &[&Server], tokens: &[String]) -> anyhow::Result<Section> {
    let login = |_: &Server, number: usize| login(tokens, number);
    let mut memory = Vec::new();
    for server in servers {
        let request = |number| login(server, number);
        let load = Load { address: &server.address, connections: CONNECTIONS, request: &request };
        load.run(Amount::Requests(LOGINS_FOR_MEMORY))?;
        memory.push(server.resident()?);
    }
    let served = in_turn(servers, CONNECTIONS, &login)?;
    let rates =
        servers.iter().zip(&served).map(|(server, each)| row(server.name.to_owned(), each, &served[0]));
    let held = servers.iter().zip(&memory).map(|(server, held)| {
        let what = format!("{}, memory after {LOGINS_FOR_MEMORY} logins", server.name);
        vec![what, mebibytes(*held), String::new(), String::new(), String::new()]
    });
    let rows = rates.chain(held).collect();
    let faster = served[0].per_second / served[1].per_second;
    Ok(Section {
        title: "lockbox: logins",
        about: format!(
            "JWT logins (RS256) over {CONNECTIONS} connections that stay open, with {} different ID tokens; every signature is verified.\n\
             lockbox serves from its file, and each login is on disk before it is answered; OpenBao keeps everything in memory. The\n\
             memory is that of the process after its first {LOGINS_FOR_MEMORY} logins, all of whose sessions are alive. The clients share the\n\
             two cores with the server.",
            tokens.len()
        ),
        head: HEAD,
        rows,
        verdicts: vec![
            Verdict::at_least(
                "lockbox: JWT logins, of OpenBao's",
                5.0,
                faster,
                "×",
                "Verifying a signature and flushing the disk are most of a login.",
            ),
            Verdict::at_least(
                "lockbox: memory after the logins, less than OpenBao's by",
                10.0,
                memory[1] as f64 / memory[0] as f64,
                "×",
                "Every session is kept in memory as well as on disk.",
            ),
        ],
    })
}

fn login(tokens: &[String], number: usize) -> Vec<u8> {
    let token = &tokens[number % tokens.len()];
    request("POST", "auth/jwt/login", "", &format!("{{\"role\":\"{ROLE}\",\"jwt\":\"{token}\"}}"))
}

const LOGINS_FOR_MEMORY: usize = 20_000;
