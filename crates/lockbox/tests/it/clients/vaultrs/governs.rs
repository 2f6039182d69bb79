use std::collections::BTreeMap;

use vaultrs::{
    api::sys::requests::{EnableAuthRequest, EnableEngineDataConfig, EnableEngineRequest},
    sys::{auth, mount, policy, remount},
};

use super::story::play;
use crate::clients::frame::Servers;

#[test]
fn vaultrs_governs() {
    play("vaultrs-governs", Servers::alone(), async |story| {
        let (me, root) = (&story.me.clone(), &story.client_of_root());
        let engines = async || {
            let mut listed: BTreeMap<_, _> = mount::list(root).await?.into_iter().collect();
            // Only OpenBao has it.
            listed.remove("identity/");
            Ok(listed)
        };
        story.does("list engines", engines()).await;
        let mut options = EnableEngineRequest::builder();
        options.description("made up").config(EnableEngineDataConfig {
            default_lease_ttl: Some("30m".to_owned()),
            ..EnableEngineDataConfig::default()
        });
        story.does("mount", mount::enable(root, me, "kv", Some(&mut options))).await;
        story.refuses("mount again", 400, mount::enable(root, me, "kv", None)).await;
        story.refuses("mount what there is not", 400, mount::enable(root, "x", "nothing", None)).await;
        story.does("list engines again", engines()).await;
        story.does("read how it is", mount::get_configuration_of_a_secret_engine(root, me)).await;
        story.does("unmount", mount::disable(root, me)).await;
        story.refuses("read what is gone", 400, mount::get_configuration_of_a_secret_engine(root, me)).await;

        let mut options = EnableAuthRequest::builder();
        options.description("made up");
        story.does("enable a method", auth::enable(root, me, "jwt", Some(&mut options))).await;
        let methods = async { Ok(auth::list(root).await?.into_iter().collect::<BTreeMap<_, _>>()) };
        story.does("list methods", methods).await;
        story.does("disable the method", auth::disable(root, me)).await;

        let rules = "path \"x\" { capabilities = [\"read\"] }";
        story.does("write a policy", policy::set(root, me, rules)).await;
        story.does("read the policy", policy::read(root, me)).await;
        story.does("list policies", policy::list(root)).await;
        story.refuses("write a bad policy", 400, policy::set(root, me, "path {")).await;
        story.does("delete the policy", policy::delete(root, me)).await;
        story.refuses("read no policy", 404, policy::read(root, me)).await;
        // Its answer must have fields that only Vault gives.
        story.fails("health", vaultrs::sys::health(root)).await;
    });
}

#[test]
fn vaultrs_moves_engines() {
    play("vaultrs-move", Servers::shared(), async |story| {
        let (me, root) = (&story.me.clone(), &story.client_of_root());
        story.does("mount", mount::enable(root, me, "kv", None)).await;
        let moved = story.does("move", remount::remount(root, me, &format!("{me}-moved"))).await;
        let id = &moved.map_or_else(|| "nothing".to_owned(), |moved| moved.migration_id);
        let status = async || remount::remount_status(root, id).await;
        for _ in 0..1000 {
            if !status().await.is_ok_and(|status| status.migration_info.status == "in-progress") {
                break;
            }
        }
        story.does("read how it went", status()).await;
        story.refuses("move nothing", 400, remount::remount(root, "nothing", me)).await;
    });
}
