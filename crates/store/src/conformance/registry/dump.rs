//! All that the registry says, to see that nothing changed.

use std::fmt::{Debug, Write};

use ::model::{AppId, AppRole, Doer, InvitedTo, MemberRole, Organisation, Person, PersonId, TokenOwner};

use super::cast::{at, digest, organisation, person_id};
use crate::{AuditQuery, Edit, PeopleQuery, Result, SharedStore, StoreError};

/// The digests and numbers that the cast uses.
const NUMBERS: std::ops::RangeInclusive<u8> = 0..=40;

/// Demands that this edit is refused, and with it a good one before it.
pub(super) async fn refused(store: &SharedStore, edit: Edit) -> Result<()> {
    refused_all(store, vec![edit]).await
}

/// Demands that these edits are refused, and with them a good one before them.
pub(super) async fn refused_all(store: &SharedStore, edits: Vec<Edit>) -> Result<()> {
    let before = dump(store).await?;
    let mut all = vec![Edit::AddOrganisation(organisation(250))];
    all.extend(edits);
    let result = store.change(all).await;
    assert!(matches!(result, Err(StoreError::Conflict)), "{result:?}");
    assert_eq!(dump(store).await?, before);
    Ok(())
}

/// Everything that can be read of the cast.
pub(super) async fn dump(store: &SharedStore) -> Result<String> {
    let mut text = Text(String::new());
    for person in store.people(&PeopleQuery { limit: u32::MAX, ..PeopleQuery::default() }).await? {
        dump_person(store, &mut text, &person).await?;
    }
    for organisation in store.organisations().await? {
        dump_organisation(store, &mut text, &organisation).await?;
    }
    for app in store.apps().await? {
        text.line(&app);
        dump_app(store, &mut text, &app.id).await?;
    }
    for n in NUMBERS {
        text.line(&store.link(&digest(n)).await?);
    }
    text.line(&store.source_tokens().await?);
    text.line(&store.open_claims().await?);
    for by in [Doer::System, Doer::Person(person_id(1))] {
        text.line(&store.done_request(by, "key").await?);
    }
    text.line(&store.audit(&AuditQuery { limit: u32::MAX, ..AuditQuery::default() }).await?);
    Ok(text.0)
}

struct Text(String);

impl Text {
    fn line(&mut self, part: &dyn Debug) {
        // Writing to a string can't fail.
        let _ = writeln!(self.0, "{part:?}");
    }
}

async fn dump_person(store: &SharedStore, text: &mut Text, person: &Person) -> Result<()> {
    let id = person.id;
    text.line(person);
    text.line(&sign_in(store, id).await?);
    text.line(&store.identities_of(id).await?);
    text.line(&store.sessions_of(id).await?);
    text.line(&store.tokens_of(TokenOwner::Person(id)).await?);
    text.line(&store.invitations_for(&person.email).await?);
    text.line(&store.apps_of(id).await?);
    text.line(&store.claims_of(id).await?);
    Ok(())
}

/// How a person signs in, in a form that can be compared.
pub(super) type SignIn = (Option<String>, Option<(Vec<u8>, i64, i64)>, u32);

pub(super) async fn sign_in(store: &SharedStore, person: PersonId) -> Result<Option<SignIn>> {
    let secrets = store.sign_in_secrets(person).await?;
    Ok(secrets.map(|it| {
        let factor = it.second_factor.map(|factor| (factor.sealed, factor.last_step, factor.since.0 - at(0).0));
        (it.password, factor, it.recovery_codes)
    }))
}

async fn dump_organisation(store: &SharedStore, text: &mut Text, organisation: &Organisation) -> Result<()> {
    let id = organisation.id;
    text.line(organisation);
    text.line(&store.members(id).await?);
    text.line(&store.tokens_of(TokenOwner::Organisation(id)).await?);
    text.line(&store.invitations_to(&InvitedTo::Organisation(id, MemberRole::Member)).await?);
    text.line(&store.apps_of_organisation(id).await?);
    Ok(())
}

async fn dump_app(store: &SharedStore, text: &mut Text, app: &AppId) -> Result<()> {
    text.line(&store.registration(app).await?);
    text.line(&store.collaborators(app).await?);
    text.line(&store.invitations_to(&InvitedTo::App(app.clone(), AppRole::Developer)).await?);
    text.line(&store.draft(app).await?);
    text.line(&store.versions(app).await?);
    text.line(&store.credentials(app).await?);
    Ok(())
}
