use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use super::Buildpass;

/// A real browser without a window, with a home and a profile of its own.
pub(crate) struct Browser {
    program: PathBuf,
    home: Buildpass,
}

impl Browser {
    /// The browser of this machine, or a line that says that none is here.
    pub(crate) fn find() -> Option<Self> {
        let path = std::env::var_os("PATH")?;
        let found =
            std::env::split_paths(&path).map(|folder| folder.join("chromium")).find(|each| each.is_file());
        if found.is_none() {
            println!("skipped: there is no chromium to show the page");
        }
        Some(Self { program: found?, home: Buildpass::new() })
    }

    /// What the page is when everything in it has been read and run.
    pub(crate) fn dom(&self, page: &str) -> String {
        String::from_utf8_lossy(&self.show(page, "--dump-dom").stdout).into_owned()
    }

    /// What it complains of, such as what the page's own policy forbids.
    pub(crate) fn complaints(&self, page: &str) -> Vec<String> {
        let said = String::from_utf8_lossy(&self.show(page, "--dump-dom").stderr).into_owned();
        said.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect()
    }

    /// The bytes of a picture of it.
    pub(crate) fn picture(&self, page: &str) -> Vec<u8> {
        let picture = self.folder().join("page.png");
        self.show(page, &format!("--screenshot={}", picture.display()));
        fs::read(picture).unwrap()
    }

    fn show(&self, page: &str, how: &str) -> Output {
        let file = self.folder().join("page.html");
        fs::write(&file, page).unwrap();
        let flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-sync",
            "--disable-background-networking",
            "--disable-component-update",
            "--enable-logging=stderr",
            "--virtual-time-budget=1000",
        ];
        let profile = format!("--user-data-dir={}", self.folder().join("profile").display());
        let mut browser = self.home.other_program("timeout");
        browser.arg("60").arg(&self.program).args(flags).args([&profile, how]);
        browser.arg(format!("file://{}", file.display())).output().unwrap()
    }

    fn folder(&self) -> &Path {
        self.home.folder()
    }
}
