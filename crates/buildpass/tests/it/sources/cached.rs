//! The cache: only what is missing is transferred, several jobs share it, and what is not whole in it is mended.

use std::{
    fs,
    io::Write,
    os::unix::fs::{PermissionsExt, chown},
    path::PathBuf,
};

use super::{Deployment, fetch, fetching, files, git, git_output, large, read};
use crate::harness::{Buildpass, Vault};

/// The one mirror of a cache.
fn mirror(job: &Buildpass) -> PathBuf {
    let mirrors = fs::read_dir(job.project().join("cache")).unwrap().flatten().map(|entry| entry.path());
    let found: Vec<_> = mirrors.filter(|path| path.extension().is_some_and(|it| it == "git")).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

fn pack(mirror: &std::path::Path) -> PathBuf {
    let packs = fs::read_dir(mirror.join("objects/pack")).unwrap().flatten().map(|entry| entry.path());
    packs
        .max_by_key(|path| (path.extension().is_some_and(|it| it == "pack"), path.metadata().unwrap().len()))
        .unwrap()
}

fn job(deployment: &Deployment, vault: &Vault) -> Buildpass {
    fetching(deployment.job(vault), &["shell", "--cache", "cache"])
}

#[test]
fn only_what_is_missing_is_transferred() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let mut job = job(&deployment, &vault);
    assert_eq!(fetch(&mut job).code, Some(0));
    fs::remove_dir_all(job.project().join("src")).unwrap();
    deployment.asked();

    let again = fetch(&mut job);
    assert_eq!((again.code, read(&job, "src/shell/README.md").as_str()), (Some(0), "a private repository\n"));
    assert!(again.stderr.contains(": 1 from the cache"), "{}", again.stderr);
    assert_eq!(deployment.asked().len(), 1, "one question, and no transfer");

    let there = fetch(&mut job);
    assert!(there.stderr.contains(": 1 there already"), "{}", there.stderr);

    let commit = deployment.commit("new\n");
    let newer = fetch(&mut job);
    assert!(newer.stderr.contains(": 1 received"), "{}", newer.stderr);
    assert_eq!(
        (read(&job, "src/shell/README.md").as_str(), git(&job, "src/shell", &["rev-parse", "HEAD"])),
        ("new\n", commit)
    );
}

#[test]
fn a_small_commit_in_a_large_repository_is_a_small_transfer() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    large(&deployment);
    let received = |mut job: Buildpass| {
        let fetched = fetch(&mut job);
        assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
        let fetched: serde_json::Value = serde_json::from_str(&fetched.stdout).unwrap();
        (fetched[0]["received_bytes"].as_u64().unwrap(), job)
    };
    let job = fetching(deployment.job(&vault), &["shell", "--cache", "cache", "--format", "json"]);
    let (whole, job) = received(job);
    assert!(whole > 1 << 20, "{whole}");
    deployment.commit("new\n");
    fs::remove_dir_all(job.project().join("src")).unwrap();
    let (missing, job) = received(job);
    assert!((1..64 << 10).contains(&missing), "{missing} of {whole}");
    assert_eq!(read(&job, "src/shell/README.md"), "new\n");
}

#[test]
fn a_mirror_that_is_not_whole_is_mended() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let mut job = job(&deployment, &vault);
    assert_eq!(fetch(&mut job).code, Some(0));
    let mirror = mirror(&job);
    let truncate = |path: PathBuf| {
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        #[expect(clippy::permissions_set_readonly_false, reason = "a file that is thrown away")]
        permissions.set_readonly(false);
        fs::set_permissions(&path, permissions).unwrap();
        fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(10).unwrap();
    };
    type Damage<'a> = (&'a str, Box<dyn Fn() + 'a>);
    let damages: [Damage<'_>; 9] = [
        ("a pack that ends early", Box::new(|| truncate(pack(&mirror)))),
        ("no pack", Box::new(|| fs::remove_file(pack(&mirror)).unwrap())),
        ("an index that ends early", Box::new(|| truncate(pack(&mirror).with_extension("idx")))),
        ("no objects", Box::new(|| fs::remove_dir_all(mirror.join("objects")).unwrap())),
        ("no head", Box::new(|| fs::remove_file(mirror.join("HEAD")).unwrap())),
        ("a configuration that is none", Box::new(|| fs::write(mirror.join("config"), "[[[").unwrap())),
        (
            "locks of a git that was killed",
            Box::new(|| {
                for lock in ["packed-refs.lock", "config.lock", "refs/heads/main.lock", "shallow.lock"] {
                    fs::write(mirror.join(lock), "").unwrap();
                }
                fs::remove_file(mirror.join("refs/heads/main")).unwrap();
            }),
        ),
        (
            "an empty folder",
            Box::new(|| {
                fs::remove_dir_all(&mirror).unwrap();
                fs::create_dir(&mirror).unwrap();
            }),
        ),
        (
            "a ref to nothing",
            Box::new(|| fs::write(mirror.join("refs/heads/main"), format!("{}\n", "0".repeat(40))).unwrap()),
        ),
    ];
    for (number, (what, damage)) in damages.iter().enumerate() {
        fs::remove_dir_all(job.project().join("src")).unwrap();
        damage();
        let text = format!("after {number}\n");
        if number % 2 == 0 {
            deployment.commit(&text);
        }
        let mended = fetch(&mut job);
        assert_eq!(mended.code, Some(0), "{what}: {}", mended.stderr);
        let expected = format!("after {}\n", number / 2 * 2);
        assert_eq!(read(&job, "src/shell/README.md"), expected, "{what}");
        assert_eq!(git(&job, "src/shell", &["fsck", "--strict", "--full"]), "", "{what}");
    }
}

#[test]
fn jobs_share_a_cache_at_the_same_time() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let shared = tempfile::tempdir().unwrap();
    let cache = shared.path().join("cache");
    let mut jobs: Vec<Buildpass> =
        (0..6).map(|_| fetching(deployment.job(&vault), &["--cache", cache.to_str().unwrap()])).collect();
    let running: Vec<_> = jobs.iter_mut().map(Buildpass::spawn).collect();
    for (process, job) in running.into_iter().zip(&jobs) {
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(read(job, "src/shell/README.md"), "a private repository\n");
        assert_eq!(git(job, "src/tool", &["fsck", "--strict", "--full"]), "");
    }
}

#[test]
fn a_cache_of_another_user_is_refused() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let mut job = job(&deployment, &vault);
    let cache = job.project().join("cache");
    fs::create_dir(&cache).unwrap();
    if chown(&cache, Some(12_345), None).is_err() {
        println!("skipped: only root can give a folder to another user");
        return;
    }
    let refused = fetch(&mut job);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("belongs to user 12345") && refused.stderr.contains("hint: "),
        "{}",
        refused.stderr
    );
}

#[test]
fn what_somebody_changed_in_a_checkout_is_not_lost() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let mut job = job(&deployment, &vault);
    assert_eq!(fetch(&mut job).code, Some(0));
    deployment.commit("new\n");
    for (path, change) in [("src/shell/README.md", "my own work\n"), ("src/shell/new.rs", "my own work\n")] {
        let job = &mut job;
        fs::write(job.project().join(path), change).unwrap();
        let refused = fetch(job);
        assert_eq!(refused.code, Some(2), "{}", refused.stderr);
        assert!(refused.stderr.contains("has changes, which would be lost"), "{}", refused.stderr);
        assert_eq!(read(job, path), change);
        git(job, "src/shell", &["checkout", "-q", "-f", "HEAD"]);
        git(job, "src/shell", &["clean", "-qfd"]);
    }
    assert_eq!(fetch(&mut job).code, Some(0));
    assert_eq!(read(&job, "src/shell/README.md"), "new\n");

    fs::remove_dir_all(job.project().join("src/shell")).unwrap();
    fs::create_dir(job.project().join("src/shell")).unwrap();
    fs::write(job.project().join("src/shell/precious"), "x").unwrap();
    let foreign = fetch(&mut job);
    assert_eq!(foreign.code, Some(2), "{}", foreign.stderr);
    assert!(foreign.stderr.contains("was not made by buildpass"), "{}", foreign.stderr);
    assert_eq!(read(&job, "src/shell/precious"), "x");
}

/// What a user tells git of repositories that it merely finds does not concern those that we made.
#[test]
fn a_user_who_trusts_no_bare_repository_is_served() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    for flags in [&["--cache", "cache"][..], &["--submodules"]] {
        let mut job = fetching(deployment.job(&vault), &[&["shell"][..], flags].concat());
        fs::write(job.folder().join("home/.gitconfig"), "[safe]\n\tbareRepository = explicit\n").unwrap();
        fs::create_dir(job.project().join("bare")).unwrap();
        git(&job, "bare", &["init", "-q", "--bare"]);
        assert!(
            !git_output(&job, "bare", &["fsck"]).status.success(),
            "git takes no bare repository by itself"
        );
        let fetched = fetch(&mut job);
        assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
        assert_eq!(read(&job, "src/shell/README.md"), "a private repository\n");
    }
}

/// A build owns its checkout: what it writes there reaches no other job through the cache.
#[test]
fn who_writes_into_a_checkout_writes_into_no_cache() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let mut job = job(&deployment, &vault);
    assert_eq!(fetch(&mut job).code, Some(0));
    let objects = files(&job.project().join("src/shell/.git/objects"));
    let packs = objects.iter().filter(|path| path.extension().is_some_and(|it| it == "pack"));
    for pack in packs {
        let mut bytes = fs::read(pack).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        fs::set_permissions(pack, fs::Permissions::from_mode(0o644)).unwrap();
        fs::OpenOptions::new().write(true).open(pack).unwrap().write_all(&bytes).unwrap();
    }
    assert!(!git_output(&job, "src/shell", &["fsck", "--full"]).status.success(), "it is spoilt");
    fs::remove_dir_all(job.project().join("src")).unwrap();
    let again = fetch(&mut job);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert!(again.stderr.contains(": 1 from the cache"), "{}", again.stderr);
    assert_eq!(git(&job, "src/shell", &["fsck", "--strict", "--full"]), "");
}
