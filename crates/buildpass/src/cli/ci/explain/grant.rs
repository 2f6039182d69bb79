use gitlab_ci::{
    plan::{IdToken, Secret},
    yaml::{FileId, Linked, Place},
};

use super::{presence, words};
use crate::{
    cli::ci::{
        jobs,
        snippet::{Kind, Passage},
    },
    pipeline::Reading,
};

/// An ID token, and how the job came by it.
pub(super) fn of_token(token: &IdToken, reading: &Reading) -> Passage {
    let passage = Passage::new(Kind::Note, format!("it has the ID token {}", jobs::id_token(token)));
    way(passage, token.place, &token.content, reading)
}

/// A secret, and how the job came by it.
pub(super) fn of_secret(secret: &Secret, reading: &Reading) -> Passage {
    let passage = Passage::new(Kind::Note, format!("it has the secret {}", jobs::secret(secret)));
    let passage = match &secret.logs_in_with {
        Some(token) => passage.note(format!("the Runner logs in with the ID token {token}")),
        None => passage.note("no ID token logs in for it: it cannot be read"),
    };
    way(passage, secret.place, &secret.content, reading)
}

/// From where it is written to the job: what took it over, and which includes brought its file.
fn way(passage: Passage, place: Place, content: &Linked, reading: &Reading) -> Passage {
    let mut passage = passage.mark(place, "");
    let mut steps: Vec<_> = content.steps().collect();
    // It starts where it is written.
    steps.reverse();
    for step in steps {
        passage = passage.mark(step.place, words::step(&step.how));
    }
    includes(passage, place.file, reading)
}

/// The includes that brought a file, and the rules that let them.
fn includes(mut passage: Passage, file: FileId, reading: &Reading) -> Passage {
    let mut file = file;
    while let Some(included_by) = reading.sources.source(file).included_by {
        let name = &reading.sources.source(file).name;
        passage = passage.mark(included_by, format!("this includes {name}"));
        let included = reading.plan.includes.iter().find(|included| included.file == Some(file));
        if let Some(included) = included {
            passage = presence::tried(passage, &included.decision, reading);
        }
        file = included_by.file;
    }
    passage
}
