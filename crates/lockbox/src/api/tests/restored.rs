use std::net::{IpAddr, Ipv4Addr};

use super::*;
use crate::storage::Batch;

#[tokio::test]
async fn a_vault_that_was_sealed_during_a_restore_stays_sealed() {
    let opened = Opened::on(Medium::Memory).await;
    let backup = opened.backup();
    let mut large = Batch::default();
    large.put("large", Zeroizing::new(vec![1; 32 << 20]));
    // The restore waits behind it.
    let writing = opened.core().store.submit(large);
    let mut restoring = pin!(opened.vault.restore(backup));
    tokio::select! {
        biased;
        _ = &mut restoring => panic!("it did not wait"),
        () = std::future::ready(()) => opened.vault.seal(),
    }
    assert!(matches!(restoring.await, Err(Failure::Sealed)));
    assert!(opened.vault.core().is_none());
    writing.landed().await.unwrap();
    let core = opened.vault.unseal(opened.key.clone()).await.unwrap();
    assert!(core.tokens.find(&opened.root, core.now()).is_some());
    assert!(core.store.read("large").unwrap().is_none());
}

#[tokio::test]
async fn no_restore_brings_back_a_token_that_has_ended_or_a_use_of_one() {
    let opened = Opened::on(Medium::Memory).await;
    let parent = opened.token_of(&opened.root, json!({})).await;
    let child = opened.token_of(&parent, json!({})).await;
    let kept = opened.token_of(&opened.root, json!({})).await;
    let used = opened.token_of(&opened.root, json!({ "num_uses": 3 })).await;
    let backup = opened.backup();
    let revoke = opened.incoming(Operation::Update, "auth/token/revoke", json!({ "token": *parent }));
    opened.ask(&revoke).await.unwrap();
    let look = opened.incoming(Operation::Read, "auth/token/lookup-self", json!({}));
    opened.ask(&Incoming { token: Some(used.clone()), ..look }).await.unwrap();
    let later = opened.token_of(&opened.root, json!({})).await;

    opened.vault.restore(backup).await.unwrap();
    opened.vault.seal();
    let core = opened.vault.unseal(opened.key.clone()).await.unwrap();
    let alive = [&parent, &child, &later, &kept, &opened.root].map(|token| opened.is_alive(token));
    assert_eq!(alive, [false, false, false, true, true]);
    assert_eq!(core.tokens.find(&used, core.now()).unwrap().uses, 2);
    assert_eq!(core.store.records().unwrap().len(), 3);
}

#[tokio::test]
async fn what_happens_to_tokens_in_the_middle_of_a_restore_stays() {
    let opened = Opened::on(Medium::Memory).await;
    let parent = opened.token_of(&opened.root, json!({})).await;
    let child = opened.token_of(&parent, json!({})).await;
    let alone = opened.token_of(&opened.root, json!({})).await;
    let orphan = opened.token_of(&alone, json!({})).await;
    let used = opened.token_of(&opened.root, json!({ "num_uses": 3 })).await;
    let used_up = opened.token_of(&opened.root, json!({ "num_uses": 1 })).await;
    let backup = opened.backup();
    let before = opened.core();
    let mut large = Batch::default();
    large.put("large", Zeroizing::new(vec![1; 32 << 20]));
    // The restore waits behind it.
    let writing = before.store.submit(large);
    let mut restoring = pin!(opened.vault.restore(backup));
    let begun = tokio::time::Instant::now();
    // The fates of all are said, and nobody knows it yet.
    assert!(poll_fn(|context| Poll::Ready(restoring.as_mut().poll(context))).await.is_pending());
    writing.landed().await.unwrap();
    while !before.store.is_replaced() {
        assert!(begun.elapsed() < Duration::from_secs(60));
        tokio::task::yield_now().await;
    }
    let (now, from) = (before.now(), IpAddr::V4(Ipv4Addr::LOCALHOST));
    let found = |token: &str| before.tokens.find(token, now).unwrap();
    assert!(before.tokens.revoke(&found(&parent)).await.is_err());
    assert!(before.tokens.revoke_alone(&found(&alone)).await.is_err());
    for token in [&used, &used_up] {
        // It counts, whatever becomes of it.
        assert!(before.authenticate(Some(token), from).await.is_err());
    }
    restoring.await.unwrap();
    drop(before);
    for _ in 0..2 {
        let core = opened.core();
        let tokens = [&parent, &child, &alone, &used_up, &orphan, &used, &opened.root];
        let alive = tokens.map(|token| opened.is_alive(token));
        assert_eq!(alive, [false, false, false, false, true, true, true]);
        assert_eq!(core.tokens.find(&used, now).unwrap().uses, 2);
        assert!(core.tokens.find(&orphan, now).unwrap().token.parent.is_none());
        assert_eq!(core.store.records().unwrap().len(), 3);
        drop(core);
        opened.vault.seal();
        opened.vault.unseal(opened.key.clone()).await.unwrap();
    }
}

#[tokio::test]
async fn a_token_that_was_revoked_does_not_come_back_as_another_of_its_id() {
    let opened = Opened::on(Medium::Memory).await;
    let chosen = || json!({ "id": "chosen-by-somebody", "policies": "default" });
    let first = opened.token_of(&opened.root, chosen()).await;
    let backup = opened.backup();
    let revoke = opened.incoming(Operation::Update, "auth/token/revoke", json!({ "token": *first }));
    opened.ask(&revoke).await.unwrap();
    let second = opened.token_of(&opened.root, chosen()).await;
    assert!(first == second && opened.is_alive(&second));
    opened.vault.restore(backup).await.unwrap();
    assert!(!opened.is_alive(&second), "what was written since is gone");
    assert_eq!(opened.core().store.records().unwrap().len(), 1);
}
