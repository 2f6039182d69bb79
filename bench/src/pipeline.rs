use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, ensure};

use crate::{
    peak_memory,
    programs::Programs,
    race::{Runner, median, race},
    report::{Section, Verdict, mebibytes, milliseconds},
};

const MILLISECONDS: f64 = 15.0;
const FASTER_THAN_THE_PEER: f64 = 100.0;
const PEAK_MEBIBYTES: f64 = 20.0;
/// Ten times the jobs may take so many times as long: linear, with the start of the process on our side.
const GROWTH: f64 = 12.0;

const PROJECT: &str = "gitlab-org/security/omnibus-gitlab";

/// Which job of a pipeline gets what: `ci jobs` beside gitlab-ci-local.
pub(crate) fn measure(programs: &Programs) -> anyhow::Result<Section> {
    let folder = tempfile::tempdir()?;
    let mut section = Section {
        title: "Which job gets what",
        about: "`ci jobs --format json`, the whole process, on the pipeline of omnibus-gitlab beside gitlab-ci-local's `--list-json` on a\n\
                copy that it can read, and on generated pipelines. gitlab-ci-local lists neither tokens nor secrets."
            .to_owned(),
        head: &["", "runs", "median", "peak memory"],
        rows: Vec::new(),
        verdicts: Vec::new(),
    };
    match env::var_os("BUILDPASS_OMNIBUS_DIR").map(PathBuf::from) {
        Some(omnibus) => beside_the_peer(programs, &omnibus, folder.path(), &mut section)?,
        None => {
            section.about +=
                " BUILDPASS_OMNIBUS_DIR named no pipeline of omnibus-gitlab, so that this part was left out."
        }
    }
    growth(programs, folder.path(), &mut section)?;
    Ok(section)
}

fn beside_the_peer(
    programs: &Programs,
    omnibus: &Path,
    folder: &Path,
    section: &mut Section,
) -> anyhow::Result<()> {
    let includes = omnibus.with_file_name("omnibus-gitlab-includes");
    let ours = || {
        let mut command = Command::new(&programs.buildpass);
        command.env_clear().args([
            "ci",
            "jobs",
            "--format",
            "json",
            "--project",
            PROJECT,
            "--ref",
            "master",
            "--protected",
        ]);
        command.arg("--project-dir").arg(omnibus).arg("--include-dir").arg(&includes);
        command.args(["--variable", &format!("SECURITY_PROJECT_PATH={PROJECT}")]);
        command
    };
    let Some(peer) = Peer::install(programs, omnibus, &includes, folder)? else {
        section.about += " There was no npm, so that the peer was left out.";
        let times = race(&[Runner { runs: 50, command: Box::new(ours), prints: None }])?;
        section.rows.push(row(
            "`buildpass ci jobs`",
            50,
            times[0],
            peak_memory::of(&programs.bench, &ours())?,
        ));
        return Ok(());
    };
    let times = race(&[
        Runner { runs: 50, command: Box::new(ours), prints: None },
        Runner { runs: 5, command: Box::new(|| peer.command()), prints: None },
    ])?;
    let peak = peak_memory::of(&programs.bench, &ours())?;
    section.rows.push(row("`buildpass ci jobs`", 50, times[0], peak));
    section.rows.push(row(
        "`gitlab-ci-local --list-json`",
        5,
        times[1],
        peak_memory::of(&programs.bench, &peer.command())?,
    ));
    let ratio = times[1].as_secs_f64() / times[0].as_secs_f64();
    let why = "Reading the YAML and compiling its regular expressions are most of it.";
    section.verdicts.extend([
        Verdict::at_most(
            "`ci jobs` on omnibus-gitlab",
            MILLISECONDS,
            times[0].as_secs_f64() * 1e3,
            "ms",
            why,
        ),
        Verdict::at_least("`ci jobs`, faster than gitlab-ci-local", FASTER_THAN_THE_PEER, ratio, "×", why),
        Verdict::at_most("`ci jobs`, peak memory", PEAK_MEBIBYTES, peak as f64 / 1024.0, "MiB", why),
    ]);
    Ok(())
}

fn growth(programs: &Programs, folder: &Path, section: &mut Section) -> anyhow::Result<()> {
    let mut times = Vec::new();
    for count in [100, 1_000, 10_000] {
        let project = folder.join(count.to_string());
        generate(&project, count)?;
        let ours = || {
            let mut command = Command::new(&programs.buildpass);
            command.env_clear().args([
                "ci",
                "jobs",
                "--format",
                "json",
                "--project",
                "group/project",
                "--ref",
                "main",
            ]);
            command.arg("--protected").arg("--project-dir").arg(&project);
            command
        };
        let runner = Runner { runs: 7, command: Box::new(ours), prints: None };
        let time = median((0..7).map(|_| runner.run()).collect::<anyhow::Result<Vec<_>>>()?);
        section.rows.push(row(
            &format!("{count} generated jobs"),
            7,
            time,
            peak_memory::of(&programs.bench, &ours())?,
        ));
        times.push(time);
    }
    let ratio = times[2].as_secs_f64() / times[1].as_secs_f64();
    let why = "What 10,000 jobs take beyond ten times 1,000.";
    section.verdicts.push(Verdict::at_most("10,000 jobs, of the time for 1,000", GROWTH, ratio, "×", why));
    Ok(())
}

/// A pipeline of so many jobs that extend one template, in files of a thousand each.
fn generate(project: &Path, count: usize) -> anyhow::Result<()> {
    fs::create_dir_all(project)?;
    let mut root = String::from(
        "variables: {A: a, B: $A-b}\n.template:\n  id_tokens: {T: {aud: https://vault.example}}\n  \
         rules:\n    - if: $CI_COMMIT_BRANCH == 'never'\n      when: never\n    - if: $CI_COMMIT_BRANCH =~ /^main$/\ninclude:\n",
    );
    for first in (0..count).step_by(1_000) {
        let jobs: String = (first..count.min(first + 1_000))
            .map(|number| format!("job-{number}:\n  extends: .template\n  variables: {{N: \"{number}\"}}\n  script: make $N\n"))
            .collect();
        fs::write(project.join(format!("jobs-{first}.yml")), jobs)?;
        root += &format!("  - local: jobs-{first}.yml\n");
    }
    fs::write(project.join(".gitlab-ci.yml"), root)?;
    Ok(())
}

fn row(name: &str, runs: usize, time: Duration, peak: u64) -> Vec<String> {
    vec![name.to_owned(), runs.to_string(), milliseconds(time), mebibytes(peak)]
}

/// gitlab-ci-local, as npm installs it, and a copy of the pipeline that it copes with.
struct Peer {
    node: PathBuf,
    program: PathBuf,
    copy: PathBuf,
    home: PathBuf,
    search_path: std::ffi::OsString,
}

/// It needs Node 22 or newer, which npm's package `node` brings along.
const PACKAGES: [&str; 2] = ["gitlab-ci-local@4.75.1", "node@22.23.3"];

impl Peer {
    fn install(
        programs: &Programs,
        omnibus: &Path,
        includes: &Path,
        folder: &Path,
    ) -> anyhow::Result<Option<Self>> {
        let target =
            programs.buildpass.parent().and_then(Path::parent).context("there is no target folder")?;
        let installed = target.join("tmp/gitlab-ci-local");
        let program = installed.join("node_modules/gitlab-ci-local/dist/index.js");
        if !program.exists() {
            fs::create_dir_all(&installed)?;
            let npm = Command::new("npm")
                .args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"])
                .arg(&installed)
                .args(PACKAGES)
                .stdin(Stdio::null())
                .status();
            match npm {
                Ok(status) => ensure!(status.success(), "npm cannot install {}", PACKAGES[0]),
                Err(_) => return Ok(None),
            }
        }
        let (copy, home) = (folder.join("omnibus"), folder.join("home"));
        fs::create_dir_all(&home)?;
        prepare(omnibus, includes, &copy)?;
        Ok(Some(Self {
            node: installed.join("node_modules/node/bin/node"),
            program,
            copy,
            home,
            search_path: programs.search_path.clone(),
        }))
    }

    /// Its own checks are off where they refuse what GitLab takes; it wants a variable that it cannot bear unset.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.node);
        command.env_clear().env("PATH", &self.search_path).env("HOME", &self.home).current_dir(&self.copy);
        command.arg(&self.program).args(["--list-json", "--no-json-schema-validation"]);
        for variable in [
            "SECURITY_PROJECT_PATH=gitlab-org/security/omnibus-gitlab",
            "CANONICAL_PROJECT_PATH=gitlab-org/omnibus-gitlab",
            "SKIP_JOB_REGEX=/^$/",
            "CI_SERVER_HOST=gitlab.com",
            "CI_SERVER_FQDN=gitlab.com",
            "CI_PROJECT_PATH=gitlab-org/security/omnibus-gitlab",
            "CI_PIPELINE_SOURCE=push",
            "CI_COMMIT_BRANCH=master",
            "CI_COMMIT_REF_PROTECTED=true",
        ] {
            command.args(["--variable", variable]);
        }
        command
    }
}

/// The two files from outside become local ones, and the copy a repository with a remote.
fn prepare(omnibus: &Path, includes: &Path, copy: &Path) -> anyhow::Result<()> {
    let script = r#"set -e
cp -r "$1" "$3"; chmod -R u+w "$3"
cp "$2/template/Jobs/Container-Scanning.gitlab-ci.yml" "$3/gitlab-ci-config/container-scanning.yml"
cp "$2"/component/gitlab.com/gitlab-org/components/danger-review/*.yml "$3/gitlab-ci-config/danger-review.yml"
sed -i -e 's|- component: .*danger-review@.*|- local: /gitlab-ci-config/danger-review.yml|' \
  -e "s|- template: 'Jobs/Container-Scanning.gitlab-ci.yml'|- local: /gitlab-ci-config/container-scanning.yml|" \
  "$3/gitlab-ci-config/gitlab-com.yml"
cd "$3"
git init -q -b master .
git -c user.name=made-up -c user.email=made-up@example.invalid -c core.fsync=none add -A
git -c user.name=made-up -c user.email=made-up@example.invalid commit -qm x
git remote add origin git@gitlab.com:gitlab-org/security/omnibus-gitlab.git
git update-ref refs/remotes/origin/master HEAD
git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/master
"#;
    let status = Command::new("sh")
        .args(["-c", script, "prepare"])
        .args([omnibus, includes, copy])
        .stdin(Stdio::null())
        .status()?;
    ensure!(status.success(), "the copy for gitlab-ci-local cannot be made");
    Ok(())
}
