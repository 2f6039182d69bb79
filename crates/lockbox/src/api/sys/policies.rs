use serde_json::json;

use crate::{
    api::{Core, failure::Failure},
    exchange::{Answer, Operation, Request},
    policy::{Policy, PolicyError},
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

pub(super) async fn handle(
    core: &Core,
    name: &str,
    form: Form,
    request: &Request<'_>,
) -> Result<Answer, Failure> {
    let name = name.to_lowercase();
    match request.operation {
        Operation::Read => {
            let policy = core.policies.read(&name).ok_or(Failure::NotFound)?;
            Ok(describe(&policy, form))
        }
        Operation::Create | Operation::Update => write(core, &name, form, request).await,
        Operation::Delete => {
            core.policies.delete(&name).await?;
            Ok(Answer::empty())
        }
        Operation::Patch | Operation::List => Err(Failure::UnsupportedOperation),
    }
}

async fn write(core: &Core, name: &str, form: Form, request: &Request<'_>) -> Result<Answer, Failure> {
    let text = request.fields.text("policy")?.filter(|text| !text.is_empty());
    let (text, deprecated) = match (text, form) {
        (Some(text), _) => (Some(text), false),
        (None, Form::Older) => (request.fields.text("rules")?.filter(|text| !text.is_empty()), true),
        (None, Form::Newer) => (None, false),
    };
    core.policies.write(name, &text.ok_or(PolicyError::Empty)?, request.now).await?;
    if deprecated {
        return Ok(Answer::warning("'rules' is deprecated, please use 'policy' instead"));
    }
    Ok(Answer::empty())
}

fn describe(policy: &Policy, form: Form) -> Answer {
    let mut described = json!({
        "allow_slashes_in_identity_templates": false,
        "allow_wildcards_in_identity_templates": false,
        "cas_required": false,
        "name": policy.name,
        "version": policy.version,
    });
    if let Some(modified) = policy.modified {
        described["modified"] = json!(modified);
    }
    match form {
        Form::Older => {
            described["rules"] = json!(policy.text);
            Answer::merged(&described)
        }
        Form::Newer => {
            described["policy"] = json!(policy.text);
            Answer::data(&described)
        }
    }
}
