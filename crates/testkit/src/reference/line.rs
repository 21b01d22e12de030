//! One line of the log: a call, or why it can't be used.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::time;

const LONGEST_LINE: usize = 64 * 1024;
const FUTURE: i64 = 5 * 60 * 1_000;
const RETENTION: i64 = 400 * 86_400_000;

/// A call as the rules need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Milliseconds since 1970.
    pub time: i64,
    /// The app's id; `unidentified` where the line names none.
    pub app: String,
    /// Whether it was made in production, where the line doesn't say otherwise.
    pub production: bool,
    /// In upper case.
    pub method: String,
    /// With its query.
    pub path: String,
    /// 100 to 599.
    pub status: u16,
    /// Whether the company header was there.
    pub header: bool,
    /// Whether a service account made it.
    pub service: bool,
}

type Fields<'a> = BTreeMap<String, &'a RawValue>;

/// Reads one line, without its line end. The error is the reason, in this reference's own words.
pub(super) fn read(line: &[u8], now: i64) -> Result<Call, &'static str> {
    if line.len() > LONGEST_LINE {
        return Err("too long");
    }
    if line.trim_ascii().is_empty() {
        return Err("blank");
    }
    let text = std::str::from_utf8(line).map_err(|_| "not UTF-8")?;
    // Of a key that is there twice the last value holds.
    let fields: Fields<'_> = serde_json::from_str(text).map_err(|_| "not JSON")?;
    let time = time_of(&fields)?;
    if time > now + FUTURE {
        return Err("future");
    }
    if time < now - RETENTION {
        return Err("too old");
    }
    let app = present(&fields, "app")?;
    if let Some(app) = &app
        && (app.len() > 200 || app.chars().any(char::is_control))
    {
        return Err("app");
    }
    Ok(Call {
        time,
        app: app.unwrap_or_else(|| "unidentified".into()),
        production: string(&fields, "environment")?.is_none_or(|name| name == "production"),
        method: method(&fields)?,
        path: path(&fields)?,
        status: status(&fields)?,
        header: present(&fields, "company_header")?.is_some(),
        service: string(&fields, "principal")?.is_some_and(|name| name == "service"),
    })
}

/// A text field; none when missing or null.
fn string(fields: &Fields<'_>, name: &str) -> Result<Option<String>, &'static str> {
    match fields.get(name) {
        None => Ok(None),
        Some(raw) if raw.get() == "null" => Ok(None),
        Some(raw) => serde_json::from_str(raw.get()).map(Some).map_err(|_| "wrong type"),
    }
}

/// A text field of which the empty text and `-` mean absence too.
fn present(fields: &Fields<'_>, name: &str) -> Result<Option<String>, &'static str> {
    Ok(string(fields, name)?.filter(|text| !text.is_empty() && text != "-"))
}

fn time_of(fields: &Fields<'_>) -> Result<i64, &'static str> {
    let raw = fields.get("time").ok_or("no time")?.get();
    match raw.as_bytes()[0] {
        b'"' => time::rfc_3339(&string(fields, "time")?.ok_or("time")?).ok_or("time"),
        b'-' | b'0'..=b'9' => time::unix(raw).ok_or("time"),
        _ => Err("time"),
    }
}

fn method(fields: &Fields<'_>) -> Result<String, &'static str> {
    let method = string(fields, "method")?.ok_or("no method")?;
    if method.is_empty() || !method.chars().all(|letter| letter.is_ascii_alphabetic()) {
        return Err("method");
    }
    Ok(method.to_ascii_uppercase())
}

fn path(fields: &Fields<'_>) -> Result<String, &'static str> {
    let path = string(fields, "path")?.ok_or("no path")?;
    if path.starts_with('/') {
        return Ok(path);
    }
    let (scheme, rest) = path.split_once("://").ok_or("path")?;
    if scheme.is_empty() || !scheme.chars().all(|letter| letter.is_ascii_alphabetic()) {
        return Err("path");
    }
    let start = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    Ok(if rest[start..].starts_with('/') { rest[start..].into() } else { "/".into() })
}

fn status(fields: &Fields<'_>) -> Result<u16, &'static str> {
    let raw = fields.get("status").ok_or("no status")?.get();
    let digits = if raw.starts_with('"') { string(fields, "status")?.ok_or("status")? } else { raw.to_owned() };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_ascii_digit()) {
        return Err("status");
    }
    digits.parse().ok().filter(|status| (100..=599).contains(status)).ok_or("status")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_182_312_345; // 2026-11-20T13:45:12.345Z

    fn line(time: &str, app: &str, rest: &str) -> String {
        format!(r#"{{"time":{time},"app":{app},"method":"get","path":"/a","status":200{rest}}}"#)
    }

    fn good(text: &str) -> Call {
        read(text.as_bytes(), NOW).unwrap_or_else(|reason| panic!("{text}: {reason}"))
    }

    fn bad(text: &str, reason: &str) {
        assert_eq!(read(text.as_bytes(), NOW), Err(reason), "{text}");
    }

    #[test]
    fn the_example_of_the_interfaces_reads() {
        let call = good(
            r#"{"time":"2026-11-20T13:45:12.345Z","app":"acme-erp","environment":"production","method":"GET",
            "path":"/rest/v1.0/projects/123/rfis?page=2","status":200,"company_header":"5358233",
            "project":"123","user":"u-77","principal":"user","duration_ms":41.7,"bytes":5120,"user_agent":"acme/2.3",
            "request_id":"0b1c…","reason":null}"#,
        );
        assert_eq!(
            call,
            Call {
                time: NOW,
                app: "acme-erp".into(),
                production: true,
                method: "GET".into(),
                path: "/rest/v1.0/projects/123/rfis?page=2".into(),
                status: 200,
                header: true,
                service: false,
            }
        );
    }

    #[test]
    fn absence_has_four_faces() {
        let now = NOW.to_string();
        for absent in ["null", r#""""#, r#""-""#] {
            let call = good(&line(&now, absent, &format!(r#","company_header":{absent}"#)));
            assert_eq!((call.app.as_str(), call.header), ("unidentified", false), "{absent}");
        }
        let call = good(&format!(r#"{{"time":{now},"method":"HEAD","path":"/","status":"404"}}"#));
        assert_eq!((call.app.as_str(), call.header, call.status), ("unidentified", false, 404));
        assert!(good(&line(&now, r#""x""#, r#","company_header":"0""#)).header);
    }

    #[test]
    fn other_environments_are_sandboxes_and_service_accounts_are_told_apart() {
        let now = NOW.to_string();
        assert!(!good(&line(&now, r#""x""#, r#","environment":"staging""#)).production);
        assert!(good(&line(&now, r#""x""#, r#","environment":null"#)).production);
        assert!(good(&line(&now, r#""x""#, r#","principal":"service""#)).service);
    }

    #[test]
    fn keys_may_be_escaped_and_twice() {
        let call = good(&line(&NOW.to_string(), r#""x""#, r#","st\u0061tus":"503","path":"\/b\u002fc""#));
        assert_eq!((call.status, call.path.as_str()), (503, "/b/c"));
    }

    #[test]
    fn an_absolute_url_is_cut_to_its_path() {
        let call = good(&line(&NOW.to_string(), r#""x""#, r#","path":"https://api.example.com:8443/a/b?c=/d""#));
        assert_eq!(call.path, "/a/b?c=/d");
    }

    #[test]
    fn bounds_of_time() {
        let at = |millis: i64| line(&millis.to_string(), r#""x""#, "");
        good(&at(NOW + 300_000));
        bad(&at(NOW + 300_001), "future");
        good(&at(NOW - 400 * 86_400_000));
        bad(&at(NOW - 400 * 86_400_000 - 1), "too old");
        bad(&at(-5), "too old");
    }

    #[test]
    fn what_cannot_be_used_is_rejected() {
        let now = NOW.to_string();
        bad("", "blank");
        bad(" \t\r", "blank");
        bad("{", "not JSON");
        bad("[]", "not JSON");
        bad("7", "not JSON");
        bad(&(line(&now, r#""x""#, "") + "x"), "not JSON");
        bad(&line(&now, r#""x""#, r#","n":01"#), "not JSON");
        bad(&line("true", r#""x""#, ""), "time");
        bad(&line(r#""yesterday""#, r#""x""#, ""), "time");
        bad(&line(&now, &format!(r#""{}""#, "é".repeat(101)), ""), "app");
        bad(&line(&now, r#""a\u0007""#, ""), "app");
        bad(&line(&now, "5", ""), "wrong type");
        for status in ["99", "600", "\"\"", "\"2xx\"", "null", "200.5", "true", "-200", "99999999999999999999"] {
            bad(&line(&now, r#""x""#, &format!(r#","status":{status}"#)), "status");
        }
        bad(&line(&now, r#""x""#, r#","method":"M-SEARCH""#), "method");
        bad(&line(&now, r#""x""#, r#","method":null"#), "no method");
        bad(&line(&now, r#""x""#, r#","path":"a/b""#), "path");
        bad(&line(&now, r#""x""#, r#","path":"""#), "path");
        assert_eq!(read(b"\xff", NOW), Err("not UTF-8"));
    }

    #[test]
    fn a_line_of_64_kib_is_not_too_long() {
        let padded = |length: usize| {
            let empty = line(&NOW.to_string(), r#""x""#, r#","pad":"""#);
            line(&NOW.to_string(), r#""x""#, &format!(r#","pad":"{}""#, "p".repeat(length - empty.len())))
        };
        assert_eq!(padded(65_536).len(), 65_536);
        good(&padded(65_536));
        bad(&padded(65_537), "too long");
    }

    #[test]
    fn unknown_fields_may_hold_anything_that_is_json() {
        let deep = "[".repeat(500) + &"]".repeat(500);
        good(&line(&NOW.to_string(), r#""x""#, &format!(r#","junk":{{"status":{deep},"n":1e999}}"#)));
    }
}
