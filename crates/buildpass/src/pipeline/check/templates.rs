use std::collections::BTreeSet;

use gitlab_ci::{
    plan::Plan,
    yaml::{Entry, How, Linked, Mapping, Value},
};

/// What hands a token or a secret to the jobs that extend it.
const HANDS_OUT: [&str; 2] = ["id_tokens", "secrets"];

/// So deep are values looked into for `!reference`.
const MAX_LEVELS: usize = 12;

/// The keywords of a token template that say something there.
pub(super) fn hands_out(value: &Linked) -> impl Iterator<Item = (&'static str, &Linked)> {
    let keys = value.node.mapping();
    HANDS_OUT.into_iter().filter_map(move |keyword| {
        let value = keys?.value(keyword)?;
        value.node.mapping().filter(|it| !it.is_empty())?;
        Some((keyword, value))
    })
}

/// The hidden entries of a configuration that hand out a token or a secret.
pub(super) fn token_templates(plan: &Plan) -> impl Iterator<Item = &Entry> {
    top(plan).filter(|entry| entry.key.starts_with('.') && hands_out(&entry.value).next().is_some())
}

/// What stands at the top of the configuration.
pub(super) fn top(plan: &Plan) -> impl Iterator<Item = &Entry> {
    plan.content.node.mapping().map(Mapping::entries).unwrap_or_default().iter()
}

/// What an entry extends, as it is written.
pub(super) fn bases(value: &Linked) -> Vec<&str> {
    let Some(extends) = value.node.mapping().and_then(|keys| keys.value("extends")) else {
        return Vec::new();
    };
    match &extends.node.value {
        Value::Text(text) => vec![text],
        Value::Sequence(items) => items.iter().filter_map(|item| item.node.text()).collect(),
        _ => Vec::new(),
    }
}

/// Everything that visible jobs extend or refer to, by any number of steps.
pub(super) fn used(plan: &Plan) -> BTreeSet<String> {
    let Some(all) = plan.content.node.mapping() else { return BTreeSet::new() };
    let mut used = BTreeSet::new();
    let mut waiting: Vec<&Linked> =
        all.entries().iter().filter(|entry| !entry.key.starts_with('.')).map(|entry| &entry.value).collect();
    while let Some(value) = waiting.pop() {
        let mut names: Vec<String> = bases(value).into_iter().map(str::to_owned).collect();
        referred(value, 0, &mut names);
        for name in names {
            if let Some(next) = all.value(&name).filter(|_| !used.contains(&name)) {
                waiting.push(next);
                used.insert(name);
            }
        }
    }
    used
}

fn referred(value: &Linked, level: usize, names: &mut Vec<String>) {
    for step in value.steps() {
        if let How::Reference(path) = &step.how {
            names.extend(path.first().map(|name| name.to_string()));
        }
    }
    if level == MAX_LEVELS {
        return;
    }
    match &value.node.value {
        Value::Mapping(keys) => keys.entries().iter().for_each(|it| referred(&it.value, level + 1, names)),
        Value::Sequence(items) => items.iter().for_each(|item| referred(item, level + 1, names)),
        _ => {}
    }
}
