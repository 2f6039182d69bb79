use std::collections::HashMap;

use serde_json::Value;
use vaultrs::{
    api::{ResponseWrapper, sys::requests::ReadPolicyRequest, token::requests::CreateTokenRequest},
    cubbyhole,
    sys::wrapping,
    token,
};

use super::story::play;
use crate::clients::frame::Servers;

#[test]
fn vaultrs_wraps() {
    play("vaultrs-wraps", Servers::shared(), async |story| {
        let root = &story.client_of_root();
        let request = ReadPolicyRequest::builder().name("default").build().unwrap();
        let wrapped = request.wrap(root).await;
        let token = wrapped.map_or_else(|_| "nothing".to_owned(), |wrapped| wrapped.info.token);
        story.does("look up", wrapping::lookup(root, &token)).await;
        story.does("unwrap", wrapping::unwrap::<Value>(root, Some(&token))).await;
        story.refuses("unwrap again", 400, wrapping::unwrap::<Value>(root, Some(&token))).await;
        story.refuses("look up what is gone", 400, wrapping::lookup(root, &token)).await;
    });
}

#[test]
fn vaultrs_keeps_what_is_a_tokens_own() {
    play("vaultrs-cubbyhole", Servers::shared(), async |story| {
        let root = &story.client_of_root();
        let mut order = CreateTokenRequest::builder();
        order.policies(vec!["default".to_owned()]).ttl("10m");
        let bearer = story.gets_token("make a token", token::new(root, Some(&mut order))).await;
        let bearer = &story.client(&bearer);
        let value = HashMap::from([("v", "1")]);
        story.does("keep", cubbyhole::set(bearer, "cubbyhole", "a/b", &value)).await;
        story.does("read", cubbyhole::get::<Value>(bearer, "cubbyhole", "a/b")).await;
        let listed = async { Ok(cubbyhole::list(bearer, "cubbyhole", "a").await?.data.keys) };
        story.does("list", listed).await;
        story.refuses("another reads nothing", 404, cubbyhole::get::<Value>(root, "cubbyhole", "a/b")).await;
        story.does("forget", cubbyhole::delete(bearer, "cubbyhole", "a/b")).await;
        story.refuses("read nothing", 404, cubbyhole::get::<Value>(bearer, "cubbyhole", "a/b")).await;
    });
}
