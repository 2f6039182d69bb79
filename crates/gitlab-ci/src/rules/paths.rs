use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::decision::Read;
use super::list::{Scope, read};
use crate::answer::{Answer, Reason};
use crate::invalid::Invalid;
use crate::substitute::{Piece, Unset, pieces, substitute};
use crate::yaml::{Linked, Place};

/// GitLab's limit for `changes` and `exists`.
const MAX_PATTERNS: usize = 50;

/// The patterns of `changes` or `exists`.
#[derive(Clone, Debug)]
pub(super) struct Paths {
    pub(super) place: Place,
    patterns: Vec<String>,
}

impl Paths {
    /// # Errors
    /// Where it is no list of texts.
    pub(super) fn parse(value: &Linked, keyword: &str) -> Result<Self, Invalid> {
        let place = value.node.place;
        let no_texts =
            || Invalid::at(place, alloc::format!("{keyword} config should be an array of strings"));
        let mut patterns = Vec::new();
        let mut open: Vec<Linked> = [value.clone()].into();
        // `!reference` nests lists.
        while let Some(linked) = open.pop() {
            match (linked.node.sequence(), linked.node.text()) {
                (Some(items), _) => open.extend(items.iter().rev().cloned()),
                (None, Some(text)) => patterns.push(text.to_string()),
                (None, None) => return Err(no_texts()),
            }
            if patterns.len() + open.len() > 10 * MAX_PATTERNS {
                let message =
                    alloc::format!("{keyword} config has too many entries (maximum {MAX_PATTERNS})");
                return Err(Invalid::at(place, message));
            }
        }
        if value.node.sequence().is_none() {
            return Err(no_texts());
        }
        if patterns.len() > MAX_PATTERNS {
            let message = alloc::format!("{keyword} config has too many entries (maximum {MAX_PATTERNS})");
            return Err(Invalid::at(place, message));
        }
        Ok(Self { place, patterns })
    }

    /// The patterns with their variables replaced; an unset one stays as it stands.
    pub(super) fn replaced(&self, scope: &Scope<'_>) -> Result<Vec<Cow<'_, str>>, Reason> {
        let replaced = |pattern| match substitute(pattern, scope.variables, Unset::Kept) {
            Answer::Known(replaced) => Ok(replaced),
            Answer::Unknown(reason) => Err(reason),
        };
        self.patterns.iter().map(|pattern| replaced(pattern)).collect()
    }

    pub(super) fn written(&self) -> String {
        self.patterns.join(", ")
    }

    pub(super) fn variables(&self, scope: &Scope<'_>) -> Vec<Read> {
        let mut names: Vec<&str> = Vec::new();
        for pattern in &self.patterns {
            for piece in pieces(pattern) {
                if let Piece::Variable { name, .. } = piece
                    && !names.contains(&name)
                {
                    names.push(name);
                }
            }
        }
        names.into_iter().map(|name| read(name, scope)).collect()
    }
}
