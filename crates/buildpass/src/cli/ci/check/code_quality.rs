//! [GitLab's Code Quality report](https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format).

use gitlab_ci::yaml::Sources;
use serde_json::{Value, json};

use super::fingerprint;
use crate::pipeline::check::{Finding, Severity};

pub(super) fn report(found: &[Finding], sources: &Sources) -> Value {
    let entry = |finding: &Finding| {
        let (path, line) = match finding.place {
            Some(place) => (sources.source(place.file).name.as_str(), place.line),
            None => (".gitlab-ci.yml", 1),
        };
        json!({
            "description": format!("{}: {}", finding.message, finding.help),
            "check_name": finding.rule,
            "fingerprint": fingerprint(finding, sources),
            "severity": match finding.severity {
                Severity::Error => "critical",
                Severity::Warning => "major",
                Severity::Note => "info",
            },
            "location": {"path": path, "lines": {"begin": line}},
        })
    };
    found.iter().map(entry).collect()
}
