use crate::exchange::{Field, Operation, Schema};

/// A path under `auth/token/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place<'a> {
    Create,
    CreateOrphan,
    /// By the role of this name.
    CreateBy(&'a str),
    Lookup,
    LookupSelf,
    LookupAccessor,
    Renew,
    RenewSelf,
    RenewAccessor,
    Revoke,
    RevokeSelf,
    RevokeAccessor,
    RevokeOrphan,
    Accessors,
    Roles,
    Role(&'a str),
    Tidy,
}

impl<'a> Place<'a> {
    pub(super) fn find(path: &'a str) -> Option<Self> {
        Some(match path {
            "create" => Self::Create,
            "create-orphan" => Self::CreateOrphan,
            "lookup" => Self::Lookup,
            "lookup-self" => Self::LookupSelf,
            "lookup-accessor" => Self::LookupAccessor,
            "renew" => Self::Renew,
            "renew-self" => Self::RenewSelf,
            "renew-accessor" => Self::RenewAccessor,
            "revoke" => Self::Revoke,
            "revoke-self" => Self::RevokeSelf,
            "revoke-accessor" => Self::RevokeAccessor,
            "revoke-orphan" => Self::RevokeOrphan,
            "accessors" | "accessors/" => Self::Accessors,
            "roles" | "roles/" => Self::Roles,
            "tidy" => Self::Tidy,
            _ => {
                let (folder, name) = path.split_once('/').filter(|(_, name)| is_role_name(name))?;
                match folder {
                    "create" => Self::CreateBy(name),
                    "roles" => Self::Role(name),
                    _ => return None,
                }
            }
        })
    }

    pub(super) fn takes(self, operation: Operation) -> bool {
        match self {
            Self::Lookup | Self::LookupSelf => matches!(operation, Operation::Read | Operation::Update),
            Self::Accessors | Self::Roles => operation == Operation::List,
            Self::Role(_) => matches!(
                operation,
                Operation::Read | Operation::Create | Operation::Update | Operation::Delete
            ),
            _ => operation == Operation::Update,
        }
    }

    pub(super) fn fields(self) -> Schema {
        match self {
            Self::Create | Self::CreateOrphan => CREATE,
            Self::CreateBy(_) => CREATE_BY_ROLE,
            Self::Lookup | Self::LookupSelf | Self::Revoke | Self::RevokeOrphan => ID,
            Self::LookupAccessor | Self::RevokeAccessor => ACCESSOR,
            Self::Renew | Self::RenewSelf => RENEW,
            Self::RenewAccessor => RENEW_ACCESSOR,
            Self::Role(_) => crate::auth::token::TokenRole::FIELDS,
            Self::RevokeSelf | Self::Accessors | Self::Roles | Self::Tidy => Schema(&[]),
        }
    }
}

/// Letters, digits and `_`, with `-` and `.` between them.
fn is_role_name(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let ends = name.bytes().next().zip(name.bytes().last());
    ends.is_some_and(|(first, last)| is_letter(first) && is_letter(last))
        && name.bytes().all(|byte| is_letter(byte) || matches!(byte, b'-' | b'.'))
}

const CREATE: Schema = Schema(&[
    ("display_name", Field::Text),
    ("entity_alias", Field::Text),
    ("explicit_max_ttl", Field::Text),
    ("id", Field::Text),
    ("lease", Field::Text),
    ("meta", Field::Pairs),
    ("no_default_policy", Field::Flag),
    ("no_parent", Field::Flag),
    ("num_uses", Field::Integer),
    ("period", Field::Text),
    ("policies", Field::WholeTexts),
    ("renewable", Field::Flag),
    ("ttl", Field::Text),
    ("type", Field::Text),
]);
const CREATE_BY_ROLE: Schema = Schema(&[
    ("role_name", Field::OfPath),
    ("display_name", Field::Text),
    ("entity_alias", Field::Text),
    ("explicit_max_ttl", Field::Text),
    ("id", Field::Text),
    ("lease", Field::Text),
    ("meta", Field::Pairs),
    ("no_default_policy", Field::Flag),
    ("no_parent", Field::Flag),
    ("num_uses", Field::Integer),
    ("period", Field::Text),
    ("policies", Field::WholeTexts),
    ("renewable", Field::Flag),
    ("ttl", Field::Text),
    ("type", Field::Text),
]);
const ID: Schema = Schema(&[("token", Field::Text)]);
const ACCESSOR: Schema = Schema(&[("accessor", Field::Text)]);
const RENEW: Schema = Schema(&[("token", Field::Text), ("increment", Field::Seconds)]);
const RENEW_ACCESSOR: Schema = Schema(&[("accessor", Field::Text), ("increment", Field::Seconds)]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_named_by_letters() {
        for (path, expected) in [
            ("roles/a", Some(Place::Role("a"))),
            ("roles/a-b.c_D", Some(Place::Role("a-b.c_D"))),
            ("create/a", Some(Place::CreateBy("a"))),
            ("roles/-a", None),
            ("roles/a.", None),
            ("roles/a b", None),
            ("roles/a/b", None),
            ("roles/", Some(Place::Roles)),
            ("other/a", None),
        ] {
            assert_eq!(Place::find(path), expected, "{path}");
        }
    }
}
