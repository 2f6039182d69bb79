use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A file as one include brought it in: the same file that is included twice has two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// Where something is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// Counted from 1.
    pub line: u32,
    /// In characters, counted from 1.
    pub column: u32,
}

/// The text of a file, and who asked for it.
#[derive(Clone, Debug)]
pub struct Source {
    /// What a person calls it: the path in the project, or the address of an include from elsewhere.
    pub name: String,
    /// As it was read.
    pub text: Arc<str>,
    /// The `include` entry that asked for it; `None` for the configuration itself.
    pub included_by: Option<Place>,
}

/// All files that an evaluation has read, to show what a [`Place`] means.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// No file yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The file that a place or an identifier of these sources names.
    pub fn source(&self, file: FileId) -> &Source {
        &self.files[file.0 as usize]
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// All files, in the order in which they were read: identifier, name, text.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &str, &str)> {
        let identified = |(source, at): (_, usize)| (source, FileId(u32::try_from(at).unwrap_or(u32::MAX)));
        let files = self.files.iter().zip(0..).map(identified);
        files.map(|(source, file): (&Source, FileId)| (file, source.name.as_str(), &*source.text))
    }

    /// Has nothing been read yet?
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Adds a file. One that was read before, by the same include, keeps its identifier: a configuration may be read for
    /// several pipelines.
    pub fn add(&mut self, source: Source) -> FileId {
        let same = |known: &Source| known.included_by == source.included_by && known.name == source.name;
        let known = self.files.iter().position(|known| same(known) && known.text == source.text);
        let at = known.unwrap_or_else(|| {
            self.files.push(source);
            self.files.len() - 1
        });
        FileId(u32::try_from(at).unwrap_or(u32::MAX))
    }
}
