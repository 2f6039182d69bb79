use super::{ShelfView, StorageError};

/// The paths of all entries in a folder, however deep, without the folder's own: what lies in a folder comes first, and
/// then what lies in its last folder, as OpenBao goes down.
///
/// # Errors
/// When a folder cannot be read.
pub(crate) fn all_entries(view: &ShelfView<'_>, folder: &str) -> Result<Vec<String>, StorageError> {
    let (mut entries, mut folders) = (Vec::new(), vec![String::new()]);
    while let Some(inner) = folders.pop() {
        for name in view.children(&format!("{folder}{inner}"))? {
            let path = format!("{inner}{name}");
            if name.ends_with('/') { folders.push(path) } else { entries.push(path) }
        }
    }
    Ok(entries)
}
