use super::{Axis, columns, lanes, look};
use crate::{
    access::{Date, State, Status},
    cli::html::Html,
};

/// When the tokens end, the first on top.
pub(super) struct Timeline<'a> {
    pub(super) axis: Axis,
    pub(super) marks: Vec<Mark<'a>>,
    undrawn: Vec<&'a Status>,
}

/// A token at its end.
pub(super) struct Mark<'a> {
    pub(super) status: &'a Status,
    pub(super) end: Date,
}

/// More are counted, not drawn one by one.
const MOST_LANES: usize = 16;

impl<'a> Timeline<'a> {
    pub(super) fn of(all: &'a [Status], today: Date) -> Self {
        let mark = |status: &'a Status| Some(Mark { status, end: end(status, today)? });
        let mut marks: Vec<Mark<'_>> = all.iter().filter_map(mark).collect();
        marks.sort_by(|a, b| (a.end, &a.status.name).cmp(&(b.end, &b.status.name)));
        let ends: Vec<Date> = marks.iter().map(|mark| mark.end).collect();
        let undrawn = all.iter().filter(|status| end(status, today).is_none()).collect();
        Self { axis: Axis::over(today, &ends), marks, undrawn }
    }

    pub(super) fn draw(&self, html: &mut Html) {
        if !self.marks.is_empty() {
            html.element("div", &[("class", &"drawing")], |div| match self.marks.len() {
                ..=MOST_LANES => lanes::draw(self, div),
                _ => columns::draw(self, div),
            });
            html.element("p", &[("class", &"legend")], |legend| self.legend(legend));
        }
        let days = columns::days(&self.axis);
        if self.marks.len() > MOST_LANES && days > 1 {
            aside(html, format!("A column is {days} days."));
        }
        let absent = self.undrawn.iter().filter(|status| status.id.is_none()).count();
        let endless = self.undrawn.len() - absent;
        for (count, what) in
            [(absent, "not there, so without an end"), (endless, "without any end at GitLab")]
        {
            if count > 0 {
                aside(html, format!("Not drawn: {count} {what}."));
            }
        }
    }

    fn legend(&self, html: &mut Html) {
        for state in [State::Dead, State::Due, State::Good] {
            html.element("span", &[], |span| {
                let size = &"16";
                span.element("svg", &[("width", size), ("height", size), ("aria-hidden", &"true")], |svg| {
                    svg.element("g", &[("transform", &"translate(8 8)")], |g| sign(g, state));
                });
                span.text(match state {
                    State::Dead => "ended or revoked",
                    State::Due => "to be rotated",
                    _ => "good",
                });
            });
        }
        if self.marks.len() <= MOST_LANES {
            html.element("span", &[], |span| {
                span.element(
                    "svg",
                    &[("width", &"24"), ("height", &"16"), ("aria-hidden", &"true")],
                    |svg| {
                        bar(svg, "window", [&"0", &"4", &"24", &"8"]);
                    },
                );
                span.text("the days in which it is rotated");
            });
        }
    }

    /// What the drawing says, for those who do not see it.
    fn in_words(&self) -> String {
        let Axis { today, .. } = self.axis;
        let count = |state: State| self.marks.iter().filter(|mark| mark.status.state == state).count();
        let living = self.marks.iter().find(|mark| mark.status.state != State::Dead);
        let next = living.map(|mark| format!(" The next end is on {}.", mark.end)).unwrap_or_default();
        format!(
            "When tokens end, around today, {today}: {} ended or revoked, {} to be rotated, {} good.{next} The table says it of each.",
            count(State::Dead),
            count(State::Due),
            count(State::Good),
        )
    }

    /// A picture as wide as the page: what is drawn, on today and the days beneath.
    pub(super) fn picture(&self, height: usize, html: &mut Html, drawn: impl FnOnce(&mut Html)) {
        let words = self.in_words();
        html.element(
            "svg",
            &[("role", &"img"), ("aria-label", &words), ("width", &"100%"), ("height", &height)],
            |svg| {
                self.frame(svg, height);
                drawn(svg);
            },
        );
    }

    /// Today, and the days beneath.
    fn frame(&self, svg: &mut Html, height: usize) {
        let bottom = height - 22;
        for (position, tick) in self.axis.ticks().into_iter().enumerate() {
            let x = self.axis.place(tick);
            let now = tick == self.axis.today;
            line(svg, if now { "today" } else { "tick" }, [&x, &16, &x, &bottom]);
            // On a narrow screen there is room for every other one.
            let class = if now {
                "label now"
            } else if position % 2 == 0 {
                "label"
            } else {
                "label spare"
            };
            label(svg, class, (&x, &(height - 6)), tick.to_string());
            if now {
                label(svg, "label now", (&x, &11), "today".to_owned());
            }
        }
        line(svg, "base", [&"0", &bottom, &"100%", &bottom]);
    }
}

fn aside(html: &mut Html, said: String) {
    html.element("p", &[("class", &"aside")], |p| p.text(said));
}

/// The day at which a token stands; one that was revoked before its end ended today at the latest.
fn end(status: &Status, today: Date) -> Option<Date> {
    match status.state {
        State::Dead => Some(status.noted_end.unwrap_or(today).min(today)),
        _ => status.expires_at,
    }
}

/// A state's sign, around the origin: the shapes differ, not the colours alone.
pub(super) fn sign(svg: &mut Html, state: State) {
    let class = look(state).class;
    let path = match state {
        State::Good | State::Minted => "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z",
        State::Due => "M0 -7L7 0L0 7L-7 0z",
        State::Dead | State::Missing | State::Occupied => "M-5 -5L5 5M5 -5L-5 5",
    };
    svg.element("path", &[("class", &format_args!("sign {class}")), ("d", &path)], |_| {});
}

pub(super) fn bar(svg: &mut Html, class: &str, place: [&dyn std::fmt::Display; 4]) {
    let [x, y, width, height] = place;
    let attributes: [(&'static str, &dyn std::fmt::Display); 6] =
        [("class", &class), ("x", x), ("y", y), ("width", width), ("height", height), ("rx", &2)];
    svg.element("rect", &attributes, |_| {});
}

fn line(svg: &mut Html, class: &str, place: [&dyn std::fmt::Display; 4]) {
    let [x1, y1, x2, y2] = place;
    svg.element("line", &[("class", &class), ("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)], |_| {});
}

pub(super) fn label(
    svg: &mut Html,
    class: &str,
    (x, y): (&dyn std::fmt::Display, &dyn std::fmt::Display),
    text: String,
) {
    svg.element("text", &[("class", &class), ("x", x), ("y", y)], |label| label.text(text));
}
