//! HCL 1 and its JSON form, read as OpenBao reads policies: [hashicorp/hcl, version 1](https://github.com/hashicorp/hcl/tree/hcl1).
//!
//! The crates for HCL read version 2, which is another language: they refuse what OpenBao takes, take what it refuses, and
//! say so in other words. This one knows the oddities (a list in JSON loses its `true`, an unfinished object in JSON is
//! finished by its end) because a policy must mean the same on both servers. It goes no deeper than any policy does.

/// Where something stands in a text.
mod place;

/// Character by character, with the place of each.
mod cursor;

/// One word of the text.
mod token;

/// Text to tokens.
mod scanner;

/// What stands between quotes, and in a heredoc.
mod unquote;

/// The tree that both forms give.
mod node;

/// HCL to the tree.
mod parser;

/// JSON to the tree.
mod json;

/// JSON's nested objects to HCL's labelled blocks.
mod flatten;

/// The tree to texts, numbers, lists and maps.
mod decode;

/// Why a text is no HCL.
mod error;

pub(super) use decode::{Found, Scalar, Wanted};
pub(super) use error::{HclError, not_utf8};
pub(super) use node::Entry;
pub(super) use parser::{normalized, parse};
