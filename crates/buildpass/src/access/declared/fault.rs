use super::{BadName, FullPath, TokenName};
use crate::vault::BadReference;

/// What a declaration cannot mean. All of it is its author's to mend.
#[derive(Debug, thiserror::Error)]
pub enum BadDeclaration {
    /// A name that neither server would take.
    #[error("{place} is wrong")]
    Name {
        /// The entry.
        place: String,
        /// What is wrong with it.
        #[source]
        source: BadName,
    },
    /// A reference that is none.
    #[error("`store` of {place} cannot be read")]
    Store {
        /// The entry.
        place: String,
        /// What is wrong with it.
        #[source]
        source: BadReference,
    },
    /// A token is kept where no value can be written.
    #[error("{place} is stored in the engine `generic`: a token is kept in a KV store of version 2")]
    Engine {
        /// The entry.
        place: String,
    },
    /// A token of nobody, or of two.
    #[error("{place} needs either `group` or `project`")]
    Owner {
        /// The entry.
        place: String,
    },
    /// A time that cannot be meant.
    #[error("`{key}` of {place} is `{text}`: {wanted}")]
    Time {
        /// The key.
        key: &'static str,
        /// The entry.
        place: String,
        /// What stands there.
        text: String,
        /// What may.
        wanted: &'static str,
    },
    /// Custom metadata that is ours, or that the vault would not take.
    #[error("`metadata` of {place} {what}")]
    Metadata {
        /// The entry.
        place: String,
        /// What is wrong.
        what: String,
    },
    /// Two tokens have one name: a grant could mean either.
    #[error("two tokens are named `{name}`, in {one} and in {other}")]
    TokenTwice {
        /// The name.
        name: TokenName,
        /// A file.
        one: String,
        /// Another, or the same.
        other: String,
    },
    /// Two tokens are stored at one path: each would overwrite the other.
    #[error("the tokens `{one}` and `{other}` are stored at one path, {path}")]
    StoreTwice {
        /// A token.
        one: TokenName,
        /// Another.
        other: TokenName,
        /// The path.
        path: String,
    },
    /// A grant lacks what makes it narrow.
    #[error("the grant of `{secret}` by {role} has no `{key}`: it would be for everybody")]
    Unbound {
        /// The secret.
        secret: String,
        /// The role.
        role: String,
        /// What is missing.
        key: &'static str,
    },
    /// A grant is of nothing.
    #[error("the grant of `{0}` names neither a `[[secret]]` nor a `[[access.token]]`")]
    NoSecret(String),
    /// Two grants share a role and want it otherwise.
    #[error("the grants of `{one}` and `{other}` share the role {role}, and differ in `{key}`")]
    Contradiction {
        /// A secret.
        one: String,
        /// Another.
        other: String,
        /// The role.
        role: String,
        /// What differs.
        key: &'static str,
    },
    /// A token is minted for the jobs of some grants, and stored for others.
    #[error("the token `{token}` is minted by some of its grants, and the one by {role} does not say `mint`")]
    MintedInPart {
        /// The token.
        token: String,
        /// The role of a grant that reads what is stored.
        role: String,
    },
    /// Nothing is there to mint.
    #[error("the grant of `{secret}` by {role} says `mint`, and no `[[access.token]]` is read there")]
    MintsNothing {
        /// The secret.
        secret: String,
        /// The role.
        role: String,
    },
    /// A minted token is read as if it were stored.
    #[error("`{secret}` is minted, and is read from a KV store")]
    MintedFromStore {
        /// The secret.
        secret: String,
        /// Its path below the mount.
        path: String,
        /// The mount.
        mount: String,
    },
    /// A minted token is at no role of an engine.
    #[error("{place} is minted, and `{store}` is no role of an engine")]
    MintedStore {
        /// The entry.
        place: String,
        /// What stands there.
        store: String,
    },
    /// A key that means nothing where a token ends with its job.
    #[error("{place} is minted, so that it has no `{key}`: it ends with its job")]
    MintedWith {
        /// The entry.
        place: String,
        /// The key.
        key: &'static str,
    },
    /// `refs` is a word that means nothing.
    #[error("`refs` of the grant of `{secret}` is `{text}`: it is \"protected\", or a list of branches")]
    Refs {
        /// The secret.
        secret: String,
        /// What stands there.
        text: String,
    },
    /// A mirror that in the end copies from itself.
    #[error("the mirrors go round in a circle: {}", .0.iter().map(FullPath::as_str).collect::<Vec<_>>().join(" to "))]
    Circle(Vec<FullPath>),
    /// A mirror has two originals.
    #[error("{copy} is the mirror of {one} and of {other}")]
    TwoOriginals {
        /// The mirror.
        copy: FullPath,
        /// An original.
        one: FullPath,
        /// Another.
        other: FullPath,
    },
    /// A repository that its token cannot read.
    #[error("{repository} lies outside of {within}, whose token `{token}` is to read it")]
    Outside {
        /// The repository.
        repository: FullPath,
        /// What the token is for.
        within: FullPath,
        /// The token.
        token: TokenName,
    },
    /// A repository that no declared token can read.
    #[error("{repository} lies outside of every group and project whose token is declared")]
    Unreached {
        /// The repository.
        repository: FullPath,
    },
    /// A fine-grained token says what GitLab decides for it.
    #[error("{place} says `{key}`, which `reach = \"needed\"` decides")]
    Decided {
        /// Where it stands.
        place: String,
        /// The key.
        key: &'static str,
    },
    /// `reach` is a word that means nothing.
    #[error("{place} says `reach = \"{text}\"`: it is \"group\" or \"needed\"")]
    Reach {
        /// Where it stands.
        place: String,
        /// What stands there.
        text: String,
    },
    /// Two mirrors of one name.
    #[error("two mirrors are called `{0}`")]
    MirrorTwice(String),
    /// A name of a mirror that is not there, or has no security mirror.
    #[error("the grant of `{secret}` names the mirror `{mirror}`, {reason}")]
    NoMirror {
        /// The secret.
        secret: String,
        /// The name.
        mirror: String,
        /// Why it means no project.
        reason: &'static str,
    },
    /// A mirror's token is not declared.
    #[error("the mirror {mirror} names the token `{token}`, which is not declared")]
    NoToken {
        /// The canonical project.
        mirror: FullPath,
        /// The token.
        token: TokenName,
    },
}

impl BadDeclaration {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Name { .. } | Self::Owner { .. } | Self::Refs { .. } => return None,
            Self::Store { source, .. } => return source.hint(),
            Self::Engine { .. } => "write `path/field@mount`".to_owned(),
            Self::Time { .. } => "for example `30d`, `7d` or `1h`".to_owned(),
            Self::Metadata { .. } => "the vault takes 64 keys of 128 bytes, with 512 bytes each".to_owned(),
            Self::TokenTwice { .. } => "give each its own name".to_owned(),
            Self::StoreTwice { .. } => "give each a path of its own".to_owned(),
            Self::Unbound { key: "audience", .. } => {
                "say `audience`, `[identity] audience` or `[vault] address`".to_owned()
            }
            Self::Unbound { key: "refs", .. } => {
                "say `refs = \"protected\"`, `refs = [\"main\"]` or `tags = [\"v*\"]`".to_owned()
            }
            Self::Unbound { .. } => "say `projects = [\"group/project\"]`".to_owned(),
            Self::NoSecret(_) => "add one of that name, or name one that is there".to_owned(),
            Self::Contradiction { key: "glob", .. } => {
                "a grant with `glob = true` needs a role of its own: it turns every claim of its role into a pattern".to_owned()
            }
            Self::Contradiction { .. } => "give each its own `vault_role`, or let them say the same".to_owned(),
            Self::MintedInPart { .. } => "say `mint = \"per-job\"` in all of them, or declare two tokens".to_owned(),
            Self::MintsNothing { .. } => {
                "declare the token that is minted, with `store = \"token/ROLE/token@MOUNT\"`".to_owned()
            }
            Self::MintedFromStore { path, mount, .. } => format!(
                "write `from = {{ engine = {{ name = \"generic\", path = \"{mount}\" }}, path = \"{path}\", field = \"token\" }}`"
            ),
            Self::MintedStore { .. } => "write `token/ROLE/token@MOUNT`".to_owned(),
            Self::MintedWith { .. } => "leave it out".to_owned(),
            Self::Circle(_) | Self::TwoOriginals { .. } => "each project is copied from one other at most".to_owned(),
            Self::Outside { .. } | Self::Unreached { .. } => {
                "name a token of a group that holds the repository, or move the repository".to_owned()
            }
            Self::Decided { .. } => "leave it out: such a token downloads the code of the needed projects".to_owned(),
            Self::Reach { .. } => return None,
            Self::MirrorTwice(_) => "give one another `name`".to_owned(),
            Self::NoMirror { .. } => "name an `[[access.mirror]]` that has `security`".to_owned(),
            Self::NoToken { .. } => "add an `[[access.token]]` of that name".to_owned(),
        })
    }
}
