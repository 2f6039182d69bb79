use std::{
    future::{Future as _, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
};

use tokio::task::JoinSet;

use super::{founded, put, reopened};
use crate::{clock::Moment, seal::RootKey, storage::Medium};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_written_while_keys_are_made_at_the_same_time_can_be_read() {
    let disk = super::SimulatedDisk::default();
    let root = RootKey::draw();
    let store = Arc::new(founded(Medium::Simulated(disk.clone()), &root).await);
    let mut rotations = JoinSet::new();
    for _ in 0..8 {
        let store = Arc::clone(&store);
        rotations.spawn(async move { store.rotate(Moment::at_second(2)).await });
    }
    for number in 0..64 {
        store.commit(put(&format!("entry/{number}"), "value")).await.unwrap();
    }
    assert!(rotations.join_all().await.iter().all(Result::is_ok));
    assert_eq!(store.keyring().status().term, 9);
    drop(store);
    let store = reopened(Medium::Simulated(disk), &root).unwrap();
    assert_eq!(store.keyring().status().term, 9);
    for number in 0..64 {
        assert!(store.read(&format!("entry/{number}")).unwrap().is_some(), "{number}");
    }
}

#[tokio::test]
async fn a_rotation_that_nobody_waited_for_takes_nothing_along() {
    let disk = super::SimulatedDisk::default();
    let root = RootKey::draw();
    let store = founded(Medium::Simulated(disk.clone()), &root).await;
    for number in 0..16 {
        // Asked once, and let go of: its keyring is on its way to the disk.
        {
            let mut rotation = pin!(store.rotate(Moment::at_second(2)));
            poll_fn(|task| Poll::Ready(rotation.as_mut().poll(task).is_pending())).await;
        }
        store.commit(put(&format!("entry/{number}"), "value")).await.unwrap();
    }
    store.rotate(Moment::at_second(3)).await.unwrap();
    store.commit(put("entry/last", "value")).await.unwrap();
    drop(store);
    let store = reopened(Medium::Simulated(disk), &root).unwrap();
    for number in 0..16 {
        assert!(store.read(&format!("entry/{number}")).unwrap().is_some(), "{number}");
    }
    assert!(store.read("entry/last").unwrap().is_some());
}
