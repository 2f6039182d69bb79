use super::{
    look,
    timeline::{Mark, Timeline, bar, sign},
};
use crate::{access::State, cli::html::Html};

const TOP: usize = 22;

const LANE: usize = 38;

const LONGEST_NAME: usize = 40;

/// Every token by itself: how long it has lived, when it is to be rotated, when it ends.
pub(super) fn draw(timeline: &Timeline<'_>, html: &mut Html) {
    let height = TOP + timeline.marks.len() * LANE + 30;
    timeline.picture(height, html, |svg| {
        for (lane, mark) in timeline.marks.iter().enumerate() {
            svg.element("g", &[], |g| one(timeline, mark, TOP + lane * LANE, g));
        }
    });
}

fn one(timeline: &Timeline<'_>, mark: &Mark<'_>, top: usize, svg: &mut Html) {
    let (axis, status) = (&timeline.axis, mark.status);
    let end = axis.place(mark.end);
    let middle = top + 26;
    svg.element("title", &[], |title| title.text(format_args!("{}: {}", status.name, mark.end)));
    if let Some(age) = status.age_days {
        let made = axis.place(axis.today.minus_days(age));
        bar(svg, &format!("life {}", look(status.state).class), [&made, &(middle - 4), &made.until(end), &8]);
    }
    if let Some(due) = status.due_on {
        let due = axis.place(due);
        bar(svg, "window", [&due, &(middle - 4), &due.until(end), &8]);
    }
    // An inner drawing has its origin at a share of the width.
    svg.element("svg", &[("x", &end), ("y", &middle)], |at| sign(at, status.state));
    svg.element("svg", &[("x", &axis.place(axis.today)), ("y", &(top + 14))], |at| {
        at.element("text", &[("class", &"name"), ("x", &8)], |text| {
            text.element("tspan", &[("class", &"isolated")], |name| name.text(short(&status.name)));
            text.text(format_args!(" · {}", when(mark)));
        });
    });
}

fn when(mark: &Mark<'_>) -> String {
    match (mark.status.state, mark.status.days_left) {
        (State::Dead, _) if mark.status.noted_end == Some(mark.end) => format!("ended on {}", mark.end),
        (State::Dead, _) => "revoked".to_owned(),
        (_, Some(0)) => "ends in less than a day".to_owned(),
        (_, Some(1)) => "ends in a day".to_owned(),
        (_, left) => format!("ends in {} days", left.unwrap_or_default()),
    }
}

/// A name as long as a line has room for; the table has it whole.
pub(super) fn short(name: &str) -> String {
    match name.char_indices().nth(LONGEST_NAME) {
        Some((cut, _)) => format!("{}…", &name[..cut]),
        None => name.to_owned(),
    }
}
