//! docs/lockbox.md, carried out from its beginning to its end.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::symlink,
    process::{Command, Stdio},
};

use crate::{
    documents::blocks,
    harness::{Buildpass, OpenBao, ROOT, Vault},
};

/// Where the guide leaves for.
const OTHER: &str = "https://vault.example.com";

/// One story, typed into one shell; what was started in its background ends with it.
#[test]
fn the_guide_to_lockbox_works() {
    let Some(program) = OpenBao::program() else {
        return println!("skipped: the guide's commands want the program `bao`");
    };
    let job = Buildpass::new();
    let bin = job.project().parent().unwrap().join("bin");
    fs::create_dir(&bin).unwrap();
    symlink(env!("CARGO_BIN_EXE_buildpass"), bin.join("buildpass")).unwrap();
    symlink(program, bin.join("bao")).unwrap();
    let served = "lockbox_served() { for _ in $(seq 600); do grep -q 'lockbox serves' served && return; sleep 0.1; done; false; }";
    let mut story = format!("set -e\ntrap 'kill $server' EXIT\n{served}\n");
    for block in blocks("docs/lockbox.md").iter().filter(|block| block.language == "sh") {
        let in_background = block.text.replace(" &\n", " >/dev/null 2>served &\nserver=$!\nlockbox_served\n");
        story.push_str(&in_background);
    }
    let other = Vault::lockbox();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut shell = Command::new("sh");
    job.prepare(&mut shell);
    let output = shell
        .args(["-c", &story.replace("127.0.0.1:8200", &free.to_string()).replace(OTHER, &other.address)])
        .env("BUILDPASS_TO_TOKEN", ROOT)
        .env("PATH", format!("{}:{}", bin.display(), std::env::var("PATH").unwrap()))
        .env("BUILD_TOKEN", "made-up-build-token")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (said, complained) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{said}{complained}");
    assert!(said.contains("made-up-build-token"), "{said}");
}
