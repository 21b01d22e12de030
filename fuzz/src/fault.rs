//! What the portal answers where something is wrong, as far as the code that is included from it knows.

/// What is wrong.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// The request can't be used.
    BadRequest(String),
    /// It is packed in a way that nobody knows.
    WrongMediaType(String),
}
