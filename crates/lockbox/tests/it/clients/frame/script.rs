use std::{
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use super::{Job, Servers, Told, agree, run};
use crate::conformance::frame::{ROOT, Variables};

/// A language's interpreter, and the folder where a library was installed for it.
pub(crate) struct Interpreter {
    pub(crate) library: &'static str,
    pub(crate) program: PathBuf,
    /// The variable by which it finds libraries.
    pub(crate) variable: &'static str,
    pub(crate) libraries: PathBuf,
}

impl Interpreter {
    /// Where a program of this name really is: behind it may be one that wants its user's home.
    ///
    /// # Errors
    /// When it is not there.
    pub(crate) fn locate(name: &str, arguments: &[&str]) -> io::Result<PathBuf> {
        let output = Command::new(name).args(arguments).stdin(Stdio::null()).output()?;
        Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim_end()))
    }

    /// Runs a script of this name against both servers; fails where they do not agree.
    pub(crate) fn play(&self, script: &Path, servers: Option<Servers>) {
        let name = script.file_stem().and_then(OsStr::to_str).unwrap_or_default();
        let Some(servers) = servers else {
            return println!("skipped: {name} of {} wants OpenBao", self.library);
        };
        let job = Job::new();
        agree(&format!("{}-{}", self.library, name.replace('_', "-")), &servers, |variables| {
            self.tell(script, variables, &job)
        });
    }

    fn tell(&self, script: &Path, variables: &Variables, job: &Job) -> Vec<Told> {
        let home = tempfile::tempdir().unwrap();
        let given = json!({
            "address": variables.fill("{address}"),
            "me": variables.fill("{me}"),
            "root": ROOT,
            "jwt": job.jwt,
            "pem": job.pem,
        });
        let mut command = Command::new(&self.program);
        command.arg(script).current_dir(home.path()).env_clear().env("HOME", home.path());
        command.env(self.variable, &self.libraries).env("PYTHONDONTWRITEBYTECODE", "1");
        let said = run(&mut command, &given.to_string());
        let mut told: Vec<Told> =
            said.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        told.push(Told {
            title: "the end".to_owned(),
            expected: said.code == Some(0) && said.stderr.is_empty(),
            outcome: json!({ "code": said.code, "stderr": Value::from(said.stderr) }),
        });
        told
    }
}
