use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters,
    RsaPublicKeyComponents, VerificationAlgorithm,
};

use super::{algorithm::Algorithm, jws::Jws};

/// One public key, parsed once for every algorithm that it can be used with.
#[derive(Debug)]
pub(super) struct VerifyingKey {
    pub(super) id: Option<String>,
    parsed: Vec<(Algorithm, ParsedPublicKey)>,
}

impl VerifyingKey {
    /// From modulus and exponent, in big-endian bytes.
    pub(super) fn rsa(id: Option<String>, n: &[u8], e: &[u8]) -> Option<Self> {
        let components = RsaPublicKeyComponents { n: without_zeros(n), e: without_zeros(e) };
        let parse = |(algorithm, parameters)| {
            components.to_parsed_public_key(parameters).ok().map(|parsed| (algorithm, parsed))
        };
        let parsed = RSA.into_iter().map(parse).collect::<Option<_>>()?;
        Some(Self { id, parsed })
    }

    /// From the coordinates of a point; the curve is told by their length.
    pub(super) fn elliptic(id: Option<String>, curve: &str, x: &[u8], y: &[u8]) -> Option<Self> {
        let (algorithm, verifier, length) = match curve {
            "P-256" => (Algorithm::Es256, &ECDSA_P256_SHA256_FIXED, 32),
            "P-384" => (Algorithm::Es384, &ECDSA_P384_SHA384_FIXED, 48),
            "P-521" => (Algorithm::Es512, &ECDSA_P521_SHA512_FIXED, 66),
            _ => return None,
        };
        if x.len() != length || y.len() != length {
            return None;
        }
        let point = [&[4][..], x, y].concat();
        let parsed = ParsedPublicKey::new(verifier, point).ok()?;
        Some(Self { id, parsed: vec![(algorithm, parsed)] })
    }

    pub(super) fn edwards(id: Option<String>, x: &[u8]) -> Option<Self> {
        let parsed = ParsedPublicKey::new(&ED25519, x).ok()?;
        Some(Self { id, parsed: vec![(Algorithm::EdDsa, parsed)] })
    }

    /// From DER, whatever kind of public key it holds.
    pub(super) fn der(der: &[u8]) -> Option<Self> {
        let rsa = RSA.into_iter().map(|(algorithm, verifier)| {
            ParsedPublicKey::new(verifier, der).ok().map(|parsed| (algorithm, parsed))
        });
        let parsed = rsa.collect::<Option<Vec<_>>>().or_else(|| {
            OTHERS.into_iter().find_map(|(algorithm, verifier)| {
                ParsedPublicKey::new(verifier, der).ok().map(|parsed| vec![(algorithm, parsed)])
            })
        })?;
        Some(Self { id: None, parsed })
    }

    /// Whether this key made the signature.
    pub(super) fn verifies(&self, jws: &Jws, algorithm: Algorithm) -> bool {
        self.parsed
            .iter()
            .find(|(known, _)| *known == algorithm)
            .is_some_and(|(_, key)| key.verify_sig(jws.signed(), &jws.signature).is_ok())
    }
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

const RSA: [(Algorithm, &RsaParameters); 6] = [
    (Algorithm::Rs256, &RSA_PKCS1_2048_8192_SHA256),
    (Algorithm::Rs384, &RSA_PKCS1_2048_8192_SHA384),
    (Algorithm::Rs512, &RSA_PKCS1_2048_8192_SHA512),
    (Algorithm::Ps256, &RSA_PSS_2048_8192_SHA256),
    (Algorithm::Ps384, &RSA_PSS_2048_8192_SHA384),
    (Algorithm::Ps512, &RSA_PSS_2048_8192_SHA512),
];

static OTHERS: [(Algorithm, &dyn VerificationAlgorithm); 4] = [
    (Algorithm::Es256, &ECDSA_P256_SHA256_FIXED),
    (Algorithm::Es384, &ECDSA_P384_SHA384_FIXED),
    (Algorithm::Es512, &ECDSA_P521_SHA512_FIXED),
    (Algorithm::EdDsa, &ED25519),
];
