//! Names of the parameters of a URL.

use std::fmt;

/// What a place in a template names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// Something the platform knows.
    BuiltIn(BuiltIn),
    /// Something the installer gives.
    Custom(String),
}

/// What the platform fills in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BuiltIn {
    /// `company.id`
    CompanyId,
    /// `company.name`
    CompanyName,
    /// `project.id`
    ProjectId,
    /// `project.name`
    ProjectName,
}

impl BuiltIn {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::CompanyId, Self::CompanyName, Self::ProjectId, Self::ProjectName];

    /// How a template names it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CompanyId => "company.id",
            Self::CompanyName => "company.name",
            Self::ProjectId => "project.id",
            Self::ProjectName => "project.name",
        }
    }
}

impl Name {
    /// The name that `text` is; `prefixes` are those under which the platform's own names stand as well,
    /// such as `vendor.` for `vendor.company.id`.
    pub(crate) fn parse<P: AsRef<str>>(text: &str, prefixes: &[P]) -> Option<Self> {
        let known = |text: &str| BuiltIn::ALL.into_iter().find(|name| name.as_str() == text);
        let aliased = || prefixes.iter().find_map(|prefix| known(text.strip_prefix(prefix.as_ref())?));
        match known(text).or_else(aliased) {
            Some(name) => Some(Self::BuiltIn(name)),
            None => is_parameter_key(text).then(|| Self::Custom(text.to_owned())),
        }
    }

    /// The name as a template writes it, without a prefix.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::BuiltIn(name) => name.as_str(),
            Self::Custom(key) => key,
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether `text` may be the key of a custom parameter: 1 to 64 letters, digits, `_` and `-`, a letter first.
pub(crate) fn is_parameter_key(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}
