use alloc::format;
use alloc::vec::Vec;

use crate::invalid::Invalid;
use crate::yaml::MAX_BYTES;

/// A header and what it is for.
const MAX_DOCUMENTS: usize = 2;

/// One of the documents of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Document<'a> {
    pub(super) text: &'a str,
    pub(super) lines_before: u32,
}

/// GitLab splits the text itself, at `/^---\s+/`, before it reads YAML. What comes behind the last document that it
/// looks for is part of that one.
pub(super) fn documents(text: &str) -> Result<Vec<Document<'_>>, Invalid> {
    if text.len() > MAX_BYTES {
        let message = format!("the file has more than {MAX_BYTES} bytes");
        return Err(Invalid::nowhere(message));
    }
    let mut documents = Vec::new();
    let (mut rest, mut lines_before) = (text, 0);
    while documents.len() < MAX_DOCUMENTS
        && let Some((start, end)) = divider(rest)
        && let (Some(before), Some(divider), Some(behind)) =
            (rest.get(..start), rest.get(start..end), rest.get(end..))
    {
        documents.push(Document { text: before, lines_before });
        lines_before += lines(before) + lines(divider);
        rest = behind;
    }
    documents.push(Document { text: rest, lines_before });
    if documents.first().is_some_and(|it| it.text.trim().is_empty()) {
        documents.remove(0);
    }
    Ok(documents)
}

/// Where the first divider starts and ends.
fn divider(text: &str) -> Option<(usize, usize)> {
    let starts = text.match_indices("---").map(|(at, _)| at);
    starts.filter(|at| *at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n')).find_map(|start| {
        let behind = text.get(start + 3..)?;
        let rest = behind.trim_start_matches([' ', '\t', '\r', '\n', '\x0B', '\x0C']);
        (rest.len() < behind.len()).then_some((start, text.len() - rest.len()))
    })
}

fn lines(text: &str) -> u32 {
    u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_split_at_lines_that_start_with_three_dashes_and_space() {
        for (text, expected) in [
            ("a", &[("a", 0)][..]),
            ("---\na", &[("a", 1)]),
            ("\n---\n\na", &[("a", 3)]),
            ("spec:\n---\na", &[("spec:\n", 0), ("a", 2)]),
            ("---\nspec:\n--- # x\na", &[("spec:\n", 1), ("# x\na", 2)]),
            ("spec:\n---\n  a: b", &[("spec:\n", 0), ("a: b", 2)]),
            ("spec:\n---", &[("spec:\n---", 0)]),
            ("a: ---\n", &[("a: ---\n", 0)]),
            ("a\n----\nb", &[("a\n----\nb", 0)]),
            ("a\n---\nb\n---\nc\n---\nd", &[("a\n", 0), ("b\n", 2), ("c\n---\nd", 4)]),
        ] {
            let documents = documents(text).unwrap();
            let found: Vec<_> = documents.iter().map(|it| (it.text, it.lines_before)).collect();
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
