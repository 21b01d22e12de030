//! Values into the places of a URL, so that no value can change what the URL is.
//!
//! In path and query a value is percent-encoded but for letters, digits and `-._~`; in a host it may only be letters
//! of a label. So scheme, domain, port, number of segments and keys of the query are those of the template.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::name::{BuiltIn, Name};
use crate::url::{MAX_HOST, MAX_LABEL, Part, Text, UrlTemplate, is_dots};

/// The longest value, in bytes.
const MAX_VALUE: usize = 1_000;
/// The longest URL that may come out, in bytes.
const MAX_EXPANDED: usize = 8 * 1024;

/// What to put into a template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    built_in: BTreeMap<BuiltIn, String>,
    /// None: known, but left open.
    custom: BTreeMap<String, Option<String>>,
}

impl Values {
    /// No values.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With the company the page is opened for.
    #[must_use]
    pub fn company(self, id: &str, name: &str) -> Self {
        self.built_in(BuiltIn::CompanyId, id).built_in(BuiltIn::CompanyName, name)
    }

    /// With the project the page is opened for.
    #[must_use]
    pub fn project(self, id: &str, name: &str) -> Self {
        self.built_in(BuiltIn::ProjectId, id).built_in(BuiltIn::ProjectName, name)
    }

    /// With one value that the platform knows.
    #[must_use]
    pub fn built_in(mut self, name: BuiltIn, value: &str) -> Self {
        self.built_in.insert(name, value.to_owned());
        self
    }

    /// With the value of a custom parameter.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.custom.insert(key.to_owned(), Some(value.to_owned()));
        self
    }

    /// With an optional parameter that was left open: empty where it stands in the query.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.custom.insert(key.to_owned(), None);
        self
    }

    /// The value of `name`; empty if it was left open.
    fn get(&self, name: &Name) -> Result<&str, ExpandError> {
        let value = match name {
            Name::BuiltIn(built_in) => self.built_in.get(built_in).map(String::as_str),
            Name::Custom(key) => self.custom.get(key).map(|value| value.as_deref().unwrap_or_default()),
        };
        let value = value.ok_or_else(|| ExpandError::Missing { name: name.to_string() })?;
        if value.len() > MAX_VALUE {
            return Err(ExpandError::TooLong { name: name.to_string() });
        }
        Ok(value)
    }
}

/// Why a template and values give no URL. Each names the parameter.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExpandError {
    /// No value, or none for a parameter nobody declared.
    #[error("the URL needs the parameter `{name}`, which has no value; give one")]
    Missing {
        /// The parameter.
        name: String,
    },
    /// A value that a host can't take.
    #[error("the value of `{name}` can't be part of a host; use 1 to 63 letters, digits and inner hyphens")]
    NotAHostLabel {
        /// The parameter.
        name: String,
    },
    /// A value that would lead to another folder.
    #[error("the value of `{name}` would make `.` or `..` of a part of the path; give another")]
    DotSegment {
        /// The parameter.
        name: String,
    },
    /// A value over the longest, or one that makes the URL too long.
    #[error("the value of `{name}` is too long; shorten it")]
    TooLong {
        /// The parameter.
        name: String,
    },
}

impl UrlTemplate {
    /// The URL with `values` in their places.
    ///
    /// # Errors
    /// A value that is missing or doesn't fit its place, see [`ExpandError`].
    pub fn expand(&self, values: &Values) -> Result<String, ExpandError> {
        let mut url = format!("https://{}{}", self.expand_host(values)?, self.port_suffix());
        for segment in &self.segments {
            let expanded = expand_segment(segment, values)?;
            append(&mut url, "/", &expanded, segment)?;
        }
        for (index, piece) in self.query.iter().flatten().enumerate() {
            url.push(if index == 0 { '?' } else { '&' });
            url.push_str(&piece.key);
            if let Some(value) = &piece.value {
                let expanded = encoded(value, values)?;
                append(&mut url, "=", &expanded, value)?;
            }
        }
        Ok(url)
    }

    fn expand_host(&self, values: &Values) -> Result<String, ExpandError> {
        let labels = self.labels.iter().map(|label| expand_label(label, values)).collect::<Result<Vec<_>, _>>()?;
        let host = labels.join(".");
        match self.labels.iter().find_map(first_name) {
            Some(name) if host.len() > MAX_HOST => Err(ExpandError::TooLong { name: name.to_string() }),
            _ => Ok(host),
        }
    }
}

/// A label of the host: what comes out must be one, whatever the template contributes.
fn expand_label(label: &Text, values: &Values) -> Result<String, ExpandError> {
    let mut expanded = String::new();
    for part in label {
        match part {
            Part::Literal(text) => expanded.push_str(text),
            Part::Place(name) => {
                let value = given(name, values)?;
                if !value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
                    return Err(ExpandError::NotAHostLabel { name: name.to_string() });
                }
                expanded.push_str(&value.to_ascii_lowercase());
            }
        }
    }
    let Some(name) = first_name(label) else { return Ok(expanded) };
    let ends = !expanded.starts_with('-') && !expanded.ends_with('-');
    // Third and fourth place `--` is kept for encoded names (`xn--`): none may be made up of values.
    if ends && expanded.len() <= MAX_LABEL && expanded.get(2..4) != Some("--") {
        return Ok(expanded);
    }
    Err(ExpandError::NotAHostLabel { name: name.to_string() })
}

/// A segment of the path: never one that a reader of URLs resolves away.
fn expand_segment(segment: &Text, values: &Values) -> Result<String, ExpandError> {
    let expanded = encoded(segment, values)?;
    match first_name(segment) {
        Some(name) if is_dots(&expanded) => Err(ExpandError::DotSegment { name: name.to_string() }),
        Some(name) if expanded.is_empty() => Err(ExpandError::Missing { name: name.to_string() }),
        _ => Ok(expanded),
    }
}

/// The text with percent-encoded values.
fn encoded(text: &Text, values: &Values) -> Result<String, ExpandError> {
    let mut expanded = String::new();
    for part in text {
        match part {
            Part::Literal(text) => expanded.push_str(text),
            Part::Place(name) => encode(&mut expanded, values.get(name)?),
        }
    }
    Ok(expanded)
}

fn encode(into: &mut String, value: &str) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |number: u8| DIGITS.get(usize::from(number)).copied().map_or('0', char::from);
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            into.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
}

/// A value that isn't empty.
fn given<'a>(name: &Name, values: &'a Values) -> Result<&'a str, ExpandError> {
    let value = values.get(name)?;
    if value.is_empty() { Err(ExpandError::Missing { name: name.to_string() }) } else { Ok(value) }
}

fn first_name(text: &Text) -> Option<&Name> {
    text.iter().find_map(|part| match part {
        Part::Place(name) => Some(name),
        Part::Literal(_) => None,
    })
}

fn append(url: &mut String, before: &str, text: &str, source: &Text) -> Result<(), ExpandError> {
    url.push_str(before);
    url.push_str(text);
    match first_name(source) {
        Some(name) if url.len() > MAX_EXPANDED => Err(ExpandError::TooLong { name: name.to_string() }),
        _ => Ok(()),
    }
}
