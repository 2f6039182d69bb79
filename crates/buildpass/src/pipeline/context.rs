use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use gitlab_ci::context::{Changes, Facts, Ref, Unresolved, Version};

use super::{AssumeChanges, Checkout, ContextFlags, Error, NamedContext, ProjectFiles, variables_file};

/// The pipeline that is asked about, and which configuration.
#[derive(Clone, Debug)]
pub struct Context {
    /// What it is called, where it has a name.
    pub name: Option<String>,
    /// The configuration's path in the project.
    pub configuration: String,
    /// All that is known of the pipeline.
    pub facts: Facts,
}

/// Names that start so, and those of [`PREDEFINED`], are GitLab's own.
const PREDEFINED_PREFIXES: [&str; 2] = ["CI_", "GITLAB_USER_"];

const PREDEFINED: [&str; 3] = ["CI", "GITLAB_CI", "GITLAB_FEATURES"];

impl Context {
    /// The project's files, as the flags name their folders.
    ///
    /// # Errors
    /// Where there is no such folder.
    pub fn files(flags: &ContextFlags, project: &Path, here: &Path) -> Result<ProjectFiles, Error> {
        let project = flags.project_dir.as_ref().map_or_else(|| project.to_owned(), |dir| here.join(dir));
        if !project.is_dir() {
            return Err(Error::NoProject(project));
        }
        let elsewhere: Vec<PathBuf> = flags.include_dir.iter().map(|dir| here.join(dir)).collect();
        match elsewhere.iter().find(|folder| !folder.is_dir()) {
            Some(folder) => Err(Error::NoProject(folder.clone())),
            None => Ok(ProjectFiles::new(project, elsewhere)),
        }
    }

    /// The pipeline that flags, a named context and the `CI_*` variables of a job describe, in this order.
    ///
    /// # Errors
    /// Where one of them says what cannot be meant.
    pub fn new(
        flags: &ContextFlags,
        named: Option<&NamedContext>,
        of_job: &[(String, String)],
        project: &Path,
        here: &Path,
    ) -> Result<Self, Error> {
        let nobody = NamedContext::default();
        let stated = named.unwrap_or(&nobody);
        let mut facts = Facts {
            project: flags.project.clone().or_else(|| stated.project.clone()),
            source: flags.pipeline_source.clone().or_else(|| stated.pipeline_source.clone()),
            protected: protection(flags).or(stated.protected),
            unresolved: if flags.strict { Unresolved::MayOverride } else { Unresolved::AddsNames },
            version: flags.gitlab_version.as_deref().map_or(Ok(Version::default()), version)?,
            changes: changes(flags, stated, here)?,
            ..Facts::default()
        };
        let reference = flags.reference.as_ref().or(stated.reference.as_ref());
        let checkout = Checkout::at(project);
        for (name, value) in of_job {
            let replaced = facts.project.is_some() && name.starts_with("CI_PROJECT_")
                || reference.is_some() && speaks_of_the_ref(name)
                || facts.source.is_some()
                    && (name == "CI_PIPELINE_SOURCE" || name.starts_with("CI_MERGE_REQUEST_"))
                || facts.protected.is_some() && name == "CI_COMMIT_REF_PROTECTED";
            if !replaced {
                facts.predefined.insert(name.clone(), value.clone());
            }
        }
        let mut given: Vec<(String, String)> = Vec::new();
        given.extend(stated.variables.clone());
        for file in &flags.variables_file {
            given.extend(variables_file::read(&here.join(file))?);
        }
        for said in &flags.variable {
            given.push(pair("--variable", said)?);
        }
        for (name, value) in given {
            if !is_a_name(&name) {
                return Err(Error::Name(name));
            }
            match is_predefined(&name) {
                true => facts.predefined.insert(name, value),
                false => facts.settings.insert(name, value),
            };
        }
        facts.inputs = stated.inputs.clone();
        for said in &flags.input {
            let (name, value) = pair("--input", said)?;
            facts.inputs.insert(name, value);
        }
        let says_ref = facts.predefined.keys().any(|name| speaks_of_the_ref(name));
        facts.reference = match reference {
            Some(reference) => Some(checkout.reference(reference)),
            None if says_ref => None,
            None => checkout.branch().map(Ref::Branch),
        };
        let path = flags.ci_config.clone().or_else(|| facts.predefined.get("CI_CONFIG_PATH").cloned());
        let configuration =
            path.filter(|path| !path.is_empty()).unwrap_or_else(|| ".gitlab-ci.yml".to_owned());
        Ok(Self { name: named.map(|named| named.name.clone()), configuration, facts })
    }
}

/// What a job's environment says of its pipeline; nothing that is secret.
pub fn predefined_of_job(
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Vec<(String, String)> {
    let is_secret = |name: &str| ["TOKEN", "PASSWORD", "JWT"].iter().any(|word| name.contains(word));
    let text =
        |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
    let all = environment.into_iter().filter_map(text);
    all.filter(|(name, _)| is_predefined(name) && !is_secret(name)).collect()
}

fn speaks_of_the_ref(name: &str) -> bool {
    name.starts_with("CI_COMMIT_REF_") && name != "CI_COMMIT_REF_PROTECTED"
        || name.starts_with("CI_MERGE_REQUEST_")
        || ["CI_COMMIT_BRANCH", "CI_COMMIT_TAG", "CI_OPEN_MERGE_REQUESTS", "CI_COMMIT_BEFORE_SHA"]
            .contains(&name)
}

/// Is it a variable that GitLab sets itself?
fn is_predefined(name: &str) -> bool {
    PREDEFINED.contains(&name) || PREDEFINED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

fn is_a_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

fn protection(flags: &ContextFlags) -> Option<bool> {
    match (flags.protected, flags.unprotected) {
        (true, _) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
    }
}

fn pair(flag: &'static str, said: &str) -> Result<(String, String), Error> {
    let (name, value) = said.split_once('=').ok_or_else(|| Error::NoPair { flag, said: said.to_owned() })?;
    Ok((name.to_owned(), value.to_owned()))
}

fn changes(flags: &ContextFlags, named: &NamedContext, here: &Path) -> Result<Changes, Error> {
    let mut files = flags.changed_file.clone();
    if let Some(list) = &flags.changed_files {
        let path = here.join(list);
        let text = fs::read_to_string(&path).map_err(|source| Error::Unreadable { path, source })?;
        files.extend(text.lines().filter(|line| !line.is_empty()).map(str::to_owned));
    }
    let given = !files.is_empty() || flags.changed_files.is_some();
    Ok(match (given, &named.changed_files, flags.assume_changes) {
        (true, _, _) => Changes::Files(files),
        (false, Some(files), _) => Changes::Files(files.clone()),
        (false, None, Some(AssumeChanges::Match)) => Changes::AssumeMatch,
        (false, None, Some(AssumeChanges::NoMatch)) => Changes::AssumeNoMatch,
        (false, None, None) => Changes::NotGiven,
    })
}

fn version(said: &str) -> Result<Version, Error> {
    let numbers =
        said.split_once('.').and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
    let (major, minor) = numbers.ok_or_else(|| Error::Version(said.to_owned()))?;
    match major {
        17 | 18 => Ok(Version { major, minor }),
        _ => Err(Error::OtherVersion(said.to_owned())),
    }
}
