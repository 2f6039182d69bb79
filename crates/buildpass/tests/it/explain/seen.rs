//! A row that says it was seen was seen here.

use std::fs;

use buildpass::explain::{Source, rows};

use crate::documents::root;

#[test]
fn every_row_that_was_seen_is_seen_by_a_test() {
    let folder = root().join("crates/buildpass/tests/it");
    let tests: String = ["explain", "sources", ""]
        .iter()
        .flat_map(|part| fs::read_dir(folder.join(part)).unwrap())
        .map(|entry| entry.unwrap().path())
        // What stands in these was made up.
        .filter(|path| !path.ends_with("explain/logs.rs") && !path.ends_with("explain/hostile.rs"))
        .filter_map(|path| fs::read_to_string(path).ok())
        .collect();
    let unseen = rows::all().filter(|row| matches!(row.source, Source::Seen(_))).map(|row| row.name);
    let unseen: Vec<&str> = unseen.filter(|name| !tests.contains(&format!("[{name}]"))).collect();
    assert_eq!(unseen, [""; 0]);
    let seen = rows::all().filter(|row| tests.contains(&format!("[{}]", row.name)));
    let unsaid: Vec<&str> =
        seen.filter(|row| !matches!(row.source, Source::Seen(_))).map(|row| row.name).collect();
    assert_eq!(unsaid, [""; 0]);
}
