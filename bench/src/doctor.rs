use std::{process::Command, time::Duration};

use crate::{
    contender::{buildpass, surround},
    race::{Runner, race},
    report::{Section, Verdict, milliseconds},
    workbench::{Place, Workbench},
};

/// The whole process, against servers that are well.
const MOST_MILLISECONDS: f64 = 150.0;

const RUNS: usize = 60;

/// What a person types with the vault's own command line to see less.
const BAO: &str = r#"set -eu
bao status >/dev/null
BAO_TOKEN=$(bao write -field=token auth/jwt/login role="$ROLE" jwt="$VAULT_ID_TOKEN")
export BAO_TOKEN
bao token capabilities "ci/data/$SECRET_PATH" >/dev/null
bao token revoke -self >/dev/null
"#;

pub(crate) fn measure(workbench: &Workbench<'_>) -> anyhow::Result<Section> {
    let times = race(&[
        doctor(workbench, &workbench.plain, RUNS),
        doctor(workbench, &workbench.tls, RUNS),
        by_hand(workbench, &workbench.plain, RUNS / 6),
    ])?;
    workbench.no_session_is_left()?;
    let [plain, tls, bao] = times[..] else { anyhow::bail!("three were measured") };
    let row = |name: &str, time: Duration| vec![name.to_owned(), milliseconds(time)];
    Ok(Section {
        title: "Every check of doctor",
        about: "`buildpass doctor` against a real OpenBao and the sandbox's issuer on loopback, nothing wrong; the whole process. Beside\n\
                it what the `bao` CLI shows in four calls: health, login, capabilities on one path, the session given back."
            .to_owned(),
        head: &["", "median"],
        rows: vec![
            row("`buildpass doctor`, plain http", plain),
            row("`buildpass doctor`, TLS", tls),
            row("`sh` with the `bao` CLI, plain http", bao),
        ],
        verdicts: vec![Verdict::at_most(
            "doctor over TLS, the whole process",
            MOST_MILLISECONDS,
            tls.as_secs_f64() * 1e3,
            "ms",
            "Its looks go side by side; the longest way is login, session, secret, and back.",
        )],
    })
}

fn doctor<'a>(workbench: &'a Workbench<'_>, place: &'a Place, runs: usize) -> Runner<'a> {
    let command = || {
        let mut command = buildpass(workbench, place);
        command.arg("doctor");
        surround(&mut command, workbench, place);
        command
    };
    Runner { runs, command: Box::new(command), prints: None }
}

fn by_hand<'a>(workbench: &'a Workbench<'_>, place: &'a Place, runs: usize) -> Runner<'a> {
    let command = || {
        let mut command = Command::new("sh");
        command.args(["-c", BAO]);
        surround(&mut command, workbench, place);
        command
    };
    Runner { runs, command: Box::new(command), prints: None }
}
