//! A call written as a line of NDJSON, in one of the many ways that mean the same.

use jiff::Timestamp;
use jiff::tz::Offset;
use serde_json::Value;

use super::dice::Dice;

/// A call to be written.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) time: i64,
    /// None for a call without an app.
    pub(super) app: Option<String>,
    pub(super) sandbox: bool,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) status: u16,
    pub(super) header: bool,
    pub(super) service: bool,
}

/// The line, without its end: plain three times of four.
pub(super) fn write(dice: &mut Dice, record: &Record) -> Vec<u8> {
    let mut fields = fields(dice, record);
    if dice.one_in(4) {
        oddly(dice, &mut fields)
    } else {
        let fields: Vec<String> = fields.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        format!("{{{}}}", fields.join(",")).into_bytes()
    }
}

/// The required fields and what a reader may not stumble over, each value as JSON text.
pub(super) fn fields(dice: &mut Dice, record: &Record) -> Vec<(String, String)> {
    let quoted = |text: &str| Value::from(text).to_string();
    let mut fields = vec![("time".to_owned(), time(dice, record.time))];
    let mut add = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            fields.push((key.to_owned(), value));
        }
    };
    add("app", record.app.as_ref().map_or_else(|| absent(dice), |app| Some(quoted(app))));
    let environment = match (record.sandbox, dice.below(3)) {
        (true, 0) => Some("\"staging\"".into()),
        (true, _) => Some("\"sandbox\"".into()),
        (false, 0) => Some("\"production\"".into()),
        (false, _) => dice.one_in(20).then(|| "null".into()),
    };
    add("environment", environment);
    let method = if dice.one_in(10) { record.method.to_lowercase() } else { record.method.clone() };
    add("method", Some(quoted(&method)));
    add("path", Some(quoted(&record.path)));
    let status = record.status;
    add("status", Some(if dice.one_in(8) { format!("\"{status}\"") } else { status.to_string() }));
    add("company_header", if record.header { Some(quoted(dice.pick(&["5358233", "0", "a b"]))) } else { absent(dice) });
    let principal = match (record.service, dice.below(4)) {
        (true, _) => Some("\"service\"".into()),
        (false, 0) => Some("\"user\"".into()),
        (false, _) => dice.one_in(20).then(|| "null".into()),
    };
    add("principal", principal);
    if dice.one_in(4) {
        add("duration_ms", Some("41.7".into()));
        add("bytes", Some("5120".into()));
        add("user_agent", Some(quoted("acme/2.3 (\"x\\y\"; é)")));
        add("reason", Some("null".into()));
    }
    fields
}

/// The faces of absence: no field, null, an empty text, a dash.
fn absent(dice: &mut Dice) -> Option<String> {
    dice.pick(&[None, Some("null"), Some("\"\""), Some("\"-\"")]).map(str::to_owned)
}

/// An instant as JSON: RFC 3339 with some offset, or Unix time as some number. May cut milliseconds off.
fn time(dice: &mut Dice, millis: i64) -> String {
    let (seconds, rest) = (millis.div_euclid(1_000), millis.rem_euclid(1_000));
    match dice.below(10) {
        0 => seconds.to_string(),
        1 => format!("{seconds}.{rest:03}"),
        2 => format!("{seconds}.{rest:03}9999"),
        3 => millis.to_string(),
        4 => format!("{millis}.75"),
        5 if dice.one_in(4) => format!("{seconds}.{rest:03}e0"),
        5 => format!("{millis}e0"),
        _ => format!("\"{}\"", rfc_3339(dice, millis)),
    }
}

fn rfc_3339(dice: &mut Dice, millis: i64) -> String {
    let (minutes, name) = dice.pick(&[
        (0, "Z"),
        (0, "Z"),
        (0, "Z"),
        (0, "z"),
        (0, "+00:00"),
        (0, "-00:00"),
        (330, "+05:30"),
        (345, "+05:45"),
        (-480, "-08:00"),
        (840, "+14:00"),
        (-720, "-12:00"),
    ]);
    let offset = Offset::from_seconds(minutes * 60).unwrap();
    let local = Timestamp::from_millisecond(millis).unwrap().to_zoned(offset.to_time_zone()).datetime();
    let letter = if dice.one_in(20) { "t" } else { "T" };
    let fraction = match dice.below(6) {
        0 => String::new(),
        1 => format!(".{}", local.millisecond() / 100),
        2 => format!(".{:03}999999", local.millisecond()),
        _ => format!(".{:03}", local.millisecond()),
    };
    format!("{}{letter}{}{fraction}{name}", local.date(), local.strftime("%H:%M:%S"))
}

/// Fields in any order, with odd whitespace, escapes, unknown fields and keys that are there twice.
fn oddly(dice: &mut Dice, fields: &mut Vec<(String, String)>) -> Vec<u8> {
    for _ in 0..dice.below(3) {
        fields.push(unknown(dice));
    }
    dice.shuffle(fields);
    if dice.one_in(3) {
        // Of a key that is there twice the last value holds.
        let key = fields[dice.below(fields.len())].0.clone();
        let value = match key.as_str() {
            "time" => "1".into(),
            "status" => "500".into(),
            "path" => "\"/other\"".into(),
            "method" => "\"PUT\"".into(),
            _ => "\"x\"".to_owned(),
        };
        fields.insert(0, (key, value));
    }
    let space = |dice: &mut Dice| dice.pick(&["", "", "", " ", "\t", "  \t "]);
    let mut out = format!("{}{{", space(dice));
    for (at, (key, value)) in fields.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let key = if dice.one_in(8) { escaped(dice, key) } else { format!("\"{key}\"") };
        let text = value.strip_prefix('"').filter(|_| !value.contains('\\') && dice.one_in(4));
        let value = text.map_or_else(|| value.clone(), |text| escaped(dice, text.trim_end_matches('"')));
        out.push_str(&[comma, space(dice), &key, space(dice), ":", space(dice), &value, space(dice)].concat());
    }
    out.push('}');
    out.push_str(space(dice));
    out.into_bytes()
}

/// A text as a JSON string with some letters escaped that need not be.
fn escaped(dice: &mut Dice, text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '/' if dice.one_in(2) => out.push_str("\\/"),
            letter if dice.one_in(6) => {
                let mut units = [0; 2];
                for unit in letter.encode_utf16(&mut units) {
                    out.push_str(&if dice.one_in(2) { format!("\\u{unit:04x}") } else { format!("\\u{unit:04X}") });
                }
            }
            letter => out.push(letter),
        }
    }
    out + "\""
}

fn unknown(dice: &mut Dice) -> (String, String) {
    let nested = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let value = match dice.below(8) {
        0 => r#"{"status":404,"path":"/x","app":{"time":[1,2,{"method":"}"}]}}"#.into(),
        1 => r#""\"status\":500,{\\\"""#.into(),
        2 => nested,
        3 => "-0.0e-7".into(),
        4 => "[ true , false,null , \"]\" ]".into(),
        5 => "{ }".into(),
        6 => r#""\ud83d\ude00 \b\f\n\r\t\/""#.into(),
        _ => "1e3".into(),
    };
    (dice.pick(&["x", "App", "times", "pat", "http.status", "é", "", "statu"]).to_owned(), value)
}
