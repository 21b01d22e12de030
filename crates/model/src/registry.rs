//! What the registry knows of an app beside its traffic: who owns it, who works on it, its versions and
//! credentials.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    AppId, ClaimId, ClientId, Email, Environment, InstallKey, InvitationId, MemberRole, OrganisationId, PersonId,
    SecretId, TokenId, UnixMillis, VersionId,
};

/// What a person may do in an app. Exactly one collaborator of a registered app is its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppRole {
    /// Reads everything but secrets of production.
    Developer,
    /// Changes everything but the owner, and can't delete the app.
    Admin,
    /// Everything.
    Owner,
}

impl AppRole {
    /// All roles, the least first.
    pub const ALL: [Self; 3] = [Self::Developer, Self::Admin, Self::Owner];

    /// The word in API, tables and forms.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Developer => "developer",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// The word for people.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Developer => "Developer",
            Self::Admin => "Admin",
            Self::Owner => "Owner",
        }
    }

    /// The role of this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == key)
    }
}

/// That an app is registered: by whom, for whom. A discovered app has none until a claim is confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The app.
    pub app: AppId,
    /// Who owns it.
    pub organisation: OrganisationId,
    /// What the app does, up to 500 characters.
    pub description: String,
    /// When it was registered.
    pub created_at: UnixMillis,
    /// By whom.
    pub created_by: PersonId,
}

/// A person who works on an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collaborator {
    /// The app.
    pub app: AppId,
    /// The person.
    pub person: PersonId,
    /// What they may do.
    pub role: AppRole,
    /// Since when.
    pub since: UnixMillis,
}

/// Where an invitation leads, and as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvitedTo {
    /// To work on an app. Never as its owner.
    App(AppId, AppRole),
    /// To join an organisation.
    Organisation(OrganisationId, MemberRole),
}

/// How an invitation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationEnd {
    /// The invited person took it.
    Accepted,
    /// The invited person said no.
    Declined,
    /// Taken back.
    Withdrawn,
}

impl InvitationEnd {
    /// All ends.
    pub const ALL: [Self; 3] = [Self::Accepted, Self::Declined, Self::Withdrawn];

    /// The word in API and tables.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The end of this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.key() == key)
    }
}

/// An invitation by e-mail. It is for the person with that address, who has to be signed in to accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Where to.
    pub to: InvitedTo,
    /// Whom.
    pub email: Email,
    /// SHA-256 of what the link carries.
    pub digest: [u8; 32],
    /// By whom.
    pub invited_by: PersonId,
    /// When.
    pub created_at: UnixMillis,
    /// Until when it can be accepted.
    pub expires_at: UnixMillis,
    /// How it ended, and when.
    pub ended: Option<(InvitationEnd, UnixMillis)>,
}

/// How a claim of a discovered app ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimDecision {
    /// The app is theirs.
    Confirmed,
    /// It is not.
    Refused,
}

impl ClaimDecision {
    /// The word in API and tables.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
        }
    }

    /// The decision of this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Confirmed, Self::Refused].into_iter().find(|decision| decision.key() == key)
    }
}

/// Somebody says that a discovered app is theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its id.
    pub id: ClaimId,
    /// The app.
    pub app: AppId,
    /// For which organisation.
    pub organisation: OrganisationId,
    /// Who says so.
    pub person: PersonId,
    /// What they give as proof, up to 1,000 characters.
    pub evidence: String,
    /// When.
    pub created_at: UnixMillis,
    /// What was decided, when and by whom.
    pub decided: Option<(ClaimDecision, UnixMillis, PersonId)>,
}

/// The draft of an app's manifest, as JSON text; it becomes a version when it is saved as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The app.
    pub app: AppId,
    /// The manifest.
    pub manifest: String,
    /// Grows by one with each change, so that two people don't overwrite each other's work unseen. 0: nothing saved yet.
    pub revision: i64,
    /// When it was changed.
    pub updated_at: UnixMillis,
}

/// A saved version of an app. It never changes but for being promoted once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its id.
    pub id: VersionId,
    /// The app.
    pub app: AppId,
    /// `X.Y.Z` as three numbers.
    pub number: (u32, u32, u32),
    /// The manifest as JSON text.
    pub manifest: String,
    /// The key that installs it in a sandbox.
    pub sandbox_key: InstallKey,
    /// When it was saved.
    pub created_at: UnixMillis,
    /// By whom.
    pub created_by: PersonId,
    /// That it went to production.
    pub promotion: Option<Promotion>,
}

/// That a version went to production.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promotion {
    /// The key that installs it in production.
    pub production_key: InstallKey,
    /// What is new, for company admins.
    pub release_notes: String,
    /// When.
    pub at: UnixMillis,
    /// By whom.
    pub by: PersonId,
}

/// How an app presents itself in one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The app.
    pub app: AppId,
    /// Where it is good. Never in the other environment.
    pub environment: Environment,
    /// Its public id.
    pub client_id: ClientId,
    /// Where users may be sent back to, each matched exactly.
    pub redirect_uris: Vec<String>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// Its live secrets, oldest first; two at most.
    pub secrets: Vec<ClientSecret>,
}

/// A secret of a credential; the secret itself was shown once and is nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientSecret {
    /// Its id.
    pub id: SecretId,
    /// SHA-256 of it.
    pub digest: [u8; 32],
    /// Enough of it to tell it apart: `stf_cs_a1…9xYz`.
    pub hint: String,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it stops being good: set on the older one during a rotation.
    pub expires_at: Option<UnixMillis>,
}

/// What an API token may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// Read apps, their health and activity.
    #[serde(rename = "apps:read")]
    AppsRead,
    /// Change apps, collaborators and versions.
    #[serde(rename = "apps:write")]
    AppsWrite,
    /// Make and revoke credentials.
    #[serde(rename = "credentials:write")]
    CredentialsWrite,
    /// Read people, organisations and invitations.
    #[serde(rename = "people:read")]
    PeopleRead,
    /// Change people, organisations and invitations.
    #[serde(rename = "people:write")]
    PeopleWrite,
    /// Read what the platform's staff sees: sources, rejects, audit log.
    #[serde(rename = "platform:read")]
    PlatformRead,
    /// Change what operators change.
    #[serde(rename = "platform:write")]
    PlatformWrite,
    /// Send calls to be counted. Operators' tokens only.
    #[serde(rename = "calls:write")]
    CallsWrite,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 8] = [
        Self::AppsRead,
        Self::AppsWrite,
        Self::CredentialsWrite,
        Self::PeopleRead,
        Self::PeopleWrite,
        Self::PlatformRead,
        Self::PlatformWrite,
        Self::CallsWrite,
    ];

    /// The word in API, tables and forms.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::AppsRead => "apps:read",
            Self::AppsWrite => "apps:write",
            Self::CredentialsWrite => "credentials:write",
            Self::PeopleRead => "people:read",
            Self::PeopleWrite => "people:write",
            Self::PlatformRead => "platform:read",
            Self::PlatformWrite => "platform:write",
            Self::CallsWrite => "calls:write",
        }
    }

    /// What it allows, for people.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::AppsRead => "Read apps, their health and activity",
            Self::AppsWrite => "Change apps, collaborators and versions",
            Self::CredentialsWrite => "Make and revoke credentials",
            Self::PeopleRead => "Read people, organisations and invitations",
            Self::PeopleWrite => "Change people, organisations and invitations",
            Self::PlatformRead => "Read sources, rejects and the audit log",
            Self::PlatformWrite => "Change what operators change",
            Self::CallsWrite => "Send calls to be counted",
        }
    }

    /// The scope of this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.key() == key)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// Whose an API token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenOwner {
    /// A person's: it may do what they may, within its scopes.
    Person(PersonId),
    /// An organisation's: it may do what an Admin of each of its apps may, within its scopes.
    Organisation(OrganisationId),
}

/// An API token; the token itself was shown once and is nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id.
    pub id: TokenId,
    /// Whose.
    pub owner: TokenOwner,
    /// Who made it.
    pub created_by: PersonId,
    /// What it is for, in the words of who made it, 1 to 100 characters.
    pub name: String,
    /// SHA-256 of it.
    pub digest: [u8; 32],
    /// Enough of it to tell it apart.
    pub hint: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it stops being good.
    pub expires_at: UnixMillis,
    /// When it was last used, to within a few minutes.
    pub last_used_at: Option<UnixMillis>,
    /// When it was revoked.
    pub revoked_at: Option<UnixMillis>,
}
