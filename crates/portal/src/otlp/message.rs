//! The two messages that are answered, in both encodings.

use serde_json::json;
use service::OtlpEncoding;

/// `ExportLogsServiceResponse`, with `partial_success` where records were rejected or there is something to say.
pub(super) fn export_response(encoding: OtlpEncoding, rejected: u64, message: &str) -> Vec<u8> {
    let is_full = rejected == 0 && message.is_empty();
    match encoding {
        OtlpEncoding::Json if is_full => b"{}".to_vec(),
        OtlpEncoding::Json => {
            // 64-bit numbers are texts in protobuf's JSON.
            let partial = json!({"rejectedLogRecords": rejected.to_string(), "errorMessage": message});
            json!({"partialSuccess": partial}).to_string().into_bytes()
        }
        OtlpEncoding::Protobuf if is_full => Vec::new(),
        OtlpEncoding::Protobuf => {
            let mut partial = Vec::new();
            push_number(1, rejected, &mut partial);
            push_bytes(2, message.as_bytes(), &mut partial);
            let mut response = Vec::new();
            push_bytes(1, &partial, &mut response);
            response
        }
    }
}

/// `google.rpc.Status`.
pub(super) fn status(encoding: OtlpEncoding, code: u8, message: &str) -> Vec<u8> {
    match encoding {
        OtlpEncoding::Json => json!({"code": code, "message": message}).to_string().into_bytes(),
        OtlpEncoding::Protobuf => {
            let mut status = Vec::new();
            push_number(1, u64::from(code), &mut status);
            push_bytes(2, message.as_bytes(), &mut status);
            status
        }
    }
}

/// A field that is a number; not written where it is 0.
fn push_number(field: u64, number: u64, message: &mut Vec<u8>) {
    if number > 0 {
        push_varint(field << 3, message);
        push_varint(number, message);
    }
}

/// A field that is a text or a message; not written where it is empty.
fn push_bytes(field: u64, bytes: &[u8], message: &mut Vec<u8>) {
    if !bytes.is_empty() {
        push_varint(field << 3 | 2, message);
        push_varint(bytes.len() as u64, message);
        message.extend_from_slice(bytes);
    }
}

fn push_varint(mut number: u64, message: &mut Vec<u8>) {
    while number >= 0x80 {
        let [low, ..] = number.to_le_bytes();
        message.push(low | 0x80);
        number >>= 7;
    }
    let [low, ..] = number.to_le_bytes();
    message.push(low);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_success_says_nothing() {
        assert_eq!(export_response(OtlpEncoding::Json, 0, ""), b"{}");
        assert_eq!(export_response(OtlpEncoding::Protobuf, 0, ""), b"");
    }

    #[test]
    fn partial_success_says_how_many_and_why() {
        let json = export_response(OtlpEncoding::Json, 300, "why");
        assert_eq!(json, br#"{"partialSuccess":{"rejectedLogRecords":"300","errorMessage":"why"}}"#);
        let protobuf = export_response(OtlpEncoding::Protobuf, 300, "why");
        assert_eq!(protobuf, b"\x0a\x08\x08\xac\x02\x12\x03why");
        let long = export_response(OtlpEncoding::Protobuf, 0, &"w".repeat(200));
        assert_eq!(long[..7], *b"\x0a\xcb\x01\x12\xc8\x01w");
    }

    #[test]
    fn a_status_has_a_code_and_a_message() {
        assert_eq!(status(OtlpEncoding::Json, 3, "no \"x\""), br#"{"code":3,"message":"no \"x\""}"#);
        assert_eq!(status(OtlpEncoding::Protobuf, 3, "no"), b"\x08\x03\x12\x02no");
    }
}
