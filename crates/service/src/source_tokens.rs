//! Tokens of sources: made by operators or at the command line, shown once, and good for sending calls alone.

use access::Actor;
use model::{AppId, Day, Doer, Environment, Session, SourceName, SourceToken, TokenId};
use secrets::{Digest, Secret, SecretKind};
use serde_json::{Value, json};
use store::Edit;

use crate::accounts::TokenRefusal;
use crate::audit::Deed;
use crate::{Error, Flaw, Once, Refusal, Steadfast};

/// How many tokens of one source may be good at the same time.
const MOST: usize = 50;

/// How many apps one token can be limited to.
pub const SOURCE_TOKEN_APPS: usize = 1000;

/// For how many days an expired token is still listed, so that one sees why a gateway is refused.
const SHOWN_DAYS: i64 = 90;

const DAY_MILLIS: i64 = 86_400_000;

/// How exactly the last use is kept. (Writing on each batch would double the commits.)
const TOUCH_MILLIS: i64 = 60_000;

/// A token that somebody wants for a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewSourceToken {
    /// The name of the source.
    pub source: String,
    /// The ids of the apps whose calls it may send; all where there is none.
    pub apps: Vec<String>,
    /// The words of the environments whose calls it may send; all where there is none.
    pub environments: Vec<String>,
    /// The last day on which it is good, `YYYY-MM-DD`; empty for one that does not expire.
    pub expires: String,
}

/// A token of a source that was made.
#[derive(Clone, Debug)]
pub struct MadeSourceToken {
    /// What is known of it.
    pub token: SourceToken,
    /// The token itself. None where the request was sent before: it was shown then.
    pub secret: Option<Secret>,
}

/// What was asked for, once it is found to be right.
struct Checked {
    source: SourceName,
    apps: Vec<AppId>,
    environments: Vec<Environment>,
    expires: Option<Day>,
}

impl Steadfast {
    /// The tokens of all sources that are neither revoked nor long expired, by source, newest first of each.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn source_tokens(&self) -> Result<Vec<SourceToken>, Error> {
        Ok(self.still_shown(self.store.source_tokens().await?))
    }

    /// Those of one source, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn source_tokens_of(&self, source: &SourceName) -> Result<Vec<SourceToken>, Error> {
        Ok(self.still_shown(self.store.source_tokens_of(source).await?))
    }

    fn still_shown(&self, mut tokens: Vec<SourceToken>) -> Vec<SourceToken> {
        let oldest = self.clock.now().plus_millis(-SHOWN_DAYS * DAY_MILLIS);
        tokens.retain(|token| token.revoked_at.is_none() && token.expires_at.is_none_or(|at| at > oldest));
        tokens
    }

    /// One token of a source that is not revoked.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub async fn source_token(&self, id: TokenId) -> Result<SourceToken, Error> {
        let token = self.store.source_token(id).await?.filter(|token| token.revoked_at.is_none());
        Ok(token.ok_or_else(|| Refusal::NotFound("this token was revoked, or was never a source's".to_owned()))?)
    }

    /// Makes a token of a source, which is shown once: for an operator who is signed in and proved it not long ago, or at
    /// the command line (no session).
    ///
    /// # Errors
    /// When what was written can't be taken, the session has no recent proof, or the store fails.
    pub async fn make_source_token(
        &self,
        session: Option<&Session>,
        new: &NewSourceToken,
        once: Option<&Once>,
    ) -> Result<MadeSourceToken, Error> {
        if let Some(made) = self.made_before(once).await? {
            let id = made.parse().map_err(|_| Error::Broken(format!("`{made}` is the id of no token")))?;
            return Ok(MadeSourceToken { token: self.source_token(id).await?, secret: None });
        }
        if let Some(session) = session {
            self.demand_proof(session)?;
        }
        let Checked { source, apps, environments, expires } = checked(new, self.today())?;
        let now = self.clock.now();
        let live = self.source_tokens_of(&source).await?.iter().filter(|token| token.is_good(now)).count();
        if live >= MOST {
            let sentence = format!("`{source}` has {MOST} tokens, which is the most; revoke one that is not used");
            return Err(Refusal::Conflict(sentence).into());
        }
        let secret = secrets::generate(SecretKind::SourceToken, &*self.random);
        let token = SourceToken {
            id: TokenId::new(now, &*self.random),
            source,
            digest: *secret.digest().as_bytes(),
            hint: secrets::hint(&secret),
            apps,
            environments,
            created_at: now,
            created_by: session.map(|session| session.person),
            expires_at: expires.map(|day| self.platform.zone.start_of(day.plus(1))),
            last_used_at: None,
            revoked_at: None,
        };
        let deed = Deed { action: "source_token.made", after: Some(told(&token)), ..about(&token) };
        let by = session.map_or(Doer::System, |session| Doer::Person(session.person));
        let edits = [Edit::AddSourceToken(token.clone()), self.audited(by, deed)];
        let remembered = self.remembered(once, &token.id.to_string());
        self.store.change(edits.into_iter().chain(remembered).collect()).await?;
        Ok(MadeSourceToken { token, secret: Some(secret) })
    }

    /// Revokes a token of a source: calls that come with it are refused from then on.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub async fn revoke_source_token(&self, by: Doer, id: TokenId) -> Result<SourceToken, Error> {
        let token = self.source_token(id).await?;
        let deed = Deed { action: "source_token.revoked", before: Some(told(&token)), ..about(&token) };
        let edits = vec![Edit::RevokeSourceToken(id, self.clock.now()), self.audited(by, deed)];
        self.store.change(edits).await?;
        Ok(token)
    }

    /// The token of a source that a request carries, where it is good; notes that it was used.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn source_of(&self, text: &str) -> Result<Result<(Actor, SourceToken), TokenRefusal>, Error> {
        let now = self.clock.now();
        let Some(token) = self.store.source_token_by_digest(Digest::of(text).as_bytes()).await? else {
            return Ok(Err(TokenRefusal::Unknown));
        };
        if token.revoked_at.is_some() {
            return Ok(Err(TokenRefusal::Revoked));
        }
        if !token.is_good(now) {
            return Ok(Err(TokenRefusal::Expired));
        }
        if token.last_used_at.is_none_or(|at| at.plus_millis(TOUCH_MILLIS) <= now) {
            self.note_use(&token.id.to_string(), Edit::TouchSourceToken(token.id, now)).await;
        }
        Ok(Ok((Actor::Source { token: token.id }, token)))
    }
}

/// An entry of the audit log about a token.
fn about(token: &SourceToken) -> Deed {
    Deed { target: format!("source:{}", token.source), ..Deed::default() }
}

/// What the audit log tells of a token. An empty list would read as if it could send nothing.
fn told(token: &SourceToken) -> Value {
    let or_all = |limits: Vec<&str>| if limits.is_empty() { json!("all") } else { json!(limits) };
    json!({
        "token": token.id.to_string(),
        "hint": token.hint,
        "apps": or_all(token.apps.iter().map(AppId::as_str).collect()),
        "environments": or_all(token.environments.iter().map(|environment| environment.key()).collect()),
        "expires_at": token.expires_at.map_or_else(|| "never".to_owned(), |at| at.to_string()),
    })
}

/// What was asked for, with everything that is wrong told at once.
fn checked(new: &NewSourceToken, today: Day) -> Result<Checked, Refusal> {
    let mut flaws = Vec::new();
    let source = new.source.trim().parse::<SourceName>();
    match &source {
        Ok(name) if name.is_reserved() => flaws.push(Flaw::new(
            "source",
            format!("`{name}` is what Steadfast calls what comes without the name of a source; choose another name"),
        )),
        Ok(_) => {}
        Err(error) => flaws.push(Flaw::new("source", error)),
    }
    let mut apps = Vec::new();
    // A variable of a script that is not set must not make a token for all.
    if new.apps.iter().any(|id| id.trim().is_empty()) {
        flaws.push(Flaw::new("apps", "an id is empty; leave it out, and all of them for all apps"));
    }
    for id in new.apps.iter().map(|id| id.trim()).filter(|id| !id.is_empty()).take(SOURCE_TOKEN_APPS + 1) {
        match id.parse::<AppId>() {
            Ok(app) if !app.is_unidentified() => apps.push(app),
            Ok(_) => flaws.push(Flaw::new("apps", format!("`{id}` stands for calls without an app; leave it out"))),
            Err(error) if flaws.len() < 10 => flaws.push(Flaw::new("apps", error)),
            Err(_) => {}
        }
    }
    if apps.len() > SOURCE_TOKEN_APPS {
        flaws.push(Flaw::new("apps", format!("name at most {SOURCE_TOKEN_APPS} apps, or none for all")));
    }
    apps.sort_unstable();
    apps.dedup();
    let mut environments = Vec::new();
    for word in new.environments.iter().take(10) {
        match Environment::from_key(word.trim()) {
            Some(environment) => environments.push(environment),
            None => flaws.push(Flaw::new("environments", "write `production` or `sandbox`, or none for both")),
        }
    }
    environments.sort_unstable();
    environments.dedup();
    let expires = match new.expires.trim() {
        "" => None,
        text => match text.parse::<Day>() {
            Ok(day) if day >= today => Some(day),
            Ok(_) => {
                flaws.push(Flaw::new("expires", "this day is over; write a later one"));
                None
            }
            Err(error) => {
                flaws.push(Flaw::new("expires", error));
                None
            }
        },
    };
    match source {
        Ok(source) if flaws.is_empty() => Ok(Checked { source, apps, environments, expires }),
        _ => Err(Refusal::Invalid(flaws)),
    }
}

#[cfg(test)]
mod tests {
    use model::UnixMillis;

    use super::*;

    fn fields(source: &str, apps: &[&str], environments: &[&str], expires: &str) -> Vec<String> {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let new = NewSourceToken {
            source: source.to_owned(),
            apps: texts(apps),
            environments: texts(environments),
            expires: expires.to_owned(),
        };
        match checked(&new, "2026-11-20".parse().unwrap()) {
            Err(Refusal::Invalid(flaws)) => flaws.into_iter().map(|flaw| flaw.field).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn the_audit_log_says_all_and_never_of_a_token_without_limits() {
        let open = SourceToken {
            id: TokenId::from_bytes([1; 16]),
            source: "kong".parse().unwrap(),
            digest: [0; 32],
            hint: "stf_s_…".to_owned(),
            apps: Vec::new(),
            environments: Vec::new(),
            created_at: UnixMillis(0),
            created_by: None,
            expires_at: None,
            last_used_at: None,
            revoked_at: None,
        };
        let limits = |token: &SourceToken| {
            let told = told(token);
            json!([told["apps"], told["environments"], told["expires_at"]])
        };
        assert_eq!(limits(&open), json!(["all", "all", "never"]));
        let limited = SourceToken {
            apps: vec!["acme".parse().unwrap()],
            environments: vec![Environment::Sandbox],
            expires_at: Some(UnixMillis(0)),
            ..open
        };
        assert_eq!(limits(&limited), json!([["acme"], ["sandbox"], "1970-01-01T00:00:00Z"]));
    }

    #[test]
    fn every_flaw_of_a_source_token_is_told() {
        assert_eq!(fields("kong", &[], &[], ""), [""; 0]);
        assert_eq!(fields(" kong ", &["acme", " acme "], &["sandbox", "sandbox"], "2026-11-20"), [""; 0]);
        assert_eq!(fields("a b", &["\u{1}"], &["moon"], "soon"), ["source", "apps", "environments", "expires"]);
        for apps in [&[""][..], &[" "], &["acme", ""]] {
            assert_eq!(fields("kong", apps, &[], ""), ["apps"], "{apps:?}");
        }
        for reserved in ["http", "files", "stdin"] {
            assert_eq!(fields(reserved, &["acme"], &[], ""), ["source"], "{reserved}");
        }
        assert_eq!(fields("files.eu", &[], &[], ""), [""; 0]);
        assert_eq!(fields("kong", &["unidentified"], &[], "2026-11-19"), ["apps", "expires"]);
        assert!(fields("kong", &["\u{1}"; 5000], &["x"; 5000], "").len() < 30, "bounded");
    }
}
