use aws_lc_rs::hmac::{self, Context};

/// Where a sealed entry stands in the file: digests of its folder and of its name, which say neither.
///
/// The first half is the folder's, so that what lies in a folder lies together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place([u8; 32]);

impl Place {
    /// The place of a path, which may end in a slash: a folder has a place beside the entry of its name.
    pub(super) fn of(names: &hmac::Key, path: &str) -> Self {
        let name_at = path.strip_suffix('/').unwrap_or(path).rfind('/').map_or(0, |slash| slash + 1);
        let (folder, name) = path.split_at(name_at);
        let mut place = [0; 32];
        place[..16].copy_from_slice(&Self::folder(names, folder));
        place[16..].copy_from_slice(&digest(names, b'n', name));
        Self(place)
    }

    /// The first half of the place of everything in a folder.
    pub(super) fn folder(names: &hmac::Key, folder: &str) -> [u8; 16] {
        digest(names, b'f', folder)
    }

    /// The place of an entry that is in no folder's list.
    pub(super) fn unlisted(names: &hmac::Key, path: &str) -> Self {
        let mut place = [0; 32];
        place[..16].copy_from_slice(&digest(names, b'u', path));
        place[16..].copy_from_slice(&digest(names, b'U', path));
        Self(place)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

fn digest(names: &hmac::Key, purpose: u8, text: &str) -> [u8; 16] {
    let mut context = Context::with_key(names);
    context.update(&[purpose]);
    context.update(text.as_bytes());
    let tag = context.sign();
    let mut half = [0; 16];
    half.copy_from_slice(&tag.as_ref()[..16]);
    half
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_a_folder_lies_together() {
        let names = hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]);
        let folder = Place::folder(&names, "a/b/");
        for path in ["a/b/c", "a/b/d/"] {
            assert_eq!(Place::of(&names, path).bytes()[..16], folder, "{path}");
        }
        assert_ne!(Place::of(&names, "a/b").bytes()[..16], folder);
        assert_ne!(Place::of(&names, "a/b"), Place::of(&names, "a/b/"));
        assert_ne!(Place::of(&names, "a/b"), Place::unlisted(&names, "a/b"));
    }
}
