use std::path::Path;

use super::{Error, Profile, Variables, committed, profile::SourceRule};
use crate::git::is_ref_name;

/// A version file holds a line.
const LARGEST_BYTES: u64 = 64 * 1024;

/// The version of a source as the build reads it: a variable, a version fact, the version file; empty where nothing says it.
///
/// # Errors
/// Where what says it is a link, cannot be read, or holds what can name no ref: it may be anything, so it is not repeated.
pub(super) fn version(
    name: &str,
    profile: &Profile,
    variables: &Variables,
    project: &Path,
) -> Result<String, Error> {
    let rule = profile.rule(name);
    if let Some(variable) = rule.and_then(|rule| rule.version.as_deref())
        && let Some(version) = variables.value(variable)
    {
        return proven(version, || Error::no_ref(name, format!("${variable}")));
    }
    let is_plain = !name.contains(['/', '\0']) && name != "..";
    let fact =
        profile.version_facts.as_ref().filter(|_| is_plain).map(|pattern| pattern.replace("{source}", name));
    let file = rule.and_then(|rule| rule.version_file.clone());
    for file in fact.into_iter().chain(file) {
        let unread = |why: std::io::Error| Error::Reference {
            source_name: name.to_owned(),
            place: format!("`{file}`"),
            why: why.to_string(),
        };
        if let Some(text) = committed::read(project, Path::new(&file), LARGEST_BYTES).map_err(unread)? {
            return proven(text.trim(), || Error::no_ref(name, format!("`{file}`")));
        }
    }
    Ok(String::new())
}

fn proven(version: &str, wrong: impl FnOnce() -> Error) -> Result<String, Error> {
    if version.is_empty() || is_ref_name(version) { Ok(version.to_owned()) } else { Err(wrong()) }
}

/// The ref that a version stands for; none where there is no version.
pub(super) fn reference(version: &str, rule: Option<&SourceRule>) -> Option<String> {
    let has_file = rule.is_some_and(|rule| rule.version_file.is_some());
    match version {
        "" => None,
        pre if pre.contains(".pre") || pre == "master" => Some("master".to_owned()),
        other if has_file && !is_release(other) => Some(other.to_owned()),
        release => Some(format!("v{release}")),
    }
}

/// `^\d+\.\d+\.\d+(-rc\d+)?(-ee)?$`
fn is_release(version: &str) -> bool {
    let version = version.strip_suffix("-ee").unwrap_or(version);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|each| each.is_ascii_digit());
    let numbers = match version.split_once("-rc") {
        Some((numbers, candidate)) if is_number(candidate) => numbers,
        Some(_) => return false,
        None => version,
    };
    numbers.split('.').count() == 3 && numbers.split('.').all(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_becomes_the_ref_that_omnibus_checks_out() {
        let profile = Profile::omnibus();
        for (source, version, expected) in [
            ("gitaly", "", None),
            ("gitaly", "master", Some("master")),
            ("gitaly", "17.2.0.pre", Some("master")),
            ("gitaly", "17.2.0", Some("v17.2.0")),
            ("gitaly", "17.2.0-rc42-ee", Some("v17.2.0-rc42-ee")),
            ("gitaly", "17.2.0-ee", Some("v17.2.0-ee")),
            ("gitaly", "17.2", Some("17.2")),
            ("gitaly", "17.2.0-rc", Some("17.2.0-rc")),
            (
                "gitaly",
                "0123456789abcdef0123456789abcdef01234567",
                Some("0123456789abcdef0123456789abcdef01234567"),
            ),
            ("gitaly", "my-branch", Some("my-branch")),
            ("omnibus", "10.0.1.0", Some("10.0.1.0")),
            ("prometheus", "2.1.0", Some("v2.1.0")),
            ("prometheus", "my-branch", Some("vmy-branch")),
            ("prometheus", "1.pre", Some("master")),
        ] {
            assert_eq!(reference(version, profile.rule(source)).as_deref(), expected, "{source} {version}");
        }
    }

    #[test]
    fn a_variable_comes_before_a_fact_and_a_fact_before_the_file() {
        let project = tempfile::tempdir().unwrap();
        let at = |path: &str| project.path().join(path);
        let profile = Profile::omnibus();
        let read = |variables: &[(&str, &str)]| {
            version("gitaly", &profile, &Variables::of(variables.iter().copied()), project.path()).unwrap()
        };
        assert_eq!(read(&[]), "");
        std::fs::write(at("GITALY_SERVER_VERSION"), "1.0.0\n").unwrap();
        assert_eq!(read(&[]), "1.0.0");
        std::fs::create_dir(at("build_facts")).unwrap();
        std::fs::write(at("build_facts/gitaly_version"), "2.0.0\n").unwrap();
        assert_eq!(read(&[]), "2.0.0");
        assert_eq!(read(&[("GITALY_SERVER_VERSION", " 3.0.0 ")]), "3.0.0");
        assert_eq!(read(&[("GITALY_SERVER_VERSION", "  ")]), "2.0.0");
    }
}
