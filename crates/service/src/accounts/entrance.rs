//! Who is at the door: the person of a cookie, the actor of a token.

use access::{Actor, Proof};
use model::{ApiToken, Person, Session, TokenOwner, UnixMillis};
use secrets::Digest;
use store::{Edit, StoreError};

use super::sessions::is_live;
use crate::{Error, Steadfast};

/// How long a session lives at most.
pub const SESSION_DAYS: i64 = 30;

/// How exactly the last use of a session or token is kept. (Writing on each request would make readers writers.)
const TOUCH_MILLIS: i64 = 5 * 60_000;

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
            self.note_use(Edit::TouchSession(session.id, now)).await?;
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
            self.note_use(Edit::TouchToken(token.id, now)).await?;
        }
        Ok(Ok((actor, person)))
    }

    /// Notes a use. That it ended meanwhile is no fault of the request.
    pub(crate) async fn note_use(&self, edit: Edit) -> Result<(), Error> {
        match self.store.change(vec![edit]).await {
            Err(StoreError::Conflict) => Ok(()),
            // Nor that nothing can be written at the moment.
            Err(error @ StoreError::Unavailable(_)) => {
                tracing::warn!(%error, "a use could not be noted");
                Ok(())
            }
            other => Ok(other?),
        }
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
