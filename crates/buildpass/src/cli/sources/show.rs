use std::{
    collections::BTreeMap,
    io::{IsTerminal, stderr},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use indicatif::{BinaryBytes, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::work::Order;
use crate::{
    cli::{output::plain, report::say},
    git::Progress,
    sources::fetch::{Event, Fetched, Outcome, Plan},
};

/// Shows what happens: bars at a terminal, one line a source elsewhere.
pub(super) struct Show {
    start: Instant,
    /// The longest name.
    width: usize,
    bars: Option<Bars>,
}

struct Bars {
    all: MultiProgress,
    total: ProgressBar,
    active: Mutex<BTreeMap<String, Bar>>,
}

struct Bar {
    bar: ProgressBar,
    start: Instant,
}

impl Show {
    pub(super) fn new(plan: &Plan, in_ci: bool) -> Self {
        let width = plan.items.iter().map(|item| item.name.chars().count()).max().unwrap_or(0).min(40);
        let bars = (stderr().is_terminal() && !in_ci).then(|| {
            let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
            let total = all.add(ProgressBar::new(plan.items.len() as u64));
            total.set_style(style("{pos} of {len} sources {wide_bar} {elapsed}"));
            Bars { all, total, active: Mutex::default() }
        });
        Self { start: Instant::now(), width, bars }
    }

    /// What happens to a source.
    pub(super) fn tell(&self, name: &str, event: Event) {
        let width = self.width;
        let text = match &event {
            Event::Started => "asking".to_owned(),
            Event::Waiting => "waiting for another job that fetches the same".to_owned(),
            Event::Again(why) => format!("once more: {why}"),
            Event::Mending => "the cache had it not whole: fetched anew".to_owned(),
            Event::Working(progress) => progress.phase.clone(),
        };
        match &self.bars {
            Some(bars) => bars.tell(name, &text, &event, width),
            None if matches!(event, Event::Started | Event::Working(_)) => {}
            None => say(&format!("{:width$}  {text}", plain(name))),
        }
    }

    /// What became of a source.
    pub(super) fn done(&self, outcome: &Outcome) {
        let width = self.width;
        let what = match &outcome.result {
            Ok(fetched) => {
                format!("{}  {}", &fetched.commit[..12.min(fetched.commit.len())], origin(fetched))
            }
            Err(failure) => format!("FAILED  {}", plain(&failure.what)),
        };
        let line = format!("{:width$}  {:>6}  {what}", plain(&outcome.name), seconds(outcome.took));
        match &self.bars {
            Some(bars) => bars.done(&outcome.name, &line),
            None => say(&line),
        }
    }

    /// Takes the bars away.
    pub(super) fn end(&self) {
        if let Some(bars) = &self.bars {
            bars.total.finish_and_clear();
            let _ = bars.all.clear();
        }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }
}

impl Bars {
    fn tell(&self, name: &str, text: &str, event: &Event, width: usize) {
        let mut active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = active.entry(name.to_owned()).or_insert_with(|| {
            let bar = self.all.insert_before(&self.total, ProgressBar::new(100));
            bar.set_style(style(&format!("{{prefix:{width}}}  {{bar:20}} {{msg}}")));
            bar.set_prefix(plain(name));
            Bar { bar, start: Instant::now() }
        });
        let mut text = text.to_owned();
        if let Event::Working(Progress { percent, bytes, .. }) = event {
            bar.bar.set_position(percent.unwrap_or(0).into());
            if let Some(bytes) = bytes {
                let rate = *bytes as f64 / bar.start.elapsed().as_secs_f64().max(0.001);
                text += &format!("  {}  {}/s", BinaryBytes(*bytes), BinaryBytes(rate as u64));
            }
        }
        bar.bar.set_message(text);
    }

    fn done(&self, name: &str, line: &str) {
        if let Some(bar) = self.active.lock().unwrap_or_else(PoisonError::into_inner).remove(name) {
            bar.bar.finish_and_clear();
        }
        let _ = self.all.println(line);
        self.total.inc(1);
    }
}

/// No colour, so that none has to be taken out again.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}

fn origin(fetched: &Fetched) -> String {
    match fetched {
        Fetched { was_there: true, .. } => "was there".to_owned(),
        Fetched { received_bytes: 0, .. } => "from the cache".to_owned(),
        Fetched { received_bytes, .. } => format!("{} received", BinaryBytes(*received_bytes)),
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

/// How it ended, in one line.
pub(super) fn summary(outcomes: &[Outcome], nowhere: usize, took: Duration) -> String {
    let fetched: Vec<&Fetched> = outcomes.iter().filter_map(|outcome| outcome.result.as_ref().ok()).collect();
    let (were_there, others): (Vec<&Fetched>, Vec<&Fetched>) =
        fetched.iter().partition(|each| each.was_there);
    let (cached, received): (Vec<&Fetched>, Vec<&Fetched>) =
        others.iter().partition(|each| each.received_bytes == 0);
    let bytes: u64 = received.iter().map(|each| each.received_bytes).sum();
    let failed = outcomes.len() - fetched.len() + nowhere;
    let mut parts = Vec::new();
    if !received.is_empty() {
        parts.push(format!("{} received ({})", received.len(), BinaryBytes(bytes)));
    }
    for (count, what) in
        [(cached.len(), "from the cache"), (were_there.len(), "there already"), (failed, "FAILED")]
    {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    format!("{} sources in {}: {}", outcomes.len() + nowhere, seconds(took), parts.join(", "))
}

/// For programs: each source in its turn.
pub(super) fn as_json(order: &Order, outcomes: &[Outcome]) -> Value {
    let nowhere = order
        .nowhere
        .iter()
        .map(|nowhere| json!({"name": nowhere.name, "url": null, "error": nowhere.said()}));
    let fetched = order.plan.items.iter().zip(outcomes).map(|(item, outcome)| {
        let mut row = json!({
            "name": item.name, "url": item.url, "ref": item.reference,
            "milliseconds": u64::try_from(outcome.took.as_millis()).unwrap_or(u64::MAX),
        });
        match &outcome.result {
            Ok(fetched) => {
                row["commit"] = json!(fetched.commit);
                row["path"] = json!(order.plan.into.join(&item.name));
                row["received_bytes"] = json!(fetched.received_bytes);
                row["was_there"] = json!(fetched.was_there);
            }
            Err(failure) => {
                row["error"] = json!(failure.what);
                row["causes"] = json!(failure.causes);
                row["hint"] = json!(failure.hint);
            }
        }
        row
    });
    Value::Array(fetched.chain(nowhere).collect())
}
