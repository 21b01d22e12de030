//! One call, as a log line tells it.

use std::borrow::Cow;

use crate::UnixMillis;

/// Where a call was made. Only production counts towards health and the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Environment {
    /// The platform that customers use; written `production`.
    Production,
    /// Any other: its calls are kept apart.
    Sandbox,
}

impl Environment {
    /// Both, in the order of pages: where one tries, then where it counts.
    pub const ALL: [Self; 2] = [Self::Sandbox, Self::Production];

    /// The word in URLs, in the API and in the audit log.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Sandbox => "sandbox",
        }
    }

    /// The environment of exactly this word.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|environment| environment.key() == key)
    }

    /// The environment that a log names: `production`, or any other name for a sandbox.
    #[must_use]
    pub fn named(name: &str) -> Self {
        if name == "production" { Self::Production } else { Self::Sandbox }
    }
}

/// On whose behalf a call was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Principal {
    /// A person's token.
    User,
    /// A service account's.
    Service,
}

/// One request that the platform's API answered, with what judging it needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Call<'a> {
    /// When it was answered.
    pub time: UnixMillis,
    /// The app's id; `None` for a call that names none.
    pub app: Option<Cow<'a, str>>,
    /// Where, if the line says so.
    pub environment: Option<Environment>,
    /// The HTTP method, ASCII letters in upper case.
    pub method: Cow<'a, str>,
    /// The path with its query, beginning with `/`.
    pub path: Cow<'a, str>,
    /// The HTTP status, 100 to 599.
    pub status: u16,
    /// The value of the company header; `None` where it was absent or empty. As the line has it: it may be of any length
    /// and hold any characters.
    pub company: Option<Cow<'a, str>>,
    /// On whose behalf.
    pub principal: Principal,
}
