use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{ADMIN, Running};

async fn page(sandbox: &Running, path: &str) -> (HeaderMap, Vec<u64>) {
    let answer = sandbox.request(Method::GET, path).header("PRIVATE-TOKEN", ADMIN).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    let headers = answer.headers().clone();
    let list: Vec<Value> = answer.json().await.unwrap();
    (headers, list.iter().map(|item| item["id"].as_u64().unwrap()).collect())
}

/// Three tokens, made on three days, of which the second was used and the third was revoked.
async fn three_tokens() -> (Running, String, [u64; 3]) {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    let path = format!("/api/v4/groups/{group}/access_tokens");
    let mut ids = [0; 3];
    for (number, id) in ids.iter_mut().enumerate() {
        let expires_at = format!("2026-12-{:02}", 20 - number);
        let wish = json!({ "name": format!("Build-{number}"), "scopes": ["read_repository"], "expires_at": expires_at });
        let made = sandbox.admin(Method::POST, &path, wish).await;
        *id = made["id"].as_u64().unwrap();
        if number == 1 {
            let own = "/api/v4/personal_access_tokens/self";
            sandbox.ask(made["token"].as_str().unwrap(), Method::GET, own, Value::Null).await;
        }
        sandbox.pass(86_400);
    }
    sandbox.ask(ADMIN, Method::DELETE, &format!("{path}/{}", ids[2]), Value::Null).await;
    (sandbox, path, ids)
}

#[tokio::test]
async fn tokens_are_filtered_and_sorted() {
    let (sandbox, path, [first, second, third]) = three_tokens().await;
    for (query, expected) in [
        ("", vec![first, second, third]),
        ("state=active", vec![first, second]),
        ("state=inactive", vec![third]),
        ("revoked=true", vec![third]),
        ("revoked=false", vec![first, second]),
        ("search=BUILD-1", vec![second]),
        ("created_after=2026-11-24T12:00:00Z", vec![second, third]),
        ("created_before=2026-11-24T12:00:00Z", vec![first]),
        ("expires_before=2026-12-19", vec![third]),
        ("expires_after=2026-12-19", vec![first, second]),
        ("last_used_after=2026-11-24", vec![second]),
        ("last_used_before=2026-11-24", vec![]),
        ("sort=created_desc", vec![third, second, first]),
        ("sort=expires_asc", vec![third, second, first]),
        ("sort=expires_desc", vec![first, second, third]),
        ("sort=last_used_asc", vec![second, third, first]),
        ("sort=name_desc&state=active", vec![second, first]),
    ] {
        let (_, ids) = page(&sandbox, &format!("{path}?{query}")).await;
        assert_eq!(ids, expected, "{query}");
    }
    for (query, problem) in [
        ("state=dead", "state does not have a valid value"),
        ("created_after=soon", "created_after is invalid"),
        ("revoked=maybe", "revoked is invalid"),
        ("per_page=0", "per_page does not have a valid value"),
        ("page=x", "page is invalid"),
    ] {
        let (status, body) = sandbox.ask(ADMIN, Method::GET, &format!("{path}?{query}"), Value::Null).await;
        assert_eq!((status, body), (StatusCode::BAD_REQUEST, json!({ "error": problem })), "{query}");
    }
}

#[tokio::test]
async fn a_page_says_where_the_others_are() {
    let (sandbox, path, [_, second, _]) = three_tokens().await;
    let (headers, ids) = page(&sandbox, &format!("{path}?sort=created_asc&page=2&per_page=1")).await;
    assert_eq!(ids, [second]);
    for (name, value) in [
        ("x-page", "2"),
        ("x-per-page", "1"),
        ("x-prev-page", "1"),
        ("x-next-page", "3"),
        ("x-total", "3"),
        ("x-total-pages", "3"),
    ] {
        assert_eq!(headers[name], value, "{name}");
    }
    let link = |page: u32, relation: &str| {
        format!("<{}{path}?sort=created_asc&page={page}&per_page=1>; rel=\"{relation}\"", sandbox.base)
    };
    let links = [link(1, "prev"), link(3, "next"), link(1, "first"), link(3, "last")].join(", ");
    assert_eq!(headers["link"].to_str().unwrap(), links);
    let (headers, _) = page(&sandbox, &format!("{path}?page=3&per_page=1")).await;
    assert_eq!(headers["x-next-page"], "");

    let (status, body) =
        sandbox.ask(ADMIN, Method::GET, &format!("{path}?pagination=keyset"), Value::Null).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(body["error"], "Keyset pagination is not yet available for this type of request");
}

#[tokio::test]
async fn projects_are_listed_by_keyset_and_below_a_group() {
    let sandbox = Running::start().await;
    let above = sandbox.group("above", None).await;
    let below = sandbox.group("below", Some(above)).await;
    let deep = sandbox.group("deep", Some(below)).await;
    let one = sandbox.project("one", above, "private").await;
    let two = sandbox.project("two", deep, "private").await;
    let three = sandbox.project("three", below, "private").await;

    let mut next = Some("/api/v4/projects?pagination=keyset&per_page=2&order_by=id&sort=asc".to_owned());
    let mut all = Vec::new();
    while let Some(path) = next {
        let (headers, ids) = page(&sandbox, &path).await;
        all.extend(ids);
        assert!(headers.get("x-total").is_none());
        next = headers.get("link").map(|link| {
            let url = link.to_str().unwrap().strip_suffix(">; rel=\"next\"").unwrap();
            url.strip_prefix(&format!("<{}", sandbox.base)).unwrap().to_owned()
        });
    }
    assert_eq!(all, [one, two, three]);

    let (_, ids) = page(&sandbox, &format!("/api/v4/groups/{above}/projects?sort=asc")).await;
    assert_eq!(ids, [one]);
    let (_, ids) =
        page(&sandbox, &format!("/api/v4/groups/{above}/projects?include_subgroups=true&sort=asc")).await;
    assert_eq!(ids, [one, two, three]);
    let (_, ids) = page(&sandbox, &format!("/api/v4/groups/{above}/descendant_groups?sort=asc")).await;
    assert_eq!(ids, [below, deep]);
    let (_, ids) = page(&sandbox, &format!("/api/v4/groups/{above}/subgroups")).await;
    assert_eq!(ids, [below]);
}

#[tokio::test]
async fn members_are_those_of_the_place_and_with_all_those_from_above() {
    let sandbox = Running::start().await;
    let above = sandbox.group("above", None).await;
    let below = sandbox.group("below", Some(above)).await;
    let (one, _) = sandbox.person("one").await;
    let (two, token) = sandbox.person("two").await;
    sandbox.member(&format!("groups/{above}"), one, 30).await;
    sandbox.member(&format!("groups/{above}"), two, 20).await;
    sandbox.member(&format!("groups/{below}"), two, 40).await;
    let (_, ids) = page(&sandbox, &format!("/api/v4/groups/{below}/members")).await;
    assert_eq!(ids, [two]);
    let all = sandbox.admin(Method::GET, &format!("/api/v4/groups/{below}/members/all"), Value::Null).await;
    let levels: Vec<_> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|member| (member["id"].clone(), member["access_level"].clone()))
        .collect();
    assert_eq!(levels, [(json!(two), json!(40)), (json!(one), json!(30))]);
    let path = format!("/api/v4/groups/{below}/members/{two}");
    let forbidden = (StatusCode::FORBIDDEN, json!({ "message": "403 Forbidden" }));
    assert_eq!(sandbox.ask(&token, Method::DELETE, &path, Value::Null).await, forbidden);
    assert_eq!(sandbox.ask(ADMIN, Method::DELETE, &path, Value::Null).await.0, StatusCode::NO_CONTENT);
}
