//! Real git against the sandbox and against servers that say what a test wants: what git prints is explained.

use std::process::Command;

use buildpass::explain::{Stage, find};

use super::rows_in;
use crate::harness::{Buildpass, Clients, REPOSITORY, Scripted, SecurityGroup, TlsFront, reply};

/// A machine with git, and what git said on it.
struct Desk {
    job: Buildpass,
    said: String,
}

impl Desk {
    fn new() -> Self {
        Self { job: Buildpass::new(), said: String::new() }
    }

    /// Runs a script that has to fail by git, and notes the server's words and the row.
    fn fails(&mut self, case: &str, script: &str) {
        let mut shell: Command = self.job.other_program("sh");
        let output = shell.args(["-ec", script]).output().unwrap();
        assert!(!output.status.success(), "{case}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let row = find(Stage::Git, &said).unwrap_or_else(|| panic!("{case}: {said}")).name;
        assert_eq!(rows_in(&said), [row], "{case}: {said}");
        let server =
            said.lines().filter_map(|line| line.strip_prefix("remote: ")).map(|line| format!(" {line}"));
        self.said += &format!("{case} [{row}]{}\n", server.collect::<String>());
    }
}

fn url(group: &SecurityGroup, token: &str, path: &str) -> String {
    group.sandbox.url.replace("http://", &format!("http://build:{token}@")) + "/" + path
}

#[test]
fn what_gitlab_says_through_git_is_explained() {
    let group = SecurityGroup::start();
    let mut desk = Desk::new();
    let with = |token: &str, path: &str| format!("git ls-remote {}", url(&group, token, path));
    desk.fails("a dead token", &with("glpat-made-up-and-dead", REPOSITORY));
    desk.fails("another scope", &with(&group.token_with("read_api", 30), REPOSITORY));
    desk.fails("outside the group", &with(&group.token, "elsewhere/private.git"));
    desk.fails("a guest", &with(&group.token_with("read_repository", 10), REPOSITORY));
    let push = |token: &str| {
        let url = url(&group, token, REPOSITORY);
        format!(
            "rm -rf copy; git clone -q {url} copy; cd copy; git -c user.name=a -c user.email=a@b.example commit -q --allow-empty -m a; \
             git push -q origin HEAD:main"
        )
    };
    desk.fails("a push", &push(&group.token));
    insta::assert_snapshot!(desk.said.replace(&group.sandbox.url, "GITLAB"), @"
    a dead token [git-access-denied] HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or you're required to use a token instead of a password. If a token was provided, it was either incorrect, expired, or improperly scoped. See GITLAB/help/topics/git/troubleshooting_git.md#error-on-git-fetch-http-basic-access-denied
    another scope [git-access-denied] HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or you're required to use a token instead of a password. If a token was provided, it was either incorrect, expired, or improperly scoped. See GITLAB/help/topics/git/troubleshooting_git.md#error-on-git-fetch-http-basic-access-denied
    outside the group [git-project-not-found] The project you were looking for could not be found or you don't have permission to view it.
    a guest [git-download-refused] You are not allowed to download code from this project.
    a push [git-push-refused] You are not allowed to upload code.
    ");
}

#[test]
fn how_git_came_by_no_credential_is_explained() {
    let group = SecurityGroup::start();
    let mut desk = Desk::new();
    let private = format!("{}/{REPOSITORY}", group.sandbox.url);
    desk.fails("nobody answers", &format!("git ls-remote {private}"));
    desk.fails("a helper that is not there", &format!("git -c credential.helper=absent ls-remote {private}"));
    desk.fails(
        "a helper that refuses",
        &format!("git -c credential.helper='!f() {{ echo quit=1; }}; f' ls-remote {private}"),
    );
    let refusing = Scripted::start(|_, _| reply(401, "WWW-Authenticate: Basic realm=\"x\"\r\n", "{}"));
    let with = refusing.address.replace("http://", "http://build:made-up@");
    desk.fails("a server without words", &format!("git ls-remote {with}/g/x.git"));
    insta::assert_snapshot!(desk.said, @"
    nobody answers [git-no-credential]
    a helper that is not there [git-helper-missing]
    a helper that refuses [git-helper-quit]
    a server without words [git-authentication-failed]
    ");
}

#[test]
fn what_a_server_answers_without_a_word_is_explained() {
    let mut desk = Desk::new();
    for (case, status) in
        [("refused", 403), ("absent", 404), ("gone", 410), ("too many", 429), ("under repair", 503)]
    {
        let server = Scripted::start(move |_, _| reply(status, "", "{}"));
        desk.fails(case, &format!("git ls-remote {}/g/x.git", server.address));
    }
    let moved = Scripted::start(|_, _| reply(302, "Location: /elsewhere\r\n", ""));
    desk.fails("moved", &format!("git -c http.followRedirects=false ls-remote {}/g/x.git", moved.address));
    let page = Scripted::start(|number, _| match number {
        0 => reply(302, "Location: /users/sign_in\r\n", ""),
        _ => reply(200, "", "<html>"),
    });
    desk.fails("a page for signing in", &format!("git ls-remote {}/g/x", page.address));
    let silent = Scripted::start(|_, _| Vec::new());
    desk.fails("nothing", &format!("git ls-remote {}/g/x.git", silent.address));
    let front = TlsFront::start(&silent.address, "127.0.0.1", Clients::Anybody);
    desk.fails("a certificate", &format!("git ls-remote {}/g/x.git", front.address));
    desk.fails("nobody there", "git ls-remote http://127.0.0.1:1/g/x.git");
    desk.fails("no such host", "git ls-remote http://nobody.invalid/g/x.git");
    insta::assert_snapshot!(desk.said, @"
    refused [git-forbidden]
    absent [git-repository-not-found]
    gone [git-rejected]
    too many [git-server-busy]
    under repair [git-server-busy]
    moved [git-redirected]
    a page for signing in [git-sign-in-page]
    nothing [git-broke-off]
    a certificate [git-certificate-untrusted]
    nobody there [git-unreachable]
    no such host [git-host-unknown]
    ");
}

#[test]
fn what_git_says_of_what_it_was_told_is_explained() {
    let group = SecurityGroup::start();
    group.public_project("tool");
    let mut desk = Desk::new();
    desk.fails(
        "no such branch",
        &format!("git init -q a; git -C a fetch -q {}/public/tool.git absent", group.sandbox.url),
    );
    desk.fails("another transport", "git ls-remote ext::sh");
    desk.fails("no repository", "mkdir -p b; git -C b log");
    insta::assert_snapshot!(desk.said, @"
    no such branch [git-no-ref]
    another transport [git-transport-refused]
    no repository [git-no-repository-here]
    ");
}

#[test]
fn a_dead_token_and_a_guest_are_mended_by_what_is_said() {
    let group = SecurityGroup::start();
    let desk = Desk::new();
    let reads = |token: &str| {
        let url = url(&group, token, REPOSITORY);
        desk.job.other_program("git").args(["ls-remote", "-q", &url]).output().unwrap().status.success()
    };
    let advice = |name: &str| buildpass::explain::rows::all().find(|row| row.name == name).unwrap().hint;
    assert!(
        !reads(&group.token_with("read_api", 30))
            && advice("git-access-denied").contains("it needs the scope `read_repository`")
    );
    assert!(reads(&group.token_with("read_repository", 30)));
    assert!(
        !reads(&group.token_with("read_repository", 10))
            && advice("git-download-refused").contains("Reporter or above")
    );
    assert!(reads(&group.token_with("read_repository", 20)));
}
