//! What GitLab's REST API says to a token, as the sandbox says it.

use buildpass::explain::{Stage, find};
use serde_json::{Value, json};

use super::rows_in;
use crate::harness::{ADMIN, SecurityGroup, http};

#[test]
fn what_gitlab_answers_to_a_token_is_explained() {
    let group = SecurityGroup::start();
    let mut said = String::new();
    let mut ask = |case: &str, token: &str, (method, path, body): (&str, &str, Value)| {
        let url = format!("{}/api/v4/{path}", group.sandbox.url);
        let body = (!body.is_null()).then_some(&body);
        let (status, answer) = http::request(method, &url, &[("private-token", token)], body).unwrap();
        let row = find(Stage::Gitlab, &answer.to_string()).map(|row| row.name);
        assert_eq!(rows_in(&answer.to_string()), Vec::from_iter(row), "{case}: {answer}");
        said += &format!("{case}: {status} [{}] {answer}\n", row.unwrap_or("unknown"));
    };
    let own = ("GET", "personal_access_tokens/self", Value::Null);
    let tokens = "groups/gitlab-org%2Fsecurity/access_tokens";
    let (owner, api, ends) =
        (group.token_with("api", 50), group.token_with("api", 30), group.token_with("api", 40));
    let wanted = |more: Value| {
        let mut wanted = json!({"name": "b", "scopes": ["read_repository"], "access_level": 20});
        wanted.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ("POST", tokens, wanted)
    };
    ask("not known", "glpat-made-up-and-unknown", own.clone());
    ask("git's token", &group.token, ("GET", "groups", Value::Null));
    ask("no such group", &api, ("GET", "groups/nope", Value::Null));
    ask("a group's own token", &api, wanted(json!({})));
    let ended = http::request(
        "DELETE",
        &format!("{}/api/v4/personal_access_tokens/self", group.sandbox.url),
        &[("private-token", &ends)],
        None,
    );
    assert!(ended.unwrap().0 < 300);
    ask("revoked", &ends, own.clone());
    ask("for administrators", &api, ("GET", "application/settings", Value::Null));
    ask("no such member", ADMIN, ("DELETE", "groups/gitlab-org%2Fsecurity/members/99999", Value::Null));
    ask("too late an end", ADMIN, wanted(json!({"expires_at": "2999-01-01"})));
    ask("no such scope", ADMIN, wanted(json!({"scopes": ["read_everything"]})));
    group.sandbox.admin("POST", "/-/sandbox/clock", &json!({"pass_seconds": 366 * 86_400}));
    ask("its day has come", &owner, own);
    let year = said.split("must be before ").nth(1).unwrap()[..10].to_owned();
    insta::assert_snapshot!(said.replace(&year, "YYYY-MM-DD"), @r#"
    not known: 401 [gitlab-unauthorized] {"message":"401 Unauthorized"}
    git's token: 403 [gitlab-insufficient-scope] {"error":"insufficient_scope","error_description":"The request requires higher privileges than provided by the access token.","scope":"api read_api"}
    no such group: 404 [gitlab-group-not-found] {"message":"404 Group Not Found"}
    a group's own token: 400 [gitlab-may-not-make-tokens] {"message":"400 Bad request - User does not have permission to create group access token"}
    revoked: 401 [gitlab-token-revoked] {"error":"invalid_token","error_description":"Token was revoked. You have to re-authorize from the user."}
    for administrators: 403 [gitlab-forbidden] {"message":"403 Forbidden"}
    no such member: 404 [gitlab-not-found] {"message":"404 Not Found"}
    too late an end: 400 [gitlab-expiry-too-late] {"message":"400 Bad request - Expires at must be before YYYY-MM-DD"}
    no such scope: 400 [gitlab-scope-unknown] {"message":"400 Bad request - Scopes can only contain available scopes"}
    its day has come: 401 [gitlab-token-expired] {"error":"invalid_token","error_description":"Token is expired. You can either do re-authorization or token refresh."}
    "#);
}
