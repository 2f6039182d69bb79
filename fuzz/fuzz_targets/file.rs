#![no_main]

#[path = "../lockbox_file.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::file(bytes));
