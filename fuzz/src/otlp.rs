//! OTLP exports, protobuf and JSON: what is read are lines of the call record, whatever comes; the same export reads alike in
//! both encodings.

use std::io::Read;

use serde_json::{Value, json};
use traffic::{Decoder, FormatOptions, OtlpEncoding, OtlpPlaces, OtlpReader, RejectReason, Scratch};

use crate::bounds;
use crate::lines::is_json_object;

/// Any bytes as protobuf.
pub fn check_protobuf(data: &[u8]) {
    let _ = check(OtlpEncoding::Protobuf, data);
}

/// Any bytes as JSON.
pub fn check_json(data: &[u8]) {
    let lines = check(OtlpEncoding::Json, data);
    let Ok(value) = serde_json::from_slice::<Value>(data) else {
        return;
    };
    if let (Some(lines), Some(records)) = (lines, records(&value)) {
        assert_eq!(lines.split(|byte| *byte == b'\n').count() - 1, records, "lines for log records");
    }
}

/// How many log records an export has, if it is one without anything odd.
fn records(value: &Value) -> Option<usize> {
    let list = |value: &Value, key: &str| -> Option<Vec<Value>> {
        value.as_object()?.get(key).map_or(Some(Vec::new()), |list| Some(list.as_array()?.clone()))
    };
    let mut count = 0;
    for resource in list(value, "resourceLogs")? {
        for scope in list(&resource, "scopeLogs")? {
            let records = list(&scope, "logRecords")?;
            records.iter().all(Value::is_object).then_some(())?;
            count += records.len();
        }
    }
    Some(count)
}

fn places() -> OtlpPlaces {
    OtlpPlaces::new(&FormatOptions::default()).expect("the usual places")
}

/// Reads an export, at once and in small pieces. Gives its lines if it can be read to its end.
fn check(encoding: OtlpEncoding, data: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    let told = OtlpReader::new(encoding, data.to_vec(), places()).ok()?.read_to_end(&mut whole);
    let mut pieces = Vec::new();
    let mut reader = OtlpReader::new(encoding, data.to_vec(), places()).expect("as before");
    let mut buffer = [0; 13];
    let again = loop {
        match reader.read(&mut buffer) {
            Ok(0) => break Ok(()),
            Ok(length) => pieces.extend_from_slice(&buffer[..length]),
            Err(error) => break Err(error),
        }
    };
    assert_eq!(told.is_ok(), again.is_ok());
    assert!(whole == pieces, "what is read depends on how it is read");
    assert!(whole.is_empty() || whole.ends_with(b"\n"));
    for line in whole.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        assert_ne!(is_json_object(line), Some(false), "{}", String::from_utf8_lossy(line));
        let decoded = Decoder::steadfast().decode_line(line, &bounds(), &mut Scratch::default());
        let reason = decoded.err().map(|reject| reject.reason);
        let broken = [RejectReason::NotJson, RejectReason::NotUtf8, RejectReason::EmptyLine];
        assert!(reason.is_none_or(|reason| !broken.contains(&reason)), "{reason:?}");
    }
    told.ok().map(|_| whole)
}

/// The keys of attributes that mean something, and one that doesn't.
const KEYS: [&str; 14] = [
    "http.request.method",
    "http.method",
    "url.path",
    "http.target",
    "url.full",
    "http.response.status_code",
    "http.status_code",
    "client.id",
    "app.id",
    "enduser.id",
    "http.request.header.procore-company-id",
    "deployment.environment.name",
    "http.route",
    "x",
];

/// An export made from the data, written in both encodings.
pub fn check_both(data: &[u8]) {
    let (mut protobuf, mut json) = (Vec::new(), Vec::new());
    for (number, record) in data.split(|byte| *byte == b'\n').take(8).enumerate() {
        let time = 1_795_182_312_345_678_901 + number as u64;
        let (mut fields, mut attributes) = (vec![0x09], Vec::new());
        fields.extend_from_slice(&time.to_le_bytes());
        for attribute in record.split(|byte| *byte == 0).take(12) {
            let [key, kind, value @ ..] = attribute else { continue };
            let key = KEYS[usize::from(*key) % KEYS.len()];
            let text = String::from_utf8_lossy(value);
            let (bytes, value) = match kind % 4 {
                0 | 1 => (field(1, text.as_bytes()), json!({"stringValue": text})),
                2 => {
                    let number =
                        value.iter().fold(0_i64, |sum, byte| sum.wrapping_mul(10).wrapping_add(i64::from(byte % 10)));
                    ([vec![0x18], varint(number as u64)].concat(), json!({"intValue": number.to_string()}))
                }
                _ => (vec![0x10, kind >> 7], json!({"boolValue": kind >> 7 == 1})),
            };
            fields.extend(field(6, &[field(1, key.as_bytes()), field(2, &bytes)].concat()));
            attributes.push(json!({"key": key, "value": value}));
        }
        protobuf.extend(field(2, &fields));
        json.push(json!({"timeUnixNano": time.to_string(), "attributes": attributes}));
    }
    let protobuf = field(1, &field(2, &protobuf));
    let json = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": json}]}]}).to_string();
    let text = |lines: Option<Vec<u8>>| lines.map(|lines| String::from_utf8_lossy(&lines).into_owned());
    let (protobuf, json) = (check(OtlpEncoding::Protobuf, &protobuf), check(OtlpEncoding::Json, json.as_bytes()));
    assert_eq!(text(protobuf).expect("good protobuf"), text(json).expect("good JSON"));
}

fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    [vec![number << 3 | 2], varint(bytes.len() as u64), bytes.to_vec()].concat()
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}
