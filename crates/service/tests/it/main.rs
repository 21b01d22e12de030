//! The use cases over a real SQLite file.

mod catalog;
mod exactly_once;
mod installation;
mod reference;
