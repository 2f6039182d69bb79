use serde::Serialize;

/// What became of one thing, or would become of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The kind of thing.
    pub what: &'static str,
    /// Its path.
    pub name: String,
    /// What became of it.
    pub fate: Fate,
    /// What there is to say: names of fields, numbers of versions, the vault's words; never a value.
    pub detail: String,
}

/// What became of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It is there already, and is the same.
    Same,
    /// It is not there, and would be written.
    ToCreate,
    /// Its beginning is there, and the rest would be written.
    ToExtend,
    /// It was written.
    Created,
    /// Its beginning was there, and the rest was written.
    Extended,
    /// Something else was there, and was overwritten.
    Overwritten,
    /// Something else is there, and stays.
    Differs,
    /// The other vault refused it.
    Refused,
    /// It cannot be exported.
    Left,
}

impl Fate {
    /// As it is told.
    pub fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::ToCreate => "create",
            Self::ToExtend => "extend",
            Self::Created => "created",
            Self::Extended => "extended",
            Self::Overwritten => "overwritten",
            Self::Differs => "differs",
            Self::Refused => "refused",
            Self::Left => "left",
        }
    }
}
