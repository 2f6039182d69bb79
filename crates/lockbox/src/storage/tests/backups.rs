//! A backup, out and in, with everything that can befall it on the way.

use std::io::Cursor;

use super::{
    super::{BackupError, Checked},
    *,
};

/// Every kind of entry, with this text.
fn filled(text: &str) -> Batch {
    let mut batch = put("folder/entry", text);
    batch.put_unlisted("apart", bytes(text));
    batch.put_record(7, bytes(text));
    batch
}

/// The text, if it is the same everywhere.
fn text(store: &Store) -> String {
    let entry = store.read("folder/entry").unwrap().unwrap();
    let apart = store.view().unwrap().read_unlisted("apart").unwrap().unwrap();
    let records = store.records().unwrap();
    assert_eq!((&entry, &entry), (&apart, &records[0].value));
    String::from_utf8(entry.to_vec()).unwrap()
}

fn taken(store: &Store) -> Vec<u8> {
    let mut bytes = Vec::new();
    store.backup().unwrap().write_to(&mut bytes).unwrap();
    bytes
}

fn checked(store: &Store, bytes: &[u8]) -> Result<Checked, BackupError> {
    store.check(Box::new(Cursor::new(bytes.to_vec())))
}

#[tokio::test]
async fn what_was_is_there_again_and_what_came_later_is_gone() {
    let root = RootKey::draw();
    let disk = SimulatedDisk::default();
    let store = founded(Medium::Simulated(disk.clone()), &root).await;
    store.commit(filled("before")).await.unwrap();
    store.commit(put("audit/tip", "old")).await.unwrap();
    let backup = taken(&store);
    store.rotate(Moment::at_second(2)).await.unwrap();
    store.commit(filled("after")).await.unwrap();
    store.commit(put("later/entry", "later")).await.unwrap();
    store.commit(put("audit/tip", "new")).await.unwrap();
    let under_way = store.backup().unwrap();

    let restored = store
        .restore(checked(&store, &backup).unwrap(), &["audit/tip", "never/there"], |_| Fate::Stays)
        .await
        .unwrap();
    assert_eq!(text(&restored), "before");
    assert_eq!(restored.view().unwrap().children("").unwrap(), ["audit/", "folder/"]);
    assert_eq!(*restored.read("audit/tip").unwrap().unwrap(), *bytes("new"));
    // Who still has the old one changes nothing of the new one.
    assert!(matches!(store.commit(filled("late")).await, Err(StorageError::Closed)));
    let mut of_before = Vec::new();
    under_way.write_to(&mut of_before).unwrap();
    restored.commit(put("goes/on", "goes on")).await.unwrap();
    drop((store, restored));
    let store = reopened(Medium::Simulated(disk), &root).unwrap();
    assert_eq!(text(&store), "before");
    let store = store.restore(checked(&store, &of_before).unwrap(), &[], |_| Fate::Stays).await.unwrap();
    assert_eq!(text(&store), "after");
}

#[tokio::test]
async fn every_byte_of_a_backup_counts() {
    let root = RootKey::draw();
    let store = founded(Medium::Memory, &root).await;
    store.commit(filled("secret")).await.unwrap();
    let backup = taken(&store);
    assert!(checked(&store, &backup).is_ok());
    assert!(!backup.windows(6).any(|window| window == b"secret" || window == b"folder"));
    // The head of the last part is the one that its own proof does not cover.
    let last = backup.len() - 37;
    for at in 0..backup.len() {
        for bit in 0..8 {
            if at < last && bit != at % 8 {
                continue;
            }
            let mut flipped = backup.clone();
            flipped[at] ^= 1 << bit;
            assert!(checked(&store, &flipped).is_err(), "bit {bit} of byte {at} can be changed");
        }
        assert!(checked(&store, &backup[..at]).is_err(), "only {at} bytes are enough");
    }
    assert!(matches!(checked(&store, &[&backup[..], b"x"].concat()), Err(BackupError::Changed)));
    assert!(matches!(checked(&store, b"something else altogether"), Err(BackupError::NotABackup)));
    assert!(matches!(checked(&store, b""), Err(BackupError::CutOff)));
    // So long is no header, and nobody has proved that there is more.
    let endless = b"lockbox backup 1\nh\xff\xff\xff\xff{";
    assert!(matches!(checked(&store, endless), Err(BackupError::Changed)));
    let other = founded(Medium::Memory, &RootKey::draw()).await;
    assert!(matches!(checked(&other, &backup), Err(BackupError::OtherKey)));
    assert_eq!(text(&store), "secret");
}

#[tokio::test]
async fn a_damaged_entry_is_found_when_the_backup_is_taken() {
    let root = RootKey::draw();
    let (here, there) = (founded(Medium::Memory, &root).await, founded(Medium::Memory, &root).await);
    here.commit(filled("one")).await.unwrap();
    there.commit(filled("two")).await.unwrap();
    // Entries that were sealed by a keyring that the file has not got.
    let foreign = there.restore(checked(&there, &taken(&here)).unwrap(), &[], |_| Fate::Stays).await.unwrap();
    foreign.commit(put("fine", "fine")).await.unwrap();
    assert!(there.backup().unwrap().write_to(Vec::new()).is_err());
    foreign.backup().unwrap().write_to(Vec::new()).unwrap();
}

#[tokio::test]
async fn a_power_cut_in_the_middle_leaves_the_old_or_the_new_and_nothing_between() {
    let root = RootKey::draw();
    let mut dice = Dice(0x51ed_270b_35cf_91a7);
    let mut seen = [0, 0];
    for _ in 0..40 {
        let disk = SimulatedDisk::default();
        let store = founded(Medium::Simulated(disk.clone()), &root).await;
        store.commit(filled("old")).await.unwrap();
        let backup = taken(&store);
        store.commit(filled("new")).await.unwrap();
        let backup = checked(&store, &backup).unwrap();
        let restoring = tokio::spawn(async move { store.restore(backup, &[], |_| Fate::Stays).await });
        let mut cuts = Vec::new();
        for _ in 0..200 {
            cuts.push(disk.after_power_cut(&mut dice));
            if restoring.is_finished() {
                break;
            }
            tokio::task::yield_now().await;
        }
        assert_eq!(text(&restoring.await.unwrap().unwrap()), "old");
        for cut in cuts {
            let found = text(&reopened(Medium::Simulated(cut), &root).unwrap());
            seen[usize::from(found == "old")] += 1;
            assert!(["old", "new"].contains(&found.as_str()), "{found}");
        }
    }
    assert!(seen[0] > 0, "no cut came in time");
}

#[tokio::test]
async fn without_room_everything_is_as_it_was() {
    let root = RootKey::draw();
    let disk = SimulatedDisk::default();
    let store = founded(Medium::Simulated(disk.clone()), &root).await;
    store.commit(put("large", &"x".repeat(4 << 20))).await.unwrap();
    let backup = taken(&store);
    store.commit(filled("kept")).await.unwrap();
    disk.limit(Some(disk.length()));
    let refused = store.restore(checked(&store, &backup).unwrap(), &[], |_| Fate::Stays).await;
    assert!(matches!(refused, Err(StorageError::Write(_))), "{refused:?}");
    assert_eq!(text(&store), "kept");
    store.commit(put("goes/on", "goes on")).await.unwrap();
}

#[tokio::test]
async fn a_lockbox_that_is_there_already_is_not_filled_with_a_backup() {
    let root = RootKey::draw();
    let store = founded(Medium::Memory, &root).await;
    store.commit(filled("backed up")).await.unwrap();
    let backup = taken(&store);
    let disk = Arc::new(Disk::open(Medium::Memory).unwrap());
    disk.fill(checked(&store, &backup).unwrap()).await.unwrap();
    let there = Store::unseal(Arc::clone(&disk), root.clone()).unwrap();
    assert_eq!(text(&there), "backed up");
    let refused = disk.fill(checked(&store, &backup).unwrap()).await;
    assert!(matches!(refused, Err(BackupError::Occupied)), "{refused:?}");
    there.commit(filled("goes on")).await.unwrap();
}
