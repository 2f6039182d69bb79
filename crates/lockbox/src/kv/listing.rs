use std::{collections::BTreeMap, ops::Bound};

/// The names directly under a folder (empty, or ending in a slash), those of folders ending in a slash.
pub(super) fn children<T>(entries: &BTreeMap<String, T>, folder: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut from = Bound::Included(folder.to_owned());
    while let Some((path, _)) = entries.range((from, Bound::Unbounded)).next() {
        let Some(rest) = path.strip_prefix(folder) else {
            break;
        };
        from = match rest.find('/') {
            None => {
                names.push(rest.to_owned());
                Bound::Excluded(path.clone())
            }
            Some(slash) => {
                names.push(rest[..=slash].to_owned());
                // `0` follows the slash: the whole folder is passed over in one step.
                Bound::Included(format!("{folder}{}0", &rest[..slash]))
            }
        };
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_listed_once_beside_the_secret_of_its_name() {
        let paths = ["a", "d", "d-x", "d/e/f", "d/g", "m"];
        let entries: BTreeMap<String, ()> = paths.iter().map(|path| ((*path).to_owned(), ())).collect();
        assert_eq!(children(&entries, ""), ["a", "d", "d-x", "d/", "m"]);
        assert_eq!(children(&entries, "d/"), ["e/", "g"]);
        assert!(children(&entries, "nothing/").is_empty());
    }
}
