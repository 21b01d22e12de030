//! Who sends calls to be counted.

use access::{Actor, Proof};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use model::SourceName;
use service::{Permission, SourceReading};

use super::rights::SendCalls;
use super::{Caller, Staff};
use crate::Portal;

/// Somebody who may send calls: a gateway with the token of a source, or an operator (whose calls count under the source
/// `http`).
#[derive(Clone, Debug)]
pub(crate) struct CallWriter {
    /// Whose batches these are: senders don't know of each other's.
    pub(crate) sender: String,
    /// The source that the calls count under.
    pub(crate) source: SourceName,
    /// How they are read.
    pub(crate) reading: SourceReading,
    /// Which of them may be sent.
    pub(crate) permission: Permission,
}

impl FromRequestParts<Portal> for CallWriter {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Response> {
        let Ok(caller) = Caller::from_request_parts(parts, &()).await;
        if let Some(token) = &caller.source {
            return Ok(Self {
                sender: token.id.to_string(),
                source: token.source.clone(),
                reading: portal.sources.get(&token.source).cloned().unwrap_or_default(),
                permission: Permission::of(token),
            });
        }
        let staff = Staff::<SendCalls>::from_request_parts(parts, portal).await?;
        Ok(Self {
            sender: sender(&staff.caller.actor),
            source: SourceName::http(),
            reading: SourceReading::default(),
            permission: Permission::default(),
        })
    }
}

/// A token's batches are its own.
fn sender(actor: &Actor) -> String {
    match actor {
        Actor::Person { proof: Proof::Token(token, _), .. }
        | Actor::Organisation { token, .. }
        | Actor::Source { token } => token.to_string(),
        Actor::Person { id, .. } => id.to_string(),
        Actor::Stranger => String::new(),
    }
}
