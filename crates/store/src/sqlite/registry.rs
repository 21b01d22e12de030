//! The registry in SQLite. This file is the map: each method of [`Registry`] names the topic that does it;
//! [`edits`] does the same for the changes.

mod apps;
mod audit;
mod claims;
mod columns;
mod credentials;
mod edits;
mod invitations;
mod organisations;
mod people;
mod requests;
mod sessions;
mod sign_in;
mod source_tokens;
mod tokens;
mod versions;

use std::collections::BTreeSet;

use async_trait::async_trait;
use model::{
    ApiToken, AppId, AppRole, AuditEntry, Claim, ClaimId, ClientId, Collaborator, Credential, Doer, Draft, Email,
    Environment, InstallKey, Invitation, InvitationId, InvitedTo, Member, OneTimeLink, Organisation, OrganisationId,
    Person, PersonId, ProviderIdentity, Registration, Session, SignInSecrets, SourceName, SourceToken, TokenId,
    TokenOwner, Version, VersionId,
};

use super::SqliteStore;
use crate::{AuditQuery, DoneRequest, Edit, PeopleQuery, Registry, Result};

#[async_trait]
impl Registry for SqliteStore {
    async fn change(&self, edits: Vec<Edit>) -> Result<()> {
        if edits.iter().any(|edit| matches!(edit, Edit::Unregister(_))) {
            return self.write_without_texts(move |tx| edits::apply_all(tx, &edits)).await;
        }
        self.write(move |tx| edits::apply_all(tx, &edits)).await
    }

    async fn person(&self, id: PersonId) -> Result<Option<Person>> {
        self.read(move |tx| people::get(tx, id)).await
    }

    async fn person_by_email(&self, email: &Email) -> Result<Option<Person>> {
        let email = email.clone();
        self.read(move |tx| people::by_email(tx, &email)).await
    }

    async fn people_by_id(&self, ids: &[PersonId]) -> Result<Vec<Person>> {
        let ids: BTreeSet<PersonId> = ids.iter().copied().collect();
        self.read(move |tx| people::by_id(tx, &ids)).await
    }

    async fn people(&self, query: &PeopleQuery) -> Result<Vec<Person>> {
        let query = query.clone();
        self.read(move |tx| people::search(tx, &query)).await
    }

    async fn has_operator(&self) -> Result<bool> {
        self.read(people::has_open_operator).await
    }

    async fn sign_in_secrets(&self, person: PersonId) -> Result<Option<SignInSecrets>> {
        self.read(move |tx| sign_in::secrets(tx, person)).await
    }

    async fn identity(&self, issuer: &str, subject: &str) -> Result<Option<PersonId>> {
        let (issuer, subject) = (issuer.to_owned(), subject.to_owned());
        self.read(move |tx| sign_in::identity(tx, &issuer, &subject)).await
    }

    async fn identities_of(&self, person: PersonId) -> Result<Vec<ProviderIdentity>> {
        self.read(move |tx| sign_in::identities_of(tx, person)).await
    }

    async fn session(&self, digest: &[u8; 32]) -> Result<Option<(Session, Person)>> {
        let digest = *digest;
        self.read(move |tx| sessions::get(tx, &digest)).await
    }

    async fn sessions_of(&self, person: PersonId) -> Result<Vec<Session>> {
        self.read(move |tx| sessions::list_of(tx, person)).await
    }

    async fn link(&self, digest: &[u8; 32]) -> Result<Option<OneTimeLink>> {
        let digest = *digest;
        self.read(move |tx| sessions::link(tx, &digest)).await
    }

    async fn organisation(&self, id: OrganisationId) -> Result<Option<Organisation>> {
        self.read(move |tx| organisations::get(tx, id)).await
    }

    async fn organisations(&self) -> Result<Vec<Organisation>> {
        self.read(organisations::list_all).await
    }

    async fn organisations_of(&self, person: PersonId) -> Result<Vec<(Organisation, Member)>> {
        self.read(move |tx| organisations::list_of(tx, person)).await
    }

    async fn members(&self, organisation: OrganisationId) -> Result<Vec<(Person, Member)>> {
        self.read(move |tx| organisations::members(tx, organisation)).await
    }

    async fn invitation(&self, id: InvitationId) -> Result<Option<Invitation>> {
        self.read(move |tx| invitations::get(tx, id)).await
    }

    async fn invitation_by_digest(&self, digest: &[u8; 32]) -> Result<Option<Invitation>> {
        let digest = *digest;
        self.read(move |tx| invitations::by_digest(tx, &digest)).await
    }

    async fn invitations_to(&self, to: &InvitedTo) -> Result<Vec<Invitation>> {
        let to = to.clone();
        self.read(move |tx| invitations::list_to(tx, &to)).await
    }

    async fn invitations_for(&self, email: &Email) -> Result<Vec<Invitation>> {
        let email = email.clone();
        self.read(move |tx| invitations::list_for(tx, &email)).await
    }

    async fn source_token(&self, id: TokenId) -> Result<Option<SourceToken>> {
        self.read(move |tx| source_tokens::get(tx, id)).await
    }

    async fn source_token_by_digest(&self, digest: &[u8; 32]) -> Result<Option<SourceToken>> {
        let digest = *digest;
        self.read(move |tx| source_tokens::by_digest(tx, &digest)).await
    }

    async fn source_tokens(&self) -> Result<Vec<SourceToken>> {
        self.read(source_tokens::list_all).await
    }

    async fn source_tokens_of(&self, source: &SourceName) -> Result<Vec<SourceToken>> {
        let source = source.clone();
        self.read(move |tx| source_tokens::list_of(tx, &source)).await
    }

    async fn token(&self, id: TokenId) -> Result<Option<ApiToken>> {
        self.read(move |tx| tokens::get(tx, id)).await
    }

    async fn token_by_digest(&self, digest: &[u8; 32]) -> Result<Option<ApiToken>> {
        let digest = *digest;
        self.read(move |tx| tokens::by_digest(tx, &digest)).await
    }

    async fn tokens_of(&self, owner: TokenOwner) -> Result<Vec<ApiToken>> {
        self.read(move |tx| tokens::list_of(tx, owner)).await
    }

    async fn registration(&self, app: &AppId) -> Result<Option<Registration>> {
        let app = app.clone();
        self.read(move |tx| apps::registration(tx, &app)).await
    }

    async fn registrations(&self) -> Result<Vec<Registration>> {
        self.read(apps::registrations).await
    }

    async fn apps_of(&self, person: PersonId) -> Result<Vec<(AppId, AppRole)>> {
        self.read(move |tx| apps::of_person(tx, person)).await
    }

    async fn apps_of_organisation(&self, organisation: OrganisationId) -> Result<Vec<AppId>> {
        self.read(move |tx| apps::of_organisation(tx, organisation)).await
    }

    async fn app_role(&self, app: &AppId, person: PersonId) -> Result<Option<AppRole>> {
        let app = app.clone();
        self.read(move |tx| apps::role(tx, &app, person)).await
    }

    async fn collaborators(&self, app: &AppId) -> Result<Vec<(Person, Collaborator)>> {
        let app = app.clone();
        self.read(move |tx| apps::collaborators(tx, &app)).await
    }

    async fn claim(&self, id: ClaimId) -> Result<Option<Claim>> {
        self.read(move |tx| claims::get(tx, id)).await
    }

    async fn open_claims(&self) -> Result<Vec<Claim>> {
        self.read(claims::open).await
    }

    async fn claims_of(&self, person: PersonId) -> Result<Vec<Claim>> {
        self.read(move |tx| claims::list_of(tx, person)).await
    }

    async fn draft(&self, app: &AppId) -> Result<Option<Draft>> {
        let app = app.clone();
        self.read(move |tx| versions::draft(tx, &app)).await
    }

    async fn versions(&self, app: &AppId) -> Result<Vec<Version>> {
        let app = app.clone();
        self.read(move |tx| versions::list_of(tx, &app)).await
    }

    async fn version(&self, id: VersionId) -> Result<Option<Version>> {
        self.read(move |tx| versions::get(tx, id)).await
    }

    async fn version_by_key(&self, key: InstallKey) -> Result<Option<(Version, Environment)>> {
        self.read(move |tx| versions::by_key(tx, key)).await
    }

    async fn credentials(&self, app: &AppId) -> Result<Vec<Credential>> {
        let app = app.clone();
        self.read(move |tx| credentials::list_of(tx, &app)).await
    }

    async fn credential_by_client_id(&self, id: ClientId) -> Result<Option<Credential>> {
        self.read(move |tx| credentials::by_client_id(tx, id)).await
    }

    async fn done_request(&self, by: Doer, key: &str) -> Result<Option<DoneRequest>> {
        let key = key.to_owned();
        self.read(move |tx| requests::get(tx, by, &key)).await
    }

    async fn audit(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
        let query = query.clone();
        self.read(move |tx| audit::query(tx, &query)).await
    }
}
