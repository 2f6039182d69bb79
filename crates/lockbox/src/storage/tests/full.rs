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

/// The numbers of the records that are there.
fn numbers(store: &Store) -> Vec<u64> {
    store.records().unwrap().iter().map(|record| record.number).collect()
}

#[tokio::test]
async fn a_record_that_was_deleted_while_the_disk_was_full_goes_with_the_next_write() {
    let root = RootKey::draw();
    let disk = SimulatedDisk::default();
    let store = founded(Medium::Simulated(disk.clone()), &root).await;
    let mut batch = Batch::default();
    (1..=4).for_each(|number| batch.put_record(number, bytes("before")));
    store.commit(batch).await.unwrap();
    let large = "x".repeat(4 << 20);
    disk.limit(Some(disk.length()));
    // The first fails of the disk, the second of the pause after it; what else is in them is not done.
    for number in [1, 2] {
        let mut batch = put("never/there", &large);
        batch.put_record(4, bytes("after"));
        batch.delete_record(number);
        assert!(store.commit(batch).await.is_err());
    }
    let mut batch = put("never/there", &large);
    batch.put_record(5, bytes("x"));
    assert!(store.commit(batch).await.is_err());
    assert_eq!(numbers(&store), [3, 4], "who loads them now would let them live again");
    disk.limit(None);
    lands(&store, || put("goes/on", "goes on")).await;
    drop(store);
    let store = reopened(Medium::Simulated(disk.clone()), &root).unwrap();
    assert_eq!((numbers(&store), store.read("never/there").unwrap()), (vec![3, 4], None));
    assert_eq!(*store.records().unwrap()[1].value, *bytes("after"));

    disk.limit(Some(disk.length()));
    let mut batch = put("never/there", &large);
    batch.delete_record(3);
    assert!(store.commit(batch).await.is_err());
    disk.limit(None);
    // Who ends writes it, and does not wait for the end of the pause.
    drop(store);
    assert_eq!(numbers(&reopened(Medium::Simulated(disk), &root).unwrap()), [4]);
}

#[tokio::test]
async fn a_file_that_could_not_be_opened_is_read_again_before_it_is_written_again() {
    let disk = SimulatedDisk::default();
    let store = founded(Medium::Simulated(disk.clone()), &RootKey::draw()).await;
    store.commit(put("kept", "kept")).await.unwrap();
    disk.limit(Some(0));
    let mut openings = vec![disk.openings()];
    for _ in 0..2 {
        assert!(store.commit(put("never/there", "x")).await.is_err());
        assert!(store.read("kept").is_err(), "it is open without room");
        openings.push(disk.openings());
    }
    assert!(openings[2] > openings[1] && openings[1] > openings[0], "{openings:?}");
    disk.limit(None);
    // Nobody has to write for that.
    let until = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
    while store.read("kept").is_err() && tokio::time::Instant::now() < until {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(*store.read("kept").unwrap().unwrap(), *bytes("kept"));
    lands(&store, || put("again", "x")).await;
}

#[tokio::test]
async fn what_a_backup_found_room_for_is_written_to_at_once() {
    let disk = SimulatedDisk::default();
    let store = founded(Medium::Simulated(disk.clone()), &RootKey::draw()).await;
    let mut backup = Vec::new();
    store.backup().unwrap().write_to(&mut backup).unwrap();
    let backup = store.check(Box::new(std::io::Cursor::new(backup))).unwrap();
    disk.limit(Some(disk.length()));
    let large = "x".repeat(4 << 20);
    assert!(store.commit(put("never/there", &large)).await.is_err());
    assert!(store.commit(put("never/there", &large)).await.is_err());
    disk.limit(None);
    let store = store.restore(backup, &[], |_| Fate::Stays).await.unwrap();
    store.commit(put("goes/on", "goes on")).await.unwrap();
}
