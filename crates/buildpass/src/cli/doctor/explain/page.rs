use std::fmt::Write as _;

use super::text::words;
use crate::explain::{Row, Stage, rows};

const HEAD: &str = "# Errors and what they mean

Every error text that buildpass knows, by who says it. `buildpass doctor explain job.log` finds them in a job's log; under the errors of
`run`, `token`, `git` and `sources` stands the same hint. In a text, `{claim}` and the like stand for what changes.

This page is written by `buildpass doctor explain --table`.
";

/// The page `docs/errors.md`.
pub(super) fn all() -> String {
    let mut out = HEAD.to_owned();
    for stage in Stage::ALL {
        let _ = writeln!(out, "\n## {}\n", title(stage));
        for row in rows::all().filter(|row| row.stage == stage) {
            one(row, &mut out);
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
    out
}

fn title(stage: Stage) -> String {
    let who = stage.who();
    let (first, rest) = who.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}

fn one(row: &Row, out: &mut String) {
    let _ = writeln!(out, "### {}\n", row.name);
    for says in row.says {
        let _ = writeln!(out, "    {}", words(says));
    }
    let _ = writeln!(out, "\n{}. Why, the likeliest first:\n", sentence(row.meaning));
    for (number, cause) in (1..).zip(row.causes) {
        let _ = writeln!(out, "{number}. {cause}");
    }
    let _ = writeln!(out, "\nWhat to do: {}\n\nKnown from: {}\n", row.hint, row.source);
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
