use super::*;

async fn filled(root: &RootKey) -> SimulatedDisk {
    let disk = SimulatedDisk::default();
    let store = founded(Medium::Simulated(disk.clone()), root).await;
    for number in 0..40 {
        store.commit(put(&format!("folder/{number}"), &"value ".repeat(number))).await.unwrap();
    }
    drop(store);
    disk
}

/// What can be read is what was written; anything else is an error and never a panic.
fn look(disk: SimulatedDisk, root: &RootKey) -> Result<(), StorageError> {
    let store = reopened(Medium::Simulated(disk), root)?;
    store.view().unwrap().children("folder/")?;
    for number in 0..40 {
        if let Some(value) = store.read(&format!("folder/{number}"))? {
            assert_eq!(*value, *bytes(&"value ".repeat(number)));
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_flipped_bit_is_recognised_or_does_no_harm() {
    let root = RootKey::draw();
    let disk = filled(&root).await;
    assert!(look(disk.copy(), &root).is_ok());
    let mut dice = Dice(7);
    let mut recognised = 0;
    for _ in 0..400 {
        let flipped = disk.copy();
        let position = usize::try_from(dice.below(flipped.length() as u64)).unwrap();
        let bit = dice.below(8);
        flipped.change(|bytes| bytes[position] ^= 1 << bit);
        recognised += usize::from(look(flipped, &root).is_err());
    }
    assert!(recognised > 0, "some of the flips were in what is used");
}

#[tokio::test]
async fn a_file_that_was_cut_off_is_recognised() {
    let root = RootKey::draw();
    let disk = filled(&root).await;
    for length in (0..disk.length()).step_by(disk.length() / 64) {
        let cut = disk.copy();
        cut.change(|bytes| bytes.truncate(length));
        assert!(look(cut, &root).is_err(), "{length}");
    }
}

#[tokio::test]
async fn another_root_key_opens_nothing() {
    let root = RootKey::draw();
    let disk = filled(&root).await;
    assert!(matches!(look(disk, &RootKey::draw()), Err(StorageError::Sealed(_))));
}
