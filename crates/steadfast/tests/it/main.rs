//! The whole program as its users meet it: the real binary, real files, a real nginx, a real browser.

mod browser;
mod cast;
mod commands;
mod demo;
mod kill;
mod nginx;
mod reference;
mod serve;
