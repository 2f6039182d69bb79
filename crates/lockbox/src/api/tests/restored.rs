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
