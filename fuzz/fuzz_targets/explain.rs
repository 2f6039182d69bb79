#![no_main]

#[path = "../explain.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::explain(bytes));
