//! Which entries somebody wants to see: words and days as they write them, made into what the store is asked for.

use model::{Day, Doer, Email, OrganisationId, PersonId, TokenOwner};
use store::{AuditQuery, PeopleQuery};

use crate::{Error, Flaw, Refusal, Steadfast};

/// The longest word of a filter, in characters.
const LONGEST: usize = 200;

/// How many people one word may mean.
const PEOPLE: u32 = 20;

/// How many people and tokens one word may mean; each is a question to the store.
const DOERS: usize = 100;

/// What is asked for; an empty filter asks for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Part of a name or an address, `system`, `nobody`, or the id of a person or a token.
    pub who: String,
    /// How the action begins: `app.`, `member.removed`.
    pub action: String,
    /// The id of an app, a person or an organisation, or a person's address.
    pub target: String,
    /// The first day.
    pub from: Option<Day>,
    /// The last day.
    pub to: Option<Day>,
    /// Only what the people of this organisation may read.
    pub organisation: Option<OrganisationId>,
}

/// The same, for the store.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// All but who did it.
    pub(super) query: AuditQuery,
    /// Who did it, where that was asked; nobody at all where nobody fits.
    pub(super) doers: Option<Vec<Doer>>,
}

impl Steadfast {
    /// What a filter means.
    pub(super) async fn asked(&self, filter: &AuditFilter) -> Result<Asked, Error> {
        check(filter)?;
        let zone = &self.platform.zone;
        let target = filter.target.trim();
        let query = AuditQuery {
            target: (!target.is_empty()).then_some(self.target_id(target).await?),
            organisation: filter.organisation,
            action: Some(filter.action.trim().to_owned()).filter(|action| !action.is_empty()),
            since: filter.from.map(|day| zone.start_of(day)),
            until: filter.to.map(|day| zone.start_of(day.plus(1))),
            ..AuditQuery::default()
        };
        let doers = match (filter.who.trim(), filter.organisation) {
            ("", _) => None,
            (who, None) => Some(self.doers(who).await?),
            (who, Some(organisation)) => Some(self.doers_known_to(organisation, who).await?),
        };
        Ok(Asked { query, doers })
    }

    /// People are named by their address, as nobody knows their ids.
    async fn target_id(&self, target: &str) -> Result<String, Error> {
        let person = match target.parse::<Email>() {
            Ok(email) => self.store.person_by_email(&email).await?,
            Err(_) => None,
        };
        Ok(person.map_or_else(|| target.to_owned(), |person| person.id.to_string()))
    }

    /// Everybody on the platform whom a word means, and their tokens.
    async fn doers(&self, who: &str) -> Result<Vec<Doer>, Error> {
        if let Some(doers) = named(who) {
            return Ok(doers);
        }
        let query = PeopleQuery { search: who.to_owned(), after: None, limit: PEOPLE + 1 };
        let people = self.store.people(&query).await?;
        if people.len() > PEOPLE as usize {
            let message = format!("write more of it; more than {PEOPLE} people fit");
            return Err(Refusal::invalid("who", message).into());
        }
        let mut doers = Vec::new();
        for person in people {
            doers.extend(self.doings_of(person.id).await?);
        }
        bounded(doers)
    }

    /// Those of an organisation's people and tokens whom a word means, and whoever has exactly this address. A search among
    /// others would tell who has an account.
    async fn doers_known_to(&self, organisation: OrganisationId, who: &str) -> Result<Vec<Doer>, Error> {
        if let Some(doers) = named(who) {
            return Ok(doers);
        }
        let word = who.to_lowercase();
        let members = self.store.members(organisation).await?;
        let fits = |name: &str, email: &str| name.to_lowercase().contains(&word) || email.contains(&word);
        let mut people: Vec<PersonId> = members
            .iter()
            .filter(|(person, _)| fits(&person.name, person.email.as_str()))
            .map(|(person, _)| person.id)
            .collect();
        if let Ok(email) = who.parse::<Email>()
            && let Some(person) = self.store.person_by_email(&email).await?
            && !people.contains(&person.id)
        {
            people.push(person.id);
        }
        let tokens = self.store.tokens_of(TokenOwner::Organisation(organisation)).await?;
        let tokens = tokens.iter().filter(|token| token.name.to_lowercase().contains(&word));
        let mut doers: Vec<Doer> = tokens.map(|token| Doer::Token(token.id)).collect();
        for person in people {
            doers.extend(self.doings_of(person).await?);
        }
        bounded(doers)
    }

    /// A person, and all tokens that they ever had.
    async fn doings_of(&self, person: PersonId) -> Result<Vec<Doer>, Error> {
        let tokens = self.store.tokens_of(TokenOwner::Person(person)).await?;
        Ok([Doer::Person(person)].into_iter().chain(tokens.iter().map(|token| Doer::Token(token.id))).collect())
    }
}

fn bounded(doers: Vec<Doer>) -> Result<Vec<Doer>, Error> {
    if doers.len() <= DOERS {
        return Ok(doers);
    }
    let message = format!("write more of it; more than {DOERS} people and tokens fit");
    Err(Refusal::invalid("who", message).into())
}

/// Whom a word names by itself.
fn named(who: &str) -> Option<Vec<Doer>> {
    match who.to_ascii_lowercase().as_str() {
        "system" => Some(vec![Doer::System]),
        "nobody" => Some(vec![Doer::Nobody]),
        word => {
            // An id says not what it is the id of; of a person and a token with the same one there is never more than one.
            let person = word.parse().ok().map(Doer::Person)?;
            Some([Some(person), word.parse().ok().map(Doer::Token)].into_iter().flatten().collect())
        }
    }
}

fn check(filter: &AuditFilter) -> Result<(), Refusal> {
    let mut flaws = Vec::new();
    for (field, word) in [("who", &filter.who), ("action", &filter.action), ("target", &filter.target)] {
        if word.chars().nth(LONGEST).is_some() {
            flaws.push(Flaw::new(field, format!("write at most {LONGEST} characters")));
        }
    }
    if let (Some(from), Some(to)) = (filter.from, filter.to)
        && from > to
    {
        flaws.push(Flaw::new("to", "choose a last day that is not before the first"));
    }
    if flaws.is_empty() { Ok(()) } else { Err(Refusal::Invalid(flaws)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_words_name_somebody_by_themselves() {
        assert_eq!(named("System"), Some(vec![Doer::System]));
        assert_eq!(named("nobody"), Some(vec![Doer::Nobody]));
        assert_eq!(named("anna"), None);
        assert_eq!(named("019aa3c4-7f21-7c3e-9d52-6f0c1b2a3d4e").unwrap().len(), 2);
    }

    #[test]
    fn every_flaw_of_a_filter_is_told() {
        let day = |text: &str| text.parse().ok();
        let long = "x".repeat(201);
        let filter = AuditFilter { who: long.clone(), target: long, ..AuditFilter::default() };
        let filter = AuditFilter { from: day("2026-11-20"), to: day("2026-11-19"), ..filter };
        let Err(Refusal::Invalid(flaws)) = check(&filter) else { panic!("there are flaws") };
        assert_eq!(flaws.iter().map(|flaw| flaw.field.as_str()).collect::<Vec<_>>(), ["who", "target", "to"]);
        assert_eq!(check(&AuditFilter { to: filter.from, ..AuditFilter::default() }), Ok(()));
    }
}
