use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::invalid::Invalid;
use crate::yaml::{Linked, Mapping, Node, Place, Value};

/// One `include` entry as it is written, in GitLab's long form.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) place: Place,
    pub(super) wants: Wants,
    /// With its place.
    pub(super) inputs: Option<(Mapping, Place)>,
    pub(super) rules: Option<Linked>,
}

/// What an entry names, before variables and wildcards are looked at.
#[derive(Clone, Debug)]
pub(super) enum Wants {
    /// A string alone: a path, or an address, once its variables are replaced.
    PathOrAddress(String),
    Local(String),
    Project {
        project: String,
        reference: Option<String>,
        files: Vec<String>,
    },
    Remote(String),
    Template(String),
    Component(String),
}

const SUBKEYS: [&str; 6] = ["local", "project", "remote", "template", "artifact", "component"];

/// Beside the subkeys.
const MODIFIERS: [&str; 8] = ["file", "ref", "inputs", "job", "rules", "integrity", "cache", "with"];

/// The entries of an `include` keyword in any of its forms.
pub(super) fn entries(include: &Node) -> Result<Vec<Entry>, Invalid> {
    match &include.value {
        Value::Sequence(items) => items.iter().map(|item| entry(&item.node)).collect(),
        Value::Null => Ok(Vec::new()),
        _ => Ok([entry(include)?].into()),
    }
}

fn entry(node: &Node) -> Result<Entry, Invalid> {
    let place = node.place;
    let alone = |wants| Entry { place, wants, inputs: None, rules: None };
    match &node.value {
        Value::Text(text) => Ok(alone(Wants::PathOrAddress(text.to_string()))),
        Value::Mapping(keys) => long(keys, node),
        _ => {
            let message = format!("include config should be a hash or a string, and is {}", node.kind());
            Err(Invalid::at(place, message))
        }
    }
}

fn long(keys: &Mapping, node: &Node) -> Result<Entry, Invalid> {
    let place = node.place;
    let known = |key: &str| SUBKEYS.contains(&key) || MODIFIERS.contains(&key);
    if let Some(unknown) = keys.entries().iter().find(|entry| !known(&entry.key)) {
        let has_subkey = keys.entries().iter().any(|entry| SUBKEYS.contains(&&*entry.key));
        return Err(match has_subkey {
            true => {
                Invalid::at(unknown.place, format!("include config contains unknown keys: {}", unknown.key))
            }
            false => no_subkey(place),
        });
    }
    let named: Vec<&str> =
        SUBKEYS.into_iter().filter(|key| keys.value(key).is_some_and(|it| !it.node.is_null())).collect();
    let text = |key: &str| keys.value(key).map(|value| text(&value.node)).transpose();
    let wants = match named[..] {
        ["local"] => Wants::Local(text("local")?.unwrap_or_default()),
        ["remote"] => Wants::Remote(text("remote")?.unwrap_or_default()),
        ["template"] => Wants::Template(text("template")?.unwrap_or_default()),
        ["component"] => Wants::Component(text("component")?.unwrap_or_default()),
        ["project"] => {
            let reference = text("ref")?;
            Wants::Project {
                project: text("project")?.unwrap_or_default(),
                reference,
                files: files(keys, place)?,
            }
        }
        ["artifact"] => {
            let message = "Including configs from artifacts is only allowed when triggering child pipelines";
            return Err(Invalid::at(place, message));
        }
        [] => return Err(no_subkey(place)),
        _ => {
            let message = format!("Each include must use only one of: `{}`", SUBKEYS.join("`, `"));
            return Err(Invalid::at(place, message));
        }
    };
    let inputs = match keys.value("inputs").or_else(|| keys.value("with")).map(|inputs| &inputs.node) {
        None => None,
        Some(inputs) if inputs.is_null() => None,
        Some(inputs) => match inputs.mapping() {
            Some(mapping) => Some((mapping.clone(), inputs.place)),
            None => return Err(Invalid::at(inputs.place, "include:inputs config should be a hash")),
        },
    };
    let rules = keys.value("rules").filter(|rules| !rules.node.is_null()).cloned();
    Ok(Entry { place, wants, inputs, rules })
}

fn files(keys: &Mapping, place: Place) -> Result<Vec<String>, Invalid> {
    match keys.value("file").map(|file| &file.node) {
        Some(file) => match file.sequence() {
            Some(files) => files.iter().map(|file| text(&file.node)).collect(),
            None => Ok([text(file)?].into()),
        },
        None => {
            Err(Invalid::at(place, "include config must specify the file where to fetch the config from"))
        }
    }
}

fn text(node: &Node) -> Result<String, Invalid> {
    match node.text() {
        Some(text) => Ok(text.to_string()),
        None => {
            let message =
                format!("Included file `{}` needs to be a string", node.to_text().unwrap_or_default());
            Err(Invalid::at(node.place, message))
        }
    }
}

fn no_subkey(place: Place) -> Invalid {
    let message = format!(
        "this does not have a valid subkey for include. Valid subkeys are: `{}`",
        SUBKEYS.join("`, `")
    );
    Invalid::at(place, message)
}
