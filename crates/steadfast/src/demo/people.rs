//! Who works on the demonstration platform: its own staff, and the people of three organisations whose apps these are.

use std::sync::Arc;

use model::{
    App, AppRole, Collaborator, Email, EmailError, Member, MemberRole, Organisation, OrganisationId, Person, PersonId,
    PlatformRole, Registration, UnixMillis,
};
use service::Steadfast;
use store::Edit;

use super::manifests;
use crate::command::Failure;

/// Everybody's password. The demonstration listens on this machine alone.
pub(crate) const PASSWORD: &str = "steadfast demonstration";

/// Somebody of the cast.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// Their name.
    pub(crate) name: &'static str,
    /// Their address.
    pub(crate) email: &'static str,
    /// Their role on the platform.
    pub(crate) platform_role: Option<PlatformRole>,
    /// Their organisation, as its index in [`ORGANISATIONS`].
    organisation: usize,
    /// Who they are, in a few words.
    pub(crate) what: &'static str,
}

const ORGANISATIONS: [&str; 4] = ["Plotline", "Fieldwork Software", "Girder & Sons", "Levelbook"];

/// The cast.
pub(crate) const PEOPLE: [Part; 7] = [
    Part {
        name: "Olive Marsh",
        email: "olive@plotline.example",
        platform_role: Some(PlatformRole::Operator),
        organisation: 0,
        what: "operator of the platform",
    },
    Part {
        name: "Reza Amini",
        email: "reza@plotline.example",
        platform_role: Some(PlatformRole::Reviewer),
        organisation: 0,
        what: "reviewer of the platform",
    },
    Part {
        name: "Aki Sato",
        email: "aki@plotline.example",
        platform_role: Some(PlatformRole::Auditor),
        organisation: 0,
        what: "auditor of the platform",
    },
    Part {
        name: "Dana Vogel",
        email: "dana@fieldwork.example",
        platform_role: None,
        organisation: 1,
        what: "owns the apps of Fieldwork Software",
    },
    Part {
        name: "Milo Brandt",
        email: "milo@fieldwork.example",
        platform_role: None,
        organisation: 1,
        what: "developer at Fieldwork Software",
    },
    Part {
        name: "Greta Holm",
        email: "greta@girder.example",
        platform_role: None,
        organisation: 2,
        what: "owns the apps of Girder & Sons",
    },
    Part {
        name: "Lev Okafor",
        email: "lev@levelbook.example",
        platform_role: None,
        organisation: 3,
        what: "owns the apps of Levelbook",
    },
];

/// Gives the apps to the organisations in turn, and everybody an account.
pub(crate) async fn settle(steadfast: &Steadfast, apps: Vec<App>, since: UnixMillis) -> Result<(), Failure> {
    let owned = register(steadfast, apps, since).await?;
    let then = Steadfast { clock: Arc::new(since), ..steadfast.clone() };
    for (app, owner) in owned {
        manifests::promote(&then, &app, owner).await?;
    }
    Ok(())
}

/// Registers everybody and their apps. Returns each app with its owner.
async fn register(steadfast: &Steadfast, apps: Vec<App>, since: UnixMillis) -> Result<Vec<(App, PersonId)>, Failure> {
    let random = &*steadfast.random;
    let organisations = ORGANISATIONS.map(|name| Organisation {
        id: OrganisationId::new(since, random),
        name: name.to_owned(),
        created_at: since,
    });
    let people: Vec<Person> = PEOPLE.iter().map(|part| person(part, since, random)).collect::<Result<_, _>>()?;
    let password = steadfast.accounts.passwords.hash(PASSWORD, random)?;
    let mut edits: Vec<Edit> = organisations.iter().cloned().map(Edit::AddOrganisation).collect();
    for (part, person) in PEOPLE.iter().zip(&people) {
        let organisation = organisations[part.organisation].id;
        let first = PEOPLE.iter().position(|other| other.organisation == part.organisation);
        let is_first = first.is_some_and(|first| PEOPLE[first].email == part.email);
        let role = if is_first { MemberRole::Admin } else { MemberRole::Member };
        edits.push(Edit::AddPerson(person.clone()));
        edits.push(Edit::SetPassword(person.id, Some(password.clone())));
        edits.push(Edit::AddMember(Member { organisation, person: person.id, role, since }));
    }
    let mut owned = Vec::new();
    for (index, app) in apps.into_iter().enumerate() {
        // The platform's own organisation has no third-party apps.
        let organisation = 1 + index % (ORGANISATIONS.len() - 1);
        let mut works_on = PEOPLE.iter().zip(&people).filter(|(part, _)| part.organisation == organisation);
        let Some((_, owner)) = works_on.next() else { continue };
        let id = app.id.clone();
        let registration = Registration {
            app: id.clone(),
            organisation: organisations[organisation].id,
            description: String::new(),
            created_at: since,
            created_by: owner.id,
        };
        owned.push((app.clone(), owner.id));
        edits.push(Edit::Register(app, registration));
        let role_of = |person: PersonId, role| Collaborator { app: id.clone(), person, role, since };
        edits.push(Edit::AddCollaborator(role_of(owner.id, AppRole::Owner)));
        edits.extend(works_on.map(|(_, other)| Edit::AddCollaborator(role_of(other.id, AppRole::Developer))));
    }
    steadfast.store.change(edits).await?;
    Ok(owned)
}

fn person(part: &Part, since: UnixMillis, random: &dyn model::Random) -> Result<Person, EmailError> {
    Ok(Person {
        id: PersonId::new(since, random),
        email: part.email.parse::<Email>()?,
        name: part.name.to_owned(),
        platform_role: part.platform_role,
        verified_at: Some(since),
        disabled_at: None,
        created_at: since,
    })
}
