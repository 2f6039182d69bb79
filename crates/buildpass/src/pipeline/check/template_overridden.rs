use gitlab_ci::{
    plan::Job,
    yaml::{Entry, Linked, Mapping, Value},
};

use super::{
    Evaluated, Finding, Rule, Severity, Subject,
    occurrences::{Occurrence, Occurrences},
    templates::{bases, hands_out},
};

/// A job that replaces what its template hands out.
pub(super) const RULE: Rule = Rule {
    name: "template-overridden",
    severity: Severity::Warning,
    summary: "a job overrides `id_tokens` or `secrets` of the template that it extends",
    help: "leave tokens and secrets to the template; a token of another kind gets a name of its own",
    find,
};

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Occurrences<Overridden<'_>> = Occurrences::new();
    for (pipeline, job) in subject.jobs() {
        for overridden in overridden(job, pipeline) {
            let Overridden { own, .. } = &overridden;
            let place = own.place;
            let key = format!("{} {}", overridden.keyword, overridden.name.unwrap_or_default());
            found.add((place, &key), &job.name, pipeline, || overridden);
        }
    }
    let finding = |(place, it): (_, Occurrence<Overridden<'_>>)| {
        let Overridden { keyword, base, name, theirs, .. } = it.what;
        let what = name.map_or_else(|| format!("`{keyword}`"), |name| format!("`{name}` in `{keyword}`"));
        let message = format!("{} overrides {what} of the template `{base}`", it.jobs());
        Finding::of(&RULE, place, message, "this counts, and not what the template says")
            .note("the template says it here", Some(theirs.node.place))
    };
    found.into_iter().map(finding).collect()
}

/// What a job says of its own in place of its template.
struct Overridden<'a> {
    keyword: &'static str,
    base: &'a str,
    /// Of the token or secret; `None` where all of them are replaced.
    name: Option<&'a str>,
    own: &'a Entry,
    theirs: &'a Linked,
}

fn overridden<'a>(job: &'a Job, pipeline: &'a Evaluated) -> Vec<Overridden<'a>> {
    let all = pipeline.plan.content.node.mapping();
    // With the defaults put in, what a job says itself could not be told any more.
    let own = all.and_then(|all| all.value(&job.name)).and_then(|own| own.node.mapping());
    let (Some(all), Some(own)) = (all, own) else { return Vec::new() };
    let mut found = Vec::new();
    for base in bases(&job.content) {
        let Some(template) = all.value(base).filter(|_| base.starts_with('.')) else { continue };
        for (keyword, theirs) in hands_out(template) {
            let Some(entry) = own.entry(keyword) else { continue };
            let Some(each) = theirs.node.mapping() else { continue };
            match entry.value.node.mapping() {
                // `{}` merges, and changes nothing.
                Some(said) => found.extend(replaced(said, each).map(|(own, theirs)| Overridden {
                    keyword,
                    base,
                    name: Some(&own.key),
                    own,
                    theirs,
                })),
                None => found.push(Overridden { keyword, base, name: None, own: entry, theirs }),
            }
        }
    }
    found
}

/// The entries that both have, where the job says another thing by itself.
fn replaced<'a>(said: &'a Mapping, theirs: &'a Mapping) -> impl Iterator<Item = (&'a Entry, &'a Linked)> {
    said.entries().iter().filter_map(|own| {
        let theirs = theirs.value(&own.key)?;
        (!same(&own.value, theirs, 0)).then_some((own, theirs))
    })
}

/// Deeper than a secret is.
const MAX_LEVELS: usize = 8;

fn same(left: &Linked, right: &Linked, level: usize) -> bool {
    match (&left.node.value, &right.node.value) {
        _ if level > MAX_LEVELS => false,
        (Value::Mapping(left), Value::Mapping(right)) => {
            let fits = |entry: &Entry| {
                right.value(&entry.key).is_some_and(|right| same(&entry.value, right, level + 1))
            };
            left.len() == right.len() && left.entries().iter().all(fits)
        }
        (Value::Sequence(left), Value::Sequence(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| same(left, right, level + 1))
        }
        (left_value, right_value) => {
            std::mem::discriminant(left_value) == std::mem::discriminant(right_value)
                && left.node.to_text() == right.node.to_text()
        }
    }
}
