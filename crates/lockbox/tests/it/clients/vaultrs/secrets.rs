use std::collections::HashMap;

use serde_json::{Value, json};
use vaultrs::{
    api::{
        kv2::requests::{SetConfigurationRequest, SetSecretMetadataRequest, SetSecretRequestOptions},
        sys::requests::EnableEngineRequest,
    },
    kv1, kv2,
    sys::{mount, policy},
    token,
};

use super::story::{Story, play};
use crate::clients::frame::Servers;

#[test]
fn vaultrs_keeps_secrets_by_version() {
    play("vaultrs-kv2", Servers::shared(), async |story| {
        mount_version(story, "2").await;
        let (me, root) = (&story.me.clone(), &story.client_of_root());
        let ready = async || kv2::config::read(root, me).await.is_ok();
        for _ in 0..1000 {
            if ready().await {
                break;
            }
        }
        let anna = json!({ "user": "anna", "deep": { "n": [5] } });
        story.does("put", kv2::set(root, me, "app/db", &anna)).await;
        story.does("put again", kv2::set(root, me, "app/db", &json!({ "user": "bert" }))).await;
        story.does("read", kv2::read::<Value>(root, me, "app/db")).await;
        story.does("read the first", kv2::read_version::<Value>(root, me, "app/db", 1)).await;
        story.refuses("read nothing", 404, kv2::read::<Value>(root, me, "nothing")).await;
        let options = SetSecretRequestOptions { cas: 0 };
        story.refuses("create again", 400, kv2::set_with_options(root, me, "app/db", &anna, options)).await;
        story.does("list", kv2::list(root, me, "")).await;
        story.does("list a folder", kv2::list(root, me, "app")).await;
        story.refuses("list nothing", 404, kv2::list(root, me, "nothing")).await;
        story.does("delete", kv2::delete_latest(root, me, "app/db")).await;
        story.fails("read what is deleted", kv2::read::<Value>(root, me, "app/db")).await;
        story.does("bring it back", kv2::undelete_versions(root, me, "app/db", vec![2])).await;
        story.does("delete one", kv2::delete_versions(root, me, "app/db", vec![1])).await;
        story.does("destroy it", kv2::destroy_versions(root, me, "app/db", vec![1])).await;
        let mut metadata = SetSecretMetadataRequest::builder();
        metadata.max_versions(2_u64).custom_metadata(HashMap::from([("owner".to_owned(), "ops".to_owned())]));
        metadata.delete_version_after("90m");
        story.does("write metadata", kv2::set_metadata(root, me, "app/db", Some(&mut metadata))).await;
        story.does("read metadata", kv2::read_metadata(root, me, "app/db")).await;
        story.does("delete everything", kv2::delete_metadata(root, me, "app/db")).await;
        story.refuses("read no metadata", 404, kv2::read_metadata(root, me, "app/db")).await;
        let mut settings = SetConfigurationRequest::builder();
        settings.max_versions(3_u64).cas_required(true).delete_version_after("1h");
        story.does("configure", kv2::config::set(root, me, Some(&mut settings))).await;
        story.does("read the configuration", kv2::config::read(root, me)).await;
    });
}

#[test]
fn vaultrs_keeps_secrets_without_versions() {
    play("vaultrs-kv1", Servers::shared(), async |story| {
        mount_version(story, "1").await;
        let (me, root) = (&story.me.clone(), &story.client_of_root());
        let anna = HashMap::from([("user", "anna"), ("ttl", "1h")]);
        story.does("put", kv1::set(root, me, "open/db", &anna)).await;
        story.does("read", kv1::get::<HashMap<String, String>>(root, me, "open/db")).await;
        let duration = async { Ok(kv1::get_raw(root, me, "open/db").await?.lease_duration) };
        story.does("read how long it is good", duration).await;
        story.does("list", async { Ok(kv1::list(root, me, "").await?.data.keys) }).await;
        story.refuses("read nothing", 404, kv1::get::<Value>(root, me, "nothing")).await;

        let rules = format!("path \"{me}/open/*\" {{ capabilities = [\"read\"] }}");
        story.does("write a policy", policy::set(root, me, &rules)).await;
        let mut order = vaultrs::api::token::requests::CreateTokenRequest::builder();
        order.policies(vec![me.clone()]);
        let limited = story.gets_token("make a token", token::new(root, Some(&mut order))).await;
        let limited = &story.client(&limited);
        story.does("read what is allowed", kv1::get::<Value>(limited, me, "open/db")).await;
        story.refuses("write what is not", 403, kv1::set(limited, me, "open/db", &anna)).await;
        let wrong = &story.client("s.nothing");
        story.refuses("read with a wrong token", 403, kv1::get::<Value>(wrong, me, "open/db")).await;
        story.refuses("read where no mount is", 404, kv1::get::<Value>(root, "no-such-mount", "a")).await;
        story.does("delete", kv1::delete(root, me, "open/db")).await;
        story.refuses("list nothing", 404, async { Ok(kv1::list(root, me, "").await?.data.keys) }).await;
    });
}

async fn mount_version(story: &mut Story, version: &str) {
    let (me, root) = (&story.me.clone(), &story.client_of_root());
    let mut options = EnableEngineRequest::builder();
    options.options(HashMap::from([("version".to_owned(), version.to_owned())]));
    story.does("mount", mount::enable(root, me, "kv", Some(&mut options))).await;
}
