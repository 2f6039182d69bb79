use super::{World, assert_fault};
use crate::harness::{Vault, on_every_vault};

on_every_vault! {
    fn nothing_is_wrong_at_gitlab(vault) {
        let world = World::on(vault);
        let told = world.told();
        assert_eq!((told.with("fail"), told.with("warn")), (vec![], vec![]), "{:#?}", told.check("build-token"));
        for id in ["project", "job-template", "channel", "gitlab", "build-token", "build-token-scopes", "build-token-role",
            "repository-credential", "repository-read", "repository-push", "git-program", "git-helpers", "git-rewrites",
            "git-settings"]
        {
            assert_eq!(told.check(id)["verdict"], "pass", "{:#}", told.check(id));
        }
        for id in ["git-lfs", "git-submodules"] {
            assert_eq!(told.check(id)["verdict"], "skipped", "{:#}", told.check(id));
        }
        let (said, token) = (world.job().run(), &world.group.token);
        assert!(!said.stdout.contains(token) && !said.stderr.contains(token), "{}", said.stdout);
    }
}

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
