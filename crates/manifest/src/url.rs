//! URLs of an app's pages, with parameters in double braces.
//!
//! A template is https, absolute, and says in its own words which host it is: a parameter may stand in a label of a
//! sub-domain, in a segment of the path and in a value of the query, and nowhere else. Only printable ASCII that a
//! URL may contain is accepted, so that every browser reads the same URL as this parser.

use std::fmt;

use thiserror::Error;

use crate::host::{is_label, public_suffix_labels};
use crate::name::Name;
use crate::problem::quote;

/// The longest template, in bytes.
pub(crate) const MAX_URL: usize = 2_048;
/// The longest name of a host, in bytes (RFC 1035).
pub(crate) const MAX_HOST: usize = 253;
/// The longest label of a host, in bytes (RFC 1035).
pub(crate) const MAX_LABEL: usize = 63;
/// The most places for parameters in one template.
const MAX_PLACES: usize = 32;

/// A parsed URL with places for parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlTemplate {
    /// Labels of the host, leftmost first, lowercase.
    pub(crate) labels: Vec<Text>,
    /// None for the scheme's own, 443.
    pub(crate) port: Option<u16>,
    /// What stands between the slashes of the path; none if there is no path.
    pub(crate) segments: Vec<Text>,
    /// The pieces of the query between `&`; none if there is no query.
    pub(crate) query: Option<Vec<QueryPiece>>,
}

/// A text with places for parameters.
pub(crate) type Text = Vec<Part>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Literal(String),
    Place(Name),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QueryPiece {
    pub(crate) key: String,
    /// What stands after the `=`; none without one.
    pub(crate) value: Option<Text>,
}

/// Why a text is no template of a page's URL.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TemplateError {
    /// Over the longest.
    #[error("the URL has {0} characters and may have 2048")]
    TooLong(usize),
    /// Another scheme or none.
    #[error("the URL must begin with `https://`")]
    NotHttps,
    /// A character that stands in no URL.
    #[error("the URL contains {0}, which no URL may; percent-encode it")]
    Character(String),
    /// A `%` without two hexadecimal digits.
    #[error("a `%` must be followed by two hexadecimal digits")]
    Percent,
    /// Braces that don't form `{{name}}`.
    #[error("braces stand around parameters alone, as in `{{{{company.id}}}}`")]
    Braces,
    /// Something in braces that is no name.
    #[error(
        "{0} is no name of a parameter; names have letters, digits, `_` and `-`, and the platform's are `company.id`, \
         `company.name`, `project.id` and `project.name`"
    )]
    Name(String),
    /// Too many places.
    #[error("the URL has more than 32 parameters")]
    TooManyPlaces,
    /// A fragment.
    #[error("the URL must not have a fragment (`#`)")]
    Fragment,
    /// A user or password before the host.
    #[error("the URL must not name a user (`@` before the path)")]
    UserInfo,
    /// A port that is none.
    #[error("{0} is no port; write digits from 1 to 65535")]
    Port(String),
    /// A host that is none.
    #[error("{0} is no host; write a name such as `app.example.com`, with no address of digits and no single word")]
    Host(String),
    /// Too little of the host is in plain words.
    #[error("the host must end in a domain of your own without parameters, as in `{{{{region}}}}.example.com`")]
    HostIsParameter,
    /// A segment `.` or `..`.
    #[error("the path must not have `.` or `..` between slashes")]
    DotSegment,
    /// A parameter at a place for none.
    #[error("a parameter stands in a sub-domain, between slashes of the path, or after `=` in the query, not in {0}")]
    Place(&'static str),
}

/// Stands for a place in the text that is cut up. It is no character of a URL, so no input contains it.
pub(crate) const PLACE: char = '\0';

impl UrlTemplate {
    /// Reads a template. `prefixes` are those under which the platform's own names stand as well (`vendor.`).
    ///
    /// # Errors
    /// See [`TemplateError`].
    pub fn parse<P: AsRef<str>>(text: &str, prefixes: &[P]) -> Result<Self, TemplateError> {
        if text.len() > MAX_URL {
            return Err(TemplateError::TooLong(text.chars().count()));
        }
        let (skeleton, names) = take_names(text, prefixes)?;
        let mut names = names.into_iter();
        let rest = skeleton.strip_prefix("https://").ok_or(TemplateError::NotHttps)?;
        if rest.contains('#') {
            return Err(TemplateError::Fragment);
        }
        let (before, query) = cut(rest, '?');
        let (authority, path) = cut(before, '/');
        let (labels, port) = authority_parts(authority, &mut names)?;
        let segments = match path {
            Some(path) => path.split('/').map(|segment| segment_text(segment, &mut names)).collect::<Result<_, _>>()?,
            None => Vec::new(),
        };
        let query = match query {
            Some(query) => {
                Some(query.split('&').map(|piece| query_piece(piece, &mut names)).collect::<Result<_, _>>()?)
            }
            None => None,
        };
        Ok(Self { labels, port, segments, query })
    }

    /// The names it has places for, each once, in order of their first place.
    #[must_use]
    pub fn names(&self) -> Vec<&Name> {
        let values = self.query.iter().flatten().filter_map(|piece| piece.value.as_ref());
        let texts = self.labels.iter().chain(&self.segments).chain(values);
        let mut names = Vec::new();
        for part in texts.flatten() {
            if let Part::Place(name) = part
                && !names.contains(&name)
            {
                names.push(name);
            }
        }
        names
    }

    /// The host with its port, if it isn't 443: lowercase, with `{{name}}` where parameters stand.
    #[must_use]
    pub fn host(&self) -> String {
        let labels: Vec<String> = self.labels.iter().map(|label| written(label)).collect();
        format!("{}{}", labels.join("."), self.port_suffix())
    }

    pub(crate) fn port_suffix(&self) -> String {
        self.port.map(|port| format!(":{port}")).unwrap_or_default()
    }
}

fn written(text: &[Part]) -> String {
    text.iter()
        .map(|part| match part {
            Part::Literal(text) => text.clone(),
            Part::Place(name) => format!("{{{{{name}}}}}"),
        })
        .collect()
}

impl fmt::Display for UrlTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "https://{}", self.host())?;
        for segment in &self.segments {
            write!(f, "/{}", written(segment))?;
        }
        for (index, piece) in self.query.iter().flatten().enumerate() {
            f.write_str(if index == 0 { "?" } else { "&" })?;
            f.write_str(&piece.key)?;
            if let Some(value) = &piece.value {
                write!(f, "={}", written(value))?;
            }
        }
        Ok(())
    }
}

/// Whether `text` is a link one can put before people: https, absolute, no user; a fragment is fine, parameters not.
///
/// # Errors
/// See [`TemplateError`].
pub fn check_link(text: &str) -> Result<(), TemplateError> {
    if text.len() > MAX_URL {
        return Err(TemplateError::TooLong(text.chars().count()));
    }
    if text.contains(['{', '}']) {
        return Err(TemplateError::Character("a brace".to_owned()));
    }
    let (url, fragment) = cut(text, '#');
    if let Some(fragment) = fragment {
        characters(fragment, b":@/?")?;
    }
    UrlTemplate::parse::<&str>(url, &[]).map(|_| ())
}

/// The text before and after the first `mark`.
fn cut(text: &str, mark: char) -> (&str, Option<&str>) {
    text.split_once(mark).map_or((text, None), |(before, after)| (before, Some(after)))
}

/// The text with [`PLACE`] for every `{{name}}`, and the names in order.
fn take_names<P: AsRef<str>>(text: &str, prefixes: &[P]) -> Result<(String, Vec<Name>), TemplateError> {
    if let Some(character) = text.chars().find(|character| !character.is_ascii_graphic() && *character != ' ') {
        return Err(TemplateError::Character(shown(character)));
    }
    let mut skeleton = String::with_capacity(text.len());
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").ok_or(TemplateError::Braces)?;
        plain(&mut skeleton, before)?;
        if name.contains(['{', '}']) {
            return Err(TemplateError::Braces);
        }
        names.push(Name::parse(name.trim(), prefixes).ok_or_else(|| TemplateError::Name(quote(name)))?);
        if names.len() > MAX_PLACES {
            return Err(TemplateError::TooManyPlaces);
        }
        skeleton.push(PLACE);
        rest = after;
    }
    plain(&mut skeleton, rest)?;
    Ok((skeleton, names))
}

/// Adds text that has no places.
fn plain(skeleton: &mut String, text: &str) -> Result<(), TemplateError> {
    if text.contains(['{', '}']) {
        return Err(TemplateError::Braces);
    }
    if text.contains(' ') {
        return Err(TemplateError::Character(shown(' ')));
    }
    skeleton.push_str(text);
    Ok(())
}

fn shown(character: char) -> String {
    match character {
        ' ' => "a space".to_owned(),
        character if character.is_control() => "a control character".to_owned(),
        character => format!("`{character}`"),
    }
}

type Names = std::vec::IntoIter<Name>;

/// Puts the names back into a piece of the skeleton.
fn text(skeleton: &str, names: &mut Names) -> Text {
    let mut text = Vec::new();
    for (index, literal) in skeleton.split(PLACE).enumerate() {
        if index > 0 {
            text.extend(names.next().map(Part::Place));
        }
        if !literal.is_empty() {
            text.push(Part::Literal(literal.to_owned()));
        }
    }
    text
}

fn authority_parts(authority: &str, names: &mut Names) -> Result<(Vec<Text>, Option<u16>), TemplateError> {
    if authority.contains('@') {
        return Err(TemplateError::UserInfo);
    }
    if authority.starts_with('[') {
        return Err(TemplateError::Host(quote(authority)));
    }
    let (host, port) = cut(authority, ':');
    let host = host.to_ascii_lowercase();
    // The port of the scheme is the same as none.
    let port = port.map(parse_port).transpose()?.filter(|port| *port != 443);
    let refused = || TemplateError::Host(quote(&host.replace(PLACE, "{{…}}")));
    let labels: Vec<&str> = host.split('.').collect();
    if host.len() > MAX_HOST || labels.len() < 2 || !labels.iter().all(|label| is_label(label)) {
        return Err(if host.replace(PLACE, "").is_empty() && !host.is_empty() {
            TemplateError::HostIsParameter
        } else {
            refused()
        });
    }
    let literal = labels.iter().rev().take_while(|label| !label.contains(PLACE)).count();
    let suffix = public_suffix_labels(&labels);
    if literal < labels.len() && literal <= suffix {
        return Err(TemplateError::HostIsParameter);
    }
    let top = labels.last().copied().unwrap_or_default();
    if top.len() < 2 || !top.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(refused());
    }
    Ok((labels.into_iter().map(|label| text(label, names)).collect(), port))
}

fn parse_port(port: &str) -> Result<u16, TemplateError> {
    if port.contains(PLACE) {
        return Err(TemplateError::Place("the port"));
    }
    let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let number = if digits { port.parse().ok().filter(|port| *port > 0) } else { None };
    number.ok_or_else(|| TemplateError::Port(quote(port)))
}

fn segment_text(segment: &str, names: &mut Names) -> Result<Text, TemplateError> {
    characters(segment, b":@")?;
    if is_dots(segment) {
        return Err(TemplateError::DotSegment);
    }
    Ok(text(segment, names))
}

fn query_piece(piece: &str, names: &mut Names) -> Result<QueryPiece, TemplateError> {
    characters(piece, b":@/?")?;
    let (key, value) = cut(piece, '=');
    if key.contains(PLACE) {
        return Err(TemplateError::Place("the name of a value"));
    }
    Ok(QueryPiece { key: key.to_owned(), value: value.map(|value| text(value, names)) })
}

/// Whether a segment of a path means this or the upper folder to whoever reads the URL.
pub(crate) fn is_dots(segment: &str) -> bool {
    let plain = segment.replace("%2e", ".").replace("%2E", ".");
    plain == "." || plain == ".."
}

/// Whether `text` has only characters that may stand in a path or query (RFC 3986), `more` among them.
fn characters(text: &str, more: &[u8]) -> Result<(), TemplateError> {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let hex = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_hexdigit());
                if !(hex(bytes.next()) && hex(bytes.next())) {
                    return Err(TemplateError::Percent);
                }
            }
            0 => {}
            byte if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte) || more.contains(&byte) => {}
            byte => return Err(TemplateError::Character(shown(char::from(byte)))),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
