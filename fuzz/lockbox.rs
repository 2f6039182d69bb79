//! What is fuzzed of lockbox: plain functions, which a test on a stable toolchain also calls over the saved corpus.
//!
//! Each takes any bytes, and may refuse them, but not panic, overflow the stack, or work without end.
#![allow(dead_code, reason = "each target is a program of its own and calls one of these")]

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
    time::{Duration, UNIX_EPOCH},
};

use lockbox::PathProblem;

/// A policy is taken or refused in words, always the same way, and HCL reads the same with the line ends of Windows.
pub(crate) fn policy(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let check = |text: &str| lockbox::check_policy(text, UNIX_EPOCH + Duration::from_secs(1_800_000_000));
    let outcome = check(&text);
    assert_eq!(outcome, check(&text));
    if let Err(problem) = &outcome {
        assert!(!problem.to_string().is_empty());
    }
    if !text.trim_start().starts_with('{') && !text.contains('\r') {
        assert_eq!(outcome, check(&text.replace('\n', "\r\n")));
    }
}

/// A path is refused, sent to where no path is sent on, or leads into the API and never upwards.
pub(crate) fn path(bytes: &[u8]) {
    let raw = String::from_utf8_lossy(bytes);
    match lockbox::check_path(&raw) {
        Ok(path) => {
            assert!(raw.starts_with("/v1/"));
            assert!(!path.contains('\0') && path.split('/').all(|segment| segment != ".."), "{path:?}");
        }
        Err(PathProblem::Elsewhere(clean)) => {
            let again = lockbox::check_path(&clean);
            assert!(!matches!(again, Err(PathProblem::Elsewhere(_))), "{raw:?}: {clean:?}: {again:?}");
        }
        Err(problem) => assert!(!problem.to_string().is_empty()),
    }
}

/// No token is taken but those that were signed, before their key was thrown away.
pub(crate) fn token(bytes: &[u8]) {
    let token = String::from_utf8_lossy(bytes);
    let compact: String = token.chars().filter(|each| !each.is_whitespace()).collect();
    match now(lockbox::check_token(&token, include_bytes!("token_keys.json"))) {
        Ok(_) => {
            let signed = compact.rsplit_once('.').map(|(signed, _)| signed);
            assert!(SIGNED.lines().any(|known| Some(known) == signed), "nobody signed {token:?}");
        }
        Err(problem) => assert!(!problem.to_string().is_empty()),
    }
    let _ = lockbox::check_claims(bytes);
    let _ = now(lockbox::check_token(SIGNED.lines().next().unwrap_or_default(), bytes));
}

/// The keys are at hand: nothing is waited for.
fn now<T>(answer: impl Future<Output = T>) -> T {
    match pin!(answer).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("something was waited for"),
    }
}

/// The signed part of each, a line each.
const SIGNED: &str = include_str!("token_signed.txt");
