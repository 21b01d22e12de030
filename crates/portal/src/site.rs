//! Where the portal is found: its own address as people type it, and whose word about addresses it takes.

use std::net::IpAddr;

use axum::http::HeaderValue;

use crate::address::is_loopback_host;

/// A public URL that can't be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` can't be the portal's address; write scheme and host such as `https://developers.example.com`")]
pub struct SiteError(String);

/// The portal's own place.
#[derive(Clone, Debug)]
pub struct Site {
    scheme: String,
    authority: String,
    trusted_proxies: Vec<IpAddr>,
}

impl Site {
    /// The site at this URL, which is scheme, host and optionally a port.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn new(public_url: &str, trusted_proxies: Vec<IpAddr>) -> Result<Self, SiteError> {
        let wrong = || SiteError(public_url.to_owned());
        let (scheme, authority) = public_url.trim_end_matches('/').split_once("://").ok_or_else(wrong)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
        if !["http", "https"].contains(&scheme) || authority.is_empty() || !authority.chars().all(plain) {
            return Err(wrong());
        }
        Ok(Self { scheme: scheme.to_owned(), authority: authority.to_ascii_lowercase(), trusted_proxies })
    }

    /// Whether browsers reach it over TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.scheme == "https"
    }

    /// Whether this address is a proxy that names the addresses of its clients.
    pub(crate) fn trusts(&self, address: IpAddr) -> bool {
        self.trusted_proxies.contains(&address)
    }

    /// Whether a `Host` header names this portal: its own host; on this machine alone, any name of the machine.
    pub(crate) fn is_host(&self, host: &str) -> bool {
        host.eq_ignore_ascii_case(&self.authority)
            || is_default_port(&self.scheme, host, &self.authority)
            || (is_loopback_host(&self.authority) && is_loopback_host(host))
    }

    /// Whether an `Origin` header names this portal, as the browser reached it.
    pub(crate) fn is_origin(&self, origin: &str, host: Option<&HeaderValue>) -> bool {
        let Some((scheme, authority)) = origin.split_once("://") else { return false };
        let same_host =
            host.and_then(|host| host.to_str().ok()).is_some_and(|host| host.eq_ignore_ascii_case(authority));
        scheme == self.scheme && same_host && self.is_host(authority)
    }
}

/// Whether two authorities are the same but for the scheme's own port.
fn is_default_port(scheme: &str, one: &str, other: &str) -> bool {
    let port = if scheme == "https" { ":443" } else { ":80" };
    let bare = |authority: &str| authority.strip_suffix(port).unwrap_or(authority).to_ascii_lowercase();
    bare(one) == bare(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(url: &str) -> Site {
        Site::new(url, Vec::new()).unwrap()
    }

    #[test]
    fn it_answers_to_its_own_name() {
        let public = site("https://Dev.Example.com");
        for good in ["dev.example.com", "DEV.example.com:443"] {
            assert!(public.is_host(good), "{good}");
        }
        for bad in ["example.com", "dev.example.com:80", "dev.example.com.evil.com", "localhost", "127.0.0.1", ""] {
            assert!(!public.is_host(bad), "{bad}");
        }
        let local = site("http://127.0.0.1:7300");
        assert!(local.is_host("localhost:7300") && local.is_host("[::1]:7300") && !local.is_host("evil.com"));
    }

    #[test]
    fn only_its_own_pages_are_its_origin() {
        let local = site("http://127.0.0.1:7300");
        let host = |text: &'static str| Some(HeaderValue::from_static(text));
        assert!(local.is_origin("http://localhost:7300", host("localhost:7300").as_ref()));
        for bad in ["null", "http://localhost:9999", "https://localhost:7300", "http://evil.com", "localhost:7300"] {
            assert!(!local.is_origin(bad, host("localhost:7300").as_ref()), "{bad}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in ["", "dev.example.com", "ftp://x", "https://", "https://a/b", "https://a@b", "https://a b"] {
            assert!(Site::new(bad, Vec::new()).is_err(), "{bad}");
        }
    }
}
