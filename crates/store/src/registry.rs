//! The registry: people, organisations, apps and what belongs to them, and the audit log.
//!
//! Reading has a method for each question. Changing has one for all: a use case decides on a list of [`Edit`]s,
//! its audit entry among them, and [`Registry::change`] applies them all or none.

use async_trait::async_trait;
use model::{
    ApiToken, App, AppId, AppRole, AuditEntry, AuditId, Claim, ClaimDecision, ClaimId, ClientId, ClientSecret,
    Collaborator, Credential, Doer, Draft, Email, Environment, InstallKey, Invitation, InvitationEnd, InvitationId,
    InvitedTo, LinkPurpose, Member, MemberRole, OneTimeLink, Organisation, OrganisationId, Person, PersonId, Promotion,
    ProviderIdentity, Registration, SecondFactor, SecretId, Session, SessionId, SignInSecrets, SourceName, SourceToken,
    TokenId, TokenOwner, UnixMillis, Version, VersionId,
};

use crate::{AlertEdit, Result};

/// One change of the registry. Each says what it expects to find; where it finds something else,
/// the whole list is given up with [`crate::StoreError::Conflict`].
#[derive(Clone)]
pub enum Edit {
    /// Adds a person. Their address must be new.
    AddPerson(Person),
    /// Replaces what is known of a person who is there. Their address must be theirs alone.
    SavePerson(Person),
    /// Demands that a person is known exactly so. To be put before an edit that replaces what was read before: whoever
    /// was shut or lost a role meanwhile stays so.
    ExpectPerson(Person),
    /// Sets or removes the hash of a password.
    SetPassword(PersonId, Option<String>),
    /// Sets or removes the second factor. Removing it removes the recovery codes too.
    SetSecondFactor(PersonId, Option<SecondFactor>),
    /// Notes the step of the one-time code that was used. It must be later than the last one.
    UseOneTimeCode(PersonId, i64),
    /// Replaces all recovery codes by these digests.
    SetRecoveryCodes(PersonId, Vec<[u8; 32]>),
    /// Uses up a recovery code, which must be there.
    UseRecoveryCode(PersonId, [u8; 32]),
    /// Ties a person to their account at the identity provider, which must not be tied to anybody.
    AddIdentity(ProviderIdentity),
    /// Opens a session.
    AddSession(Session),
    /// Notes that a session was used. It may have ended meanwhile.
    TouchSession(SessionId, UnixMillis),
    /// Notes that the person of a session proved anew who they are.
    ProveSession(SessionId, UnixMillis),
    /// Ends a session of this person. It may have ended before.
    EndSession(PersonId, SessionId),
    /// Ends all sessions of a person but this one.
    EndSessions(PersonId, Option<SessionId>),
    /// Makes a one-time link.
    AddLink(OneTimeLink),
    /// Uses up a link of this purpose, which must be there and good at this instant.
    UseLink([u8; 32], LinkPurpose, UnixMillis),
    /// Counts a failure with a link. It may be gone meanwhile.
    FailLink([u8; 32]),
    /// Removes all links of this purpose of a person (of nobody: those that are nobody's).
    RemoveLinks(LinkPurpose, Option<PersonId>),
    /// Demands that nobody is an operator yet.
    ExpectNoOperator,
    /// Demands that some person is an operator whose account is open. To be put after an edit that might end the last
    /// one.
    ExpectOperator,

    /// Adds an organisation.
    AddOrganisation(Organisation),
    /// Replaces what is known of an organisation that is there.
    SaveOrganisation(Organisation),
    /// Adds a member who is none yet.
    AddMember(Member),
    /// Changes the role of a member who is there.
    SetMemberRole(OrganisationId, PersonId, MemberRole),
    /// Removes a member who is there.
    RemoveMember(OrganisationId, PersonId),
    /// Demands that an organisation has an admin. To be put after an edit that might remove the last one.
    ExpectAdmin(OrganisationId),

    /// Makes an invitation.
    AddInvitation(Invitation),
    /// Ends an invitation that is open at this instant.
    EndInvitation(InvitationId, InvitationEnd, UnixMillis),

    /// Makes an API token.
    AddToken(ApiToken),
    /// Notes that a token was used. It may be gone meanwhile.
    TouchToken(TokenId, UnixMillis),
    /// Revokes a token that is not revoked.
    RevokeToken(TokenId, UnixMillis),
    /// Makes a token of a source.
    AddSourceToken(SourceToken),
    /// Notes that a token of a source was used. It may be gone meanwhile.
    TouchSourceToken(TokenId, UnixMillis),
    /// Revokes a token of a source that is not revoked.
    RevokeSourceToken(TokenId, UnixMillis),

    /// Registers an app: a new one, or a discovered one that nobody has registered.
    Register(App, Registration),
    /// Replaces what is known of a registered app: name, distribution, components; owner, description. When it was
    /// registered and by whom stays.
    SaveRegistered(App, Registration),
    /// Removes the registration of an app and all that belongs to it (collaborators, invitations, claims, draft,
    /// versions, credentials). Its counts stay: with counts it is a discovered app again, without it is gone.
    Unregister(AppId),
    /// Adds a collaborator who is none yet.
    AddCollaborator(Collaborator),
    /// Changes the role of a collaborator who has this one: app, person, from, to. An app has never two owners, so
    /// ownership is taken first and given then.
    SetAppRole(AppId, PersonId, AppRole, AppRole),
    /// Removes a collaborator who is there.
    RemoveCollaborator(AppId, PersonId),
    /// Demands that an app has exactly one owner. To be put after edits that move ownership.
    ExpectOneOwner(AppId),

    /// Adds a claim. The same person must not have an open one for the app.
    AddClaim(Claim),
    /// Decides a claim that is open.
    DecideClaim(ClaimId, ClaimDecision, UnixMillis, PersonId),

    /// Saves a draft. Its revision must be one more than the saved one (1 for the first).
    SaveDraft(Draft),
    /// Adds a version. Its number must be greater than that of every version of the app.
    AddVersion(Version),
    /// Promotes a version that is not promoted.
    Promote(VersionId, Promotion),

    /// Adds a credential (with its secrets). The app must have none in that environment.
    AddCredential(Credential),
    /// Replaces the redirect URIs of a credential that is there.
    SetRedirectUris(AppId, Environment, Vec<String>),
    /// Adds a secret to a credential that is there and has less than two secrets that are good at this instant; those
    /// that are not go.
    AddSecret(AppId, Environment, ClientSecret, UnixMillis),
    /// Sets when a secret that is there stops being good.
    ExpireSecret(AppId, Environment, SecretId, UnixMillis),
    /// Removes a secret that is there.
    RemoveSecret(AppId, Environment, SecretId),

    /// Changes what people are told of apps by mail.
    Alerts(AlertEdit),

    /// Remembers that a request with an idempotency key was carried out; the key must be new.
    RememberRequest(DoneRequest),
    /// Removes what no longer matters at this instant: sessions, links and secrets that are over, and requests of more
    /// than a day ago.
    Tidy(UnixMillis),
    /// Adds an entry to the audit log.
    Audit(AuditEntry),
}

/// A request that was carried out and may be sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoneRequest {
    /// Who sent it.
    pub by: Doer,
    /// Its idempotency key.
    pub key: String,
    /// SHA-256 of method, path and body.
    pub digest: [u8; 32],
    /// The path of what it made.
    pub location: String,
    /// When.
    pub at: UnixMillis,
}

/// Which people are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleQuery {
    /// Within name or address, without regard to ASCII case; empty for all.
    pub search: String,
    /// People who come after this address.
    pub after: Option<Email>,
    /// At most so many.
    pub limit: u32,
}

/// Which entries of the audit log are asked for; they come newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Of this target.
    pub target: Option<String>,
    /// That the people of this organisation may read.
    pub organisation: Option<OrganisationId>,
    /// By this doer.
    pub by: Option<Doer>,
    /// With an action that begins so.
    pub action: Option<String>,
    /// Not before this instant.
    pub since: Option<UnixMillis>,
    /// Before this instant.
    pub until: Option<UnixMillis>,
    /// Older than this entry.
    pub before: Option<AuditId>,
    /// At most so many.
    pub limit: u32,
}

/// What the registry knows.
#[async_trait]
pub trait Registry: Send + Sync {
    /// Applies all edits, in this order, in one transaction, durable on return.
    async fn change(&self, edits: Vec<Edit>) -> Result<()>;

    /// One person.
    async fn person(&self, id: PersonId) -> Result<Option<Person>>;
    /// The person with this address.
    async fn person_by_email(&self, email: &Email) -> Result<Option<Person>>;
    /// The people with these ids, in no order; ids of nobody are left out.
    async fn people_by_id(&self, ids: &[PersonId]) -> Result<Vec<Person>>;
    /// People by address.
    async fn people(&self, query: &PeopleQuery) -> Result<Vec<Person>>;
    /// Whether an operator with an open account is there.
    async fn has_operator(&self) -> Result<bool>;
    /// How a person proves who they are.
    async fn sign_in_secrets(&self, person: PersonId) -> Result<Option<SignInSecrets>>;
    /// Who that is at the identity provider.
    async fn identity(&self, issuer: &str, subject: &str) -> Result<Option<PersonId>>;
    /// The accounts at identity providers that a person is tied to.
    async fn identities_of(&self, person: PersonId) -> Result<Vec<ProviderIdentity>>;
    /// The session of this cookie's digest and its person, whether expired or not.
    async fn session(&self, digest: &[u8; 32]) -> Result<Option<(Session, Person)>>;
    /// A person's sessions, the last used first.
    async fn sessions_of(&self, person: PersonId) -> Result<Vec<Session>>;
    /// A one-time link.
    async fn link(&self, digest: &[u8; 32]) -> Result<Option<OneTimeLink>>;

    /// One organisation.
    async fn organisation(&self, id: OrganisationId) -> Result<Option<Organisation>>;
    /// All organisations, by name.
    async fn organisations(&self) -> Result<Vec<Organisation>>;
    /// The organisations that a person is in, by name.
    async fn organisations_of(&self, person: PersonId) -> Result<Vec<(Organisation, Member)>>;
    /// The people of an organisation, by name.
    async fn members(&self, organisation: OrganisationId) -> Result<Vec<(Person, Member)>>;

    /// One invitation.
    async fn invitation(&self, id: InvitationId) -> Result<Option<Invitation>>;
    /// The invitation of this digest.
    async fn invitation_by_digest(&self, digest: &[u8; 32]) -> Result<Option<Invitation>>;
    /// Invitations that lead here (the role in `to` does not matter), newest first.
    async fn invitations_to(&self, to: &InvitedTo) -> Result<Vec<Invitation>>;
    /// Invitations of this address, newest first.
    async fn invitations_for(&self, email: &Email) -> Result<Vec<Invitation>>;

    /// One API token.
    async fn token(&self, id: TokenId) -> Result<Option<ApiToken>>;
    /// The API token of this digest, whether good or not.
    async fn token_by_digest(&self, digest: &[u8; 32]) -> Result<Option<ApiToken>>;
    /// The tokens of an owner, newest first.
    async fn tokens_of(&self, owner: TokenOwner) -> Result<Vec<ApiToken>>;

    /// One token of a source.
    async fn source_token(&self, id: TokenId) -> Result<Option<SourceToken>>;
    /// The token of a source of this digest, whether good or not.
    async fn source_token_by_digest(&self, digest: &[u8; 32]) -> Result<Option<SourceToken>>;
    /// The tokens of all sources, by source, the newest first of each.
    async fn source_tokens(&self) -> Result<Vec<SourceToken>>;
    /// The tokens of a source, newest first.
    async fn source_tokens_of(&self, source: &SourceName) -> Result<Vec<SourceToken>>;

    /// The registration of an app.
    async fn registration(&self, app: &AppId) -> Result<Option<Registration>>;
    /// All registrations, by app.
    async fn registrations(&self) -> Result<Vec<Registration>>;
    /// The apps that a person works on.
    async fn apps_of(&self, person: PersonId) -> Result<Vec<(AppId, AppRole)>>;
    /// The apps that an organisation owns.
    async fn apps_of_organisation(&self, organisation: OrganisationId) -> Result<Vec<AppId>>;
    /// What a person is in an app.
    async fn app_role(&self, app: &AppId, person: PersonId) -> Result<Option<AppRole>>;
    /// The people who work on an app: the owner first, then by name.
    async fn collaborators(&self, app: &AppId) -> Result<Vec<(Person, Collaborator)>>;

    /// One claim.
    async fn claim(&self, id: ClaimId) -> Result<Option<Claim>>;
    /// All open claims, oldest first.
    async fn open_claims(&self) -> Result<Vec<Claim>>;
    /// A person's claims, newest first.
    async fn claims_of(&self, person: PersonId) -> Result<Vec<Claim>>;

    /// The draft of an app's manifest.
    async fn draft(&self, app: &AppId) -> Result<Option<Draft>>;
    /// The versions of an app, the highest first.
    async fn versions(&self, app: &AppId) -> Result<Vec<Version>>;
    /// One version.
    async fn version(&self, id: VersionId) -> Result<Option<Version>>;
    /// The version that this key installs, and where.
    async fn version_by_key(&self, key: InstallKey) -> Result<Option<(Version, Environment)>>;

    /// The credentials of an app.
    async fn credentials(&self, app: &AppId) -> Result<Vec<Credential>>;
    /// The credential of this client id.
    async fn credential_by_client_id(&self, id: ClientId) -> Result<Option<Credential>>;

    /// A request that was carried out.
    async fn done_request(&self, by: Doer, key: &str) -> Result<Option<DoneRequest>>;
    /// Entries of the audit log, newest first.
    async fn audit(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>>;
}
