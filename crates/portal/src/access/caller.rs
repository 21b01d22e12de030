//! Whoever asks.

use std::convert::Infallible;
use std::sync::Arc;

use access::{Actor, PlatformRight};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use model::{Person, Session, SourceToken};

/// Who sent a request, as far as it proves.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// For decisions.
    pub(crate) actor: Actor,
    /// The person, by session or by their own token.
    pub(crate) person: Option<Person>,
    /// The session, if a browser asks that somebody signed in with.
    pub(crate) session: Option<Session>,
    /// The token of a source, if a gateway asks with one.
    pub(crate) source: Option<Arc<SourceToken>>,
    /// What forms of this caller have to carry.
    pub(crate) csrf: String,
    /// Where the request came from.
    pub(crate) address: String,
    /// The browser or program as it names itself, cut to 200 characters.
    pub(crate) user_agent: String,
}

impl Caller {
    /// A stranger.
    pub(crate) fn stranger() -> Self {
        Self {
            actor: Actor::Stranger,
            person: None,
            session: None,
            source: None,
            csrf: String::new(),
            address: String::new(),
            user_agent: String::new(),
        }
    }

    /// Whether they belong to the platform's staff.
    pub(crate) fn is_staff(&self) -> bool {
        PlatformRight::SeePlatform.is_held_by(&self.actor)
    }
}

/// Anybody may ask; what they see depends on who they are.
impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(Self::stranger))
    }
}
