//! The portal: server-rendered pages for people and a JSON API for programs, over [`service::Steadfast`].
//!
//! Every route stands in `router.rs`; each topic has its own folder with pages, API and view. Views are
//! plain values made from what the use cases answer, and templates only lay them out, so a page is a pure
//! function of its view. No page needs script. Who may ask stands in the types that handlers take, see `access/`.

mod access;
mod accounts;
mod activity;
mod address;
mod alerts;
mod app_health;
mod app_overview;
mod app_settings;
mod apps;
mod ask;
mod assets;
mod audit;
mod calls;
mod chrome;
mod claims;
mod collaborators;
mod components;
mod confirm;
mod connection;
mod credentials;
mod demo;
mod fault;
mod figures;
mod form;
mod guard;
mod incomplete;
mod invitations;
mod limits;
mod listing;
mod looks;
mod manifest_schema;
mod metrics;
mod once;
mod openapi;
mod operations;
mod organisations;
mod otlp;
mod pace;
#[cfg(test)]
mod pages_hold;
mod pages_of;
mod people;
mod platform;
mod query;
mod router;
mod routes;
mod rules;
mod seats;
mod serve;
mod setting;
mod site;
mod source_tokens;
mod strip;
mod urls;
mod versions;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod testing;

pub use demo::{DemoPerson, Demonstration};
pub use limits::Limits;
pub use router::router;
pub use serve::serve;
pub use site::{Site, SiteError};
pub use urls::app_health as app_health_url;

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

use model::SourceName;
use service::{SourceReading, Steadfast};

/// The portal to one installation. Clones share it: each request makes some, and keeps them for as long as it waits.
#[derive(Clone)]
pub struct Portal(Arc<Shared>);

/// What every handler shares.
#[derive(Clone)]
pub struct Shared {
    /// The installation whose apps are shown.
    pub steadfast: Steadfast,
    /// Where the portal is found.
    pub site: Site,
    /// The identity providers through which people may sign in, each with its name in URLs
    /// (`/sign-in/provider/{name}`).
    pub providers: Arc<Vec<(String, oidc::Provider)>>,
    /// What the demonstration shows of itself; none in any other portal.
    pub demonstration: Option<Arc<Demonstration>>,
    /// How what sources send over HTTP is read, where it is not call records.
    pub(crate) sources: HashMap<SourceName, SourceReading>,
    /// How much and how long senders may take.
    pub(crate) limits: Limits,
    /// The room for batches of calls.
    pub(crate) gate: calls::Gate,
    /// How batches of calls are answered.
    pub(crate) measured: metrics::Measured,
}

impl Portal {
    /// A portal to an installation.
    #[must_use]
    pub fn new(steadfast: Steadfast, site: Site) -> Self {
        Self(Arc::new(Shared {
            steadfast,
            site,
            providers: Arc::default(),
            demonstration: None,
            sources: HashMap::new(),
            limits: Limits::DEFAULT,
            gate: calls::Gate::new(Limits::DEFAULT.batch_memory),
            measured: metrics::Measured::default(),
        }))
    }

    /// The same portal with these identity providers.
    #[must_use]
    pub fn with_providers(self, providers: Vec<(String, oidc::Provider)>) -> Self {
        self.with(|shared| shared.providers = Arc::new(providers))
    }

    /// The same portal that reads what these sources send in their own ways.
    #[must_use]
    pub fn with_sources(self, sources: HashMap<SourceName, SourceReading>) -> Self {
        self.with(|shared| shared.sources = sources)
    }

    /// The same portal with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        self.with(|shared| (shared.limits, shared.gate) = (limits, calls::Gate::new(limits.batch_memory)))
    }

    /// The same portal as a demonstration.
    #[must_use]
    pub fn as_demonstration(self, demonstration: Demonstration) -> Self {
        self.with(|shared| shared.demonstration = Some(Arc::new(demonstration)))
    }

    /// The same portal with a change.
    fn with(mut self, change: impl FnOnce(&mut Shared)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }
}

impl Deref for Portal {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
