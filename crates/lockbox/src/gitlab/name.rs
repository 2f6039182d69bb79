use super::{GitlabError, role::Role};
use crate::{auth::token::Metadata, clock::Moment, random};

/// How tokens are called: a text with places that are filled in for each of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    RoleName,
    Path,
    ConfigName,
    TokenType,
    Time,
    /// So many random bytes, in hexadecimal digits.
    Random(usize),
    /// What the session says of its bearer under this name.
    Claim(String),
}

/// Whom a token is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bearer<'a> {
    pub(crate) metadata: Option<&'a Metadata>,
    pub(crate) now: Moment,
}

impl Template {
    /// # Errors
    /// When a place is none that is known.
    pub(super) fn parse(text: &str) -> Result<Self, GitlabError> {
        let refuse =
            |problem: String| GitlabError::Setting(format!("invalid template {text:?} for name: {problem}"));
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some((before, after)) = rest.split_once("{{") {
            let (inside, after) =
                after.split_once("}}").ok_or_else(|| refuse("an action is not closed".to_owned()))?;
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            let inside = inside.split_whitespace().collect::<Vec<_>>().join(" ");
            let part =
                Part::of(&inside).ok_or_else(|| refuse(format!("{inside:?} is not known, {KNOWN}")))?;
            parts.push(part);
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        if parts.is_empty() { Err(refuse("it is empty".to_owned())) } else { Ok(Self(parts)) }
    }

    /// # Errors
    /// When the session does not say what is asked for, or GitLab takes no such name.
    pub(super) fn fill(
        &self,
        (role_name, role): (&str, &Role),
        bearer: Bearer<'_>,
    ) -> Result<String, GitlabError> {
        let mut name = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => name.push_str(text),
                Part::RoleName => name.push_str(role_name),
                Part::Path => name.push_str(&role.path),
                Part::ConfigName => name.push_str(&role.config_name),
                Part::TokenType => name.push_str(role.token_type.name()),
                Part::Time => name.push_str(&bearer.now.seconds().to_string()),
                Part::Random(bytes) => {
                    let digits = random::hex(&random::bytes::<MOST_RANDOM_BYTES>());
                    name.push_str(&digits[..bytes * 2]);
                }
                Part::Claim(claim) => {
                    let said = bearer.metadata.and_then(|metadata| metadata.value(claim));
                    name.push_str(said.ok_or_else(|| GitlabError::Name(unsaid(claim)))?);
                }
            }
        }
        check(name)
    }
}

/// After the job, as far as the session says which it is: role, project and job, else role and time.
///
/// # Errors
/// When GitLab takes no such name.
pub(super) fn usual(role_name: &str, bearer: Bearer<'_>) -> Result<String, GitlabError> {
    let said = |claim: &str| {
        bearer.metadata.and_then(|metadata| metadata.value(claim)).filter(|said| !said.is_empty())
    };
    let project = said("project_path").map(str::to_owned);
    let job = said("job_id").map(|job| format!("job {job}"));
    let time = project.is_none() && job.is_none();
    let time = time.then(|| bearer.now.seconds().to_string());
    let parts = [Some(role_name.to_owned()), project, job, time];
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let short: String = name.chars().take(MOST_CHARACTERS).collect();
    check(short.trim_end().to_owned())
}

impl Part {
    fn of(inside: &str) -> Option<Self> {
        if let Some(claim) = inside.strip_prefix(".claims.") {
            let is_name = !claim.is_empty() && claim.chars().all(|c| c.is_alphanumeric() || "_-".contains(c));
            return is_name.then(|| Self::Claim(claim.to_owned()));
        }
        if let Some(bytes) = inside.strip_prefix("randHexString ") {
            return bytes
                .parse()
                .ok()
                .filter(|bytes| (1..=MOST_RANDOM_BYTES).contains(bytes))
                .map(Self::Random);
        }
        match inside {
            ".role_name" => Some(Self::RoleName),
            ".path" => Some(Self::Path),
            ".config_name" => Some(Self::ConfigName),
            ".token_type" => Some(Self::TokenType),
            ".unix_timestamp_utc" => Some(Self::Time),
            _ => None,
        }
    }
}

fn unsaid(claim: &str) -> String {
    format!(
        "the session has no claim {claim:?}: the claim_mappings of the role that logged it in say which claims it has"
    )
}

/// What GitLab takes for a name.
fn check(name: String) -> Result<String, GitlabError> {
    let fine = (1..=MOST_CHARACTERS).contains(&name.chars().count())
        && name.trim() == name
        && !name.contains(char::is_control);
    if fine {
        return Ok(name);
    }
    let problem = format!(
        "{name:?} is not a name for GitLab: it takes 1 to {MOST_CHARACTERS} characters, none of them a control character \
         or a blank at an end"
    );
    Err(GitlabError::Name(problem))
}

const MOST_CHARACTERS: usize = 255;
const MOST_RANDOM_BYTES: usize = 32;
const KNOWN: &str = "only .role_name, .path, .config_name, .token_type, .unix_timestamp_utc, .claims.NAME and randHexString N \
                     with 1 to 32 bytes";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::gitlab::role::tests::role;

    fn of_job(pairs: &[(&str, &str)]) -> Metadata {
        pairs.iter().copied().collect()
    }

    fn named(template: &str, metadata: &Metadata) -> Result<String, String> {
        let bearer = Bearer { metadata: Some(metadata), now: Moment::at_second(1_800_000_000) };
        let filled = Template::parse(template).and_then(|template| template.fill(("ci", &role()), bearer));
        filled.map_err(|error| error.to_string())
    }

    #[test]
    fn a_name_is_filled_in() {
        let job = of_job(&[("job_id", "42"), ("project_path", "a/b"), ("role", "jobs")]);
        for (template, expected) in [
            ("plain", "plain"),
            (
                "{{ .role_name }}-{{.path}}/{{ .config_name }} {{ .token_type}}",
                "ci-gitlab-org/security/default group",
            ),
            ("at {{.unix_timestamp_utc}}", "at 1800000000"),
            ("{{ .claims.project_path }} {{.claims.job_id}} by {{.claims.role}}", "a/b 42 by jobs"),
        ] {
            assert_eq!(named(template, &job).as_deref(), Ok(expected));
        }
        let random = named("x{{ randHexString 4 }}", &job).unwrap();
        assert!(random.len() == 9 && random[1..].bytes().all(|byte| byte.is_ascii_hexdigit()), "{random}");
        assert_ne!(named("x{{ randHexString 4 }}", &job).unwrap(), random);
    }

    #[test]
    fn what_cannot_be_filled_in_is_named() {
        let job = of_job(&[("job_id", "42"), ("long", &"x".repeat(300)), ("odd", "a\nb")]);
        for (template, expected) in [
            ("{{ .claims.ref }}", "the session has no claim \"ref\""),
            ("{{ .claims.long }}", "is not a name for GitLab"),
            ("{{ .claims.odd }}", "is not a name for GitLab"),
            (" x", "is not a name for GitLab"),
            ("{{ .ttl }}", "\".ttl\" is not known, only .role_name"),
            ("{{ randHexString 0 }}", "is not known"),
            ("{{ randHexString 33 }}", "is not known"),
            ("{{ .claims. }}", "is not known"),
            ("{{ .claims.a b }}", "is not known"),
            ("{{ }}", "is not known"),
            ("{{ .path", "an action is not closed"),
            ("", "it is empty"),
        ] {
            let refusal = named(template, &job).unwrap_err();
            assert!(refusal.contains(expected), "{template}: {refusal}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd_to_be_read(text in "(\\{\\{|\\}\\}|\\.claims\\.|randHexString | |\\PC){0,12}", said in "\\PC{0,40}") {
            if let Ok(name) = named(&text, &of_job(&[("a", &said)])) {
                prop_assert!((1..=MOST_CHARACTERS).contains(&name.chars().count()) && name.trim() == name);
            }
        }
    }

    #[test]
    fn a_token_is_called_after_its_job() {
        let called = |pairs: &[(&str, &str)]| {
            let metadata = of_job(pairs);
            usual("ci", Bearer { metadata: Some(&metadata), now: Moment::at_second(5) }).unwrap()
        };
        assert_eq!(called(&[("job_id", "42"), ("project_path", "a/b")]), "ci a/b job 42");
        assert_eq!(called(&[("job_id", "42")]), "ci job 42");
        assert_eq!(called(&[("role", "x")]), "ci 5");
        assert_eq!(called(&[("project_path", &"x".repeat(300))]).chars().count(), 255);
        assert_eq!(usual("ci", Bearer { metadata: None, now: Moment::at_second(5) }).unwrap(), "ci 5");
    }
}
