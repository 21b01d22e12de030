//! Who and what the promises are about: each by a small number.

use ::model::{
    ApiToken, App, AppRole, AuditEntry, AuditId, Claim, ClaimId, ClientId, ClientSecret, Collaborator, Component,
    Credential, Distribution, Doer, Draft, Email, Environment, InstallKey, Invitation, InvitationId, InvitedTo,
    LinkPurpose, Member, MemberRole, OneTimeLink, Organisation, OrganisationId, Person, PersonId, Registration, Scope,
    SecondFactor, SecretId, Session, SessionId, TokenId, TokenOwner, UnixMillis, Version, VersionId,
};

use super::super::builders::app;
use crate::{DoneRequest, Edit, Result, SharedStore};

/// An instant of the tests, in the order of `n`.
pub(super) fn at(n: i64) -> UnixMillis {
    UnixMillis(1_795_000_000_000 + n)
}

/// The id of number `n`; greater numbers have greater ids.
pub(super) fn id<T>(from_bytes: fn([u8; 16]) -> T, n: u8) -> T {
    from_bytes([n; 16])
}

pub(super) fn digest(n: u8) -> [u8; 32] {
    [n; 32]
}

pub(in super::super) fn person_id(n: u8) -> PersonId {
    id(PersonId::from_bytes, n)
}

pub(super) fn organisation_id(n: u8) -> OrganisationId {
    id(OrganisationId::from_bytes, n)
}

pub(super) fn email(text: &str) -> Email {
    match text.parse() {
        Ok(email) => email,
        Err(error) => unreachable!("`{text}`: {error}"),
    }
}

pub(super) fn person(n: u8) -> Person {
    Person {
        id: person_id(n),
        email: email(&format!("person{n}@example.com")),
        name: format!("Person {n}"),
        platform_role: None,
        verified_at: None,
        disabled_at: None,
        created_at: at(n.into()),
    }
}

pub(super) fn second_factor(last_step: i64) -> SecondFactor {
    SecondFactor { sealed: vec![0, 1, 255], last_step, since: at(3) }
}

pub(super) fn session(n: u8, of: u8) -> Session {
    Session {
        id: id(SessionId::from_bytes, n),
        person: person_id(of),
        digest: digest(n),
        user_agent: "Browser/1 \"quoted\"".to_owned(),
        address: "2001:db8::1".to_owned(),
        created_at: at(1),
        last_used_at: at(2),
        proven_at: at(3),
        expires_at: at(100),
    }
}

pub(super) fn link(n: u8, purpose: LinkPurpose, of: Option<u8>) -> OneTimeLink {
    OneTimeLink { digest: digest(n), purpose, person: of.map(person_id), failures: 0, expires_at: at(100) }
}

pub(super) fn organisation(n: u8) -> Organisation {
    Organisation { id: organisation_id(n), name: format!("Organisation {n}"), created_at: at(n.into()) }
}

pub(super) fn member(organisation: u8, person: u8, role: MemberRole) -> Member {
    Member { organisation: organisation_id(organisation), person: person_id(person), role, since: at(5) }
}

pub(super) fn invitation(n: u8, to: InvitedTo) -> Invitation {
    Invitation {
        id: id(InvitationId::from_bytes, n),
        to,
        email: email("guest@example.com"),
        digest: digest(n),
        invited_by: person_id(1),
        created_at: at(1),
        expires_at: at(100),
        ended: None,
    }
}

pub(super) fn token(n: u8, owner: TokenOwner) -> ApiToken {
    ApiToken {
        id: id(TokenId::from_bytes, n),
        owner,
        created_by: person_id(1),
        name: "Build".to_owned(),
        digest: digest(n),
        hint: "stf_p_a1…9xYz".to_owned(),
        scopes: vec![Scope::CallsWrite, Scope::AppsRead],
        created_at: at(1),
        expires_at: at(100),
        last_used_at: None,
        revoked_at: None,
    }
}

/// A new app that number 1 registers for organisation 1.
pub(super) fn registered(key: &str) -> (App, Registration) {
    let known = App {
        id: app(key),
        name: format!("App {key}"),
        components: vec![Component::SidePanel, Component::DataConnection],
        distribution: Some(Distribution::Custom),
        discovered: false,
    };
    let registration = Registration {
        app: app(key),
        organisation: organisation_id(1),
        description: "Does something".to_owned(),
        created_at: at(4),
        created_by: person_id(1),
    };
    (known, registration)
}

/// The edit that registers this app.
pub(super) fn register(key: &str) -> Edit {
    let (app, registration) = registered(key);
    Edit::Register(app, registration)
}

pub(super) fn collaborator(key: &str, person: u8, role: AppRole) -> Collaborator {
    Collaborator { app: app(key), person: person_id(person), role, since: at(6) }
}

pub(super) fn claim(n: u8, key: &str, person: u8) -> Claim {
    Claim {
        id: id(ClaimId::from_bytes, n),
        app: app(key),
        organisation: organisation_id(1),
        person: person_id(person),
        evidence: "The calls of last night were mine".to_owned(),
        created_at: at(n.into()),
        decided: None,
    }
}

pub(super) fn draft(key: &str, revision: i64) -> Draft {
    Draft { app: app(key), manifest: format!("{{\"revision\":{revision}}}"), revision, updated_at: at(revision) }
}

pub(super) fn version(n: u8, key: &str, number: (u32, u32, u32)) -> Version {
    Version {
        id: id(VersionId::from_bytes, n),
        app: app(key),
        number,
        manifest: "{}".to_owned(),
        sandbox_key: id(InstallKey::from_bytes, n),
        created_at: at(n.into()),
        created_by: person_id(1),
        promotion: None,
    }
}

pub(super) fn secret(n: u8) -> ClientSecret {
    ClientSecret {
        id: id(SecretId::from_bytes, n),
        digest: digest(n),
        hint: "stf_cs_a1…9xYz".to_owned(),
        created_at: at(n.into()),
        expires_at: None,
    }
}

pub(super) fn credential(n: u8, key: &str, environment: Environment) -> Credential {
    Credential {
        app: app(key),
        environment,
        client_id: id(ClientId::from_bytes, n),
        redirect_uris: vec!["https://b.example/back".to_owned(), "https://a.example/back".to_owned()],
        created_at: at(n.into()),
        secrets: Vec::new(),
    }
}

pub(super) fn request(by: Doer, key: &str, when: i64) -> DoneRequest {
    DoneRequest { by, key: key.to_owned(), digest: digest(7), location: "/api/v1/apps/a".to_owned(), at: at(when) }
}

pub(super) fn entry(n: u8, action: &str, target: &str) -> AuditEntry {
    AuditEntry {
        id: id(AuditId::from_bytes, n),
        at: at(n.into()),
        by: Doer::System,
        action: action.to_owned(),
        target: target.to_owned(),
        organisation: None,
        before: None,
        after: Some("{\"name\":\"é\"}".to_owned()),
    }
}

/// People 1 to 3, and organisation 1 with number 1 as its admin.
pub(in super::super) async fn people_and_organisation(store: &SharedStore) -> Result<()> {
    let people = [1, 2, 3].map(|n| Edit::AddPerson(person(n)));
    let organisation = [Edit::AddOrganisation(organisation(1)), Edit::AddMember(member(1, 1, MemberRole::Admin))];
    store.change(people.into_iter().chain(organisation).collect()).await
}

/// The same, and app `a`, which number 1 owns.
pub(in super::super) async fn with_app(store: &SharedStore) -> Result<()> {
    people_and_organisation(store).await?;
    let owner = collaborator("a", 1, AppRole::Owner);
    store.change(vec![register("a"), Edit::AddCollaborator(owner), Edit::ExpectOneOwner(app("a"))]).await
}
