//! A signed JSON web token in its compact form (RFC 7515): taken apart, not yet believed.

use data_encoding::BASE64URL_NOPAD;
use ring::signature::{self, VerificationAlgorithm};
use serde::Deserialize;
use serde_json::Value;

use crate::error::{Flaw, shown};

/// The most bytes of a token: one with hundreds of groups has a tenth of it.
const LARGEST: usize = 100_000;

/// What is accepted: asymmetric signatures only. With a symmetric one whoever knows the client's secret could sign, and
/// `none` is no signature at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    EdDsa,
}

/// The kinds of key (RFC 7518 section 6.1, RFC 8037).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    Rsa,
    P256,
    P384,
    Ed25519,
}

impl Algorithm {
    const ALL: [(&str, Self); 9] = [
        ("RS256", Self::Rs256),
        ("RS384", Self::Rs384),
        ("RS512", Self::Rs512),
        ("PS256", Self::Ps256),
        ("PS384", Self::Ps384),
        ("PS512", Self::Ps512),
        ("ES256", Self::Es256),
        ("ES384", Self::Es384),
        ("EdDSA", Self::EdDsa),
    ];

    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, algorithm)| *algorithm)
    }

    /// Its name in RFC 7518 and RFC 8037.
    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, known)| *known == self).map_or("", |(name, _)| name)
    }

    /// The kind of key that it needs.
    pub(crate) fn key_kind(self) -> KeyKind {
        match self {
            Self::Rs256 | Self::Rs384 | Self::Rs512 | Self::Ps256 | Self::Ps384 | Self::Ps512 => KeyKind::Rsa,
            Self::Es256 => KeyKind::P256,
            Self::Es384 => KeyKind::P384,
            Self::EdDsa => KeyKind::Ed25519,
        }
    }

    /// For keys that are a point on a curve.
    pub(crate) fn on_curve(self) -> Option<&'static dyn VerificationAlgorithm> {
        match self {
            Self::Es256 => Some(&signature::ECDSA_P256_SHA256_FIXED),
            Self::Es384 => Some(&signature::ECDSA_P384_SHA384_FIXED),
            Self::EdDsa => Some(&signature::ED25519),
            _ => None,
        }
    }

    /// For keys of RSA, of 2,048 bits at least.
    pub(crate) fn with_rsa(self) -> Option<&'static signature::RsaParameters> {
        match self {
            Self::Rs256 => Some(&signature::RSA_PKCS1_2048_8192_SHA256),
            Self::Rs384 => Some(&signature::RSA_PKCS1_2048_8192_SHA384),
            Self::Rs512 => Some(&signature::RSA_PKCS1_2048_8192_SHA512),
            Self::Ps256 => Some(&signature::RSA_PSS_2048_8192_SHA256),
            Self::Ps384 => Some(&signature::RSA_PSS_2048_8192_SHA384),
            Self::Ps512 => Some(&signature::RSA_PSS_2048_8192_SHA512),
            _ => None,
        }
    }
}

/// A token in its parts. Its payload is nobody's word until [`crate::keys::Keys::verify`] has returned it.
#[derive(Debug)]
pub(crate) struct Jws<'a> {
    pub(crate) algorithm: Algorithm,
    /// The name of the key.
    pub(crate) key_id: Option<String>,
    /// What the signature is of.
    pub(crate) signed: &'a [u8],
    pub(crate) signature: Vec<u8>,
    pub(crate) payload: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

impl<'a> Jws<'a> {
    /// Takes a token apart.
    pub(crate) fn read(token: &'a str) -> Result<Self, Flaw> {
        if token.len() > LARGEST {
            return Err(malformed("it is too large"));
        }
        let (signed, signature) = token.rsplit_once('.').ok_or_else(|| malformed("it has no signature"))?;
        let (header, payload) = signed.split_once('.').ok_or_else(|| malformed("it has no header"))?;
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| malformed("its header"))?;
        let algorithm = Algorithm::named(&header.alg).ok_or_else(|| Flaw::Algorithm(shown(&header.alg)))?;
        if header.crit.is_some() {
            return Err(malformed("it relies on an extension"));
        }
        let (signature, payload) = (decode(signature)?, decode(payload)?);
        Ok(Self { algorithm, key_id: header.kid, signed: signed.as_bytes(), signature, payload })
    }
}

/// Base64url without padding; bits that stand for nothing must be zero, so that a token has one form.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, Flaw> {
    BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| malformed("it is not base64url"))
}

pub(crate) fn malformed(what: &str) -> Flaw {
    Flaw::Malformed(what.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn token(header: &Value) -> String {
        let part = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
        [part(header.to_string().as_bytes()), part(b"{}"), part(b"signature")].join(".")
    }

    #[test]
    fn no_signature_and_symmetric_ones_are_refused_by_name() {
        for name in ["none", "None", "NONE", "HS256", "HS512", "rs256", "ES256K", "dir", ""] {
            let flaw = Jws::read(&token(&json!({"alg": name}))).unwrap_err();
            assert_eq!(flaw, Flaw::Algorithm(name.to_owned()));
        }
        for name in ["RS256", "PS512", "ES256", "ES384", "EdDSA"] {
            assert_eq!(Jws::read(&token(&json!({"alg": name, "kid": "a"}))).unwrap().algorithm.name(), name);
        }
    }

    #[test]
    fn extensions_that_must_be_understood_are_not() {
        let flaw = Jws::read(&token(&json!({"alg": "RS256", "crit": ["b64"], "b64": false}))).unwrap_err();
        assert_eq!(flaw, malformed("it relies on an extension"));
    }

    #[test]
    fn other_forms_are_malformed() {
        let good = token(&json!({"alg": "RS256"}));
        let three: Vec<&str> = good.split('.').collect();
        for bad in [
            String::new(),
            "..".into(),
            three[..2].join("."),
            format!("{good}.{}", three[0]),
            format!("{good}="),
            good.replace('.', " "),
            "a".repeat(LARGEST + 1),
        ] {
            assert!(matches!(Jws::read(&bad), Err(Flaw::Malformed(_))), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[A-Za-z0-9_.=-]{0,200}|.{0,50}") {
            let _ = Jws::read(&text);
        }
    }
}
