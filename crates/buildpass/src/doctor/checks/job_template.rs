use crate::doctor::{Check, Evidence, Fault, JobSeen, JobWritten, Reach, Stage, Verdict};

/// The job takes its ID token and its secrets from the template.
pub(super) const CHECK: Check =
    Check { id: "job-template", stage: Stage::Configuration, needs: &["project"], reach: Reach::Here, run };

fn run(evidence: &Evidence<'_>) -> Verdict {
    let Some(job) = &evidence.job else {
        return Verdict::not_needed("no file of this project describes a job of GitLab's here");
    };
    let written = match &job.written {
        Ok(written) => written,
        Err(message) => {
            return Verdict::fail(
                format!("`{}` cannot be read as GitLab reads it", job.file),
                Fault::new(
                    "a pipeline that GitLab takes",
                    message,
                    "mend the line; `buildpass ci jobs` reads the file the same way",
                ),
            );
        }
    };
    let Some(place) = &written.place else {
        return Verdict::not_needed(format!(
            "`{}` has no job `{}`: is it a child pipeline's?",
            job.file, job.name
        ));
    };
    let given: Vec<&str> = written.id_tokens.iter().chain(&written.secrets).map(String::as_str).collect();
    if !given.is_empty() {
        return Verdict::pass(format!("{place}: `{}` is given {}", job.name, given.join(", ")));
    }
    if let Some(held) = evidence.held() {
        return Verdict::pass(format!("{} holds an ID token", held.place));
    }
    if let Some(reason) = &written.unknown {
        return Verdict::not_needed(format!("what the job is given cannot be read from here: {reason}"));
    }
    nothing_given(job, written, place)
}

fn nothing_given(job: &JobSeen, written: &JobWritten, place: &str) -> Verdict {
    let seen = format!("{place}: `{}` is given no ID token and no secret", job.name);
    let best = written.templates.iter().max_by_key(|template| template.has_secrets);
    let fault = match (best, written.left_out.first()) {
        (Some(template), _) => Fault::new(
            format!("`{}` extends `{}`", job.name, template.name),
            "it extends nothing that hands out a token",
            format!("in {place}, write `extends: {}`, or add it to the list", template.name),
        ),
        (None, Some(left)) => {
            let value = |(name, value): &(String, Option<String>)| match value {
                Some(value) => format!("{name} is `{value}`"),
                None => format!("{name} is not set"),
            };
            let read: Vec<String> = left.read.iter().map(value).collect();
            Fault::new(
                format!("`{}`, which could hold the template, is included", left.file),
                format!("{}: `{}` does not hold: {}", left.place, left.condition, read.join(", ")),
                "`include:rules` sees the settings of the project and what GitLab predefines, and not `variables:` of the file: define the \
                 variable in Settings > CI/CD > Variables",
            )
        }
        (None, None) => Fault::new(
            "a template in the file that hands out an ID token",
            format!("`{}` has none", job.file),
            "write the one that `buildpass ci template` prints, and let the job extend it",
        ),
    };
    Verdict::fail(seen, fault)
}
