use zeroize::Zeroize;

use super::grams::GRAM;

const SLOT_BITS: u32 = 16;

/// Some four bytes each. Asking for four bytes that are none of them costs one bit of 8 KiB.
pub(super) struct GramSet {
    slots: Box<[u64; 1 << (SLOT_BITS - 6)]>,
}

impl GramSet {
    pub(super) fn new(grams: impl IntoIterator<Item = [u8; GRAM]>) -> Self {
        let mut slots = Box::new([0; 1 << (SLOT_BITS - 6)]);
        for gram in grams {
            let slot = slot(&gram);
            slots[slot >> 6] |= 1 << (slot & 63);
        }
        Self { slots }
    }

    /// Could these bytes be among them? A no is certain.
    pub(super) fn may_have(&self, bytes: &[u8; GRAM]) -> bool {
        let slot = slot(bytes);
        self.slots[slot >> 6] >> (slot & 63) & 1 == 1
    }
}

impl Drop for GramSet {
    fn drop(&mut self) {
        self.slots.zeroize();
    }
}

fn slot(bytes: &[u8; GRAM]) -> usize {
    hash(bytes, SLOT_BITS)
}

/// So many bits of a number that differs for most different bytes.
pub(super) fn hash(bytes: &[u8; GRAM], bits: u32) -> usize {
    (u32::from_le_bytes(*bytes).wrapping_mul(0x9E37_79B1) >> (32 - bits)) as usize
}

#[cfg(test)]
mod tests {
    use super::GramSet;

    #[test]
    fn what_was_put_in_is_there() {
        let grams = [*b"glpa", *b"\0\0\0\0", *b"hvs."];
        let set = GramSet::new(grams);
        assert!(grams.iter().all(|gram| set.may_have(gram)));
        assert!(!set.may_have(b"none"));
    }
}
