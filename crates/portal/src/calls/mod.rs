//! Calls sent over HTTP to be counted: `POST /api/v1/calls`.

pub(crate) mod api;
mod body;
mod gate;
#[cfg(test)]
mod tests;

pub(crate) use gate::Gate;
