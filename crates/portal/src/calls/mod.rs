//! Calls sent over HTTP to be counted: `POST /api/v1/calls`, and what other ways in share with it.

pub(crate) mod api;
mod gate;
#[cfg(test)]
mod hanging_up;
mod intake;
mod packing;
#[cfg(test)]
mod tests;

pub(crate) use gate::Gate;
#[cfg(test)]
pub(crate) use intake::MOST_BYTES;
pub(crate) use intake::{Sent, take};
