//! The bodies of the fuzz targets over the saved corpus, and over bytes that are close to it.

use std::{fs, path::Path};

#[path = "../../../../../fuzz/explain.rs"]
mod bodies;

#[test]
fn a_log_is_read_whatever_it_is() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/explain");
    let mut seen = 0;
    for entry in folder.read_dir().unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        bodies::explain(&bytes);
        let step = bytes.len() / 8 + 1;
        for at in (0..bytes.len()).step_by(step) {
            bodies::explain(&bytes[..at]);
            let mut changed = bytes.clone();
            changed[at] ^= 0x15;
            bodies::explain(&changed);
        }
        seen += 1;
    }
    assert!(seen > 5, "{seen} files are left in {}", folder.display());
}
