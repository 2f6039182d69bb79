use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    process::Command,
};

use serde_json::{Value, json};

use super::{Block, blocks};
use crate::harness::{Buildpass, Finished, OpenBao, SecurityGroup, Vault};

/// Blocks that start a build of this project; the continuous integration carries them out, see `carried_out`.
pub(super) const ELSEWHERE: [&str; 2] = ["cargo run --release -- demo", "cargo test --workspace"];

/// What stands in the documents for the servers of a test.
const VAULT: &str = "https://vault.example.com";
const GITLAB: &str = "https://gitlab.com";

/// A job of the security project, in which the commands of one document are typed.
pub(super) struct Desk {
    job: Buildpass,
    vault: String,
    gitlab: String,
    pub(super) variables: Vec<(String, String)>,
}

impl Desk {
    pub(super) fn new(vault: &Vault, group: &SecurityGroup) -> Self {
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

    pub(super) fn set(&mut self, name: &str, value: &str) {
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

    pub(super) fn carry_out(&self, block: &Block) {
        match block.language.as_str() {
            "sh" if ELSEWHERE.contains(&block.text.trim()) => {}
            "sh" => self.succeeds(&block.place, &format!("set -e\n{}", block.text), &[]),
            "console" => self.says_the_same(block),
            "toml" => self.loads(block),
            "yaml" => self.runs_as_a_job(block),
            "text" => {}
            other => panic!("{}: a block of `{other}` proves nothing: see `documents/desk.rs`", block.place),
        }
    }

    pub(super) fn succeeds(&self, place: &str, script: &str, variables: &[(String, String)]) {
        let finished = self.type_in(script, variables);
        assert_eq!(finished.code, Some(0), "{place}:\n{}{}", finished.stdout, finished.stderr);
    }

    /// Types each line behind a `$`, and compares what comes with what stands below it.
    fn says_the_same(&self, block: &Block) {
        assert!(block.text.starts_with("$ "), "{}: nothing is typed at its beginning", block.place);
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
