//! Which addresses the portal listens on, and which host names it answers to, as long as it has no accounts.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// An address on which the portal may not listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot listen on `{0}`: the portal has no accounts yet, so whoever reaches it sees every app; \
     listen on `127.0.0.1:{port}` or `[::1]:{port}`, and reach it from elsewhere through an SSH tunnel",
    port = .0.port()
)]
pub struct AddressError(pub SocketAddr);

/// Whether the portal may listen on `address`: on loopback alone, until there are accounts.
///
/// # Errors
/// For any other address, with the reason and what to do instead.
pub fn check_address(address: SocketAddr) -> Result<(), AddressError> {
    if is_loopback(address.ip()) { Ok(()) } else { Err(AddressError(address)) }
}

fn is_loopback(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

/// Whether an authority (`Host` header) names this machine. A page of another site can make a browser send
/// requests to a loopback address under the site's own name (DNS rebinding); such a name is none of ours.
pub(crate) fn is_loopback_host(authority: &str) -> bool {
    let Some(name) = host_of(authority) else { return false };
    if let Some(inner) = name.strip_prefix('[') {
        return inner
            .strip_suffix(']')
            .and_then(|ip| ip.parse::<Ipv6Addr>().ok())
            .is_some_and(|ip| is_loopback(ip.into()));
    }
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name == "localhost"
        || name.strip_suffix(".localhost").is_some_and(|label| !label.is_empty())
        || name.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
}

/// The host of `host` or `host:port`; none where the port is no port.
fn host_of(authority: &str) -> Option<&str> {
    let after_name = if authority.starts_with('[') { authority.find(']')? + 1 } else { 0 };
    let (name, port) = match authority.get(after_name..)?.find(':') {
        Some(colon) => (authority.get(..after_name + colon)?, authority.get(after_name + colon + 1..)?),
        None => (authority, ""),
    };
    (port.is_empty() || (port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok())).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_listens_on_loopback_alone_and_says_why() {
        for good in ["127.0.0.1:8080", "127.8.9.1:1", "[::1]:0", "[::ffff:127.0.0.1]:80"] {
            assert_eq!(check_address(good.parse().unwrap()), Ok(()), "{good}");
        }
        for bad in
            ["0.0.0.0:8080", "[::]:8080", "192.168.1.4:80", "10.0.0.1:80", "[::ffff:10.0.0.1]:80", "[fe80::1]:80"]
        {
            let error = check_address(bad.parse().unwrap()).unwrap_err().to_string();
            assert!(
                error.contains(bad) && error.contains("no accounts yet") && error.contains("127.0.0.1:"),
                "{error}"
            );
        }
    }

    #[test]
    fn it_answers_to_names_of_this_machine_alone() {
        for good in [
            "localhost",
            "LOCALHOST:8080",
            "localhost.",
            "portal.localhost:80",
            "127.0.0.1",
            "127.0.0.1:65535",
            "127.1.2.3",
            "[::1]",
            "[::1]:8080",
            "[::ffff:127.0.0.1]",
            "localhost:",
        ] {
            assert!(is_loopback_host(good), "{good}");
        }
        for bad in [
            "",
            ":",
            ":80",
            "example.com",
            "localhost.example.com",
            "127.0.0.1.example.com",
            "127.0.0.1.nip.io",
            "10.0.0.1",
            "[::]",
            "[::1",
            "::1",
            "[::1]x",
            "[::1]x:80",
            "localhost:65536",
            "localhost:+80",
            "localhost:80:90",
            "user@localhost",
            "evil\u{ff0e}localhost:",
            ".localhost",
            "0.0.0.0",
            "2130706433",
        ] {
            assert!(!is_loopback_host(bad), "{bad}");
        }
    }
}
