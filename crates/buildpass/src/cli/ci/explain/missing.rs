use std::collections::BTreeSet;

use gitlab_ci::{
    Answer, document,
    include::{Files, Found, Included},
    plan::{Job, Origin},
    yaml::{FileId, Linked, Place, Source},
};

use super::presence;
use crate::{
    cli::ci::snippet::{Kind, Passage},
    pipeline::{ProjectFiles, Reading},
};

/// A template or a job that defines a secret.
struct Giver {
    /// Its name.
    name: String,
    secret: String,
    /// Where the secret stands.
    place: Place,
    /// The include that left its file out.
    left_out: Option<usize>,
}

/// For the secrets that the job does not have: who defines them, and what keeps them from it.
pub(super) fn passages(
    job: &Job,
    wanted: Option<&str>,
    holds: &dyn Fn(&str) -> bool,
    reading: &mut Reading,
    files: &ProjectFiles,
) -> Vec<Passage> {
    let mut givers = of_plan(reading);
    givers.extend(of_files_left_out(reading, files));
    givers.retain(|giver| wanted.is_none_or(|wanted| wanted == giver.secret) && !holds(&giver.secret));
    let mut passages = Vec::new();
    let mut told = BTreeSet::new();
    for giver in givers {
        let of_bases = giver.left_out.is_none() || extends(job, &giver.name) || wanted.is_some();
        let worth_telling = giver.name.starts_with('.') && of_bases;
        if worth_telling && told.insert((giver.name.clone(), giver.secret.clone(), giver.left_out)) {
            passages.push(passage(&giver, job, reading));
        }
    }
    if let Some(wanted) = wanted
        && passages.is_empty()
        && !holds(wanted)
    {
        let title = format!("no file that was read defines the secret {wanted} in a template");
        passages.push(Passage::new(Kind::Note, title));
    }
    passages
}

fn passage(giver: &Giver, job: &Job, reading: &Reading) -> Passage {
    let Giver { name, secret, place, left_out } = giver;
    let Some(included) = left_out.and_then(|at| reading.plan.includes.get(at)) else {
        let title = format!("it does not have the secret {secret}, which `{name}` defines");
        let passage = Passage::new(Kind::Note, title).mark(*place, "");
        return match extends(job, name) {
            true => passage.note("the job, or a template between them, overrides `secrets`"),
            false => passage.note(format!("add `extends: {name}` to the job to have it")),
        };
    };
    let title = format!("it does not have the secret {secret}: the file that defines it is not included");
    let passage = Passage::new(Kind::Note, title)
        .mark(*place, format!("`{name}` would give it"))
        .mark(included.place, "this include is left out");
    let passage = presence::tried(passage, &included.decision, reading);
    unseen(included, reading).into_iter().fold(passage, Passage::note)
}

/// Variables that a rule of an include reads and only the YAML defines: the include never sees them.
fn unseen(included: &Included, reading: &Reading) -> Vec<String> {
    let reads = included.decision.tried.iter().flat_map(|tried| &tried.clauses).flat_map(|it| &it.variables);
    let mut notes = Vec::new();
    for read in reads.filter(|read| read.value == Answer::Known(None)) {
        let defined = reading.plan.variables.iter().find(|variable| *variable.name == *read.name);
        let Some(Origin::Pipeline(place)) = defined.map(|variable| &variable.origin) else { continue };
        let note = format!(
            "{name} is defined by the YAML ({at}), which `include:rules` does not see; \
             define it in the CI/CD settings of the project or of its group",
            name = read.name,
            at = super::words::place(*place, &reading.sources),
        );
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    notes
}

/// Does the job extend this, at any remove?
fn extends(job: &Job, name: &str) -> bool {
    let Some(mapping) = job.content.node.mapping() else { return false };
    let named = mapping.value("extends").is_some_and(|extends| match extends.node.sequence() {
        Some(names) => names.iter().any(|each| each.node.text() == Some(name)),
        None => extends.node.text() == Some(name),
    });
    let taken = mapping.entries().iter().any(|entry| {
        entry
            .value
            .steps()
            .any(|step| matches!(&step.how, gitlab_ci::yaml::How::Extends(base) if **base == *name))
    });
    named || taken
}

fn of_plan(reading: &Reading) -> Vec<Giver> {
    givers(&reading.plan.content, None)
}

/// The files of includes whose rules said no, looked into all the same.
fn of_files_left_out(reading: &mut Reading, files: &ProjectFiles) -> Vec<Giver> {
    let left_out = reading.plan.includes.iter().zip(0..);
    let left_out: Vec<(Included, usize)> = left_out
        .filter(|(included, _)| included.taken != Answer::Known(true) && included.file.is_none())
        .map(|(included, at)| (included.clone(), at))
        .collect();
    let mut found = Vec::new();
    for (included, at) in left_out {
        let Found::Text(text) = files.read(&included.location) else { continue };
        let file: FileId = reading.sources.add(Source {
            name: included.location.to_string(),
            text: text.as_str().into(),
            included_by: Some(included.place),
        });
        if let Ok(content) = document::unfilled(&text, file) {
            found.extend(givers(&content, Some(at)));
        }
    }
    found
}

fn givers(content: &Linked, left_out: Option<usize>) -> Vec<Giver> {
    let mut givers = Vec::new();
    for entry in content.node.mapping().into_iter().flat_map(|mapping| mapping.entries()) {
        let secrets = entry.value.node.mapping().and_then(|keys| keys.value("secrets"));
        let secrets = secrets.and_then(|secrets| secrets.node.mapping());
        for secret in secrets.into_iter().flat_map(|secrets| secrets.entries()) {
            givers.push(Giver {
                name: entry.key.to_string(),
                secret: secret.key.to_string(),
                place: secret.place,
                left_out,
            });
        }
    }
    givers
}
