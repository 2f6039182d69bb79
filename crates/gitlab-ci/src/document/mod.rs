//! One file: its [`spec:` header](https://docs.gitlab.com/ci/inputs/), and its content with the `$[[ inputs ]]` put in.

mod split;

mod header;

mod definition;

mod choice;

mod argument;

mod json;

mod template;

mod block;

mod function;

#[cfg(test)]
mod tests;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::context::Version;
use crate::invalid::Invalid;
use crate::rules::Variables;
use crate::yaml::{self, FileId, Linked, Mapping, Place};

/// What a file's inputs are given.
#[derive(Clone, Copy, Debug)]
pub enum Arguments<'a> {
    /// Nothing.
    None,
    /// `inputs:` of an include, and where that stands.
    Include(&'a Mapping, Place),
    /// Text or JSON from whoever starts the pipeline.
    Caller(&'a BTreeMap<String, String>),
}

/// Reads a file's content, which is a mapping. `scope` is what `expand_vars` sees.
///
/// # Errors
/// Where GitLab would refuse the file or its arguments.
pub(crate) fn read(
    text: &str,
    file: FileId,
    arguments: Arguments<'_>,
    scope: &dyn Variables,
    version: Version,
) -> Result<Linked, Invalid> {
    let mut documents = split::documents(text)?
        .into_iter()
        .map(|document| mapping(document, file))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter();
    let Some(first) = documents.next() else {
        return mapping(split::Document { text: "", lines_before: 0 }, file);
    };
    let header = first.node.mapping().filter(|it| it.value("spec").is_some());
    match (header, documents.next_back()) {
        (Some(header), Some(content)) => {
            let definitions = header::definitions(header, version)?;
            let inputs = argument::inputs(&definitions, arguments, version)?;
            template::fill(&content, &inputs, scope)
        }
        _ => {
            argument::refuse_all(arguments, first.node.place)?;
            Ok(first)
        }
    }
}

/// What a file says that is part of no pipeline: its inputs stay as they are written.
///
/// # Errors
/// Where GitLab would refuse the file.
pub fn unfilled(text: &str, file: FileId) -> Result<Linked, Invalid> {
    let documents = split::documents(text)?;
    let last = documents.last().copied().unwrap_or(split::Document { text: "", lines_before: 0 });
    mapping(last, file)
}

fn mapping(document: split::Document<'_>, file: FileId) -> Result<Linked, Invalid> {
    let value = yaml::parse(document.text, file, document.lines_before)?;
    match value.node.mapping() {
        Some(_) => Ok(value),
        None => Err(Invalid::at(value.node.place, "Invalid configuration format")),
    }
}
