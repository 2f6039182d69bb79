//! Whole logs, as they come out of a runner.

use serde_json::Value;

use super::explain;
use crate::{documents::read, harness::Buildpass};

#[test]
fn the_page_of_errors_is_the_table() {
    let printed = Buildpass::new().args(["doctor", "explain", "--table"]).run();
    assert!(printed.stdout == read("docs/errors.md"), "buildpass doctor explain --table > docs/errors.md");
}

#[test]
fn a_runners_log_is_explained_in_its_order() {
    let log = concat!(
        "2026-11-30T14:18:38.123456Z 00O \u{1b}[0KRunning with gitlab-runner 18.2.0\u{1b}[0;m\n",
        "2026-11-30T14:18:38.223456Z 00O section_start:1:resolve_secrets\r\u{1b}[0K\u{1b}[36;1mResolving secrets\u{1b}[0;m\n",
        "2026-11-30T14:18:39.123456Z 00O \u{1b}[31;1mERROR: Job failed (system failure): resolving secrets: initializing Vault service: preparing authenticated client: authenticating Vault client: writing to Vault: api error: status code 400: error validating claims: claim \"ref_protected\" does not match any associated bound claim values\u{1b}[0;m\n",
        "Receiving objects:  10% (1/10)\rReceiving objects: 100% (10/10)\r\n",
        "remote: HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect\n",
        "fatal: Authentication failed for 'https://oauth2:glpat-made-up-0001@gitlab.example/g/x.git/'\n",
        "remote: HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect\n",
    );
    let said = explain(log.as_bytes(), &[]);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(said.stdout, @r#"
    line 3: the role is for other jobs: this one's claim is none of the values that the role is bound to [login-claim-mismatch]
      from: the vault, of a login with an ID token
      text: claim "{claim}" does not match any associated bound claim values
      claim: ref_protected
      why, the likeliest first:
        1. the pipeline runs on another branch, tag or project than the role names
        2. `ref_protected` is "false": the branch or tag is not protected, or it is a merge request's pipeline
        3. a merge request's pipeline of a fork: since GitLab 18.2 `project_path`, `namespace_path` and `sub` name the fork
        4. `bound_claims_type` is `string` again, so that `*` is a star: writing a role without it resets it
        5. the values differ in kind: GitLab sends ids and `ref_protected` as texts, `runner_id` as a number
      hint: run it where the role says, or name the role that is for this project and ref: the role's `bound_claims` name the values

    line 5 and 1 more: GitLab does not take this token for git [git-access-denied]
      from: git, or the server behind it
      text: HTTP Basic: Access denied
      why, the likeliest first:
        1. the token has expired: GitLab's end at 00:00 UTC of the day that they name
        2. it was revoked or rotated, or the lease that it came with is over
        3. it lacks the scope `read_repository`; `read_api` is not enough
        4. the variable that it was taken from is empty
        5. the user name and the token do not belong together, as a deploy token's do
      hint: has it expired or been revoked? it needs the scope `read_repository`; `read_api` is not enough

    2 errors known in 7 lines
    "#);
    let json: Value = serde_json::from_str(&explain(log.as_bytes(), &["--format", "json"]).stdout).unwrap();
    assert_eq!(json["lines"], 7);
    assert_eq!(json["found"][0]["name"], "login-claim-mismatch");
    assert_eq!(json["found"][0]["names"]["claim"][0], "ref_protected");
    assert_eq!((&json["found"][1]["line"], &json["found"][1]["times"]), (&5.into(), &2.into()));
}

#[test]
fn a_text_that_nobody_knows_is_said_to_be_unknown() {
    let said = Buildpass::new().args(["doctor", "explain", "--text", "all is well"]).run();
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "0 errors known in 1 line\n"));
    assert!(said.stderr.contains("nothing of this is known"), "{}", said.stderr);
    let said = Buildpass::new().args(["doctor", "explain", "absent.log"]).run();
    assert_eq!(said.code, Some(2));
    insta::assert_snapshot!(said.stderr, @"
    error: `absent.log` cannot be read: No such file or directory (os error 2)
    hint: name the file of a job's log; an error's text goes behind `--text`
    ");
}
