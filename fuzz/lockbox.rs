//! What is fuzzed of lockbox: plain functions, which a test on a stable toolchain also calls over the saved corpus.
//!
//! Each takes any bytes, and may refuse them, but not panic, overflow the stack, or work without end.

use std::time::{Duration, UNIX_EPOCH};

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
