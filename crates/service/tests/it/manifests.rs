//! Drafts, versions and promotion over a real store.

use std::sync::Arc;

use model::{
    App, AppId, AppRole, Collaborator, Component, Doer, Organisation, OrganisationId, Person, PersonId, Registration,
    UnixMillis,
};
use service::{Error, NewVersion, Once, Refusal, Steadfast};
use store::{AuditQuery, Edit};

use crate::installation::{Installation, NOW};

/// A registered app and its owner.
pub(crate) struct World {
    pub(crate) steadfast: Steadfast,
    pub(crate) app: AppId,
    pub(crate) person: PersonId,
    _installation: Installation,
}

pub(crate) const CONNECTION: &str = r#"{"schema_version":"1.0","data_connection":{}}"#;
const EMBEDDED: &str = r#"{"schema_version":"1.0","fullscreen":{"source_url":"https://a.example.com/"}}"#;
const NEW_HOST: &str = r#"{"schema_version":"1.0","fullscreen":{"source_url":"https://b.example.com/"}}"#;

impl World {
    pub(crate) async fn new() -> Self {
        let installation = Installation::new();
        let mut steadfast = installation.steadfast.clone();
        steadfast.platform.manifest_rules = Arc::new(manifest::Rules::example());
        let now = UnixMillis(NOW);
        let (person, organisation) =
            (PersonId::new(now, &*steadfast.random), OrganisationId::new(now, &*steadfast.random));
        let app: AppId = "acme".parse().unwrap();
        let owner = Person {
            id: person,
            email: "anna@example.com".parse().unwrap(),
            name: "Anna Lund".to_owned(),
            platform_role: None,
            verified_at: Some(now),
            disabled_at: None,
            created_at: now,
        };
        let known = App { discovered: false, ..App::discovered(app.clone()) };
        let registration = Registration {
            app: app.clone(),
            organisation,
            description: String::new(),
            created_at: now,
            created_by: person,
        };
        let edits = vec![
            Edit::AddPerson(owner),
            Edit::AddOrganisation(Organisation { id: organisation, name: "Acme".to_owned(), created_at: now }),
            Edit::Register(known, registration),
            Edit::AddCollaborator(Collaborator { app: app.clone(), person, role: AppRole::Owner, since: now }),
        ];
        steadfast.store.change(edits).await.unwrap();
        Self { steadfast, app, person, _installation: installation }
    }

    pub(crate) fn by(&self) -> Doer {
        Doer::Person(self.person)
    }

    pub(crate) async fn draft(&self, document: &str) {
        let revision = self.steadfast.draft(&self.app).await.unwrap().revision;
        self.steadfast.save_draft_document(&self.app, document.as_bytes(), revision, self.by()).await.unwrap();
    }

    pub(crate) async fn try_version(&self, number: &str, once: Option<&Once>) -> Result<model::Version, Error> {
        let revision = self.steadfast.draft(&self.app).await.unwrap().revision;
        let new = NewVersion { number: number.to_owned(), revision, person: self.person };
        self.steadfast.save_version(&self.app, &new, self.by(), once).await
    }

    pub(crate) async fn version(&self, number: &str) -> model::Version {
        self.try_version(number, None).await.unwrap()
    }

    pub(crate) async fn try_promote(&self, version: &model::Version, notes: &str) -> Result<model::Version, Error> {
        self.steadfast.promote(&self.app, &version.id.to_string(), notes, self.person, self.by()).await
    }

    /// What the audit log has of an action.
    pub(crate) async fn audited(&self, action: &str) -> Vec<model::AuditEntry> {
        let query = AuditQuery { action: Some(action.to_owned()), limit: 100, ..AuditQuery::default() };
        self.steadfast.store.audit(&query).await.unwrap()
    }

    async fn components(&self) -> Vec<Component> {
        self.steadfast.store.app(&self.app).await.unwrap().unwrap().components
    }
}

/// What is wrong, by field.
pub(crate) fn flaws<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<(String, String)> {
    match result {
        Err(Error::Refused(Refusal::Invalid(flaws))) => {
            flaws.into_iter().map(|flaw| (flaw.field, flaw.message)).collect()
        }
        other => panic!("{other:?}"),
    }
}

pub(crate) fn conflict<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Refused(Refusal::Conflict(sentence))) => sentence,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn who_saves_on_an_old_revision_is_told_and_changes_nothing() {
    let world = World::new().await;
    world.draft(CONNECTION).await;
    let late = world.steadfast.save_draft_document(&world.app, EMBEDDED.as_bytes(), 0, world.by()).await;
    assert!(conflict(late).contains("somebody else changed the draft"));
    let draft = world.steadfast.draft(&world.app).await.unwrap();
    assert_eq!((draft.revision, draft.manifest.components()), (1, vec![Component::DataConnection]));
}

#[tokio::test]
async fn of_two_who_save_at_once_one_wins() {
    let world = World::new().await;
    let save = |text: &'static str| world.steadfast.save_draft_document(&world.app, text.as_bytes(), 0, world.by());
    let (one, other) = tokio::join!(save(CONNECTION), save(EMBEDDED));
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    assert_eq!(world.steadfast.draft(&world.app).await.unwrap().revision, 1);
    assert_eq!(world.audited("draft.saved").await.len(), 1);
}

#[tokio::test]
async fn a_draft_that_says_the_same_is_no_new_revision() {
    let world = World::new().await;
    world.draft(CONNECTION).await;
    world.draft(CONNECTION).await;
    assert_eq!(world.steadfast.draft(&world.app).await.unwrap().revision, 1);
    assert_eq!(world.audited("draft.saved").await.len(), 1);
}

#[tokio::test]
async fn a_draft_may_lack_anything_but_what_is_there_is_right() {
    let world = World::new().await;
    world.draft(r#"{"schema_version":"1.0","sidepanel":{}}"#).await;
    let wrong =
        r#"{"schema_version":"1.0","sidepanel":{"source_url":"http://a.example.com/","views":["rfis.detail"]},"x":1}"#;
    let refused = world.steadfast.save_draft_document(&world.app, wrong.as_bytes(), 1, world.by()).await;
    let fields: Vec<String> = flaws(refused).into_iter().map(|(field, _)| field).collect();
    for field in ["/x", "/sidepanel/source_url", "/sidepanel/views/0"] {
        assert!(fields.iter().any(|found| found == field), "{field} in {fields:?}");
    }
}

#[tokio::test]
async fn until_there_is_a_version_the_draft_says_what_the_app_is() {
    let world = World::new().await;
    world.draft(CONNECTION).await;
    assert_eq!(world.components().await, [Component::DataConnection]);
    world.version("0.1.0").await;
    world.draft(EMBEDDED).await;
    assert_eq!(world.components().await, [Component::DataConnection], "the version counts, not the draft");
    world.version("1.0.0").await;
    assert_eq!(world.components().await, [Component::FullScreen]);
}

#[tokio::test]
async fn versions_only_go_up() {
    let world = World::new().await;
    world.draft(CONNECTION).await;
    world.version("0.2.0").await;
    for lower in ["0.2.0", "0.1.9", "0.0.1"] {
        let flaws = flaws(world.try_version(lower, None).await);
        assert!(flaws[0].1.contains("must be above the previous version `0.2.0`"), "{flaws:?}");
    }
    for odd in ["", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.x", "-1.0.0", "1.2.4294967296", "v1.0.0"] {
        assert_eq!(flaws(world.try_version(odd, None).await)[0].0, "number", "{odd}");
    }
    world.version("0.2.1").await;
    let numbers: Vec<String> = world
        .steadfast
        .versions(&world.app)
        .await
        .unwrap()
        .iter()
        .map(|version| Steadfast::number_of(version).to_string())
        .collect();
    assert_eq!(numbers, ["0.2.1", "0.2.0"]);
}

#[tokio::test]
async fn a_new_host_is_major() {
    let world = World::new().await;
    world.draft(EMBEDDED).await;
    world.version("0.4.0").await;
    world.draft(NEW_HOST).await;
    let next = world.steadfast.next_version(&world.app).await.unwrap();
    assert_eq!(next.suggested.to_string(), "1.0.0");
    assert!(flaws(world.try_version("0.5.0", None).await)[0].1.contains("`b.example.com`"));
    world.version("1.0.0").await;
}

#[tokio::test]
async fn what_keeps_a_draft_from_being_a_version_is_told_at_once_with_the_number() {
    let world = World::new().await;
    world.draft(r#"{"schema_version":"1.0","sidepanel":{}}"#).await;
    let fields: Vec<String> = flaws(world.try_version("one", None).await).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["number", "/sidepanel/source_url", "/sidepanel/views"]);
    assert!(world.steadfast.versions(&world.app).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_version_is_of_the_draft_that_was_looked_at() {
    let world = World::new().await;
    world.draft(CONNECTION).await;
    let new = NewVersion { number: "0.1.0".to_owned(), revision: 0, person: world.person };
    let late = world.steadfast.save_version(&world.app, &new, world.by(), None).await;
    assert!(conflict(late).contains("look again"));
}

#[tokio::test]
async fn a_request_that_is_sent_again_makes_one_version() {
    let world = World::new().await;
    world.draft(CONNECTION).await;
    let once = Once::new(world.by(), "build-17", "0.1.0").unwrap();
    let first = world.try_version("0.1.0", Some(&once)).await.unwrap();
    let second = world.try_version("0.1.0", Some(&once)).await.unwrap();
    assert_eq!(first, second);
    let other = Once::new(world.by(), "build-17", "0.2.0").unwrap();
    assert!(conflict(world.try_version("0.2.0", Some(&other)).await).contains("another request"));
}

#[tokio::test]
async fn of_two_who_save_the_same_number_at_once_one_wins() {
    let world = World::new().await;
    world.draft(CONNECTION).await;
    let (one, other) = tokio::join!(world.try_version("0.1.0", None), world.try_version("0.1.0", None));
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    assert_eq!(world.steadfast.versions(&world.app).await.unwrap().len(), 1);
}

#[tokio::test]
async fn promotion_needs_notes_and_happens_once() {
    let world = World::new().await;
    world.draft(CONNECTION).await;
    let version = world.version("0.1.0").await;
    for notes in ["", " \n ", "bell \u{7}", "turned \u{202e}", &"x".repeat(4001)] {
        assert_eq!(flaws(world.try_promote(&version, notes).await)[0].0, "release_notes", "{notes:?}");
    }
    let promoted = world.try_promote(&version, " First.\r\nSecond. ").await.unwrap();
    let promotion = promoted.promotion.clone().unwrap();
    assert_eq!(promotion.release_notes, "First.\nSecond.");
    assert_ne!(promotion.production_key, promoted.sandbox_key);
    assert!(conflict(world.try_promote(&version, "Again").await).contains("already"));
    let kept = world.steadfast.version_named(&world.app, &version.id.to_string()).await.unwrap();
    assert_eq!(kept, promoted);
    assert_eq!(kept.manifest, version.manifest, "nothing else of a version ever changes");
}

#[tokio::test]
async fn production_never_goes_back() {
    let world = World::new().await;
    world.draft(CONNECTION).await;
    let older = world.version("0.1.0").await;
    let newer = world.version("0.2.0").await;
    world.try_promote(&newer, "New").await.unwrap();
    assert!(conflict(world.try_promote(&older, "Old").await).contains("0.2.0"));
}

#[tokio::test]
async fn a_version_of_another_app_is_not_found() {
    let world = World::new().await;
    world.draft(CONNECTION).await;
    let version = world.version("0.1.0").await;
    let other: AppId = "other".parse().unwrap();
    for id in [version.id.to_string(), "x".to_owned(), String::new()] {
        let found = world.steadfast.version_named(&other, &id).await;
        assert!(matches!(found, Err(Error::Refused(Refusal::NotFound(_)))), "{id}");
    }
}

#[tokio::test]
async fn everything_is_in_the_audit_log() {
    let world = World::new().await;
    world.draft(CONNECTION).await;
    let version = world.version("0.1.0").await;
    world.try_promote(&version, "First").await.unwrap();
    for action in ["draft.saved", "version.saved", "version.promoted"] {
        let entries = world.audited(action).await;
        assert_eq!(entries.len(), 1, "{action}");
        assert_eq!((entries[0].by, entries[0].target.as_str()), (world.by(), "acme"));
        assert!(entries[0].organisation.is_some());
    }
}
