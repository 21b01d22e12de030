//! Why a use case says no: the caller's to mend, and told to them.

use std::fmt;

/// A refusal, with a sentence that is safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// What was named is not there (or not for the one who asked).
    NotFound(String),
    /// The one who asked may not do this.
    Forbidden(String),
    /// Fields are wrong; all of them are told at once.
    Invalid(Vec<Flaw>),
    /// It doesn't fit what is there by now.
    Conflict(String),
    /// Too often; try again after so many seconds.
    TooMany(u32),
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The field's name in forms and JSON; in a manifest a JSON pointer.
    pub field: String,
    /// What is wrong and what to do, as a clause: `write a name of 1 to 100 characters`.
    pub message: String,
}

impl Flaw {
    /// A flaw of a field.
    pub fn new(field: impl Into<String>, message: impl fmt::Display) -> Self {
        Self { field: field.into(), message: message.to_string() }
    }
}

impl Refusal {
    /// One field is wrong.
    pub fn invalid(field: impl Into<String>, message: impl fmt::Display) -> Self {
        Self::Invalid(vec![Flaw::new(field, message)])
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(sentence) | Self::Forbidden(sentence) | Self::Conflict(sentence) => f.write_str(sentence),
            Self::Invalid(flaws) => {
                for (index, flaw) in flaws.iter().enumerate() {
                    let separator = if index == 0 { "" } else { "; " };
                    write!(f, "{separator}`{}`: {}", flaw.field, flaw.message)?;
                }
                Ok(())
            }
            Self::TooMany(seconds) => write!(f, "too many tries; wait {seconds} seconds and try again"),
        }
    }
}

impl std::error::Error for Refusal {}
