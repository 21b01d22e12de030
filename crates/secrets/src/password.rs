//! Passwords: stored as argon2id in the PHC string format, with the parameters inside, so that they can be raised.
//!
//! Every call here costs tens of milliseconds and 19 MiB by design: keep it off the threads that serve requests.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use model::Random;
use unicode_normalization::UnicodeNormalization;

use crate::password_rule::MAX_CHARACTERS;

/// The most memory that a stored hash may ask for: 1 GiB. A hash that asks for more isn't ours.
const MAX_MEMORY_KIB: u32 = 1024 * 1024;
const MAX_PASSES: u32 = 64;
const MAX_LANES: u32 = 16;

/// A salt for the hash that nobody stores.
const NO_SALT: [u8; 16] = [0; 16];

/// What one hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes, which could be filled side by side.
    pub lanes: u32,
}

impl Parameters {
    /// The first choice of the OWASP password storage cheat sheet: 19 MiB, two passes, one lane.
    pub const STANDARD: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };

    /// The least that argon2 allows: for tests alone.
    pub const WEAK: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };
}

impl Default for Parameters {
    fn default() -> Self {
        Self::STANDARD
    }
}

/// What can go wrong with a hash. It never tells anything of the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// argon2 doesn't take these parameters.
    #[error("argon2 takes no parameters such as these: memory {} KiB, {} passes, {} lanes; use the standard ones", .0.memory_kib, .0.passes, .0.lanes)]
    Parameters(Parameters),
    /// A stored hash that isn't one.
    #[error("a stored password hash can't be read; the person has to reset the password")]
    Unreadable,
    /// argon2 failed, which within the limits means that there is no memory.
    #[error("a password can't be hashed; check that the machine has memory left")]
    Failed,
}

/// Hashes and verifies passwords.
#[derive(Clone, Debug)]
pub struct Passwords {
    parameters: Parameters,
    argon2: Argon2<'static>,
}

impl Passwords {
    /// With these parameters for new hashes.
    ///
    /// # Errors
    /// When argon2 doesn't take them.
    pub fn new(parameters: Parameters) -> Result<Self, PasswordError> {
        let params = Params::new(parameters.memory_kib, parameters.passes, parameters.lanes, None)
            .ok()
            .filter(|_| parameters.is_bounded())
            .ok_or(PasswordError::Parameters(parameters))?;
        Ok(Self { parameters, argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params) })
    }

    /// The hash of a password, to be stored: `$argon2id$v=19$…`. Whether the password is good enough says
    /// [`crate::check_new_password`].
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn hash(&self, password: &str, random: &dyn Random) -> Result<String, PasswordError> {
        let hash = self.argon2.hash_password_with_salt(normal(password).as_bytes(), &random.bytes::<16>());
        hash.map(|hash| hash.to_string()).map_err(|_| PasswordError::Failed)
    }

    /// Whether `password` is the one with the hash `stored`. Where there is none (no such person, or nobody with a
    /// password) it answers no, after as much work, so that the time doesn't tell.
    ///
    /// # Errors
    /// When the stored hash can't be read, or there is no memory; after as much work too.
    pub fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool, PasswordError> {
        // No password is that long, and hashing it would be work without bound.
        let within = password.chars().nth(MAX_CHARACTERS).is_none();
        let password = if within { normal(password) } else { String::new() };
        let hash = match stored.map(readable) {
            Some(Ok(hash)) => hash,
            absent => {
                self.work(&password)?;
                return absent.map_or(Ok(false), |unreadable| unreadable.map(|_| false));
            }
        };
        match self.argon2.verify_password(password.as_bytes(), &hash) {
            Ok(()) => Ok(within),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(Error::Internal | Error::OutOfMemory) => Err(PasswordError::Failed),
            Err(_) => Err(PasswordError::Unreadable),
        }
    }

    /// Whether a stored hash was made with other parameters: then hash the password anew at the next sign-in.
    #[must_use]
    pub fn needs_rehash(&self, stored: &str) -> bool {
        readable(stored).is_ok_and(|hash| {
            let current = hash.algorithm == Algorithm::Argon2id.ident() && hash.version == Some(Version::V0x13.into());
            !current || parameters_of(&hash) != Some(self.parameters)
        })
    }

    /// The work of one hash, for nothing.
    fn work(&self, password: &str) -> Result<(), PasswordError> {
        let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
        self.argon2.hash_password_into(password.as_bytes(), &NO_SALT, &mut out).map_err(|_| PasswordError::Failed)?;
        std::hint::black_box(out);
        Ok(())
    }
}

impl Parameters {
    fn is_bounded(self) -> bool {
        self.memory_kib <= MAX_MEMORY_KIB && self.passes <= MAX_PASSES && self.lanes <= MAX_LANES
    }
}

/// The same letters typed on two keyboards may come as different code points; NIST SP 800-63B asks for one form.
fn normal(password: &str) -> String {
    password.nfc().collect()
}

fn readable(stored: &str) -> Result<PasswordHash, PasswordError> {
    let hash = PasswordHash::new(stored).map_err(|_| PasswordError::Unreadable)?;
    let bounded = parameters_of(&hash).is_some_and(Parameters::is_bounded);
    // An empty output would match every password.
    let whole = hash.hash.is_some_and(|output| output.as_bytes().len() >= 16) && hash.salt.is_some();
    if bounded && whole { Ok(hash) } else { Err(PasswordError::Unreadable) }
}

fn parameters_of(hash: &PasswordHash) -> Option<Parameters> {
    let params = Params::try_from(hash).ok()?;
    Some(Parameters { memory_kib: params.m_cost(), passes: params.t_cost(), lanes: params.p_cost() })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;
    use crate::testing::Counting;

    fn weak() -> Passwords {
        Passwords::new(Parameters::WEAK).unwrap()
    }

    #[test]
    fn the_standard_parameters_are_in_the_hash() {
        let hash = Passwords::new(Parameters::default()).unwrap().hash("correct horse", &Counting::from(1)).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    }

    #[test]
    fn a_hash_made_elsewhere_is_verified() {
        // The reference implementation: `echo -n password | argon2 somesalt -id -t 2 -m 8 -p 1 -l 24 -e`.
        let known = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        assert_eq!(weak().verify("password", Some(known)), Ok(true));
        assert_eq!(weak().verify("Password", Some(known)), Ok(false));
    }

    #[test]
    fn two_keyboards_write_the_same_password() {
        let hash = weak().hash("caf\u{e9} cr\u{e8}me", &Counting::from(1)).unwrap();
        assert_eq!(weak().verify("cafe\u{301} cre\u{300}me", Some(&hash)), Ok(true));
    }

    #[test]
    fn the_same_password_has_another_hash_each_time() {
        let random = Counting::from(1);
        assert_ne!(weak().hash("the same password", &random), weak().hash("the same password", &random));
    }

    #[test]
    fn other_parameters_ask_for_a_new_hash() {
        let strong = Passwords::new(Parameters { passes: 2, ..Parameters::WEAK }).unwrap();
        let hash = weak().hash("the password", &Counting::from(1)).unwrap();
        assert!(!weak().needs_rehash(&hash));
        assert!(strong.needs_rehash(&hash));
        assert_eq!(strong.verify("the password", Some(&hash)), Ok(true));
        assert!(!weak().needs_rehash("no hash"));
    }

    #[test]
    fn parameters_that_are_none_are_refused() {
        for parameters in [
            Parameters { memory_kib: 0, ..Parameters::STANDARD },
            Parameters { memory_kib: u32::MAX, ..Parameters::STANDARD },
            Parameters { passes: 0, ..Parameters::STANDARD },
            Parameters { lanes: 0, ..Parameters::STANDARD },
            Parameters { lanes: 1 << 24, ..Parameters::STANDARD },
        ] {
            assert_eq!(Passwords::new(parameters).unwrap_err(), PasswordError::Parameters(parameters));
        }
    }

    #[test]
    fn a_stored_hash_that_is_none_is_an_error_and_never_a_match() {
        for stored in [
            "",
            "password",
            "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ",
            "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$",
            "$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2id$v=19$m=8,t=4294967295,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$md5$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        ] {
            assert_eq!(weak().verify("password", Some(stored)), Err(PasswordError::Unreadable), "{stored}");
        }
    }

    #[test]
    fn no_password_takes_as_long_as_a_wrong_one() {
        let passwords = Passwords::new(Parameters { memory_kib: 4096, passes: 2, lanes: 1 }).unwrap();
        let hash = passwords.hash("the right password", &Counting::from(1)).unwrap();
        let long = "x".repeat(1_000_000);
        let cases = [
            ("a wrong password", Some(hash.as_str()), "a wrong password"),
            ("no hash", None, "a wrong password"),
            ("an unreadable hash", Some("x"), "a wrong password"),
            ("a password beyond the limit", Some(hash.as_str()), long.as_str()),
        ];
        // In turns, and the fastest of each, so that what else the machine does falls out.
        let mut fastest = [Duration::MAX; 4];
        for _ in 0..10 {
            for ((_, stored, password), fastest) in cases.iter().zip(&mut fastest) {
                let start = Instant::now();
                let _ = std::hint::black_box(passwords.verify(password, *stored));
                *fastest = start.elapsed().min(*fastest);
            }
        }
        // A busy machine makes a factor of two; a path without the work would make a factor of a thousand.
        for ((what, ..), took) in cases.iter().zip(fastest) {
            assert!(took < fastest[0] * 8 && fastest[0] < took * 8, "{what}: {took:?} of {fastest:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_password_fits_and_no_other(password in "\\PC{1,60}", other in "\\PC{1,60}", start: u64) {
            let hash = weak().hash(&password, &Counting::from(start)).unwrap();
            prop_assert_eq!(weak().verify(&password, Some(&hash)), Ok(true));
            prop_assert_eq!(weak().verify(&other, Some(&hash)), Ok(normal(&password) == normal(&other)));
            prop_assert_eq!(weak().verify(&password, None), Ok(false));
        }

        #[test]
        fn any_stored_text_is_answered(stored in "(\\$argon2id\\$v=19\\$m=8,t=1,p=1\\$)?.{0,80}") {
            prop_assert_ne!(weak().verify("password", Some(&stored)), Ok(true));
            let _ = weak().needs_rehash(&stored);
        }
    }
}
