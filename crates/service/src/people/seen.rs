//! People as the platform's staff sees them.

use model::{App, AppRole, Doer, Email, Member, Organisation, Person, PersonId, UnixMillis};
use store::{AuditQuery, PeopleQuery};

use crate::{Error, Refusal, Steadfast};

/// A person in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonSeen {
    /// The person.
    pub person: Person,
    /// When they last signed in; none where they never did.
    pub last_sign_in: Option<UnixMillis>,
}

/// One page of a list of people, by address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeoplePage {
    /// The people.
    pub people: Vec<PersonSeen>,
    /// The address after which the next page begins, where there is one.
    pub next: Option<Email>,
}

/// All that the staff sees of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonInFull {
    /// The person.
    pub person: Person,
    /// When they last signed in.
    pub last_sign_in: Option<UnixMillis>,
    /// The organisations that they are in.
    pub organisations: Vec<(Organisation, Member)>,
    /// The apps that they work on, by name.
    pub apps: Vec<(App, AppRole)>,
    /// In how many browsers they are signed in.
    pub sessions: usize,
    /// How many of their tokens are good.
    pub tokens: usize,
    /// Whether they have a second factor.
    pub second_factor: bool,
}

impl Steadfast {
    /// People whose name or address holds `search`, by address, from after `after` on; at most `limit` of them.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn people(&self, search: &str, after: Option<Email>, limit: u32) -> Result<PeoplePage, Error> {
        let query = PeopleQuery { search: search.trim().to_owned(), after, limit: limit.saturating_add(1) };
        let mut found = self.store.people(&query).await?;
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = found.len() > most;
        found.truncate(most);
        let next = found.last().filter(|_| more).map(|person| person.email.clone());
        let mut people = Vec::with_capacity(found.len());
        for person in found {
            let last_sign_in = self.last_sign_in(person.id).await?;
            people.push(PersonSeen { person, last_sign_in });
        }
        Ok(PeoplePage { people, next })
    }

    /// All that the staff sees of a person.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub async fn person_in_full(&self, id: PersonId) -> Result<PersonInFull, Error> {
        let person = self.known_person(id).await?;
        let mut apps = Vec::new();
        for (app, role) in self.store.apps_of(id).await? {
            apps.extend(self.store.app(&app).await?.map(|app| (app, role)));
        }
        apps.sort_by_cached_key(|(app, _)| (app.name.to_lowercase(), app.id.clone()));
        let now = self.clock.now();
        let secrets = self.store.sign_in_secrets(id).await?;
        Ok(PersonInFull {
            last_sign_in: self.last_sign_in(id).await?,
            organisations: self.store.organisations_of(id).await?,
            apps,
            sessions: self.live_sessions(id).await?.len(),
            tokens: self.tokens_of_person(id).await?.iter().filter(|token| token.expires_at > now).count(),
            second_factor: secrets.is_some_and(|secrets| secrets.second_factor.is_some()),
            person,
        })
    }

    /// A person.
    pub(crate) async fn known_person(&self, id: PersonId) -> Result<Person, Error> {
        let nobody = || Refusal::NotFound("there is no such person".to_owned());
        Ok(self.store.person(id).await?.ok_or_else(nobody)?)
    }

    /// The audit log knows it, however long ago the session ended.
    async fn last_sign_in(&self, id: PersonId) -> Result<Option<UnixMillis>, Error> {
        let query = AuditQuery {
            by: Some(Doer::Person(id)),
            action: Some("person.signed_in".to_owned()),
            limit: 1,
            ..AuditQuery::default()
        };
        Ok(self.store.audit(&query).await?.first().map(|entry| entry.at))
    }
}
