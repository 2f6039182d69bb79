//! What a repository holds and git follows: submodules, and the configuration of Git LFS.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::json;

use super::{Scene, Thief, Without};
use crate::harness::{REPOSITORY, Vault, on_every_vault};

fn commit(scene: &Scene<'_>, more: serde_json::Value) {
    let mut wanted = json!({"project": "gitlab-org/security/gitlab-shell", "branch": "main"});
    for (name, value) in more.as_object().unwrap() {
        wanted[name] = value.clone();
    }
    scene.group.sandbox.admin("POST", "/-/sandbox/commits", &wanted);
    scene.group.sandbox.admin("DELETE", "/-/sandbox/requests", &json!(null));
}

on_every_vault! {
    fn a_submodule_on_another_server_gets_no_credential(vault) {
        let scene = Scene::start(vault);
        let (control, thief) = (Thief::start(), Thief::start());
        let script = format!("git clone -q --recurse-submodules {}/{REPOSITORY} shell", scene.server);
        let name = |thief: &Thief| {
            let modules = format!("[submodule \"evil\"]\n\tpath = evil\n\turl = {}/{REPOSITORY}\n", thief.url());
            commit(&scene, json!({
                "files": {".gitmodules": modules},
                "submodules": {"evil": "0123456789012345678901234567890123456789"},
            }));
        };
        for without in [Without::Helper, Without::Header] {
            name(&control);
            let before = control.loot(scene.token()).len();
            let finished = scene.unprotected(without, &script);
            assert!(control.loot(scene.token()).len() > before, "{without:?}: {}", finished.stderr);
        }
        name(&thief);
        let finished = scene.protected(&script);
        assert_ne!(finished.code, Some(0));
        assert_eq!(thief.loot(scene.token()), []);
        assert!(thief.asked() > 0, "the submodule was not asked for: {}", finished.stderr);
        assert!(!scene.group.sandbox.credentials_seen().is_empty());
    }
}

#[test]
fn an_lfs_server_that_the_repository_names_gets_no_credential() {
    let Some(lfs) = git_lfs() else { return };
    let vault = Vault::lockbox();
    let path = format!("{}:{}", lfs.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let scene = Scene::start(&vault).env("PATH", &path);
    let (control, thief) = (Thief::start(), Thief::start());
    let script = format!("git lfs install --skip-repo && git clone -q {}/{REPOSITORY} shell", scene.server);
    let name = |thief: &Thief| {
        let pointer =
            format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 7\n", "0a".repeat(32));
        commit(
            &scene,
            json!({"files": {
                ".lfsconfig": format!("[lfs]\n\turl = {}/{REPOSITORY}/info/lfs\n", thief.url()),
                ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n",
                "large.bin": pointer,
            }}),
        );
    };
    for without in [Without::Helper, Without::Header] {
        name(&control);
        let before = control.loot(scene.token()).len();
        let finished = scene.unprotected(without, &script);
        assert!(control.loot(scene.token()).len() > before, "{without:?}: {}", finished.stderr);
    }
    name(&thief);
    let finished = scene.protected(&script);
    assert_eq!(thief.loot(scene.token()), []);
    assert!(thief.asked() > 0, "LFS was not asked for: {}", finished.stderr);
    assert!(!scene.group.sandbox.credentials_seen().is_empty());
}

/// The one on PATH, else Debian's, fetched once by package name into the target folder; `None`, said in a line, where neither is had.
pub(super) fn git_lfs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path =
        std::env::split_paths(&path).map(|folder| folder.join("git-lfs")).find(|file| file.exists());
    on_path.or_else(|| match fetch() {
        Ok(program) => Some(program),
        Err(error) => {
            println!("skipped: git-lfs cannot be had here ({error})");
            None
        }
    })
}

/// Tests side by side wait for one another.
fn fetch() -> io::Result<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let target = folder.join("git-lfs");
    let program = target.join("usr/bin/git-lfs");
    let lock = File::create(folder.join("git-lfs.lock"))?;
    lock.lock()?;
    if program.exists() {
        return Ok(program);
    }
    let partial = target.with_extension("partial");
    let _ = fs::remove_dir_all(&partial);
    fs::create_dir(&partial)?;
    let script = "apt-get download -q git-lfs && dpkg-deb -x git-lfs_*.deb . && rm git-lfs_*.deb";
    let fetched =
        Command::new("sh").args(["-ec", script]).current_dir(&partial).stdin(Stdio::null()).output()?;
    if !fetched.status.success() {
        let said = String::from_utf8_lossy(&fetched.stderr);
        return Err(io::Error::other(said.lines().last().unwrap_or("apt-get failed").to_owned()));
    }
    fs::rename(&partial, &target)?;
    Ok(program)
}
