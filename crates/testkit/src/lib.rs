//! The cast for tests: a slow, plain reading of the rules to compare with, random catalogs and traffic, the real
//! program, a real nginx and a real browser. Tests only: here a broken assumption panics, so that the test fails.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "only tests use this crate; what goes wrong here has to fail them"
)]

pub mod browser;
pub mod case;
pub mod client;
pub mod compare;
pub mod encoding;
pub mod gateway;
pub mod html;
pub mod http;
pub mod installed;
pub mod mail;
pub mod nginx;
pub mod nowhere;
pub mod oidc_provider;
pub mod otlp;
mod output;
pub mod patience;
pub mod program;
pub mod prometheus;
pub mod random;
pub mod reference;
pub mod schemathesis;
pub mod smtp;
pub mod stub;

pub use case::{Case, Config, Deprecated, Operation, Template};
