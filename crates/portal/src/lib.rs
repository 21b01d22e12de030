//! The portal: server-rendered pages for people and a JSON API for programs, over [`service::Steadfast`].
//!
//! Every route stands in `router.rs`; each topic has its own folder with pages, API and view. Views are
//! plain values made from what the use cases answer, and templates only lay them out, so a page is a pure
//! function of its view. No page needs script. Until there are accounts, the portal answers on loopback
//! only, see [`check_address`].

mod address;
mod app_health;
mod apps;
mod assets;
mod chrome;
mod fault;
mod figures;
mod guard;
mod looks;
mod operations;
#[cfg(test)]
mod pages_hold;
mod pages_of;
mod query;
mod router;
mod rules;
mod serve;
mod setting;
mod strip;
mod urls;

#[cfg(test)]
mod samples;

pub use address::{AddressError, check_address};
pub use router::router;
pub use serve::serve;
pub use urls::app_health as app_health_url;

use service::Steadfast;

/// What every handler shares.
#[derive(Clone)]
pub struct Portal {
    /// The installation whose apps are shown.
    pub steadfast: Steadfast,
}

impl Portal {
    /// A portal to an installation.
    #[must_use]
    pub fn new(steadfast: Steadfast) -> Self {
        Self { steadfast }
    }
}
