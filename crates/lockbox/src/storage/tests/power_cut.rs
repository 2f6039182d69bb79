use super::*;

/// Every round writes pairs that belong together, and is cut off at another moment.
#[tokio::test]
async fn what_was_acknowledged_is_there_and_the_rest_is_whole_or_not_at_all() {
    let root = RootKey::draw();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for _ in 0..60 {
        let disk = SimulatedDisk::default();
        let store = founded(Medium::Simulated(disk.clone()), &root).await;
        let acknowledged = dice.below(12);
        for round in 0..acknowledged {
            store.commit(pair(round)).await.unwrap();
        }
        let mut cuts = Vec::new();
        let under_way: Vec<_> =
            (acknowledged..acknowledged + 3).map(|round| store.submit(pair(round))).collect();
        for _ in 0..4 {
            cuts.push(disk.after_power_cut(&mut dice));
            tokio::task::yield_now().await;
        }
        for pending in under_way {
            pending.landed().await.unwrap();
        }
        for cut in cuts {
            let store = reopened(Medium::Simulated(cut), &root).unwrap();
            let written: Vec<bool> = (0..acknowledged + 3).map(|round| whole(&store, round)).collect();
            assert!(written.iter().take(usize::try_from(acknowledged).unwrap()).all(|is_there| *is_there));
            assert!(
                written.is_sorted_by(|before, after| before >= after),
                "later writes land later: {written:?}"
            );
            store.commit(put("after/the/cut", "goes on")).await.unwrap();
        }
    }
}

fn pair(round: u64) -> Batch {
    let mut batch = put(&format!("pairs/{round}/left"), &round.to_string());
    batch.put_unlisted(format!("pairs/{round}/right"), bytes(&round.to_string()));
    batch.put_record(round, bytes(&round.to_string()));
    batch
}

/// Whether a round is there; half of it fails the test.
fn whole(store: &Store, round: u64) -> bool {
    let left = store.read(&format!("pairs/{round}/left")).unwrap();
    let right = store.view().unwrap().read_unlisted(&format!("pairs/{round}/right")).unwrap();
    let record = store.records().unwrap().into_iter().find(|record| record.number == round);
    let listed = store.view().unwrap().children("pairs/").unwrap().contains(&format!("{round}/"));
    let parts = [left.is_some(), right.is_some(), record.is_some(), listed];
    assert!(parts.iter().all(|part| *part == parts[0]), "half of round {round}: {parts:?}");
    assert!(left.is_none_or(|value| *value == *bytes(&round.to_string())));
    parts[0]
}
