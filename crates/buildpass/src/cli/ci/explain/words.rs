use gitlab_ci::{
    Answer,
    plan::Origin,
    rules::{Clause, Read, Tried},
    yaml::{How, Place, Sources},
};

/// `.gitlab-ci.yml:12`
pub(super) fn place(place: Place, sources: &Sources) -> String {
    format!("{}:{}", sources.source(place.file).name, place.line)
}

/// Why a rule matches or not, with the values that decided.
pub(super) fn verdict(tried: &Tried, sources: &Sources) -> String {
    let word = match &tried.matches {
        Answer::Known(true) => "this matches".to_owned(),
        Answer::Known(false) => "no".to_owned(),
        Answer::Unknown(reason) => format!("unknown: {reason}"),
    };
    // What does not decide is not worth a word.
    let decides = |clause: &&Clause| clause.holds == tried.matches;
    let values: Vec<String> = tried
        .clauses
        .iter()
        .filter(decides)
        .flat_map(|clause| &clause.variables)
        .map(|read| value(read, sources))
        .collect();
    match values[..] {
        [] => word,
        _ => format!("{word}: {}", values.join(", ")),
    }
}

/// `NAME is "x" (set in FILE:LINE)`
pub(super) fn value(read: &Read, sources: &Sources) -> String {
    let name = &read.name;
    match &read.value {
        Answer::Unknown(_) => format!("{name} is unknown"),
        Answer::Known(None) => format!("{name} is not set"),
        Answer::Known(Some(value)) => format!("{name} is \"{value}\"{}", origin(&read.origin, sources)),
    }
}

fn origin(origin: &Origin, sources: &Sources) -> String {
    let written = |at: &Place| format!(" ({})", place(*at, sources));
    match origin {
        Origin::Unset => String::new(),
        Origin::Predefined => " (predefined)".to_owned(),
        Origin::Setting => " (setting)".to_owned(),
        Origin::Pipeline(at) | Origin::Workflow(at) | Origin::Job(at) | Origin::Rule(at) => written(at),
    }
}

/// How a value was taken over.
pub(super) fn step(how: &How) -> String {
    match how {
        How::Extends(base) => format!("`extends: {base}` brings it here"),
        How::Reference(path) => format!("`!reference [{}]` brings it here", path.join(", ")),
        How::Default => "it is a default of all jobs".to_owned(),
    }
}
