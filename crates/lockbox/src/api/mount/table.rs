use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use super::{Description, Mount, MountError};

/// The mounts by path; no mount lies inside another.
#[derive(Debug)]
pub(crate) struct MountTable<T>(RwLock<BTreeMap<String, Arc<Mount<T>>>>);

impl<T> MountTable<T> {
    /// # Errors
    /// When the path lies in another mount, or another mount in it.
    pub(crate) fn check_free(&self, path: &str) -> Result<(), MountError> {
        let mounts = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let taken = mounts.keys().find(|taken| taken.starts_with(path) || path.starts_with(taken.as_str()));
        taken.map_or(Ok(()), |taken| Err(MountError::InUse(taken.clone())))
    }

    pub(crate) fn insert(&self, mount: Mount<T>) {
        self.put_back(Arc::new(mount));
    }

    /// The same of a mount that was there before.
    pub(crate) fn put_back(&self, mount: Arc<Mount<T>>) {
        let path = mount.description.path.clone();
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(path, mount);
    }

    pub(crate) fn remove(&self, path: &str) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(path);
    }

    pub(crate) fn at(&self, path: &str) -> Option<Arc<Mount<T>>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }

    /// The mount that a path lies in, and the rest of the path.
    pub(crate) fn find<'a>(&self, path: &'a str) -> Option<(Arc<Mount<T>>, &'a str)> {
        let mounts = self.0.read().unwrap_or_else(PoisonError::into_inner);
        for (slash, _) in path.match_indices('/') {
            if let Some(mount) = mounts.get(&path[..=slash]) {
                return Some((Arc::clone(mount), &path[slash + 1..]));
            }
        }
        mounts.get(&format!("{path}/")).map(|mount| (Arc::clone(mount), ""))
    }

    pub(crate) fn all(&self) -> Vec<Arc<Mount<T>>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub(crate) fn descriptions(&self) -> Vec<Description> {
        self.all().iter().map(|mount| mount.description.clone()).collect()
    }
}

impl<T> Default for MountTable<T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> MountTable<()> {
        let table = MountTable::default();
        for path in ["ci/", "team/kv/"] {
            table.insert(mount(path));
        }
        table
    }

    fn mount(path: &str) -> Mount<()> {
        Mount { description: Description::new("kv", path, ""), inside: Arc::new(()) }
    }

    #[test]
    fn a_path_finds_its_mount() {
        for (path, expected) in [
            ("ci/data/x", Some("data/x")),
            ("ci", Some("")),
            ("team/kv/data", Some("data")),
            ("team/other", None),
            ("cia/x", None),
        ] {
            assert_eq!(table().find(path).map(|(_, rest)| rest), expected, "{path}");
        }
    }

    #[test]
    fn no_mount_lies_in_another() {
        for path in ["ci/", "ci/deep/", "team/"] {
            assert!(matches!(table().check_free(path), Err(MountError::InUse(_))), "{path}");
        }
    }
}
