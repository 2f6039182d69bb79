use rustix::process::{Resource, getrlimit};

/// As many of the connections that are wanted as this process may open files for, with some to spare for everything
/// else: the data must still be written when everybody connects.
pub(super) fn at_most(wanted: usize) -> usize {
    let Some(files) = getrlimit(Resource::Nofile).current else { return wanted };
    let files = usize::try_from(files).unwrap_or(usize::MAX);
    wanted.min(files - files / 4).max(1)
}
