use aws_lc_rs::digest::{SHA256, digest};

use crate::random;

/// The entity that goes by an alias at a mount: the same for every token of the same bearer.
pub(crate) fn entity_id(accessor: &str, alias: &str) -> String {
    let mut id = [0; 16];
    id.copy_from_slice(&digest(&SHA256, format!("{accessor}\0{alias}").as_bytes()).as_ref()[..16]);
    random::uuid_of(id)
}
