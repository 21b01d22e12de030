//! Sealing of what must be read again, such as the secret behind one-time codes: nobody who only has the database can
//! read it, change it, or move it to another row.

use std::fmt;

use model::Random;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;

use crate::CsrfKey;

/// The first byte of a sealed value: version 1 is ChaCha20-Poly1305 with a random nonce of 12 bytes, which follows.
const VERSION: u8 = 1;
const TAG: usize = 16;

/// The most that is sealed or opened, in bytes.
const MAX: usize = 64 * 1024;

/// The key that seals: 32 random bytes, kept outside of the database.
#[derive(Clone)]
pub struct SealKey([u8; 32]);

/// Why something can't be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// More than 64 KiB.
    #[error("too long to be sealed; 64 KiB is the most")]
    TooLong,
    /// Not a sealed value, or one of a later version.
    #[error("not a sealed value that this version can read; check that the program is not older than its data")]
    Format,
    /// Another key, another row, or damaged.
    #[error(
        "a sealed value can't be opened: it is damaged, or the key isn't the one that sealed it; restore the key file that belongs to this data"
    )]
    Refused,
    /// The cipher failed, which it never does within the limits.
    #[error("the cipher failed")]
    Cipher,
}

impl SealKey {
    /// The key with these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A new key.
    #[must_use]
    pub fn generate(random: &dyn Random) -> Self {
        Self(random.bytes())
    }

    /// Its bytes, for the file that keeps it.
    #[must_use]
    pub fn reveal(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key for CSRF tokens that follows from this one, so that one key file serves both and tokens outlive a restart.
    #[must_use]
    pub fn csrf_key(&self) -> CsrfKey {
        CsrfKey::from_bytes(self.derive(b"steadfast csrf v1"))
    }

    /// Seals `clear` for the row named `about`, such as `totp:0193…`; only with the same `about` can it be opened.
    ///
    /// # Errors
    /// When it is too long.
    pub fn seal(&self, clear: &[u8], about: &str, random: &dyn Random) -> Result<Vec<u8>, SealError> {
        if clear.len() > MAX {
            return Err(SealError::TooLong);
        }
        let nonce = random.bytes::<NONCE_LEN>();
        let mut body = clear.to_vec();
        self.cipher()?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad(about), &mut body)
            .map_err(|_| SealError::Cipher)?;
        Ok([&[VERSION][..], &nonce, &body].concat())
    }

    /// Opens what was sealed for the row named `about`.
    ///
    /// # Errors
    /// When it wasn't sealed with this key for this row, or isn't what it was.
    pub fn open(&self, sealed: &[u8], about: &str) -> Result<Vec<u8>, SealError> {
        let (version, rest) = sealed.split_first().ok_or(SealError::Format)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(SealError::Format)?;
        if *version != VERSION || body.len() > MAX + TAG {
            return Err(SealError::Format);
        }
        let mut body = body.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length = self.cipher()?.open_in_place(nonce, aad(about), &mut body).map_err(|_| SealError::Refused)?.len();
        body.truncate(length);
        Ok(body)
    }

    fn cipher(&self) -> Result<LessSafeKey, SealError> {
        let key = self.derive(b"steadfast seal v1");
        UnboundKey::new(&CHACHA20_POLY1305, &key).map(LessSafeKey::new).map_err(|_| SealError::Cipher)
    }

    /// A key for one purpose: one purpose's key tells nothing about another's.
    fn derive(&self, purpose: &[u8]) -> [u8; 32] {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &self.0), purpose);
        let mut key = [0; 32];
        key.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
        key
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(hidden)")
    }
}

/// What is bound to the sealed value without being in it.
fn aad(about: &str) -> Aad<Vec<u8>> {
    Aad::from([&[VERSION][..], about.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::Counting;

    #[test]
    fn the_format_stays_as_it_is() {
        let sample = "01070707070707070707070707";
        let sealed = SealKey::from_bytes([1; 32]).seal(b"kept", "totp:1", &crate::testing::Constant(7)).unwrap();
        let hex = data_encoding::HEXLOWER.encode(&sealed);
        assert!(hex.starts_with(sample), "{hex}");
        assert_eq!(sealed.len(), 1 + 12 + 4 + 16);
    }

    #[test]
    fn what_is_too_long_or_too_short_is_told_apart() {
        let key = SealKey::from_bytes([1; 32]);
        assert_eq!(key.seal(&vec![0; MAX + 1], "", &Counting::from(1)), Err(SealError::TooLong));
        let sealed = key.seal(&vec![0; MAX], "", &Counting::from(1)).unwrap();
        assert_eq!(key.open(&sealed, "").unwrap().len(), MAX);
        assert_eq!(key.open(&[], ""), Err(SealError::Format));
        assert_eq!(key.open(&[VERSION; 12], ""), Err(SealError::Format));
        assert_eq!(key.open(&[VERSION; 20], ""), Err(SealError::Refused));
        assert_eq!(key.open(&[VERSION + 1; 40], ""), Err(SealError::Format));
    }

    #[test]
    fn a_key_is_not_shown() {
        let key = SealKey::from_bytes([b'k'; 32]);
        assert_eq!(format!("{key:?} {:?}", key.csrf_key()), "SealKey(hidden) CsrfKey(hidden)");
    }

    proptest! {
        #[test]
        fn what_is_sealed_can_be_opened(key: [u8; 32], clear: Vec<u8>, about in ".*", start: u64) {
            let key = SealKey::from_bytes(key);
            let sealed = key.seal(&clear, &about, &Counting::from(start)).unwrap();
            prop_assert_eq!(key.open(&sealed, &about), Ok(clear));
        }

        #[test]
        fn sealing_twice_gives_two_texts(clear: Vec<u8>) {
            let (key, random) = (SealKey::from_bytes([1; 32]), Counting::from(1));
            prop_assert_ne!(key.seal(&clear, "a", &random), key.seal(&clear, "a", &random));
        }

        #[test]
        fn another_row_or_key_or_any_changed_bit_is_refused(
            clear: Vec<u8>, about in ".*", other in ".*", at: prop::sample::Index, bit in 0..8,
        ) {
            let key = SealKey::from_bytes([1; 32]);
            let mut sealed = key.seal(&clear, &about, &Counting::from(1)).unwrap();
            prop_assert_eq!(key.open(&sealed, &other).is_ok(), about == other);
            prop_assert_eq!(SealKey::from_bytes([2; 32]).open(&sealed, &about), Err(SealError::Refused));
            let at = at.index(sealed.len());
            sealed[at] ^= 1_u8 << bit;
            prop_assert!(key.open(&sealed, &about).is_err());
        }

        #[test]
        fn any_bytes_are_answered(sealed: Vec<u8>, about in ".*") {
            prop_assert!(SealKey::from_bytes([1; 32]).open(&sealed, &about).is_err());
        }
    }
}
