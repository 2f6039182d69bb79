use super::*;
use crate::storage::{Batch, SimulatedDisk};

/// What opens the vault again, after everything that was submitted has landed, finds on its disk.
async fn sessions_after_restart(opened: Opened, disk: SimulatedDisk) -> usize {
    opened.core().store.commit(Batch::default()).await.unwrap();
    let Opened { vault, key, clock, _folder, .. } = opened;
    drop(vault);
    let vault = Vault::new(Disk::open(Medium::Simulated(disk)).unwrap(), Arc::new(clock), None);
    vault.unseal(key).await.unwrap().tokens.count()
}

#[tokio::test]
async fn a_token_that_the_log_has_no_room_for_is_gone() {
    let disk = SimulatedDisk::default();
    let opened = Opened::on(Medium::Simulated(disk.clone())).await;
    let mut order = opened.incoming(Operation::Update, "auth/token/create", json!({ "policies": "default" }));
    for wrap in [None, Some("60")] {
        order.wrap = wrap.map(str::to_owned);
        // For what is asked, and not for what is told.
        opened.limit_log(Some(1));
        assert!(matches!(opened.ask(&order).await, Err(Failure::Audit(_))), "{wrap:?}");
        assert_eq!(opened.core().tokens.count(), 1, "{wrap:?}");
    }
    opened.limit_log(None);
    let told = opened.ask(&order).await.unwrap();
    assert_eq!(opened.core().tokens.count(), 3);
    assert!(opened.is_alive(&told.wrap_info.unwrap().token));
    assert_eq!(sessions_after_restart(opened, disk).await, 3);
}

#[tokio::test]
async fn a_token_is_gone_whose_asker_goes_away_at_any_moment() {
    let disk = SimulatedDisk::default();
    let opened = Opened::on(Medium::Simulated(disk.clone())).await;
    let mut order = opened.incoming(Operation::Update, "auth/token/create", json!({ "policies": "default" }));
    order.wrap = Some("60".to_owned());
    let (mut told, mut left) = (0, 0);
    for patience in (0..4).cycle().take(40) {
        match opened.ask_for_a_while(&order, patience).await {
            Some(answer) => told += usize::from(answer.is_ok()),
            None => left += 1,
        }
    }
    assert!(left > 0 && told + left == 40, "{told} were told, {left} went away");
    assert_eq!(opened.core().tokens.count(), 1 + told * 2);
    assert_eq!(sessions_after_restart(opened, disk).await, 1 + told * 2);
}

#[tokio::test]
async fn a_token_that_the_disk_has_no_room_for_is_gone_and_no_life_is_longer_for_it() {
    let disk = SimulatedDisk::default();
    let opened = Opened::on(Medium::Simulated(disk.clone())).await;
    let token = opened.token_of(&opened.root, json!({})).await;
    let session = || opened.core().tokens.find(&token, opened.core().now()).unwrap();
    let (ends, longer) = (session().ends, Duration::from_secs(7200));
    opened.clock.advance(Duration::from_secs(60));
    disk.limit(Some(0));
    let create = opened.incoming(Operation::Update, "auth/token/create", json!({ "policies": "default" }));
    let renew =
        opened.incoming(Operation::Update, "auth/token/renew", json!({ "token": *token, "increment": "3h" }));
    assert!(opened.ask(&create).await.is_err() && opened.ask(&renew).await.is_err());
    assert_eq!((opened.core().tokens.count(), session().ends), (2, ends));
    disk.limit(None);
    let begun = tokio::time::Instant::now();
    while let Err(error) = opened.ask(&renew).await {
        assert!(begun.elapsed() < Duration::from_secs(60), "{error}");
    }
    assert!(session().ends > ends.map(|ends| ends.plus(longer)));
    assert_eq!(sessions_after_restart(opened, disk).await, 2);
}

#[tokio::test]
async fn of_two_renewals_that_do_not_land_nothing_is_left() {
    let disk = SimulatedDisk::default();
    let opened = Opened::on(Medium::Simulated(disk.clone())).await;
    let token = opened.token_of(&opened.root, json!({})).await;
    let session = || opened.core().tokens.find(&token, opened.core().now()).unwrap();
    let before = (session().ends, session().granted, session().renewed);
    let renew = |time| {
        let fields = json!({ "token": *token, "increment": time });
        opened.incoming(Operation::Update, "auth/token/renew", fields)
    };
    disk.limit(Some(disk.length()));
    let mut large = Batch::default();
    large.put("large", Zeroizing::new(vec![1; 4 << 20]));
    // Both fail with it, or of the pause after it.
    let writing = opened.core().store.submit(large);
    let (two, three) = (renew("2h"), renew("3h"));
    let (two, three) = tokio::join!(opened.ask(&two), opened.ask(&three));
    assert!(two.is_err() && three.is_err() && writing.landed().await.is_err());
    assert_eq!((session().ends, session().granted, session().renewed), before);
}
