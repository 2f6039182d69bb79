use std::{path::PathBuf, process::ExitCode};

use super::{json, snippet};
use crate::{
    cli::{
        Surroundings,
        output::{self, Format, print},
    },
    config,
    failure::Failure,
    pipeline::{
        Context, ContextFlags, Error, NamedContext, ProjectFiles, Reading, Rejected, predefined_of_job,
    },
};

/// The project's files and the one pipeline that is asked about.
pub(super) fn context(
    flags: &ContextFlags,
    surroundings: &Surroundings,
) -> Result<(ProjectFiles, Context), Failure> {
    let here = surroundings.environment.working_directory();
    let files = Context::files(flags, &project(surroundings), here)?;
    let named = flags.context.as_deref().map(|name| named(name, surroundings)).transpose()?;
    let of_job = of_job(surroundings);
    let context = Context::new(flags, named.as_ref(), &of_job, files.project(), here)?;
    Ok((files, context))
}

/// The contexts of buildpass.toml.
pub(super) fn contexts(surroundings: &Surroundings) -> Result<Vec<NamedContext>, Failure> {
    Ok(config::contexts(&surroundings.flags, &surroundings.environment)?)
}

fn named(name: &str, surroundings: &Surroundings) -> Result<NamedContext, Failure> {
    let contexts = contexts(surroundings)?;
    let known = contexts.iter().map(|context| context.name.clone()).collect();
    let found = contexts.into_iter().find(|context| context.name == name);
    Ok(found.ok_or(Error::NoContext { name: name.to_owned(), known })?)
}

/// The project's folder where no flag names it.
pub(super) fn project(surroundings: &Surroundings) -> PathBuf {
    let environment = &surroundings.environment;
    environment.path("CI_PROJECT_DIR").unwrap_or_else(|| environment.working_directory().clone())
}

/// Within a job, what its environment says of its pipeline; nothing that is secret.
pub(super) fn of_job(surroundings: &Surroundings) -> Vec<(String, String)> {
    let environment = &surroundings.environment;
    if environment.value("GITLAB_CI") != Some("true") {
        return Vec::new();
    }
    predefined_of_job(environment.all())
}

/// Reads the configuration, or says why GitLab would not, in the format that was asked for.
pub(super) fn read(
    context: &Context,
    files: &ProjectFiles,
    format: Format,
) -> Result<Result<Reading, ExitCode>, Failure> {
    match Reading::of(context, files) {
        Ok(reading) => Ok(Ok(reading)),
        Err(rejected) => reject(&rejected, format).map(Err),
    }
}

/// Exit code 2 is that of a configuration that cannot be carried out.
pub(super) fn reject(rejected: &Rejected, format: Format) -> Result<ExitCode, Failure> {
    match format {
        Format::Text => crate::cli::report::say(&snippet::invalid(rejected)),
        Format::Json => print(|out| output::json(out, &json::rejected(rejected)))?,
    }
    Ok(ExitCode::from(2))
}
