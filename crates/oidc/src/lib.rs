//! Sign-in through the company's identity provider, by OpenID Connect: the authorization code flow with PKCE, state and
//! nonce. Knows the protocol alone: neither who the person is here, nor how a caller keeps what [`Begun`] holds.

mod address;
mod claims;
mod config;
mod error;
mod fetch;
mod identity;
mod jws;
mod kept;
mod keys;
mod metadata;
mod provider;
mod token;

pub use config::Config;
pub use error::{Error, Flaw};
pub use identity::Identity;
pub use provider::{Begun, Callback, Provider};
