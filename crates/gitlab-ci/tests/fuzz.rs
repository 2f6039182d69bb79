//! The bodies of the fuzz targets over the saved corpus, and over bytes that are close to it.

use std::io;
use std::path::Path;

#[path = "../../../fuzz/bodies.rs"]
mod bodies;

fn over_the_corpus(target: &str, body: fn(&[u8])) -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut seen = 0;
    for entry in folder.read_dir()? {
        let bytes = std::fs::read(entry?.path())?;
        body(&bytes);
        let step = bytes.len() / 16 + 1;
        for at in (0..bytes.len()).step_by(step) {
            body(&bytes[..at]);
            body(&bytes[at..]);
            let mut changed = bytes.clone();
            changed[at] ^= 0x15;
            body(&changed);
        }
        seen += 1;
    }
    assert!(seen > 0, "no corpus in {}", folder.display());
    Ok(())
}

#[test]
fn yaml_takes_whatever_it_is_given() -> io::Result<()> {
    over_the_corpus("yaml", bodies::yaml)
}

#[test]
fn expressions_take_whatever_they_are_given() -> io::Result<()> {
    over_the_corpus("expression", bodies::expression)
}

#[test]
fn the_evaluator_takes_whatever_it_is_given() -> io::Result<()> {
    over_the_corpus("evaluate", bodies::evaluate)
}
