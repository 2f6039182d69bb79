use serde::{Deserialize, Serialize};

/// Whether a token is kept here or carried by its bearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Service,
    Batch,
}

/// Which kind of token a role or a mount gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum KindRule {
    /// What the mount says.
    #[default]
    Default,
    Service,
    Batch,
    /// What is asked for, else the one that is named.
    DefaultService,
    DefaultBatch,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Batch => "batch",
        }
    }
}

impl KindRule {
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Default, Self::Service, Self::Batch, Self::DefaultService, Self::DefaultBatch]
            .into_iter()
            .find(|rule| rule.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Service => "service",
            Self::Batch => "batch",
            Self::DefaultService => "default-service",
            Self::DefaultBatch => "default-batch",
        }
    }

    /// The kind that a role's token has, on a mount with this rule: the mount's word counts more.
    pub(crate) fn on(self, mount: Self) -> Kind {
        match (mount, self) {
            (Self::Service, _) => Kind::Service,
            (Self::Batch, _) => Kind::Batch,
            (_, Self::Service | Self::DefaultService) => Kind::Service,
            (_, Self::Batch | Self::DefaultBatch) => Kind::Batch,
            (Self::DefaultBatch, Self::Default) => Kind::Batch,
            (Self::Default | Self::DefaultService, Self::Default) => Kind::Service,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mount_decides_unless_it_leaves_it_to_the_role() {
        for (mount, role, expected) in [
            (KindRule::Service, KindRule::Batch, Kind::Service),
            (KindRule::Batch, KindRule::Service, Kind::Batch),
            (KindRule::DefaultService, KindRule::Default, Kind::Service),
            (KindRule::DefaultService, KindRule::Batch, Kind::Batch),
            (KindRule::DefaultBatch, KindRule::Default, Kind::Batch),
            (KindRule::DefaultBatch, KindRule::Service, Kind::Service),
        ] {
            assert_eq!(role.on(mount), expected, "{role:?} on {mount:?}");
        }
    }

    #[test]
    fn a_rule_is_found_by_its_name() {
        assert_eq!(KindRule::named("default-batch"), Some(KindRule::DefaultBatch));
        assert_eq!(KindRule::named(""), None);
    }
}
