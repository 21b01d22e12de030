//! A text that must not be shown by accident.

use std::fmt;

use crate::Digest;

/// A secret in clear: a token, a cookie's value, a code. Shown once, to the one it is for; stored as its [`Digest`].
/// It has no `Display`, and its `Debug` tells nothing.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself: for the answer, the mail or the cookie that carries it, and for nothing else.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored in its place.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_debug_print_hides_it() {
        let secret = Secret::new("stf_p_abc".to_owned());
        assert_eq!(format!("{secret:?} {:#?}", Some(&secret)), "Secret(hidden) Some(\n    Secret(hidden),\n)");
        assert_eq!(secret.reveal(), "stf_p_abc");
    }
}
