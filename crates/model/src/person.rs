//! People and how they are known: e-mail address, role on the platform, sessions, one-time links.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{OrganisationId, PersonId, SessionId, UnixMillis};

/// An e-mail address, in lower case: `anna@example.com`. At most 254 bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

/// A text that is no e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmailError;

impl fmt::Display for EmailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("write an e-mail address such as `anna@example.com`")
    }
}

impl std::error::Error for EmailError {}

impl Email {
    /// The longest address, in bytes (RFC 5321, 4.5.3.1.3 less the angle brackets).
    pub const MAX_BYTES: usize = 254;

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.0.split_once('@').map_or("", |(local, _)| local)
    }
}

/// Takes what a mail server would be given: one `@`, something plain on both sides. Whether the mailbox
/// is there shows when mail to it is answered, so more than the shape is not checked.
impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        let (local, domain) = text.split_once('@').ok_or(EmailError)?;
        let plain_local = !local.is_empty()
            && local.len() <= 64
            && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b))
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        let plain_domain = domain.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        });
        if plain_local && plain_domain && text.len() <= Self::MAX_BYTES {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(EmailError)
        }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a person may do on the whole platform, beside what they may do in their own apps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlatformRole {
    /// Sees everything and changes nothing.
    Auditor,
    /// Sees all apps, and decides claims and reviews.
    Reviewer,
    /// Runs the platform: all apps, people, sources and rules.
    Operator,
}

impl PlatformRole {
    /// All roles, the least first.
    pub const ALL: [Self; 3] = [Self::Auditor, Self::Reviewer, Self::Operator];

    /// The word in API, tables and forms.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Auditor => "auditor",
            Self::Reviewer => "reviewer",
            Self::Operator => "operator",
        }
    }

    /// The word for people.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Auditor => "Auditor",
            Self::Reviewer => "Reviewer",
            Self::Operator => "Operator",
        }
    }

    /// The role of this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == key)
    }
}

/// Somebody with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// Their address; no two people have the same.
    pub email: Email,
    /// Their name, 1 to 100 characters.
    pub name: String,
    /// Their role on the platform; most have none.
    pub platform_role: Option<PlatformRole>,
    /// When they proved that the address is theirs.
    pub verified_at: Option<UnixMillis>,
    /// When an operator shut the account.
    pub disabled_at: Option<UnixMillis>,
    /// When the account was made.
    pub created_at: UnixMillis,
}

/// How a person proves who they are. Kept apart from [`Person`], so that nobody gets it who did not ask.
#[derive(Clone)]
pub struct SignInSecrets {
    /// The password's hash as a PHC string; none for those who come through the identity provider only.
    pub password: Option<String>,
    /// The second factor, if it is on.
    pub second_factor: Option<SecondFactor>,
    /// How many recovery codes are left.
    pub recovery_codes: u32,
}

/// A second factor by time-based one-time codes (RFC 6238).
#[derive(Clone)]
pub struct SecondFactor {
    /// The shared secret, sealed.
    pub sealed: Vec<u8>,
    /// The step of the last code that was used; a code is good once.
    pub last_step: i64,
    /// When it was switched on.
    pub since: UnixMillis,
}

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id, for lists.
    pub id: SessionId,
    /// Whose.
    pub person: PersonId,
    /// SHA-256 of the cookie.
    pub digest: [u8; 32],
    /// The browser as it named itself, cut to 200 characters.
    pub user_agent: String,
    /// Where it was opened from, as told by the connection.
    pub address: String,
    /// When it was opened.
    pub created_at: UnixMillis,
    /// When it was last used, to within a few minutes.
    pub last_used_at: UnixMillis,
    /// When the person last proved who they are; some changes ask for a recent proof.
    pub proven_at: UnixMillis,
    /// When it ends whatever happens.
    pub expires_at: UnixMillis,
}

/// What a link that is good once is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkPurpose {
    /// Proves that an address is the person's.
    VerifyEmail,
    /// Sets a new password.
    ResetPassword,
    /// Makes the first operator.
    FirstOperator,
    /// Goes on after the first factor: waits for the second.
    SecondFactor,
}

impl LinkPurpose {
    /// All purposes.
    pub const ALL: [Self; 4] = [Self::VerifyEmail, Self::ResetPassword, Self::FirstOperator, Self::SecondFactor];

    /// The word in tables.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
            Self::FirstOperator => "first_operator",
            Self::SecondFactor => "second_factor",
        }
    }

    /// The purpose of this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.key() == key)
    }
}

/// A link that is good once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeLink {
    /// SHA-256 of what the link carries.
    pub digest: [u8; 32],
    /// What for.
    pub purpose: LinkPurpose,
    /// Whose; none where nobody is known yet.
    pub person: Option<PersonId>,
    /// How often somebody tried and failed with it (a second factor has few tries).
    pub failures: u32,
    /// When it stops being good.
    pub expires_at: UnixMillis,
}

/// The same person as the company's identity provider knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderIdentity {
    /// The provider's issuer URL.
    pub issuer: String,
    /// The provider's own id of the person.
    pub subject: String,
    /// Who that is here.
    pub person: PersonId,
}

/// What a person may do in an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberRole {
    /// Creates apps in it, sees its people.
    Member,
    /// Adds and removes people, and may take over an app whose owner left.
    Admin,
}

impl MemberRole {
    /// All roles, the least first.
    pub const ALL: [Self; 2] = [Self::Member, Self::Admin];

    /// The word in API, tables and forms.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
        }
    }

    /// The word for people.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Member => "Member",
            Self::Admin => "Admin",
        }
    }

    /// The role of this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == key)
    }
}

/// Who owns apps: a company, a team, or one person at work alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its name, 1 to 100 characters.
    pub name: String,
    /// When it was made.
    pub created_at: UnixMillis,
}

/// A person in an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The person.
    pub person: PersonId,
    /// What they may do there.
    pub role: MemberRole,
    /// Since when.
    pub since: UnixMillis,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_in_lower_case() {
        let email: Email = " Anna.Lund+apps@Example.COM ".parse().unwrap();
        assert_eq!(email.as_str(), "anna.lund+apps@example.com");
        assert_eq!(email.local_part(), "anna.lund+apps");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        for bad in
            ["", "@", "anna", "anna@", "@b.c", "a b@c.d", "a@b@c", "a@b..c", ".a@b.c", "a@-b.c", "a@b\r\n.c", &long]
        {
            assert_eq!(bad.parse::<Email>(), Err(EmailError), "{bad:?}");
        }
    }
}
