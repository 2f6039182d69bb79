use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use super::expansion::Expansion;
use super::job::{Audience, Expanded, IdToken};
use super::spot::{Spot, texts};
use crate::answer::{Answer, Reason};
use crate::invalid::Invalid;
use crate::yaml::{Linked, Place};

/// An entry of `id_tokens` as it is written.
#[derive(Debug)]
pub(super) struct Written<'a> {
    pub(super) name: &'a Arc<str>,
    place: Place,
    audience: Vec<(&'a str, Place)>,
    value: &'a Linked,
}

/// # Errors
/// Where GitLab would refuse one.
pub(super) fn written<'a>(job: &Spot<'_, 'a>) -> Result<Vec<Written<'a>>, Invalid> {
    let Some(spot) = job.key("id_tokens") else { return Ok(Vec::new()) };
    spot.entries()?.map(|(entry, token)| one(&entry.key, entry.place, &token)).collect()
}

fn one<'a>(name: &'a Arc<str>, place: Place, token: &Spot<'_, 'a>) -> Result<Written<'a>, Invalid> {
    token.allow_keys(&[&["aud"]])?;
    let Some(value) = token.hash()?.value("aud") else {
        return Err(token.invalid("config missing required keys: aud"));
    };
    let single = |text| vec![(text, value.node.place)];
    let audience = value.node.text().map(single).or_else(|| texts(value));
    let audience = audience
        .ok_or_else(|| token.below("aud", value).attribute("should be an array of strings or a string"))?;
    Ok(Written { name, place, audience, value: token.value })
}

impl<'a> Written<'a> {
    /// `around`: how `id_tokens` came to the job.
    pub(super) fn expanded(&self, around: &Linked, expansion: &mut Expansion<'a>) -> IdToken {
        let mut each = self.audience.iter().map(|(text, place)| expanded(text, *place, expansion));
        let is_list = self.value.node.mapping().and_then(|it| it.value("aud")?.node.sequence()).is_some();
        let audience = match (is_list, each.next()) {
            (false, Some(one)) => Audience::One(one),
            (_, first) => Audience::Several(first.into_iter().chain(each).collect()),
        };
        let content = self.value.beneath(around.via.as_ref());
        IdToken { name: self.name.clone(), place: self.place, content, audience }
    }
}

fn expanded<'a>(text: &'a str, place: Place, expansion: &mut Expansion<'a>) -> Expanded {
    let (value, unset) = match expansion.text(text) {
        Ok(expanded) => (expanded.value.map(|value| String::from(&*value)), expanded.unset),
        Err(circle) => (Answer::Unknown(Reason::new(circle.message())), BTreeSet::new()),
    };
    Expanded {
        written: text.into(),
        place,
        value,
        unset: unset.iter().map(|name| String::from(&**name)).collect(),
    }
}
