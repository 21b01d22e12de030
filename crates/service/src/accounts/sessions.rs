//! Browsers that are signed in.

use model::{Doer, Person, PersonId, Session, SessionId, UnixMillis};
use secrets::{Secret, random_text};
use serde_json::json;
use store::Edit;

use super::entrance::SESSION_DAYS;
use crate::audit::Deed;
use crate::{Error, Refusal, Steadfast};

const DAY_MILLIS: i64 = 86_400_000;

/// How long a session lives unused.
const IDLE_MILLIS: i64 = 7 * DAY_MILLIS;

/// A browser, as a request shows it.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// As it names itself, cut to 200 characters.
    pub user_agent: String,
    /// Where it comes from, as told by the connection.
    pub address: String,
    /// Whose session it has so far. Signing in ends it: a session has one person, and its cookie is never taken over.
    pub session: Option<(PersonId, SessionId)>,
}

/// A session that was just opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What the cookie carries, new each time.
    pub cookie: Secret,
    /// Who signed in.
    pub person: Person,
}

/// Whether a session is good at this instant.
pub(super) fn is_live(session: &Session, now: UnixMillis) -> bool {
    session.expires_at > now && session.last_used_at.plus_millis(IDLE_MILLIS) > now
}

impl Steadfast {
    /// The edits that open a session for a person, who proved who they are `by` this way, and what comes of them.
    pub(super) fn opening(&self, person: Person, visit: &Visit, by: &str) -> (Opened, Vec<Edit>) {
        let now = self.clock.now();
        let cookie = random_text(&*self.random);
        let session = Session {
            id: SessionId::new(now, &*self.random),
            person: person.id,
            digest: *cookie.digest().as_bytes(),
            user_agent: visit.user_agent.clone(),
            address: visit.address.clone(),
            created_at: now,
            last_used_at: now,
            proven_at: now,
            expires_at: now.plus_millis(SESSION_DAYS * DAY_MILLIS),
        };
        let deed = Deed {
            action: "person.signed_in",
            target: person.id.to_string(),
            after: Some(json!({"by": by, "address": visit.address})),
            ..Deed::default()
        };
        let before = visit.session.map(|(person, session)| Edit::EndSession(person, session));
        let edits = before.into_iter().chain([Edit::AddSession(session), self.audited(Doer::Person(person.id), deed)]);
        (Opened { cookie, person }, edits.collect())
    }

    /// A person's sessions that are good now, the last used first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn live_sessions(&self, person: PersonId) -> Result<Vec<Session>, Error> {
        let now = self.clock.now();
        let mut sessions = self.store.sessions_of(person).await?;
        sessions.retain(|session| is_live(session, now));
        Ok(sessions)
    }

    /// One of a person's sessions, if it is good now.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub async fn live_session(&self, person: PersonId, session: SessionId) -> Result<Session, Error> {
        let found = self.live_sessions(person).await?.into_iter().find(|live| live.id == session);
        Ok(found.ok_or_else(|| Refusal::NotFound("this session is over, or was never yours".to_owned()))?)
    }

    /// Ends the session of a browser whose person signs out.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_out(&self, session: &Session) -> Result<(), Error> {
        let deed = Deed { action: "person.signed_out", target: session.person.to_string(), ..Deed::default() };
        let edits =
            vec![Edit::EndSession(session.person, session.id), self.audited(Doer::Person(session.person), deed)];
        Ok(self.store.change(edits).await?)
    }

    /// Ends one of a person's sessions.
    ///
    /// # Errors
    /// When it is none of theirs or over, or the store fails.
    pub async fn end_session(&self, by: Doer, person: PersonId, session: SessionId) -> Result<(), Error> {
        let session = self.live_session(person, session).await?;
        let deed = Deed {
            action: "session.ended",
            target: person.to_string(),
            before: Some(json!({"session": session.id.to_string(), "address": session.address})),
            ..Deed::default()
        };
        Ok(self.store.change(vec![Edit::EndSession(person, session.id), self.audited(by, deed)]).await?)
    }

    /// Ends all sessions of a person but this one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end_other_sessions(&self, by: Doer, person: PersonId, kept: Option<SessionId>) -> Result<(), Error> {
        let deed = Deed {
            action: "sessions.ended",
            target: person.to_string(),
            after: Some(json!({"kept": kept.map(|session| session.to_string())})),
            ..Deed::default()
        };
        Ok(self.store.change(vec![Edit::EndSessions(person, kept), self.audited(by, deed)]).await?)
    }

    /// Removes what no longer matters: sessions and links that are over, secrets and requests of long ago. Part of the upkeep.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn tidy(&self) -> Result<(), Error> {
        Ok(self.store.change(vec![Edit::Tidy(self.clock.now())]).await?)
    }
}
