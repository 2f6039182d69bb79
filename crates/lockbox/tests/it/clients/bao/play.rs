use std::{
    fmt::Write,
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Map, Value};
use tempfile::TempDir;

use super::{
    script::Script,
    step::{Patience, Step},
};
use crate::{
    clients::frame::{Said, Servers, differences, judge, run},
    conformance::frame::Variables,
    openbao::OpenBao,
};

/// Plays a script beside all others.
pub(super) fn play(script: &Script) {
    on(script, Servers::shared);
}

/// Plays a script on servers of its own.
pub(super) fn play_alone(script: &Script) {
    on(script, Servers::alone);
}

/// Plays a script on servers that nobody initialised.
pub(super) fn play_from_the_start(script: &Script) {
    on(script, Servers::new_and_sealed);
}

fn on(script: &Script, servers: impl FnOnce() -> Option<Servers>) {
    let (Some(program), Some(servers)) = (OpenBao::program(), servers()) else {
        println!("skipped: the command line of OpenBao on {}", script.name);
        return;
    };
    let mut sides = servers.variables(script.name).map(|mut variables| {
        for (name, value) in &script.known {
            variables.set(name, value.clone());
        }
        Side { variables, home: tempfile::tempdir().unwrap() }
    });
    let mut report = String::new();
    for step in &script.steps {
        let [expected, actual] = step_by(program, step, &mut sides);
        let title = step.title();
        let [left, right] = &sides;
        let mut found = Vec::new();
        if expected.code != Some(step.code) {
            found.push(format!("OpenBao itself ends with {:?}, not {}", expected.code, step.code));
        }
        if expected.code != actual.code {
            found.push(format!("ends with {:?}, not {:?}", actual.code, expected.code));
        }
        for (name, left_text, right_text) in
            [("stdout", &expected.stdout, &actual.stdout), ("stderr", &expected.stderr, &actual.stderr)]
        {
            let (left_text, right_text) = (step.without(left_text), step.without(right_text));
            let different = differences((&left_text, &left.variables), (&right_text, &right.variables));
            found.extend(different.into_iter().map(|difference| format!("{name}: {difference}")));
        }
        if !found.is_empty() {
            let _ = writeln!(report, "{title}\n    {}", found.join("\n    "));
            let _ = writeln!(report, "  OpenBao:\n{}\n  lockbox:\n{}", shown(&expected), shown(&actual));
        }
    }
    judge(script.name, &report);
}

/// One server, what is kept of it, and where its user is at home.
struct Side {
    variables: Variables,
    home: TempDir,
}

impl Side {
    fn step(&mut self, program: &Path, step: &Step) -> Said {
        for (name, text) in &step.files {
            fs::write(self.home.path().join(name), self.variables.fill(text)).unwrap();
        }
        let end = Instant::now() + LONGEST_PREPARATION;
        let said = loop {
            let (mut command, input) = step.command(program, self.home.path(), &self.variables);
            let said = run(&mut command, &input);
            if step.patience == Patience::None || said.code == Some(0) || Instant::now() > end {
                break said;
            }
        };
        let printed: Value = serde_json::from_str(&said.stdout).unwrap_or_default();
        for (name, pointer) in &step.captures {
            let value = match printed.pointer(pointer) {
                Some(Value::String(text)) => text.clone(),
                _ if pointer.is_empty() => said.stdout.trim_end().to_owned(),
                _ => "nothing-was-kept".to_owned(),
            };
            self.variables.set(name, value);
        }
        said
    }
}

fn step_by(program: &Path, step: &Step, [openbao, lockbox]: &mut [Side; 2]) -> [Said; 2] {
    thread::scope(|scope| {
        let first = scope.spawn(|| openbao.step(program, step));
        let second = lockbox.step(program, step);
        [first.join().unwrap(), second]
    })
}

impl Step {
    /// A text without the lines, or the fields of JSON, that differ by nature.
    fn without(&self, text: &str) -> String {
        if let Ok(value) = serde_json::from_str(text) {
            return self.without_fields(value).to_string();
        }
        let kept = |line: &&str| !self.besides.iter().any(|name| line.trim_start().starts_with(name));
        text.lines().filter(kept).map(|line| format!("{line}\n")).collect()
    }

    fn without_fields(&self, value: Value) -> Value {
        let fields = |map: Map<String, Value>| {
            let kept = map.into_iter().filter(|(name, _)| !self.besides.contains(&name.as_str()));
            kept.map(|(name, value)| (name, self.without_fields(value))).collect()
        };
        match value {
            Value::Object(map) => Value::Object(fields(map)),
            other => other,
        }
    }
}

fn shown(said: &Said) -> String {
    format!("{}{}", said.stdout, said.stderr)
}

const LONGEST_PREPARATION: Duration = Duration::from_secs(20);
