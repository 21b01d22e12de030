//! Third-party apps.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The platform's own id of an app: 1 to 200 bytes without control characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct AppId(String);

/// A text that can't be the id of an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppIdError {
    /// No text at all.
    Empty,
    /// Over [`AppId::MAX_BYTES`].
    TooLong,
    /// A control character within.
    ControlCharacter,
}

impl fmt::Display for AppIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "an app's id can't be empty",
            Self::TooLong => "an app's id has at most 200 bytes",
            Self::ControlCharacter => "an app's id can't contain control characters",
        })
    }
}

impl std::error::Error for AppIdError {}

impl AppId {
    /// The longest id, in bytes.
    pub const MAX_BYTES: usize = 200;

    /// The reserved app under which calls without an app are counted. Only operators see it.
    pub const UNIDENTIFIED: &'static str = "unidentified";

    /// The reserved app of calls that name none.
    #[must_use]
    pub fn unidentified() -> Self {
        Self(Self::UNIDENTIFIED.to_owned())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the reserved app of calls without an app.
    #[must_use]
    pub fn is_unidentified(&self) -> bool {
        self.0 == Self::UNIDENTIFIED
    }

    /// What keeps `text` from being an id, if anything.
    ///
    /// # Errors
    /// See [`AppIdError`].
    pub fn validate(text: &str) -> Result<(), AppIdError> {
        if text.is_empty() {
            Err(AppIdError::Empty)
        } else if text.len() > Self::MAX_BYTES {
            Err(AppIdError::TooLong)
        } else if text.chars().any(char::is_control) {
            Err(AppIdError::ControlCharacter)
        } else {
            Ok(())
        }
    }
}

impl FromStr for AppId {
    type Err = AppIdError;

    fn from_str(text: &str) -> Result<Self, AppIdError> {
        Self::validate(text).map(|()| Self(text.to_owned()))
    }
}

impl fmt::Display for AppId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A part of an app that runs somewhere: what its type follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Component {
    /// Runs outside the platform and calls its API.
    DataConnection,
    /// A page of the app that fills the product's main area.
    FullScreen,
    /// A page of the app in the panel at the product's right edge.
    SidePanel,
}

/// The type of an app, by its components.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppType {
    /// A data connection and nothing embedded.
    DataConnection,
    /// Embedded components only.
    Embedded,
    /// Both.
    Hybrid,
}

impl AppType {
    /// The type that follows from an app's components; none without components.
    #[must_use]
    pub fn of(components: &[Component]) -> Option<Self> {
        let connection = components.contains(&Component::DataConnection);
        let embedded = components.iter().any(|component| *component != Component::DataConnection);
        match (connection, embedded) {
            (true, false) => Some(Self::DataConnection),
            (false, true) => Some(Self::Embedded),
            (true, true) => Some(Self::Hybrid),
            (false, false) => None,
        }
    }

    /// The words for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::DataConnection => "Data connection",
            Self::Embedded => "Embedded",
            Self::Hybrid => "Hybrid",
        }
    }
}

/// How an app reaches companies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distribution {
    /// Private, installed with a key.
    Custom,
    /// Public, reviewed, installed from the catalogue of apps.
    Marketplace,
}

impl Distribution {
    /// The words for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Custom => "Custom",
            Self::Marketplace => "Marketplace",
        }
    }
}

/// An app as the platform knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// The platform's own id.
    pub id: AppId,
    /// What people call it; the id as long as nobody named it.
    pub name: String,
    /// What it is made of; empty for an app that was only discovered in traffic.
    pub components: Vec<Component>,
    /// How it reaches companies, where known.
    pub distribution: Option<Distribution>,
    /// Seen in traffic, but registered by nobody.
    pub discovered: bool,
}

impl App {
    /// An app of which traffic has told the id and nobody anything more.
    #[must_use]
    pub fn discovered(id: AppId) -> Self {
        Self { name: id.to_string(), id, components: Vec::new(), distribution: None, discovered: true }
    }

    /// Its type, by its components.
    #[must_use]
    pub fn app_type(&self) -> Option<AppType> {
        AppType::of(&self.components)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_bounded_and_printable() {
        assert!("acme-erp".parse::<AppId>().is_ok());
        assert_eq!("".parse::<AppId>(), Err(AppIdError::Empty));
        assert_eq!("é".repeat(100).parse::<AppId>().map(|id| id.as_str().len()), Ok(200));
        assert_eq!("é".repeat(101).parse::<AppId>(), Err(AppIdError::TooLong));
        assert_eq!("a\nb".parse::<AppId>(), Err(AppIdError::ControlCharacter));
    }

    #[test]
    fn the_type_follows_from_the_components() {
        use Component::{DataConnection, FullScreen, SidePanel};
        assert_eq!(AppType::of(&[]), None);
        assert_eq!(AppType::of(&[DataConnection]), Some(AppType::DataConnection));
        assert_eq!(AppType::of(&[SidePanel, FullScreen]), Some(AppType::Embedded));
        assert_eq!(AppType::of(&[SidePanel, DataConnection]), Some(AppType::Hybrid));
    }
}
