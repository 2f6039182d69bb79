use std::{collections::BTreeMap, io, path::Path, sync::Arc};

use gitlab_ci::yaml::{self, Node, Place, Source, Sources};

use super::{Channel, Error, committed};
use crate::git::is_ref_name;

/// The sources that a project names, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceList {
    entries: Vec<Entry>,
}

/// One source, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What the project calls it.
    pub name: String,
    /// Its URLs.
    pub urls: BTreeMap<Channel, Written>,
    /// The ref to check out, where the list itself says it.
    pub reference: Option<String>,
}

/// A URL and the place that a person finds it at.
#[derive(Clone, PartialEq, Eq)]
pub struct Written {
    /// As it stands there; it may hold a credential.
    pub url: String,
    /// `file:line`
    pub place: String,
}

/// No list is larger.
const LARGEST_BYTES: u64 = yaml::MAX_BYTES as u64;

impl SourceList {
    /// Reads a project's sources file: a map of names, each with a map of channels.
    ///
    /// # Errors
    /// Where it cannot be read, is no YAML, or says something else.
    pub fn read(project: &Path, name: &str) -> Result<Self, Error> {
        let path = project.join(name);
        let unreadable = |source| Error::Unreadable { path: path.clone(), source };
        let text = committed::read(project, Path::new(name), LARGEST_BYTES).map_err(unreadable)?;
        let text = text.ok_or_else(|| unreadable(io::ErrorKind::NotFound.into()))?;
        Self::parse(&text, &path)
    }

    /// The same, from its text; `path` is for messages.
    ///
    /// # Errors
    /// Where it is no YAML, or says something else.
    pub fn parse(text: &str, path: &Path) -> Result<Self, Error> {
        let mut sources = Sources::new();
        let name = path.display().to_string();
        let file = sources.add(Source { name, text: Arc::from(text), included_by: None });
        let root = yaml::parse(text, file, 0)
            .map_err(|invalid| Error::list(path, invalid.place, invalid.message))?;
        let wrong = |node: &Node, message: String| Error::list(path, Some(node.place), message);
        let root = &root.node;
        let Some(names) = root.mapping() else {
            let message = format!("it is {} and not a map of names, each with its URLs", root.kind());
            return Err(wrong(root, message));
        };
        let mut entries = Vec::new();
        for entry in names.entries() {
            let node = &entry.value.node;
            let Some(channels) = node.mapping() else {
                return Err(wrong(
                    node,
                    format!("`{}` is {} and not a map of channels", entry.key, node.kind()),
                ));
            };
            let mut urls = BTreeMap::new();
            for channel in Channel::ALL {
                let Some(value) = channels.value(channel.as_str()).filter(|value| !value.node.is_null())
                else {
                    continue;
                };
                let Some(url) = value.node.text() else {
                    let kind = value.node.kind();
                    return Err(wrong(
                        &value.node,
                        format!("`{channel}` of `{}` is {kind} and not a URL", entry.key),
                    ));
                };
                urls.insert(channel, Written { url: url.to_owned(), place: place(path, value.node.place) });
            }
            entries.push(Entry { name: entry.key.to_string(), urls, reference: None });
        }
        Ok(Self { entries })
    }

    /// Adds a source; one of the same name is replaced.
    pub fn put(&mut self, entry: Entry) {
        match self.entries.iter_mut().find(|known| known.name == entry.name) {
            Some(known) => *known = entry,
            None => self.entries.push(entry),
        }
    }

    /// In their order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The source of a name.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }
}

impl Entry {
    /// One that is declared as a mirror: its URLs by channel.
    pub fn of_mirror(name: String, urls: Vec<(Channel, String)>, path: &Path) -> Self {
        let place = path.display().to_string();
        let written = |url| Written { url, place: place.clone() };
        Self {
            name,
            urls: urls.into_iter().map(|(channel, url)| (channel, written(url))).collect(),
            reference: None,
        }
    }

    /// The same URL on every channel, and the ref that the list itself says.
    ///
    /// # Errors
    /// Where that is no name of a ref.
    pub fn plain(name: String, url: String, reference: Option<String>, path: &Path) -> Result<Self, Error> {
        if reference.as_ref().is_some_and(|reference| !is_ref_name(reference)) {
            return Err(Error::no_ref(&name, path.display().to_string()));
        }
        let written = Written { url, place: path.display().to_string() };
        let urls = Channel::ALL.into_iter().map(|channel| (channel, written.clone())).collect();
        Ok(Self { name, urls, reference })
    }
}

/// A URL may hold a credential.
impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Written").field("place", &self.place).finish_non_exhaustive()
    }
}

fn place(path: &Path, place: Place) -> String {
    format!("{}:{}", path.display(), place.line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<SourceList, Error> {
        SourceList::parse(text, Path::new("sources.yml"))
    }

    #[test]
    fn names_stay_in_their_order_with_the_channels_that_they_have() {
        let list = parse(
            "b:\n  remote: git@h:b.git\n  security: # none\na:\n  alternative: https://h/a.git\n  else: 7\n",
        )
        .unwrap();
        let names: Vec<_> =
            list.entries().iter().map(|entry| (entry.name.as_str(), entry.urls.len())).collect();
        assert_eq!(names, [("b", 1), ("a", 1)]);
        assert_eq!(list.entry("a").unwrap().urls[&Channel::Alternative].place, "sources.yml:5");
    }

    #[test]
    fn what_is_no_list_of_sources_is_said_with_its_place() {
        for (text, said) in [
            ("", "sources.yml:1:1: it is nothing and not a map of names, each with its URLs"),
            ("- a\n", "sources.yml:1:1: it is a list and not a map of names, each with its URLs"),
            ("a:\n  b: [\n", "sources.yml:2:7: did not find expected node content while parsing a flow node"),
            ("a: https://h/a.git\n", "sources.yml:1:4: `a` is text and not a map of channels"),
            ("a:\n  remote: 7\n", "sources.yml:2:11: `remote` of `a` is a number and not a URL"),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), said);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(?s).{0,200}") {
            let _ = parse(&text);
        }
    }
}
