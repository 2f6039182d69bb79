use std::{fs, os::unix::fs::PermissionsExt};

use super::{World, assert_fault};
use crate::harness::{Buildpass, Vault};

#[test]
fn git_program() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    let folder = tempfile::tempdir().unwrap();
    world.set("PATH", folder.path().to_str().unwrap());
    assert_fault(&world, "git-program", "git cannot be started");
    let git = folder.path().join("git");
    for (script, says) in [
        ("echo git version 2.20.1", "git 2.20.1 is too old"),
        ("echo no", "git  is too old"),
        ("while :; do :; done", "timed out"),
    ] {
        fs::write(&git, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&git, fs::Permissions::from_mode(0o755)).unwrap();
        assert_fault(&world, "git-program", says);
    }
}

#[test]
fn git_helpers() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    world.gitconfig("[credential]\n\thelper = store\n");
    let told = world.told();
    assert_eq!(told.with("fail"), [""; 0], "run forgets what is inherited");
    let detail = told.check("git-helpers")["details"][0].as_str().unwrap();
    assert!(detail.starts_with("`store` is not asked there (file:"), "{detail}");

    let ours = "[credential \"GITLAB/gitlab-org/security/\"]\n\thelper = !buildpass git credential\n";
    world.gitconfig(&format!("[credential]\n\thelper = store\n{ours}"));
    assert_fault(&world, "git-helpers", "`store` answers first");
    world.gitconfig(&format!("{ours}[credential]\n\thelper = store\n"));
    assert_fault(&world, "git-helpers", "`store` is told to store");
}

#[test]
fn git_asks_helpers_in_the_order_that_doctor_reads() {
    let mut job = Buildpass::new();
    let helper = |name: &str| format!("\thelper = \"!f() {{ test $1 = get && echo {name} >&2; }}; f\"\n");
    let section = |url: &str, text: &str| format!("[credential \"{url}\"]\n{text}");
    let text = [
        section("https://h.example/g/p.git", &helper("longest")),
        section("https://h.example/g/", "\thelper =\n"),
        section("https://h.example/g/p.git", &helper("longer")),
        section("https://other.example/", &helper("elsewhere")),
        section("https://h.example/g/", &helper("shorter")),
        format!("[credential]\n{}\tuseHttpPath = true\n", helper("last")),
    ];
    fs::write(job.folder().join("home").join(".gitconfig"), text.concat()).unwrap();
    job = job.file("question", "protocol=https\nhost=h.example\npath=g/p.git\n\n");
    let question = fs::File::open(job.project().join("question")).unwrap();
    let said = job.other_program("git").args(["credential", "fill"]).stdin(question).output().unwrap();
    let said = String::from_utf8(said.stderr).unwrap();
    assert!(said.starts_with("longer\nshorter\nlast\n"), "{said}");
}

#[test]
fn git_rewrites() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    world.gitconfig(
        "[url \"https://other.example/\"]\n\tinsteadOf = GITLAB/gitlab-org/security/gitlab-shell\n",
    );
    assert_fault(&world, "git-rewrites", "https://other.example/.git");
    // git takes the first of two that are equally long.
    world.gitconfig("[url \"https://other.example/\"]\n\tinsteadOf = GITLAB/gitlab-org/security/\n");
    assert_fault(&world, "git-rewrites", "https://other.example/gitlab-shell.git");
    world.gitconfig("[url \"http://u:made-up@127.0.0.1/\"]\n\tinsteadOf = GITLAB/\n");
    let told = world.told();
    assert_eq!(told.with("fail"), [""; 0], "ours is longer");
    assert!(!world.job().run().stdout.contains("made-up"));
}

#[test]
fn git_settings() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    world.gitconfig("[http]\n\textraHeader = Authorization: Bearer made-up\n\tsslVerify = false\n");
    assert_eq!(world.told().with("fail"), [""; 0], "run forgets what is inherited");
    let longer = "[http \"GITLAB/gitlab-org/security/gitlab-shell.git\"]\n";
    world.gitconfig(&format!("{longer}\textraHeader = Authorization: Bearer made-up\n"));
    assert_fault(&world, "git-settings", "`http.extraHeader` adds a header");
    assert!(!world.job().run().stdout.contains("made-up"));
    world.gitconfig(&format!("{longer}\tsslVerify = false\n"));
    assert_fault(&world, "git-settings", "`http.sslVerify` is off");
    world.gitconfig(&format!("{longer}\tproxy = http://made-up@proxy.example:3128\n"));
    let told = world.told();
    assert_eq!((told.with("fail"), told.with("warn")), (vec![], vec!["git-settings"]));
    let actual = told.check("git-settings")["faults"][0]["actual"].as_str().unwrap().to_owned();
    assert_eq!(actual, "it goes by the proxy http://proxy.example:3128/");
}

#[test]
fn what_others_told_git_is_not_told_on() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    world.set("HTTPS_PROXY", "me:made-up-password@proxy.example:3128");
    let ours = "[credential \"GITLAB/gitlab-org/security/\"]\n\thelper = !buildpass git credential\n";
    let others = "[credential]\n\thelper = \"!f() { echo password=made-up-password; }; f\"\n\
                  \thelper = cache --socket made-up-password\n\
                  [http \"GITLAB/gitlab-org/security/gitlab-shell.git\"]\n\
                  \tproxy = me:made-up-password@git-proxy.example:3128\n";
    for gitconfig in [others.to_owned(), format!("{ours}{others}"), format!("{others}{ours}")] {
        world.gitconfig(&gitconfig);
        for format in ["text", "json"] {
            let said = world.job().args(["--format", format]).run();
            assert!(!said.stdout.contains("made-up-password"), "{}", said.stdout);
            assert!(!said.stderr.contains("made-up-password"), "{}", said.stderr);
            for part in [
                "a command of its own",
                "`cache`",
                "http://proxy.example:3128",
                "http://git-proxy.example:3128",
            ] {
                assert!(said.stdout.contains(part), "{part}: {}", said.stdout);
            }
        }
    }
}

#[test]
fn git_lfs() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    world.file(".lfsconfig", "[lfs]\n\turl = https://someone:made-up@evil.example/lfs\n");
    assert_fault(&world, "git-lfs", "https://…@evil.example/lfs");
    world.file(".lfsconfig", "[lfs]\n\turl = GITLAB/gitlab-org/security/omnibus-gitlab.git/info/lfs\n");
    assert_eq!(world.told().check("git-lfs")["verdict"], "pass");
    world.file(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
    assert_eq!(world.told().with("warn"), ["git-lfs"]);
    world.gitconfig("[filter \"lfs\"]\n\tprocess = git-lfs filter-process\n");
    assert_eq!(world.told().with("warn"), [""; 0]);
}
