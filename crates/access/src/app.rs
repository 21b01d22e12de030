//! Rights in one app. The roles and what they may do are those of the reference platform (nine rights by three
//! roles), with the rights to read and to take over an app beside them.

use model::{AppRole, MemberRole, PlatformRole, Scope};

use crate::Actor;

/// What somebody may be allowed to do with one app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AppRight {
    /// See that the app is there, its health, activity, people and settings.
    SeeApp,
    /// See the client id of production.
    SeeProductionClientId,
    /// See the credentials of the sandbox.
    SeeSandboxCredentials,
    /// See manifests and versions.
    SeeManifests,
    /// Change name, description and distribution.
    EditSettings,
    /// Change the draft, save versions, promote them.
    EditManifests,
    /// Submit the listing for review.
    SubmitListing,
    /// Make and remove client secrets, and change redirect URIs.
    ResetSecret,
    /// Invite and remove collaborators, and change their roles.
    ManageCollaborators,
    /// Make another collaborator the owner.
    TransferOwnership,
    /// Become the owner of an app of one's own organisation, so that nobody's leaving orphans it.
    TakeOver,
    /// Delete the app.
    DeleteApp,
    /// Stop working on the app. The owner has to hand it on first.
    LeaveApp,
}

/// What ties an actor to an app.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Their role as a collaborator.
    pub collaborator: Option<AppRole>,
    /// Their role in the organisation that owns the app.
    pub member: Option<MemberRole>,
    /// Whether they act with a token of the organisation that owns the app.
    pub owning_token: bool,
}

impl AppRight {
    /// All rights.
    pub const ALL: [Self; 13] = [
        Self::SeeApp,
        Self::SeeProductionClientId,
        Self::SeeSandboxCredentials,
        Self::SeeManifests,
        Self::EditSettings,
        Self::EditManifests,
        Self::SubmitListing,
        Self::ResetSecret,
        Self::ManageCollaborators,
        Self::TransferOwnership,
        Self::TakeOver,
        Self::DeleteApp,
        Self::LeaveApp,
    ];

    /// The scope that a token needs for it.
    #[must_use]
    pub fn scope(self) -> Scope {
        match self {
            Self::SeeApp | Self::SeeManifests | Self::SeeProductionClientId | Self::SeeSandboxCredentials => {
                Scope::AppsRead
            }
            Self::ResetSecret => Scope::CredentialsWrite,
            Self::EditSettings
            | Self::EditManifests
            | Self::SubmitListing
            | Self::ManageCollaborators
            | Self::TransferOwnership
            | Self::TakeOver
            | Self::DeleteApp
            | Self::LeaveApp => Scope::AppsWrite,
        }
    }

    /// Whether a collaborator in this role has it.
    #[must_use]
    pub fn of_role(self, role: AppRole) -> bool {
        match self {
            Self::SeeApp
            | Self::SeeProductionClientId
            | Self::SeeSandboxCredentials
            | Self::SeeManifests
            | Self::LeaveApp => true,
            Self::EditSettings
            | Self::EditManifests
            | Self::SubmitListing
            | Self::ResetSecret
            | Self::ManageCollaborators => role >= AppRole::Admin,
            Self::TransferOwnership | Self::DeleteApp => role == AppRole::Owner,
            Self::TakeOver => false,
        }
    }

    fn of_platform(self, role: PlatformRole) -> bool {
        match role {
            PlatformRole::Operator => !matches!(self, Self::TakeOver | Self::LeaveApp),
            // Of credentials nobody sees more than the client id, the redirect URIs and the hint of a secret.
            PlatformRole::Reviewer | PlatformRole::Auditor => matches!(
                self,
                Self::SeeApp | Self::SeeManifests | Self::SeeProductionClientId | Self::SeeSandboxCredentials
            ),
        }
    }

    fn of_member(self, role: MemberRole) -> bool {
        role == MemberRole::Admin
            && matches!(
                self,
                Self::SeeApp
                    | Self::SeeManifests
                    | Self::SeeProductionClientId
                    | Self::SeeSandboxCredentials
                    | Self::TakeOver
            )
    }

    /// Whether `actor`, tied to the app by `standing`, has it.
    #[must_use]
    pub fn is_held_by(self, actor: &Actor, standing: Standing) -> bool {
        self.is_due_to(actor, standing) && actor.allows(self.scope())
    }

    /// Whether `actor` would have it with a token of every scope.
    #[must_use]
    pub fn is_due_to(self, actor: &Actor, standing: Standing) -> bool {
        !actor.is_stranger()
            && (standing.collaborator.is_some_and(|role| self.of_role(role))
                || standing.member.is_some_and(|role| self.of_member(role))
                || (standing.owning_token && self != Self::LeaveApp && self.of_role(AppRole::Admin))
                || actor.platform_role().is_some_and(|role| self.of_platform(role)))
    }
}

#[cfg(test)]
mod tests {
    use model::{PersonId, SessionId, TokenId};

    use super::*;
    use crate::Proof;

    fn actor(platform_role: Option<PlatformRole>, scopes: Option<&[Scope]>) -> Actor {
        let proof = match scopes {
            Some(scopes) => Proof::Token(TokenId::from_bytes([1; 16]), scopes.to_vec()),
            None => Proof::Session(SessionId::from_bytes([2; 16])),
        };
        Actor::Person { id: PersonId::from_bytes([3; 16]), platform_role, proof }
    }

    fn standing(collaborator: Option<AppRole>) -> Standing {
        Standing { collaborator, ..Standing::default() }
    }

    #[test]
    fn the_nine_rights_of_the_three_roles() {
        use AppRight::*;
        // Right, owner, admin, developer: the table of the reference platform.
        let table = [
            (SeeProductionClientId, true, true, true),
            (SeeSandboxCredentials, true, true, true),
            (SeeManifests, true, true, true),
            (EditSettings, true, true, false),
            (EditManifests, true, true, false),
            (SubmitListing, true, true, false),
            (ResetSecret, true, true, false),
            (ManageCollaborators, true, true, false),
            (DeleteApp, true, false, false),
        ];
        for (right, owner, admin, developer) in table {
            for (role, expected) in [(AppRole::Owner, owner), (AppRole::Admin, admin), (AppRole::Developer, developer)]
            {
                let held = right.is_held_by(&actor(None, None), standing(Some(role)));
                assert_eq!(held, expected, "{right:?} of {role:?}");
            }
        }
    }

    #[test]
    fn who_has_no_standing_has_no_right() {
        for right in AppRight::ALL {
            assert!(!right.is_held_by(&actor(None, None), Standing::default()), "{right:?}");
            assert!(!right.is_held_by(&Actor::Stranger, standing(Some(AppRole::Owner))), "{right:?}");
        }
    }

    #[test]
    fn a_token_never_allows_more_than_its_person_may_and_its_scopes_say() {
        for right in AppRight::ALL {
            for role in AppRole::ALL {
                let by_session = right.is_held_by(&actor(None, None), standing(Some(role)));
                for scope in Scope::ALL {
                    let by_token = right.is_held_by(&actor(None, Some(&[scope])), standing(Some(role)));
                    assert_eq!(by_token, by_session && scope == right.scope(), "{right:?} {role:?} {scope}");
                }
            }
        }
    }

    #[test]
    fn the_platforms_staff_reads_all_apps_and_operators_change_them() {
        for right in AppRight::ALL {
            let of = |role| right.is_held_by(&actor(Some(role), None), Standing::default());
            let sees = matches!(
                right,
                AppRight::SeeApp
                    | AppRight::SeeManifests
                    | AppRight::SeeProductionClientId
                    | AppRight::SeeSandboxCredentials
            );
            assert_eq!(of(PlatformRole::Auditor), sees);
            assert_eq!(of(PlatformRole::Auditor), of(PlatformRole::Reviewer));
            assert_eq!(of(PlatformRole::Operator), !matches!(right, AppRight::TakeOver | AppRight::LeaveApp));
        }
    }

    #[test]
    fn an_admin_of_the_organisation_reads_its_apps_and_may_take_one_over() {
        let member = |role| Standing { member: Some(role), ..Standing::default() };
        for right in AppRight::ALL {
            assert!(!right.is_held_by(&actor(None, None), member(MemberRole::Member)), "{right:?}");
        }
        assert!(AppRight::TakeOver.is_held_by(&actor(None, None), member(MemberRole::Admin)));
        assert!(!AppRight::ResetSecret.is_held_by(&actor(None, None), member(MemberRole::Admin)));
    }
}
