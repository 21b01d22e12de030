//! Which host names stand for this machine alone.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

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
