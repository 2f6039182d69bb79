use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::answer::Reason;
use crate::context::{Facts, Outside};
use crate::document::Arguments;
use crate::expand::{self, Incomplete};
use crate::include::{Files, Gathered, Reader};
use crate::invalid::Invalid;
use crate::plan::{self, Configuration, Plan};
use crate::rules::{Cache, Diff, Scope};
use crate::yaml::{Budget, Linked, Node, Place, Sources, Value};

/// What the configuration at `path` (`.gitlab-ci.yml`) comes to for one pipeline. All that was read is added to `sources`.
///
/// Where it is not known whether the ref is protected, both are looked at, and what they agree on is known all the same.
///
/// # Errors
/// Where GitLab would refuse the configuration.
pub fn evaluate(
    path: &str,
    files: &dyn Files,
    facts: &Facts,
    sources: &mut Sources,
) -> Result<Plan, Invalid> {
    let given = facts.protected.is_some() || facts.predefined.contains_key("CI_COMMIT_REF_PROTECTED");
    if given {
        return read(path, files, facts, sources);
    }
    let reason = Reason::new("`CI_COMMIT_REF_PROTECTED` was not given");
    let mut one = |protected| {
        let facts = Facts { protected: Some(protected), ..facts.clone() };
        read(path, files, &facts, sources)
    };
    let on =
        |which, invalid: Invalid| invalid.note(format!("this is so on {which} branch or tag alone"), None);
    match (one(false), one(true)) {
        (Ok(unprotected), Ok(protected)) => Ok(plan::agreed(unprotected, protected, &reason)),
        (Err(invalid), Err(_)) => Err(invalid),
        (Err(invalid), Ok(_)) => Err(on("an unprotected", invalid)),
        (Ok(_), Err(invalid)) => Err(on("a protected", invalid)),
    }
}

fn read(path: &str, files: &dyn Files, facts: &Facts, sources: &mut Sources) -> Result<Plan, Invalid> {
    let outside = Outside::of(facts);
    let cache = Cache::default();
    let diff = Diff::of(facts);
    let scope = Scope { variables: &outside, files, diff: &diff, cache: &cache };
    let mut reader = Reader {
        files,
        outside: &outside,
        scope,
        version: facts.version,
        sources,
        budget: Budget::default(),
        gathered: Gathered::default(),
    };
    let whole = reader.configuration(path, Arguments::Caller(&facts.inputs));
    let Reader { gathered: Gathered { included: includes, unresolved, .. }, mut budget, sources, .. } =
        reader;
    let planned = whole.and_then(|content| {
        let elsewhere = elsewhere(&unresolved);
        let mut incomplete = Incomplete::default();
        let content = expanded(&content, elsewhere.as_ref(), &mut budget, &mut incomplete)?;
        let configuration = Configuration { content, includes, unresolved, incomplete: incomplete.0 };
        plan::build(configuration, facts, files, &cache)
    });
    planned.map_err(|invalid| pointed(invalid, sources))
}

fn expanded(
    content: &Linked,
    elsewhere: Option<&Reason>,
    budget: &mut Budget,
    incomplete: &mut Incomplete,
) -> Result<Linked, Invalid> {
    let Some(top) = content.node.mapping() else { return Ok(content.clone()) };
    let extended = expand::extend(top, elsewhere, budget, incomplete)?;
    let resolved = expand::resolve(&extended, elsewhere, incomplete)?;
    Ok(Linked::here(Node { value: Value::Mapping(resolved), place: content.node.place }))
}

/// Who may define a name that no file defines that was read.
fn elsewhere(unresolved: &[Reason]) -> Option<Reason> {
    if unresolved.is_empty() {
        return None;
    }
    let reasons: Vec<String> = unresolved.iter().map(Reason::to_string).collect();
    Some(Reason::new(reasons.join(" and ")))
}

/// The same error at the very character, where a value is written on one line as it is read.
fn pointed(invalid: Invalid, sources: &Sources) -> Invalid {
    let (Some(place), Some(within)) = (invalid.place, &invalid.within) else { return invalid };
    let source = sources.source(place.file);
    let line = source.text.lines().nth(place.line as usize - 1).unwrap_or_default();
    let mut rest = line.chars().skip(place.column as usize - 1);
    let behind: String = rest.by_ref().collect();
    let quoted = behind.starts_with(['"', '\'']);
    let text = if quoted { &behind[1..] } else { behind.as_str() };
    if !text.starts_with(&within.text) {
        return invalid;
    }
    let column = place.column as usize + usize::from(quoted) + within.column - 1;
    let place = Place { column: u32::try_from(column).unwrap_or(place.column), ..place };
    Invalid { place: Some(place), ..invalid }
}
