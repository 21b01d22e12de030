//! Which addresses are asked: `https` ones, and `http` ones on this machine.

use std::net::IpAddr;

use url::{Host, Url};

/// No address is longer.
const LONGEST: usize = 2_000;

/// Reads an address that may be asked for somebody's identity. The error continues a sentence that began with the
/// address's name.
pub(crate) fn read(text: &str) -> Result<Url, &'static str> {
    if text.len() > LONGEST {
        return Err("is too long");
    }
    let url = Url::parse(text).map_err(|_| "is not a URL; write one that begins with `https://`")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user name or password");
    }
    if url.fragment().is_some() {
        return Err("must not have a `#…` at its end");
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        _ => Err("must begin with `https://` (`http://` only for a provider on this machine)"),
    }
}

/// Whether the host is this machine by its name or number, so that nothing leaves it.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(number)) => IpAddr::V4(number).is_loopback(),
        Some(Host::Ipv6(number)) => IpAddr::V6(number).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        for good in ["https://id.example.com", "https://id.example.com/realms/a?x=1", "http://127.0.0.1:8080/a"] {
            assert!(read(good).is_ok(), "{good}");
        }
        assert!(read("http://localhost:1").is_ok() && read("http://[::1]:1").is_ok());
        for bad in [
            "http://id.example.com",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://127.0.0.1@example.com/",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
            "https://user:word@id.example.com/",
            "https://id.example.com/#top",
            "id.example.com",
            "",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(read(&format!("https://a.example/{}", "a".repeat(LONGEST))).is_err());
    }
}
