//! What is fuzzed: plain functions, which a test on a stable toolchain also calls over the saved corpus.
//!
//! Each takes any bytes, and may refuse them, but not panic, overflow the stack, or work without end.
#![allow(dead_code, reason = "each target is a program of its own and calls one of these")]

use std::collections::BTreeMap;
use std::sync::Arc;

use gitlab_ci::context::{Facts, Ref};
use gitlab_ci::include::{Files, Found, Location};
use gitlab_ci::rules::Expression;
use gitlab_ci::yaml::{Linked, Place, Source, Sources, Value, parse};

/// A value that is read lies in its text.
pub(crate) fn yaml(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut sources = Sources::new();
    let source = Source { name: String::new(), text: Arc::from(&*text), included_by: None };
    let lines =
        text.chars().filter(|it| matches!(it, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')).count() + 1;
    let check = |place: Place| assert!(place.line >= 1 && place.line as usize <= lines && place.column >= 1);
    match parse(&text, sources.add(source), 0) {
        Ok(root) => values(&root, &mut |value| check(value.node.place)),
        Err(refusal) => refusal.place.into_iter().for_each(check),
    }
}

fn values(root: &Linked, look: &mut dyn FnMut(&Linked)) {
    let mut waiting = vec![root];
    while let Some(value) = waiting.pop() {
        look(value);
        match &value.node.value {
            Value::Sequence(items) => waiting.extend(items),
            Value::Mapping(mapping) => waiting.extend(mapping.entries().iter().map(|it| &it.value)),
            _ => assert_eq!(value.node.to_text().is_none(), matches!(value.node.value, Value::Reference(_))),
        }
    }
}

/// An expression is written as it was read, and `!~` is the opposite of `=~`.
pub(crate) fn expression(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (source, value) = text.split_once('\0').unwrap_or((&text, "main"));
    let variables = [("A", value), ("B", source), ("EMPTY", "")];
    if let Ok(expression) = source.parse::<Expression>() {
        assert_eq!(expression.to_string(), source);
        expression.holds(&variables);
    }
    let holds = |source: &str| source.parse::<Expression>().map(|it| it.holds(&variables));
    assert_ne!(holds("$A =~ $B"), holds("$A !~ $B"));
}

/// A line `=== PATH` starts a file of the project; what comes before is the configuration itself.
pub(crate) fn evaluate(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut files = Project { files: BTreeMap::new(), paths: Vec::new() };
    let mut path = ".gitlab-ci.yml".to_string();
    for line in text.split_inclusive('\n') {
        match line.strip_prefix("=== ") {
            Some(next) => path = next.trim().to_string(),
            None => files.files.entry(path.clone()).or_default().push_str(line),
        }
    }
    files.paths = files.files.keys().cloned().collect();
    let facts = Facts {
        project: Some("group/project".into()),
        reference: Some(Ref::Branch("main".into())),
        source: Some("push".into()),
        protected: Some(true),
        settings: BTreeMap::from([("SETTING".into(), "on".into())]),
        ..Facts::default()
    };
    let mut sources = Sources::new();
    let outcome = gitlab_ci::evaluate(".gitlab-ci.yml", &files, &facts, &mut sources);
    if let Err(refusal) = outcome {
        assert!(!refusal.message.is_empty());
    }
}

struct Project {
    files: BTreeMap<String, String>,
    paths: Vec<String>,
}

impl Files for Project {
    fn read(&self, location: &Location) -> Found {
        let Location::Local(path) = location else { return Found::Elsewhere };
        self.files.get(path).map_or(Found::Missing, |text| Found::Text(text.clone()))
    }

    fn paths(&self) -> Option<&[String]> {
        Some(&self.paths)
    }
}
