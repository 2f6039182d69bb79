use std::path::Path;

use ::lockbox::RootKey;

use crate::{failure::Failure, secret::private_text};

/// The unseal key that a file of one line holds, in base64.
///
/// # Errors
/// When others may read the file, or what it holds is no key.
pub(super) fn read(path: &Path) -> Result<RootKey, Failure> {
    let named = path.display();
    let usual = "name the file that `buildpass lockbox init --unseal-key-file` wrote";
    let text = private_text(path, LONGEST_BYTES).map_err(|error| {
        let hint = error.hint(path).unwrap_or_else(|| usual.to_owned());
        Failure::usage(format!("the unseal key file {named} {error}"), hint)
    })?;
    RootKey::from_base64(&text).map_err(|error| {
        Failure::usage(format!("the unseal key file {named} holds no unseal key: {error}"), usual)
    })
}

/// More than any key with its newline.
const LONGEST_BYTES: usize = 256;
