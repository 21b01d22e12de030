//! Variables with nothing between them whose values can be told apart nevertheless.

use super::template::Escape;

/// Where the value of a variable begins that directly follows another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// At the first `/`: a path behind anything that has none, as in `$host$request_uri`.
    Slash,
    /// At the first `?`, if any: `$is_args` behind a path.
    Question {
        /// Whether `$args` comes next, which nginx writes as `-` where there are none.
        args_may_be_dash: bool,
    },
    /// Behind the `?`, if there is one: `$args` behind `$is_args`.
    AfterQuestion,
}

/// Variables whose values have slashes in them, or may well have, so that they don't tell where a path begins.
const WITH_SLASHES: [&str; 14] = [
    "time_local",
    "request",
    "request_uri",
    "uri",
    "document_uri",
    "args",
    "query_string",
    "document_root",
    "realpath_root",
    "request_filename",
    "server_protocol",
    "content_type",
    "http_referer",
    "http_user_agent",
];

/// Where the value of `name` begins that directly follows that of `previous`; `None` where nothing tells.
pub(super) fn start(previous: &str, name: &str) -> Option<Start> {
    match name {
        "request_uri" | "uri" | "document_uri" => (!WITH_SLASHES.contains(&previous)).then_some(Start::Slash),
        "is_args" => matches!(previous, "uri" | "document_uri").then_some(Start::Question { args_may_be_dash: false }),
        "args" | "query_string" => (previous == "is_args").then_some(Start::AfterQuestion),
        _ => None,
    }
}

impl Start {
    /// The same where `next` directly follows.
    pub(super) fn before(self, next: Start, escape: Escape) -> Self {
        match (self, next) {
            (Self::Question { .. }, Self::AfterQuestion) => {
                Self::Question { args_may_be_dash: escape == Escape::Default }
            }
            _ => self,
        }
    }

    /// Where in `value`, which begins with the value of the variable before, this one's begins.
    pub(super) fn find(self, value: &[u8]) -> usize {
        let end = value.len();
        match self {
            Self::Slash => memchr::memchr(b'/', value).unwrap_or(end),
            Self::Question { args_may_be_dash } => memchr::memchr(b'?', value).unwrap_or(match value {
                [.., b'-'] if args_may_be_dash => end - 1,
                _ => end,
            }),
            Self::AfterQuestion => usize::from(value.first() == Some(&b'?')),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_told_apart_may_stand_together() {
        let question = Some(Start::Question { args_may_be_dash: false });
        for (previous, name, expected) in [
            ("host", "request_uri", Some(Start::Slash)),
            ("server_port", "uri", Some(Start::Slash)),
            ("uri", "is_args", question),
            ("is_args", "args", Some(Start::AfterQuestion)),
            ("is_args", "query_string", Some(Start::AfterQuestion)),
            ("uri", "args", None),
            ("host", "is_args", None),
            ("time_local", "request_uri", None),
            ("document_root", "uri", None),
            ("scheme", "host", None),
        ] {
            assert_eq!(start(previous, name), expected, "${previous}${name}");
        }
    }
}
