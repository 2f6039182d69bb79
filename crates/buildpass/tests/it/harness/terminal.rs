use std::{
    fs::File,
    io::{Read, Write},
    process::{Child, Command},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use rustix::{
    fs::{Mode, OFlags, open},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};

use super::wait_until;

/// A person's shell at a terminal: what is typed goes in, what the screen shows is kept.
pub(crate) struct Terminal {
    master: File,
    screen: Arc<Mutex<String>>,
    shell: Child,
}

impl Terminal {
    /// Starts an interactive shell as the leader of a session on a new terminal; `prepare` sets its environment.
    pub(crate) fn start(prepare: impl FnOnce(&mut Command)) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let slave =
            File::from(open(&name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).unwrap());
        let mut command = Command::new("setsid");
        command.args(["--ctty", "--wait", "bash", "--norc", "--noprofile", "-i"]);
        prepare(&mut command);
        let stream = || slave.try_clone().unwrap();
        // bash takes its prompt from the environment.
        let shell =
            command.env("PS1", "prompt> ").stdin(stream()).stdout(stream()).stderr(stream()).spawn().unwrap();
        let screen = Arc::new(Mutex::new(String::new()));
        let (shown, mut reading) = (Arc::clone(&screen), File::from(master.try_clone().unwrap()));
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reading.read(&mut buffer) {
                shown.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..count]));
            }
        });
        Self { master: File::from(master), screen, shell }
    }

    pub(crate) fn types(&mut self, keys: &str) {
        self.master.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until the screen shows this after all that was expected before, and gives what it showed before this.
    pub(crate) fn expect(&self, text: &str) -> String {
        let seen = wait_until(Duration::from_secs(15), || self.screen.lock().unwrap().contains(text));
        let mut screen = self.screen.lock().unwrap();
        assert!(seen, "`{text}` is not on the screen: {screen:?}");
        let (before, after) = screen.split_once(text).unwrap();
        let (before, after) = (before.to_owned(), after.to_owned());
        *screen = after;
        before
    }

    pub(crate) fn resize(&self, rows: u16, columns: u16) {
        tcsetwinsize(&self.master, Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 })
            .unwrap();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}
