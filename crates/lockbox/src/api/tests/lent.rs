use super::{
    gitlab::{Gitlab, OWNER},
    *,
};
use crate::storage::{Batch, SimulatedDisk, lands};

/// An engine at `gitlab/`, with the role `ci`.
async fn minting(opened: &Opened, gitlab: &Gitlab) {
    let role = json!({
        "path": "team", "scopes": ["api"], "ttl": "1h", "access_level": "guest", "token_type": "group", "name": "x",
    });
    for (path, fields) in [
        ("sys/mounts/gitlab", json!({ "type": "gitlab" })),
        ("gitlab/config/default", json!({ "token": OWNER, "base_url": gitlab.address, "type": "saas" })),
        ("gitlab/roles/ci", role),
    ] {
        opened.ask(&opened.incoming(Operation::Update, path, fields)).await.unwrap();
    }
}

fn read(opened: &Opened, token: &Zeroizing<String>) -> Incoming {
    let incoming = opened.incoming(Operation::Read, "gitlab/token/ci", json!({}));
    Incoming { token: Some(token.clone()), ..incoming }
}

/// Waits until so many tokens live at GitLab.
async fn live(gitlab: &Gitlab, expected: usize) {
    let begun = tokio::time::Instant::now();
    while gitlab.living() != expected {
        assert!(begun.elapsed() < Duration::from_secs(20), "{} live, and not {expected}", gitlab.living());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_token_that_nobody_can_be_told_of_is_ended() {
    let disk = SimulatedDisk::default();
    let (opened, gitlab) =
        (Opened::on(Medium::Simulated(disk.clone())).await, Gitlab::start().await.unwrap());
    minting(&opened, &gitlab).await;
    let ask = read(&opened, &opened.root);
    // The log has room for what is asked, and not for what is told.
    opened.limit_log(Some(1));
    assert!(matches!(opened.ask(&ask).await, Err(Failure::Audit(_))));
    opened.limit_log(None);
    live(&gitlab, 0).await;
    // The lease does not get to the disk.
    let full = disk.clone();
    gitlab.makes_while(move || full.limit(Some(0)));
    assert!(opened.ask(&ask).await.is_err());
    live(&gitlab, 0).await;
    // And what could not be kept is not asked for.
    assert!(opened.ask(&ask).await.is_err());
    disk.limit(None);
    let made = |requests: Vec<String>| requests.iter().filter(|request| request.starts_with("POST")).count();
    assert_eq!(made(gitlab.requests()), 2);
    lands(&opened.core().store, Batch::default).await;
    opened.ask(&ask).await.unwrap();
    assert_eq!(opened.core().leases.all_named("gitlab").len(), 1);
    live(&gitlab, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_ended_whose_asker_goes_away_at_any_moment() {
    let (opened, gitlab) = (Opened::on(Medium::Memory).await, Gitlab::start().await.unwrap());
    minting(&opened, &gitlab).await;
    let ask = read(&opened, &opened.root);
    let (mut told, mut left) = (0, 0);
    for patience in (0..4).cycle().take(24) {
        match opened.ask_for_a_while(&ask, patience).await {
            Some(answer) => told += usize::from(answer.is_ok()),
            None => left += 1,
        }
    }
    assert!(left > 0 && told + left == 24, "{told} were told, {left} went away");
    // Whoever is on the way at GitLab comes back first.
    let begun = tokio::time::Instant::now();
    while opened.core().leases.all_named("gitlab").len() != told || gitlab.living() != told {
        assert!(begun.elapsed() < Duration::from_secs(20), "{} of {told} live", gitlab.living());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_restore_ends_what_was_given_since_and_brings_back_nothing_that_ended() {
    let (opened, gitlab) = (Opened::on(Medium::Memory).await, Gitlab::start().await.unwrap());
    minting(&opened, &gitlab).await;
    let policy = json!({ "policy": "path \"gitlab/token/ci\" { capabilities = [\"read\"] }" });
    opened.ask(&opened.incoming(Operation::Update, "sys/policies/acl/mints", policy)).await.unwrap();
    let order = || json!({ "policies": ["mints"] });
    let lease_of =
        async |token: &Zeroizing<String>| opened.ask(&read(&opened, token)).await.unwrap().lease_id;
    let (kept, ended) =
        (opened.token_of(&opened.root, order()).await, opened.token_of(&opened.root, order()).await);
    let (stays, _goes) = (lease_of(&kept).await, lease_of(&ended).await);
    let backup = opened.backup();
    let since = lease_of(&kept).await;
    let later = opened.token_of(&opened.root, order()).await;
    lease_of(&later).await;
    let revoke = opened.incoming(Operation::Update, "auth/token/revoke", json!({ "token": *ended }));
    opened.ask(&revoke).await.unwrap();
    live(&gitlab, 3).await;

    opened.vault.restore(backup).await.unwrap();
    opened.core().purge();
    // The session of the last one was never heard of, and the one that was revoked stays so.
    live(&gitlab, 2).await;
    for _ in 0..2 {
        let core = opened.core();
        let mut alive: Vec<_> =
            core.leases.alive_under("gitlab", core.now()).iter().map(|it| it.id.clone()).collect();
        let mut expected = vec![stays.clone(), since.clone()];
        alive.sort_unstable();
        expected.sort_unstable();
        assert_eq!(alive, expected);
        drop(core);
        opened.vault.seal();
        opened.vault.unseal(opened.key.clone()).await.unwrap();
    }
}

#[tokio::test]
async fn a_token_that_is_made_while_the_vault_is_sealed_is_given_to_nobody() {
    let (opened, gitlab) = (Opened::on(Medium::Memory).await, Gitlab::start().await.unwrap());
    minting(&opened, &gitlab).await;
    let vault = Arc::clone(&opened.vault);
    gitlab.makes_while(move || vault.seal());
    assert!(matches!(opened.ask(&read(&opened, &opened.root)).await, Err(Failure::Sealed)));
    live(&gitlab, 0).await;
    opened.vault.unseal(opened.key.clone()).await.unwrap();
    assert!(opened.core().leases.all_named("gitlab").is_empty());
}

#[tokio::test]
async fn what_ended_before_a_restore_stays_ended_after_a_kill() {
    let (opened, gitlab) = (Opened::on(Medium::Memory).await, Gitlab::start().await.unwrap());
    minting(&opened, &gitlab).await;
    let ask = read(&opened, &opened.root);
    let before = opened.ask(&ask).await.unwrap().lease_id;
    let backup = opened.backup();
    let since = opened.ask(&ask).await.unwrap().lease_id;
    let end = |lease: &str| {
        gitlab.says(hyper::StatusCode::BAD_GATEWAY);
        gitlab.says(hyper::StatusCode::BAD_GATEWAY);
        opened.incoming(Operation::Update, "sys/leases/revoke", json!({ "lease_id": lease }))
    };
    for lease in [&before, &since] {
        assert!(matches!(opened.ask(&end(lease)).await, Err(Failure::Owed(_))));
    }
    opened.vault.restore(backup).await.unwrap();
    // Nobody has ended them at GitLab when it is killed.
    opened.vault.seal();
    opened.vault.unseal(opened.key.clone()).await.unwrap();
    let core = opened.core();
    assert!(core.leases.alive_under("gitlab", core.now()).is_empty());
    assert_eq!((core.leases.all_named("gitlab").len(), gitlab.living()), (2, 2));
    core.purge();
    live(&gitlab, 0).await;
}
