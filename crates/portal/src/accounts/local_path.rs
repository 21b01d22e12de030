//! Where to go after signing in: to a page of this portal, whatever the link says.

/// The longest path that is followed.
const LONGEST: usize = 1_000;

/// The path if it leads to a page of this portal and nowhere else: what begins with `//` or `/\`, holds a scheme, or
/// what browsers would leave out (tabs, line breaks) or read as a slash, is none.
pub(crate) fn local_path(next: &str) -> Option<&str> {
    let plain = next.len() <= LONGEST && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let local = next.starts_with('/') && !next.starts_with("//");
    (plain && local).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_this_portal_are_followed() {
        for good in ["/", "/apps/acme/health?as_of=2026-11-20#x", "/invitations/aB-_9", "/a//b", "/%2F/x", "/?next=//x"]
        {
            assert_eq!(local_path(good), Some(good));
        }
    }

    #[test]
    fn nothing_else_is() {
        let long = format!("/{}", "a".repeat(1000));
        for bad in [
            "",
            "apps",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/a\\b",
            "https://evil.example",
            "HTTPS:evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "/\t/evil.example",
            "/\n/evil.example",
            " /apps",
            "/apps x",
            "/\u{e9}",
            "/\u{2028}/evil.example",
            "?x",
            "#x",
            ".//evil.example",
            "@evil.example",
            &long,
        ] {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
    }
}
