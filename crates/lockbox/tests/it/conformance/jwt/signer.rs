use std::sync::LazyLock;

use aws_lc_rs::{
    encoding::AsDer,
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        self, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
        KeyPair, RsaEncoding, RsaKeyPair,
    },
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

/// A key that signs ID tokens.
pub(crate) enum Signer {
    Rsa(RsaKeyPair),
    /// With its curve.
    Ecdsa(EcdsaKeyPair, &'static str),
    Ed25519(Ed25519KeyPair),
}

pub(crate) static RSA: LazyLock<Signer> = LazyLock::new(rsa);
/// A key that nobody publishes.
pub(crate) static STRANGER: LazyLock<Signer> = LazyLock::new(rsa);
pub(crate) static P256: LazyLock<Signer> = LazyLock::new(|| {
    Signer::Ecdsa(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key"), "P-256")
});
pub(crate) static P384: LazyLock<Signer> = LazyLock::new(|| {
    Signer::Ecdsa(EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).expect("a key"), "P-384")
});
pub(crate) static ED25519: LazyLock<Signer> =
    LazyLock::new(|| Signer::Ed25519(Ed25519KeyPair::generate().expect("a key")));

fn rsa() -> Signer {
    Signer::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"))
}

impl Signer {
    /// A token with this header, whose `alg` says how an RSA key signs, and these claims.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    /// The same of texts that need not be JSON.
    pub(crate) fn sign_text(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", encode(header), encode(claims));
        let algorithm: Value = serde_json::from_str(header).unwrap_or_default();
        let signature = self.signature(algorithm["alg"].as_str().unwrap_or_default(), signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn signature(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Rsa(pair) => {
                let encoding: &'static dyn RsaEncoding = match algorithm {
                    "RS384" => &signature::RSA_PKCS1_SHA384,
                    "RS512" => &signature::RSA_PKCS1_SHA512,
                    "PS256" => &signature::RSA_PSS_SHA256,
                    "PS384" => &signature::RSA_PSS_SHA384,
                    "PS512" => &signature::RSA_PSS_SHA512,
                    _ => &signature::RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &SystemRandom::new(), message, &mut signature).expect("a signature");
                signature
            }
            Self::Ecdsa(pair, _) => {
                pair.sign(&SystemRandom::new(), message).expect("a signature").as_ref().to_vec()
            }
            Self::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    pub(crate) fn pem(&self) -> String {
        let der = match self {
            Self::Rsa(pair) => AsDer::as_der(pair.public_key()).expect("a key").as_ref().to_vec(),
            Self::Ecdsa(pair, _) => AsDer::as_der(pair.public_key()).expect("a key").as_ref().to_vec(),
            Self::Ed25519(pair) => AsDer::as_der(pair.public_key()).expect("a key").as_ref().to_vec(),
        };
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", STANDARD.encode(der))
    }

    /// As a key set lists it.
    pub(crate) fn published(&self, id: &str) -> Value {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            // PKCS #1 of a 2048-bit key: nine bytes of headers, the modulus, five bytes of exponent.
            Self::Rsa(pair) => json!({
                "kty": "RSA", "use": "sig", "kid": id, "n": encode(&pair.public_key().as_ref()[9..265]), "e": "AQAB",
            }),
            // One byte of form, then the two coordinates.
            Self::Ecdsa(pair, curve) => {
                let (x, y) = pair.public_key().as_ref()[1..].split_at(pair.public_key().as_ref().len() / 2);
                json!({ "kty": "EC", "use": "sig", "kid": id, "crv": curve, "x": encode(x), "y": encode(y) })
            }
            Self::Ed25519(pair) => json!({
                "kty": "OKP", "use": "sig", "kid": id, "crv": "Ed25519", "x": encode(pair.public_key().as_ref()),
            }),
        }
    }
}

/// A token signed with a secret that everybody knows: the public key.
pub(crate) fn sign_with_public_key(header: &Value, claims: &Value) -> String {
    let signed = format!("{}.{}", encode(&header.to_string()), encode(&claims.to_string()));
    let key = hmac::Key::new(hmac::HMAC_SHA256, RSA.pem().as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes())))
}

pub(crate) fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}
