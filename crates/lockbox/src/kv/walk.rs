use crate::storage::{Shelf, ShelfView, StorageError};

/// The paths of all entries in a folder, however deep, without the folder's own: what lies in a folder comes first, and
/// then what lies in its last folder, as OpenBao goes down.
///
/// # Errors
/// When a folder cannot be read.
pub(super) fn all_entries(view: &ShelfView<'_>, folder: &str) -> Result<Vec<String>, StorageError> {
    let (mut entries, mut folders) = (Vec::new(), vec![String::new()]);
    while let Some(inner) = folders.pop() {
        for name in view.children(&format!("{folder}{inner}"))? {
            let path = format!("{inner}{name}");
            if name.ends_with('/') { folders.push(path) } else { entries.push(path) }
        }
    }
    Ok(entries)
}

/// The paths of some entries in a folder, however deep; none when the folder is empty.
///
/// # Errors
/// When the folder cannot be read.
pub(super) fn some_entries(shelf: &Shelf, folder: &str) -> Result<Vec<String>, StorageError> {
    let mut folder = folder.to_owned();
    loop {
        let children = shelf.children(&folder)?;
        let entries: Vec<String> = children.iter().filter(|name| !name.ends_with('/')).cloned().collect();
        if !entries.is_empty() {
            let paths = entries.into_iter().take(MOST_AT_ONCE).map(|name| format!("{folder}{name}"));
            return Ok(paths.collect());
        }
        match children.into_iter().next() {
            Some(inner) => folder.push_str(&inner),
            None => return Ok(Vec::new()),
        }
    }
}

/// So much goes in one write.
const MOST_AT_ONCE: usize = 1000;
