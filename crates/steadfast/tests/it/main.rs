//! The whole program as its users meet it: the real binary, real files, a real nginx, a real browser.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what goes wrong here has to fail a test")]

mod accessible;
mod browser;
mod calls;
mod cast;
mod commands;
mod completeness;
mod demo;
mod faults;
mod follow;
mod gateways;
mod hostile;
mod kill;
mod nginx;
mod otlp;
mod people;
mod privacy;
mod provider;
mod reference;
mod schemathesis;
mod secrets_nowhere;
mod serve;
mod stranger;
mod syslog;
