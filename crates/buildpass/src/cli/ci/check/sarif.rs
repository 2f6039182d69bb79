//! [SARIF 2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).

use gitlab_ci::yaml::{Place, Sources};
use serde_json::{Value, json};

use super::fingerprint;
use crate::pipeline::check::{Finding, RULES, Severity};

pub(super) fn report(found: &[Finding], sources: &Sources) -> Value {
    let rules: Vec<Value> = RULES
        .iter()
        .map(|rule| {
            json!({
                "id": rule.name,
                "shortDescription": {"text": rule.summary},
                "fullDescription": {"text": rule.summary},
                "help": {"text": rule.help},
                "properties": {"page": rule.page()},
                "defaultConfiguration": {"level": level(rule.severity)},
            })
        })
        .collect();
    let results: Vec<Value> = found.iter().map(|finding| result(finding, sources)).collect();
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "buildpass",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(finding: &Finding, sources: &Sources) -> Value {
    let location = |place: Place| {
        json!({"physicalLocation": {
            "artifactLocation": {"uri": sources.source(place.file).name},
            "region": {"startLine": place.line, "startColumn": place.column},
        }})
    };
    let locations: Vec<Value> = finding.place.into_iter().map(location).collect();
    let related: Vec<Value> = finding
        .notes
        .iter()
        .filter_map(|note| {
            let mut place = location(note.place?);
            place["message"] = json!({"text": note.text});
            Some(place)
        })
        .collect();
    json!({
        "ruleId": finding.rule,
        "ruleIndex": RULES.iter().position(|rule| rule.name == finding.rule),
        "level": level(finding.severity),
        "message": {"text": format!("{}: {}", finding.message, finding.help)},
        "locations": locations,
        "relatedLocations": related,
        "partialFingerprints": {"buildpass/v1": fingerprint(finding, sources)},
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}
