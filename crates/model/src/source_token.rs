//! Tokens of sources: with one a gateway sends calls, and can do nothing else.

use crate::{AppId, Environment, PersonId, SourceName, TokenId, UnixMillis};

/// A token with which a source sends calls. The token itself is shown once and then known by its digest alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceToken {
    /// Its id, which is also the name of its sender where batches are recognised.
    pub id: TokenId,
    /// The source that its calls are counted under.
    pub source: SourceName,
    /// SHA-256 of the token.
    pub digest: [u8; 32],
    /// What a list shows of it: its beginning and its end.
    pub hint: String,
    /// The apps whose calls it may send, sorted; all where there is none.
    pub apps: Vec<AppId>,
    /// The environments whose calls it may send, sorted; all where there is none.
    pub environments: Vec<Environment>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// By whom; nobody for one that was made at the command line.
    pub created_by: Option<PersonId>,
    /// From when on it is refused.
    pub expires_at: Option<UnixMillis>,
    /// When it was last used, to within some minutes.
    pub last_used_at: Option<UnixMillis>,
    /// Since when it is revoked.
    pub revoked_at: Option<UnixMillis>,
}

impl SourceToken {
    /// Whether calls can be sent with it at this instant.
    #[must_use]
    pub fn is_good(&self, now: UnixMillis) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|at| at > now)
    }

    /// The last instant at which it is good, if it expires: on the last day that was asked for.
    #[must_use]
    pub fn last_instant(&self) -> Option<UnixMillis> {
        self.expires_at.map(|at| at.plus_millis(-1))
    }
}

/// How people tell it from others: `kong (stf_s_a1…9xYz)`.
impl std::fmt::Display for SourceToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.source, self.hint)
    }
}
