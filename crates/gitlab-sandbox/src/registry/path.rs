/// One part of a group's or a project's path, such as `security`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathSegment(String);

/// A text that cannot be part of a path; the text of the error is GitLab's.
#[derive(Debug, thiserror::Error)]
#[error(
    "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-', end in '.git' or end in '.atom'"
)]
pub(crate) struct InvalidPath;

impl TryFrom<String> for PathSegment {
    type Error = InvalidPath;

    fn try_from(text: String) -> Result<Self, InvalidPath> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        let starts_well = text.bytes().next().is_some_and(|byte| byte != b'-' && byte != b'.');
        let ends_well = ![".git", ".atom", "."].iter().any(|end| text.ends_with(end));
        if starts_well && ends_well && text.len() <= 255 && text.bytes().all(allowed) {
            Ok(Self(text))
        } else {
            Err(InvalidPath)
        }
    }
}

impl PathSegment {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_that_could_leave_its_folder_or_mislead_git_is_refused() {
        for text in ["", ".", "..", "-x", "a/b", "a.git", "a.atom", "a b", "a\0", "%2e%2e", ".hidden", "ä"] {
            assert!(PathSegment::try_from(text.to_owned()).is_err(), "{text:?}");
        }
        for text in ["security", "omnibus-gitlab", "a.b_c-1"] {
            assert!(PathSegment::try_from(text.to_owned()).is_ok(), "{text:?}");
        }
    }
}
