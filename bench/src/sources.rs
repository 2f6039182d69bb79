use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, SystemTime},
};

use anyhow::{Context as _, ensure};
use buildpass::http::{Client, Method, Tls, secret_header};
use secrecy::SecretString;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::{
    distance,
    programs::Programs,
    race::{Runner, median, race},
    report::{Section, Verdict, mebibytes, milliseconds},
};

/// No wait here is without an end.
const PATIENCE: Duration = Duration::from_secs(30);

const REPOSITORIES: usize = 40;
const ROUND_TRIP: Duration = Duration::from_millis(50);
const FASTER_COLD: f64 = 6.0;
const FASTER_WARM: f64 = 20.0;
const RESOLVE_MILLISECONDS: f64 = 10.0;
const HELPER_MILLISECONDS: f64 = 3.0;
/// What a repository of sixty times the size may take more.
const GROWTH: f64 = 1.2;

/// All sources of a build: `sources fetch` beside `git clone`, one after another.
pub(crate) fn measure(programs: &Programs) -> anyhow::Result<Section> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let folder = tempfile::tempdir()?;
    let server = Server::start(&runtime, folder.path(), programs)?;
    let mut section = Section {
        title: "All sources of a build",
        about: format!(
            "{REPOSITORIES} private repositories on a server {} ms away. `git clone` has the token in the URL, as Omnibus writes it, and goes one\n\
             after another; `sources fetch` is the whole process, with its token from the environment. Cold: no cache. Warm: a cache, and\n\
             no checkout. The server runs on the same two cores.",
            ROUND_TRIP.as_millis()
        ),
        head: &["", "runs", "median", "peak memory of buildpass"],
        rows: Vec::new(),
        verdicts: Vec::new(),
    };
    fetching(programs, &server, folder.path(), &mut section)?;
    growth(programs, &server, folder.path(), &mut section)?;
    resolving(programs, folder.path(), &mut section)?;
    helper(programs, &server, folder.path(), &mut section)?;
    Ok(section)
}

fn fetching(
    programs: &Programs,
    server: &Server,
    folder: &Path,
    section: &mut Section,
) -> anyhow::Result<()> {
    let project = folder.join("project");
    fs::create_dir(&project)?;
    let mut list = String::new();
    for number in 0..REPOSITORIES {
        list += &format!("source-{number}:\n  security: {}/group/source-{number}.git\n", server.far);
    }
    fs::write(project.join(".custom_sources.yml"), list)?;
    let clones = || {
        let script = "set -e; rm -rf cloned; for n in $(seq 0 39); do git clone -q \"$URL/group/source-$n.git\" cloned/$n; done";
        let mut command = server.command(programs, Path::new("sh"), &project);
        let url = server.far.replace("http://", &format!("http://gitlab-ci-token:{}@", server.token));
        command.args(["-c", script]).env("URL", url);
        command
    };
    let fetch = |cache: &'static str| {
        let script = "rm -rf src && if [ \"$2\" = cold ]; then rm -rf cold; fi && exec \"$1\" sources fetch --into src --cache \"$2\"";
        let mut command = server.command(programs, Path::new("sh"), &project);
        command.args(["-c", script, "sh"]).arg(&programs.buildpass).arg(cache);
        command
    };
    let times = race(&[
        Runner { runs: 3, command: Box::new(clones), prints: None },
        Runner { runs: 7, command: Box::new(|| fetch("cold")), prints: None },
        Runner { runs: 15, command: Box::new(|| fetch("warm")), prints: None },
    ])?;
    let cloned = fs::read_to_string(project.join("cloned/39/file-0.txt"))?;
    ensure!(
        cloned == fs::read_to_string(project.join("src/source-39/file-0.txt"))?,
        "both have the same files"
    );
    let [clones, cold, warm] = times[..] else { return Ok(()) };
    for (name, runs, time) in [
        ("`git clone`, one after another", 3, clones),
        ("`sources fetch`, cold", 7, cold),
        ("`sources fetch`, warm", 15, warm),
    ] {
        section.rows.push(vec![name.to_owned(), runs.to_string(), milliseconds(time), String::new()]);
    }
    let ratio = |time: Duration| clones.as_secs_f64() / time.as_secs_f64();
    let why = "Both cores are busy with git's processes and the server's.";
    section.verdicts.extend([
        Verdict::at_least(
            "`sources fetch` cold, faster than `git clone`",
            FASTER_COLD,
            ratio(cold),
            "×",
            why,
        ),
        Verdict::at_least(
            "`sources fetch` warm, faster than `git clone`",
            FASTER_WARM,
            ratio(warm),
            "×",
            why,
        ),
    ]);
    Ok(())
}

/// The memory of buildpass itself, with a small repository and a large one.
fn growth(programs: &Programs, server: &Server, folder: &Path, section: &mut Section) -> anyhow::Result<()> {
    let project = folder.join("growth");
    fs::create_dir(&project)?;
    let mut peaks = Vec::new();
    for name in ["small", "large"] {
        let list = format!("{name}:\n  alternative: {}/open/{name}.git\n", server.near);
        fs::write(project.join(".custom_sources.yml"), list)?;
        let mut command = server.command(programs, &programs.buildpass, &project);
        command.env_remove("SECURITY_SOURCES").args(["sources", "fetch", "--into", "src"]);
        let start = std::time::Instant::now();
        let mut process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let mut peak = 0;
        let status = loop {
            peak = peak.max(high_water(process.id()).unwrap_or(0));
            if let Some(status) = process.try_wait()? {
                break status;
            }
            thread::sleep(Duration::from_millis(2));
        };
        ensure!(status.success(), "the {name} repository was not fetched");
        let bytes = fs::read_dir(project.join("src").join(name))?
            .flatten()
            .filter_map(|file| Some(file.metadata().ok()?.len()))
            .sum::<u64>();
        let size = format!("a repository of {} KiB", bytes / 1024);
        section.rows.push(vec![size, "1".to_owned(), milliseconds(start.elapsed()), mebibytes(peak)]);
        peaks.push(peak as f64);
    }
    let why = "What buildpass itself holds beyond a small repository.";
    section.verdicts.push(Verdict::at_most(
        "memory for 64 MiB, of that for 1 MiB",
        GROWTH,
        peaks[1] / peaks[0],
        "×",
        why,
    ));
    Ok(())
}

fn high_water(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

fn resolving(programs: &Programs, folder: &Path, section: &mut Section) -> anyhow::Result<()> {
    let Some(omnibus) = std::env::var_os("BUILDPASS_OMNIBUS_DIR").map(PathBuf::from) else {
        section.about +=
            " BUILDPASS_OMNIBUS_DIR named no sources of omnibus-gitlab, so that `resolve` was left out.";
        return Ok(());
    };
    let command = || {
        let mut command = Command::new(&programs.buildpass);
        command
            .env_clear()
            .env("HOME", folder)
            .env("SECURITY_SOURCES", "true")
            .env("CI_JOB_TOKEN", "made-up");
        command.current_dir(&omnibus).args(["sources", "resolve", "--format", "json"]);
        command
    };
    let times = race(&[Runner { runs: 100, command: Box::new(command), prints: None }])?;
    section.rows.push(vec![
        "`sources resolve` of omnibus-gitlab".to_owned(),
        "100".to_owned(),
        milliseconds(times[0]),
        String::new(),
    ]);
    let why = "Most of it is the start of a process.";
    section.verdicts.push(Verdict::at_most(
        "`sources resolve`",
        RESOLVE_MILLISECONDS,
        times[0].as_secs_f64() * 1e3,
        "ms",
        why,
    ));
    Ok(())
}

/// The helper as git starts it within a `run`: a hundred times, by a program that does nothing else.
fn helper(programs: &Programs, server: &Server, folder: &Path, section: &mut Section) -> anyhow::Result<()> {
    let mut times = Vec::new();
    for _ in 0..5 {
        let mut command = server.command(programs, &programs.buildpass, folder);
        let host = server.near.trim_start_matches("http://");
        let realm = format!("realm={}/group/,password=SECURITY_PRIVATE_TOKEN", server.near);
        command.args(["--secret", "SECURITY_PRIVATE_TOKEN=made/up@ci,to=git", "--git", &realm, "run", "--"]);
        command.arg(&programs.bench).args(["helper", host]).arg(&programs.buildpass).env("GITLAB_CI", "true");
        let output = command.output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        let taken = said.trim().parse::<f64>();
        times.push(taken.with_context(|| format!("{said}{}", String::from_utf8_lossy(&output.stderr)))?);
    }
    let time = median(times);
    let row = Duration::from_secs_f64(time / 1e3);
    section.rows.push(vec![
        "the helper's answer within `run`".to_owned(),
        "5 × 100".to_owned(),
        milliseconds(row),
        String::new(),
    ]);
    let why = "Most of it is the start of a process.";
    section.verdicts.push(Verdict::at_most(
        "the helper's answer within `run`",
        HELPER_MILLISECONDS,
        time,
        "ms",
        why,
    ));
    Ok(())
}

/// Called within `run`: prints the median of a hundred answers, in milliseconds.
pub(crate) fn ask_helper(host: &str, program: &Path) -> anyhow::Result<()> {
    let question = format!("protocol=http\nhost={host}\npath=group/source-0.git\n\n");
    let command = || {
        let mut command = Command::new(program);
        command.args(["git", "credential", "get"]);
        command
    };
    let mut times = Vec::new();
    for _ in 0..100 {
        let start = std::time::Instant::now();
        let mut process = command().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        std::io::Write::write_all(&mut process.stdin.take().context("no stdin")?, question.as_bytes())?;
        let output = process.wait_with_output()?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
        ensure!(output.stdout.starts_with(b"username="), "the helper gave no answer");
    }
    println!("{}", median(times));
    Ok(())
}

/// A small GitLab with all repositories, near and far.
struct Server {
    near: String,
    far: String,
    token: String,
}

const ADMIN: &str = "glpat-made-up-admin-token";

impl Server {
    fn start(runtime: &tokio::runtime::Runtime, folder: &Path, programs: &Programs) -> anyhow::Result<Self> {
        let sandbox = gitlab_sandbox::Config {
            repositories: folder.join("repositories"),
            admin_token: SecretString::from(ADMIN),
            search_path: programs.search_path.clone(),
        }
        .build(SystemTime::now)?;
        let near = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
        let far = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
        let (near_address, far_address) = (near.local_addr()?.to_string(), far.local_addr()?.to_string());
        runtime.spawn(sandbox.serve(near, std::future::pending()));
        runtime.spawn(distance::serve(far, near_address.clone(), ROUND_TRIP));
        let mut server = Self {
            near: format!("http://{near_address}"),
            far: format!("http://{far_address}"),
            token: String::new(),
        };
        runtime.block_on(server.fill())?;
        Ok(server)
    }

    async fn fill(&mut self) -> anyhow::Result<()> {
        let group =
            self.ask("/api/v4/groups", &json!({"name": "group", "path": "group"})).await?["id"].clone();
        let open = self.ask("/api/v4/groups", &json!({"name": "open", "path": "open"})).await?["id"].clone();
        for number in 0..REPOSITORIES {
            let name = format!("source-{number}");
            self.project(&name, &group, "private").await?;
            for commit in 0..3 {
                let files: serde_json::Map<String, Value> = (0..10)
                    .map(|file| {
                        (
                            format!("file-{file}.txt"),
                            json!(noise(number * 100 + commit * 10 + file, 4 * 1024)),
                        )
                    })
                    .collect();
                self.commit(&format!("group/{name}"), &files).await?;
            }
        }
        for (name, count) in [("small", 1), ("large", 64)] {
            self.project(name, &open, "public").await?;
            for number in 0..count {
                let files =
                    [(format!("file-{number}.txt"), json!(noise(number, 1024 * 1024)))].into_iter().collect();
                self.commit(&format!("open/{name}"), &files).await?;
            }
        }
        let wanted = json!({"name": "build-token", "scopes": ["read_repository"], "access_level": 30});
        let made = self.ask(&format!("/api/v4/groups/{group}/access_tokens"), &wanted).await?;
        made["token"].as_str().context("no token")?.clone_into(&mut self.token);
        Ok(())
    }

    async fn project(&self, name: &str, group: &Value, visibility: &str) -> anyhow::Result<()> {
        let wanted = json!({"name": name, "path": name, "namespace_id": group, "visibility": visibility});
        self.ask("/api/v4/projects", &wanted).await.map(drop)
    }

    async fn commit(&self, project: &str, files: &serde_json::Map<String, Value>) -> anyhow::Result<()> {
        let wanted = json!({"project": project, "branch": "main", "files": files});
        self.ask("/-/sandbox/commits", &wanted).await.map(drop)
    }

    async fn ask(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let url = format!("{}{path}", self.near).parse()?;
        let client = Client::build(&Tls::system(), &url)?;
        let (headers, body) =
            (secret_header("private-token", ADMIN)?, Zeroizing::new(body.to_string().into_bytes()));
        let answer = client.send(Method::Post, url, headers, Some(body), PATIENCE).await?;
        let said = String::from_utf8_lossy(&answer.body).into_owned();
        ensure!(answer.status < 300, "{path}: {} {said}", answer.status);
        Ok(serde_json::from_str(&said)?)
    }

    /// A program in a job's environment.
    fn command(&self, programs: &Programs, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        let (host, port) = self.far.trim_start_matches("http://").split_once(':').unwrap_or_default();
        command
            .env_clear()
            .env("PATH", &programs.search_path)
            .env("HOME", folder)
            .env("CI_SERVER_HOST", host)
            .env("CI_SERVER_PORT", port)
            .env("SECURITY_SOURCES", "true")
            .env("SECURITY_PRIVATE_TOKEN", &self.token)
            .current_dir(folder)
            .stdin(Stdio::null());
        command
    }
}

/// Text that does not compress to nothing, the same each time.
fn noise(seed: usize, bytes: usize) -> String {
    let mut state = seed as u64 + 88_172_645_463_325_252;
    let mut text = String::with_capacity(bytes);
    while text.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text += &format!("{state:016x}\n");
    }
    text
}
