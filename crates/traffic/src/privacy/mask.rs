//! Masking: what remains of a value.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::{Addresses, Privacy, REMOVED};

/// Of longer values not even the length is kept, in characters.
const SHAPE: usize = 40;

/// The shape of a value: letters become `a` and `A`, digits `0`, other ASCII characters stay. Of a long one the beginning.
pub(super) fn shape(value: &str) -> String {
    let shape = |character: char| match character {
        '0'..='9' => '0',
        'A'..='Z' => 'A',
        'a'..='z' => 'a',
        // What stood for a byte that is no character still shows that there was one.
        char::REPLACEMENT_CHARACTER => character,
        _ if character.is_ascii() => character,
        _ if character.is_numeric() => '0',
        _ if character.is_uppercase() => 'A',
        _ => 'a',
    };
    let mut masked: String = value.chars().take(SHAPE).map(shape).collect();
    if value.chars().nth(SHAPE).is_some() {
        masked.push('…');
    }
    masked
}

impl Privacy {
    /// A value that is an address, or several with commas between, as far as it may be kept; `None` for any other.
    pub(super) fn address(&self, value: &str) -> Option<String> {
        // The longest address has 45 characters.
        let has_form =
            value.len() <= 512 && value.bytes().all(|byte| byte.is_ascii_hexdigit() || b".:[], %".contains(&byte));
        if !has_form || !value.contains(['.', ':']) {
            return None;
        }
        let kept: Option<Vec<String>> = value.split(',').map(|part| self.one_address(part.trim())).collect();
        kept.map(|kept| kept.join(", "))
    }

    fn one_address(&self, value: &str) -> Option<String> {
        let bare = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(value);
        let address = bare.parse::<IpAddr>().ok().or_else(|| Some(value.parse::<SocketAddr>().ok()?.ip()))?;
        Some(match self.addresses {
            Addresses::Drop => REMOVED.to_owned(),
            Addresses::Truncate => network(address).to_string(),
        })
    }

    /// A path or URL as it may be kept: without user, host, fragment and query (but for parameters that may stay), and with
    /// those segments masked that are more than words. `None` for what is no path.
    pub(super) fn path(&self, value: &str) -> Option<String> {
        let start = if value.starts_with('/') { 0 } else { path_start(value)? };
        let target = value.get(start..)?.split('#').next().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut kept: String = path.split('/').map(segment).collect::<Vec<_>>().join("/");
        if !kept.starts_with('/') {
            kept.insert(0, '/');
        }
        let mut before = '?';
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if self.query_parameters.contains(name) && !self.is_never_stored(name) {
                kept.push(before);
                kept.push_str(pair.get(..pair.floor_char_boundary(name.len() + 1 + SHAPE)).unwrap_or(value));
                before = '&';
            }
        }
        Some(kept)
    }
}

/// Where the path of an absolute URL begins.
fn path_start(value: &str) -> Option<usize> {
    let (scheme, rest) = value.split_once("://")?;
    let is_known = ["http", "https", "ws", "wss"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let authority = value.len() - rest.len();
    is_known.then(|| rest.find(['/', '?', '#']).map_or(value.len(), |length| authority + length))
}

/// A segment of a path: a word or a version stays.
fn segment(segment: &str) -> String {
    if is_words(segment) || is_version(segment) { segment.to_owned() } else { shape(segment) }
}

/// Words of letters with `-`, `_`, `.` or `~` between, none of them so long that it is more likely a secret.
fn is_words(segment: &str) -> bool {
    let letters = |word: &str| word.len() <= 20 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    segment.len() <= SHAPE && segment.split(['-', '_', '.', '~']).all(letters)
}

/// `v1`, `v1.0`, `V2.10.3`.
fn is_version(segment: &str) -> bool {
    let digits = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    segment.strip_prefix(['v', 'V']).is_some_and(|rest| rest.split('.').count() <= 3 && rest.split('.').all(digits))
}

fn network(address: IpAddr) -> IpAddr {
    let v4 = |[a, b, c, _]: [u8; 4]| IpAddr::V4(Ipv4Addr::new(a, b, c, 0));
    match address {
        IpAddr::V4(address) => v4(address.octets()),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => v4(mapped.octets()),
            None => {
                let [a, b, c, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_has_no_letter_and_no_digit_of_the_value() {
        assert_eq!(shape("Jo.Smith+7@example.com"), "Aa.Aaaaa+0@aaaaaaa.aaa");
        assert_eq!(shape("Ärger\u{fffd}٣\u{1}"), "Aaaaa\u{fffd}0\u{1}");
        assert_eq!(shape(&"x".repeat(41)), "a".repeat(40) + "…");
    }

    #[test]
    fn addresses_are_cut_to_their_network() {
        let check = |value: &str, expected: Option<&str>| {
            assert_eq!(Privacy::default().address(value).as_deref(), expected, "{value}");
        };
        check("203.0.113.77", Some("203.0.113.0"));
        check("203.0.113.77:5151", Some("203.0.113.0"));
        check("2001:db8:1:2:3:4:5:6", Some("2001:db8:1::"));
        check("[2001:db8:1:2::7]:443", Some("2001:db8:1::"));
        check("::ffff:203.0.113.77", Some("203.0.113.0"));
        check("203.0.113.77, 198.51.100.9", Some("203.0.113.0, 198.51.100.0"));
        for other in ["", "1", "1.2.3", "203.0.113.777", "a:b", "fe80", "::1, x", "1.2.3.4.5"] {
            check(other, None);
        }
        let dropping = Privacy::new(&[] as &[&str], Addresses::Drop, &[] as &[&str]);
        assert_eq!(dropping.address("203.0.113.77").as_deref(), Some("[removed]"));
    }

    #[test]
    fn of_a_path_words_and_allowed_parameters_stay() {
        let privacy = Privacy::new(&["page", "token"], Addresses::Truncate, &["token"]);
        let check = |value: &str, expected: Option<&str>| {
            assert_eq!(privacy.path(value).as_deref(), expected, "{value}");
        };
        check("/rest/v1.0/projects/123/rfis?page=2&q=smith", Some("/rest/v1.0/projects/000/rfis?page=2"));
        check("/a?q=secret#page=7", Some("/a"));
        check("/a?token=abc&page=1", Some("/a?page=1"));
        check("/users/jo@example.com/%6a%6F", Some("/users/aa@aaaaaaa.aaa/%0a%0A"));
        check("/eyJhbGciOiJub25l.eyJzdWIi.abc/128routers", Some("/aaAaaAaaAaAaa00a.aaAaaAAa.aaa/000aaaaaaa"));
        check("https://user:pass@host/a/b", Some("/a/b"));
        check("https://host", Some("/"));
        check("https://host?page=1", Some("/?page=1"));
        check("ftp://host/a", None);
        check("a/b", None);
        check("", None);
    }
}
