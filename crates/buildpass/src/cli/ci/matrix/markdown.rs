use std::fmt::Write as _;

use super::grid::Grid;

/// A table for the description of a merge request.
pub(super) fn page(grid: &Grid) -> String {
    let mut out = format!("### {}\n\n", escaped(&grid.title));
    let mut line = |cells: &[String]| {
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    };
    let names = grid.columns.iter().map(|column| escaped(&column.name));
    line(&["job".to_owned()].into_iter().chain(names).collect::<Vec<_>>());
    line(&vec!["---".to_owned(); grid.columns.len() + 1]);
    for row in &grid.rows {
        let cells = row.cells.iter().map(|cell| escaped(&cell.words()));
        line(&[escaped(&row.job)].into_iter().chain(cells).collect::<Vec<_>>());
    }
    out += "\n`-` is not in the pipeline, `?` is unknown, `+` is in the pipeline and gets nothing.\n\n";
    for column in &grid.columns {
        let _ = writeln!(out, "- **{}**: {}", escaped(&column.name), escaped(&column.about));
    }
    out
}

/// Names come from whoever may commit: nothing in them is to be Markdown or HTML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' => out.push(' '),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '!' | '#' | '~' | '@' => {
                out.push('\\');
                out.push(letter);
            }
            _ => out.push(letter),
        }
    }
    out
}
