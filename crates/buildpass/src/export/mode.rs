/// What may be written into the other vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nothing: only say what would be.
    DryRun,
    /// What is not there.
    Create,
    /// That, and what is there and is something else.
    Overwrite,
}
