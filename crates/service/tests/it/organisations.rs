//! Organisations, the people of the platform, and the audit log that tells of both.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use access::{Actor, Proof};
use model::{
    AppId, AppRole, Clock, Collaborator, Distribution, Doer, Member, MemberRole, Organisation, OrganisationId, Person,
    PersonId, PlatformRole, Random, Registration, Scope, Session, SessionId, UnixMillis,
};
use proptest::prelude::*;
use service::{AuditFilter, By, Error, NewToken, Refusal, Steadfast, TokenRefusal};
use store::Edit;

use crate::installation::{Installation, NOW};

/// A clock that goes on by a millisecond at every look, so that what is done later has later ids.
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> UnixMillis {
        UnixMillis(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

struct World {
    steadfast: Steadfast,
    _installation: Installation,
}

fn by(person: &Person) -> By {
    By { doer: Doer::Person(person.id), person: person.id }
}

fn refusal<T>(outcome: Result<T, Error>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was not refused"),
    }
}

impl World {
    fn new() -> Self {
        let mut installation = Installation::new();
        installation.steadfast.clock = Arc::new(Ticking(AtomicI64::new(NOW)));
        Self { steadfast: installation.steadfast.clone(), _installation: installation }
    }

    async fn change(&self, edits: Vec<Edit>) {
        self.steadfast.store.change(edits).await.unwrap();
    }

    async fn person(&self, name: &str, platform_role: Option<PlatformRole>) -> Person {
        let now = self.steadfast.clock.now();
        let person = Person {
            id: PersonId::new(now, &*self.steadfast.random),
            email: format!("{name}@example.com").parse().unwrap(),
            name: name.to_owned(),
            platform_role,
            verified_at: Some(now),
            disabled_at: None,
            created_at: now,
        };
        self.change(vec![Edit::AddPerson(person.clone())]).await;
        person
    }

    async fn organisation(&self, people: &[(&Person, MemberRole)]) -> OrganisationId {
        let now = self.steadfast.clock.now();
        let id = OrganisationId::new(now, &*self.steadfast.random);
        let mut edits = vec![Edit::AddOrganisation(Organisation { id, name: "Acme".to_owned(), created_at: now })];
        edits.extend(people.iter().map(|(person, role)| {
            Edit::AddMember(Member { organisation: id, person: person.id, role: *role, since: now })
        }));
        self.change(edits).await;
        id
    }

    async fn app(&self, id: &str, organisation: OrganisationId, people: &[(&Person, AppRole)]) {
        let (now, app): (_, AppId) = (self.steadfast.clock.now(), id.parse().unwrap());
        let known = model::App {
            name: id.to_owned(),
            distribution: Some(Distribution::Custom),
            discovered: false,
            ..model::App::discovered(app.clone())
        };
        let registration = Registration {
            app: app.clone(),
            organisation,
            description: String::new(),
            created_at: now,
            created_by: people[0].0.id,
        };
        let mut edits = vec![Edit::Register(known, registration)];
        edits.extend(people.iter().map(|(person, role)| {
            Edit::AddCollaborator(Collaborator { app: app.clone(), person: person.id, role: *role, since: now })
        }));
        self.change(edits).await;
    }

    async fn session(&self, person: &Person) -> Session {
        let now = self.steadfast.clock.now();
        let id = SessionId::new(now, &*self.steadfast.random);
        let session = Session {
            id,
            person: person.id,
            digest: (&*self.steadfast.random as &dyn Random).bytes(),
            user_agent: String::new(),
            address: String::new(),
            created_at: now,
            last_used_at: now,
            proven_at: now,
            expires_at: now.plus_millis(1_000_000_000),
        };
        self.change(vec![Edit::AddSession(session.clone())]).await;
        session
    }

    async fn actions(&self, filter: AuditFilter) -> Vec<String> {
        let page = self.steadfast.audit_page(&filter, None, 100).await.unwrap();
        page.entries.into_iter().map(|seen| seen.entry.action).collect()
    }
}

fn actor(person: &Person) -> Actor {
    let proof = Proof::Session(SessionId::from_bytes([1; 16]));
    Actor::Person { id: person.id, platform_role: person.platform_role, proof }
}

#[tokio::test]
async fn who_makes_an_organisation_is_its_admin() {
    let world = World::new();
    let anna = world.person("anna", None).await;
    let id = world.steadfast.make_organisation(" Acme ", by(&anna), None).await.unwrap();
    let seen = world.steadfast.organisations_of(anna.id).await.unwrap();
    assert_eq!((seen[0].organisation.name.as_str(), seen[0].role), ("Acme", Some(MemberRole::Admin)));
    assert_eq!((seen[0].people, seen[0].apps), (1, 0));
    world.steadfast.rename_organisation(id, "Acme", by(&anna)).await.unwrap();
    world.steadfast.rename_organisation(id, "Acme 2", by(&anna)).await.unwrap();
    let filter = AuditFilter { organisation: Some(id), ..AuditFilter::default() };
    assert_eq!(world.actions(filter).await, ["organisation.renamed", "organisation.created"]);
}

#[tokio::test]
async fn an_organisation_made_twice_with_one_key_is_made_once() {
    let world = World::new();
    let anna = world.person("anna", None).await;
    let once = service::Once::new(Doer::Person(anna.id), "key", "Acme").unwrap();
    let first = world.steadfast.make_organisation("Acme", by(&anna), Some(&once)).await.unwrap();
    let again = world.steadfast.make_organisation("Acme", by(&anna), Some(&once)).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(world.steadfast.organisations_of(anna.id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_last_admin_stays_admin() {
    let world = World::new();
    let (anna, ben) = (world.person("anna", None).await, world.person("ben", None).await);
    let id = world.organisation(&[(&anna, MemberRole::Admin), (&ben, MemberRole::Member)]).await;
    let demoted = world.steadfast.set_member_role(id, anna.id, MemberRole::Member, by(&anna)).await;
    let removed = world.steadfast.remove_member(id, anna.id, false, by(&anna)).await;
    for refused in [refusal(demoted), refusal(removed)] {
        assert!(matches!(&refused, Refusal::Conflict(why) if why.contains("last one")), "{refused}");
    }
    world.steadfast.set_member_role(id, ben.id, MemberRole::Admin, by(&anna)).await.unwrap();
    world.steadfast.remove_member(id, anna.id, false, by(&anna)).await.unwrap();
    let filter = AuditFilter { organisation: Some(id), ..AuditFilter::default() };
    assert_eq!(world.actions(filter).await, ["member.left", "member.changed"]);
    let stranger = world.steadfast.remove_member(id, anna.id, false, by(&ben)).await;
    assert!(matches!(refusal(stranger), Refusal::NotFound(_)));
}

#[tokio::test]
async fn a_removed_member_has_no_standing_and_keeps_no_app_but_those_they_own() {
    let world = World::new();
    let (anna, ben) = (world.person("anna", None).await, world.person("ben", None).await);
    let id = world.organisation(&[(&anna, MemberRole::Admin), (&ben, MemberRole::Admin)]).await;
    let elsewhere = world.organisation(&[(&anna, MemberRole::Admin)]).await;
    world.app("roof", id, &[(&ben, AppRole::Owner)]).await;
    world.app("door", id, &[(&anna, AppRole::Owner), (&ben, AppRole::Admin)]).await;
    world.app("wall", elsewhere, &[(&anna, AppRole::Owner), (&ben, AppRole::Developer)]).await;
    let names = |apps: Vec<service::AppOfMember>| apps.into_iter().map(|it| it.app.name).collect::<Vec<_>>();
    let apps = world.steadfast.apps_of_member(id, ben.id).await.unwrap();
    assert_eq!(names(apps), ["roof", "door"]);
    world.steadfast.remove_member(id, ben.id, true, by(&anna)).await.unwrap();
    let (_, standing) = world.steadfast.organisation_standing(id, &actor(&ben)).await.unwrap();
    assert_eq!(standing, access::OrganisationStanding::default());
    let role = |app: &str| {
        let app: AppId = app.parse().unwrap();
        let store = world.steadfast.store.clone();
        async move { store.app_role(&app, ben.id).await.unwrap() }
    };
    assert_eq!(role("roof").await, Some(AppRole::Owner));
    assert_eq!(role("door").await, None);
    assert_eq!(role("wall").await, Some(AppRole::Developer));
    // An Admin who is left takes it over.
    world.steadfast.take_over_app(&"roof".parse().unwrap(), by(&anna)).await.unwrap();
    assert_eq!(role("roof").await, Some(AppRole::Admin));
}

#[tokio::test]
async fn the_last_operator_stays_operator_and_nobody_changes_themselves() {
    let world = World::new();
    let olga = world.person("olga", Some(PlatformRole::Operator)).await;
    let otto = world.person("otto", Some(PlatformRole::Operator)).await;
    let own = world.steadfast.set_platform_role(olga.id, Some(PlatformRole::Auditor), by(&olga)).await;
    assert!(matches!(refusal(own), Refusal::Forbidden(_)));
    assert!(matches!(refusal(world.steadfast.shut_account(olga.id, by(&olga)).await), Refusal::Forbidden(_)));
    // Both take the role from the other at once: the second finds that they would be the last.
    world.steadfast.set_platform_role(otto.id, None, by(&olga)).await.unwrap();
    let second = world.steadfast.set_platform_role(olga.id, None, by(&otto)).await;
    assert!(matches!(refusal(second), Refusal::Conflict(why) if why.contains("last one")));
    assert!(matches!(refusal(world.steadfast.shut_account(olga.id, by(&otto)).await), Refusal::Conflict(_)));
    assert!(world.steadfast.store.has_operator().await.unwrap());
}

#[tokio::test]
async fn a_token_of_a_shut_account_is_refused_and_its_sessions_are_over() {
    let world = World::new();
    let olga = world.person("olga", Some(PlatformRole::Operator)).await;
    let ben = world.person("ben", None).await;
    let session = world.session(&ben).await;
    let new = NewToken { name: "ci".to_owned(), scopes: vec!["apps:read".to_owned()], days: 30 };
    let made = world.steadfast.make_token(&ben, &session, &new, None).await.unwrap();
    let token = made.secret.unwrap();
    assert!(world.steadfast.actor_of(token.reveal()).await.unwrap().is_ok());
    world.steadfast.shut_account(ben.id, by(&olga)).await.unwrap();
    assert_eq!(world.steadfast.actor_of(token.reveal()).await.unwrap().unwrap_err(), TokenRefusal::Revoked);
    assert!(world.steadfast.live_sessions(ben.id).await.unwrap().is_empty());
    let full = world.steadfast.person_in_full(ben.id).await.unwrap();
    assert_eq!((full.sessions, full.tokens), (0, 1));
    let role = world.steadfast.set_platform_role(ben.id, Some(PlatformRole::Auditor), by(&olga)).await;
    assert!(matches!(refusal(role), Refusal::Conflict(_)));
    world.steadfast.open_account(ben.id, by(&olga)).await.unwrap();
    assert!(world.steadfast.actor_of(token.reveal()).await.unwrap().is_ok());
    let filter =
        AuditFilter { target: "ben@example.com".to_owned(), action: "person.".to_owned(), ..AuditFilter::default() };
    assert_eq!(world.actions(filter).await, ["person.opened", "person.shut"]);
}

#[tokio::test]
async fn a_token_of_an_organisation_has_its_scopes_only_and_no_role_on_the_platform() {
    let world = World::new();
    let olga = world.person("olga", Some(PlatformRole::Operator)).await;
    let session = world.session(&olga).await;
    let id = world.organisation(&[(&olga, MemberRole::Admin)]).await;
    let new = |scope: &str| NewToken { name: "ci".to_owned(), scopes: vec![scope.to_owned()], days: 7 };
    for scope in ["calls:write", "platform:read", "people:write"] {
        let made = world.steadfast.make_organisation_token(id, &session, &new(scope), None).await;
        assert!(matches!(refusal(made), Refusal::Invalid(_)), "{scope}");
    }
    let made = world.steadfast.make_organisation_token(id, &session, &new("people:read"), None).await.unwrap();
    let (actor, person) = world.steadfast.actor_of(made.secret.unwrap().reveal()).await.unwrap().unwrap();
    assert!(person.is_none() && actor.platform_role().is_none() && actor.allows(Scope::PeopleRead));
    let other = world.organisation(&[(&olga, MemberRole::Admin)]).await;
    let of_other = world.steadfast.revoke_organisation_token(other, made.token.id, &session).await;
    assert!(matches!(refusal(of_other), Refusal::NotFound(_)));
    world.steadfast.revoke_organisation_token(id, made.token.id, &session).await.unwrap();
    assert!(world.steadfast.organisation_tokens(id).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_log_finds_what_somebody_did_by_name_and_by_token() {
    let world = World::new();
    let (anna, annabel) = (world.person("anna", None).await, world.person("annabel", None).await);
    let session = world.session(&anna).await;
    let new = NewToken { name: "ci".to_owned(), scopes: vec!["people:write".to_owned()], days: 7 };
    let token = world.steadfast.make_token(&anna, &session, &new, None).await.unwrap().token;
    let by_token = By { doer: Doer::Token(token.id), person: anna.id };
    world.steadfast.make_organisation("One", by_token, None).await.unwrap();
    world.steadfast.make_organisation("Two", by(&annabel), None).await.unwrap();
    let who = |who: &str| AuditFilter { who: who.to_owned(), ..AuditFilter::default() };
    assert_eq!(world.actions(who("ANNA@")).await, ["organisation.created", "token.made"]);
    assert_eq!(world.actions(who("anna")).await.len(), 3);
    assert_eq!(world.actions(who(&token.id.to_string())).await, ["organisation.created"]);
    assert!(world.actions(who("nobody")).await.is_empty() && world.actions(who("somebody else")).await.is_empty());
    let page = world.steadfast.audit_page(&who("ANNA@"), None, 1).await.unwrap();
    let doer = &page.entries[0].doer;
    assert_eq!((doer.kind, doer.name.as_deref(), doer.token.as_deref()), ("token", Some("anna"), Some("ci")));
    let next = world.steadfast.audit_page(&who("ANNA@"), page.next, 1).await.unwrap();
    assert_eq!((next.entries[0].entry.action.as_str(), next.next), ("token.made", None));
}

#[tokio::test]
async fn a_word_that_means_too_many_people_asks_for_more_of_it() {
    let world = World::new();
    for n in 0..21 {
        world.person(&format!("person{n}"), None).await;
    }
    let filter = AuditFilter { who: "person".to_owned(), ..AuditFilter::default() };
    assert!(matches!(refusal(world.steadfast.audit_page(&filter, None, 1).await), Refusal::Invalid(_)));
}

#[tokio::test]
async fn an_export_that_was_cut_says_so_at_its_end() {
    let world = World::new();
    let anna = world.person("anna", None).await;
    for n in 0..7 {
        world.steadfast.make_organisation(&format!("O{n}"), by(&anna), None).await.unwrap();
    }
    let text = |most: usize, csv: bool| {
        let steadfast = world.steadfast.clone();
        async move {
            let mut export = steadfast.audit_export(&AuditFilter::default(), csv).await.unwrap().at_most(most);
            let mut text = Vec::new();
            while let Some(part) = export.part().await.unwrap() {
                text.extend(part);
            }
            String::from_utf8(text).unwrap()
        }
    };
    let (whole, cut) = (text(7, true).await, text(3, true).await);
    assert_eq!((whole.lines().count(), cut.lines().count()), (8, 5));
    assert!(!whole.contains("cut after") && cut.lines().last().unwrap().starts_with("\"cut after 3 entries"));
    assert!(whole.starts_with(cut.split("cut after").next().unwrap().trim_end_matches('"')));
    let cut = text(3, false).await;
    assert!(cut.lines().count() == 4 && cut.lines().last().unwrap().starts_with("{\"cut\":true"));
}

/// One thing that somebody tries.
#[derive(Clone, Copy, Debug)]
enum Try {
    Role(usize, usize, MemberRole),
    Remove(usize, usize),
    Platform(usize, usize, Option<PlatformRole>),
    Shut(usize, usize),
    Open(usize, usize),
}

fn tries() -> impl Strategy<Value = Try> {
    let who = || (0..3_usize, 0..3_usize);
    let platform = prop_oneof![Just(None), Just(Some(PlatformRole::Auditor)), Just(Some(PlatformRole::Operator))];
    prop_oneof![
        (who(), prop_oneof![Just(MemberRole::Admin), Just(MemberRole::Member)])
            .prop_map(|((a, b), r)| Try::Role(a, b, r)),
        who().prop_map(|(a, b)| Try::Remove(a, b)),
        (who(), platform).prop_map(|((a, b), r)| Try::Platform(a, b, r)),
        who().prop_map(|(a, b)| Try::Shut(a, b)),
        who().prop_map(|(a, b)| Try::Open(a, b)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn whatever_people_try_an_admin_and_an_operator_are_left(tries in prop::collection::vec(tries(), 1..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new();
            let mut people = Vec::new();
            for name in ["a", "b", "c"] {
                people.push(world.person(name, Some(PlatformRole::Operator)).await);
            }
            let members: Vec<_> = people.iter().map(|person| (person, MemberRole::Admin)).collect();
            let id = world.organisation(&members).await;
            for attempt in tries {
                let steadfast = &world.steadfast;
                let outcome = match attempt {
                    Try::Role(a, b, role) => steadfast.set_member_role(id, people[b].id, role, by(&people[a])).await,
                    Try::Remove(a, b) => steadfast.remove_member(id, people[b].id, false, by(&people[a])).await,
                    Try::Platform(a, b, role) => {
                        steadfast.set_platform_role(people[b].id, role, by(&people[a])).await.map(drop)
                    }
                    Try::Shut(a, b) => steadfast.shut_account(people[b].id, by(&people[a])).await.map(drop),
                    Try::Open(a, b) => steadfast.open_account(people[b].id, by(&people[a])).await.map(drop),
                };
                prop_assert!(matches!(outcome, Ok(()) | Err(Error::Refused(_))), "{outcome:?}");
                prop_assert!(steadfast.store.has_operator().await.unwrap(), "{attempt:?}");
                let members = steadfast.members(id).await.unwrap();
                prop_assert!(members.iter().any(|(_, member)| member.role == MemberRole::Admin), "{attempt:?}");
            }
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn with_who_is_removed_from_an_organisation_go_the_invitations_they_sent() {
    let world = World::new();
    let (anna, ben) = (world.person("anna", None).await, world.person("ben", None).await);
    let id = world.organisation(&[(&anna, MemberRole::Admin), (&ben, MemberRole::Admin)]).await;
    let to = model::InvitedTo::Organisation(id, MemberRole::Admin);
    world.steadfast.invite(to.clone(), "alter-ego@example.net", by(&ben), None).await.unwrap();
    world.steadfast.remove_member(id, ben.id, false, by(&anna)).await.unwrap();
    assert!(world.steadfast.invitations_to(&to).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_a_token_of_an_organisation_makes_is_nobodys_who_was_removed() {
    let world = World::new();
    let (anna, ben) = (world.person("anna", None).await, world.person("ben", None).await);
    let id = world.organisation(&[(&anna, MemberRole::Admin), (&ben, MemberRole::Admin)]).await;
    let session = world.session(&ben).await;
    let new = NewToken { name: "ci".to_owned(), scopes: vec!["apps:write".to_owned()], days: 7 };
    let made = world.steadfast.make_organisation_token(id, &session, &new, None).await.unwrap();
    let program = Actor::Organisation { id, token: made.token.id, scopes: vec![Scope::AppsWrite] };
    let owner_of_new_app = async |name: &str| {
        let new = service::NewApp { name: name.to_owned(), organisation: None };
        let app = world.steadfast.register_app(&program, &new, None).await.unwrap();
        world.steadfast.collaborators(&app).await.unwrap()[0].0.id
    };
    assert_eq!(owner_of_new_app("before").await, ben.id);
    world.steadfast.remove_member(id, ben.id, false, by(&anna)).await.unwrap();
    assert_eq!(owner_of_new_app("after").await, anna.id);
}

#[tokio::test]
async fn what_two_operators_change_at_once_is_not_undone() {
    let world = World::new();
    let (olga, omar) = (
        world.person("olga", Some(PlatformRole::Operator)).await,
        world.person("omar", Some(PlatformRole::Operator)).await,
    );
    for round in 0..10 {
        let rogue = world.person(&format!("rogue{round}"), Some(PlatformRole::Operator)).await;
        let (shut, demoted, renamed) = tokio::join!(
            world.steadfast.shut_account(rogue.id, by(&olga)),
            world.steadfast.set_platform_role(rogue.id, None, by(&omar)),
            world.steadfast.rename_person(Doer::Person(rogue.id), &rogue, "Somebody else"),
        );
        let now = world.steadfast.person_in_full(rogue.id).await.unwrap().person;
        assert_eq!((now.disabled_at.is_some(), now.platform_role.is_none()), (shut.is_ok(), demoted.is_ok()));
        assert_eq!(now.name == "Somebody else", renamed.is_ok());
    }
}
