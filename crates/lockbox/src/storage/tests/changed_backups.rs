//! Backups that somebody changed, in whatever way: each is refused, or is what was written.

use std::io::Cursor;

use proptest::{collection::vec, prelude::*, sample::Index};

use super::{super::Checked, *};

/// What somebody does to a backup.
#[derive(Clone, Debug)]
enum Change {
    Flip(Index, u8),
    Cut(Index),
    Insert(Index, Vec<u8>),
    Remove(Index, Index),
    Repeat(Index, Index),
    /// Two pieces of the same length change places, as two entries may.
    Swap(Index, Index, usize),
    /// A part says that it is as long as this.
    Length(Index, u32),
}

impl Change {
    fn any() -> impl Strategy<Value = Self> {
        prop_oneof![
            (any::<Index>(), 0..8_u8).prop_map(|(at, bit)| Self::Flip(at, bit)),
            any::<Index>().prop_map(Self::Cut),
            (any::<Index>(), vec(any::<u8>(), 1..40)).prop_map(|(at, bytes)| Self::Insert(at, bytes)),
            (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Self::Remove(from, to)),
            (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Self::Repeat(from, to)),
            (any::<Index>(), any::<Index>(), 1..200_usize)
                .prop_map(|(one, two, long)| Self::Swap(one, two, long)),
            (any::<Index>(), any::<u32>()).prop_map(|(part, length)| Self::Length(part, length)),
        ]
    }

    fn make(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let range = |from: &Index, to: &Index| {
            let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
            from.min(to)..from.max(to)
        };
        match self {
            Self::Flip(at, bit) => {
                let at = at.index(bytes.len());
                bytes[at] ^= 1 << bit;
            }
            Self::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Self::Insert(at, more) => {
                let at = at.index(bytes.len());
                drop(bytes.splice(at..at, more.iter().copied()));
            }
            Self::Remove(from, to) => drop(bytes.drain(range(from, to))),
            Self::Repeat(from, to) => {
                let range = range(from, to);
                let piece = bytes[range.clone()].to_vec();
                drop(bytes.splice(range.end..range.end, piece));
            }
            Self::Swap(one, two, long) => {
                let long = (*long).min(bytes.len());
                let places = bytes.len() - long + 1;
                for at in 0..long {
                    bytes.swap(one.index(places) + at, two.index(places) + at);
                }
            }
            Self::Length(part, length) => {
                let heads: Vec<usize> = heads(bytes);
                if let Some(head) = heads.get(part.index(heads.len().max(1))) {
                    bytes[head + 1..head + 5].copy_from_slice(&length.to_be_bytes());
                }
            }
        }
    }
}

/// Where parts begin, as far as they can be followed.
fn heads(bytes: &[u8]) -> Vec<usize> {
    let mut at = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| end + 1);
    let mut heads = Vec::new();
    while let Some(length) = bytes.get(at + 1..at + 5) {
        heads.push(at);
        at += 5 + u32::from_be_bytes(length.try_into().unwrap()) as usize;
    }
    heads
}

/// Everything in a store that was filled with these values.
fn contents(store: &Store, values: &[String]) -> (Vec<Option<Vec<u8>>>, Vec<Vec<u8>>) {
    let entry = |number| store.read(&format!("folder/{number}")).unwrap().map(|value| value.to_vec());
    let records = store.records().unwrap().iter().map(|record| record.value.to_vec()).collect();
    ((0..=values.len()).map(entry).collect(), records)
}

async fn holds(values: Vec<String>, changes: Vec<Change>) {
    let root = RootKey::draw();
    let store = founded(Medium::Memory, &root).await;
    let mut batch = Batch::default();
    for (number, value) in values.iter().enumerate() {
        batch.put(format!("folder/{number}"), bytes(value));
        batch.put_record(number as u64, bytes(value));
    }
    store.commit(batch).await.unwrap();
    let written = contents(&store, &values);
    let mut backup = Vec::new();
    store.backup().unwrap().write_to(&mut backup).unwrap();
    changes.iter().for_each(|change| change.make(&mut backup));
    let _ = Checked::header_of(&mut Cursor::new(&backup));
    store.commit(put("folder/0", "later")).await.unwrap();
    if let Ok(checked) = store.check(Box::new(Cursor::new(backup))) {
        let restored = store.restore(checked, &[], |_| Fate::Stays).await.unwrap();
        assert_eq!(contents(&restored, &values), written);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_changed_backup_is_refused_or_is_what_was_written(
        values in vec("[a-z]{0,300}", 0..5),
        changes in vec(Change::any(), 0..4),
    ) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(holds(values, changes));
    }
}
