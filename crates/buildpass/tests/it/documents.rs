//! What the documents show is carried out: every command is typed, every configuration loaded, every job run.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use crate::harness::{ADMIN, Buildpass, Finished, OpenBao, ROOT, SecurityGroup, Vault, on_every_vault};

/// Blocks that start a build of this project; the continuous integration carries them out, see the test below.
const ELSEWHERE: [&str; 2] = ["cargo run --release -- demo", "cargo test --workspace"];

/// What stands in the documents for the servers of a test.
const VAULT: &str = "https://vault.example.com";
const GITLAB: &str = "https://gitlab.com";

/// A fenced block of a document.
pub(crate) struct Block {
    place: String,
    pub(crate) language: String,
    pub(crate) text: String,
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Every document, by its path from the root.
pub(crate) fn documents() -> Vec<String> {
    let in_folder = |folder: &str| {
        let entries = fs::read_dir(root().join(folder)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.ends_with(".md")).map(|name| format!("{folder}{name}")).collect::<Vec<_>>()
    };
    let mut all = [in_folder(""), in_folder("docs/")].concat();
    all.sort();
    all
}

pub(crate) fn read(document: &str) -> String {
    fs::read_to_string(root().join(document)).unwrap()
}

pub(crate) fn blocks(document: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in read(document).lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(language), None) => {
                let place = format!("{document}:{}", number + 1);
                open = Some(Block { place, language: language.to_owned(), text: String::new() });
            }
            (None, Some(block)) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "{document}: a block has no end");
    blocks
}

/// A job of the security project, in which the commands of one document are typed.
struct Desk {
    job: Buildpass,
    vault: String,
    gitlab: String,
    variables: Vec<(String, String)>,
}

impl Desk {
    fn new(vault: &Vault, group: &SecurityGroup) -> Self {
        let job = Buildpass::new();
        let bin = job.project().parent().unwrap().join("bin");
        fs::create_dir(&bin).unwrap();
        symlink(env!("CARGO_BIN_EXE_buildpass"), bin.join("buildpass")).unwrap();
        if let Some(program) = OpenBao::program() {
            symlink(program, bin.join("bao")).unwrap();
        }
        // The build of the documents: it needs the private repository, with git alone or with the token at hand.
        let make = format!(
            "#!/bin/sh -e\nrm -rf made\ngit clone -q {}/gitlab-org/security/gitlab-shell.git made\n",
            group.sandbox.url
        );
        fs::write(bin.join("make"), make).unwrap();
        fs::set_permissions(bin.join("make"), fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let mut desk = Self {
            job,
            vault: vault.address.clone(),
            gitlab: group.sandbox.url.clone(),
            variables: vec![("PATH".to_owned(), path), ("BUILD_TOKEN".to_owned(), group.token.clone())],
        };
        let ran = group.sandbox.admin(
            "POST",
            "/-/sandbox/jobs",
            &json!({
                "project": "gitlab-org/security/omnibus-gitlab", "ref": "main", "ref_protected": true, "name": "build",
                "id_tokens": {"VAULT_ID_TOKEN": vault.address},
            }),
        );
        desk.set_all(&ran["variables"]);
        desk.set_all(&ran["id_tokens"]);
        if let Some(reference) = blocks("README.md").iter().find(|block| is_the_projects_file(block)) {
            desk.save("buildpass.toml", &reference.text);
        }
        desk
    }

    fn set_all(&mut self, variables: &Value) {
        let each = variables.as_object().unwrap().iter();
        self.variables.extend(each.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())));
    }

    fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    fn save(&self, name: &str, text: &str) {
        fs::write(self.job.project().join(name), self.real(text)).unwrap();
    }

    fn real(&self, text: &str) -> String {
        let with_token = |gitlab: &str| gitlab.replace("://", "://gitlab-ci-token:$SECURITY_PRIVATE_TOKEN@");
        let text = text.replace(&with_token(GITLAB), &with_token(&self.gitlab));
        text.replace(VAULT, &self.vault).replace(GITLAB, &self.gitlab)
    }

    fn as_documented(&self, text: &str) -> String {
        text.replace(&self.vault, VAULT).replace(&self.gitlab, GITLAB)
    }

    fn type_in(&self, script: &str, more: &[(String, String)]) -> Finished {
        let mut shell = Command::new("sh");
        self.job.prepare(&mut shell);
        let output = shell
            .args(["-c", &self.real(script)])
            .envs(self.variables.iter().cloned())
            .envs(more.iter().map(|(name, value)| (name, self.real(value))))
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        Finished {
            code: output.status.code(),
            stdout: self.as_documented(&String::from_utf8_lossy(&output.stdout)),
            stderr: self.as_documented(&String::from_utf8_lossy(&output.stderr)),
        }
    }

    fn carry_out(&self, block: &Block) {
        match block.language.as_str() {
            "sh" if ELSEWHERE.contains(&block.text.trim()) => {}
            "sh" => self.succeeds(&block.place, &format!("set -e\n{}", block.text), &[]),
            "console" => self.says_the_same(block),
            "toml" => self.loads(block),
            "yaml" => self.runs_as_a_job(block),
            "text" => {}
            other => panic!("{}: a block of `{other}` proves nothing: see `documents.rs`", block.place),
        }
    }

    fn succeeds(&self, place: &str, script: &str, variables: &[(String, String)]) {
        let finished = self.type_in(script, variables);
        assert_eq!(finished.code, Some(0), "{place}:\n{}{}", finished.stdout, finished.stderr);
    }

    /// Types each line behind a `$`, and compares what comes with what stands below it.
    fn says_the_same(&self, block: &Block) {
        for exchange in format!("\n{}", block.text).split("\n$ ").skip(1) {
            let (command, expected) = exchange.split_once('\n').unwrap_or((exchange, ""));
            let finished = self.type_in(&format!("exec 2>&1\n{command}"), &[]);
            assert_eq!(finished.stdout.trim_end(), expected.trim_end(), "{}: {command}", block.place);
        }
    }

    /// Loads a configuration: buildpass gets as far as the name of a secret that is not there.
    fn loads(&self, block: &Block) {
        let own = self.job.project().parent().unwrap().join("own.toml");
        let named = if is_the_projects_file(block) {
            self.save("buildpass.toml", &block.text);
            self.job.project().join("buildpass.toml")
        } else {
            fs::write(&own, self.real(&block.text)).unwrap();
            own
        };
        let set = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let variables = [
            set("VAULT_ADDR", VAULT),
            set("ACTIONS_ID_TOKEN_REQUEST_URL", "https://github.example/"),
            set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "made-up"),
        ];
        let said =
            self.type_in(&format!("buildpass --config {} token NO_SUCH_SECRET", named.display()), &variables);
        assert!(
            said.stderr.contains("no secret is named NO_SUCH_SECRET"),
            "{}: {}",
            block.place,
            said.stderr
        );
    }

    /// Runs the script of a job with the job's variables; a job without buildpass in it is GitLab's own matter.
    fn runs_as_a_job(&self, block: &Block) {
        let lines = || block.text.lines().map(str::trim_start);
        let commands: Vec<&str> = lines().filter_map(|line| line.strip_prefix("- ")).collect();
        if !block.text.contains("buildpass ") {
            assert!(block.text.starts_with("# before:"), "{}: nothing of ours is in it", block.place);
            return;
        }
        let has_file = !block.text.contains("without buildpass.toml");
        let file = self.job.project().join("buildpass.toml");
        let kept = fs::read_to_string(&file).unwrap();
        if !has_file {
            fs::remove_file(&file).unwrap();
        }
        let variable = |line: &str| {
            let (name, value) = line.split_once(": ")?;
            let shouted = name.chars().all(|each| each.is_ascii_uppercase() || each == '_');
            shouted.then(|| (name.to_owned(), value.to_owned()))
        };
        let variables: Vec<_> = lines().filter_map(variable).collect();
        assert!(
            block.text.contains(&format!("aud: {VAULT}\n")),
            "{}: the ID token is for nobody",
            block.place
        );
        self.succeeds(&block.place, &format!("set -e\n{}", commands.join("\n")), &variables);
        fs::write(&file, kept).unwrap();
        let made = self.job.project().join("made/README.md");
        assert_eq!(fs::read_to_string(made).unwrap(), "a private repository\n", "{}", block.place);
    }
}

/// A file of the project that is built, not of its user.
fn is_the_projects_file(block: &Block) -> bool {
    block.language == "toml" && block.text.starts_with("# buildpass.toml")
}

/// Carries a document out in a job of the security project; its vault has everything that the job needs.
fn works(document: &str, vault: &Vault) {
    let group = SecurityGroup::start();
    group.deploy(vault);
    let desk = Desk::new(vault, &group);
    for block in blocks(document) {
        desk.carry_out(&block);
    }
    assert_eq!(vault.sessions(), 0, "{document}");
}

on_every_vault! {
    fn the_readme_works(vault) {
        works("README.md", vault);
    }

    fn the_guide_to_exit_codes_works(vault) {
        works("docs/exit-codes.md", vault);
    }

    fn the_guide_to_configuration_works(vault) {
        works("docs/configuration.md", vault);
    }

    fn the_guide_to_git_works(vault) {
        works("docs/git.md", vault);
    }

    fn the_guide_to_sources_works(vault) {
        works("docs/sources.md", vault);
    }

    fn the_guide_to_the_end_works(vault) {
        works("docs/the-end.md", vault);
    }

    fn the_guide_to_pipelines_works(vault) {
        works("docs/ci.md", vault);
    }

    /// The platform owner's commands, with tokens of its own, on a vault in which nothing is set up, and a job afterwards.
    fn the_guide_for_the_platforms_owner_works(vault) {
        let group = SecurityGroup::start();
        let mut desk = Desk::new(vault, &group);
        let job = desk.variables.clone();
        desk.variables.retain(|(name, _)| name != "VAULT_ID_TOKEN");
        desk.set("VAULT_ADDR", &vault.address);
        desk.set("VAULT_TOKEN", ROOT);
        desk.set("GITLAB_TOKEN", ADMIN);
        for block in blocks("docs/access.md") {
            desk.carry_out(&block);
        }
        desk.variables = job;
        desk.succeeds("docs/access.md", "buildpass --role omnibus-gitlab token SECURITY_PRIVATE_TOKEN", &[]);
        assert_eq!(vault.sessions(), 0);
    }

    /// The owner's commands, on a vault in which nothing is set up, and a job afterwards.
    fn the_guide_for_the_vaults_owner_works(vault) {
        if OpenBao::program().is_none() {
            return println!("skipped: the owner's commands want the program `bao`");
        }
        let group = SecurityGroup::start();
        let mut desk = Desk::new(vault, &group);
        desk.set("BAO_ADDR", &vault.address);
        desk.set("BAO_TOKEN", ROOT);
        for block in blocks("docs/vault-setup.md") {
            desk.carry_out(&block);
        }
        // The reference job of the README works on what the owner has set up.
        desk.succeeds("docs/vault-setup.md", "set -e\nbuildpass run -- make", &[]);
        assert_eq!(vault.sessions(), 0);
    }
}

/// The README's recording is what the demo says today, but for ports, times and counts.
#[test]
fn the_recording_in_the_readme_is_the_demos_own() {
    let readme = read("README.md");
    let (_, rest) = readme.split_once("<!-- demo:begin -->\n```text\n").unwrap();
    let (recording, _) = rest.split_once("```\n<!-- demo:end -->").unwrap();
    let said = Buildpass::new().args(["demo"]).run().stdout;
    assert_eq!(without_figures(recording), without_figures(&said));
}

/// Every port, time and count of places as one `N`.
fn without_figures(story: &str) -> String {
    let mut plain = String::new();
    for line in story.lines() {
        let mut words = line.split_inclusive([':', ' ', '/', ',']).peekable();
        while let Some(word) = words.next() {
            let figure = word.trim_end_matches([':', ' ', '/', ',']);
            let counted = !figure.is_empty() && figure.bytes().all(|byte| byte.is_ascii_digit());
            let of_no_account = plain.ends_with("127.0.0.1:")
                || plain.ends_with("looked for: ")
                || words.peek().is_some_and(|next| next.starts_with("ms"));
            match counted && of_no_account {
                true => plain.push_str(&word.replace(figure, "N")),
                false => plain.push_str(word),
            }
        }
        plain.push('\n');
    }
    plain.lines().map(|line| line.trim_start().to_owned() + "\n").collect()
}

#[test]
fn every_document_is_carried_out_or_shows_no_command() {
    let carried_out = [
        "README.md",
        "docs/ci.md",
        "docs/configuration.md",
        "docs/exit-codes.md",
        "docs/git.md",
        "docs/sources.md",
        "docs/the-end.md",
    ];
    for document in documents().iter().filter(|each| !carried_out.contains(&each.as_str())) {
        if ["docs/vault-setup.md", "docs/lockbox.md", "docs/access.md"].contains(&document.as_str()) {
            continue;
        }
        for block in blocks(document) {
            let elsewhere = block.text.lines().all(|line| ELSEWHERE.contains(&line) || line == ".ci/run");
            assert!(block.language == "text" || elsewhere, "{}: nobody carries this out", block.place);
        }
    }
}

#[test]
fn what_is_not_carried_out_here_is_carried_out_by_the_continuous_integration() {
    let script = read(".ci/run");
    for command in ELSEWHERE {
        assert!(script.lines().any(|line| line == command), "{command}");
    }
    assert_eq!(script.trim_end().lines().last(), Some("cargo test --workspace"), "its lines are the last");
}

#[test]
fn the_readme_has_every_flag_and_no_other() {
    let commands = [
        "run",
        "token",
        "git setup",
        "git credential",
        "doctor",
        "doctor explain",
        "demo",
        "lockbox init",
        "lockbox serve",
        "lockbox audit verify",
        "lockbox backup",
        "lockbox restore",
        "lockbox export",
    ];
    let help =
        commands.map(|command| Buildpass::new().args(command.split(' ')).args(["--help"]).run().stdout);
    let flags_of = |text: &str| {
        let words = text.split(|each: char| !(each.is_ascii_lowercase() || each == '-')).map(str::to_owned);
        words
            .filter(|word| word.len() > 3 && word.starts_with("--") && !word.ends_with('-'))
            .collect::<std::collections::BTreeSet<_>>()
    };
    let mut known = flags_of(&help.concat());
    for everybodys in ["--help", "--version"] {
        known.remove(everybodys);
    }
    let readme = read("README.md");
    let reference = readme.split("## Reference").nth(1).unwrap();
    assert_eq!(flags_of(reference), known);
}

#[test]
fn the_guide_to_pipelines_has_every_flag_of_a_pipeline_and_no_other() {
    let help = Buildpass::new().args(["ci", "jobs", "--help"]).run().stdout;
    let pipeline = help.split("\nPipeline:\n").nth(1).unwrap().split("\nConfiguration:\n").next().unwrap();
    let flags_of = |text: &str| {
        let words = text.split(|each: char| !(each.is_ascii_lowercase() || each == '-')).map(str::to_owned);
        let flags = words.filter(|word| word.len() > 3 && word.starts_with("--"));
        flags.collect::<std::collections::BTreeSet<_>>()
    };
    let mut known = flags_of(pipeline);
    known.remove("--format");
    let guide = read("docs/ci.md");
    let table: String = guide.lines().filter(|line| line.starts_with("| `--")).collect();
    assert_eq!(flags_of(&table), known);
}

#[test]
fn the_guide_to_sources_has_every_flag_of_theirs_and_no_other() {
    let help = ["list", "resolve", "fetch"]
        .map(|command| Buildpass::new().args(["sources", command, "--help"]).run().stdout)
        .map(|help| help.split("\nConfiguration:\n").next().unwrap().to_owned());
    let flags_of = |text: &str| {
        let words = text.split(|each: char| !(each.is_ascii_lowercase() || each == '-')).map(str::to_owned);
        let flags = words.filter(|word| word.len() > 3 && word.starts_with("--"));
        flags.collect::<std::collections::BTreeSet<_>>()
    };
    let mut known = flags_of(&help.concat());
    for everybodys in ["--help", "--version"] {
        known.remove(everybodys);
    }
    let guide = read("docs/sources.md");
    let table: String = guide.lines().filter(|line| line.starts_with("| `--")).collect();
    assert_eq!(flags_of(&table), known);
}

#[test]
fn the_readme_has_every_key_of_the_file() {
    let readme = read("README.md");
    for (table, prefix) in [("[vault]", "[vault] "), ("[identity]", "[identity] ")] {
        let said = Buildpass::new()
            .file("buildpass.toml", &format!("{table}\nno_such_key = 1\n"))
            .args(["token", "A"])
            .run()
            .stderr;
        let keys = said.split_once("expected one of ").unwrap().1.lines().next().unwrap();
        for key in keys.split(", ").map(|key| key.trim_matches('`')) {
            assert!(readme.contains(&format!("| `{prefix}{key}` |")), "{prefix}{key}");
        }
    }
    for (table, rest) in
        [("secret", "name = 'A'\nfrom = 'a/b@c'\n"), ("git", "realm = 'https://a.example'\n")]
    {
        let said = Buildpass::new()
            .file("buildpass.toml", &format!("[[{table}]]\n{rest}no_such_key = 1\n"))
            .args(["token", "A"])
            .run()
            .stderr;
        let keys = said.split_once("expected one of ").unwrap().1.lines().next().unwrap();
        let row = readme.lines().find(|line| line.starts_with(&format!("| `[[{table}]] "))).unwrap();
        for key in keys.split(", ").map(|key| key.trim_matches('`')) {
            assert!(row.contains(&format!("{key}`")), "[[{table}]] {key}");
        }
    }
}

#[test]
fn the_readme_has_every_variable_that_the_configuration_reads() {
    let readme = read("README.md");
    let folder = root().join("crates/buildpass/src/config");
    let folders = [folder.clone(), folder.join("access")];
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    for file in entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let text = fs::read_to_string(file).unwrap();
        let quoted = text.split('"').skip(1).step_by(2);
        let is_variable = |word: &&str| {
            ["VAULT_", "BAO_", "BUILDPASS_"].iter().any(|prefix| word.starts_with(prefix))
                && word.chars().all(|each| each.is_ascii_uppercase() || each == '_')
        };
        for variable in quoted.filter(is_variable) {
            assert!(readme.contains(&format!("`{variable}`")), "{variable}");
        }
    }
}
