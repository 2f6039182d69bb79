use std::pin::pin;

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
