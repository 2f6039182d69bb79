use std::collections::BTreeMap;

use super::{
    axis::{Axis, Place},
    lanes::short,
    look,
    timeline::{Mark, Timeline, bar, label},
};
use crate::{
    access::{Date, State},
    cli::html::Html,
};

const TOP: usize = 34;

const TALLEST: usize = 150;

/// How tall one token is where there is room.
const TALLEST_ONE: usize = 14;

const MOST_COLUMNS: i64 = 60;

const MOST_NAMES: usize = 8;

/// How far apart two numbers must be to be read, in hundredths of a percent.
const ROOM_FOR_A_NUMBER: i64 = 350;

/// How many end on the same day, or in the same days.
pub(super) fn draw(timeline: &Timeline<'_>, html: &mut Html) {
    let (axis, days) = (&timeline.axis, days(&timeline.axis));
    let mut columns: BTreeMap<i64, Vec<&Mark<'_>>> = BTreeMap::new();
    for mark in &timeline.marks {
        let after = mark.end.clamp(axis.from, axis.to).days_after(axis.today);
        columns.entry(after.div_euclid(days)).or_default().push(mark);
    }
    let most = columns.values().map(Vec::len).max().unwrap_or_default().max(1);
    let scale = Scale { most, tallest: TALLEST.min(most * TALLEST_ONE) };
    let height = TOP + scale.tallest + 24;
    timeline.picture(height, html, |svg| {
        let mut written = Place(-ROOM_FOR_A_NUMBER);
        for (number, marks) in &columns {
            let first = match number * days {
                before @ ..0 => axis.today.minus_days(before.unsigned_abs()),
                after => axis.today.plus_days(after.unsigned_abs()),
            };
            let width = axis.width(days);
            let top = column_of(svg, marks, (axis.place(first), width), scale);
            let middle = Place(axis.place(first).0 + width.0 / 2);
            if middle.0 - written.0 >= ROOM_FOR_A_NUMBER {
                label(svg, "label count", (&middle, &(top - 5)), marks.len().to_string());
                written = middle;
            }
        }
    });
}

/// Of how many days a column is.
pub(super) fn days(axis: &Axis) -> i64 {
    (axis.days() + MOST_COLUMNS - 1) / MOST_COLUMNS
}

/// The tallest column.
#[derive(Clone, Copy)]
struct Scale {
    most: usize,
    tallest: usize,
}

/// The worst at its foot, where it is seen however few there are. Returns how high it came.
fn column_of(svg: &mut Html, marks: &[&Mark<'_>], (x, width): (Place, Place), scale: Scale) -> usize {
    let mut foot = TOP + scale.tallest + 2;
    svg.element("g", &[], |g| {
        g.element("title", &[], |title| title.text(names(marks)));
        for state in [State::Dead, State::Due, State::Good] {
            let count = marks.iter().filter(|mark| mark.status.state == state).count();
            if count > 0 {
                let tall = (count * scale.tallest / scale.most).max(3);
                foot -= tall;
                let inner = (Place(x.0 + width.0 / 10), Place(width.0 * 8 / 10));
                bar(g, &format!("column {}", look(state).class), [&inner.0, &foot, &inner.1, &tall]);
            }
        }
    });
    foot
}

fn names(marks: &[&Mark<'_>]) -> String {
    let end = |mark: Option<&&Mark<'_>>| mark.map(|mark: &&Mark<'_>| mark.end);
    let days: Vec<Date> = [end(marks.first()), end(marks.last())].into_iter().flatten().collect();
    let mut said = match days[..] {
        [first, last] if first != last => format!("{first} to {last}:"),
        [first, ..] => format!("{first}:"),
        [] => String::new(),
    };
    for mark in marks.iter().take(MOST_NAMES) {
        said += &format!("\n{} ({})", short(&mark.status.name), look(mark.status.state).class);
    }
    if marks.len() > MOST_NAMES {
        said += &format!("\nand {} more", marks.len() - MOST_NAMES);
    }
    said
}
