//! The whole program as its users meet it: the real binary, real files, a real nginx, a real browser.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what goes wrong here has to fail a test")]

mod accessible;
mod browser;
mod cast;
mod commands;
mod demo;
mod hostile;
mod kill;
mod nginx;
mod people;
mod provider;
mod reference;
mod schemathesis;
mod secrets_nowhere;
mod serve;
mod stranger;
