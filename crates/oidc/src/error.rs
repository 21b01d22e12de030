//! What goes wrong, in words for the operator's log, and in words for the person who wanted to sign in.

/// No text of somebody else's is shown longer, in characters.
const SHOWN: usize = 200;

/// Why a sign-in did not come about. Its text is for the log; what a person should read is [`Error::for_person`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The configuration can't be used.
    #[error("the identity provider's `{field}` {problem}; check the configuration")]
    Config {
        /// The name of the value.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// No answer came.
    #[error(
        "the identity provider can't be reached at `{url}`: {reason}; check that it runs, is \
             reachable from here, and has a certificate that this machine trusts"
    )]
    Unreachable {
        /// What was asked.
        url: String,
        /// What went wrong.
        reason: String,
    },
    /// An answer came that can't be used.
    #[error("the identity provider answered `{url}` with something unusable: {problem}")]
    Answer {
        /// What was asked.
        url: String,
        /// What is wrong with the answer, and what to do where that is known.
        problem: String,
    },
    /// The provider said no: an error by the rules of OAuth (RFC 6749, section 5.2).
    #[error("the identity provider refused the sign-in: `{error}`{description}; {}", advice(.error))]
    Refused {
        /// Its code for the error, such as `invalid_grant`.
        error: String,
        /// Its words, put in brackets, or nothing.
        description: String,
    },
    /// The answer may not be the provider's, or not an answer to us.
    #[error("the identity provider's answer can't be trusted: {0}")]
    Untrusted(#[from] Flaw),
}

/// Why an answer is not taken for the provider's word on who somebody is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Not a JSON web token in its compact form, or without a claim that must be there.
    #[error("its ID token is malformed: {0}")]
    Malformed(String),
    /// Not signed at all, or in a way that isn't accepted.
    #[error("its ID token is signed with `{0}`; configure it to sign with `RS256` or `ES256`")]
    Algorithm(String),
    /// The key is not among those that the provider publishes.
    #[error("its ID token is signed with the key `{0}`, which it does not publish")]
    UnknownKey(String),
    /// The signature is not that of the key.
    #[error("the signature of its ID token is wrong")]
    Signature,
    /// Another provider's word.
    #[error(
        "it comes from `{found}` instead of `{expected}`; if that is the provider's name, write it as `issuer_url`"
    )]
    Issuer {
        /// Who says so.
        found: String,
        /// Who should.
        expected: String,
    },
    /// Meant for another client.
    #[error("its ID token is for `{0}`; check `client_id`")]
    Audience(String),
    /// Too old.
    #[error("its ID token expired at {0}; if that is in the future, set this machine's clock")]
    Expired(model::UnixMillis),
    /// Not valid yet.
    #[error("its ID token is valid only from {0} on; if that is in the past, set this machine's clock")]
    NotYetValid(model::UnixMillis),
    /// The answer to another question, or to the same for a second time.
    #[error("its ID token does not belong to this sign-in: the nonce differs")]
    Nonce,
    /// Two answers about different people.
    #[error("its ID token and its user information are about different people")]
    Subject,
    /// RFC 9207: the answer had to say whose it is, and does not.
    #[error("it did not say by the parameter `iss` who it is, though it announced to")]
    NoIssuer,
}

impl Error {
    /// What the person who wanted to sign in should read: what happened, what to do, and nothing about the insides.
    #[must_use]
    pub fn for_person(&self) -> &'static str {
        match self {
            Self::Untrusted(Flaw::Nonce) => "This is not the sign-in that was begun here. Begin again.",
            Self::Config { .. } | Self::Untrusted(_) => {
                "Sign-in did not work, because of how it is set up. Ask your administrator to look into the log."
            }
            Self::Unreachable { .. } => "The sign-in service does not answer. Try again in a few minutes.",
            Self::Answer { .. } => {
                "The sign-in service gave an unusable answer. Try again; if that does not help, ask your administrator."
            }
            Self::Refused { error, .. } if error == "access_denied" => {
                "Sign-in was cancelled or not permitted. Try again, or ask your administrator for access."
            }
            Self::Refused { .. } => {
                "The sign-in service did not complete the sign-in. Try again; if that does not help, ask your \
                 administrator."
            }
        }
    }

    /// The provider's own refusal, be it by the parameters `error` and `error_description` of the redirect back or by
    /// the answer to a request.
    #[must_use]
    pub fn refused(error: &str, description: Option<&str>) -> Self {
        let description = description.map(shown).filter(|text| !text.is_empty());
        let description = description.map(|text| format!(" ({text})")).unwrap_or_default();
        Self::Refused { error: shown(error), description }
    }

    pub(crate) fn config(field: &'static str, problem: impl Into<String>) -> Self {
        Self::Config { field, problem: problem.into() }
    }

    pub(crate) fn answer(url: &url::Url, problem: impl Into<String>) -> Self {
        Self::Answer { url: shown(url.as_str()), problem: problem.into() }
    }
}

fn advice(error: &str) -> &'static str {
    match error {
        "invalid_client" | "unauthorized_client" => "check `client_id` and `client_secret`",
        "invalid_scope" => "check `scopes`",
        "redirect_uri_mismatch" | "invalid_request" => "check the redirect URI that the provider knows of us",
        "access_denied" => "the person cancelled, or may not sign in here",
        _ => "let the person sign in again",
    }
}

/// A text from outside in a form that can stand in a line of a log: short, without control characters and backticks.
pub(crate) fn shown(text: &str) -> String {
    let mut shown: String = text.chars().filter(|c| !c.is_control() && *c != '`').take(SHOWN + 1).collect();
    if shown.chars().count() > SHOWN {
        shown.pop();
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_told_what_to_do_and_nothing_about_the_insides() {
        let told = |error: Error| error.for_person();
        assert!(told(Flaw::Nonce.into()).contains("Begin again"));
        assert!(told(Flaw::Signature.into()).contains("administrator"));
        assert!(told(Error::refused("access_denied", None)).contains("cancelled"));
        assert!(told(Error::refused("invalid_grant", None)).contains("Try again"));
    }

    #[test]
    fn a_refusal_says_what_to_do_and_keeps_foreign_text_short() {
        let refused = Error::refused("invalid_client", Some("client authentication failed"));
        assert_eq!(
            refused.to_string(),
            "the identity provider refused the sign-in: `invalid_client` (client authentication failed); check \
             `client_id` and `client_secret`"
        );
        let long = Error::refused("a\nb`c", Some(&"x".repeat(10_000))).to_string();
        assert!(long.contains("`abc` (xxx") && long.len() < 400, "{long}");
        assert_eq!(Error::refused("x", Some("")), Error::refused("x", None));
    }
}
