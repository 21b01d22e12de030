//! The call record of Steadfast, against serde_json and against the plain reading of the rules.

use model::{Environment, Principal};
use testkit::reference;
use traffic::{Decoder, RejectReason};

use crate::NOW;
use crate::lines::{Decoded, content, decode, is_blank, is_json_object};

/// Lines of the `steadfast` format.
pub fn check(data: &[u8]) {
    decode(&Decoder::steadfast(), data, check_line);
}

/// Holds what became of a line against the oracles.
pub fn check_line(line: &[u8], decoded: &Decoded<'_>) {
    let reason = decoded.as_ref().err().map(|reject| reject.reason);
    let line = content(line);
    if line.len() > 65_536 || is_blank(line) {
        let expected = if line.len() > 65_536 { RejectReason::LineTooLong } else { RejectReason::EmptyLine };
        assert_eq!(reason, Some(expected));
        return;
    }
    if std::str::from_utf8(line).is_err() {
        assert_eq!(reason, Some(RejectReason::NotUtf8));
        return;
    }
    if let Some(json) = is_json_object(line) {
        assert_eq!(reason != Some(RejectReason::NotJson), json, "{:?}", decoded.as_ref().err());
        // Halves of surrogate pairs are valid, but the plain reading can't have them.
        if json && !has_lone_surrogate(line) {
            compare(decoded, &reference::read_line(line, NOW));
        }
    }
}

/// Whether any escape may be half of a pair.
fn has_lone_surrogate(line: &[u8]) -> bool {
    line.windows(4).any(|bytes| bytes[0] == b'\\' && bytes[1] == b'u' && matches!(bytes[2], b'd' | b'D'))
}

fn compare(decoded: &Decoded<'_>, plain: &Result<reference::Call, &'static str>) {
    match (decoded, plain) {
        (Ok(call), Ok(plain)) => {
            assert_eq!(call.time.0, plain.time);
            assert_eq!(call.app.as_deref().unwrap_or("unidentified"), plain.app);
            assert_eq!(
                call.environment.unwrap_or(Environment::Production) == Environment::Production,
                plain.production
            );
            assert_eq!(call.method, plain.method);
            assert_eq!(call.path, plain.path);
            assert_eq!(call.status, plain.status);
            assert_eq!(call.company.is_some(), plain.header);
            assert_eq!(call.principal == Principal::Service, plain.service);
        }
        (Err(_), Err(_)) => {}
        (Ok(call), Err(reason)) => {
            // The plain reading doesn't bound what is no field of a call, nor know how lenient fields of another kind are.
            assert_eq!(*reason, "wrong type", "{call:?} should be refused");
        }
        (Err(reject), Ok(plain)) => {
            let long_method = plain.method.len() > 32;
            assert!(long_method, "{reject:?} where the plain reading has {plain:?}");
        }
    }
}
