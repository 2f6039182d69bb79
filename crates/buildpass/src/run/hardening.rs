use rustix::process::{
    DumpableBehavior, Resource, Rlimit, set_child_subreaper, set_dumpable_behavior, setrlimit,
};

/// Before the first secret is read: nobody else of this user may look into this process, and it leaves no core file.
///
/// # Errors
/// When the kernel refuses.
pub fn harden() -> rustix::io::Result<()> {
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })
}

/// Orphans of the build become our children, so that every process of the build has us among its ancestors.
pub(super) fn adopt_orphans() -> rustix::io::Result<()> {
    set_child_subreaper(Some(rustix::process::getpid()))
}
