//! As much of an X.509 certificate as it takes to find the key in it.

/// The public key of a certificate, in DER.
pub(super) fn public_key(certificate: &[u8]) -> Option<&[u8]> {
    let (whole, rest) = Element::read(certificate)?;
    let (signed, _) = Element::read(whole.inside_of(SEQUENCE)?)?;
    let mut fields = signed.inside_of(SEQUENCE)?;
    if !rest.is_empty() {
        return None;
    }
    let (first, after) = Element::read(fields)?;
    if first.tag == VERSION {
        fields = after;
    }
    // The serial number, the signature's algorithm, the issuer, the validity, the subject.
    for tag in [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE] {
        let (field, after) = Element::read(fields)?;
        field.inside_of(tag)?;
        fields = after;
    }
    let (key, _) = Element::read(fields)?;
    key.inside_of(SEQUENCE)?;
    Some(key.whole)
}

struct Element<'a> {
    tag: u8,
    whole: &'a [u8],
    inside: &'a [u8],
}

impl<'a> Element<'a> {
    /// The element at the start, and what follows it.
    fn read(der: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (&tag, after) = der.split_first()?;
        let (&first, after) = after.split_first()?;
        let (length, after) = match first {
            0..=0x7f => (usize::from(first), after),
            0x81..=0x84 => {
                let (bytes, after) = after.split_at_checked(usize::from(first & 0x7f))?;
                (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), after)
            }
            _ => return None,
        };
        let (inside, rest) = after.split_at_checked(length)?;
        let whole = &der[..der.len() - rest.len()];
        Some((Self { tag, whole, inside }, rest))
    }

    fn inside_of(&self, tag: u8) -> Option<&'a [u8]> {
        (self.tag == tag).then_some(self.inside)
    }
}

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

#[cfg(test)]
mod tests {
    use super::*;

    fn element(tag: u8, inside: &[u8]) -> Vec<u8> {
        let length = u8::try_from(inside.len()).unwrap();
        [&[tag, 0x81, length], inside].concat()
    }

    fn certificate(version: &[u8]) -> Vec<u8> {
        let (number, empty) = (element(INTEGER, &[1]), element(SEQUENCE, &[]));
        let key = element(SEQUENCE, b"key");
        let signed = [version, &number, &empty, &empty, &empty, &empty, &key].concat();
        element(SEQUENCE, &[element(SEQUENCE, &signed), empty].concat())
    }

    #[test]
    fn the_key_is_found_with_a_version_and_without() {
        for version in [element(VERSION, &[]), Vec::new()] {
            assert_eq!(public_key(&certificate(&version)), Some(element(SEQUENCE, b"key").as_slice()));
        }
    }

    #[test]
    fn what_is_no_certificate_holds_no_key() {
        let good = certificate(&[]);
        for end in 0..good.len() {
            assert_eq!(public_key(&good[..end]), None, "{end}");
        }
        assert_eq!(public_key(&[good, vec![0]].concat()), None);
        assert_eq!(public_key(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
        assert_eq!(public_key(&[0, 0, 0]), None);
    }
}
