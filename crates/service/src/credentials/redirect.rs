//! Redirect URIs: registered beforehand and matched exactly, by the rules of the reference platform.

use url::{Host, Url};

/// Where a code is shown on a page instead of being sent anywhere.
pub(crate) const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// The longest one, in bytes.
const MOST_BYTES: usize = 2000;

/// Why a text can't be a redirect URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectProblem {
    /// No absolute URL.
    #[error("write an absolute URL such as `https://app.example.com/callback`")]
    Form,
    /// Over 2,000 bytes.
    #[error("a redirect URI has at most 2000 bytes")]
    TooLong,
    /// A wildcard.
    #[error("redirect URIs are matched exactly, so `*` stands for nothing; register each one")]
    Wildcard,
    /// Something that browsers would read in another way than it is written.
    #[error("spaces, backslashes and control characters can't stand in a redirect URI; percent-encode them")]
    Character,
    /// A scheme that is not protected.
    #[error("use `https://`; `http://` is only for `http://localhost` while you develop")]
    Scheme,
    /// A fragment.
    #[error("a redirect URI can't have a fragment (`#…`)")]
    Fragment,
    /// User and password.
    #[error("a redirect URI can't carry a user or a password")]
    UserInfo,
    /// An address that is no name, which nobody can have a certificate for.
    #[error("name a host; only `localhost` may be a machine without one")]
    Host,
}

/// Whether `text` may be registered. It is kept as it is: what an app sends later has to be the same, byte for byte.
///
/// # Errors
/// With the first rule that it breaks.
pub fn check_redirect_uri(text: &str) -> Result<(), RedirectProblem> {
    if text == OUT_OF_BAND {
        return Ok(());
    }
    if text.len() > MOST_BYTES {
        return Err(RedirectProblem::TooLong);
    }
    if text.contains('*') {
        return Err(RedirectProblem::Wildcard);
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err(RedirectProblem::Character);
    }
    let url = Url::parse(text).map_err(|_| RedirectProblem::Form)?;
    let host = url.host().ok_or(RedirectProblem::Form)?;
    // `https:example.com` and `https:///example.com` parse, but other readers read them otherwise.
    if !text.get(url.scheme().len()..).is_some_and(|rest| rest.starts_with("://")) || authority(text).is_empty() {
        return Err(RedirectProblem::Form);
    }
    if text.contains('#') {
        return Err(RedirectProblem::Fragment);
    }
    if !url.username().is_empty() || url.password().is_some() || authority(text).contains('@') {
        return Err(RedirectProblem::UserInfo);
    }
    let is_localhost = matches!(host, Host::Domain("localhost"));
    match url.scheme() {
        "https" => match host {
            Host::Domain(_) => Ok(()),
            Host::Ipv4(_) | Host::Ipv6(_) => Err(RedirectProblem::Host),
        },
        "http" if is_localhost => Ok(()),
        _ => Err(RedirectProblem::Scheme),
    }
}

fn authority(text: &str) -> &str {
    let rest = text.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_may_be_registered() {
        for good in [
            "https://app.example.com",
            "https://app.example.com/",
            "https://app.example.com/callback?from=steadfast",
            "https://app.example.com:8443/callback/",
            "http://localhost",
            "http://localhost:3000/callback",
            "https://localhost:3000/callback",
            OUT_OF_BAND,
        ] {
            assert_eq!(check_redirect_uri(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_may_not_says_why() {
        use RedirectProblem::*;
        for (bad, problem) in [
            ("", Form),
            ("/callback", Form),
            ("app.example.com/callback", Form),
            ("https:app.example.com", Form),
            ("https:///callback", Form),
            ("http://app.example.com/callback", Scheme),
            ("http://127.0.0.1/callback", Scheme),
            ("http://localhost.example.com/", Scheme),
            ("ftp://app.example.com/", Scheme),
            ("myapp://callback", Scheme),
            ("javascript://app.example.com/%0aalert(1)", Scheme),
            ("https://app.example.com/callback#x", Fragment),
            ("https://app.example.com/#", Fragment),
            ("https://*.example.com/callback", Wildcard),
            ("https://user@app.example.com/", UserInfo),
            ("https://@app.example.com/", UserInfo),
            ("https://app.example.com/a b", Character),
            ("https://app.example.com\\@evil.com/", Character),
            (" https://app.example.com/", Character),
            ("https://192.0.2.1/callback", Host),
            ("https://[::1]/callback", Host),
            ("urn:ietf:wg:oauth:2.0:oob:auto", Form),
        ] {
            assert_eq!(check_redirect_uri(bad), Err(problem), "{bad}");
        }
        assert_eq!(check_redirect_uri(&format!("https://a.example/{}", "x".repeat(2000))), Err(TooLong));
    }

    proptest! {
        #[test]
        fn whatever_is_taken_is_protected_and_plain(text in "(https?|ftp|urn)?:?(//)?[a-z.@:*#\\\\/?\\[\\]0-9 ]{0,40}") {
            if check_redirect_uri(&text).is_ok() && text != OUT_OF_BAND {
                let url = Url::parse(&text).unwrap();
                prop_assert!(url.scheme() == "https" || url.host_str() == Some("localhost"));
                prop_assert!(url.fragment().is_none() && url.username().is_empty());
            }
        }
    }
}
