use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read},
    path::{Component, Path, PathBuf},
    time::SystemTime,
};

use serde_json::{Map, Value};

use super::BadRoleFile;

/// A vault's roles and policies as its command line prints them, one a file: for whoever may not ask the vault.
#[derive(Clone, Debug, Default)]
pub struct RoleFiles {
    roles: BTreeMap<String, Kept<Map<String, Value>>>,
    policies: BTreeMap<String, Kept<String>>,
    /// Files that are neither, and may be what somebody meant.
    passed_over: Vec<PathBuf>,
}

#[derive(Clone, Debug)]
struct Kept<T> {
    path: PathBuf,
    holds: T,
}

/// What one file is about.
enum Content {
    Role(Map<String, Value>),
    Policy(String),
}

/// Far more than a role or a policy takes.
const LARGEST_BYTES: u64 = 1024 * 1024;

const MOST_FILES: usize = 10_000;

/// Every role of a JWT auth method has one of them at least. <https://developer.hashicorp.com/vault/api-docs/auth/jwt#read-role>
const FIELDS_OF_A_ROLE: [&str; 4] = ["bound_claims", "bound_audiences", "role_type", "user_claim"];

impl RoleFiles {
    /// Reads `NAME.json` and `NAME.hcl` in a folder, and where it is laid out as the vault's API is, in `auth/MOUNT/role` and
    /// `sys/policies/acl` below it.
    ///
    /// # Errors
    /// When there is no such folder, or what lies there is no role and no policy.
    pub fn read(folder: &Path, mount: &str, now: SystemTime) -> Result<Self, BadRoleFile> {
        let mut all = Self::default();
        all.add(folder, now)?;
        let below = [Path::new("auth").join(mount).join("role"), PathBuf::from("sys/policies/acl")];
        let inside = |path: &&PathBuf| path.components().all(|part| matches!(part, Component::Normal(_)));
        for below in below.iter().filter(inside).map(|below| folder.join(below)) {
            if below.is_dir() {
                all.add(&below, now)?;
            }
        }
        Ok(all)
    }

    fn add(&mut self, folder: &Path, now: SystemTime) -> Result<(), BadRoleFile> {
        let unreadable = |source| BadRoleFile::Unreadable { path: folder.to_owned(), source };
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            paths.push(entry.map_err(unreadable)?.path());
            if paths.len() > MOST_FILES {
                return Err(BadRoleFile::TooMany { path: folder.to_owned(), most: MOST_FILES });
            }
        }
        paths.sort();
        for path in paths.into_iter().filter(|path| !path.is_dir()) {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            match file.rsplit_once('.') {
                Some(("", "json" | "hcl")) => return Err(BadRoleFile::Nameless(path)),
                _ if file.starts_with('.') => {}
                Some((name, "json")) => {
                    let content = Content::of_json(&text(&path)?, &path)?;
                    self.keep(name, path, content, now)?;
                }
                Some((name, "hcl")) => {
                    let content = Content::Policy(text(&path)?);
                    self.keep(name, path, content, now)?;
                }
                _ => self.passed_over.push(path),
            }
        }
        Ok(())
    }

    fn keep(
        &mut self,
        name: &str,
        path: PathBuf,
        content: Content,
        now: SystemTime,
    ) -> Result<(), BadRoleFile> {
        match content {
            Content::Role(role) => {
                let kept = Kept { path: path.clone(), holds: role };
                once("role", self.roles.insert(name.to_owned(), kept), path)
            }
            Content::Policy(text) => {
                lockbox::check_policy(&text, now)
                    .map_err(|source| BadRoleFile::Policy { path: path.clone(), source })?;
                let kept = Kept { path: path.clone(), holds: text };
                once("policy", self.policies.insert(name.to_ascii_lowercase(), kept), path)
            }
        }
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.roles.keys().cloned().collect()
    }

    pub(super) fn role(&self, name: &str) -> Option<&Map<String, Value>> {
        self.roles.get(name).map(|kept| &kept.holds)
    }

    /// The vault knows policies in small letters.
    pub(super) fn policy(&self, name: &str) -> Option<&str> {
        self.policies.get(&name.to_ascii_lowercase()).map(|kept| kept.holds.as_str())
    }

    /// What lies there and was not read.
    pub fn passed_over(&self) -> impl Iterator<Item = &Path> {
        self.passed_over.iter().map(PathBuf::as_path)
    }
}

fn once<T>(kind: &'static str, before: Option<Kept<T>>, other: PathBuf) -> Result<(), BadRoleFile> {
    match before {
        None => Ok(()),
        Some(before) => Err(BadRoleFile::Twice { kind, one: before.path, other }),
    }
}

fn text(path: &Path) -> Result<String, BadRoleFile> {
    let read = || {
        // A pipe would be waited for.
        if !fs::metadata(path)?.is_file() {
            return Err(io::Error::other("it is no file"));
        }
        let mut bytes = Vec::new();
        fs::File::open(path)?.take(LARGEST_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LARGEST_BYTES {
            return Err(io::Error::other("it is larger than a megabyte"));
        }
        String::from_utf8(bytes).map_err(|_| io::Error::other("it is no text in UTF-8"))
    };
    read().map_err(|source| BadRoleFile::Unreadable { path: path.to_owned(), source })
}

impl Content {
    /// The whole answer that the command line prints, or its `data` alone; a policy's text in it, or a policy that is written in JSON.
    fn of_json(text: &str, path: &Path) -> Result<Self, BadRoleFile> {
        let parsed: Value = serde_json::from_str(text)
            .map_err(|source| BadRoleFile::NotJson { path: path.to_owned(), source })?;
        let neither = || BadRoleFile::Otherwise {
            path: path.to_owned(),
            wanted: "role of a JWT auth method, and no policy",
        };
        let Value::Object(mut whole) = parsed else { return Err(neither()) };
        let data = match whole.remove("data") {
            Some(Value::Object(data)) => data,
            Some(_) => return Err(neither()),
            None => whole,
        };
        let of_policy = ["policy", "rules"].iter().find_map(|key| data.get(*key)?.as_str());
        if let Some(policy) = of_policy {
            return Ok(Self::Policy(policy.to_owned()));
        }
        if data.get("path").is_some_and(Value::is_object) {
            return Ok(Self::Policy(text.to_owned()));
        }
        if !FIELDS_OF_A_ROLE.iter().any(|key| data.contains_key(*key)) {
            return Err(neither());
        }
        // What is read otherwise than the vault means it would let in too few or too many.
        let wrong = |key: &str, wanted| {
            Err(BadRoleFile::Field { path: path.to_owned(), key: key.to_owned(), wanted })
        };
        let bound = data.get("bound_claims").unwrap_or(&Value::Null);
        let claims: Vec<&Value> = match bound {
            Value::Null => Vec::new(),
            Value::Object(claims) => claims.values().collect(),
            _ => return wrong("bound_claims", "an object"),
        };
        if !claims.into_iter().all(is_text_or_list) {
            return wrong("bound_claims", "an object of texts and lists of texts");
        }
        for key in ["bound_audiences", "token_policies", "policies"] {
            if !data.get(key).is_none_or(|value| value.is_null() || is_text_or_list(value)) {
                return wrong(key, "a list of texts");
            }
        }
        Ok(Self::Role(data))
    }
}

fn is_text_or_list(value: &Value) -> bool {
    match value {
        Value::Array(all) => all.iter().all(|each| !each.is_array() && !each.is_object()),
        Value::String(_) | Value::Bool(_) | Value::Number(_) => true,
        Value::Null | Value::Object(_) => false,
    }
}
