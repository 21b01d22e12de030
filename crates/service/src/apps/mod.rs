//! Apps as people register and run them.

mod by;
mod claims;
mod collaborators;
mod ending;
mod invitations;
mod mails;
mod mine;
mod names;
mod register;
mod settings;
mod standing;
mod summary;

pub use self::by::By;
pub use self::claims::{ClaimMade, ClaimToDecide, EVIDENCE_CHARACTERS, NewClaim};
pub use self::invitations::{INVITATION_DAYS, InvitationKey, InvitationSeen, InvitationState, masked};
pub use self::names::APP_NAME_CHARACTERS;
pub use self::register::NewApp;
pub use self::settings::{AppChange, DESCRIPTION_CHARACTERS};
pub use self::summary::AppSummary;
