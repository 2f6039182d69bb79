#![no_main]

#[path = "../lockbox.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::policy(bytes));
