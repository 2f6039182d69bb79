use std::borrow::Cow;

/// The path of a secret: as it was asked for, and as the secret is found by it.
#[derive(Debug)]
pub(super) struct SecretPath<'a> {
    pub(super) asked: &'a str,
    pub(super) normal: Cow<'a, str>,
}

impl<'a> From<&'a str> for SecretPath<'a> {
    /// Secrets are found whatever slashes are too many.
    fn from(asked: &'a str) -> Self {
        let is_normal = !asked.starts_with('/') && !asked.ends_with('/') && !asked.contains("//");
        let normal = if is_normal {
            Cow::Borrowed(asked)
        } else {
            let parts: Vec<&str> = asked.split('/').filter(|part| !part.is_empty()).collect();
            Cow::Owned(parts.join("/"))
        };
        Self { asked, normal }
    }
}

impl SecretPath<'_> {
    /// The folder of this name: empty, or with a slash at its end.
    pub(super) fn folder(&self) -> String {
        if self.normal.is_empty() { String::new() } else { format!("{}/", self.normal) }
    }

    /// How the path was written, where that is not how it is found.
    pub(super) fn spelling(&self) -> Option<String> {
        (self.asked != self.normal).then(|| self.asked.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_that_are_too_many_do_not_count() {
        for (asked, normal, folder) in
            [("a/b", "a/b", "a/b/"), ("a//b/", "a/b", "a/b/"), ("/a", "a", "a/"), ("", "", ""), ("/", "", "")]
        {
            let path = SecretPath::from(asked);
            assert_eq!((&*path.normal, path.folder().as_str()), (normal, folder));
            assert_eq!(path.spelling().is_some(), asked != normal);
        }
    }
}
