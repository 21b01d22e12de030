//! Ids that Steadfast gives: UUIDs of version 7, so that they sort by the time they were made.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

use crate::{Random, UnixMillis};

/// A text that is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdError;

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id is a UUID such as `019aa3c4-7f21-7c3e-9d52-6f0c1b2a3d4e`")
    }
}

impl std::error::Error for IdError {}

fn new_uuid(at: UnixMillis, random: &dyn Random) -> Uuid {
    Builder::from_unix_timestamp_millis(u64::try_from(at.0).unwrap_or(0), &random.bytes()).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id, made at this instant.
            #[must_use]
            pub fn new(at: UnixMillis, random: &dyn Random) -> Self {
                Self(new_uuid(at, random))
            }

            /// The 16 bytes of the id.
            #[must_use]
            pub fn bytes(&self) -> [u8; 16] {
                self.0.into_bytes()
            }

            /// The id of these bytes.
            #[must_use]
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                // Only the one form that we print, so that an id has one spelling.
                let id = Uuid::try_parse(text).map_err(|_| IdError)?;
                if id.hyphenated().to_string() == text { Ok(Self(id)) } else { Err(IdError) }
            }
        }
    )*};
}

ids! {
    /// The id of a person.
    PersonId;
    /// The id of an organisation.
    OrganisationId;
    /// The id of a session.
    SessionId;
    /// The id of an API token.
    TokenId;
    /// The id of an invitation.
    InvitationId;
    /// The id of a claim of a discovered app.
    ClaimId;
    /// The id of a version of an app.
    VersionId;
    /// The key that installs a version in one environment.
    InstallKey;
    /// The public id by which an app presents itself in one environment.
    ClientId;
    /// The id of one secret of a credential.
    SecretId;
    /// The id of an entry of the audit log.
    AuditId;
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sevens;

    impl Random for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn an_id_reads_back_in_one_spelling() {
        let id = PersonId::new(UnixMillis(1_795_182_312_345), &Sevens);
        let text = id.to_string();
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(PersonId::from_bytes(id.bytes()), id);
        for bad in ["", "7", &text.to_uppercase(), &text.replace('-', ""), &format!("{{{text}}}")] {
            assert_eq!(bad.parse::<PersonId>(), Err(IdError), "{bad}");
        }
    }

    #[test]
    fn ids_sort_by_the_time_they_were_made() {
        let id = |at: i64| VersionId::new(UnixMillis(at), &Sevens);
        assert!(id(1) < id(2) && id(999) < id(1_795_182_312_345));
    }
}
