//! The rows, a file for each who says them. Adding one is adding it to its file, above what would swallow it.

pub mod own;

mod engine;

pub mod git;

mod gitlab;

mod login;

mod owner;

mod runner;

mod vault;

use super::{Row, Source, Stage, Weight};

/// A row with what is the same for a whole file.
const fn of(stage: Stage, source: Source) -> Row {
    Row {
        name: "",
        stage,
        says: &[],
        weight: Weight::Telling,
        meaning: "",
        causes: &[],
        hint: "",
        source,
        example: "",
        cause: None,
    }
}

/// Every row. Where several would do, the first does.
pub fn all() -> impl Iterator<Item = &'static Row> + Clone {
    [
        own::ROWS,
        runner::ROWS,
        login::mount::ROWS,
        login::keys::ROWS,
        login::token::ROWS,
        login::role::ROWS,
        vault::ROWS,
        owner::ROWS,
        engine::ROWS,
        gitlab::ROWS,
    ]
    .into_iter()
    .chain(git::ROWS)
    .flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::explain::{
        find,
        log::{Search, read_with},
    };

    /// As its stage's words stand in a log.
    fn in_a_log(row: &Row) -> String {
        match row.weight {
            Weight::Framed if !row.says.iter().any(|says| row.example.contains(&format!(": {says}"))) => {
                let frame = row.stage.frames()[0].replace("{number}", "400").replace("{any}", "");
                frame.replace('%', row.example)
            }
            _ => row.example.to_owned(),
        }
    }

    #[test]
    fn every_row_is_found_by_its_example_and_by_no_other_row() {
        let wrong = all().filter_map(|row| {
            let found = find(row.stage, row.example).map(|found| found.name);
            (found != Some(row.name)).then(|| format!("{}: {found:?}: {}", row.name, row.example))
        });
        assert_eq!(wrong.collect::<Vec<_>>(), [""; 0]);
    }

    #[test]
    fn every_row_is_found_in_a_log_and_alone() {
        let search = Search::build();
        let mut wrong = Vec::new();
        for row in all() {
            let text = in_a_log(row);
            let in_json = text.replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
            for log in [text, in_json] {
                let report = read_with(&search, log.as_bytes()).unwrap();
                let names: Vec<&str> = report.found.iter().map(|found| found.row.name).collect();
                if names != [row.name] {
                    wrong.push(format!("{}: {names:?}: {log}", row.name));
                }
            }
        }
        assert_eq!(wrong, [""; 0]);
    }

    #[test]
    fn every_row_says_all_there_is_to_say() {
        let mut names = BTreeSet::new();
        for row in all() {
            assert!(names.insert(row.name), "{} is there twice", row.name);
            let written = row.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
            let stage = if row.stage == Stage::Own { "own" } else { row.stage.name() };
            assert!(written && row.name.starts_with(&format!("{stage}-")), "{}", row.name);
            assert!(!row.causes.is_empty() && !row.says.is_empty(), "{}", row.name);
            for text in row.causes.iter().chain([&row.meaning, &row.hint]) {
                assert!(!text.is_empty() && !text.ends_with('.'), "{}: {text}", row.name);
            }
        }
        assert!(names.len() >= 60, "{}", names.len());
    }
}
