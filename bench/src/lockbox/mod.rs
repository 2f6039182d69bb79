//! lockbox beside OpenBao: the same requests by the same client, in turn.

/// Many clients at once.
mod load;

/// The servers, each a process.
mod server;

/// What both hold.
mod contents;

/// Logins with 1,000 different ID tokens.
mod logins;

/// Reads of one secret and of many.
mod reads;

/// Writes that are on disk.
mod writes;

/// A million entries.
mod growth;

use std::time::Duration;

use self::{
    load::{Amount, Load, Served},
    server::Server,
};
use crate::{programs::Programs, race::median, report::Section, workbench::Sandbox};

/// Everything about lockbox, in sections of its own.
pub(crate) fn measure(programs: &Programs) -> anyhow::Result<Vec<Section>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let folder = tempfile::tempdir()?;
    let sandbox = Sandbox::start(&runtime, folder.path(), &programs.search_path)?;
    let lockbox = Server::lockbox(programs, folder.path())?;
    let openbao = Server::openbao(programs, folder.path())?;
    let servers = [&lockbox, &openbao];
    let tokens = contents::deploy(&runtime, &sandbox, &servers)?;
    let logins = logins::measure(&servers, &tokens)?;
    let reads = reads::measure(&servers)?;
    drop(openbao);
    let writes = writes::measure(programs, &runtime, folder.path(), &lockbox)?;
    drop(lockbox);
    let folder = tempfile::tempdir()?;
    let lockbox = Server::lockbox(programs, folder.path())?;
    contents::deploy(&runtime, &sandbox, &[&lockbox])?;
    let growth = growth::measure(programs, folder.path(), lockbox)?;
    Ok(vec![logins, reads, writes, growth])
}

/// Every server in turn, round by round; the medians of all rounds.
fn in_turn(
    servers: &[&Server],
    connections: usize,
    request: &(dyn Fn(&Server, usize) -> Vec<u8> + Sync),
) -> anyhow::Result<Vec<Served>> {
    let mut rounds: Vec<Vec<Served>> = servers.iter().map(|_| Vec::new()).collect();
    for round in 0..=ROUNDS {
        for (server, served) in servers.iter().zip(&mut rounds) {
            let load =
                Load { address: &server.address, connections, request: &|number| request(server, number) };
            let outcome = load.run(Amount::For(if round == 0 { WARM_UP } else { ROUND }))?;
            if round > 0 {
                served.push(outcome);
            }
        }
    }
    Ok(rounds.iter().map(|served| middle(served)).collect())
}

fn middle(served: &[Served]) -> Served {
    Served {
        per_second: median(served.iter().map(|round| round.per_second).collect()),
        median: median(served.iter().map(|round| round.median).collect()),
        p99: median(served.iter().map(|round| round.p99).collect()),
    }
}

/// As the tables write it.
fn row(what: String, served: &Served, first: &Served) -> Vec<String> {
    vec![
        what,
        format!("{:.0}/s", served.per_second),
        format!("{:.2} ×", served.per_second / first.per_second),
        format!("{:.2} ms", served.median.as_secs_f64() * 1e3),
        format!("{:.2} ms", served.p99.as_secs_f64() * 1e3),
    ]
}

const HEAD: &[&str] = &["", "served", "of lockbox", "median", "p99"];
const CONNECTIONS: usize = 8;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(2);
const WARM_UP: Duration = Duration::from_millis(500);
