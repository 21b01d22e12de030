//! OTLP logs: whole export requests, as the endpoint `/v1/logs` takes them, read as call records.
//!
//! An [`OtlpReader`] gives one line in the format `steadfast` for each log record, in order, so that an export is counted
//! by the same code as any batch: a record that is no call of an HTTP server becomes a line that is rejected with the
//! reason for it. Nothing of a record is copied but the attributes that calls are made from, records are read one at a
//! time, and values are bounded, so memory does not grow with their number or their nesting.

mod json;
mod places;
mod protobuf;
mod record;
mod wire;

use std::io::{self, Read};

pub use places::OtlpPlaces;
pub(crate) use places::attribute;

use json::JsonExport;
use protobuf::ProtobufExport;

/// How an export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtlpEncoding {
    /// `ExportLogsServiceRequest` as protobuf.
    Protobuf,
    /// The same in OTLP's JSON.
    Json,
}

/// Why an export can't be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OtlpError(&'static str);

/// Bytes of lines that are made ahead of a read.
const AHEAD: usize = 64 << 10;

/// Reads an export as lines of the format `steadfast`, one for each log record. What can't be decoded is an error of the
/// kind [`io::ErrorKind::InvalidData`] that carries an [`OtlpError`]; lines before it were given already.
#[derive(Debug)]
pub struct OtlpReader {
    export: Export,
    places: OtlpPlaces,
    lines: Vec<u8>,
    given: usize,
}

#[derive(Debug)]
enum Export {
    Protobuf(ProtobufExport),
    Json(JsonExport),
}

impl OtlpReader {
    /// The reader of an export, whose size is for the caller to bound.
    ///
    /// # Errors
    /// What is not JSON at all, where it should be. Flaws of protobuf show while it is read.
    pub fn new(encoding: OtlpEncoding, body: Vec<u8>, places: OtlpPlaces) -> Result<Self, OtlpError> {
        let export = match encoding {
            OtlpEncoding::Protobuf => Export::Protobuf(ProtobufExport::new(body)),
            OtlpEncoding::Json => Export::Json(JsonExport::new(body)?),
        };
        Ok(Self { export, places, lines: Vec::new(), given: 0 })
    }

    /// Makes the next lines.
    fn refill(&mut self) -> Result<(), OtlpError> {
        self.lines.clear();
        self.given = 0;
        while self.lines.len() < AHEAD {
            let more = match &mut self.export {
                Export::Protobuf(export) => export.next_line(&self.places, &mut self.lines)?,
                Export::Json(export) => export.next_line(&self.places, &mut self.lines)?,
            };
            if !more {
                break;
            }
        }
        Ok(())
    }
}

impl Read for OtlpReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.lines.len() {
            self.refill().map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        }
        let left = self.lines.get(self.given..).unwrap_or_default();
        let length = left.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..length), left.get(..length)) {
            to.copy_from_slice(from);
        }
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests;
