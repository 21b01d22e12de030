//! The words of Steadfast, a closed list: [`Day`] and the [`Clock`], [`AppId`] and [`App`], [`Call`],
//! [`Route`] and [`Operation`], [`TallyKey`] and [`Counts`], [`Observation`], [`Severity`] and [`Status`];
//! [`Person`] and [`Organisation`], [`Registration`] and [`Collaborator`], [`Version`] and [`Credential`], [`ApiToken`]
//! and [`AuditEntry`].
//!
//! Everything that two other crates must agree on stands here, and nothing else: no I/O, no async, no
//! SQL, no HTTP, no thresholds. The meaning of each word is fixed by `docs/rules.md`.

mod app;
mod audit;
mod call;
mod catalog;
mod day;
mod health;
mod ids;
mod path;
mod peer;
mod person;
mod random;
mod registry;
mod source;
mod source_token;
mod tally;
mod time;

pub use app::{App, AppId, AppIdError, AppType, Component, Distribution};
pub use audit::{AuditEntry, Doer};
pub use call::{Call, Environment, Principal};
pub use catalog::{Catalog, CatalogChange, ChangeKind, DeprecatedSince, Operation, Route};
pub use day::{Day, DayError, DayRange};
pub use health::{DayVerdict, Observation, Severity, Status};
pub use ids::{
    AuditId, ClaimId, ClientId, IdError, InstallKey, InvitationId, OrganisationId, PersonId, SecretId, SessionId,
    TokenId, VersionId,
};
pub use path::{Segment, Segments, cut_path};
pub use peer::Peer;
pub use person::{
    Email, EmailError, LinkPurpose, Member, MemberRole, OneTimeLink, Organisation, Person, PlatformRole,
    ProviderIdentity, SecondFactor, Session, SignInSecrets,
};
pub use random::Random;
pub use registry::{
    ApiToken, AppRole, Claim, ClaimDecision, ClientSecret, Collaborator, Credential, Draft, Invitation, InvitationEnd,
    InvitedTo, Promotion, Registration, Scope, TokenOwner, Version,
};
pub use source::{Hour, LossReason, SourceName, SourceNameError, SourceWay};
pub use source_token::SourceToken;
pub use tally::{Company, CompanyTally, Counts, RouteKey, Tally, TallyKey};
pub use time::{Clock, PlatformZone, UnixMillis, ZoneError};
