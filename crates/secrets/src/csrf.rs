//! The token that a form carries to show that our own page sent it: a MAC of the session's cookie.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use model::Random;
use ring::hmac;

/// The key of the tokens.
#[derive(Clone)]
pub struct CsrfKey(hmac::Key);

impl CsrfKey {
    /// A key from 32 random bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
    }

    /// A new key.
    #[must_use]
    pub fn generate(random: &dyn Random) -> Self {
        Self::from_bytes(random.bytes())
    }
}

impl fmt::Debug for CsrfKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfKey(hidden)")
    }
}

/// The token for the session whose cookie has the value `session_text`: 43 characters, base64url.
#[must_use]
pub fn csrf_token(key: &CsrfKey, session_text: &str) -> String {
    BASE64URL_NOPAD.encode(hmac::sign(&key.0, session_text.as_bytes()).as_ref())
}

/// Whether `token` is the session's. Takes as long wherever it differs.
#[must_use]
pub fn csrf_matches(key: &CsrfKey, session_text: &str, token: &str) -> bool {
    let tag = BASE64URL_NOPAD.decode(token.as_bytes());
    tag.is_ok_and(|tag| hmac::verify(&key.0, session_text.as_bytes(), &tag).is_ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_hmac_sha_256() {
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        // RFC 4231, test case 2: a shorter key is padded with zeros.
        let token = csrf_token(&CsrfKey::from_bytes(key), "what do ya want for nothing?");
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let bytes = data_encoding::HEXLOWER.decode(expected.as_bytes()).unwrap();
        assert_eq!(token, BASE64URL_NOPAD.encode(&bytes));
    }

    proptest! {
        #[test]
        fn a_token_holds_for_its_session_and_key_alone(key: [u8; 32], session in ".*", other in ".*") {
            let (key, wrong) = (CsrfKey::from_bytes(key), CsrfKey::from_bytes(key.map(|byte| !byte)));
            let token = csrf_token(&key, &session);
            prop_assert!(csrf_matches(&key, &session, &token));
            prop_assert_eq!(csrf_matches(&key, &other, &token), session == other);
            prop_assert!(!csrf_matches(&wrong, &session, &token));
        }

        #[test]
        fn no_other_text_is_a_token(session in ".*", token in ".*") {
            prop_assert!(!csrf_matches(&CsrfKey::from_bytes([7; 32]), &session, &token));
        }
    }
}
