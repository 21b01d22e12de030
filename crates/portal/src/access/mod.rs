//! Who asks, and whether they may: every handler takes one of these extractors, so that forgetting to ask
//! does not compile into a page that shows anything.
//!
//! [`Caller`] is whoever asks, known or not. [`Known`], [`SignedIn`], [`BySession`], [`InApp`], [`InOrganisation`] and [`Staff`] are
//! callers of whom something is proven; rights are types ([`rights`]).

mod call_writer;
mod caller;
mod cookies;
mod csrf;
mod extract;
mod identify;
mod organisation;
pub(crate) mod rights;
#[cfg(test)]
mod table;

pub(crate) use call_writer::CallWriter;
pub(crate) use caller::Caller;
pub(crate) use cookies::{ended_session, opened_session};
pub(crate) use extract::{BySession, InApp, Known, SignedIn, Staff};
pub(crate) use identify::{identify, takes_calls};
pub(crate) use organisation::InOrganisation;
