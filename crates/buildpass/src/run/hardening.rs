use std::{fmt, num::ParseIntError, str::FromStr};

use rustix::process::{
    DumpableBehavior, Resource, Rlimit, getrlimit, set_child_subreaper, set_dumpable_behavior, setrlimit,
};

/// The size of core files (RLIMIT_CORE, soft) that we had before we gave it up, and that CMD is to have; none is unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoreLimit(Option<u64>);

/// Before the first secret is read: nobody else of this user may look into this process, and it leaves no core file.
///
/// # Errors
/// When the kernel refuses.
pub fn harden() -> rustix::io::Result<CoreLimit> {
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    let Rlimit { current, maximum } = getrlimit(Resource::Core);
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum })?;
    Ok(CoreLimit(current))
}

impl CoreLimit {
    /// Gives CMD what it would have had without us.
    pub(super) fn restore(self) -> rustix::io::Result<()> {
        let Rlimit { maximum, .. } = getrlimit(Resource::Core);
        setrlimit(Resource::Core, Rlimit { current: self.0, maximum })
    }
}

impl fmt::Display for CoreLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(bytes) => write!(f, "{bytes}"),
            None => f.write_str("unlimited"),
        }
    }
}

impl FromStr for CoreLimit {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        match text {
            "unlimited" => Ok(Self(None)),
            bytes => Ok(Self(Some(bytes.parse()?))),
        }
    }
}

/// Orphans of the build become our children, so that every process of the build has us among its ancestors.
pub(super) fn adopt_orphans() -> rustix::io::Result<()> {
    set_child_subreaper(Some(rustix::process::getpid()))
}
