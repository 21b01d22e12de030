//! Organisations: who is in them, as what, and the API tokens of their programs.

mod make;
mod members;
mod seen;
mod tokens;

pub use self::make::ORGANISATION_NAME_CHARACTERS;
pub use self::members::AppOfMember;
pub use self::seen::OrganisationSeen;
pub use self::tokens::ORGANISATION_SCOPES;
