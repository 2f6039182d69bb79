use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::entry::{Entry, Wants, entries};
use super::location::{Files, Found, Location};
use super::{Included, wildcard};
use crate::answer::{Answer, Reason};
use crate::context::{Outside, Version};
use crate::document::{self, Arguments};
use crate::invalid::Invalid;
use crate::rules::{Decision, Keyword, RuleList, Scope, Variables};
use crate::substitute::{Unset, substitute};
use crate::yaml::{Budget, Linked, Mapping, Place, Source, Sources, TooBig};

/// GitLab's `ci_max_includes`: every file counts as often as it is included, so that circles end.
const MAX_INCLUDES: usize = 150;

/// What all files together may hold.
const MAX_BYTES: usize = 32 << 20;

/// Reads a configuration and all that it includes.
pub(crate) struct Reader<'a> {
    pub(crate) files: &'a dyn Files,
    pub(crate) outside: &'a Outside<'a>,
    pub(crate) scope: Scope<'a>,
    pub(crate) version: Version,
    pub(crate) sources: &'a mut Sources,
    pub(crate) budget: Budget,
    pub(crate) gathered: Gathered,
}

/// What reading came to, beside the content.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) included: Vec<Included>,
    pub(crate) unresolved: Vec<Reason>,
    files: usize,
    bytes: usize,
}

/// Where the paths of `local` start, and what variables are seen there.
#[derive(Clone, Debug)]
enum Home {
    /// The project whose pipeline this is.
    Here,
    /// Another project.
    Project { project: String, reference: Option<String> },
    /// A component: the project that it comes from is only known to GitLab.
    Component(String),
    /// A template or an address: no project and no variables.
    Nowhere,
}

/// A file that is wanted by an entry of another.
struct Wanted<'e> {
    location: Location,
    entry: &'e Entry,
    inputs: Arguments<'e>,
    home: Home,
}

impl Reader<'_> {
    /// The configuration at `path`, with what it includes below it.
    pub(crate) fn configuration(&mut self, path: &str, arguments: Arguments<'_>) -> Result<Linked, Invalid> {
        let location = Location::Local(path.trim_start_matches('/').to_string());
        let refused = |message: String| Invalid::nowhere(message);
        let text = match self.files.read(&location) {
            Found::Text(text) => text,
            Found::Missing => return Err(refused(format!("there is no `{path}` in the project"))),
            Found::Elsewhere => return Err(refused(format!("`{path}` is not in this project"))),
            Found::Unreadable(why) => return Err(refused(format!("`{path}` cannot be read: {why}"))),
        };
        let content = self.content(&location, text, arguments, None, &Home::Here)?;
        if content.node.mapping().is_none() {
            let message = format!(
                "Invalid configuration format: it should be a map of keywords and jobs, and is {}",
                content.node.kind()
            );
            return Err(Invalid::at(content.node.place, message));
        }
        Ok(content)
    }

    /// A file's content, laid over that of its own includes.
    fn content(
        &mut self,
        location: &Location,
        text: String,
        arguments: Arguments<'_>,
        included_by: Option<Place>,
        home: &Home,
    ) -> Result<Linked, Invalid> {
        self.gathered.bytes += text.len();
        if self.gathered.bytes > MAX_BYTES {
            let message = format!("all files together are larger than {} MB", MAX_BYTES >> 20);
            return Err(Invalid { place: included_by, ..Invalid::nowhere(message) });
        }
        let source = Source { name: location.to_string(), text: text.as_str().into(), included_by };
        let file = self.sources.add(source);
        let nothing: [(&str, &str); 0] = [];
        let variables: &dyn Variables = match home {
            Home::Nowhere => &nothing,
            Home::Here | Home::Project { .. } | Home::Component(_) => self.outside,
        };
        let content = document::read(&text, file, arguments, variables, self.version)?;
        let Some(own) = content.node.mapping() else { return Ok(content) };
        let Some(include) = own.value("include") else { return Ok(content) };
        let mut merged = Mapping::new();
        for entry in entries(&include.node)? {
            self.entry(&entry, home, &mut merged)?;
        }
        let mut own = own.clone();
        own.remove("include");
        let too_big =
            |TooBig| Invalid::at(include.node.place, "with all its includes, the configuration is too big");
        merged.overlay(own, &mut self.budget).map_err(too_big)?;
        let node =
            crate::yaml::Node { value: crate::yaml::Value::Mapping(merged), place: content.node.place };
        Ok(Linked::here(node))
    }

    fn entry(&mut self, entry: &Entry, home: &Home, merged: &mut Mapping) -> Result<(), Invalid> {
        let (decision, taken) = self.decide(entry, home)?;
        let wanted = match self.wanted(entry, home) {
            Ok(wanted) => wanted,
            // A wrong entry behind a rule that says no is none for GitLab either.
            Err(_) if taken == Answer::Known(false) => Vec::new(),
            Err(Refused::Invalid(invalid)) => return Err(invalid),
            Err(Refused::Unknown(reason)) => {
                self.unresolved(reason);
                Vec::new()
            }
        };
        for wanted in wanted {
            let mut included = Included {
                place: entry.place,
                location: wanted.location.clone(),
                decision: decision.clone(),
                taken: taken.clone(),
                file: None,
            };
            match &taken {
                Answer::Known(true) => {
                    let at = self.gathered.included.len();
                    self.gathered.included.push(included);
                    self.file(wanted, merged, at)?;
                }
                Answer::Known(false) => self.gathered.included.push(included),
                Answer::Unknown(reason) => {
                    let reason = Reason::new(format!(
                        "whether `{}` is included is unknown: {reason}",
                        wanted.location
                    ));
                    included.taken = Answer::Unknown(reason.clone());
                    self.gathered.included.push(included);
                    self.unresolved(reason);
                }
            }
        }
        Ok(())
    }

    fn decide(&self, entry: &Entry, home: &Home) -> Result<(Decision, Answer<bool>), Invalid> {
        let Some(rules) = &entry.rules else { return Ok((Decision::default(), Answer::Known(true))) };
        let list = RuleList::parse(rules, Keyword::Include, self.scope.cache)
            .map_err(|invalid| invalid.of("include"))?;
        let nothing: [(&str, &str); 0] = [];
        let scope = match home {
            Home::Nowhere => Scope { variables: &nothing, ..self.scope },
            Home::Here | Home::Project { .. } | Home::Component(_) => self.scope,
        };
        let decision = list.decide(&scope);
        let taken = taken(&decision);
        Ok((decision, taken))
    }

    /// The files that an entry names: none or several where it has a wildcard or a list.
    fn wanted<'e>(&self, entry: &'e Entry, home: &Home) -> Result<Vec<Wanted<'e>>, Refused> {
        let inputs = entry
            .inputs
            .as_ref()
            .map_or(Arguments::None, |(inputs, place)| Arguments::Include(inputs, *place));
        let one = |location, home| Wanted { location, entry, inputs, home };
        match &entry.wants {
            Wants::PathOrAddress(text) => {
                let text = self.replaced(text, entry, home)?;
                if text.starts_with("http://") || text.starts_with("https://") {
                    return Ok([one(Location::Remote(text), Home::Nowhere)].into());
                }
                self.local(&text, entry, inputs, home)
            }
            // As GitLab does it: a wildcard is looked at before variables are replaced.
            Wants::Local(path) if path.contains('*') => self.local(path, entry, inputs, home),
            Wants::Local(path) => {
                let path = self.replaced(path, entry, home)?;
                self.local_file(&path, entry, inputs, home).map(|wanted| [wanted].into())
            }
            Wants::Project { project, reference, files } => {
                let project = self.replaced(project, entry, home)?;
                let reference = reference.as_ref().map(|it| self.replaced(it, entry, home)).transpose()?;
                let inside = Home::Project { project: project.clone(), reference: reference.clone() };
                let mut wanted = Vec::with_capacity(files.len());
                for file in files {
                    let path = self.replaced(file, entry, home)?.trim_start_matches('/').to_string();
                    let location =
                        Location::Project { project: project.clone(), reference: reference.clone(), path };
                    wanted.push(one(location, inside.clone()));
                }
                Ok(wanted)
            }
            Wants::Remote(address) => {
                Ok([one(Location::Remote(self.replaced(address, entry, home)?), Home::Nowhere)].into())
            }
            Wants::Template(name) => {
                let name = self.replaced(name, entry, home)?;
                if !name.ends_with(".gitlab-ci.yml") {
                    let message = format!("Template file `{name}` is not a valid location!");
                    return Err(Invalid::at(entry.place, message).into());
                }
                Ok([one(Location::Template(name), Home::Nowhere)].into())
            }
            Wants::Component(address) => {
                let address = self.replaced(address, entry, home)?;
                Ok([one(Location::Component(address.clone()), Home::Component(address))].into())
            }
        }
    }

    fn local<'e>(
        &self,
        path: &str,
        entry: &'e Entry,
        inputs: Arguments<'e>,
        home: &Home,
    ) -> Result<Vec<Wanted<'e>>, Refused> {
        if !path.contains('*') {
            return self.local_file(path, entry, inputs, home).map(|wanted| [wanted].into());
        }
        let paths = match home {
            Home::Here => self.files.paths(),
            Home::Project { .. } | Home::Component(_) | Home::Nowhere => None,
        };
        let Some(paths) = paths else {
            return Err(Refused::Unknown(Reason::new(format!(
                "the files that `{path}` means are not known"
            ))));
        };
        // GitLab passes the path on alone: the inputs of such an entry are lost.
        let bare = |path: &String| {
            let location = Location::Local(path.clone());
            Wanted { location, entry, inputs: Arguments::None, home: home.clone() }
        };
        Ok(wildcard::matching(path, paths).map(bare).collect())
    }

    fn local_file<'e>(
        &self,
        path: &str,
        entry: &'e Entry,
        inputs: Arguments<'e>,
        home: &Home,
    ) -> Result<Wanted<'e>, Refused> {
        let path = path.trim_start_matches('/').to_string();
        let location = match home {
            Home::Here => Location::Local(path),
            Home::Project { project, reference } => {
                Location::Project { project: project.clone(), reference: reference.clone(), path }
            }
            Home::Component(address) => {
                let reason =
                    format!("`{path}` of the project that the component `{address}` comes from was not read");
                return Err(Refused::Unknown(Reason::new(reason)));
            }
            Home::Nowhere => {
                let message = format!("Local file `{path}` does not have project!");
                return Err(Invalid::at(entry.place, message).into());
            }
        };
        Ok(Wanted { location, entry, inputs, home: home.clone() })
    }

    fn replaced(&self, text: &str, entry: &Entry, home: &Home) -> Result<String, Refused> {
        let nothing: [(&str, &str); 0] = [];
        let variables: &dyn Variables = match home {
            Home::Nowhere => &nothing,
            Home::Here | Home::Project { .. } | Home::Component(_) => self.outside,
        };
        match substitute(text, variables, Unset::Empty) {
            Answer::Known(replaced) if replaced.trim().is_empty() => {
                let message =
                    format!("this include names no file: `{text}` is empty once its variables are replaced");
                Err(Invalid::at(entry.place, message).into())
            }
            Answer::Known(replaced) => Ok(replaced.into_owned()),
            Answer::Unknown(reason) => {
                Err(Refused::Unknown(Reason::new(format!("which file `{text}` is cannot be told: {reason}"))))
            }
        }
    }

    fn file(&mut self, wanted: Wanted<'_>, merged: &mut Mapping, at: usize) -> Result<(), Invalid> {
        let Wanted { location, entry, inputs, home } = wanted;
        if self.gathered.files >= MAX_INCLUDES {
            let message = format!("Maximum of {MAX_INCLUDES} nested includes are allowed!");
            return Err(Invalid::at(entry.place, message));
        }
        self.gathered.files += 1;
        let is_yaml = |path: &str| {
            let path = path.to_ascii_lowercase();
            [".yml", ".yaml"].into_iter().any(|end| {
                path.rsplit('/').next().is_some_and(|name| name.len() > end.len() && name.ends_with(end))
            })
        };
        let (kind, path) = match &location {
            Location::Local(path) => ("Local file", Some(path)),
            Location::Project { path, .. } => ("Project file", Some(path)),
            Location::Remote(address) => ("Remote file", Some(address)),
            Location::Template(path) => ("Template file", Some(path)),
            Location::Component(_) => ("Component", None),
        };
        let shown = path.cloned().unwrap_or_else(|| location.to_string());
        let refuse = |message: String| Err(Invalid::at(entry.place, message));
        if path.is_some_and(|path| !is_yaml(path)) {
            return refuse(format!("Included file `{shown}` does not have YAML extension!"));
        }
        let text = match self.files.read(&location) {
            Found::Text(text) => text,
            Found::Missing => return refuse(format!("{kind} `{shown}` does not exist!")),
            Found::Unreadable(why) => return refuse(format!("{kind} `{shown}` cannot be read: {why}")),
            Found::Elsewhere => {
                let reason = Reason::new(format!("`{location}` was not read"));
                self.gathered.included[at].taken = Answer::Unknown(reason.clone());
                self.unresolved(reason);
                return Ok(());
            }
        };
        if text.trim().is_empty() {
            return refuse(format!("{kind} `{shown}` is empty!"));
        }
        let content = self.content(&location, text, inputs, Some(entry.place), &home)?;
        self.gathered.included[at].file = Some(content.node.place.file);
        let Some(mapping) = content.node.mapping().filter(|mapping| !mapping.is_empty()) else {
            return refuse(format!("Included file `{shown}` does not have valid YAML syntax!"));
        };
        let too_big =
            |TooBig| Invalid::at(entry.place, "with all its includes, the configuration is too big");
        merged.overlay(mapping.clone(), &mut self.budget).map_err(too_big)
    }

    fn unresolved(&mut self, reason: Reason) {
        if !self.gathered.unresolved.contains(&reason) {
            self.gathered.unresolved.push(reason);
        }
    }
}

/// Every rule that may match speaks for the file or against it; only where all say the same, that is known.
fn taken(decision: &Decision) -> Answer<bool> {
    let mut open: Option<&Reason> = None;
    let mut votes: Vec<bool> = Vec::new();
    for tried in &decision.tried {
        match &tried.matches {
            Answer::Known(false) => continue,
            Answer::Unknown(reason) => open = open.or(Some(reason)),
            Answer::Known(true) => {}
        }
        let when = tried.rule.node.mapping().and_then(|rule| rule.value("when"));
        votes.push(when.is_none_or(|when| when.node.text() != Some("never")));
    }
    if decision.tried.last().is_none_or(|last| last.matches != Answer::Known(true)) {
        votes.push(false);
    }
    let first = votes.first().copied().unwrap_or(false);
    match open {
        Some(reason) if votes.iter().any(|vote| *vote != first) => Answer::Unknown(reason.clone()),
        Some(_) | None => Answer::Known(first),
    }
}

enum Refused {
    Invalid(Invalid),
    Unknown(Reason),
}

impl From<Invalid> for Refused {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}
