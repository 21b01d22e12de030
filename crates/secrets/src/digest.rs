//! SHA-256: of a secret with much entropy what the store keeps in its place, of a request what tells it from another.

use std::fmt;

use data_encoding::HEXLOWER;
use subtle::ConstantTimeEq;

/// SHA-256 of a random secret or of a request. Not for passwords, which people choose: those need [`crate::Passwords`].
/// Two digests compare in constant time.
#[derive(Clone, Copy, Eq)]
pub struct Digest([u8; 32]);

/// A [`Digest`] of bytes that come one part after the other.
#[derive(Clone)]
pub struct Digester(ring::digest::Context);

impl Default for Digester {
    fn default() -> Self {
        Self(ring::digest::Context::new(&ring::digest::SHA256))
    }
}

impl Digester {
    /// Takes in the next part.
    pub fn update(&mut self, part: &[u8]) {
        self.0.update(part);
    }

    /// The digest of all parts.
    #[must_use]
    pub fn finish(self) -> Digest {
        let digest = self.0.finish();
        let mut bytes = [0; 32];
        // SHA-256 has 32 bytes, so all of both is used.
        for (to, from) in bytes.iter_mut().zip(digest.as_ref()) {
            *to = *from;
        }
        Digest(bytes)
    }
}

impl fmt::Debug for Digester {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digester")
    }
}

/// Bytes or a text that is no digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a digest has 32 bytes, written as 64 hexadecimal digits")]
pub struct DigestError;

impl Digest {
    /// The digest of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::of_parts(&[text.as_bytes()])
    }

    /// The digest of these bytes one after the other; which of them belong to which part makes no difference.
    #[must_use]
    pub fn of_parts(parts: &[&[u8]]) -> Self {
        let mut digester = Digester::default();
        parts.iter().for_each(|part| digester.update(part));
        digester.finish()
    }

    /// A digest as it was stored.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// 64 hexadecimal digits, lower case.
    #[must_use]
    pub fn hex(&self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// The digest that [`Digest::hex`] wrote.
    ///
    /// # Errors
    /// When the text isn't 64 hexadecimal digits in lower case.
    pub fn from_hex(text: &str) -> Result<Self, DigestError> {
        if text.len() != 64 {
            return Err(DigestError);
        }
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| DigestError)?;
        Self::try_from(bytes.as_slice())
    }
}

impl TryFrom<&[u8]> for Digest {
    type Error = DigestError;

    fn try_from(bytes: &[u8]) -> Result<Self, DigestError> {
        bytes.try_into().map(Self).map_err(|_| DigestError)
    }
}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// The same digests have the same hash: both are made of all the bytes.
impl std::hash::Hash for Digest {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

/// The first four bytes: enough to tell two apart in a log.
impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({}…)", HEXLOWER.encode(&self.0[..4]))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_sha_256() {
        let digest = Digest::of("abc");
        // FIPS 180-2, appendix B.1.
        assert_eq!(digest.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(format!("{digest:?}"), "Digest(ba7816bf…)");
    }

    proptest! {
        #[test]
        fn bytes_and_hex_are_two_forms_of_the_same(text in ".*") {
            let digest = Digest::of(&text);
            prop_assert_eq!(Digest::from_hex(&digest.hex()), Ok(digest));
            prop_assert_eq!(Digest::from_bytes(*digest.as_bytes()), digest);
        }

        #[test]
        fn other_texts_are_refused(text in "\\PC{0,80}") {
            prop_assume!(text.len() != 64);
            prop_assert_eq!(Digest::from_hex(&text), Err(DigestError));
        }

        #[test]
        fn parts_are_digested_one_after_the_other(one in ".*", other in ".*") {
            let parts = Digest::of_parts(&[one.as_bytes(), other.as_bytes()]);
            prop_assert_eq!(parts, Digest::of(&format!("{one}{other}")));
        }

        #[test]
        fn different_texts_have_different_digests(one in ".*", other in ".*") {
            prop_assert_eq!(Digest::of(&one) == Digest::of(&other), one == other);
        }
    }
}
