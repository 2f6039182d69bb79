use std::{fmt::Write as _, fs, path::PathBuf, process::Command};

use anyhow::ensure;

use crate::{
    contender::surround,
    peak_memory,
    race::{Runner, race},
    report::{Section, Verdict, mebibytes, milliseconds},
    workbench::{ADMIN, PROJECT, ROOT, Workbench},
};

const TOKENS: usize = 500;
const GRANTS_OF_EACH: usize = 4;
const RUNS: usize = 9;

/// The whole process, with both servers asked for everything that is declared.
const MOST_SECONDS: f64 = 5.0;

pub(crate) fn measure(workbench: &Workbench<'_>) -> anyhow::Result<Section> {
    workbench.sandbox.security_group(&workbench.administrator)?;
    let platform = Platform::declare(workbench)?;
    ensure!(platform.command(&["apply"]).status()?.success(), "the declaration cannot be applied");
    let memory = peak_memory::of(&std::env::current_exe()?, &platform.plan())?;
    let times = race(&[
        Runner { runs: RUNS, command: Box::new(|| platform.plan()), prints: None },
        Runner { runs: RUNS, command: Box::new(|| platform.reads()), prints: None },
    ])?;
    let [plan, reads] = times[..] else { anyhow::bail!("two were measured") };
    let row = |name: &str, cells: [String; 2]| [vec![name.to_owned()], cells.to_vec()].concat();
    Ok(Section {
        title: "Plan of a large platform",
        about: format!(
            "`buildpass access plan --detailed-exitcode` for {TOKENS} tokens and {} grants that are all as declared: it asks the sandbox and a\n\
             real OpenBao on loopback, and finds nothing to do; the whole process. Beside it one `curl`, which reads the same tokens' metadata,\n\
             roles and policies from OpenBao over one connection, and compares nothing.",
            TOKENS * GRANTS_OF_EACH,
        ),
        head: &["", "median", "memory"],
        rows: vec![
            row("`buildpass access plan`", [milliseconds(plan), mebibytes(memory)]),
            row("`curl`, the reads of the vault alone", [milliseconds(reads), String::new()]),
        ],
        verdicts: vec![Verdict::at_most(
            "plan for 500 tokens and 2,000 grants",
            MOST_SECONDS,
            plan.as_secs_f64(),
            "s",
            "OpenBao answers some 4,500 reads meanwhile.",
        )],
    })
}

/// Whoever declares: their folder, and what they ask with.
struct Platform<'a> {
    workbench: &'a Workbench<'a>,
    project: PathBuf,
    urls: PathBuf,
}

impl<'a> Platform<'a> {
    fn declare(workbench: &'a Workbench<'a>) -> anyhow::Result<Self> {
        let project = workbench.home.path().join("platform");
        fs::create_dir(&project)?;
        let (mut toml, mut urls) = (String::new(), String::new());
        let mut read = |path: String| {
            let address = &workbench.plain.address;
            writeln!(urls, "url = \"{address}/v1/{path}\"\noutput = \"/dev/null\"")
        };
        for token in 0..TOKENS {
            write!(
                toml,
                "[[access.token]]\nname = \"ci-{token}\"\ngroup = \"gitlab-org/security\"\nstore = \"many/{token}/token@ci\"\n"
            )?;
            read(format!("ci/metadata/many/{token}"))?;
            for grant in 0..GRANTS_OF_EACH {
                let role = format!("role-{token}-{grant}");
                write!(
                    toml,
                    "[[access.grant]]\nsecret = \"ci-{token}\"\nvault_role = \"{role}\"\nprojects = [\"{PROJECT}\"]\nrefs = [\"main\"]\n"
                )?;
                read(format!("auth/jwt/role/{role}"))?;
                read(format!("sys/policies/acl/buildpass-{role}"))?;
            }
        }
        let file = project.join("urls");
        fs::write(project.join("buildpass.toml"), toml)?;
        fs::write(&file, urls)?;
        Ok(Self { workbench, project, urls: file })
    }

    fn plan(&self) -> Command {
        self.command(&["plan", "--detailed-exitcode"])
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.workbench.programs.buildpass);
        command.arg("access").args(arguments);
        surround(&mut command, self.workbench, &self.workbench.plain);
        command.env_remove("VAULT_ID_TOKEN").current_dir(&self.project);
        command.envs([
            ("VAULT_ADDR", self.workbench.plain.address.as_str()),
            ("CI_SERVER_URL", &self.workbench.sandbox.url),
            ("GITLAB_TOKEN", ADMIN),
            ("VAULT_TOKEN", ROOT),
        ]);
        command
    }

    fn reads(&self) -> Command {
        let mut command = Command::new("curl");
        surround(&mut command, self.workbench, &self.workbench.plain);
        command.args(["-sSf", "--max-time", "60", "-H", &format!("X-Vault-Token: {ROOT}"), "--config"]);
        command.arg(&self.urls);
        command
    }
}
