//! One-time codes of an authenticator app: TOTP of RFC 6238 as all such apps know it (SHA-1, six digits, 30 seconds).

use std::fmt::{self, Write};

use data_encoding::BASE32_NOPAD;
use model::{Random, UnixMillis};
use ring::hmac;
use subtle::{Choice, ConstantTimeEq};

/// How long a code is shown, in milliseconds.
pub const STEP_MILLIS: i64 = 30_000;

/// The code before the present one and the one after are taken too: for clocks that differ and slow typing.
const TOLERANCE: [i64; 3] = [-1, 0, 1];

const DIGITS: usize = 6;

/// The secret that the server and one authenticator app share: 160 random bits. To be stored sealed.
#[derive(Clone)]
pub struct TotpSecret([u8; 20]);

/// Bytes that are no secret for one-time codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret for one-time codes has 20 bytes")]
pub struct TotpError;

impl TotpSecret {
    /// A new secret.
    #[must_use]
    pub fn generate(random: &dyn Random) -> Self {
        Self(random.bytes())
    }

    /// A secret as it was sealed.
    ///
    /// # Errors
    /// When it hasn't 20 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TotpError> {
        bytes.try_into().map(Self).map_err(|_| TotpError)
    }

    /// Its bytes, to be sealed.
    #[must_use]
    pub fn reveal(&self) -> &[u8; 20] {
        &self.0
    }

    /// For typing into an app: 32 characters of base 32, in groups of four.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (index, character) in BASE32_NOPAD.encode(&self.0).chars().enumerate() {
            if index > 0 && index % 4 == 0 {
                text.push(' ');
            }
            text.push(character);
        }
        text
    }

    /// For scanning into an app: `otpauth://totp/Issuer:account?secret=…`.
    #[must_use]
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        // A colon parts the two, so neither may have one.
        let (issuer, account) = (issuer.replace(':', " "), account.replace(':', " "));
        format!(
            "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period=30",
            issuer = Escaped(&issuer),
            account = Escaped(&account),
            secret = BASE32_NOPAD.encode(&self.0),
        )
    }

    /// The code that an app shows at this instant.
    #[must_use]
    pub fn code_at(&self, now: UnixMillis) -> String {
        self.code_of_step(step_of(now))
    }

    /// The step whose code was typed, if it is one of the three around `now` and later than `last_used`. Store what
    /// comes back as the new `last_used` (in the same change that lets the person in), so that nobody who saw the code
    /// can use it again. Spaces in the code don't matter.
    #[must_use]
    pub fn verify(&self, typed: &str, now: UnixMillis, last_used: Option<i64>) -> Option<i64> {
        let typed = six_digits(typed)?;
        let mut found = None;
        // All three are compared, whichever fits.
        for step in TOLERANCE.map(|offset| step_of(now).saturating_add(offset)) {
            let same: Choice = self.code_of_step(step).as_bytes().ct_eq(&typed);
            let unused = last_used.is_none_or(|last| step > last);
            if bool::from(same) && unused && found.is_none() {
                found = Some(step);
            }
        }
        found
    }

    /// RFC 4226, section 5.3.
    fn code_of_step(&self, step: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let start = usize::from(tag.as_ref().last().copied().unwrap_or(0) & 0xf);
        // The start is at most 15, and the tag has 20 bytes.
        let four = tag.as_ref().get(start..start + 4).and_then(|four| four.try_into().ok()).unwrap_or([0; 4]);
        format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(hidden)")
    }
}

fn step_of(now: UnixMillis) -> i64 {
    now.0.div_euclid(STEP_MILLIS)
}

/// The six digits that were typed, without the spaces that apps show between them.
fn six_digits(typed: &str) -> Option<[u8; DIGITS]> {
    // Enough for a space around each digit; the text may be much longer.
    let kept: Vec<char> = typed.chars().take(32).filter(|character| !character.is_whitespace()).collect();
    let digits: Vec<u8> = kept.iter().filter(|kept| kept.is_ascii_digit()).map(|kept| *kept as u8).collect();
    if kept.len() == DIGITS && typed.len() <= 96 { digits.try_into().ok() } else { None }
}

/// Percent-encoded but for the unreserved characters of RFC 3986.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                f.write_char(char::from(byte))?;
            } else {
                write!(f, "%{byte:02X}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::Counting;

    fn rfc_secret() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").unwrap()
    }

    fn seconds(seconds: i64) -> UnixMillis {
        UnixMillis(seconds * 1000)
    }

    #[test]
    fn the_codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six digits.
        for (at, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(rfc_secret().code_at(seconds(at)), code, "{at}");
        }
    }

    #[test]
    fn a_code_is_taken_one_step_early_or_late() {
        let (secret, at) = (rfc_secret(), seconds(59));
        assert_eq!(secret.verify("287082", at, None), Some(1));
        assert_eq!(secret.verify("287 082 ", at, None), Some(1));
        assert_eq!(secret.verify("287082", seconds(0), None), Some(1));
        assert_eq!(secret.verify("287082", seconds(89), None), Some(1));
        assert_eq!(secret.verify("287082", seconds(-1), None), None);
        assert_eq!(secret.verify("287082", seconds(90), None), None);
    }

    #[test]
    fn a_code_is_taken_once() {
        let (secret, now) = (rfc_secret(), seconds(1_000_000));
        let used = secret.verify(&secret.code_at(now), now, None);
        assert_eq!(secret.verify(&secret.code_at(now), now, used), None);
        let earlier = now.plus_millis(-STEP_MILLIS);
        assert_eq!(secret.verify(&secret.code_at(earlier), now, used), None, "an older one neither");
        let later = now.plus_millis(STEP_MILLIS);
        assert_eq!(secret.verify(&secret.code_at(later), now, used), used.map(|step| step + 1));
    }

    #[test]
    fn apps_can_read_the_address() {
        assert_eq!(
            rfc_secret().uri("Steadfast: Acme & Söhne", "anna+1@x.example"),
            "otpauth://totp/Steadfast%20%20Acme%20%26%20S%C3%B6hne:anna%2B1%40x.example\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Steadfast%20%20Acme%20%26%20S%C3%B6hne&algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(rfc_secret().text(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    }

    #[test]
    fn a_debug_print_hides_it() {
        assert_eq!(format!("{:?}", rfc_secret()), "TotpSecret(hidden)");
        assert!(TotpSecret::from_bytes(b"short").is_err());
    }

    proptest! {
        #[test]
        fn the_shown_code_is_taken(start: u64, now in -1_000_000_000_000..100_000_000_000_000_i64) {
            let (secret, now) = (TotpSecret::generate(&Counting::from(start)), UnixMillis(now));
            let kept = TotpSecret::from_bytes(secret.reveal()).unwrap();
            prop_assert!(kept.verify(&secret.code_at(now), now, None).is_some());
        }

        #[test]
        fn any_text_is_answered(typed in ".{0,40}|[0-9 ]{4,12}", now: i64, last: Option<i64>) {
            let _ = rfc_secret().verify(&typed, UnixMillis(now), last);
        }

        #[test]
        fn an_address_stays_one_address(issuer in ".*", account in ".*") {
            let uri = rfc_secret().uri(&issuer, &account);
            prop_assert!(uri.bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert_eq!(uri.matches('?').count() + uri.matches('#').count(), 1);
            prop_assert_eq!(uri.matches('&').count(), 4);
            prop_assert_eq!(uri.matches('/').count(), 3);
        }
    }
}
