use std::{
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use buildpass::http::{Client, Method, Tls, secret_header};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::{
    contender::{Contender, surround},
    job_to_token::runner,
    race::{Runner, median},
    report::{Section, milliseconds},
    workbench::{Place, ROLE, SECRET_PATH, Workbench},
};

/// Each time in a fresh process: a second time in the same one would find everything warm.
const RUNS: usize = 60;

const PATIENCE: Duration = Duration::from_secs(30);

const STEPS: [&str; 5] =
    ["the client, with the authorities for TLS", "connection", "login", "read", "session given back"];

/// What was measured of one way to the vault.
#[derive(Default)]
struct Column {
    whole: Vec<Duration>,
    steps: [Vec<Duration>; STEPS.len()],
}

pub(crate) fn measure(workbench: &Workbench<'_>) -> anyhow::Result<Section> {
    let (mut start, mut scripted, mut authorities) = (Vec::new(), Vec::new(), Vec::new());
    let mut columns = [(Column::default(), &workbench.plain), (Column::default(), &workbench.tls)];
    for _ in 0..RUNS {
        start.push(version(workbench).run()?);
        scripted.push(runner(workbench, Contender::Buildpass, &workbench.scripted).run()?);
        authorities.extend(helper(workbench, None)?);
        for (column, place) in &mut columns {
            column.whole.push(runner(workbench, Contender::Buildpass, place).run()?);
            for (times, time) in column.steps.iter_mut().zip(helper(workbench, Some(place))?) {
                times.push(time);
            }
        }
    }
    workbench.no_session_is_left()?;

    let (start, scripted) = (median(start), median(scripted));
    let [(plain, _), (tls, _)] = columns;
    let (plain_whole, tls_whole) = (median(plain.whole), median(tls.whole));
    let (plain, tls) = (plain.steps.map(median), tls.steps.map(median));
    let mut rows = vec![row("start and end of the process (`--version`)", start, start)];
    for (name, (plain, tls)) in STEPS.into_iter().zip(plain.into_iter().zip(tls)) {
        rows.push(row(name, plain, tls));
    }
    let rest = |whole: Duration, steps: [Duration; STEPS.len()]| {
        whole.saturating_sub(start + steps.iter().sum::<Duration>())
    };
    rows.push(row("the rest: flags, configuration, runtime", rest(plain_whole, plain), rest(tls_whole, tls)));
    rows.push(row("**whole process**", plain_whole, tls_whole));
    let about = format!(
        "Medians of {RUNS} fresh processes. The steps are buildpass's own HTTP client, called step by step; the connection is\n\
         what a first request needs more than a second.\n\n\
         Against a server that answers at once and does nothing, the whole process takes {}: that is the client's own\n\
         part, and the other {} over plain http are the vault's.\n\n\
         The authorities in the table are those of one bundle. Where neither `SSL_CERT_FILE` nor `SSL_CERT_DIR` is set, the client with\n\
         those of this system takes {}.",
        milliseconds(scripted),
        milliseconds(plain_whole.saturating_sub(scripted)),
        milliseconds(median(authorities)),
    );
    let head = &["step", "plain http", "TLS"];
    Ok(Section { title: "Where the milliseconds go", about, head, rows, verdicts: Vec::new() })
}

fn row(name: &str, plain: Duration, tls: Duration) -> Vec<String> {
    vec![name.to_owned(), milliseconds(plain), milliseconds(tls)]
}

fn version<'a>(workbench: &'a Workbench<'_>) -> Runner<'a> {
    let command = || {
        let mut command = Command::new(&workbench.programs.buildpass);
        command.arg("--version");
        surround(&mut command, workbench, &workbench.plain);
        command
    };
    Runner { runs: RUNS, command: Box::new(command), prints: None }
}

/// The steps to a token at this place, or the loading of the system's authorities: this program, called again, prints
/// microseconds, a line for each.
fn helper(workbench: &Workbench<'_>, place: Option<&Place>) -> anyhow::Result<Vec<Duration>> {
    let mut command = Command::new(&workbench.programs.bench);
    surround(&mut command, workbench, place.unwrap_or(&workbench.tls));
    match place {
        Some(place) => command.args(["steps", &place.address]),
        None => command.arg("roots").env_remove("SSL_CERT_FILE"),
    };
    let output = command.output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout)?;
    printed.lines().map(|line| Ok(Duration::from_micros(line.parse()?))).collect()
}

/// The helper's part: the way to a token, step by step, once.
pub(crate) fn print_steps(address: &str) -> anyhow::Result<()> {
    let id_token = std::env::var("VAULT_ID_TOKEN")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let start = Instant::now();
    let client = Client::build(&Tls::system(), &address.parse()?)?;
    let client_time = start.elapsed();
    let ask = |method, path: &str, headers, body: Option<Value>| -> anyhow::Result<(Value, Duration)> {
        let url = format!("{address}/v1/{path}").parse()?;
        let body = body.map(|body| Zeroizing::new(body.to_string().into_bytes()));
        let start = Instant::now();
        let answer = runtime.block_on(client.send(method, url, headers, body, PATIENCE))?;
        let time = start.elapsed();
        ensure!(answer.status < 300, "{path}: {}", answer.status);
        Ok((serde_json::from_slice(&answer.body).unwrap_or(Value::Null), time))
    };
    let nothing = HeaderMap::new;
    let (_, first) = ask(Method::Get, "sys/health", nothing(), None)?;
    let (_, second) = ask(Method::Get, "sys/health", nothing(), None)?;
    let credential = json!({"role": ROLE, "jwt": id_token});
    let (answer, login) = ask(Method::Post, "auth/jwt/login", nothing(), Some(credential))?;
    let session = answer["auth"]["client_token"].as_str().context("no session came")?;
    let header = || secret_header("x-vault-token", session);
    let (_, read) = ask(Method::Get, &format!("ci/data/{SECRET_PATH}"), header()?, None)?;
    let (_, revoke) = ask(Method::Post, "auth/token/revoke-self", header()?, None)?;
    for time in [client_time, first.saturating_sub(second), login, read, revoke] {
        println!("{}", time.as_micros());
    }
    Ok(())
}

/// The helper's part: the authorities of this system, loaded once.
pub(crate) fn print_roots() -> anyhow::Result<()> {
    let start = Instant::now();
    Client::build(&Tls::system(), &"https://127.0.0.1".parse()?)?;
    println!("{}", start.elapsed().as_micros());
    Ok(())
}
