use serde_json::{Map, Value, json};

use crate::{
    api::{Core, failure::Failure},
    clock::Moment,
    exchange::{Answer, Field, FieldError, Layout, Operation, Request, Schema},
    policy::{Draft, Policy, PolicyError},
};

/// The two paths under which policies are kept, which differ in their answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `sys/policy`
    Older,
    /// `sys/policies/acl`
    Newer,
}

pub(super) fn list(core: &Core) -> Answer {
    Answer::keys(&core.policies.names())
}

pub(super) fn list_merged(core: &Core) -> Answer {
    let names = core.policies.names();
    Answer::merged(&json!({ "keys": names, "policies": names }))
}

/// Every policy in full, by name.
pub(super) fn list_in_full(core: &Core, folder: &str, now: Moment) -> Answer {
    let folder = folder.trim_start_matches('/');
    let mut names = core.policies.names();
    names.retain(|name| name == "root" || name.starts_with(folder));
    let described = |name: &String| {
        core.policies.current(name, now).map(|policy| (name.clone(), description(&policy, Form::Newer)))
    };
    let details: Map<String, Value> = names.iter().filter_map(described).collect();
    Answer::data(&json!({ "keys": names, "key_info": details }))
}

pub(super) async fn handle(
    core: &Core,
    name: &str,
    form: Form,
    request: &Request<'_>,
) -> Result<Answer, Failure> {
    let name = name.trim().to_lowercase();
    if name.is_empty() {
        return Err(Failure::UnsupportedOperation);
    }
    let fields = if form == Form::Older { OLDER } else { NEWER };
    Ok(fields.noted(answer(core, &name, form, request).await?, request.fields))
}

async fn answer(core: &Core, name: &str, form: Form, request: &Request<'_>) -> Result<Answer, Failure> {
    match request.operation {
        Operation::Read => {
            let policy = core.policies.current(name, request.now).ok_or(Failure::NotFound)?;
            let description = description(&policy, form);
            Ok(match form {
                Form::Older => Answer::merged(&description),
                Form::Newer => Answer::data(&description),
            })
        }
        Operation::Create | Operation::Update | Operation::Patch => write(core, name, form, request).await,
        Operation::Delete => {
            core.policies.delete(name).await?;
            Ok(Answer::empty())
        }
        Operation::List => folder(core, name, form),
        Operation::Scan | Operation::Head => Err(Failure::UnsupportedOperation),
    }
}

/// The policies in a folder.
fn folder(core: &Core, name: &str, form: Form) -> Result<Answer, Failure> {
    let folder = format!("{}/", name.trim_end_matches('/'));
    let mut names = core.policies.names();
    names.retain(|name| name.starts_with(&folder));
    match form {
        // OpenBao leaves the older name of nothing.
        Form::Older if names.is_empty() => Ok(Answer::merged(&json!({ "policies": null }))),
        Form::Newer if names.is_empty() => Err(Failure::NotFound),
        Form::Older => Ok(Answer::merged(&json!({ "keys": names, "policies": names }))),
        Form::Newer => Ok(Answer::keys(&names)),
    }
}

async fn write(core: &Core, name: &str, form: Form, request: &Request<'_>) -> Result<Answer, Failure> {
    let mut draft = Draft::default();
    let patched = match request.operation {
        Operation::Patch => {
            Some(core.policies.current(name, request.now).ok_or(PolicyError::NotFound)?.written.text.clone())
        }
        _ => None,
    };
    let text = about(request, &mut draft).map_err(PolicyError::Field)?;
    let (text, deprecated) = match (text, form) {
        (Some(text), _) => (Some(text), false),
        (None, Form::Older) => {
            let rules = request.fields.text("rules").map_err(PolicyError::Field)?;
            (rules.filter(|text| !text.is_empty()), true)
        }
        (None, Form::Newer) => (None, false),
    };
    let text = text.or(patched).ok_or(PolicyError::Empty)?;
    draft.ends = ends(request)?;
    draft.text = Draft::decoded(&text)?;
    core.policies.write(name, draft, request.now).await?;
    if deprecated {
        return Ok(Answer::warning("'rules' is deprecated, please use 'policy' instead"));
    }
    if request.operation == Operation::Patch {
        return Ok(Answer { layout: Layout::Enveloped, ..Answer::empty() });
    }
    Ok(Answer::empty())
}

/// The text that a request brings, and what it says about it.
fn about(request: &Request<'_>, draft: &mut Draft) -> Result<Option<String>, FieldError> {
    let Request { fields, .. } = request;
    // Here null is a version too: the one of what is not there.
    draft.cas = if fields.has("cas") { Some(fields.integer("cas")?.unwrap_or_default()) } else { None };
    draft.needs_cas = fields.flag("cas_required")?.unwrap_or_default();
    draft.slashes_in_templates = fields.flag("allow_slashes_in_identity_templates")?.unwrap_or_default();
    draft.wildcards_in_templates = fields.flag("allow_wildcards_in_identity_templates")?.unwrap_or_default();
    fields.duration("ttl")?;
    fields.moment("expiration")?;
    Ok(fields.text("policy")?.filter(|text| !text.is_empty()))
}

/// When the policy ends, by itself or counted from now.
fn ends(request: &Request<'_>) -> Result<Option<Moment>, PolicyError> {
    let ends = match (request.fields.moment("expiration")?, request.fields.duration("ttl")?) {
        (Some(_), Some(_)) => return Err(PolicyError::TwoEnds),
        (Some(ends), None) => ends,
        (None, Some(lasts)) => request.now.plus(lasts),
        (None, None) => return Ok(None),
    };
    if ends <= request.now { Err(PolicyError::Ended) } else { Ok(Some(ends)) }
}

fn description(policy: &Policy, form: Form) -> Value {
    let Draft { text, ends, needs_cas, slashes_in_templates, wildcards_in_templates, .. } = &policy.written;
    let mut description = json!({
        "allow_slashes_in_identity_templates": slashes_in_templates,
        "allow_wildcards_in_identity_templates": wildcards_in_templates,
        "cas_required": needs_cas,
        "name": policy.name,
        "version": policy.version,
    });
    if let Some(modified) = policy.modified {
        description["modified"] = json!(modified);
    }
    if let Some(ends) = ends {
        description["expiration"] = json!(ends);
    }
    description[if form == Form::Older { "rules" } else { "policy" }] = json!(text);
    description
}

const NEWER: Schema = Schema(&[
    ("name", Field::OfPath),
    ("policy", Field::Text),
    ("ttl", Field::Seconds),
    ("expiration", Field::Text),
    ("cas", Field::Integer),
    ("cas_required", Field::Flag),
    ("allow_slashes_in_identity_templates", Field::Flag),
    ("allow_wildcards_in_identity_templates", Field::Flag),
]);
const OLDER: Schema = Schema(&[
    ("name", Field::OfPath),
    ("rules", Field::Text),
    ("policy", Field::Text),
    ("ttl", Field::Seconds),
    ("expiration", Field::Text),
    ("cas", Field::Integer),
    ("cas_required", Field::Flag),
    ("allow_slashes_in_identity_templates", Field::Flag),
    ("allow_wildcards_in_identity_templates", Field::Flag),
]);
