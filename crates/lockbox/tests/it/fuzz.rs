//! The bodies of the fuzz targets over the saved corpus, and over bytes that are close to it.

use std::path::Path;

use anyhow::{Context, Result, ensure};

#[path = "../../../../fuzz/lockbox.rs"]
mod bodies;

fn over_the_corpus(target: &str, body: fn(&[u8])) -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut seen = 0;
    for entry in folder.read_dir().with_context(|| format!("no corpus in {}", folder.display()))? {
        let bytes = std::fs::read(entry?.path())?;
        body(&bytes);
        for at in 0..bytes.len() {
            body(&bytes[..at]);
            body(&bytes[at..]);
            let mut changed = bytes.clone();
            changed[at] ^= 0x15;
            body(&changed);
        }
        seen += 1;
    }
    ensure!(seen > 10, "{seen} files are left in {}", folder.display());
    Ok(())
}

#[test]
fn a_policy_is_taken_or_refused_whatever_it_is() -> Result<()> {
    over_the_corpus("policy", bodies::policy)
}
