use zeroize::Zeroizing;

/// The changes of one write, which happen together or not at all.
#[derive(Default)]
pub(crate) struct Batch(pub(super) Vec<Change>);

pub(super) enum Change {
    /// An entry that its folder lists.
    Put(String, Zeroizing<Vec<u8>>),
    Delete(String),
    /// An entry that is found by its whole path alone.
    PutUnlisted(String, Zeroizing<Vec<u8>>),
    DeleteUnlisted(String),
    /// An entry with a number for a name.
    PutRecord(u64, Zeroizing<Vec<u8>>),
    DeleteRecord(u64),
}

impl Batch {
    pub(crate) fn put(&mut self, path: impl Into<String>, value: Zeroizing<Vec<u8>>) {
        self.0.push(Change::Put(path.into(), value));
    }

    pub(crate) fn delete(&mut self, path: impl Into<String>) {
        self.0.push(Change::Delete(path.into()));
    }

    pub(crate) fn put_unlisted(&mut self, path: impl Into<String>, value: Zeroizing<Vec<u8>>) {
        self.0.push(Change::PutUnlisted(path.into(), value));
    }

    pub(crate) fn delete_unlisted(&mut self, path: impl Into<String>) {
        self.0.push(Change::DeleteUnlisted(path.into()));
    }

    pub(crate) fn put_record(&mut self, number: u64, value: Zeroizing<Vec<u8>>) {
        self.0.push(Change::PutRecord(number, value));
    }

    pub(crate) fn delete_record(&mut self, number: u64) {
        self.0.push(Change::DeleteRecord(number));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
