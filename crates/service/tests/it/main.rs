//! The use cases over a real SQLite file.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where its premise fails")]

mod accounts;
mod alerts;
mod apps;
mod batches;
mod breakdown;
mod catalog;
mod companies;
mod credentials;
mod damage;
mod exactly_once;
mod follow;
mod installation;
mod manifests;
mod meddler;
mod organisations;
mod overview;
mod reference;
mod sources;
mod syslog;
mod unwritable;
