//! A file that was changed, cut off, swapped, or is no file: each is refused in words, and nothing wrong is read.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use anyhow::Result;
use lockbox::{RootKey, Split};
use serde_json::{Value, json};

use crate::harness::Vault;

/// A file with a secret of two versions, its key and its root token.
async fn written(file: &Path) -> Result<(RootKey, String)> {
    let (vault, keys) = Vault::in_file(file, Split::WHOLE).await?;
    let root = keys.root_token.to_string();
    let mount = json!({ "type": "kv", "options": { "version": "2" } });
    vault.by(&root, "POST", "sys/mounts/ci", mount).await?.expect(204)?;
    for version in 1..=2 {
        vault
            .by(&root, "POST", "ci/data/team/secret", json!({ "data": secret(version) }))
            .await?
            .expect(200)?;
    }
    vault.stop().await;
    Ok((keys.root_key, root))
}

fn secret(version: u64) -> Value {
    json!({ "value": format!("version {version} ").repeat(50) })
}

/// It open, or why it is not.
async fn opened(file: &Path, key: &RootKey) -> Result<Vault, String> {
    let vault = Vault::reopen(file).await.map_err(|error| error.to_string())?;
    match vault.unseal(key.clone()).await {
        Ok(()) => Ok(vault),
        Err(error) => {
            vault.stop().await;
            Err(error.to_string())
        }
    }
}

/// What is wrong, and with which file.
fn names_its_fault(refusal: &str, file: &Path) -> bool {
    let file = file.display();
    let words = [
        format!("{file} is damaged: "),
        format!("{file} is not a lockbox that this version can read"),
        "failed to read from storage: ".to_owned(),
        "unable to retrieve stored keys: invalid key: ".to_owned(),
    ];
    words.iter().any(|words| refusal.starts_with(words.as_str()))
}

#[tokio::test]
async fn a_flipped_bit_is_named_or_does_no_harm() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("lockbox");
    let (key, root) = written(&file).await?;
    let whole = fs::read(&file)?;
    // Only what was written can be damaged: most of a young file is room for later.
    let used: Vec<usize> = (0..whole.len()).filter(|position| whole[*position] != 0).collect();
    let mut recognised = 0;
    for number in 0..96 {
        let mut changed = whole.clone();
        changed[used[number * used.len() / 96]] ^= 1 << (number % 8);
        fs::write(&file, changed)?;
        let vault = match opened(&file, &key).await {
            Ok(vault) => vault,
            Err(refusal) => {
                assert!(names_its_fault(&refusal, &file), "{number}: {refusal}");
                recognised += 1;
                continue;
            }
        };
        let read = vault.get(&root, "ci/data/team/secret").await?;
        if read.status == 200 {
            let (data, version) = (&read.body["data"]["data"], &read.body["data"]["metadata"]["version"]);
            assert!((1..=2).any(|known| *version == known && *data == secret(known)), "{number}: {read:?}");
        } else {
            assert!(read.body["errors"].is_array(), "{number}: {read:?}");
        }
        vault.stop().await;
    }
    assert!(recognised > 48, "{recognised} of 96 flips were recognised");
    Ok(())
}

#[tokio::test]
async fn a_file_that_was_cut_off_is_named() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("lockbox");
    let (key, _) = written(&file).await?;
    let whole = fs::read(&file)?;
    let lengths = (1..24).map(|part| whole.len() * part / 24);
    for length in lengths.chain([1, 511, 4096, 4097, whole.len() - 1]) {
        fs::write(&file, &whole[..length])?;
        let refusal = opened(&file, &key).await.err().unwrap_or_else(|| panic!("{length} bytes open"));
        assert!(names_its_fault(&refusal, &file), "{length}: {refusal}");
    }
    Ok(())
}

#[tokio::test]
async fn the_key_of_another_file_opens_nothing_and_its_own_still_does() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (file, other) = (folder.path().join("lockbox"), folder.path().join("other"));
    let (key, root) = written(&file).await?;
    let (other_key, _) = written(&other).await?;
    let vault = Vault::reopen(&file).await?;
    let refusal = vault.unseal(other_key).await.err().map(|error| error.to_string());
    let words = "unable to retrieve stored keys: invalid key: failed to decrypt keys from storage: cipher: message \
                 authentication failed";
    assert_eq!(refusal.as_deref(), Some(words));
    vault.get(&root, "ci/data/team/secret").await?.refuses(503, "Vault is sealed");
    vault.unseal(key).await?;
    assert_eq!(vault.get(&root, "ci/data/team/secret").await?.body["data"]["data"], secret(2));
    Ok(())
}

#[tokio::test]
async fn an_empty_file_is_a_new_lockbox_and_no_key_opens_it() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (file, empty) = (folder.path().join("lockbox"), folder.path().join("empty"));
    let (key, root) = written(&file).await?;
    fs::write(&empty, [])?;
    let vault = Vault::reopen(&empty).await?;
    assert_eq!(vault.get("", "sys/health").await?.status, 501);
    vault.get(&root, "ci/data/team/secret").await?.refuses(503, "Vault is sealed");
    let refusal = vault.unseal(key).await.err().map(|error| error.to_string());
    assert_eq!(refusal.as_deref(), Some("Vault is not initialized"));
    Ok(())
}

#[tokio::test]
async fn what_the_system_does_not_open_is_named_with_what_it_said() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("lockbox");
    let (key, _) = written(&file).await?;
    let missing = folder.path().join("missing/lockbox");
    for (path, said) in [
        (folder.path(), "Is a directory (os error 21)"),
        (&file.join("below"), "Not a directory (os error 20)"),
        (&missing, "No such file or directory (os error 2)"),
    ] {
        let refusal = opened(path, &key).await.err();
        assert_eq!(refusal, Some(format!("cannot open {}: I/O error: {said}", path.display())));
    }
    for mode in [0o000, 0o200, 0o400] {
        fs::set_permissions(&file, Permissions::from_mode(mode))?;
        // The system decides whether this user may: root may everything.
        let said = fs::OpenOptions::new().read(true).write(true).open(&file).err();
        let expected = said.map(|error| format!("cannot open {}: I/O error: {error}", file.display()));
        let refusal = match opened(&file, &key).await {
            Ok(vault) => {
                vault.stop().await;
                None
            }
            Err(refusal) => Some(refusal),
        };
        assert_eq!(refusal, expected, "{mode:o}");
    }
    Ok(())
}
