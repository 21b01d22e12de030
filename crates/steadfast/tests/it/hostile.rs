//! What somebody tries who means harm: each a story against the real program, over HTTP.

mod assignment;
mod cookies;
mod doors;
mod forgery;
mod headers;
mod hosts;
mod markers;
mod redirects;
