//! Who acts, and by what they proved it.

use model::{Doer, OrganisationId, PersonId, PlatformRole, Scope, SessionId, TokenId};

/// How an actor proved who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A signed-in browser.
    Session(SessionId),
    /// An API token, which allows what its scopes say and no more.
    Token(TokenId, Vec<Scope>),
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody unknown.
    Stranger,
    /// A person with a verified address and an open account.
    Person {
        /// Who.
        id: PersonId,
        /// Their role on the platform.
        platform_role: Option<PlatformRole>,
        /// How they proved it.
        proof: Proof,
    },
    /// A program with a token of an organisation.
    Organisation {
        /// Which.
        id: OrganisationId,
        /// Its token.
        token: TokenId,
        /// What the token allows.
        scopes: Vec<Scope>,
    },
    /// A gateway with the token of a source, with which calls are sent and nothing else is done: it has no right.
    Source {
        /// Its token.
        token: TokenId,
    },
}

impl Actor {
    /// The person who acts, if it is one.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person { id, .. } => Some(*id),
            Self::Stranger | Self::Organisation { .. } | Self::Source { .. } => None,
        }
    }

    /// Their role on the platform. A token of an organisation never has one.
    #[must_use]
    pub fn platform_role(&self) -> Option<PlatformRole> {
        match self {
            Self::Person { platform_role, .. } => *platform_role,
            Self::Stranger | Self::Organisation { .. } | Self::Source { .. } => None,
        }
    }

    /// Whether nobody is known to act.
    #[must_use]
    pub fn is_stranger(&self) -> bool {
        matches!(self, Self::Stranger)
    }

    /// Whether a browser acts that somebody signed in with.
    #[must_use]
    pub fn has_session(&self) -> bool {
        matches!(self, Self::Person { proof: Proof::Session(_), .. })
    }

    /// Whether what proves the actor allows this at all: a session allows everything, a token what its scopes say.
    #[must_use]
    pub fn allows(&self, scope: Scope) -> bool {
        match self {
            Self::Stranger | Self::Source { .. } => false,
            Self::Person { proof: Proof::Session(_), .. } => true,
            Self::Person { proof: Proof::Token(_, scopes), .. } | Self::Organisation { scopes, .. } => {
                scopes.contains(&scope)
            }
        }
    }

    /// How the audit log names them.
    #[must_use]
    pub fn doer(&self) -> Doer {
        match self {
            Self::Stranger => Doer::Nobody,
            Self::Person { proof: Proof::Token(token, _), .. }
            | Self::Organisation { token, .. }
            | Self::Source { token } => Doer::Token(*token),
            Self::Person { id, .. } => Doer::Person(*id),
        }
    }
}
