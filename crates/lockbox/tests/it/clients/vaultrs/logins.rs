use vaultrs::{
    api::auth::oidc::requests::{SetConfigurationRequest, SetRoleRequest},
    auth::oidc,
    sys::auth,
    token,
};

use super::story::play;
use crate::clients::frame::{Job, Servers};

#[test]
fn vaultrs_logs_in() {
    play("vaultrs-jwt", Servers::shared(), async |story| {
        let (me, root, job) = (&story.me.clone(), &story.client_of_root(), Job::new());
        story.does("enable", auth::enable(root, me, "jwt", None)).await;
        let mut settings = SetConfigurationRequest::builder();
        settings.jwt_validation_pubkeys(vec![job.pem]).bound_issuer("https://issuer.example");
        story.does("configure", oidc::config::set(root, me, Some(&mut settings))).await;
        story.does("read the configuration", oidc::config::read(root, me)).await;
        let mut role = SetRoleRequest::builder();
        role.role_type("jwt").bound_audiences(vec!["https://vault.example".to_owned()]);
        role.token_policies(vec!["default".to_owned()]).token_ttl("10m");
        let written = oidc::role::set(root, me, "ci", "project_id", Vec::new(), Some(&mut role));
        story.does("write a role", written).await;
        story.does("read the role", oidc::role::read(root, me, "ci")).await;
        story.does("list roles", oidc::role::list(root, me)).await;

        let nobody = &story.client("");
        let log_in = async |role: &str, jwt: &str| oidc::login(nobody, me, jwt, Some(role.to_owned())).await;
        let session = story.gets_token("log in", log_in("ci", &job.jwt)).await;
        let session = &story.client(&session);
        story.does("look itself up", token::lookup_self(session)).await;
        story.gets_token("renew itself", token::renew_self(session, Some("60s"))).await;
        story.does("log out", token::revoke_self(session)).await;
        story.refuses("look itself up again", 403, token::lookup_self(session)).await;
        let refused = async |role: &str, jwt: &str| log_in(role, jwt).await.map(|_| ());
        story.refuses("log in with a wrong role", 400, refused("nothing", &job.jwt)).await;
        story.refuses("log in with no JWT", 400, refused("ci", "a.b.c")).await;
        story.does("delete the role", oidc::role::delete(root, me, "ci")).await;
        story.refuses("read no role", 404, oidc::role::read(root, me, "ci")).await;
        story.does("disable", auth::disable(root, me)).await;
    });
}
