//! The whole program as its users meet it: the real binary, real files, a real nginx, a real browser.

mod cast;
mod kill;
mod nginx;
mod reference;
mod serve;
