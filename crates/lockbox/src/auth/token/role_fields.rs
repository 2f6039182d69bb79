use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{Aged, KindRule, Lifetimes, Order, TokenError, TokenRole, order::DefaultPolicy};
use crate::{
    auth::Cidr,
    exchange::{Field, FieldError, Fields, Schema},
};

impl TokenRole {
    pub(crate) const FIELDS: Schema = Schema(&[
        ("role_name", Field::OfPath),
        ("allowed_policies", Field::Texts),
        ("disallowed_policies", Field::Texts),
        ("allowed_policies_glob", Field::Texts),
        ("disallowed_policies_glob", Field::Texts),
        ("allowed_entity_aliases", Field::Texts),
        ("orphan", Field::Flag),
        ("renewable", Field::Flag),
        ("path_suffix", Field::Text),
        ("period", Field::Seconds),
        ("explicit_max_ttl", Field::Seconds),
        ("bound_cidrs", Field::Texts),
        ("token_period", Field::Seconds),
        ("token_explicit_max_ttl", Field::Seconds),
        ("token_bound_cidrs", Field::Texts),
        ("token_type", Field::Text),
        ("token_no_default_policy", Field::Flag),
        ("token_num_uses", Field::Integer),
    ]);

    /// One that says nothing: its tokens can be renewed.
    pub(crate) fn new() -> Self {
        Self { renewable: true, kind: KindRule::DefaultService, ..Self::default() }
    }

    /// Takes over what is given and leaves the rest; says what of it has no effect.
    ///
    /// # Errors
    /// When a field is wrong, or the role as a whole cannot be.
    pub(crate) fn merge(&mut self, fields: &Fields, mount: Lifetimes) -> Result<Vec<String>, TokenError> {
        take(&mut self.orphan, fields, "orphan", Fields::flag)?;
        take(&mut self.renewable, fields, "renewable", Fields::flag)?;
        self.take_suffix(fields)?;
        take(&mut self.allowed_policies, fields, "allowed_policies", sanitised)?;
        take(&mut self.disallowed_policies, fields, "disallowed_policies", lowered)?;
        take(&mut self.allowed_policies_glob, fields, "allowed_policies_glob", sanitised)?;
        take(&mut self.disallowed_policies_glob, fields, "disallowed_policies_glob", lowered)?;
        check_cidrs(fields, "token_bound_cidrs", TokenError::Cidr)?;
        take(&mut self.no_default_policy, fields, "token_no_default_policy", Fields::flag)?;
        take(&mut self.uses, fields, "token_num_uses", Fields::integer)?;
        let mut warnings = Vec::new();
        warnings.extend(self.period.take(fields, ["token_period", "period"], Fields::duration)?);
        self.check_batch_stays(fields)?;
        self.take_kind(fields)?;
        let names = ["token_bound_cidrs", "bound_cidrs"];
        check_cidrs(fields, "bound_cidrs", TokenError::OldCidr)?;
        warnings.extend(self.bound_cidrs.take(fields, names, Fields::texts)?);
        let names = ["token_explicit_max_ttl", "explicit_max_ttl"];
        warnings.extend(self.explicit_max.take(fields, names, Fields::duration)?);
        let asked = self.explicit_max.value;
        if asked > mount.longest {
            warnings.push(format!(
                "Given explicit max TTL of {} is greater than system/mount allowed value of {} seconds; until this is \
                 fixed attempting to create tokens against this role will result in an error",
                asked.as_secs(),
                mount.longest.as_secs()
            ));
        }
        self.check_batch()?;
        if fields.has("allowed_entity_aliases") {
            self.allowed_entity_aliases =
                Some(lowered(fields, "allowed_entity_aliases")?.unwrap_or_default());
        }
        Ok(warnings)
    }

    /// The role as it is read.
    pub(crate) fn describe(&self, name: &str) -> Map<String, Value> {
        let older =
            |setting: &Aged<Duration>| if setting.by_older_name { setting.value.as_secs() } else { 0 };
        let described = json!({
            "allowed_entity_aliases": self.allowed_entity_aliases,
            "allowed_policies": self.allowed_policies,
            "allowed_policies_glob": self.allowed_policies_glob,
            "disallowed_policies": self.disallowed_policies,
            "disallowed_policies_glob": self.disallowed_policies_glob,
            "explicit_max_ttl": older(&self.explicit_max),
            "name": name,
            "orphan": self.orphan,
            "path_suffix": self.path_suffix,
            "period": older(&self.period),
            "renewable": self.renewable,
            "token_explicit_max_ttl": self.explicit_max.value.as_secs(),
            "token_no_default_policy": self.no_default_policy,
            "token_period": self.period.value.as_secs(),
            "token_type": self.kind.name(),
        });
        let mut described = described.as_object().cloned().unwrap_or_default();
        if !self.bound_cidrs.value.is_empty() {
            described.insert("token_bound_cidrs".to_owned(), json!(self.bound_cidrs.value));
            if self.bound_cidrs.by_older_name {
                described.insert("bound_cidrs".to_owned(), json!(self.bound_cidrs.value));
            }
        }
        if self.uses > 0 {
            described.insert("token_num_uses".to_owned(), self.uses.into());
        }
        described
    }

    fn take_suffix(&mut self, fields: &Fields) -> Result<(), TokenError> {
        if fields.has("path_suffix") {
            let suffix = fields.text("path_suffix")?.unwrap_or_default();
            if !suffix.is_empty() && !is_suffix(&suffix) {
                return refuse(r"given role path suffix contains invalid characters; must match \w[\w-.]+\w");
            }
            self.path_suffix = suffix;
        }
        if self.path_suffix.contains("..") {
            return refuse("error registering path suffix: path cannot contain parent references");
        }
        Ok(())
    }

    fn take_kind(&mut self, fields: &Fields) -> Result<(), TokenError> {
        if !fields.has("token_type") {
            return Ok(());
        }
        let Some(name) = fields.text("token_type")?.filter(|_| fields.value("token_type").is_some()) else {
            return refuse("Invalid 'token_type' value: null");
        };
        match KindRule::named(&name) {
            None | Some(KindRule::Default) => refuse(format!("invalid 'token_type' value {name:?}")),
            Some(kind) => {
                self.kind = kind;
                Ok(())
            }
        }
    }

    /// What is said about a role that gives batch tokens already.
    fn check_batch_stays(&self, fields: &Fields) -> Result<(), TokenError> {
        let gives_batch = matches!(self.kind, KindRule::Batch | KindRule::DefaultBatch);
        let what = match (gives_batch && !fields.has("token_type"), self.uses) {
            (_, i64::MIN..=-1) => {
                return refuse("error parsing role fields: 'token_num_uses' cannot be negative");
            }
            (true, _) if !self.period.value.is_zero() && !self.period.by_older_name => "periodic tokens",
            (true, 1..) => "tokens with limited use count",
            _ => return Ok(()),
        };
        refuse(format!(
            "error parsing role fields: 'token_type' cannot be 'batch' or 'default_batch' when set to generate {what}"
        ))
    }

    fn check_batch(&self) -> Result<(), TokenError> {
        let wrong = [
            (!self.orphan, "non-orphan tokens"),
            (!self.period.value.is_zero(), "periodic tokens"),
            (self.renewable, "renewable tokens"),
            (!self.explicit_max.value.is_zero(), "tokens with an explicit max TTL"),
        ];
        match wrong.into_iter().find(|(is_wrong, _)| *is_wrong && self.kind == KindRule::Batch) {
            None => Ok(()),
            Some((_, what)) => {
                refuse(format!("'token_type' cannot be 'batch' when role is set to generate {what}"))
            }
        }
    }
}

impl<T: Default> Aged<T> {
    fn take(
        &mut self,
        fields: &Fields,
        [newer, older]: [&'static str; 2],
        read: fn(&Fields, &'static str) -> Result<Option<T>, FieldError>,
    ) -> Result<Option<String>, TokenError> {
        if fields.has(newer) {
            *self = Self { value: read(fields, newer)?.unwrap_or_default(), by_older_name: false };
            let both = format!(
                "Both '{newer}' and deprecated '{older}' value supplied, ignoring the deprecated value"
            );
            return Ok(fields.has(older).then_some(both));
        }
        if fields.has(older) {
            *self = Self { value: read(fields, older)?.unwrap_or_default(), by_older_name: true };
        }
        Ok(None)
    }
}

/// Null says the least that there is.
fn take<T: Default>(
    place: &mut T,
    fields: &Fields,
    field: &'static str,
    read: fn(&Fields, &'static str) -> Result<Option<T>, FieldError>,
) -> Result<(), TokenError> {
    if fields.has(field) {
        *place = read(fields, field)?.unwrap_or_default();
    }
    Ok(())
}

fn sanitised(fields: &Fields, field: &'static str) -> Result<Option<Vec<String>>, FieldError> {
    let named = fields.texts(field)?;
    Ok(named.map(|names| Order::policies(&names, DefaultPolicy::Refused)))
}

fn lowered(fields: &Fields, field: &'static str) -> Result<Option<Vec<String>>, FieldError> {
    let Some(names) = fields.texts(field)? else { return Ok(None) };
    let mut names: Vec<String> = names.iter().map(|name| name.trim().to_lowercase()).collect();
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    names.dedup();
    Ok(Some(names))
}

fn check_cidrs(
    fields: &Fields,
    field: &'static str,
    refusal: fn(crate::auth::CidrError) -> TokenError,
) -> Result<(), TokenError> {
    for cidr in fields.texts(field)?.unwrap_or_default() {
        cidr.parse::<Cidr>().map_err(refusal)?;
    }
    Ok(())
}

/// Whether there is a word of three letters and more in it; dots and dashes may stand within.
fn is_suffix(text: &str) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let runs = text.as_bytes().split(|byte| !is_letter(byte) && !matches!(byte, b'-' | b'.'));
    let mut long = runs.map(|run| (run.iter().position(is_letter), run.iter().rposition(is_letter)));
    long.any(|ends| matches!(ends, (Some(first), Some(last)) if last - first >= 2))
}

fn refuse<T>(problem: impl Into<String>) -> Result<T, TokenError> {
    Err(TokenError::RoleSetting(problem.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(role: &mut TokenRole, body: Value) -> Result<Vec<String>, String> {
        let fields = body.as_object().cloned().map(Fields::from).unwrap_or_default();
        role.merge(&fields, Lifetimes::default()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_write_leaves_what_it_does_not_name() {
        let mut role = TokenRole::new();
        merged(&mut role, json!({ "orphan": true, "allowed_policies": "b, A" })).unwrap();
        merged(&mut role, json!({ "renewable": null, "period": "1h" })).unwrap();
        assert_eq!((role.orphan, role.renewable, role.period.value.as_secs()), (true, false, 3600));
        assert_eq!(role.allowed_policies, ["a", "b"]);
        assert_eq!(role.describe("r")["period"], 3600);
        let both = merged(&mut role, json!({ "period": "2h", "token_period": "3h" })).unwrap();
        assert_eq!(both.len(), 1);
        assert_eq!(
            (&role.describe("r")["period"], &role.describe("r")["token_period"]),
            (&json!(0), &json!(10800))
        );
    }

    #[test]
    fn a_suffix_has_a_word_in_it() {
        for (text, expected) in
            [("xyz", true), ("x", false), ("a b", false), ("a-b", true), ("-a-", false), ("/x/abc/", true)]
        {
            assert_eq!(is_suffix(text), expected, "{text}");
        }
    }

    #[test]
    fn wrong_roles_are_refused_in_openbaos_words() {
        for (body, expected) in [
            (json!({ "token_type": "x" }), "invalid 'token_type' value \"x\""),
            (json!({ "token_type": null }), "Invalid 'token_type' value: null"),
            (
                json!({ "token_type": "batch" }),
                "'token_type' cannot be 'batch' when role is set to generate non-orphan tokens",
            ),
            (
                json!({ "token_num_uses": -1 }),
                "error parsing role fields: 'token_num_uses' cannot be negative",
            ),
            (
                json!({ "path_suffix": "abc.." }),
                "error registering path suffix: path cannot contain parent references",
            ),
        ] {
            assert_eq!(merged(&mut TokenRole::new(), body).unwrap_err(), expected);
        }
    }
}
