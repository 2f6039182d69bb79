use std::collections::HashMap;

use vaultrs::{
    api::token::requests::{
        CreateOrphanTokenRequest, CreateRoleTokenRequest, CreateTokenRequest, SetTokenRoleRequest,
    },
    sys::policy,
    token,
};

use super::story::play;
use crate::clients::frame::Servers;

#[test]
fn vaultrs_looks_after_tokens() {
    play("vaultrs-tokens", Servers::shared(), async |story| {
        let root = &story.client_of_root();
        story.does("look up the root", token::lookup_self(root)).await;
        let mut order = CreateTokenRequest::builder();
        order.policies(vec!["default".to_owned()]).ttl("1h").display_name("ann").num_uses(20_u64);
        order.meta(HashMap::from([("team".to_owned(), "ops".to_owned())]));
        let made = &story.gets_token("create", token::new(root, Some(&mut order))).await;
        let bearer = &story.client(made);
        let found = story.does("look up", token::lookup(root, made)).await;
        let accessor = &found.map_or_else(|| "nothing".to_owned(), |found| found.accessor);
        story.does("look up by accessor", token::lookup_accessor(root, accessor)).await;
        story.does("look up itself", token::lookup_self(bearer)).await;
        story.gets_token("renew", token::renew(root, made, Some("30m"))).await;
        story.gets_token("renew itself", token::renew_self(bearer, Some("20m"))).await;
        story.does("revoke by accessor", token::revoke_accessor(root, accessor)).await;
        story.refuses("look up what is revoked", 403, token::lookup(root, made)).await;
        story.refuses("look up by no accessor", 400, token::lookup_accessor(root, accessor)).await;

        let mut order = CreateOrphanTokenRequest::builder();
        order.policies(vec!["default".to_owned()]).period("30m");
        let orphan = &story.gets_token("create an orphan", token::new_orphan(root, Some(&mut order))).await;
        story.does("look up the orphan", token::lookup(root, orphan)).await;
        story.does("the orphan revokes itself", token::revoke_self(&story.client(orphan))).await;
        story
            .refuses("renew what is gone", 400, async {
                token::renew(root, orphan, None).await.map(|session| session.lease_duration)
            })
            .await;
    });
}

#[test]
fn vaultrs_revokes_a_parent_alone() {
    play("vaultrs-orphans", Servers::shared(), async |story| {
        let (me, root) = (&story.me.clone(), &story.client_of_root());
        let rules = "path \"auth/token/create\" { capabilities = [\"update\"] }";
        story.does("write a policy", policy::set(root, me, rules)).await;
        let mut order = CreateTokenRequest::builder();
        order.policies(vec![me.clone()]);
        let parent = &story.gets_token("create a parent", token::new(root, Some(&mut order))).await;
        let child = &story.gets_token("create a child", token::new(&story.client(parent), None)).await;
        story.does("revoke the parent alone", token::revoke_orphan(root, parent)).await;
        story.does("look up the child", token::lookup(root, child)).await;
        story.does("revoke the child", token::revoke(root, child)).await;
        story.does("tidy", token::tidy(root)).await;
    });
}

#[test]
fn vaultrs_makes_tokens_by_a_role() {
    play("vaultrs-role", Servers::shared(), async |story| {
        let (me, root) = (&story.me.clone(), &story.client_of_root());
        let mut role = SetTokenRoleRequest::builder();
        role.allowed_policies(vec!["default".to_owned()]).orphan(true).token_period("10m");
        story.does("write a role", token::role::set(root, me, Some(&mut role))).await;
        story.does("read the role", token::role::read(root, me)).await;
        let listed = async { Ok(token::role::list(root).await?.keys.contains(me)) };
        story.does("list roles", listed).await;
        let mut order = CreateRoleTokenRequest::builder();
        order.policies(vec!["default".to_owned()]);
        let made = &story.gets_token("create", token::new_role(root, me, Some(&mut order))).await;
        story.does("look up", token::lookup(root, made)).await;
        story.does("delete the role", token::role::delete(root, me)).await;
        story.refuses("read no role", 404, token::role::read(root, me)).await;
    });
}
