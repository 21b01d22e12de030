//! Opaque random texts: the values of cookies and one-time links, and the short tails of ids.

use data_encoding::BASE64URL_NOPAD;
use model::Random;

use crate::Secret;

/// Crockford's base 32 in lower case: without `i`, `l`, `o` and `u`, so that nothing is misread.
pub(crate) const CROCKFORD: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// 256 random bits as 43 characters that need no escaping in a cookie, a path or a query.
#[must_use]
pub fn random_text(random: &dyn Random) -> Secret {
    Secret::new(BASE64URL_NOPAD.encode(&random.bytes::<32>()))
}

/// `characters` random characters, five bits each, from the digits and the lower-case letters but `i`, `l`, `o` and
/// `u`. For the tails of ids; short ones are no secrets.
#[must_use]
pub fn random_code(random: &dyn Random, characters: usize) -> String {
    let mut bytes = vec![0; characters];
    random.fill(&mut bytes);
    // 256 is a multiple of 32, so every character is as likely as any other.
    bytes.iter().filter_map(|byte| CROCKFORD.get(usize::from(byte % 32))).map(|byte| char::from(*byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Counting;

    #[test]
    fn texts_are_long_and_need_no_escaping() {
        let random = Counting::from(1);
        let (one, other) = (random_text(&random), random_text(&random));
        assert_ne!(one.reveal(), other.reveal());
        assert_eq!(one.reveal().len(), 43);
        assert!(one.reveal().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    }

    #[test]
    fn codes_use_the_whole_alphabet_and_no_more() {
        let code = random_code(&Counting::from(1), 4096);
        assert_eq!(code.len(), 4096);
        let mut used: Vec<u8> = code.into_bytes();
        used.sort_unstable();
        used.dedup();
        assert_eq!(used, CROCKFORD);
    }
}
