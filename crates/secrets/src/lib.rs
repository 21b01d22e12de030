//! Secrets of people and programs: passwords, one-time codes, tokens, and the sealing of what must be read again.
//!
//! No I/O, no clock and no randomness of its own: both are arguments. What it hands out in clear is a [`Secret`], which
//! no log and no error shows by accident; what is to be stored is a [`Digest`], a password hash or a sealed value.

mod base62;
mod crc32;
mod csrf;
mod digest;
mod one_time_code;
mod password;
mod password_rule;
mod qr;
mod random_text;
mod recovery;
mod seal;
mod secret;
#[cfg(test)]
mod testing;
mod token;

pub use csrf::{CsrfKey, csrf_matches, csrf_token};
pub use digest::{Digest, DigestError, Digester};
pub use one_time_code::{STEP_MILLIS, TotpError, TotpSecret};
pub use password::{Parameters, PasswordError, Passwords};
pub use password_rule::{MAX_CHARACTERS, MIN_CHARACTERS, PasswordProblem, check_new_password};
pub use qr::{QrError, QrPicture};
pub use random_text::{random_code, random_text};
pub use recovery::{RECOVERY_CODES, recovery_codes, recovery_digest};
pub use seal::{SealError, SealKey};
pub use secret::Secret;
pub use token::{SecretError, SecretKind, generate, hint, parse};
