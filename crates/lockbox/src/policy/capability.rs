use super::go_text;
use crate::exchange::Operation;

/// What a rule allows, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Capabilities(u16);

impl Capabilities {
    /// What a rule's list and its old shorthand give together. Whatever stands beside `deny` counts for nothing.
    ///
    /// # Errors
    /// When one of them is not known.
    pub(super) fn read(listed: &[String], shorthand: &str) -> Result<Self, String> {
        let mut more = Self::default();
        match shorthand {
            "" => {}
            "deny" => return Self::named("deny").ok_or_else(String::new),
            other => match Self::shorthand(other) {
                Some(capabilities) => more = capabilities,
                None => return Err(format!("invalid policy {}", go_text::quoted(other))),
            },
        }
        let mut all = Self::default();
        for name in listed {
            match Self::named(name) {
                Some(deny) if name == "deny" => return Ok(deny),
                Some(capability) => all = all.and(capability),
                None => return Err(format!("invalid capability {}", go_text::quoted(name))),
            }
        }
        Ok(all.and(more))
    }

    /// The capability of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        NAMES.iter().position(|known| *known == name).map(|position| Self(1 << position))
    }

    /// What the old shorthand `policy = "write"` stands for.
    fn shorthand(name: &str) -> Option<Self> {
        let names: &[&str] = match name {
            "read" => &["read", "list"],
            "write" => &["create", "read", "update", "delete", "list"],
            "sudo" => &["create", "read", "update", "delete", "list", "sudo"],
            _ => return None,
        };
        Some(names.iter().filter_map(|name| Self::named(name)).fold(Self::default(), Self::and))
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn has(self, name: &str) -> bool {
        Self::named(name).is_some_and(|capability| self.0 & capability.0 != 0)
    }

    pub(super) fn allows(self, operation: Operation) -> bool {
        let name = match operation {
            Operation::Create => "create",
            Operation::Read => "read",
            Operation::Update => "update",
            Operation::Patch => "patch",
            Operation::Delete => "delete",
            Operation::List => "list",
            Operation::Scan => "scan",
            Operation::Head => return false,
        };
        self.has(name)
    }

    /// The names in alphabetical order; `deny` alone when there is nothing else to say.
    pub(super) fn names(self) -> Vec<&'static str> {
        if self.0 == 0 || self.has("deny") {
            return vec!["deny"];
        }
        NAMES.into_iter().filter(|name| self.has(name)).collect()
    }
}

const NAMES: [&str; 9] = ["create", "delete", "deny", "list", "patch", "read", "scan", "sudo", "update"];
