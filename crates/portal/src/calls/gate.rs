//! How many batches are taken in at once, by their size: what doesn't fit is asked to come again, so that senders in a
//! hurry can't fill the memory.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::body::MOST_BYTES;
use crate::fault::Fault;

/// A unit of room, in bytes.
const UNIT: u64 = 1 << 20;

/// How much room there is: eight of the largest batches, or 256 small ones.
const UNITS: usize = 256;

/// After how many seconds there may be room again.
const RETRY_SECONDS: u32 = 1;

/// The room for batches. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Gate(Arc<Semaphore>);

impl Default for Gate {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(UNITS)))
    }
}

impl Gate {
    /// Room for the batch that these headers announce, for as long as the permit is held.
    pub(super) fn enter(&self, headers: &HeaderMap) -> Result<OwnedSemaphorePermit, Fault> {
        let room = Arc::clone(&self.0).try_acquire_many_owned(units(headers));
        room.map_err(|_| {
            let sentence = "other batches are being counted and there is no room for more; send this one again";
            Fault::Unavailable(sentence.to_owned(), RETRY_SECONDS)
        })
    }
}

/// The bytes as they come, and those they may unpack to.
fn units(headers: &HeaderMap) -> u32 {
    let most = MOST_BYTES as u64;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let packed = length.unwrap_or(most).min(most);
    let unpacked = if headers.contains_key(header::CONTENT_ENCODING) { most } else { 0 };
    u32::try_from((packed + unpacked).div_ceil(UNIT).max(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(length: Option<u64>, packed: bool) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Some(length) = length {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        if packed {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        headers
    }

    #[test]
    fn a_batch_takes_the_room_that_it_may_need() {
        assert_eq!(units(&headers(Some(0), false)), 1);
        assert_eq!(units(&headers(Some(3 * UNIT), false)), 3);
        assert_eq!(units(&headers(Some(3 * UNIT), true)), 35);
        assert_eq!(units(&headers(None, false)), 32);
        assert_eq!(units(&headers(Some(u64::MAX), true)), 64);
    }

    #[test]
    fn there_is_room_again_once_a_batch_is_counted() {
        let gate = Gate::default();
        let inside: Vec<_> = (0..8).map(|_| gate.enter(&headers(None, false)).unwrap()).collect();
        assert!(matches!(gate.enter(&headers(Some(1), false)), Err(Fault::Unavailable(_, 1))));
        drop(inside);
        assert!(gate.enter(&headers(Some(1), false)).is_ok());
    }
}
