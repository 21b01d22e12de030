//! Rights in one organisation.

use model::{MemberRole, OrganisationId, PlatformRole, Scope};

use crate::Actor;

/// What somebody may be allowed to do with one organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrganisationRight {
    /// See that the organisation is there, its people, apps and open invitations.
    SeeOrganisation,
    /// See its API tokens and its part of the audit log.
    OverseeOrganisation,
    /// Invite and remove people, change their roles, rename the organisation, make and revoke its API tokens.
    ManageOrganisation,
    /// Leave it.
    LeaveOrganisation,
}

/// What ties an actor to an organisation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrganisationStanding {
    /// Their role as a member.
    pub member: Option<MemberRole>,
    /// Whether they act with a token of this organisation.
    pub own_token: bool,
}

impl OrganisationStanding {
    /// What ties `actor` to `organisation`, of which they are a member in this role, if they are.
    #[must_use]
    pub fn new(actor: &Actor, organisation: OrganisationId, member: Option<MemberRole>) -> Self {
        let own_token = matches!(actor, Actor::Organisation { id, .. } if *id == organisation);
        Self { member, own_token }
    }
}

impl OrganisationRight {
    /// All rights.
    pub const ALL: [Self; 4] =
        [Self::SeeOrganisation, Self::OverseeOrganisation, Self::ManageOrganisation, Self::LeaveOrganisation];

    /// The scope that a token needs for it.
    #[must_use]
    pub fn scope(self) -> Scope {
        match self {
            Self::SeeOrganisation | Self::OverseeOrganisation => Scope::PeopleRead,
            Self::ManageOrganisation | Self::LeaveOrganisation => Scope::PeopleWrite,
        }
    }

    fn of_member(self, role: MemberRole) -> bool {
        match self {
            Self::SeeOrganisation | Self::LeaveOrganisation => true,
            Self::OverseeOrganisation | Self::ManageOrganisation => role == MemberRole::Admin,
        }
    }

    fn of_platform(self, role: PlatformRole) -> bool {
        match self {
            Self::SeeOrganisation | Self::OverseeOrganisation => true,
            Self::ManageOrganisation => role == PlatformRole::Operator,
            Self::LeaveOrganisation => false,
        }
    }

    /// Whether somebody in `actor`'s place has it, whatever a token's scopes say.
    #[must_use]
    pub fn is_due_to(self, actor: &Actor, standing: OrganisationStanding) -> bool {
        !actor.is_stranger()
            && (standing.member.is_some_and(|role| self.of_member(role))
                || (standing.own_token && self == Self::SeeOrganisation)
                || actor.platform_role().is_some_and(|role| self.of_platform(role)))
    }

    /// Whether `actor`, tied to the organisation by `standing`, has it.
    #[must_use]
    pub fn is_held_by(self, actor: &Actor, standing: OrganisationStanding) -> bool {
        self.is_due_to(actor, standing) && actor.allows(self.scope())
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

    fn member(role: MemberRole) -> OrganisationStanding {
        OrganisationStanding { member: Some(role), own_token: false }
    }

    fn id(n: u8) -> OrganisationId {
        OrganisationId::from_bytes([n; 16])
    }

    #[test]
    fn each_place_has_its_rights() {
        use OrganisationRight::*;
        // Right, member, admin, auditor, reviewer, operator.
        let table = [
            (SeeOrganisation, [true, true, true, true, true]),
            (OverseeOrganisation, [false, true, true, true, true]),
            (ManageOrganisation, [false, true, false, false, true]),
            (LeaveOrganisation, [true, true, false, false, false]),
        ];
        for (right, expected) in table {
            let members = MemberRole::ALL.map(|role| right.is_held_by(&actor(None, None), member(role)));
            let none = OrganisationStanding::default();
            let staff = PlatformRole::ALL.map(|role| right.is_held_by(&actor(Some(role), None), none));
            assert_eq!([&members[..], &staff[..]].concat(), expected, "{right:?}");
        }
    }

    #[test]
    fn who_has_no_place_in_it_has_no_right() {
        for right in OrganisationRight::ALL {
            assert!(!right.is_held_by(&actor(None, None), OrganisationStanding::default()), "{right:?}");
            assert!(!right.is_held_by(&Actor::Stranger, member(MemberRole::Admin)), "{right:?}");
        }
    }

    #[test]
    fn a_token_of_the_organisation_reads_it_and_no_other() {
        let token = |scopes: &[Scope]| Actor::Organisation {
            id: id(1),
            token: TokenId::from_bytes([1; 16]),
            scopes: scopes.to_vec(),
        };
        for right in OrganisationRight::ALL {
            let held = |actor: &Actor, of| right.is_held_by(actor, OrganisationStanding::new(actor, of, None));
            assert_eq!(held(&token(&Scope::ALL), id(1)), right == OrganisationRight::SeeOrganisation, "{right:?}");
            assert!(!held(&token(&Scope::ALL), id(2)), "{right:?}");
            assert!(!held(&token(&[Scope::AppsRead, Scope::AppsWrite]), id(1)), "{right:?}");
        }
    }

    #[test]
    fn a_token_never_allows_more_than_its_person_may_and_its_scopes_say() {
        for right in OrganisationRight::ALL {
            for role in MemberRole::ALL {
                let by_session = right.is_held_by(&actor(None, None), member(role));
                for scope in Scope::ALL {
                    let by_token = right.is_held_by(&actor(None, Some(&[scope])), member(role));
                    assert_eq!(by_token, by_session && scope == right.scope(), "{right:?} {role:?} {scope}");
                }
            }
        }
    }
}
