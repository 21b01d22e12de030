//! People's accounts: the pages before anybody is signed in, those of one's own account, and the calls for both.

mod account;
pub(crate) mod api;
mod browsers;
mod door;
pub(crate) mod entering;
pub(crate) mod first_operator;
mod kept_cookie;
mod local_path;
pub(crate) mod moments;
pub(crate) mod password;
pub(crate) mod prove;
pub(crate) mod provider;
mod same_browser;
pub(crate) mod second_factor;
pub(crate) mod security;
pub(crate) mod sessions;
pub(crate) mod sign_in;
pub(crate) mod sign_up;
#[cfg(test)]
mod tests;
pub(crate) mod tokens;

pub(crate) use account::{rename, show};
#[cfg(test)]
pub(crate) mod samples;
