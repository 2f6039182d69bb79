use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Deserializer, de, de::DeserializeOwned};

use super::{
    Environment, Error, Flags,
    access::{RawAccess, RawGitlab},
};
use crate::{pipeline::NamedContext, sources::Profile};

/// `buildpass.toml` as it is written, and where it came from.
#[derive(Debug)]
pub(super) struct ConfigFile {
    pub(super) raw: Raw,
    pub(super) path: PathBuf,
    pub(super) origin: Origin,
}

/// Who wrote a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Whoever may commit to the repository that is being built.
    Repository,
    /// The user: the file was named, and lies outside the repository.
    User,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Raw {
    pub(super) vault: RawVault,
    pub(super) identity: RawIdentity,
    pub(super) secret: Vec<RawSecret>,
    pub(super) git: Vec<RawGit>,
    pub(super) context: Vec<NamedContext>,
    pub(super) sources: Option<Profile>,
    pub(super) source: Vec<RawSource>,
    pub(super) gitlab: RawGitlab,
    pub(super) access: RawAccess,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawVault {
    #[serde(deserialize_with = "one_or_many")]
    pub(super) address: Vec<String>,
    pub(super) auth: Option<String>,
    pub(super) role: Option<String>,
    pub(super) namespace: Option<String>,
    pub(super) ca_cert: Option<PathBuf>,
    pub(super) client_cert: Option<PathBuf>,
    pub(super) client_key: Option<PathBuf>,
    pub(super) tls_server_name: Option<String>,
    pub(super) timeout: Option<String>,
    pub(super) lead: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawIdentity {
    pub(super) token: Option<String>,
    pub(super) token_file: Option<PathBuf>,
    pub(super) github_actions: Option<bool>,
    pub(super) audience: Option<String>,
    pub(super) issuer: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSecret {
    pub(super) name: String,
    pub(super) from: RawReference,
    pub(super) when: Option<String>,
    pub(super) to: Option<String>,
    pub(super) placeholder: Option<bool>,
}

#[derive(Debug)]
pub(super) enum RawReference {
    Short(String),
    Long(RawLong),
}

/// GitLab's long form. <https://docs.gitlab.com/ci/yaml/#secretsvault>
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLong {
    pub(super) engine: RawEngine,
    pub(super) path: String,
    pub(super) field: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEngine {
    pub(super) name: String,
    pub(super) path: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGit {
    pub(super) realm: Option<String>,
    #[serde(default)]
    pub(super) mirrors: bool,
    pub(super) username: Option<String>,
    pub(super) password: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSource {
    pub(super) name: String,
    pub(super) url: String,
    pub(super) r#ref: Option<String>,
}

const FILE_NAME: &str = "buildpass.toml";

impl ConfigFile {
    /// Finds and reads it: `--config`, `BUILDPASS_CONFIG`, else `buildpass.toml` in the project or here, never in a parent.
    pub(super) fn find(flags: &Flags, environment: &Environment) -> Result<Option<Self>, Error> {
        let here = environment.working_directory();
        let project =
            environment.setting("CI_PROJECT_DIR").map_or_else(|| here.clone(), |dir| here.join(dir));
        let named =
            flags.config.clone().or_else(|| environment.setting("BUILDPASS_CONFIG").map(PathBuf::from));
        if let Some(path) = named {
            let path = here.join(path);
            let text = read(&path).map_err(|source| Error::Unreadable { path: path.clone(), source })?;
            // Both as it is written and as it is resolved: a committed link leads wherever its author likes.
            let within = |folder: &Path| path.starts_with(folder) || inside(&path, folder);
            let origin = if within(&project) || within(repository_around(here)) {
                Origin::Repository
            } else {
                Origin::User
            };
            return Ok(Some(Self { raw: parse(&text, &path)?, path, origin }));
        }
        for folder in [&project, here] {
            let path = folder.join(FILE_NAME);
            match committed(&path) {
                Ok(text) => {
                    return Ok(Some(Self { raw: parse(&text, &path)?, path, origin: Origin::Repository }));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(Error::Unreadable { path, source }),
            }
        }
        Ok(None)
    }
}

/// The pipelines that buildpass.toml gives a name.
///
/// # Errors
/// Where the file cannot be read.
pub fn contexts(flags: &Flags, environment: &Environment) -> Result<Vec<NamedContext>, Error> {
    Ok(ConfigFile::find(flags, environment)?.map(|file| file.raw.context).unwrap_or_default())
}

/// A file that a stranger may have put there: a link could lead to what its author may not read, and an error would quote it;
/// a pipe would never end.
pub(super) fn committed(path: &Path) -> io::Result<String> {
    if !path.symlink_metadata()?.is_file() {
        return Err(io::Error::other("it is a link or no regular file"));
    }
    read(path)
}

/// No more than a configuration can be.
fn read(path: &Path) -> io::Result<String> {
    const LARGEST_BYTES: u64 = 1024 * 1024;
    let mut text = String::new();
    File::open(path)?.take(LARGEST_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST_BYTES {
        return Err(io::Error::other("it is larger than a megabyte"));
    }
    Ok(text)
}

/// The folder of the repository that we are in, or we ourselves where there is none.
fn repository_around(here: &Path) -> &Path {
    here.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(here)
}

fn inside(path: &Path, folder: &Path) -> bool {
    match (path.canonicalize(), folder.canonicalize()) {
        (Ok(path), Ok(folder)) => path.starts_with(folder),
        _ => true,
    }
}

pub(super) fn parse<T: DeserializeOwned>(text: &str, path: &Path) -> Result<T, Error> {
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let before = text.get(..at).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let message = error.message().replace('\n', " ");
        Error::File {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            nearest: nearest_key(&message),
            message,
        }
    })
}

/// serde says "unknown field `x`, expected one of `a`, `b`"; the one that is most like `x` was perhaps meant.
fn nearest_key(message: &str) -> Option<String> {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let (unknown, known) = quoted.split_first().filter(|_| message.starts_with("unknown field"))?;
    let likeness = |key: &&str| strsim::jaro_winkler(unknown, key);
    let nearest = known.iter().copied().max_by(|one, other| likeness(one).total_cmp(&likeness(other)))?;
    (likeness(&nearest) > 0.7).then(|| nearest.to_owned())
}

pub(super) fn one_or_many<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    struct OneOrMany;

    impl<'de> de::Visitor<'de> for OneOrMany {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an address or a list of addresses")
        }

        fn visit_str<E: de::Error>(self, one: &str) -> Result<Vec<String>, E> {
            Ok(vec![one.to_owned()])
        }

        fn visit_seq<A: de::SeqAccess<'de>>(self, many: A) -> Result<Vec<String>, A::Error> {
            Vec::deserialize(de::value::SeqAccessDeserializer::new(many))
        }
    }

    from.deserialize_any(OneOrMany)
}

impl<'de> Deserialize<'de> for RawReference {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct ShortOrLong;

        impl<'de> de::Visitor<'de> for ShortOrLong {
            type Value = RawReference;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("`path/field@mount`, or a table with `engine`, `path` and `field`")
            }

            fn visit_str<E: de::Error>(self, short: &str) -> Result<RawReference, E> {
                Ok(RawReference::Short(short.to_owned()))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, long: A) -> Result<RawReference, A::Error> {
                RawLong::deserialize(de::value::MapAccessDeserializer::new(long)).map(RawReference::Long)
            }
        }

        from.deserialize_any(ShortOrLong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> (String, Option<String>) {
        let error = parse::<Raw>(text, Path::new("buildpass.toml")).unwrap_err();
        (error.to_string(), error.hint())
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_nearest_known_key() {
        let (said, hint) = fault("[vault]\nrole = \"r\"\nadress = \"https://v.example\"\n");
        assert!(said.starts_with("buildpass.toml:3:1: unknown field `adress`"), "{said}");
        assert_eq!(hint.unwrap(), "did you mean `address`?");
        let (said, hint) = fault("[volt]\n");
        assert!(said.starts_with("buildpass.toml:1:"), "{said}");
        assert_eq!(hint, None.or(Some("did you mean `vault`?".to_owned())));
    }

    #[test]
    fn a_wrong_type_is_said_with_its_place() {
        let (said, _) = fault("[vault]\naddress = 7\n");
        assert!(
            said.contains("buildpass.toml:2:11") && said.contains("an address or a list of addresses"),
            "{said}"
        );
        let (said, _) = fault("[[secret]]\nname = \"A\"\nfrom = true\n");
        assert!(said.contains("`path/field@mount`"), "{said}");
    }

    #[test]
    fn both_forms_of_a_reference_are_read() {
        let raw: Raw = parse(
            "[[secret]]\nname='A'\nfrom='a/b@c'\n[[secret]]\nname='B'\nfrom={engine={name='generic',path='gitlab'},path='token/r',field='token'}\n",
            Path::new("x"),
        )
        .unwrap();
        assert!(matches!(raw.secret[0].from, RawReference::Short(_)));
        assert!(matches!(&raw.secret[1].from, RawReference::Long(long) if long.engine.name == "generic"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(?s).{0,200}") {
            let _ = parse::<Raw>(&text, Path::new("x"));
        }
    }
}
