//! Creation that may be asked for twice and happens once: requests with an idempotency key.

use model::Doer;
use secrets::Digest;
use store::{DoneRequest, Edit};

use crate::{Error, Refusal, Steadfast};

/// The longest key.
const KEY_BYTES: usize = 200;

/// A request that may be sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    by: Doer,
    key: String,
    digest: [u8; 32],
}

impl Once {
    /// The request of `by` with this key; `content` is everything that makes it what it is: method, path and body.
    ///
    /// # Errors
    /// When the key is empty, too long, or not plain.
    pub fn new(by: Doer, key: &str, content: &str) -> Result<Self, Refusal> {
        let plain = (1..=KEY_BYTES).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
        if !plain {
            let message = format!("write 1 to {KEY_BYTES} letters, digits or signs without spaces, such as a UUID");
            return Err(Refusal::invalid("Idempotency-Key", message));
        }
        Ok(Self { by, key: key.to_owned(), digest: *Digest::of(content).as_bytes() })
    }
}

impl Steadfast {
    /// What the request made when it was sent before, as the use case named it.
    ///
    /// # Errors
    /// When another request had the same key, or the store fails.
    pub async fn made_before(&self, once: Option<&Once>) -> Result<Option<String>, Error> {
        let Some(once) = once else { return Ok(None) };
        match self.store.done_request(once.by, &once.key).await? {
            None => Ok(None),
            Some(done) if done.digest == once.digest => Ok(Some(done.location)),
            Some(_) => Err(Refusal::Conflict(
                "this idempotency key was used for another request; make a new key for a new request".to_owned(),
            )
            .into()),
        }
    }

    /// The edit that remembers what a request made; goes into the same change.
    pub(crate) fn remembered(&self, once: Option<&Once>, made: &str) -> Option<Edit> {
        once.map(|once| {
            Edit::RememberRequest(DoneRequest {
                by: once.by,
                key: once.key.clone(),
                digest: once.digest,
                location: made.to_owned(),
                at: self.clock.now(),
            })
        })
    }
}
