use super::*;

#[tokio::test]
async fn a_full_disk_refuses_writes_and_loses_nothing() {
    let root = RootKey::draw();
    let disk = SimulatedDisk::default();
    let store = founded(Medium::Simulated(disk.clone()), &root).await;
    disk.limit(Some(disk.length() + 2_000_000));
    let large = "x".repeat(50_000);
    let mut written = 0;
    let refusal = loop {
        match store.commit(put(&format!("large/{written}"), &large)).await {
            Ok(()) => written += 1,
            Err(error) => break error,
        }
        assert!(written < 1000, "the disk has no end");
    };
    assert!(written > 0 && matches!(refusal, StorageError::Write(_)), "{written}: {refusal}");
    let opened = disk.openings();
    for _ in 0..1000 {
        assert!(store.commit(put("large/again", &large)).await.is_err());
    }
    // Each opening looks at the whole file, and readers wait for it.
    assert!(disk.openings() - opened < 20, "{opened} openings, then {}", disk.openings());
    assert_eq!(store.view().unwrap().children("large/").unwrap().len(), written);
    assert_eq!(*store.read("large/0").unwrap().unwrap(), *bytes(&large));
    disk.limit(None);
    lands(&store, || put("large/again", &large)).await;
    assert_eq!(store.view().unwrap().children("large/").unwrap().len(), written + 1);
}
