//! Source lines with what is to be said of them, as rustc shows its own.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};
use gitlab_ci::yaml::{Place, Sources};

use crate::{cli::output::plain, pipeline::Rejected};

/// Something to say, and the places that it is about.
#[derive(Debug)]
pub(super) struct Passage {
    pub(super) kind: Kind,
    pub(super) title: String,
    pub(super) marks: Vec<Mark>,
    pub(super) notes: Vec<String>,
}

/// How it is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Error,
    Warning,
    Note,
    Help,
}

impl Kind {
    /// As it is written before a title.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
            Self::Help => "help",
        }
    }
}

/// A place, and a word about it.
#[derive(Debug)]
pub(super) struct Mark {
    pub(super) place: Place,
    pub(super) label: String,
    pub(super) extent: Extent,
}

/// How much is underlined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    Character,
    /// To the end of the line or of the key.
    Word,
}

impl Passage {
    pub(super) fn new(kind: Kind, title: impl Into<String>) -> Self {
        Self { kind, title: title.into(), marks: Vec::new(), notes: Vec::new() }
    }

    pub(super) fn mark(mut self, place: Place, label: impl Into<String>) -> Self {
        self.marks.push(Mark { place, label: label.into(), extent: Extent::Word });
        self
    }

    pub(super) fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }
}

/// Passages that belong together, as text without colour.
pub(super) fn render(passages: &[Passage], sources: &Sources) -> String {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for passage in passages {
        let level = match passage.kind {
            Kind::Error => Level::ERROR,
            Kind::Warning => Level::WARNING,
            Kind::Note => Level::NOTE,
            Kind::Help => Level::HELP,
        };
        let title = plain(&passage.title);
        let title = match groups.is_empty() {
            true => level.primary_title(title),
            false => level.secondary_title(title),
        };
        let mut group = Group::with_title(title);
        let mut marks = passage.marks.as_slice();
        while let Some(first) = marks.first() {
            let same = marks.iter().take_while(|mark| mark.place.file == first.place.file).count();
            let (of_file, rest) = marks.split_at(same);
            group = group.element(snippet(of_file, sources));
            marks = rest;
        }
        for note in &passage.notes {
            group = group.element(Level::NOTE.message(plain(note)));
        }
        groups.push(group);
    }
    Renderer::plain().decor_style(DecorStyle::Ascii).render(&groups)
}

fn snippet<'a>(marks: &'a [Mark], sources: &'a Sources) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let source = sources.source(marks[0].place.file);
    let mut snippet = Snippet::source(&*source.text).path(plain(&source.name));
    for (mark, at) in marks.iter().zip(0..) {
        let kind = if at == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        let label = (!mark.label.is_empty()).then(|| plain(&mark.label));
        snippet = snippet.annotation(kind.span(span(&source.text, mark)).label(label));
    }
    snippet
}

/// The bytes that a mark is about.
fn span(text: &str, mark: &Mark) -> std::ops::Range<usize> {
    let line = mark.place.line.saturating_sub(1) as usize;
    let start = match line {
        0 => 0,
        _ => text.match_indices('\n').nth(line - 1).map_or(text.len(), |(at, _)| at + 1),
    };
    let written = text[start..].lines().next().unwrap_or_default();
    let skipped = mark.place.column.saturating_sub(1) as usize;
    let column = written.char_indices().nth(skipped).map_or(written.len(), |(at, _)| at);
    let rest = &written[column..];
    let length = match mark.extent {
        Extent::Character => rest.chars().next().map_or(0, char::len_utf8),
        Extent::Word => {
            let end = rest.find(" #").unwrap_or(rest.len());
            let key = rest
                .find(':')
                .filter(|at| rest[at + 1..].trim_start().is_empty() || rest[at + 1..].starts_with(' '));
            let quoted = rest.starts_with(['"', '\'']);
            key.filter(|_| !quoted).unwrap_or(end).min(end)
        }
    };
    start + column..start + column + rest[..length].trim_end().len()
}

/// Why GitLab would refuse a configuration.
pub(super) fn invalid(rejected: &Rejected) -> String {
    let Rejected { invalid, sources } = rejected;
    let mut first = Passage::new(Kind::Error, &invalid.message);
    if let Some(place) = invalid.place {
        let (label, extent) = match &invalid.within {
            Some(within) => (within.what.clone(), Extent::Character),
            None => (String::new(), Extent::Word),
        };
        first.marks.push(Mark { place, label, extent });
    }
    if let Some(within) = &invalid.within {
        let caret = " ".repeat(within.column.saturating_sub(1));
        first = first.note(format!("in the expression\n{}\n{caret}^ {}", within.text, within.what));
    }
    let mut passages = vec![first];
    for note in &invalid.notes {
        let passage = Passage::new(Kind::Note, &note.text);
        passages.push(match note.place {
            Some(place) => passage.mark(place, ""),
            None => passage,
        });
    }
    let mut file = invalid.place.map(|place| place.file);
    while let Some(included_by) = file.and_then(|file| sources.source(file).included_by) {
        let name = file.map(|file| sources.source(file).name.as_str()).unwrap_or_default();
        passages.push(Passage::new(Kind::Note, format!("`{name}` is included here")).mark(included_by, ""));
        file = Some(included_by.file);
    }
    render(&passages, sources)
}
