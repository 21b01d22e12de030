//! Apps, the people who work on them, invitations and claims.

mod claims;
mod invitations;
mod people;
mod register;

use std::sync::Arc;

use access::{Actor, Proof};
use mail::Outbox;
use model::{
    AppId, AppRole, Member, MemberRole, Organisation, OrganisationId, Person, PersonId, SessionId, UnixMillis,
};
use service::{By, Error, NewApp, Refusal, Steadfast};
use store::Edit;

use crate::installation::{Installation, NOW};

const DAY: i64 = 86_400_000;

/// An installation with people in it.
struct World {
    steadfast: Steadfast,
    outbox: Arc<Outbox>,
    installation: Installation,
}

impl World {
    fn new() -> Self {
        let mut installation = Installation::new();
        let outbox = Arc::new(Outbox::default());
        installation.steadfast.accounts.mailer = outbox.clone();
        Self { steadfast: installation.steadfast.clone(), outbox, installation }
    }

    /// So many days later.
    fn later(&mut self, days: i64) {
        self.steadfast.clock = Arc::new(UnixMillis(NOW + days * DAY));
    }

    async fn person(&self, name: &str) -> Person {
        let now = self.steadfast.clock.now();
        let person = Person {
            id: PersonId::new(now, &*self.steadfast.random),
            email: format!("{name}@example.com").parse().unwrap(),
            name: name.to_owned(),
            platform_role: None,
            verified_at: Some(now),
            disabled_at: None,
            created_at: now,
        };
        self.steadfast.store.change(vec![Edit::AddPerson(person.clone())]).await.unwrap();
        person
    }

    async fn organisation(&self, name: &str, people: &[(&Person, MemberRole)]) -> OrganisationId {
        let now = self.steadfast.clock.now();
        let id = OrganisationId::new(now, &*self.steadfast.random);
        let mut edits = vec![Edit::AddOrganisation(Organisation { id, name: name.to_owned(), created_at: now })];
        edits.extend(people.iter().map(|(person, role)| {
            Edit::AddMember(Member { organisation: id, person: person.id, role: *role, since: now })
        }));
        self.steadfast.store.change(edits).await.unwrap();
        id
    }

    /// An app of a person, who is in one organisation.
    async fn app_of(&self, person: &Person, name: &str) -> AppId {
        let new = NewApp { name: name.to_owned(), organisation: None };
        self.steadfast.register_app(&actor(person), &new, None).await.unwrap()
    }

    async fn collaborator(&self, app: &AppId, person: &Person, role: AppRole) {
        let since = self.steadfast.clock.now();
        let it = model::Collaborator { app: app.clone(), person: person.id, role, since };
        self.steadfast.store.change(vec![Edit::AddCollaborator(it)]).await.unwrap();
    }

    async fn role(&self, app: &AppId, person: &Person) -> Option<AppRole> {
        self.steadfast.store.app_role(app, person.id).await.unwrap()
    }

    /// How many owners an app has.
    async fn owners(&self, app: &AppId) -> usize {
        let people = self.steadfast.collaborators(app).await.unwrap();
        people.iter().filter(|(_, it)| it.role == AppRole::Owner).count()
    }

    /// What the last mail to an address says.
    async fn mail_to(&self, email: &str) -> String {
        for _ in 0..1000 {
            if let Some(message) = self.outbox.last_to(email) {
                return message.text;
            }
            tokio::task::yield_now().await;
        }
        panic!("no mail went to {email}");
    }

    /// What the audit log says of a target, in the order of the alphabet: here the clock stands still.
    async fn actions(&self, target: &str) -> Vec<String> {
        let query = store::AuditQuery { target: Some(target.to_owned()), limit: 100, ..store::AuditQuery::default() };
        let entries = self.steadfast.store.audit(&query).await.unwrap();
        let mut actions: Vec<String> = entries.into_iter().map(|entry| entry.action).collect();
        actions.sort();
        actions
    }
}

fn actor(person: &Person) -> Actor {
    let proof = Proof::Session(SessionId::from_bytes([1; 16]));
    Actor::Person { id: person.id, platform_role: person.platform_role, proof }
}

fn by(person: &Person) -> By {
    By { doer: actor(person).doer(), person: person.id }
}

/// The fields that a refusal names.
fn fields<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<String> {
    match result {
        Err(Error::Refused(Refusal::Invalid(flaws))) => flaws.into_iter().map(|flaw| flaw.field).collect(),
        other => panic!("it was not refused for its fields: {other:?}"),
    }
}

/// That it was refused for what is there by now.
fn conflicts<T>(result: Result<T, Error>) -> bool {
    result.is_err_and(|error| matches!(error, Error::Refused(Refusal::Conflict(_))))
}
