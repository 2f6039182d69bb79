use super::access::AccessLevel;
use super::store::Registry;

/// A branch, a tag, or a pattern of them, that not everybody may push to.
#[derive(Clone, Debug)]
pub(crate) struct Protection {
    pub(crate) id: u64,
    pub(crate) project_id: u64,
    pub(crate) kind: RefKind,
    /// A name, in which `*` stands for anything.
    pub(crate) name: String,
    /// From which level on somebody may push; nobody may when there is none.
    pub(crate) push: Option<AccessLevel>,
}

/// What is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefKind {
    /// `refs/heads/`.
    Branch,
    /// `refs/tags/`.
    Tag,
}

impl RefKind {
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::Branch => "refs/heads/",
            Self::Tag => "refs/tags/",
        }
    }
}

impl Protection {
    /// Whether the name or the pattern means `ref_name`; a `*` stands for any text, with slashes too.
    pub(crate) fn means(&self, ref_name: &str) -> bool {
        let mut parts = self.name.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = ref_name.strip_prefix(first) else {
            return false;
        };
        let parts: Vec<_> = parts.collect();
        let Some((last, middle)) = parts.split_last() else {
            return rest.is_empty();
        };
        for part in middle {
            match rest.find(part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}

impl Registry {
    /// Protects a name; what protected it before is replaced.
    pub(crate) fn protect(
        &mut self,
        project_id: u64,
        kind: RefKind,
        name: &str,
        push: Option<AccessLevel>,
    ) -> Protection {
        self.unprotect(project_id, kind, name);
        self.last_protection_id += 1;
        let id = self.last_protection_id;
        let protection = Protection { id, project_id, kind, name: name.to_owned(), push };
        self.protections.push(protection.clone());
        protection
    }

    pub(crate) fn unprotect(&mut self, project_id: u64, kind: RefKind, name: &str) {
        self.protections.retain(|of| of.project_id != project_id || of.kind != kind || of.name != name);
    }

    pub(crate) fn protections(&self, project_id: u64, kind: RefKind) -> impl Iterator<Item = &Protection> {
        self.protections.iter().filter(move |of| of.project_id == project_id && of.kind == kind)
    }

    pub(crate) fn is_protected(&self, project_id: u64, kind: RefKind, ref_name: &str) -> bool {
        self.protections(project_id, kind).any(|protection| protection.means(ref_name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, name, expected) in [
            ("main", "main", true),
            ("main", "main2", false),
            ("*-stable", "17-stable", true),
            ("*-stable", "17-stable-ee", false),
            ("release/*", "release/17/1", true),
            ("a*b*c", "abc", true),
            ("a*b*c", "acb", false),
            ("*", "anything", true),
            ("a*a", "a", false),
        ] {
            let kind = RefKind::Branch;
            let protection = Protection { id: 1, project_id: 1, kind, name: pattern.into(), push: None };
            assert_eq!(protection.means(name), expected, "{pattern} and {name}");
        }
    }
}
