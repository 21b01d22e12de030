//! API tokens: people's own, and those of organisations, which are made and revoked in the same way.

use access::{AppRight, PlatformRight};
use model::{ApiToken, Doer, Person, PersonId, Scope, Session, TokenId, TokenOwner, UnixMillis};
use secrets::{Secret, SecretKind};
use serde_json::{Value, json};
use store::Edit;

use super::checks::Flaws;
use crate::audit::Deed;
use crate::{Error, Once, Refusal, Steadfast};

/// For how many days a token may be good.
pub const TOKEN_DAYS: [u16; 4] = [7, 30, 90, 365];

/// How many tokens of one owner may be good at the same time.
const MOST: usize = 50;

/// For how many days an expired token is still listed, so that one sees why a program is refused.
const SHOWN_DAYS: i64 = 90;

const DAY_MILLIS: i64 = 86_400_000;

/// A token that somebody wants.
#[derive(Clone, Debug, Default)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// The keys of its scopes.
    pub scopes: Vec<String>,
    /// For how many days it is good: one of [`TOKEN_DAYS`].
    pub days: u16,
}

/// A token that was made.
#[derive(Clone, Debug)]
pub struct MadeToken {
    /// What is known of it.
    pub token: ApiToken,
    /// The token itself. None where the request was sent before: it was shown then.
    pub secret: Option<Secret>,
}

impl Steadfast {
    /// The scopes that a person's own tokens may have: what they could use.
    #[must_use]
    pub fn scopes_for(person: &Person) -> Vec<Scope> {
        let everybodys = |scope: Scope| {
            matches!(scope, Scope::PeopleRead | Scope::PeopleWrite) || AppRight::ALL.iter().any(|r| r.scope() == scope)
        };
        let of_staff = |scope: Scope| {
            let role = person.platform_role;
            PlatformRight::ALL
                .iter()
                .any(|right| right.scope() == scope && role.is_some_and(|role| right.of_role(role)))
        };
        Scope::ALL.into_iter().filter(|scope| everybodys(*scope) || of_staff(*scope)).collect()
    }

    /// A person's own tokens that are neither revoked nor long expired, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn tokens_of_person(&self, person: PersonId) -> Result<Vec<ApiToken>, Error> {
        self.tokens_of(TokenOwner::Person(person)).await
    }

    /// One of a person's own tokens that are not revoked.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub async fn token_of_person(&self, person: PersonId, id: TokenId) -> Result<ApiToken, Error> {
        self.token_of(TokenOwner::Person(person), id).await
    }

    /// Makes a token for a person who is signed in and proved it not long ago. It is shown once.
    ///
    /// # Errors
    /// When what was written can't be taken, the session has no recent proof, or the store fails.
    pub async fn make_token(
        &self,
        person: &Person,
        session: &Session,
        new: &NewToken,
        once: Option<&Once>,
    ) -> Result<MadeToken, Error> {
        self.make_token_of(TokenOwner::Person(person.id), &Self::scopes_for(person), session, new, once).await
    }

    /// Revokes one of a person's own tokens.
    ///
    /// # Errors
    /// When it is none of theirs, or the store fails.
    pub async fn revoke_token(&self, person: &Person, id: TokenId) -> Result<ApiToken, Error> {
        self.revoke_token_of(TokenOwner::Person(person.id), id, person.id).await
    }

    /// The tokens of an owner that are not revoked, newest first.
    pub(crate) async fn tokens_of(&self, owner: TokenOwner) -> Result<Vec<ApiToken>, Error> {
        let mut tokens = self.store.tokens_of(owner).await?;
        let oldest = self.clock.now().plus_millis(-SHOWN_DAYS * DAY_MILLIS);
        tokens.retain(|token| token.revoked_at.is_none() && token.expires_at > oldest);
        Ok(tokens)
    }

    /// One of an owner's tokens that are not revoked.
    pub(crate) async fn token_of(&self, owner: TokenOwner, id: TokenId) -> Result<ApiToken, Error> {
        let token = self.store.token(id).await?;
        let theirs = token.filter(|token| token.owner == owner && token.revoked_at.is_none());
        Ok(theirs.ok_or_else(|| Refusal::NotFound(format!("this token was revoked, or was never {}", whose(owner))))?)
    }

    /// Makes a token of an owner with some of the scopes that are `offered`; the person of the session, who proved not long
    /// ago who they are, makes it.
    pub(crate) async fn make_token_of(
        &self,
        owner: TokenOwner,
        offered: &[Scope],
        session: &Session,
        new: &NewToken,
        once: Option<&Once>,
    ) -> Result<MadeToken, Error> {
        if let Some(made) = self.made_before(once).await? {
            let id = made.parse().map_err(|_| Error::Broken(format!("`{made}` is the id of no token")))?;
            return Ok(MadeToken { token: self.token_of(owner, id).await?, secret: None });
        }
        self.demand_proof(session)?;
        let (name, scopes) = checked(new, offered)?;
        let now = self.clock.now();
        let live = self.tokens_of(owner).await?.iter().filter(|token| token.expires_at > now).count();
        if live >= MOST {
            let sentence = format!("there are {MOST} tokens, which is the most; revoke one that is not used");
            return Err(Refusal::Conflict(sentence).into());
        }
        let secret = secrets::generate(kind(owner), &*self.random);
        let token = ApiToken {
            id: TokenId::new(now, &*self.random),
            owner,
            created_by: session.person,
            name,
            digest: *secret.digest().as_bytes(),
            hint: secrets::hint(&secret),
            scopes,
            created_at: now,
            expires_at: now.plus_millis(i64::from(new.days) * DAY_MILLIS),
            last_used_at: None,
            revoked_at: None,
        };
        let deed = Deed { action: "token.made", after: Some(told(&token)), ..about(owner) };
        let remembered = self.remembered(once, &token.id.to_string());
        let edits = [Edit::AddToken(token.clone()), self.audited(Doer::Person(session.person), deed)];
        self.store.change(edits.into_iter().chain(remembered).collect()).await?;
        Ok(MadeToken { token, secret: Some(secret) })
    }

    /// Revokes one of an owner's tokens.
    pub(crate) async fn revoke_token_of(
        &self,
        owner: TokenOwner,
        id: TokenId,
        by: PersonId,
    ) -> Result<ApiToken, Error> {
        let token = self.token_of(owner, id).await?;
        let now: UnixMillis = self.clock.now();
        let deed = Deed { action: "token.revoked", before: Some(told(&token)), ..about(owner) };
        self.store.change(vec![Edit::RevokeToken(id, now), self.audited(Doer::Person(by), deed)]).await?;
        Ok(token)
    }
}

fn kind(owner: TokenOwner) -> SecretKind {
    match owner {
        TokenOwner::Person(_) => SecretKind::PersonalToken,
        TokenOwner::Organisation(_) => SecretKind::OrganisationToken,
    }
}

fn whose(owner: TokenOwner) -> &'static str {
    match owner {
        TokenOwner::Person(_) => "yours",
        TokenOwner::Organisation(_) => "this organisation's",
    }
}

/// An entry of the audit log about an owner's tokens.
fn about(owner: TokenOwner) -> Deed {
    match owner {
        TokenOwner::Person(id) => Deed { target: id.to_string(), ..Deed::default() },
        TokenOwner::Organisation(id) => Deed { target: id.to_string(), organisation: Some(id), ..Deed::default() },
    }
}

/// What the audit log tells of a token.
fn told(token: &ApiToken) -> Value {
    let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.key()).collect();
    json!({
        "token": token.id.to_string(),
        "name": token.name,
        "hint": token.hint,
        "scopes": scopes,
        "expires_at": token.expires_at.to_string(),
    })
}

/// Name and scopes of a token, with everything that is wrong told at once.
fn checked(new: &NewToken, offered: &[Scope]) -> Result<(String, Vec<Scope>), Refusal> {
    let mut flaws = Flaws::default();
    let name = flaws.name("name", &new.name);
    let mut scopes: Vec<Scope> = Vec::new();
    for key in new.scopes.iter().take(Scope::ALL.len()) {
        match Scope::from_key(key) {
            Some(scope) if offered.contains(&scope) => scopes.push(scope),
            Some(scope) => flaws.add("scopes", format!("your role does not allow `{scope}`; leave it out")),
            None => {
                let known: Vec<String> = offered.iter().map(|scope| format!("`{scope}`")).collect();
                flaws.add("scopes", format!("there is no such scope; choose among {}", known.join(", ")));
            }
        }
    }
    scopes.sort_unstable();
    scopes.dedup();
    if new.scopes.len() > Scope::ALL.len() {
        flaws.add("scopes", format!("there are only {} scopes; choose each once", Scope::ALL.len()));
    }
    if new.scopes.is_empty() {
        flaws.add("scopes", "choose at least one scope; a token without any can do nothing");
    }
    if !TOKEN_DAYS.contains(&new.days) {
        flaws.add("days", "choose 7, 30, 90 or 365 days");
    }
    flaws.end()?;
    Ok((name, scopes))
}

#[cfg(test)]
mod tests {
    use model::PlatformRole;

    use super::*;

    fn person(platform_role: Option<PlatformRole>) -> Person {
        Person {
            id: PersonId::from_bytes([1; 16]),
            email: "anna@example.com".parse().unwrap(),
            name: "Anna".to_owned(),
            platform_role,
            verified_at: None,
            disabled_at: None,
            created_at: UnixMillis(0),
        }
    }

    #[test]
    fn scopes_of_the_platform_are_for_its_staff() {
        let of = |role| Steadfast::scopes_for(&person(role));
        let everybodys =
            [Scope::AppsRead, Scope::AppsWrite, Scope::CredentialsWrite, Scope::PeopleRead, Scope::PeopleWrite];
        assert_eq!(of(None), everybodys);
        assert!(of(Some(PlatformRole::Auditor)).contains(&Scope::PlatformRead));
        assert!(!of(Some(PlatformRole::Auditor)).contains(&Scope::PlatformWrite));
        assert!(of(Some(PlatformRole::Reviewer)).contains(&Scope::PlatformWrite));
        assert!(!of(Some(PlatformRole::Reviewer)).contains(&Scope::CallsWrite));
        assert_eq!(of(Some(PlatformRole::Operator)), Scope::ALL);
    }

    #[test]
    fn every_flaw_of_a_token_is_told() {
        let offered = Steadfast::scopes_for(&person(None));
        let fields = |name: &str, scopes: &[&str], days: u16| {
            let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
            match checked(&NewToken { name: name.to_owned(), scopes, days }, &offered) {
                Err(Refusal::Invalid(flaws)) => flaws.into_iter().map(|flaw| flaw.field).collect(),
                _ => Vec::new(),
            }
        };
        assert_eq!(fields("ci", &["apps:read"], 30), [""; 0]);
        assert_eq!(fields("", &[], 31), ["name", "scopes", "days"]);
        assert_eq!(fields("ci", &["calls:write", "root"], 7), ["scopes", "scopes"]);
        assert!(fields("ci", &["root"; 10_000], 7).len() < 20, "the answer is not larger than the question");
    }
}
