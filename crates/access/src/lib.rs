//! Who may do what: a pure decision over who acts, in which role, with which token.
//!
//! [`Actor`] is who acts; [`Standing`] is what ties them to an app, [`OrganisationStanding`] to an organisation.
//! [`AppRight`], [`OrganisationRight`] and [`PlatformRight`] are everything that can be allowed. The portal asks here and nowhere else.

mod actor;
mod app;
mod organisation;
mod platform;

pub use actor::{Actor, Proof};
pub use app::{AppRight, Standing};
pub use organisation::{OrganisationRight, OrganisationStanding};
pub use platform::PlatformRight;
