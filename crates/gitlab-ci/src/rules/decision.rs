use alloc::string::String;
use alloc::vec::Vec;

use crate::answer::Answer;
use crate::plan::Origin;
use crate::yaml::{Linked, Place};

/// What a list of rules came to, with the way there.
#[derive(Clone, Debug, Default)]
pub struct Decision {
    /// Where `rules`, `only` or `workflow` stands; `None` where there is none.
    pub place: Option<Place>,
    /// The rules that were looked at, in their order. The last one decided, unless all say no.
    pub tried: Vec<Tried>,
}

/// A rule that was looked at.
#[derive(Clone, Debug)]
pub struct Tried {
    /// The rule, and how it came to the job.
    pub rule: Linked,
    /// Does it match?
    pub matches: Answer<bool>,
    /// Its conditions, as far as they were looked at.
    pub clauses: Vec<Clause>,
}

/// One condition of a rule.
#[derive(Clone, Debug)]
pub struct Clause {
    /// `if`, `exists`, `changes`, `only`, `except`
    pub keyword: &'static str,
    /// As it is written.
    pub written: String,
    /// Where.
    pub place: Place,
    /// Does it hold?
    pub holds: Answer<bool>,
    /// The variables that it reads.
    pub variables: Vec<Read>,
}

/// A variable that a condition read.
#[derive(Clone, Debug)]
pub struct Read {
    /// Its name.
    pub name: String,
    /// Its value as it is written; `None` where it is not set.
    pub value: Answer<Option<String>>,
    /// Who set it.
    pub origin: Origin,
}
