use std::fmt;

use crate::access::Date;

/// The days that a timeline shows, from left to right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    pub(super) from: Date,
    pub(super) to: Date,
    pub(super) today: Date,
}

/// A place or a width on an axis, in hundredths of a percent of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(pub(super) i64);

/// What ended longer ago stands at the left edge.
const LONGEST_PAST: u64 = 30;

/// What ends later stands at the right edge: GitLab lets a token live for a year, or 400 days.
const LONGEST_FUTURE: u64 = 400;

/// Further to the right a date would be cut off.
const LAST_TICK: Place = Place(9_300);

const SHORTEST_FUTURE: u64 = 7;

impl Axis {
    /// Around today and all that ends, but for what is very far away.
    pub(super) fn over(today: Date, ends: &[Date]) -> Self {
        let earliest = ends.iter().min().copied().unwrap_or(today);
        let latest = ends.iter().max().copied().unwrap_or(today);
        let earliest = earliest.clamp(today.minus_days(LONGEST_PAST), today);
        let latest = latest.clamp(today.plus_days(SHORTEST_FUTURE), today.plus_days(LONGEST_FUTURE));
        let room = latest.days_after(earliest).unsigned_abs() / 12 + 1;
        Self { from: earliest.minus_days(room), to: latest.plus_days(room), today }
    }

    /// How many days it shows.
    pub(super) fn days(&self) -> i64 {
        self.to.days_after(self.from).max(1)
    }

    /// Where a day begins.
    pub(super) fn place(&self, day: Date) -> Place {
        self.width(day.clamp(self.from, self.to).days_after(self.from))
    }

    /// How wide so many days are.
    pub(super) fn width(&self, days: i64) -> Place {
        Place(days * 10_000 / self.days())
    }

    /// The days that are named beneath it: today, and others at steps that people count in.
    pub(super) fn ticks(&self) -> Vec<Date> {
        const STEPS: [u64; 8] = [1, 2, 7, 14, 28, 56, 91, 182];
        let fits = |step: &u64| self.days().unsigned_abs() / step <= 6;
        let step = STEPS.into_iter().find(fits).unwrap_or(365);
        let before = self.today.days_after(self.from).unsigned_abs() / step;
        let first = self.today.minus_days(before * step);
        (0..)
            .map(|count| first.plus_days(count * step))
            .take_while(|day| self.place(*day) < LAST_TICK)
            .collect()
    }
}

impl Place {
    /// What is between this place and one to the right of it.
    pub(super) fn until(self, right: Self) -> Self {
        Self((right.0 - self.0).max(0))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}%", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(ends: &[i64]) -> Axis {
        let today: Date = "2026-12-30".parse().unwrap();
        let of = |days: &i64| match *days {
            before @ ..0 => today.minus_days(before.unsigned_abs()),
            after => today.plus_days(after.unsigned_abs()),
        };
        Axis::over(today, &ends.iter().map(of).collect::<Vec<_>>())
    }

    #[test]
    fn today_is_on_it_and_the_ticks_are_few() {
        for ends in [&[][..], &[0], &[1], &[30], &[-3, 30], &[-4000, 90_000], &[365; 500], &[-20]] {
            let axis = axis(ends);
            assert!(axis.from < axis.today && axis.today < axis.to, "{ends:?}: {axis:?}");
            let ticks = axis.ticks();
            assert!(ticks.contains(&axis.today) && (2..=8).contains(&ticks.len()), "{ends:?}: {ticks:?}");
            assert!(ticks.iter().all(|tick| axis.from <= *tick && *tick < axis.to), "{ends:?}: {ticks:?}");
        }
    }

    #[test]
    fn what_is_beyond_it_stands_at_its_edges() {
        let axis = axis(&[30]);
        assert_eq!(axis.place(axis.from.minus_days(9)).to_string(), "0.00%");
        assert_eq!(axis.place(axis.to.plus_days(9)).to_string(), "100.00%");
        assert_eq!(axis.place(axis.today), axis.width(axis.today.days_after(axis.from)));
    }
}
