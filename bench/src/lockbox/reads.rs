use super::{CONNECTIONS, HEAD, Server, contents, in_turn, load::request, row};
use crate::{
    report::{Section, Verdict},
    workbench::SECRET_PATH,
};

/// Reads of one secret, then of 100,000 in no order.
pub(super) fn measure(servers: &[&Server]) -> anyhow::Result<Section> {
    let one =
        |server: &Server, _: usize| request("GET", &format!("ci/data/{SECRET_PATH}"), &server.root_token, "");
    let of_one = in_turn(servers, CONNECTIONS, &one)?;
    for server in servers {
        contents::fill(server, 0, MANY)?;
    }
    let any = |server: &Server, number: usize| any_of(MANY, server, number);
    let of_many = in_turn(servers, CONNECTIONS, &any)?;
    let mut rows = Vec::new();
    for (what, served) in [("one secret", &of_one), ("100,000 secrets", &of_many)] {
        for (server, each) in servers.iter().zip(served) {
            rows.push(row(format!("{}, {what}", server.name), each, &served[0]));
        }
    }
    let why = "HTTP itself is most of a read; the clients share the cores.";
    let ratio = |served: &[super::Served]| served[0].per_second / served[1].per_second;
    Ok(Section {
        title: "lockbox: reads",
        about: format!(
            "Reads of KV version 2 over {CONNECTIONS} connections that stay open, each with a token and its policies; from the file on\n\
             lockbox's side, from memory on OpenBao's."
        ),
        head: HEAD,
        rows,
        verdicts: vec![
            Verdict::at_least("lockbox: reads of one secret, of OpenBao's", 10.0, ratio(&of_one), "×", why),
            Verdict::at_least(
                "lockbox: reads of 100,000 secrets, of OpenBao's",
                10.0,
                ratio(&of_many),
                "×",
                why,
            ),
        ],
    })
}

/// Another one each time, from all over.
pub(super) fn any_of(count: usize, server: &Server, number: usize) -> Vec<u8> {
    let picked = number.wrapping_mul(7_919_993) % count;
    request("GET", &format!("ci/data/{}", contents::name(picked)), &server.root_token, "")
}

pub(super) const MANY: usize = 100_000;
