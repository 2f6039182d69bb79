//! The bodies of the fuzz targets over the saved corpus, and over bytes that are close to it.

use std::path::Path;

use anyhow::{Context, Result, ensure};

#[path = "../../../../fuzz/lockbox.rs"]
mod bodies;

#[path = "../../../../fuzz/lockbox_file.rs"]
mod file;

fn corpus(target: &str) -> Result<Vec<Vec<u8>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let entries = folder.read_dir().with_context(|| format!("no corpus in {}", folder.display()))?;
    let saved = entries.map(|entry| Ok(std::fs::read(entry?.path())?)).collect::<Result<Vec<_>>>()?;
    ensure!(saved.len() > 10, "{} files are left in {}", saved.len(), folder.display());
    Ok(saved)
}

fn over_the_corpus(target: &str, body: fn(&[u8])) -> Result<()> {
    for bytes in corpus(target)? {
        body(&bytes);
        for at in 0..bytes.len() {
            body(&bytes[..at]);
            body(&bytes[at..]);
            let mut changed = bytes.clone();
            changed[at] ^= 0x15;
            body(&changed);
        }
    }
    Ok(())
}

#[test]
fn a_policy_is_taken_or_refused_whatever_it_is() -> Result<()> {
    over_the_corpus("policy", bodies::policy)
}

#[test]
fn a_path_never_leads_upwards_whatever_it_is() -> Result<()> {
    over_the_corpus("path", bodies::path)
}

#[test]
fn no_token_is_taken_that_nobody_signed() -> Result<()> {
    over_the_corpus("token", bodies::token)
}

#[test]
fn a_changed_file_gives_what_was_written_or_an_error() -> Result<()> {
    for bytes in corpus("file")? {
        file::file(&bytes);
    }
    Ok(())
}
