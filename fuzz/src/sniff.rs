//! Guessing a format from how a log begins: any answer will do, but its reader must exist.

use traffic::FormatOptions;

/// The beginning of a log.
pub fn check(data: &[u8]) {
    if let Some(sniffed) = traffic::sniff(data) {
        assert!(sniffed.format.decoder(&FormatOptions::default()).is_ok());
    }
}
