use std::{fmt, fs, thread, time::Duration};

/// All that RESULTS.md says.
pub(crate) struct Report {
    pub(crate) date: String,
    pub(crate) machine: String,
    pub(crate) versions: Vec<String>,
    pub(crate) sections: Vec<Section>,
}

/// One measure.
pub(crate) struct Section {
    pub(crate) title: &'static str,
    /// What was done, and how.
    pub(crate) about: String,
    pub(crate) head: &'static [&'static str],
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) verdicts: Vec<Verdict>,
}

/// A goal, and how far it was reached.
pub(crate) struct Verdict {
    pub(crate) goal: String,
    pub(crate) reached: String,
    pub(crate) outcome: Outcome,
}

/// Whether a goal was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Pass,
    /// It was not, and this is where the time or the room goes.
    Missed(&'static str),
}

impl Verdict {
    /// `what` has to be `goal` or more.
    pub(crate) fn at_least(what: &str, goal: f64, reached: f64, unit: &str, why: &'static str) -> Self {
        let outcome = if reached >= goal { Outcome::Pass } else { Outcome::Missed(why) };
        Self { goal: format!("{what} ≥ {goal} {unit}"), reached: format!("{reached:.2} {unit}"), outcome }
    }

    /// `what` has to be `goal` or less.
    pub(crate) fn at_most(what: &str, goal: f64, reached: f64, unit: &str, why: &'static str) -> Self {
        let outcome = if reached <= goal { Outcome::Pass } else { Outcome::Missed(why) };
        Self { goal: format!("{what} ≤ {goal} {unit}"), reached: format!("{reached:.2} {unit}"), outcome }
    }
}

/// As the tables write it.
pub(crate) fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

pub(crate) fn mebibytes(kibibytes: u64) -> String {
    format!("{:.1} MiB", kibibytes as f64 / 1024.0)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# Measured beside the peers\n")?;
        writeln!(f, "Measured on {}, on {}, with {}.\n", self.date, self.machine, self.versions.join(", "))?;
        writeln!(
            f,
            "To repeat it: `cargo run --release -p buildpass-bench`. It builds buildpass, installs OpenBao from PyPI as the\n\
             tests do, starts everything on loopback, and writes this file. Medians; contenders run in turn, so that what\n\
             slows the machine slows them all.\n"
        )?;
        let verdicts = || self.sections.iter().flat_map(|section| &section.verdicts);
        table(
            f,
            &["goal", "reached", ""],
            verdicts().map(|verdict| {
                let word = match verdict.outcome {
                    Outcome::Pass => "PASS",
                    Outcome::Missed(_) => "MISSED",
                };
                vec![verdict.goal.clone(), verdict.reached.clone(), word.to_owned()]
            }),
        )?;
        for section in &self.sections {
            write!(f, "\n{section}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "## {}\n\n{}\n", self.title, self.about)?;
        table(f, self.head, self.rows.iter().cloned())?;
        for verdict in &self.verdicts {
            if let Outcome::Missed(why) = verdict.outcome {
                write!(f, "\nMISSED: {}, reached {}. {why}\n", verdict.goal, verdict.reached)?;
            }
        }
        Ok(())
    }
}

fn table(f: &mut fmt::Formatter<'_>, head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> fmt::Result {
    writeln!(f, "| {} |", head.join(" | "))?;
    writeln!(f, "|{}", " --- |".repeat(head.len()))?;
    for row in rows {
        writeln!(f, "| {} |", row.join(" | "))?;
    }
    Ok(())
}

/// The machine, and how busy it is with other things: asked before anything is measured.
pub(crate) fn machine() -> String {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let kibibytes = number("/proc/meminfo", 1);
    let load = number("/proc/loadavg", 0);
    let memory = kibibytes / 1024.0 / 1024.0;
    format!("Linux with {cores} cores and {memory:.0} GiB of memory (load before the start: {load:.1})")
}

fn number(path: &str, word: usize) -> f64 {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace().nth(word).and_then(|number| number.parse().ok()).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Verdict};

    #[test]
    fn a_goal_that_is_just_reached_is_reached() {
        assert_eq!(Verdict::at_least("speed", 50.0, 50.0, "×", "").outcome, Outcome::Pass);
        assert_eq!(Verdict::at_most("memory", 12.0, 12.1, "MiB", "why").outcome, Outcome::Missed("why"));
    }
}
