//! Reading a body: bounded in size before and after it is unpacked, and in time.

use std::io::{self, Read};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{self, HeaderMap};
use service::BatchShape;

use crate::fault::Fault;

/// The largest batch, packed and unpacked.
pub(crate) const MOST_BYTES: usize = 32 << 20;

/// How long a sender may take to send it.
const PATIENCE: Duration = Duration::from_secs(120);

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    None,
    Gzip,
    Zstd,
}

/// What the header says that records look like.
pub(super) fn shape(headers: &HeaderMap) -> Result<BatchShape, Fault> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Ok(BatchShape::Lines),
        "application/json" => Ok(BatchShape::LinesOrArray),
        _ => Err(Fault::WrongMediaType(
            "send one JSON object a line with `Content-Type: application/x-ndjson`, or a JSON array with \
             `Content-Type: application/json`"
                .to_owned(),
        )),
    }
}

fn packing(headers: &HeaderMap) -> Result<Packing, Fault> {
    let mut codings = headers.get_all(header::CONTENT_ENCODING).iter();
    let coding = codings.next().map_or(Ok(""), |value| value.to_str()).unwrap_or("?").trim().to_ascii_lowercase();
    match (coding.as_str(), codings.next()) {
        ("" | "identity", None) => Ok(Packing::None),
        ("gzip" | "x-gzip", None) => Ok(Packing::Gzip),
        ("zstd", None) => Ok(Packing::Zstd),
        _ => Err(Fault::WrongMediaType(
            "send the body as it is, or with one `Content-Encoding` that is `gzip` or `zstd`".to_owned(),
        )),
    }
}

/// The whole body, unpacked.
pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Fault> {
    let packing = packing(headers)?;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > MOST_BYTES as u64) {
        return Err(Fault::TooLarge(MOST_BYTES));
    }
    let bytes = tokio::time::timeout(PATIENCE, to_bytes(body, MOST_BYTES)).await.map_err(|_| {
        Fault::BadRequest(format!(
            "the body did not arrive within {} seconds; send smaller batches",
            PATIENCE.as_secs()
        ))
    })?;
    let bytes = bytes.map_err(|error| cut_short(&error))?;
    if packing == Packing::None {
        return Ok(bytes.into());
    }
    let unpacked = tokio::task::spawn_blocking(move || unpack(packing, &bytes)).await;
    unpacked.map_err(|_| Fault::from(service::Error::Interrupted))?
}

/// Whether a body was longer than allowed, or never ended.
fn cut_short(error: &axum::Error) -> Fault {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if error.to_string() == "length limit exceeded" {
            return Fault::TooLarge(MOST_BYTES);
        }
        cause = error.source();
    }
    Fault::BadRequest("the body ended before it was complete; send it again".to_owned())
}

fn unpack(packing: Packing, bytes: &Bytes) -> Result<Vec<u8>, Fault> {
    let unpacked = match packing {
        Packing::None => Ok(bytes.to_vec()),
        Packing::Gzip => bounded(flate2::bufread::MultiGzDecoder::new(&**bytes)),
        Packing::Zstd => zstd::stream::read::Decoder::with_buffer(&**bytes).and_then(bounded),
    };
    match unpacked {
        Ok(unpacked) if unpacked.len() > MOST_BYTES => Err(Fault::TooLarge(MOST_BYTES)),
        Ok(unpacked) => Ok(unpacked),
        Err(error) => {
            Err(Fault::BadRequest(format!("the body can't be unpacked as its `Content-Encoding` says: {error}")))
        }
    }
}

/// All bytes, or one more than are allowed.
fn bounded(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn gzip(bytes: &[u8]) -> Bytes {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap().into()
    }

    #[test]
    fn what_was_packed_comes_out_as_it_was() {
        let text = b"{\"time\":1}\n".repeat(1000);
        assert_eq!(unpack(Packing::Gzip, &gzip(&text)).unwrap(), text);
        let zstd: Bytes = zstd::stream::encode_all(&*text, 1).unwrap().into();
        assert_eq!(unpack(Packing::Zstd, &zstd).unwrap(), text);
        let two = [gzip(b"one "), gzip(b"two")].concat().into();
        assert_eq!(unpack(Packing::Gzip, &two).unwrap(), b"one two");
    }

    #[test]
    fn a_bomb_is_too_large_and_rubbish_is_refused() {
        let bomb = vec![b' '; MOST_BYTES + 1];
        assert_eq!(unpack(Packing::Gzip, &gzip(&bomb)), Err(Fault::TooLarge(MOST_BYTES)));
        let zstd: Bytes = zstd::stream::encode_all(&*bomb, 1).unwrap().into();
        assert_eq!(unpack(Packing::Zstd, &zstd), Err(Fault::TooLarge(MOST_BYTES)));
        assert_eq!(unpack(Packing::Gzip, &gzip(&bomb[1..])).map(|bytes| bytes.len()), Ok(MOST_BYTES));
        for packing in [Packing::Gzip, Packing::Zstd] {
            assert!(matches!(unpack(packing, &Bytes::from_static(b"rubbish")), Err(Fault::BadRequest(_))));
            let mut cut = gzip(b"text");
            cut.truncate(cut.len() - 3);
            assert!(matches!(unpack(packing, &cut), Err(Fault::BadRequest(_))));
        }
    }
}
