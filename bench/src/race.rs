use std::{
    process::{Command, Output},
    time::{Duration, Instant},
};

use anyhow::ensure;

/// One who runs beside others.
pub(crate) struct Runner<'a> {
    /// How many of its runs count.
    pub(crate) runs: usize,
    /// Its command, made anew for each run.
    pub(crate) command: Box<dyn Fn() -> Command + 'a>,
    /// What it has to print: a run that does not is no run.
    pub(crate) prints: Option<&'static str>,
}

/// Runs all in turn, A B C A B C …, and gives the median of each, from the start of the process to its end. One with
/// fewer runs sits out some rounds, evenly. The first round is for warming up and does not count.
pub(crate) fn race(runners: &[Runner<'_>]) -> anyhow::Result<Vec<Duration>> {
    let rounds = runners.iter().map(|runner| runner.runs).max().unwrap_or(0);
    let mut times = vec![Vec::new(); runners.len()];
    for runner in runners {
        runner.run()?;
    }
    for round in 0..rounds {
        for (runner, times) in runners.iter().zip(&mut times) {
            if has_turn(runner.runs, round, rounds) {
                times.push(runner.run()?);
            }
        }
    }
    Ok(times.into_iter().map(median).collect())
}

/// Whether somebody with so many runs runs in this round: as often as that, and evenly.
fn has_turn(runs: usize, round: usize, rounds: usize) -> bool {
    (round + 1) * runs / rounds > round * runs / rounds
}

/// The middle one.
pub(crate) fn median<T: Copy + PartialOrd>(mut values: Vec<T>) -> T {
    values.sort_by(|one, other| one.partial_cmp(other).unwrap_or(std::cmp::Ordering::Equal));
    values[values.len() / 2]
}

impl Runner<'_> {
    /// Runs it once and times it.
    pub(crate) fn run(&self) -> anyhow::Result<Duration> {
        let mut command = (self.command)();
        let start = Instant::now();
        let Output { status, stdout, stderr } = command.output()?;
        let time = start.elapsed();
        let said = String::from_utf8_lossy(&stderr);
        ensure!(status.success(), "{:?}: {status}: {said}", command.get_program());
        if let Some(expected) = self.prints {
            let printed = String::from_utf8_lossy(&stdout);
            ensure!(printed.trim() == expected, "{:?} printed something else", command.get_program());
        }
        Ok(time)
    }
}

#[cfg(test)]
mod tests {
    use super::{has_turn, median};

    #[test]
    fn the_slow_one_sits_out_evenly() {
        let turns = |runs| (0..6).map(|round| has_turn(runs, round, 6)).collect::<Vec<_>>();
        assert_eq!(turns(6), [true; 6]);
        assert_eq!(turns(2), [false, false, true, false, false, true]);
    }

    #[test]
    fn one_slow_run_does_not_move_the_median() {
        assert_eq!(median(vec![2, 1, 900]), 2);
    }
}
