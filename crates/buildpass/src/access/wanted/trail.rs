use std::collections::BTreeSet;

use super::policy::policy_prefix;
use crate::access::{Declaration, Owner};

/// What leads to the tokens that nobody is granted: a policy that is given to nobody, and says whose they are and where they are stored. To all
/// others, the policies of their readers lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail(BTreeSet<Lead>);

/// Whose token is stored where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lead {
    /// Whose it is.
    pub owner: Owner,
    /// The API path of its secret.
    pub path: String,
}

const OWNER: &str = "# Of the ";

impl Trail {
    /// To the declared tokens that no role reads.
    pub(in crate::access) fn of(declaration: &Declaration) -> Self {
        let is_read = |path: &String| {
            declaration.roles().iter().flat_map(|role| &role.reads).any(|read| read.api_path() == *path)
        };
        let leads = declaration
            .tokens()
            .iter()
            .map(|token| Lead { owner: token.owner.clone(), path: token.store.path.api_path() });
        Self(leads.filter(|lead| !is_read(&lead.path)).collect())
    }

    /// What such a policy says; none where it is not this declaration's.
    pub(in crate::access) fn read(declaration: &str, text: &str) -> Option<Self> {
        let mut lines = text.lines();
        lines.next().filter(|line| *line == first_line(declaration))?;
        let mut leads = BTreeSet::new();
        let mut of = None;
        for line in lines {
            if let Some(owner) = line.strip_prefix(OWNER) {
                of = owner.parse::<Owner>().ok();
            } else if let Some((path, _)) = line.strip_prefix("path \"").and_then(|path| path.split_once('"'))
                && let Some(owner) = of.take()
            {
                leads.insert(Lead { owner, path: path.to_owned() });
            }
        }
        Some(Self(leads))
    }

    /// The policy's text: whoever should be given it by mistake may do less by it.
    pub(in crate::access) fn write(&self, declaration: &str) -> String {
        let mut text = format!("{}\n", first_line(declaration));
        for Lead { owner, path } in &self.0 {
            text.push_str(&format!("{OWNER}{owner}\npath \"{path}\" {{\n  capabilities = [\"deny\"]\n}}\n"));
        }
        text
    }

    /// Both together.
    pub(in crate::access) fn and(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }

    /// What it leads to and the other does not.
    pub(in crate::access) fn beyond<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a Lead> {
        self.0.difference(&other.0)
    }

    /// Without some of it.
    pub(in crate::access) fn without(&self, gone: impl Fn(&Lead) -> bool) -> Self {
        Self(self.0.iter().filter(|lead| !gone(lead)).cloned().collect())
    }

    /// Whether it leads nowhere.
    pub(in crate::access) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// For people.
    pub(in crate::access) fn shown(&self) -> Option<String> {
        let all: Vec<String> =
            self.0.iter().map(|lead| format!("{} of the {}", lead.path, lead.owner)).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }
}

/// No role has such a name, so that no other policy has.
pub fn trail_name(declaration: &str) -> String {
    format!("{}-tokens", policy_prefix(declaration))
}

fn first_line(declaration: &str) -> String {
    format!(
        "# Made by buildpass access for {declaration}, which undoes changes. For nobody: it leads to tokens that nobody is granted."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trail_is_read_as_it_was_written_and_no_policy_of_a_role_is_one() {
        let lead = |owner: &str, path: &str| Lead { owner: owner.parse().unwrap(), path: path.to_owned() };
        let trail = Trail([lead("group a/b", "ci/data/x"), lead("project a/b/c", "ci/data/y")].into());
        let text = trail.write("buildpass");
        assert_eq!(Trail::read("buildpass", &text), Some(trail.clone()));
        assert_eq!(Trail::read("other", &text), None);
        assert_eq!(Trail::read("buildpass", "path \"ci/data/x\" {\n}\n"), None);
        assert_eq!(
            lockbox::capabilities(&[&text], "ci/data/x", std::time::SystemTime::UNIX_EPOCH).unwrap(),
            ["deny"]
        );
        assert_eq!(trail_name("Buildpass"), "buildpass--tokens");
    }
}
