//! Links that are good once, for a while.

use model::{LinkPurpose, OneTimeLink, PersonId};
use secrets::{Digest, Secret, random_text};

use crate::{Error, Refusal, Steadfast};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// How long a link for this is good.
pub(super) fn life(purpose: LinkPurpose) -> i64 {
    match purpose {
        LinkPurpose::VerifyEmail | LinkPurpose::FirstOperator => 24 * HOUR,
        LinkPurpose::ResetPassword => HOUR,
        LinkPurpose::SecondFactor => 10 * MINUTE,
    }
}

/// What is said of a link that is not good, whatever the reason.
pub(super) fn not_good() -> Error {
    let sentence = "this link was used already, has expired, or was replaced by a newer one; ask for a new one";
    Refusal::NotFound(sentence.to_owned()).into()
}

impl Steadfast {
    /// A new link and what it carries.
    pub(super) fn new_link(&self, purpose: LinkPurpose, person: Option<PersonId>) -> (Secret, OneTimeLink) {
        let secret = random_text(&*self.random);
        let expires_at = self.clock.now().plus_millis(life(purpose));
        let link = OneTimeLink { digest: *secret.digest().as_bytes(), purpose, person, failures: 0, expires_at };
        (secret, link)
    }

    /// The link that carries this, if it is good for this purpose now. Looking does not use it up.
    pub(super) async fn good_link(&self, carried: &str, purpose: LinkPurpose) -> Result<Option<OneTimeLink>, Error> {
        let link = self.store.link(Digest::of(carried).as_bytes()).await?;
        let now = self.clock.now();
        Ok(link.filter(|link| link.purpose == purpose && link.expires_at > now))
    }

    /// The address of a page to which a link in a mail leads. Made of the configured address alone.
    pub(super) fn link_url(&self, page: &str, carried: &Secret) -> String {
        // What links carry is base 64 for URLs, and needs no encoding.
        format!("{}{page}?token={}", self.accounts.public_url, carried.reveal())
    }
}
