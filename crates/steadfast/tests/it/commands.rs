//! Every command as people and scripts meet it: help, exit codes, and what goes to which output.

mod catalog;
mod check;
mod config;
mod failures;
mod help;
mod ingest;
mod terminal;
