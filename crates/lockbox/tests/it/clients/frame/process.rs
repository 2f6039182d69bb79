use std::{
    io::{Read, Write},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// What a program left behind.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs a program to its end; one that does not come to it is ended.
pub(crate) fn run(command: &mut Command, input: &str) -> Said {
    let mut child =
        Running(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let (stdout, stderr) = (collect(child.0.stdout.take()), collect(child.0.stderr.take()));
    // A program that reads nothing may be gone by now.
    let _ = child.0.stdin.take().unwrap().write_all(input.as_bytes());
    let wait = |output: mpsc::Receiver<String>| {
        output.recv_timeout(LONGEST).unwrap_or_else(|_| panic!("{command:?} does not end"))
    };
    let (stdout, stderr) = (wait(stdout), wait(stderr));
    Said { code: child.0.wait().unwrap().code(), stdout, stderr }
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn collect(output: Option<impl Read + Send + 'static>) -> mpsc::Receiver<String> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = output.map(|mut output| output.read_to_end(&mut bytes));
        let _ = send.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receive
}

const LONGEST: Duration = Duration::from_secs(120);
