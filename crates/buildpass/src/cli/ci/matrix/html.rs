use std::fmt::Write as _;

use serde_json::json;

use super::grid::{Cell, Grid};

const STYLE: &str = include_str!("page.css");

/// One page, with nothing from elsewhere: no script, no font, no picture.
pub(super) fn page(grid: &Grid) -> String {
    let mut out = String::from("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out += "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n";
    out += "<meta name=\"viewport\" content=\"width=device-width\">\n";
    let title = escaped(&grid.title);
    let _ =
        write!(out, "<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n");
    out += "<p class=\"legend\"><span class=\"secret\">holds a secret</span> <span class=\"token\">has an ID token alone</span> \
            <span class=\"plain\">runs, gets nothing</span> <span class=\"out\">does not run</span> \
            <span class=\"unknown\">unknown</span></p>\n";
    out += "<div class=\"wide\" role=\"region\" aria-label=\"Jobs and pipelines\" tabindex=\"0\">\n<table>\n<thead>\n<tr><th scope=\"col\">Job</th>";
    for column in &grid.columns {
        let _ = write!(
            out,
            "<th scope=\"col\"><details><summary>{}</summary><p>{}</p></details></th>",
            escaped(&column.name),
            escaped(&column.about)
        );
    }
    out += "</tr>\n</thead>\n<tbody>\n";
    for row in &grid.rows {
        let _ = write!(out, "<tr><th scope=\"row\">{}</th>", escaped(&row.job));
        for cell in &row.cells {
            let words = escaped(&shown(cell));
            let class = class(cell);
            let _ = match cell.story.is_empty() {
                true => write!(out, "<td class=\"{class}\">{words}</td>"),
                false => write!(
                    out,
                    "<td class=\"{class}\"><details><summary>{words}</summary><pre>{}</pre></details></td>",
                    escaped(&cell.story)
                ),
            };
        }
        out += "</tr>\n";
    }
    out += "</tbody>\n</table>\n</div>\n";
    if grid.rows.is_empty() {
        out += "<p>No job gets an ID token or a secret in any of these pipelines.</p>\n";
    }
    out += "<p>Open a cell to see why.</p>\n</body>\n</html>\n";
    out
}

fn shown(cell: &Cell) -> String {
    match cell.words().as_str() {
        "-" => "not run".to_owned(),
        "+" => "nothing".to_owned(),
        words => words.to_owned(),
    }
}

fn class(cell: &Cell) -> &'static str {
    if cell.included == json!(false) {
        "out"
    } else if cell.included != json!(true) || cell.reason.is_some() {
        "unknown"
    } else if cell.gets_secret() {
        "secret"
    } else if cell.gets_something() {
        "token"
    } else {
        "plain"
    }
}

/// Names come from whoever may commit: nothing in them is to be HTML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(letter),
        }
    }
    out
}
