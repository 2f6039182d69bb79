use std::{
    fs::File,
    io::{self, Read},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use ::lockbox::RootKey;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// The unseal key that a file of one line holds, in base64.
///
/// # Errors
/// When others may read the file, or what it holds is no key.
pub(super) fn read(path: &Path) -> Result<RootKey, Failure> {
    let named = path.display();
    let (mode, text) = contents(path).map_err(|error| {
        Failure::usage(
            format!("the unseal key file {named} cannot be read: {error}"),
            "name the file that `buildpass lockbox init --unseal-key-file` wrote",
        )
    })?;
    if mode & OTHERS != 0 {
        return Err(Failure::usage(
            format!("the unseal key file {named} can be read by others: its mode is {:04o}", mode & 0o7777),
            format!("chmod 600 {named}, and think about who has read it"),
        ));
    }
    RootKey::from_base64(&text).map_err(|error| {
        Failure::usage(
            format!("the unseal key file {named} holds no unseal key: {error}"),
            "name the file that `buildpass lockbox init --unseal-key-file` wrote",
        )
    })
}

fn contents(path: &Path) -> io::Result<(u32, Zeroizing<String>)> {
    let file = File::open(path)?;
    let mode = file.metadata()?.permissions().mode();
    let mut text = Zeroizing::new(String::with_capacity(LONGEST_BYTES as usize));
    file.take(LONGEST_BYTES).read_to_string(&mut text)?;
    Ok((mode, text))
}

/// Group and everybody, to read or to write.
const OTHERS: u32 = 0o066;
/// More than any key with its newline.
const LONGEST_BYTES: u64 = 256;
