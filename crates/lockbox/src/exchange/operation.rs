/// What is wanted of a path. Whether a write creates or updates is known once its engine was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Read,
    Update,
    Patch,
    Delete,
    List,
    /// A list that goes down into every folder.
    Scan,
    /// What is told about a read before it: OpenBao knows it and has it nowhere.
    Head,
}

impl Operation {
    pub(crate) fn is_write(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Patch)
    }
}
