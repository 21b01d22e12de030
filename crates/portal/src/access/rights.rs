//! The rights as types, for [`super::InApp`], [`super::InOrganisation`] and [`super::Staff`].

use access::{AppRight, OrganisationRight, PlatformRight};
use model::Scope;

/// A right in one app.
pub(crate) trait RightInApp: Send {
    /// Which.
    const RIGHT: AppRight;
}

/// A right in one organisation.
pub(crate) trait RightInOrganisation: Send {
    /// Which.
    const RIGHT: OrganisationRight;
}

/// A right on the platform.
pub(crate) trait RightOnPlatform: Send {
    /// Which.
    const RIGHT: PlatformRight;
}

/// What a token needs where nothing else decides; a session needs nothing more.
pub(crate) trait NeedsScope: Send {
    /// Which scope; none where any token will do.
    const SCOPE: Option<Scope>;
}

/// No scope in particular.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AnyScope;

impl NeedsScope for AnyScope {
    const SCOPE: Option<Scope> = None;
}

macro_rules! scopes {
    ($($name:ident),*) => {$(
        #[doc = concat!("[`Scope::", stringify!($name), "`]")]
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name;

        impl NeedsScope for $name {
            const SCOPE: Option<Scope> = Some(Scope::$name);
        }
    )*};
}

scopes! { AppsRead, AppsWrite, PeopleRead, PeopleWrite }

macro_rules! rights {
    ($trait:ident, $kind:ident: $($name:ident),* $(,)?) => {$(
        #[doc = concat!("[`", stringify!($kind), "::", stringify!($name), "`]")]
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name;

        impl $trait for $name {
            const RIGHT: $kind = $kind::$name;
        }
    )*};
}

rights! { RightInApp, AppRight:
    SeeApp, SeeManifests, SeeSandboxCredentials, EditSettings, EditManifests, ResetSecret, ManageCollaborators,
    TransferOwnership, TakeOver, DeleteApp, LeaveApp,
}

rights! { RightInOrganisation, OrganisationRight:
    SeeOrganisation, OverseeOrganisation, ManageOrganisation, LeaveOrganisation,
}

rights! { RightOnPlatform, PlatformRight: SeePlatform, SeePeople, ReadAudit, DecideClaims, ManagePeople, SendCalls }
