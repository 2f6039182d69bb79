use std::{fs, path::Path};

use gitlab_ci::context::Ref;

/// What git's own files say of a working copy, without git.
#[derive(Clone, Copy, Debug)]
pub struct Checkout<'a> {
    folder: &'a Path,
}

impl<'a> Checkout<'a> {
    /// The working copy at `folder`, which may as well be none.
    pub fn at(folder: &'a Path) -> Self {
        Self { folder }
    }

    /// The branch that is checked out; `None` on a bare commit and outside of a repository.
    pub fn branch(&self) -> Option<String> {
        let head = fs::read_to_string(self.folder.join(".git/HEAD")).ok()?;
        head.trim().strip_prefix("ref: refs/heads/").map(str::to_owned)
    }

    /// The default branch of the repository that it was cloned from.
    pub fn default_branch(&self) -> Option<String> {
        let head = fs::read_to_string(self.folder.join(".git/refs/remotes/origin/HEAD")).ok()?;
        head.trim().strip_prefix("ref: refs/remotes/origin/").map(str::to_owned)
    }

    /// What a name stands for: `refs/tags/…` and `refs/heads/…` say so themselves; any other name is a branch, unless
    /// it is known here as a tag alone.
    pub fn reference(&self, name: &str) -> Ref {
        if let Some(tag) = name.strip_prefix("refs/tags/") {
            return Ref::Tag(tag.to_owned());
        }
        if let Some(branch) = name.strip_prefix("refs/heads/") {
            return Ref::Branch(branch.to_owned());
        }
        let there = |kind: &str| self.has(&format!("refs/{kind}/{name}"));
        match there("tags") && !there("heads") && !there("remotes/origin") {
            true => Ref::Tag(name.to_owned()),
            false => Ref::Branch(name.to_owned()),
        }
    }

    fn has(&self, reference: &str) -> bool {
        let git = self.folder.join(".git");
        let climbs = reference.split('/').any(|part| matches!(part, "" | "." | ".."));
        let packed = || {
            let packed = fs::read_to_string(git.join("packed-refs")).unwrap_or_default();
            packed.lines().any(|line| line.split_once(' ').is_some_and(|(_, name)| name == reference))
        };
        !climbs && (git.join(reference).is_file() || packed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_tag_where_it_says_so_or_is_known_as_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let git = folder.path().join(".git");
        fs::create_dir_all(git.join("refs/tags")).unwrap();
        fs::create_dir_all(git.join("refs/heads")).unwrap();
        fs::write(git.join("HEAD"), "ref: refs/heads/feature/x\n").unwrap();
        fs::write(git.join("packed-refs"), "# pack-refs\n1111 refs/tags/v2\n2222 refs/heads/both\n").unwrap();
        fs::write(git.join("refs/tags/v1"), "1111").unwrap();
        fs::write(git.join("refs/tags/both"), "1111").unwrap();
        let checkout = Checkout::at(folder.path());
        assert_eq!(checkout.branch().unwrap(), "feature/x");
        for (name, expected) in [
            ("main", Ref::Branch("main".into())),
            ("v1", Ref::Tag("v1".into())),
            ("v2", Ref::Tag("v2".into())),
            ("both", Ref::Branch("both".into())),
            ("refs/tags/main", Ref::Tag("main".into())),
            ("refs/heads/v1", Ref::Branch("v1".into())),
            ("../tags/v1", Ref::Branch("../tags/v1".into())),
        ] {
            assert_eq!(checkout.reference(name), expected, "{name}");
        }
        assert_eq!(Checkout::at(&git).branch(), None);
    }
}
