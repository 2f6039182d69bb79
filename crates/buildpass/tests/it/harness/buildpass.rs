use std::{
    fs,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

/// buildpass as a job calls it: a project folder and a home of its own, and nothing inherited but PATH.
pub(crate) struct Buildpass {
    command: Command,
    folder: tempfile::TempDir,
}

/// How it ended.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Buildpass {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (home, project, temporary) =
            (folder.path().join("home"), folder.path().join("project"), folder.path().join("temporary"));
        for each in [&home, &project, &temporary] {
            fs::create_dir(each).unwrap();
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_buildpass"));
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("TMPDIR", temporary)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .current_dir(&project)
            .stdin(Stdio::null());
        Self { command, folder }
    }

    pub(crate) fn args<'a>(mut self, args: impl IntoIterator<Item = &'a str>) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Makes it the leader of a process group, as a shell or a runner does.
    pub(crate) fn in_a_group(mut self) -> Self {
        self.command.process_group(0);
        self
    }

    /// Writes a file into the project.
    pub(crate) fn file(self, name: &str, text: &str) -> Self {
        fs::write(self.project().join(name), text).unwrap();
        self
    }

    /// Home, project and temporary files together.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    /// Where private directories are made.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.folder.path().join("temporary")
    }

    /// Another program with the same environment in the same project.
    pub(crate) fn other_program(&self, program: &str) -> Command {
        let mut other = Command::new(program);
        self.prepare(&mut other);
        other.stdin(Stdio::null());
        other
    }

    /// Gives another program the same environment, in the same project.
    pub(crate) fn prepare(&self, other: &mut Command) {
        let variables = self.command.get_envs().filter_map(|(name, value)| Some((name, value?)));
        other.env_clear().envs(variables).current_dir(self.project());
    }

    /// The same job, started by another program that takes a command as its last arguments.
    pub(crate) fn inside(&self, wrapper: &[&str]) -> Command {
        let mut outer = self.other_program(wrapper[0]);
        outer.args(&wrapper[1..]).arg(self.command.get_program()).args(self.command.get_args());
        outer
    }

    pub(crate) fn spawn(&mut self) -> Child {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Runs it to its end.
    pub(crate) fn run(&mut self) -> Finished {
        let Output { status, stdout, stderr } = self.command.output().unwrap();
        Finished {
            code: status.code(),
            stdout: String::from_utf8_lossy(&stdout).into_owned(),
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
        }
    }
}
