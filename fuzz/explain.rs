//! A job's log is read to its end, whatever its bytes are; what is said of it stands in it.

use std::collections::BTreeSet;

use buildpass::explain::read_log;

pub(crate) fn explain(bytes: &[u8]) {
    let report = read_log(bytes).unwrap_or_else(|error| unreachable!("memory cannot be read: {error}"));
    let ends = bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
    assert!(report.lines == ends || report.lines == ends + 1);
    let mut names = BTreeSet::new();
    for found in &report.found {
        assert!(names.insert(found.row.name), "a row stands in the answer once");
        assert!(found.times >= 1 && (1..=report.lines).contains(&found.line));
        for name in found.names.values().flatten() {
            assert!(
                name.len() <= 60
                    && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_/".contains(&byte))
            );
        }
    }
}
