//! Privacy at the door: what may be kept of a line that could not be used. Keys and structure stay, so that people see what
//! is wrong; values are masked, but for the plain fields of a call, and these only where they look like what they should.
//!
//! An excerpt needs no format and no valid line: whatever can't be understood is kept as its shape alone.

mod fields;
mod json;
mod mask;
mod text;

use std::collections::BTreeSet;

pub(crate) use fields::quoted;

/// What stands for a value of which nothing is kept.
const REMOVED: &str = "[removed]";

/// What is kept of a line at most, in bytes.
const EXCERPT_BYTES: usize = 1024;

/// What becomes of IP addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Addresses {
    /// The network stays: the first 24 bits of IPv4, the first 48 of IPv6.
    #[default]
    Truncate,
    /// Nothing stays.
    Drop,
}

/// What may be kept of what senders send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Privacy {
    query_parameters: BTreeSet<String>,
    addresses: Addresses,
    never: Vec<String>,
}

/// Fields of which nothing is ever kept, unless it is said otherwise.
pub const NEVER_STORED: [&str; 20] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "x-api-key",
    "api_key",
    "apikey",
    "x-auth-token",
    "x-csrf-token",
    "token",
    "access_token",
    "refresh_token",
    "id_token",
    "client_secret",
    "secret",
    "password",
    "passwd",
    "email",
    "phone",
    "session",
];

impl Default for Privacy {
    fn default() -> Self {
        Self::new(&[] as &[&str], Addresses::default(), &NEVER_STORED)
    }
}

impl Privacy {
    /// `query_parameters` are the names of those that stay in paths, all others go. `never` are names of fields, headers and
    /// parameters of which nothing is kept, not even a shape; in any case, `-` and `_` alike, also at the end of longer
    /// names after a `.`, `-` or `_`, and whatever is nested below.
    #[must_use]
    pub fn new(query_parameters: &[impl AsRef<str>], addresses: Addresses, never: &[impl AsRef<str>]) -> Self {
        Self {
            query_parameters: query_parameters.iter().map(|name| name.as_ref().to_owned()).collect(),
            addresses,
            never: never.iter().map(|name| fields::normal(name.as_ref())).filter(|name| !name.is_empty()).collect(),
        }
    }

    /// What may be kept of a line, however it is written: at most 1,024 bytes, of as many at its beginning.
    #[must_use]
    pub fn excerpt(&self, line: &str) -> String {
        let head = line.get(..line.floor_char_boundary(EXCERPT_BYTES)).unwrap_or_default();
        // What stands at the end may be the beginning of something else.
        let is_whole = head.len() == line.len() && line.len() < EXCERPT_BYTES - 3;
        let head = head.trim_start_matches('\u{feff}');
        let mut kept = match head.trim_start().bytes().next() {
            Some(b'{' | b'[') => json::excerpt(self, head, is_whole),
            _ => text::excerpt(self, head, is_whole),
        };
        kept.truncate(kept.floor_char_boundary(EXCERPT_BYTES));
        kept
    }

    /// Whether nothing may be kept of a field of this name.
    fn is_never_stored(&self, name: &str) -> bool {
        let name = fields::normal(name);
        self.never.iter().any(|never| match name.strip_suffix(never.as_str()) {
            Some(before) => before.is_empty() || before.ends_with(['_', '.']),
            None => false,
        })
    }
}

#[cfg(test)]
mod tests;
