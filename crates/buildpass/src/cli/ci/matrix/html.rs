use serde_json::json;

use super::grid::{Cell, Grid};
use crate::cli::html::Html;

const STYLE: &str = include_str!("page.css");

const LEGEND: [(&str, &str); 5] = [
    ("secret", "holds a secret"),
    ("token", "has an ID token alone"),
    ("plain", "runs, gets nothing"),
    ("out", "does not run"),
    ("unknown", "unknown"),
];

/// One page, with nothing from elsewhere: no script, no font, no picture.
pub(super) fn page(grid: &Grid) -> String {
    Html::page(&grid.title, STYLE, |body| {
        body.element("h1", &[], |it| it.text(&grid.title));
        body.element("p", &[("class", &"legend")], |legend| {
            for (class, words) in LEGEND {
                legend.element("span", &[("class", &class)], |it| it.text(words));
                legend.text(" ");
            }
        });
        let region: [(&'static str, &dyn std::fmt::Display); 4] = [
            ("class", &"wide"),
            ("role", &"region"),
            ("aria-label", &"Jobs and pipelines"),
            ("tabindex", &"0"),
        ];
        body.element("div", &region, |div| div.element("table", &[], |table| rows(grid, table)));
        if grid.rows.is_empty() {
            body.element("p", &[], |it| {
                it.text("No job gets an ID token or a secret in any of these pipelines.");
            });
        }
        body.element("p", &[], |it| it.text("Open a cell to see why."));
    })
}

fn rows(grid: &Grid, table: &mut Html) {
    table.element("thead", &[], |head| {
        head.element("tr", &[], |row| {
            row.element("th", &[("scope", &"col")], |th| th.text("Job"));
            for column in &grid.columns {
                row.element("th", &[("scope", &"col")], |th| folded(th, &column.name, ("p", &column.about)));
            }
        });
    });
    table.element("tbody", &[], |body| {
        for row in &grid.rows {
            body.element("tr", &[], |tr| {
                tr.element("th", &[("scope", &"row")], |th| th.text(&row.job));
                for cell in &row.cells {
                    tr.element("td", &[("class", &class(cell))], |td| match cell.story.as_str() {
                        "" => td.text(shown(cell)),
                        story => folded(td, &shown(cell), ("pre", story)),
                    });
                }
            });
        }
    });
}

/// Words, and what is behind them.
fn folded(html: &mut Html, words: &str, (tag, story): (&'static str, &str)) {
    html.element("details", &[], |details| {
        details.element("summary", &[], |it| it.text(words));
        details.element(tag, &[], |it| it.text(story));
    });
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
