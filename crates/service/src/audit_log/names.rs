//! Names in place of ids. What is gone keeps its id.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use model::{AppId, AuditEntry, Doer, Email, OrganisationId, Person, PersonId, TokenId, TokenOwner};
use serde_json::Value;

use super::filter::AuditFilter;
use super::page::AuditSeen;
use crate::{Error, Steadfast};

/// How many names are kept in mind during an export.
const KEPT: usize = 10_000;

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoerSeen {
    /// `person`, `token`, `system` or `nobody`.
    pub kind: &'static str,
    /// The id of the person or the token.
    pub id: Option<String>,
    /// The name of the person (for a token: whose it is), or of the organisation.
    pub name: Option<String>,
    /// The person's address, for those who may see all people.
    pub email: Option<Email>,
    /// The name of the token.
    pub token: Option<String>,
}

/// On what it was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetSeen {
    /// An app that is known, and its name.
    App(AppId, String),
    /// A person, and their name.
    Person(PersonId, String),
    /// An organisation, and its name.
    Organisation(OrganisationId, String),
    /// Something else, or what is gone.
    Other(String),
}

impl TargetSeen {
    /// The name, where there is one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::App(_, name) | Self::Person(_, name) | Self::Organisation(_, name) => Some(name),
            Self::Other(_) => None,
        }
    }

    /// What kind of thing it is: `app`, `person`, `organisation`, or empty.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::App(..) => "app",
            Self::Person(..) => "person",
            Self::Organisation(..) => "organisation",
            Self::Other(_) => "",
        }
    }
}

/// A token, as far as entries tell.
#[derive(Clone, Debug)]
struct TokenKnown {
    name: String,
    owner: TokenOwner,
}

/// The names learnt so far.
#[derive(Debug, Default)]
pub(super) struct Names {
    addresses: bool,
    people: HashMap<PersonId, Option<Person>>,
    tokens: HashMap<TokenId, Option<TokenKnown>>,
    organisations: HashMap<OrganisationId, Option<String>>,
    apps: HashMap<AppId, Option<String>>,
}

impl Names {
    /// For those who read the part of the log that a filter asks for: an organisation's people see names, not addresses.
    pub(super) fn for_readers_of(filter: &AuditFilter) -> Self {
        Self { addresses: filter.organisation.is_none(), ..Self::default() }
    }

    fn is_full(&self) -> bool {
        self.people.len() + self.tokens.len() + self.organisations.len() + self.apps.len() > KEPT
    }

    fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.get(&id)?.as_ref()
    }

    fn organisation(&self, id: OrganisationId) -> Option<&str> {
        self.organisations.get(&id)?.as_deref()
    }

    /// An entry with the names that were learnt for it.
    pub(super) fn seen(&self, entry: AuditEntry) -> AuditSeen {
        let people = people_in(&entry)
            .into_iter()
            .filter_map(|id| self.person(id).map(|person| (id.to_string(), person.name.clone())))
            .collect();
        AuditSeen { doer: self.doer(entry.by), target: self.target(&entry.target), people, entry }
    }

    fn doer(&self, doer: Doer) -> DoerSeen {
        let nobody = DoerSeen { kind: "nobody", id: None, name: None, email: None, token: None };
        let of = |id: PersonId| {
            let person = self.person(id);
            let email = person.filter(|_| self.addresses).map(|person| person.email.clone());
            (person.map(|person| person.name.clone()), email)
        };
        match doer {
            Doer::Nobody => nobody,
            Doer::System => DoerSeen { kind: "system", ..nobody },
            Doer::Person(id) => {
                let (name, email) = of(id);
                DoerSeen { kind: "person", id: Some(id.to_string()), name, email, token: None }
            }
            Doer::Token(id) => {
                let known = self.tokens.get(&id).and_then(Option::as_ref);
                let (name, email) = match known.map(|token| token.owner) {
                    None => (None, None),
                    Some(TokenOwner::Person(person)) => of(person),
                    Some(TokenOwner::Organisation(id)) => (self.organisation(id).map(str::to_owned), None),
                };
                let token = known.map(|token| token.name.clone());
                DoerSeen { kind: "token", id: Some(id.to_string()), name, email, token }
            }
        }
    }

    fn target(&self, target: &str) -> TargetSeen {
        if let Ok(id) = target.parse::<PersonId>() {
            if let Some(person) = self.person(id) {
                return TargetSeen::Person(id, person.name.clone());
            }
            if let Ok(id) = target.parse::<OrganisationId>()
                && let Some(name) = self.organisation(id)
            {
                return TargetSeen::Organisation(id, name.to_owned());
            }
        }
        match target.parse::<AppId>() {
            Ok(id) => match self.apps.get(&id) {
                Some(Some(name)) => TargetSeen::App(id, name.clone()),
                _ => TargetSeen::Other(target.to_owned()),
            },
            Err(_) => TargetSeen::Other(target.to_owned()),
        }
    }
}

impl Steadfast {
    /// Learns the names of everybody and everything in these entries.
    pub(super) async fn learn(&self, names: &mut Names, entries: &[AuditEntry]) -> Result<(), Error> {
        if names.is_full() {
            *names = Names { addresses: names.addresses, ..Names::default() };
        }
        let mut people: BTreeSet<PersonId> = entries.iter().flat_map(people_in).collect();
        for entry in entries {
            match entry.by {
                Doer::Person(id) => people.extend([id]),
                Doer::Token(id) => people.extend(self.learn_token(names, id).await?),
                Doer::System | Doer::Nobody => {}
            }
            people.extend(entry.target.parse::<PersonId>());
        }
        people.retain(|id| !names.people.contains_key(id));
        let ids: Vec<PersonId> = people.into_iter().collect();
        let found = self.store.people_by_id(&ids).await?;
        names.people.extend(ids.into_iter().map(|id| (id, None)));
        names.people.extend(found.into_iter().map(|person| (person.id, Some(person))));
        for entry in entries {
            if let Ok(id) = entry.target.parse::<OrganisationId>() {
                self.learn_organisation(names, id).await?;
            } else if let Ok(id) = entry.target.parse::<AppId>()
                && !names.apps.contains_key(&id)
            {
                let app = self.store.app(&id).await?;
                names.apps.insert(id, app.map(|app| app.name));
            }
        }
        Ok(())
    }

    async fn learn_organisation(&self, names: &mut Names, id: OrganisationId) -> Result<(), Error> {
        if let Entry::Vacant(unknown) = names.organisations.entry(id) {
            unknown.insert(self.store.organisation(id).await?.map(|organisation| organisation.name));
        }
        Ok(())
    }

    /// Learns a token, and tells which person's it is.
    async fn learn_token(&self, names: &mut Names, id: TokenId) -> Result<Option<PersonId>, Error> {
        if let Entry::Vacant(unknown) = names.tokens.entry(id) {
            let token = self.store.token(id).await?;
            unknown.insert(token.map(|token| TokenKnown { name: token.name, owner: token.owner }));
        }
        match names.tokens.get(&id).and_then(Option::as_ref).map(|token| token.owner) {
            Some(TokenOwner::Person(person)) => Ok(Some(person)),
            Some(TokenOwner::Organisation(organisation)) => {
                self.learn_organisation(names, organisation).await?;
                Ok(None)
            }
            None => Ok(None),
        }
    }
}

/// The people whose ids stand in what was there before and after, where a value is nothing else.
fn people_in(entry: &AuditEntry) -> Vec<PersonId> {
    let texts = [&entry.before, &entry.after].into_iter().flatten();
    let values = texts.filter_map(|text| serde_json::from_str::<Value>(text).ok());
    let mut ids: Vec<PersonId> = values
        .flat_map(|value| match value {
            Value::Object(fields) => fields.into_iter().map(|(_, value)| value).collect(),
            _ => Vec::new(),
        })
        .filter_map(|value| value.as_str().and_then(|text| text.parse().ok()))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
