use std::{collections::BTreeMap, fs, path::PathBuf, process::Command, time::Duration};

use anyhow::ensure;
use serde_json::{Value, json};

use crate::{
    contender::surround,
    race::{Runner, race},
    report::{Section, Verdict, milliseconds},
    workbench::{PROJECT, Place, ROLE, SECRET_FIELD, SECRET_PATH, Workbench},
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
    let token = workbench.sandbox.security_group(&workbench.administrator)?;
    let secret = json!({"data": {SECRET_FIELD: token}});
    workbench.administrator.put(&format!("ci/data/{SECRET_PATH}"), &secret)?;
    let plain = Job::build(workbench, &workbench.plain, "plain")?;
    let tls = Job::build(workbench, &workbench.tls, "tls")?;
    let checks = tls.checks()?;
    let times = race(&[plain.runner(), tls.runner(), by_hand(workbench, &workbench.plain, RUNS / 6)])?;
    workbench.no_session_is_left()?;
    let [plain, tls, bao] = times[..] else { anyhow::bail!("three were measured") };
    let row = |name: &str, time: Duration| vec![name.to_owned(), milliseconds(time)];
    Ok(Section {
        title: "Every check of doctor",
        about: format!(
            "`buildpass doctor` in a job of the security project that takes a source from it, against a real OpenBao and the sandbox on\n\
             loopback, nothing wrong: {checks} checks pass over TLS; the whole process. Beside it what the `bao` CLI shows in four calls:\n\
             health, login, capabilities on one path, the session given back."
        ),
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

/// A job of the reference deployment.
struct Job<'a> {
    workbench: &'a Workbench<'a>,
    place: &'a Place,
    project: PathBuf,
    variables: BTreeMap<String, String>,
}

impl<'a> Job<'a> {
    fn build(workbench: &'a Workbench<'_>, place: &'a Place, name: &str) -> anyhow::Result<Self> {
        let project = workbench.home.path().join(name);
        fs::create_dir(&project)?;
        let (vault, gitlab) = (&place.address, &workbench.sandbox.url);
        let configuration = format!(
            "[vault]\naddress = \"{vault}\"\nrole = \"{ROLE}\"\n\
             [[secret]]\nname = \"SECURITY_PRIVATE_TOKEN\"\nfrom = \"{SECRET_PATH}/{SECRET_FIELD}@ci\"\nto = \"git\"\n\
             when = '$CI_PROJECT_PATH == $SECURITY_PROJECT_PATH'\n\
             [[git]]\nrealm = \"{gitlab}/gitlab-org/security/\"\npassword = \"SECURITY_PRIVATE_TOKEN\"\n",
        );
        let pipeline = format!(
            ".with-build-token:\n  id_tokens:\n    VAULT_ID_TOKEN:\n      aud: {vault}\n\
             build:\n  extends: .with-build-token\n  script: make\n",
        );
        let sources = format!("shell:\n  security: {gitlab}/gitlab-org/security/gitlab-shell.git\n");
        for (file, text) in [
            ("buildpass.toml", configuration),
            (".gitlab-ci.yml", pipeline),
            (".custom_sources.yml", sources),
        ] {
            fs::write(project.join(file), text)?;
        }
        let variables = workbench.sandbox.job_variables(&workbench.administrator)?;
        Ok(Self { workbench, place, project, variables })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.workbench.programs.buildpass);
        command.arg("doctor");
        surround(&mut command, self.workbench, self.place);
        command
            .envs(&self.variables)
            .envs([("SECURITY_PROJECT_PATH", PROJECT), ("SECURITY_SOURCES", "true")]);
        command.env("CI_PROJECT_DIR", &self.project).current_dir(&self.project);
        command
    }

    /// How many checks pass. None finds fault; what has nothing to look at here, as a namespace that is not set, is skipped.
    fn checks(&self) -> anyhow::Result<usize> {
        let told = self.command().args(["--format", "json"]).output()?;
        let said: Value = serde_json::from_slice(&told.stdout)?;
        let checks = said["checks"].as_array().map(Vec::as_slice).unwrap_or_default();
        let with = |verdict: &str| checks.iter().filter(|check| check["verdict"] == verdict).count();
        ensure!(with("fail") + with("warn") == 0, "doctor finds fault with the workbench: {said:#}");
        ensure!(with("pass") > with("skipped"), "doctor has little to look at: {said:#}");
        Ok(with("pass"))
    }

    fn runner(&'a self) -> Runner<'a> {
        Runner { runs: RUNS, command: Box::new(|| self.command()), prints: None }
    }
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
