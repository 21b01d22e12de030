//! Rights on the whole platform.

use model::{PlatformRole, Scope};

use crate::Actor;

/// What somebody may be allowed to do beyond their own apps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlatformRight {
    /// See all apps and their status, who calls deprecated and private routes, sources and their lag.
    SeePlatform,
    /// See all people and organisations.
    SeePeople,
    /// Read and export the whole audit log.
    ReadAudit,
    /// Decide claims of discovered apps.
    DecideClaims,
    /// Give platform roles, shut and open accounts.
    ManagePeople,
    /// Send calls to be counted.
    SendCalls,
}

impl PlatformRight {
    /// All rights.
    pub const ALL: [Self; 6] =
        [Self::SeePlatform, Self::SeePeople, Self::ReadAudit, Self::DecideClaims, Self::ManagePeople, Self::SendCalls];

    /// The scope that a token needs for it.
    #[must_use]
    pub fn scope(self) -> Scope {
        match self {
            Self::SeePlatform | Self::ReadAudit => Scope::PlatformRead,
            Self::SeePeople => Scope::PeopleRead,
            Self::DecideClaims => Scope::PlatformWrite,
            Self::ManagePeople => Scope::PeopleWrite,
            Self::SendCalls => Scope::CallsWrite,
        }
    }

    /// Whether somebody in this role has it.
    #[must_use]
    pub fn of_role(self, role: PlatformRole) -> bool {
        match self {
            Self::SeePlatform | Self::SeePeople | Self::ReadAudit => true,
            Self::DecideClaims => role >= PlatformRole::Reviewer,
            Self::ManagePeople | Self::SendCalls => role == PlatformRole::Operator,
        }
    }

    /// Whether `actor` has it.
    #[must_use]
    pub fn is_held_by(self, actor: &Actor) -> bool {
        actor.platform_role().is_some_and(|role| self.of_role(role)) && actor.allows(self.scope())
    }
}

#[cfg(test)]
mod tests {
    use model::{OrganisationId, PersonId, SessionId, TokenId};

    use super::*;
    use crate::Proof;

    fn actor(platform_role: Option<PlatformRole>) -> Actor {
        Actor::Person {
            id: PersonId::from_bytes([3; 16]),
            platform_role,
            proof: Proof::Session(SessionId::from_bytes([2; 16])),
        }
    }

    #[test]
    fn each_role_has_its_rights() {
        use PlatformRight::*;
        // Right, auditor, reviewer, operator.
        let table = [
            (SeePlatform, true, true, true),
            (SeePeople, true, true, true),
            (ReadAudit, true, true, true),
            (DecideClaims, false, true, true),
            (ManagePeople, false, false, true),
            (SendCalls, false, false, true),
        ];
        for (right, auditor, reviewer, operator) in table {
            let of = |role| right.is_held_by(&actor(Some(role)));
            let held = [PlatformRole::Auditor, PlatformRole::Reviewer, PlatformRole::Operator].map(of);
            assert_eq!(held, [auditor, reviewer, operator], "{right:?}");
        }
    }

    #[test]
    fn nobody_else_has_any() {
        let token = TokenId::from_bytes([1; 16]);
        let organisation =
            Actor::Organisation { id: OrganisationId::from_bytes([4; 16]), token, scopes: Scope::ALL.to_vec() };
        for right in PlatformRight::ALL {
            for other in [&Actor::Stranger, &actor(None), &organisation, &Actor::Source { token }] {
                assert!(!right.is_held_by(other), "{right:?} {other:?}");
            }
        }
    }
}
