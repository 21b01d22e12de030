//! The use cases over a real SQLite file.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where its premise fails")]

mod catalog;
mod exactly_once;
mod installation;
mod reference;
