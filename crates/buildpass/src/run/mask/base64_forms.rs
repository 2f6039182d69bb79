use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

/// What a secret's bytes alone decide when they stand anywhere in longer data: the inner characters of its three
/// alignments, in both alphabets.
pub(super) fn aligned(secret: &[u8]) -> impl Iterator<Item = Zeroizing<Vec<u8>>> {
    [STANDARD_NO_PAD, URL_SAFE_NO_PAD].into_iter().flat_map(move |alphabet| {
        (0..3).map(move |before| {
            let mut padded = Zeroizing::new(vec![0; before]);
            padded.extend_from_slice(secret);
            let encoded = Zeroizing::new(alphabet.encode(&*padded).into_bytes());
            let first = (before * 8).div_ceil(6);
            let last = padded.len() * 8 / 6;
            Zeroizing::new(encoded[first..last].to_vec())
        })
    })
}

/// The credentials of an `Authorization: Basic` header, with their padding and without.
pub(super) fn basic(user: &str, secret: &str) -> [Zeroizing<Vec<u8>>; 2] {
    let pair = Zeroizing::new(format!("{user}:{secret}"));
    [STANDARD, STANDARD_NO_PAD].map(|alphabet| Zeroizing::new(alphabet.encode(pair.as_bytes()).into_bytes()))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::{aligned, basic};

    #[test]
    fn aligned_forms_are_found_at_any_offset_and_hold_no_neighbour() {
        let secret = b"glpat-made-up-token-000001";
        for before in 0..7 {
            for after in 0..4 {
                let long = [&b"<<<<<<<"[..before], secret, &b"~~~~"[..after]].concat();
                let encoded = STANDARD.encode(long);
                let found =
                    aligned(secret).filter(|form| encoded.contains(std::str::from_utf8(form).unwrap()));
                assert_eq!(found.count(), 2, "one in each alphabet, which agree on this secret");
            }
        }
    }

    #[test]
    fn basic_is_what_a_header_holds() {
        let [padded, bare] = basic("gitlab-ci-token", "glpat-made-up-token-0001");
        assert_eq!(padded.as_slice(), b"Z2l0bGFiLWNpLXRva2VuOmdscGF0LW1hZGUtdXAtdG9rZW4tMDAwMQ==");
        assert_eq!(bare.as_slice(), b"Z2l0bGFiLWNpLXRva2VuOmdscGF0LW1hZGUtdXAtdG9rZW4tMDAwMQ");
    }
}
