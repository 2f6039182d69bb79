use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    task::Poll,
    time::Duration,
};

use zeroize::Zeroizing;

use super::*;
use crate::{
    clock::Moment,
    storage::{Batch, Store},
};

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn at(second: u64) -> Moment {
    Moment::at_second(1_000_000 + second)
}

pub(super) fn order(ttl: u64) -> Order {
    Order {
        id: None,
        kind: Kind::Service,
        policies: vec!["default".to_owned()],
        display_name: String::new(),
        metadata: None,
        path: "auth/token/create".to_owned(),
        role: None,
        entity_id: String::new(),
        parent: None,
        terms: Terms { usual: Duration::from_secs(ttl), ..Terms::default() },
        explicit_max: Duration::ZERO,
        period: Duration::ZERO,
        uses: 0,
        renewal: Renewal::Allowed,
        bound_cidrs: Vec::new(),
    }
}

async fn no_tokens() -> Tokens {
    Tokens::load(Arc::new(Store::in_memory().await), at(0)).await.unwrap()
}

async fn issue(tokens: &Tokens, order: Order) -> String {
    tokens.issue(order, at(0)).await.unwrap().0.client_token.to_string()
}

#[tokio::test]
async fn a_token_ends_on_time_before_it_is_purged() {
    let tokens = no_tokens().await;
    let id = issue(&tokens, order(10)).await;
    assert!(tokens.authenticate(&id, HOME, at(9)).await.is_ok());
    assert!(tokens.authenticate(&id, HOME, at(10)).await.is_err());
    assert!(tokens.find(&id, at(9)).is_some());
    tokens.purge(at(10));
    assert!(tokens.find(&id, at(9)).is_none());
    assert!(tokens.accessors(at(10)).is_empty());
}

#[tokio::test]
async fn a_renewal_moves_the_end_both_ways() {
    let tokens = no_tokens().await;
    let id = issue(&tokens, order(3600)).await;
    for (asked, alive, ended) in [(60, 59, 60), (120, 119, 120)] {
        let session = tokens.find(&id, at(0)).unwrap();
        let terms = Terms { asked: Duration::from_secs(asked), ..Terms::default() };
        let (auth, _) = tokens.renew(&session, &terms, Zeroizing::default(), at(0)).await.unwrap();
        assert_eq!(auth.lease_duration, asked);
        assert!(tokens.find(&id, at(alive)).is_some());
        assert!(tokens.find(&id, at(ended)).is_none());
    }
    tokens.purge(at(100));
    assert!(tokens.find(&id, at(100)).is_some(), "the old end is forgotten");
}

#[tokio::test]
async fn children_end_with_their_parent() {
    let tokens = no_tokens().await;
    let parent = issue(&tokens, order(100)).await;
    let key = tokens.find(&parent, at(0)).unwrap().key;
    let child = issue(&tokens, Order { parent: Some(key), ..order(1000) }).await;
    let child_key = tokens.find(&child, at(0)).unwrap().key;
    let grandchild = issue(&tokens, Order { parent: Some(child_key), ..order(1000) }).await;
    let batch = issue(&tokens, Order { kind: Kind::Batch, parent: Some(key), ..order(1000) }).await;
    assert!(tokens.find(&batch, at(50)).is_some());
    tokens.revoke(&tokens.find(&parent, at(50)).unwrap()).await.unwrap();
    for id in [parent, child, grandchild, batch] {
        assert!(tokens.find(&id, at(50)).is_none());
    }
}

#[tokio::test]
async fn a_batch_token_is_carried_and_cannot_be_changed() {
    let tokens = no_tokens().await;
    let id = issue(&tokens, Order { kind: Kind::Batch, ..order(60) }).await;
    let session = tokens.find(&id, at(59)).unwrap();
    assert!(matches!(tokens.revoke(&session).await, Err(TokenError::BatchStays)));
    assert!(tokens.find(&id, at(60)).is_none());
    assert!(no_tokens().await.find(&id, at(0)).is_none());
    let middle = id.len() / 2;
    let other = if &id[middle..=middle] == "A" { "B" } else { "A" };
    assert!(tokens.find(&format!("{}{other}{}", &id[..middle], &id[middle + 1..]), at(0)).is_none());
}

#[tokio::test]
async fn uses_are_counted_and_the_last_one_is_marked() {
    let tokens = no_tokens().await;
    let id = issue(&tokens, Order { uses: 2, ..order(60) }).await;
    assert_eq!(tokens.authenticate(&id, HOME, at(0)).await.unwrap().session.uses, 1);
    assert_eq!(tokens.authenticate(&id, HOME, at(0)).await.unwrap().session.uses, -1);
    assert!(tokens.authenticate(&id, HOME, at(0)).await.is_err());
}

#[tokio::test]
async fn a_token_is_refused_from_another_network() {
    let tokens = no_tokens().await;
    let id = issue(&tokens, Order { bound_cidrs: vec!["10.0.0.0/8".parse().unwrap()], ..order(60) }).await;
    assert!(tokens.authenticate(&id, HOME, at(0)).await.is_err());
    assert!(tokens.authenticate(&id, IpAddr::V4(Ipv4Addr::new(10, 1, 1, 1)), at(0)).await.is_ok());
}

#[tokio::test]
async fn no_id_is_in_the_debug_output() {
    let tokens = no_tokens().await;
    let id = issue(&tokens, order(60)).await;
    assert!(!format!("{tokens:?}").contains(&id));
}

#[tokio::test]
async fn tokens_are_there_after_the_store_was_closed() {
    let store = Arc::new(Store::in_memory().await);
    let before = Tokens::load(Arc::clone(&store), at(0)).await.unwrap();
    let kept = issue(&before, Order { uses: 5, ..order(100) }).await;
    let batch = issue(&before, Order { kind: Kind::Batch, ..order(100) }).await;
    let (revoked, short) = (issue(&before, order(100)).await, issue(&before, order(5)).await);
    before.revoke(&before.find(&revoked, at(0)).unwrap()).await.unwrap();
    assert_eq!(before.authenticate(&kept, HOME, at(1)).await.unwrap().session.uses, 4);
    drop(before);
    let after = Tokens::load(store, at(10)).await.unwrap();
    assert_eq!(after.authenticate(&kept, HOME, at(10)).await.unwrap().session.uses, 3);
    assert!(after.find(&batch, at(10)).is_some());
    assert!(after.find(&revoked, at(10)).is_none() && after.find(&short, at(4)).is_none());
    assert!(after.find(&issue(&after, order(9)).await, at(1)).is_some());
    assert_eq!(after.accessors(at(10)).len(), 1);
}

#[tokio::test]
async fn children_outlive_a_parent_that_is_revoked_alone() {
    let store = Arc::new(Store::in_memory().await);
    let tokens = Tokens::load(Arc::clone(&store), at(0)).await.unwrap();
    let parent = issue(&tokens, order(100)).await;
    let key = tokens.find(&parent, at(0)).unwrap().key;
    let child = issue(&tokens, Order { parent: Some(key), ..order(1000) }).await;
    let child_key = tokens.find(&child, at(0)).unwrap().key;
    let grandchild = issue(&tokens, Order { parent: Some(child_key), ..order(1000) }).await;
    let batch = issue(&tokens, Order { kind: Kind::Batch, parent: Some(key), ..order(1000) }).await;
    tokens.revoke_alone(&tokens.find(&parent, at(50)).unwrap()).await.unwrap();
    for tokens in [&tokens, &Tokens::load(store, at(50)).await.unwrap()] {
        assert!(tokens.find(&parent, at(50)).is_none() && tokens.find(&batch, at(50)).is_none());
        assert!(tokens.find(&child, at(500)).unwrap().token.parent.is_none());
        assert_eq!(tokens.find(&grandchild, at(500)).unwrap().token.parent, Some(child_key));
        tokens.revoke(&tokens.find(&child, at(500)).unwrap()).await.unwrap();
        assert!(tokens.find(&grandchild, at(500)).is_none());
    }
}

#[tokio::test]
async fn a_token_of_a_parent_that_is_gone_is_not_made() {
    let tokens = no_tokens().await;
    let parent = issue(&tokens, order(100)).await;
    let session = tokens.find(&parent, at(0)).unwrap();
    tokens.revoke(&session).await.unwrap();
    let orphaned = tokens.issue(Order { parent: Some(session.key), ..order(10) }, at(0)).await;
    assert!(matches!(orphaned, Err(TokenError::NoParent)));
}

#[tokio::test]
async fn what_was_issued_under_a_path_ends_together() {
    let tokens = no_tokens().await;
    let issued = |path: &str| Order { path: path.to_owned(), ..order(100) };
    let mut ids = Vec::new();
    for path in ["auth/jwt/login", "auth/jwt2/login", "auth/token/create/role", "auth/token/create"] {
        ids.push(issue(&tokens, issued(path)).await);
    }
    tokens.revoke_issued_under("auth/jwt/", Batch::default()).await.unwrap();
    tokens.revoke_issued_under("auth/token/create/role/", Batch::default()).await.unwrap();
    let alive: Vec<bool> = ids.iter().map(|id| tokens.find(id, at(0)).is_some()).collect();
    assert_eq!(alive, [false, true, false, true]);
}

#[tokio::test]
async fn a_token_that_was_used_up_ends_though_its_request_was_dropped() {
    let tokens = no_tokens().await;
    let (first, second) = (Order { uses: 1, ..order(60) }, Order { uses: 1, ..order(60) });
    let (first, second) = (issue(&tokens, first).await, issue(&tokens, second).await);
    drop(tokens.authenticate(&first, HOME, at(0)).await.unwrap());
    assert!(tokens.find(&first, at(0)).is_none());
    let mut asked = Box::pin(tokens.authenticate(&second, HOME, at(0)));
    drop(std::future::poll_fn(|context| Poll::Ready(asked.as_mut().poll(context))).await);
    drop(asked);
    assert!(tokens.find(&second, at(0)).is_none());
    assert_eq!(tokens.count(), 0);
}

#[tokio::test]
async fn a_large_family_ends_at_once_and_is_let_go_of_in_portions() {
    const CHILDREN: usize = 3 * tables::AT_A_TIME;
    let store = Arc::new(Store::in_memory().await);
    let tokens = Tokens::load(Arc::clone(&store), at(0)).await.unwrap();
    let parent = issue(&tokens, order(100)).await;
    let session = tokens.find(&parent, at(0)).unwrap();
    let mut children = Vec::new();
    for _ in 0..CHILDREN {
        children.push(issue(&tokens, Order { parent: Some(session.key), ..order(1000) }).await);
    }
    tokens.revoke(&session).await.unwrap();
    assert!(children.iter().all(|child| tokens.find(child, at(0)).is_none()));
    assert_eq!(tokens.count(), CHILDREN + 1 - tables::AT_A_TIME);
    let restarted = Tokens::load(store, at(0)).await.unwrap();
    for tokens in [&tokens, &restarted] {
        tokens.purge(at(0));
        assert_eq!(tokens.count(), 0);
    }
}

#[tokio::test]
async fn a_clock_that_was_ahead_prolongs_nothing_beyond_the_next_start() {
    let store = Arc::new(Store::in_memory().await);
    let ahead = Tokens::load(Arc::clone(&store), at(86_400)).await.unwrap();
    let id = ahead.issue(order(100), at(86_400)).await.unwrap().0.client_token;
    drop(ahead);
    let tokens = Tokens::load(store, at(0)).await.unwrap();
    assert!(tokens.find(&id, at(99)).is_some() && tokens.find(&id, at(100)).is_none());
}
