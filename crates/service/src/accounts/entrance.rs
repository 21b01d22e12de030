//! Who is at the door: the person of a cookie, the actor of a token.

use std::time::Duration;

use access::{Actor, Proof};
use model::{ApiToken, Person, Session, TokenOwner, UnixMillis};
use secrets::Digest;
use store::{Edit, StoreError};

use super::Limit;
use super::sessions::is_live;
use crate::{Error, Steadfast};

/// How long a session lives at most.
pub const SESSION_DAYS: i64 = 30;

/// How exactly the last use of a session or token is kept. (Writing on each request would make readers writers.)
const TOUCH_MILLIS: i64 = 5 * 60_000;

/// How often a use of anything is noted at most, also where that fails: of a source's token, which is kept to the minute, that often.
const NOTES: Limit = Limit::new("note", 1, 60);

/// For how long a request waits for it.
const NOTED: Duration = Duration::from_millis(100);

/// Why a token is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    /// It has not the form of one.
    #[error("this is not a token of Steadfast; it begins with `stf_` and is copied whole")]
    Malformed,
    /// Nobody has it.
    #[error("nobody has this token; it may have been mistyped, or made for another installation")]
    Unknown,
    /// Its time is over.
    #[error("this token has expired; make a new one")]
    Expired,
    /// It was revoked, or the account behind it was shut.
    #[error("this token was revoked; make a new one")]
    Revoked,
}

impl Steadfast {
    /// The session of a cookie and its person, where both are good; notes that it was used.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn session_of(&self, cookie: &str) -> Result<Option<(Session, Person)>, Error> {
        let now = self.clock.now();
        let Some((session, person)) = self.store.session(Digest::of(cookie).as_bytes()).await? else {
            return Ok(None);
        };
        if !is_live(&session, now) || person.disabled_at.is_some() || person.verified_at.is_none() {
            return Ok(None);
        }
        if session.last_used_at.plus_millis(TOUCH_MILLIS) <= now {
            self.note_use(&session.id.to_string(), Edit::TouchSession(session.id, now)).await;
        }
        Ok(Some((session, person)))
    }

    /// Who acts with a token, and the person whose it is.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn actor_of(&self, token: &str) -> Result<Result<(Actor, Option<Person>), TokenRefusal>, Error> {
        if secrets::parse(token).is_err() {
            return Ok(Err(TokenRefusal::Malformed));
        }
        let now = self.clock.now();
        let Some(token) = self.store.token_by_digest(Digest::of(token).as_bytes()).await? else {
            return Ok(Err(TokenRefusal::Unknown));
        };
        if let Some(refusal) = flaw(&token, now) {
            return Ok(Err(refusal));
        }
        let (actor, person) = match token.owner {
            TokenOwner::Organisation(id) => {
                (Actor::Organisation { id, token: token.id, scopes: token.scopes.clone() }, None)
            }
            TokenOwner::Person(id) => match self.store.person(id).await? {
                Some(person) if person.disabled_at.is_none() && person.verified_at.is_some() => {
                    let proof = Proof::Token(token.id, token.scopes.clone());
                    (Actor::Person { id, platform_role: person.platform_role, proof }, Some(person))
                }
                _ => return Ok(Err(TokenRefusal::Revoked)),
            },
        };
        if token.last_used_at.is_none_or(|at| at.plus_millis(TOUCH_MILLIS) <= now) {
            self.note_use(&token.id.to_string(), Edit::TouchToken(token.id, now)).await;
        }
        Ok(Ok((actor, person)))
    }

    /// Notes a use of what has this id. That it can't be is no fault of the request, which waits for a moment at most.
    pub(crate) async fn note_use(&self, id: &str, edit: Edit) {
        let doors = &self.accounts.doors;
        if doors.knock(NOTES, id, self.clock.now()).is_err() {
            return;
        }
        let (store, noting) = (self.store.clone(), doors.noting());
        let noted = tokio::spawn(async move {
            // One at a time: where the store is locked, batches wait for that one alone.
            let _turn = noting.acquire_owned().await;
            match store.change(vec![edit]).await {
                // It ended meanwhile.
                Ok(()) | Err(StoreError::Conflict) => {}
                Err(error) => tracing::warn!(%error, "a use could not be noted"),
            }
        });
        let _ = tokio::time::timeout(NOTED, noted).await;
    }
}

fn flaw(token: &ApiToken, now: UnixMillis) -> Option<TokenRefusal> {
    if token.revoked_at.is_some() {
        Some(TokenRefusal::Revoked)
    } else if token.expires_at <= now {
        Some(TokenRefusal::Expired)
    } else {
        None
    }
}
