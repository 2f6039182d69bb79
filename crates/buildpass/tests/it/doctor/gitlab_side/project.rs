use super::{World, assert_fault};
use crate::harness::{Vault, on_every_vault};

on_every_vault! {
    fn nothing_is_wrong_at_gitlab(vault) {
        let world = World::on(vault);
        let told = world.told();
        assert_eq!((told.with("fail"), told.with("warn")), (vec![], vec![]), "{:#?}", told.check("build-token"));
        for id in &GITLABS[..14] {
            assert_eq!(told.check(id)["verdict"], "pass", "{:#}", told.check(id));
        }
        for id in ["git-lfs", "git-submodules"] {
            assert_eq!(told.check(id)["verdict"], "skipped", "{:#}", told.check(id));
        }
        // Where the Runner has not read it, our own session has.
        let mut world = world;
        world.unset("SECURITY_PRIVATE_TOKEN");
        let told = world.told();
        assert_eq!((told.with("fail"), told.with("warn")), (vec![], vec![]));
        for id in ["build-token", "repository-read", "repository-push"] {
            assert_eq!(told.check(id)["verdict"], "pass", "{:#}", told.check(id));
        }
        let (said, token) = (world.job().run(), &world.group.token);
        assert!(!said.stdout.contains(token) && !said.stderr.contains(token), "{}", said.stdout);
    }
}

#[test]
fn what_people_read() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    let all: Vec<String> = GITLABS.iter().flat_map(|id| ["--only".to_owned(), (*id).to_owned()]).collect();
    let text =
        |world: &World<'_>| world.plain(&world.job().args(all.iter().map(String::as_str)).run().stdout);
    insta::assert_snapshot!(text(&world), @"
    pass     project                `gitlab-org/security/omnibus-gitlab` is the security project
    pass     job-template           .gitlab-ci.yml:6: `build` is given VAULT_ID_TOKEN
    pass     channel                channel `security`: 1 of 2 sources from security URLs
             shell: GITLAB/gitlab-org/security/gitlab-shell.git (security, with SECURITY_PRIVATE_TOKEN)
             tool: GITLAB/public/tool.git (fallback)
    pass     gitlab                 GITLAB/api/v4 answers
    pass     build-token            SECURITY_PRIVATE_TOKEN is GitLab's `build-token`, which ends on DAY, in 365 days
    pass     build-token-scopes     SECURITY_PRIVATE_TOKEN: read_repository
    pass     build-token-role       SECURITY_PRIVATE_TOKEN is Developer, and reaches 1 group and 2 projects
             GITLAB/groups/gitlab-org/security
    pass     repository-credential  a credential goes to 1 of 1 sources from security URLs
    pass     repository-read        2 of 2 repositories list their refs, 1 of them to everybody
    pass     repository-push        1 of 1 repositories refuse a push
    pass     git-program            git VERSION
    pass     git-helpers            `run` tells git to ask buildpass alone for each realm
    pass     git-rewrites           git goes where it is sent
    pass     git-settings           nothing stands between git and the realms
    skipped  git-lfs                the project's `.lfsconfig` names no server, or there is none
    skipped  git-submodules         the project has no submodule of another place

    14 passed
    ");
    world.token("glpat-made-up-of-another-gitlab");
    world.gitconfig(
        "[url \"https://other.example/\"]\n\tinsteadOf = GITLAB/gitlab-org/security/gitlab-shell\n",
    );
    insta::assert_snapshot!(text(&world), @r#"
    pass     project                `gitlab-org/security/omnibus-gitlab` is the security project
    pass     job-template           .gitlab-ci.yml:6: `build` is given VAULT_ID_TOKEN
    pass     channel                channel `security`: 1 of 2 sources from security URLs
             shell: GITLAB/gitlab-org/security/gitlab-shell.git (security, with SECURITY_PRIVATE_TOKEN)
             tool: GITLAB/public/tool.git (fallback)
    pass     gitlab                 GITLAB/api/v4 answers
    fail     build-token            GitLab refuses SECURITY_PRIVATE_TOKEN
             stage     build token
             expected  GitLab knows SECURITY_PRIVATE_TOKEN
             actual    GitLab does not know the token: status 401, {"message":"401 Unauthorized"}
             do        is the stored value a whole token of this GitLab, and nothing else? else make a new one, and store it in the vault
    skipped  build-token-scopes     because build-token failed
    skipped  build-token-role       because build-token failed
    pass     repository-credential  a credential goes to 1 of 1 sources from security URLs
    skipped  repository-read        because build-token failed
    skipped  repository-push        because build-token failed
    pass     git-program            git VERSION
    pass     git-helpers            `run` tells git to ask buildpass alone for each realm
    fail     git-rewrites           1 of 2 URLs become another place's
             stage     git
             expected  git goes to GITLAB/gitlab-org/security/gitlab-shell.git
             actual    it goes to https://other.example/.git, because of `url.https://other.example/.insteadof` (file:~/.gitconfig)
             do        remove that line, or make its `insteadOf` shorter than the realm: the longest wins
    pass     git-settings           nothing stands between git and the realms
    skipped  git-lfs                the project's `.lfsconfig` names no server, or there is none
    skipped  git-submodules         the project has no submodule of another place

    2 failed, 8 passed, 4 not reached; begin with build-token: docs/doctor.md#build-token
    "#);
}

const GITLABS: [&str; 16] = [
    "project",
    "job-template",
    "channel",
    "gitlab",
    "build-token",
    "build-token-scopes",
    "build-token-role",
    "repository-credential",
    "repository-read",
    "repository-push",
    "git-program",
    "git-helpers",
    "git-rewrites",
    "git-settings",
    "git-lfs",
    "git-submodules",
];

#[test]
fn project() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    world.set("CI_PROJECT_PATH", "gitlab-org/another");
    assert_fault(&world, "project", "`gitlab-org/another`");
    world.set("CI_PROJECT_PATH", "someone/omnibus-gitlab");
    let (id, fault) = world.fault();
    assert_eq!(id, "project");
    assert!(fault["advice"].as_str().unwrap().contains("a fork"), "{fault:#}");
    world.set("CI_PROJECT_PATH", "gitlab-org/security/omnibus-gitlab").unset("SECURITY_PROJECT_PATH");
    assert_fault(&world, "project", "SECURITY_PROJECT_PATH is not set");
}

#[test]
fn job_template() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    world.unset("VAULT_ID_TOKEN");
    world.file(".gitlab-ci.yml", &PIPELINE.replace("  extends: .with-build-token\n", ""));
    let told = world.told();
    let fault = &told.check("job-template")["faults"][0];
    assert_eq!(told.with("fail").first(), Some(&"job-template"), "{fault:#}");
    assert_eq!(
        fault["advice"],
        "in .gitlab-ci.yml:6, write `extends: .with-build-token`, or add it to the list"
    );

    world.file(".gitlab-ci.yml", INCLUDES).file("ci/security.yml", PIPELINE);
    world.unset("SECURITY_CHANNEL");
    let told = world.told();
    let fault = &told.check("job-template")["faults"][0];
    let actual = fault["actual"].as_str().unwrap();
    assert!(actual.contains("`$SECURITY_CHANNEL` does not hold: SECURITY_CHANNEL is not set"), "{fault:#}");

    world.file(".gitlab-ci.yml", "build:\n  script: [make\n");
    assert_eq!(world.told().with("fail").first(), Some(&"job-template"));
}

const PIPELINE: &str = "
.with-build-token:
  id_tokens:
    VAULT_ID_TOKEN:
      aud: https://vault.example
build:
  extends: .with-build-token
  script: make
";

const INCLUDES: &str = "
include:
  - local: ci/security.yml
    rules:
      - if: $SECURITY_CHANNEL
variables:
  SECURITY_CHANNEL: security
build:
  script: make
";

#[test]
fn channel() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    world.unset("SECURITY_SOURCES");
    assert_fault(&world, "channel", "SECURITY_SOURCES is not set");
    world.set("SECURITY_SOURCES", "True");
    assert_fault(&world, "channel", "SECURITY_SOURCES is `True`");
    world.set("SECURITY_SOURCES", "true").file(".custom_sources.yml", "shell: [a]\n");
    assert_fault(&world, "channel", ".custom_sources.yml:1");
}
