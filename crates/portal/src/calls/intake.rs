//! Taking a body in: piece by piece it is unpacked, hashed, decoded and added up, on threads that may be busy, and only once
//! all of it is there and right it is committed. A sender who hangs up stops neither, so what is worked on holds its room itself.

use axum::body::{Body, Bytes, HttpBody as _};
use axum::http::header::{self, HeaderMap};
use futures_util::future::poll_fn;
use model::Environment;
use service::{BatchHead, BatchOutcome, BatchShape, DoneBatch, Error, OpenBatch, Refusal, StoreError};

use super::gate::{Gate, Room};
use super::packing::{Packing, Unpacking, refuse_packed};
use crate::Portal;
use crate::access::CallWriter;
use crate::fault::{BUSY_SECONDS, Fault};
use crate::pace::TooSlow;

/// The largest batch, packed and unpacked.
pub(crate) const MOST_BYTES: usize = 32 << 20;

/// How much of a body is worked on at once, in bytes.
const PIECE: usize = 128 << 10;

/// What holding bytes takes beside them, in bytes.
const HELD_BYTES: usize = 256;

/// What a batch needs beside what it holds, in bytes: a piece, a block of lines, and what is made of them.
const LEAST: usize = 64 << 10;
const BLOCKS: usize = 320 << 10;

/// What the request says of a batch.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) writer: CallWriter,
    pub(crate) shape: BatchShape,
    /// The environment of calls that don't name theirs; that of the source if there is none.
    pub(crate) environment: Option<Environment>,
    pub(crate) key: Option<String>,
}

/// Counts the batch of a body. What comes of it is durable.
pub(crate) async fn take(
    portal: &Portal,
    sent: Sent,
    headers: &HeaderMap,
    mut body: Body,
) -> Result<BatchOutcome, Fault> {
    let packing = Packing::of(headers)?;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > MOST_BYTES) {
        return Err(too_large());
    }
    // An export is held until it is whole; of anything else there are never more than some blocks.
    let most = if let BatchShape::Otlp(_) = sent.shape { MOST_BYTES } else { BLOCKS };
    let plain = if packing == Packing::None { length.unwrap_or(BLOCKS).min(most) } else { BLOCKS };
    // Whoever has sent nothing yet takes no room.
    let first = next(&mut body).await?.unwrap_or_default();
    let need = LEAST + plain + packing.memory(&first);
    let writer = sent.writer;
    let room = portal.gate.enter(&writer.sender, need).await?;
    let head = BatchHead {
        shape: sent.shape,
        environment: sent.environment.unwrap_or(writer.reading.environment()),
        key: sent.key,
        sender: writer.sender,
        source: writer.source,
        reading: writer.reading,
        permission: writer.permission,
    };
    let open = portal.steadfast.open_batch(head).await.map_err(fault)?;
    let unpacking = Unpacking::new(packing, &first).map_err(|error| {
        tracing::error!(%error, "a body can't be unpacked");
        Fault::Broken
    })?;
    let mut intake = Intake { room, need, open, unpacking, packed: 0, unpacked: 0 };
    let (mut waiting, mut pieces) = (first.len() + HELD_BYTES, vec![first]);
    while let Some(bytes) = next(&mut body).await? {
        waiting += bytes.len() + HELD_BYTES;
        pieces.push(bytes);
        if waiting >= PIECE {
            intake = intake.add(&portal.gate, std::mem::take(&mut pieces)).await?;
            waiting = 0;
            let held = LEAST + BLOCKS + intake.open.held();
            intake.room.resize(held.max(intake.need))?;
        }
    }
    let (done, room) = intake.finish(&portal.gate, pieces).await?;
    let steadfast = portal.steadfast.clone();
    let committing = tokio::spawn(async move {
        let outcome = steadfast.commit_batch(done).await;
        drop(room);
        outcome
    });
    committing.await.map_err(|_| Fault::from(Error::Interrupted))?.map_err(fault)
}

/// The next bytes of a body.
async fn next(body: &mut Body) -> Result<Option<Bytes>, Fault> {
    loop {
        match poll_fn(|cx| std::pin::Pin::new(&mut *body).poll_frame(cx)).await {
            None => return Ok(None),
            Some(Err(error)) => return Err(cut_short(&error)),
            Some(Ok(frame)) => {
                // Trailers say nothing here.
                if let Ok(bytes) = frame.into_data() {
                    return Ok(Some(bytes));
                }
            }
        }
    }
}

/// Whether a body came too slowly, or never ended.
fn cut_short(error: &axum::Error) -> Fault {
    if let Some(slow) = TooSlow::behind(error) {
        return Fault::TooSlow(slow.to_string());
    }
    Fault::BadRequest("the body ended before it was complete, and nothing of it was counted; send it again".to_owned())
}

/// A batch on its way in.
struct Intake {
    room: Room,
    /// What it needs, whatever it holds, in bytes.
    need: usize,
    open: OpenBatch,
    unpacking: Unpacking,
    /// Bytes so far, as they came.
    packed: usize,
    /// And unpacked.
    unpacked: usize,
}

impl Intake {
    /// Works on the next pieces, on a thread that may be busy.
    async fn add(mut self, gate: &Gate, pieces: Vec<Bytes>) -> Result<Self, Fault> {
        let turn = gate.turn().await;
        busy(move || {
            let _turn = turn;
            self.work(&pieces).map(|()| self)
        })
        .await
    }

    /// Works on the last pieces, and ends the batch, which has the room that it still needs.
    async fn finish(mut self, gate: &Gate, pieces: Vec<Bytes>) -> Result<(DoneBatch, Room), Fault> {
        let turn = gate.turn().await;
        busy(move || {
            let _turn = turn;
            self.work(&pieces)?;
            let Self { mut room, mut open, unpacking, mut unpacked, .. } = self;
            unpacking.finish(|bytes| add(&mut open, &mut unpacked, bytes))?;
            let held = open.held();
            let done = open.finish().map_err(fault)?;
            room.resize(LEAST + held)?;
            Ok((done, room))
        })
        .await
    }

    fn work(&mut self, pieces: &[Bytes]) -> Result<(), Fault> {
        let Self { room, need, open, unpacking, packed, unpacked } = self;
        if *packed == 0 && matches!(unpacking, Unpacking::None) {
            let first: Vec<u8> = pieces.iter().flatten().copied().take(4).collect();
            refuse_packed(&first)?;
        }
        for piece in pieces {
            *packed += piece.len();
            if *packed > MOST_BYTES {
                return Err(too_large());
            }
            let held = LEAST + BLOCKS + open.held();
            let grow = |more| {
                *need += more;
                room.resize(held.max(*need))
            };
            unpacking.add(piece, grow, |bytes| add(open, unpacked, bytes))?;
        }
        Ok(())
    }
}

fn too_large() -> Fault {
    let most = MOST_BYTES >> 20;
    Fault::TooMuch(format!("a batch has at most {most} MiB, as it comes and unpacked; send it in smaller ones"))
}

/// Adds unpacked bytes, as long as there are not too many.
fn add(open: &mut OpenBatch, unpacked: &mut usize, bytes: &[u8]) -> Result<(), Fault> {
    *unpacked += bytes.len();
    if *unpacked > MOST_BYTES {
        return Err(too_large());
    }
    open.add(bytes).map_err(fault)
}

async fn busy<T: Send + 'static>(work: impl FnOnce() -> Result<T, Fault> + Send + 'static) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Fault::from(Error::Interrupted))?
}

fn fault(error: Error) -> Fault {
    match error {
        Error::Batch(sentence) => Fault::BadRequest(sentence),
        Error::KeyReused => Refusal::Conflict(Error::KeyReused.to_string()).into(),
        // A disk that is full, a database that somebody else has locked: what is sent again then is counted.
        error @ (Error::Store(StoreError::Unavailable(_)) | Error::Rejects { .. }) => {
            tracing::error!(%error, "a batch could not be counted");
            let sentence = "the batch could not be written, and nothing of it was counted; send it again";
            Fault::Unavailable(sentence.to_owned(), BUSY_SECONDS)
        }
        other => other.into(),
    }
}
