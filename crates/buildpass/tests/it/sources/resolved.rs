//! Where each source comes from, on the list of omnibus-gitlab and on lists of others.

use std::{
    env,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use super::{fetch, read};
use crate::harness::Buildpass;

/// The project whose list it is, where it is at hand.
fn omnibus() -> Option<PathBuf> {
    let folder = env::var_os("BUILDPASS_OMNIBUS_DIR").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: BUILDPASS_OMNIBUS_DIR names no sources of omnibus-gitlab");
    }
    folder
}

fn resolve(folder: &Path, variables: &[(&str, &str)], more: &[&str]) -> Vec<Value> {
    let mut job = Buildpass::new().env("CI_PROJECT_DIR", folder.to_str().unwrap());
    for (name, value) in variables {
        job = job.env(name, value);
    }
    let mut job = job.args(["sources", "resolve", "--format", "json"]).args(more.iter().copied());
    let resolved = job.run();
    assert_eq!((resolved.code, resolved.stderr.as_str()), (Some(0), ""));
    let parsed: Value = serde_json::from_str(&resolved.stdout).unwrap();
    parsed.as_array().unwrap().clone()
}

fn count(sources: &[Value], key: &str, value: &str) -> usize {
    sources.iter().filter(|source| source[key] == value).count()
}

#[test]
fn omnibus_gets_its_sources_from_the_channel_of_its_variables() {
    let Some(folder) = omnibus() else { return };
    let alternative = resolve(&folder, &[], &[]);
    assert_eq!((alternative.len(), count(&alternative, "origin", "channel")), (50, 50));
    assert!(
        alternative.iter().all(|source| source["url"].as_str().unwrap().starts_with("https://gitlab.com/"))
    );
    assert!(
        alternative.iter().all(|source| source["credential"].is_null() && source["channel"] == "alternative")
    );

    let security =
        resolve(&folder, &[("SECURITY_SOURCES", "true"), ("SECURITY_PRIVATE_TOKEN", "made-up")], &[]);
    assert_eq!((count(&security, "origin", "security"), count(&security, "origin", "fallback")), (8, 42));
    for source in &security {
        let of_security = source["origin"] == "security";
        let url = source["url"].as_str().unwrap();
        assert_eq!(url.starts_with("https://gitlab.com/gitlab-org/security/"), of_security, "{source}");
        let expected = if of_security { json!("SECURITY_PRIVATE_TOKEN") } else { Value::Null };
        assert_eq!(source["credential"], expected, "{source}");
        assert_eq!(source["username"].is_null(), !of_security, "{source}");
    }
    let remote = resolve(&folder, &[("ALTERNATIVE_SOURCES", "false")], &[]);
    assert!(remote.iter().all(|source| source["url"].as_str().unwrap().contains("dev.gitlab.org")));
}

#[test]
fn omnibus_gets_its_versions_from_files_and_variables() {
    let Some(folder) = omnibus() else { return };
    let found =
        resolve(&folder, &[], &["gitlab-shell", "gitaly", "omnibus", "prometheus", "gitlab-rails-ee"]);
    let pairs: Vec<_> =
        found.iter().map(|source| (source["version"].as_str().unwrap(), source["ref"].as_str())).collect();
    let file = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap().trim().to_owned();
    let (shell, omnibus) = (file("GITLAB_SHELL_VERSION"), file("OMNIBUS_GEM_VERSION"));
    assert_eq!(
        pairs,
        [
            (shell.as_str(), Some(shell.as_str())),
            ("master", Some("master")),
            (omnibus.as_str(), Some(omnibus.as_str())),
            ("", None),
            ("master", Some("master")),
        ]
    );
    let found = resolve(&folder, &[("GITALY_SERVER_VERSION", "17.2.0-rc1")], &["gitaly"]);
    assert_eq!(found[0]["ref"], "v17.2.0-rc1");
}

#[test]
fn an_answer_has_every_key_in_its_order_and_an_unknown_name_has_no_url() {
    let list = "a:\n  alternative: https://me:made-up@gitlab.example/g/a.git\n";
    let mut job = Buildpass::new()
        .file(".custom_sources.yml", list)
        .args(["sources", "resolve", "--format", "json", "a", "nobody"]);
    let resolved = fetch(&mut job);
    insta::assert_snapshot!(resolved.stdout, @r#"
    [
      {
        "name": "a",
        "channel": "alternative",
        "url": "https://gitlab.example/g/a.git",
        "username": null,
        "credential": null,
        "version": "",
        "ref": null,
        "origin": "channel"
      },
      {
        "name": "nobody",
        "channel": "alternative",
        "url": null,
        "username": null,
        "credential": null,
        "version": "",
        "ref": null,
        "origin": "none"
      }
    ]
    "#);
    assert!(
        resolved.stderr.contains(".custom_sources.yml:2: the URL of `a` has a credential in it"),
        "{}",
        resolved.stderr
    );
    assert!(!(resolved.stdout + &resolved.stderr).contains("made-up"));
}

#[test]
fn the_table_says_which_sources_fall_back() {
    let list = "a:\n  alternative: https://gitlab.example/g/a.git\n  security: https://gitlab.example/s/a.git\n\
                b:\n  alternative: https://gitlab.example/g/b.git\nc:\n  remote: git@gitlab.example:c.git\n";
    let mut job = Buildpass::new()
        .file(".custom_sources.yml", list)
        .env("SECURITY_SOURCES", "true")
        .env("CI_JOB_TOKEN", "made-up")
        .args(["sources", "list"]);
    let listed = fetch(&mut job);
    assert_eq!((listed.code, listed.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(listed.stdout, @"
    3 sources on the channel security

    NAME  FROM                    REF  CREDENTIAL    URL
    a     security                -    CI_JOB_TOKEN  https://gitlab.example/s/a.git
    b     alternative (fallback)  -    -             https://gitlab.example/g/b.git
    c     -                       -    -             -

    1 without a URL on the channel security, fetched from alternative without a credential: b

    1 without any URL: c
    ");
}

#[test]
fn a_project_of_another_kind_has_a_profile_of_its_own() {
    let config = r#"
[sources]
file = "repositories.yml"
username = "oauth2"
version_facts = "versions/{source}"

[[sources.channel]]
name = "security"
variable = "EMBARGOED"
is = "yes"

[[sources.channel]]
name = "remote"

[sources.credential]
security = ["EMBARGO_TOKEN"]

[[sources.rule]]
sources = ["a"]
override = "A_URL"

[[source]]
name = "plain"
url = "https://git.example/plain.git"
ref = "release"
"#;
    let list = "a:\n  remote: https://git.example/a.git\n  security: https://git.example/embargoed/a.git\n";
    let resolve = |variables: &[(&str, &str)]| {
        let mut job = Buildpass::new().file("buildpass.toml", config).file("repositories.yml", list);
        for (name, value) in variables {
            job = job.env(name, value);
        }
        std::fs::create_dir(job.project().join("versions")).unwrap();
        let mut job = job.file("versions/a", "1.2.3\n").args(["sources", "resolve", "--format", "json"]);
        let resolved = job.run();
        assert_eq!(resolved.code, Some(0), "{}", resolved.stderr);
        serde_json::from_str::<Value>(&resolved.stdout).unwrap()
    };
    let usual = resolve(&[]);
    assert_eq!((&usual[0]["url"], &usual[0]["ref"]), (&json!("https://git.example/a.git"), &json!("v1.2.3")));
    assert_eq!(
        (&usual[1]["url"], &usual[1]["ref"]),
        (&json!("https://git.example/plain.git"), &json!("release"))
    );
    let embargoed = resolve(&[("EMBARGOED", "yes"), ("EMBARGO_TOKEN", "made-up")]);
    assert_eq!(
        (&embargoed[0]["username"], &embargoed[0]["credential"]),
        (&json!("oauth2"), &json!("EMBARGO_TOKEN"))
    );
    assert_eq!(resolve(&[("A_URL", "https://elsewhere.example/a.git")])[0]["origin"], "override");
}

#[test]
fn what_is_no_list_is_said_with_its_place_and_what_to_do() {
    for (file, text, said) in [
        (
            ".custom_sources.yml",
            "- a\n",
            ".custom_sources.yml:1:1: it is a list and not a map of names, each with its URLs",
        ),
        (".custom_sources.yml", "a: [\n", "did not find expected node content"),
        ("buildpass.toml", "[sources]\nfile = 'none.yml'\n", "none.yml` cannot be read"),
        (
            "buildpass.toml",
            "[sources]\nfile = '../outside.yml'\n",
            "`[sources] file` names `../outside.yml`, which is not in the project",
        ),
        ("buildpass.toml", "[sources]\nprofile = 'omnibos'\n", "there is no profile `omnibos`"),
        ("buildpass.toml", "[sources]\nfiel = 'x'\n", "unknown field `fiel`"),
        ("buildpass.toml", "", "no sources are known"),
    ] {
        let mut job = Buildpass::new().file(file, text).args(["sources", "list"]);
        let listed = fetch(&mut job);
        assert_eq!(listed.code, Some(2), "{text}");
        assert!(listed.stderr.contains(said), "{text}: {}", listed.stderr);
        assert_eq!(read(&job, file), text);
    }
}

#[test]
fn the_channel_of_the_command_decides_over_the_variables() {
    let list = "a:\n  remote: https://remote.example/a.git\n  alternative: https://alternative.example/a.git\n  \
                security: https://security.example/a.git\n";
    let folder = Buildpass::new().file(".custom_sources.yml", list);
    let variables = [
        &[][..],
        &[("SECURITY_SOURCES", "true"), ("CI_JOB_TOKEN", "made-up")],
        &[("ALTERNATIVE_SOURCES", "false"), ("CI_JOB_TOKEN", "made-up")],
    ];
    for variables in variables {
        for channel in ["remote", "alternative", "security"] {
            let found = resolve(&folder.project(), variables, &["--channel", channel]);
            let url = format!("https://{channel}.example/a.git");
            assert_eq!((&found[0]["channel"], &found[0]["url"]), (&json!(channel), &json!(url)));
            let has_token = channel == "security" && !variables.is_empty();
            assert_eq!(found[0]["credential"], if has_token { json!("CI_JOB_TOKEN") } else { Value::Null });
        }
    }
    let mut listed = folder.args(["sources", "list", "--channel", "remote"]);
    assert!(fetch(&mut listed).stdout.starts_with("1 sources on the channel remote\n"));
    let mut unknown = Buildpass::new().args(["sources", "list", "--channel", "other"]);
    let unknown = fetch(&mut unknown);
    assert_eq!(unknown.code, Some(2), "{}", unknown.stderr);
    assert!(
        unknown.stderr.contains("[possible values: remote, alternative, security]"),
        "{}",
        unknown.stderr
    );
}
