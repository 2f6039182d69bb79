use std::fmt::Write as _;

use crate::{
    cli::output::counted,
    explain::{Found, Report},
};

/// One row after the other, and a last line that counts them.
pub(super) fn of(report: &Report) -> String {
    let mut out = String::new();
    for found in &report.found {
        one(found, &mut out);
        out.push('\n');
    }
    let (rows, lines) = (counted(report.found.len() as u64, "error"), counted(report.lines, "line"));
    let _ = writeln!(out, "{rows} known in {lines}");
    out
}

fn one(found: &Found, out: &mut String) {
    let row = found.row;
    let times = if found.times > 1 { format!(" and {} more", found.times - 1) } else { String::new() };
    let _ = writeln!(out, "line {}{times}: {} [{}]", found.line, row.meaning, row.name);
    let _ = writeln!(out, "  from: {}", row.stage.who());
    let _ = writeln!(out, "  text: {}", words(row.says[0]));
    for (place, names) in &found.names {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let _ = writeln!(out, "  {place}: {}", names.join(", "));
    }
    let _ = writeln!(out, "  why, the likeliest first:");
    for (number, cause) in (1..).zip(row.causes) {
        let _ = writeln!(out, "    {number}. {cause}");
    }
    let _ = writeln!(out, "  hint: {}", row.hint);
}

/// A pattern on one line.
pub(super) fn words(says: &str) -> String {
    says.replace('\n', " ")
}
