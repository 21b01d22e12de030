//! The provider's public keys (RFC 7517, RFC 7518 section 6, RFC 8037), and whether one of them made a signature.

use ring::signature::{RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::Value;

use crate::error::{Flaw, shown};
use crate::jws::{self, Algorithm, Jws, KeyKind};

/// No provider has so many keys.
const MOST: usize = 100;

/// A set of keys.
#[derive(Debug, Default)]
pub(crate) struct Keys(Vec<Key>);

#[derive(Debug)]
struct Key {
    id: Option<String>,
    /// The one algorithm that it is for, if the provider says so.
    algorithm: Option<String>,
    material: Material,
}

#[derive(Debug)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    Point { kind: KeyKind, bytes: Vec<u8> },
}

/// The set as it comes. A key of an unknown kind must not keep the others from being used.
#[derive(Deserialize)]
pub(crate) struct Document {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    for_use: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl From<Document> for Keys {
    fn from(document: Document) -> Self {
        Self(document.keys.into_iter().filter_map(Key::read).take(MOST).collect())
    }
}

impl Keys {
    /// Whether any key may have made tokens.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The payload of a token that one of these keys signed.
    pub(crate) fn verify(&self, jws: &Jws<'_>) -> Result<Vec<u8>, Flaw> {
        let fits = |key: &&Key| key.is_for(jws.algorithm) && (jws.key_id.is_none() || key.id == jws.key_id);
        let mut candidates = self.0.iter().filter(fits).peekable();
        let named = jws.key_id.is_some() && candidates.peek().is_some();
        if candidates.any(|key| key.made(jws)) {
            return Ok(jws.payload.clone());
        }
        // Of a token without a key's name, nobody knows whether its key is missing or its signature wrong.
        if named {
            Err(Flaw::Signature)
        } else {
            Err(Flaw::UnknownKey(jws.key_id.as_deref().map_or_else(|| "(unnamed)".to_owned(), shown)))
        }
    }
}

impl Key {
    /// None for a key that is not for signatures that are accepted here.
    fn read(value: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        if jwk.for_use.as_deref().is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let bytes = |text: Option<&String>| jws::decode(text?).ok();
        let material = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => Material::Rsa { n: number(&bytes(jwk.n.as_ref())?), e: number(&bytes(jwk.e.as_ref())?) },
            ("EC", Some("P-256")) => point(KeyKind::P256, 32, &bytes(jwk.x.as_ref())?, &bytes(jwk.y.as_ref())?)?,
            ("EC", Some("P-384")) => point(KeyKind::P384, 48, &bytes(jwk.x.as_ref())?, &bytes(jwk.y.as_ref())?)?,
            ("OKP", Some("Ed25519")) => Material::Point { kind: KeyKind::Ed25519, bytes: bytes(jwk.x.as_ref())? },
            _ => return None,
        };
        Some(Self { id: jwk.kid, algorithm: jwk.alg, material })
    }

    fn is_for(&self, algorithm: Algorithm) -> bool {
        self.material.kind() == algorithm.key_kind()
            && self.algorithm.as_deref().is_none_or(|only| only == algorithm.name())
    }

    fn made(&self, jws: &Jws<'_>) -> bool {
        let verified = match &self.material {
            Material::Rsa { n, e } => jws
                .algorithm
                .with_rsa()
                .map(|parameters| RsaPublicKeyComponents { n, e }.verify(parameters, jws.signed, &jws.signature)),
            Material::Point { bytes, .. } => jws
                .algorithm
                .on_curve()
                .map(|algorithm| UnparsedPublicKey::new(algorithm, bytes).verify(jws.signed, &jws.signature)),
        };
        matches!(verified, Some(Ok(())))
    }
}

impl Material {
    fn kind(&self) -> KeyKind {
        match self {
            Self::Rsa { .. } => KeyKind::Rsa,
            Self::Point { kind, .. } => *kind,
        }
    }
}

/// A number without leading zeros, which some providers write and ring does not read.
fn number(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().skip_while(|byte| *byte == 0).collect()
}

/// A point in uncompressed form (SEC 1, section 2.3.3).
fn point(kind: KeyKind, size: usize, x: &[u8], y: &[u8]) -> Option<Material> {
    (x.len() == size && y.len() == size).then(|| Material::Point { kind, bytes: [&[4], x, y].concat() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// RFC 7515, appendix A.2.
    const RSA_N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    const RSA_TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    /// RFC 7515, appendix A.3.
    const EC_TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    /// RFC 8037, appendix A.4.
    const ED_TOKEN: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

    fn rsa() -> Value {
        json!({"kty": "RSA", "n": RSA_N, "e": "AQAB"})
    }

    fn ec() -> Value {
        let (x, y) = ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        json!({"kty": "EC", "crv": "P-256", "x": x, "y": y})
    }

    fn ed() -> Value {
        json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
    }

    fn keys(keys: &[Value]) -> Keys {
        Document { keys: keys.to_vec() }.into()
    }

    fn verify(known: &[Value], token: &str) -> Result<Vec<u8>, Flaw> {
        keys(known).verify(&Jws::read(token)?)
    }

    fn with(mut key: Value, name: &str, value: &str) -> Value {
        key[name] = json!(value);
        key
    }

    #[test]
    fn the_examples_of_the_standards_verify() {
        for (key, token) in [(rsa(), RSA_TOKEN), (ec(), EC_TOKEN), (ed(), ED_TOKEN)] {
            assert!(verify(std::slice::from_ref(&key), token).is_ok(), "{token}");
            assert!(verify(&[rsa(), ec(), ed()], token).is_ok(), "{token}");
        }
        assert_eq!(verify(&[ed()], ED_TOKEN).unwrap(), b"Example of Ed25519 signing");
    }

    #[test]
    fn a_key_of_another_kind_purpose_or_algorithm_is_not_used() {
        let unknown = Err(Flaw::UnknownKey("(unnamed)".into()));
        assert_eq!(verify(&[ec(), ed()], RSA_TOKEN), unknown);
        assert_eq!(verify(&[with(rsa(), "use", "enc")], RSA_TOKEN), unknown);
        assert_eq!(verify(&[with(rsa(), "alg", "PS256")], RSA_TOKEN), unknown);
        assert!(verify(&[with(with(rsa(), "alg", "RS256"), "use", "sig")], RSA_TOKEN).is_ok());
    }

    #[test]
    fn what_is_no_key_leaves_the_others_in_use() {
        let odd =
            [json!(1), json!({"kty": "oct", "k": "AyM1"}), json!({"kty": "EC", "crv": "P-256", "x": "AA"}), rsa()];
        assert!(verify(&odd, RSA_TOKEN).is_ok());
        assert!(keys(&odd[..3]).is_empty());
        let padded = json!({"kty": "RSA", "n": format!("AAAA{RSA_N}"), "e": "AAEAAQ"});
        assert!(verify(&[padded], RSA_TOKEN).is_ok());
    }

    proptest! {
        #[test]
        fn a_token_in_which_anything_differs_is_refused(at in 0..RSA_TOKEN.len(), put in "[A-Za-z0-9_.-]") {
            let mut token = RSA_TOKEN.to_owned();
            token.replace_range(at..=at, &put);
            prop_assume!(token != RSA_TOKEN);
            prop_assert!(verify(&[rsa()], &token).is_err());
        }

        #[test]
        fn any_key_is_read_or_left_out(kty in "RSA|EC|OKP", crv in "P-256|P-384|Ed25519", part in "[A-Za-z0-9_-]{0,90}") {
            let key = json!({"kty": kty, "crv": crv, "n": part, "e": part, "x": part, "y": part});
            for token in [RSA_TOKEN, EC_TOKEN, ED_TOKEN] {
                prop_assert!(verify(std::slice::from_ref(&key), token).is_err());
            }
        }
    }
}
