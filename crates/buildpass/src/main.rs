//! buildpass
fn main() {}
