//! The audit log as CSV and NDJSON, part by part, so that memory does not grow with its length.

use model::{AuditId, Day, UnixMillis};
use serde_json::{Value, json};

use super::filter::{Asked, AuditFilter};
use super::names::Names;
use super::page::AuditSeen;
use crate::report::inert;
use crate::{Error, Steadfast};

/// The most entries of one export.
pub const AUDIT_EXPORT_MOST: usize = 100_000;

/// How many entries are read at a time.
const PART: u32 = 500;

const COLUMNS: [&str; 14] = [
    "Id",
    "Time",
    "By",
    "By Id",
    "By Name",
    "By E-mail",
    "Token Name",
    "Action",
    "Target",
    "Target Kind",
    "Target Name",
    "Organisation",
    "Before",
    "After",
];

/// An export on its way: exactly the entries that a filter asks for, newest first.
pub struct AuditExport {
    steadfast: Steadfast,
    asked: Asked,
    names: Names,
    /// Whether as CSV; else as NDJSON.
    csv: bool,
    /// How many entries it holds at most.
    most: usize,
    written: usize,
    begun: bool,
    next: Next,
}

/// Where an export goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Newest,
    Before(AuditId),
    Done,
}

/// The name under which an export is saved; `what` names whose log it is.
#[must_use]
pub fn audit_file_name(what: &str, today: Day, extension: &str) -> String {
    format!("audit-{what}-{today}.{extension}")
}

impl Steadfast {
    /// An export of what a filter asks for, as CSV (RFC 4180) or as NDJSON.
    ///
    /// # Errors
    /// When the filter can't be understood, or the store fails.
    pub async fn audit_export(&self, filter: &AuditFilter, csv: bool) -> Result<AuditExport, Error> {
        Ok(AuditExport {
            steadfast: self.clone(),
            asked: self.asked(filter).await?,
            names: Names::for_readers_of(filter),
            csv,
            most: AUDIT_EXPORT_MOST,
            written: 0,
            begun: false,
            next: Next::Newest,
        })
    }
}

impl AuditExport {
    /// The same export, cut after so many entries.
    #[must_use]
    pub fn at_most(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// The next part; none once all is written. The last line of an export that was cut says so.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn part(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let before = match self.next {
            Next::Done => return Ok(None),
            Next::Newest => None,
            Next::Before(id) => Some(id),
        };
        let left = u32::try_from(self.most - self.written).unwrap_or(u32::MAX);
        let page = self.steadfast.entries(&self.asked, before, left.min(PART), &mut self.names).await?;
        self.written += page.entries.len();
        let cut = page.next.is_some() && self.written >= self.most;
        self.next = match page.next {
            Some(id) if !cut => Next::Before(id),
            _ => Next::Done,
        };
        let begins = !std::mem::replace(&mut self.begun, true);
        let note = cut.then(|| {
            format!("cut after {} entries; narrow the filter, such as to fewer days, for the others", self.most)
        });
        let part = if self.csv {
            csv_part(&page.entries, begins, note.as_deref()).map_err(|error| Error::Report(error.to_string()))?
        } else {
            ndjson_part(&page.entries, note.as_deref())
        };
        Ok(Some(part))
    }
}

fn csv_part(entries: &[AuditSeen], begins: bool, note: Option<&str>) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    if begins {
        writer.write_record(COLUMNS)?;
    }
    for seen in entries {
        writer.write_record(fields(seen).iter().map(|field| inert(field).into_owned()))?;
    }
    if let Some(note) = note {
        let mut last = [""; COLUMNS.len()];
        last[0] = note;
        writer.write_record(last)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn fields(seen: &AuditSeen) -> [String; COLUMNS.len()] {
    let AuditSeen { entry, doer, target, .. } = seen;
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        entry.id.to_string(),
        exact(entry.at),
        doer.kind.to_owned(),
        or_empty(&doer.id),
        or_empty(&doer.name),
        doer.email.as_ref().map(ToString::to_string).unwrap_or_default(),
        or_empty(&doer.token),
        entry.action.clone(),
        entry.target.clone(),
        target.kind().to_owned(),
        target.name().unwrap_or_default().to_owned(),
        entry.organisation.map(|id| id.to_string()).unwrap_or_default(),
        or_empty(&entry.before),
        or_empty(&entry.after),
    ]
}

fn ndjson_part(entries: &[AuditSeen], note: Option<&str>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in entries.iter().map(AuditSeen::json).chain(note.map(|note| json!({"cut": true, "detail": note}))) {
        bytes.extend_from_slice(line.to_string().as_bytes());
        bytes.push(b'\n');
    }
    bytes
}

impl AuditSeen {
    /// The entry as the API and exports tell it.
    #[must_use]
    pub fn json(&self) -> Value {
        let Self { entry, doer, target, .. } = self;
        json!({
            "id": entry.id,
            "time": exact(entry.at),
            "by": {
                "kind": doer.kind,
                "id": doer.id,
                "name": doer.name,
                "email": doer.email,
                "token_name": doer.token,
            },
            "action": entry.action,
            "target": {"id": entry.target, "kind": Some(target.kind()).filter(|kind| !kind.is_empty()), "name": target.name()},
            "organisation": entry.organisation,
            "before": parsed(entry.before.as_deref()),
            "after": parsed(entry.after.as_deref()),
        })
    }
}

/// What an entry holds is JSON already; should it be none, it is told as text.
fn parsed(text: Option<&str>) -> Value {
    let value = text.map(|text| serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())));
    value.unwrap_or(Value::Null)
}

/// RFC 3339 in UTC, to the millisecond.
fn exact(at: UnixMillis) -> String {
    format!("{:.3}", at.timestamp())
}

#[cfg(test)]
mod tests {
    use model::{AuditEntry, Doer};

    use super::super::names::{DoerSeen, TargetSeen};
    use super::*;

    fn seen(name: &str, after: &str) -> AuditSeen {
        let entry = AuditEntry {
            id: AuditId::from_bytes([1; 16]),
            at: UnixMillis(1_795_182_312_345),
            by: Doer::Nobody,
            action: "app.created".to_owned(),
            target: "acme".to_owned(),
            organisation: None,
            before: None,
            after: Some(after.to_owned()),
        };
        let doer = DoerSeen { kind: "nobody", id: None, name: Some(name.to_owned()), email: None, token: None };
        AuditSeen { entry, doer, target: TargetSeen::Other("acme".to_owned()), people: Vec::new() }
    }

    #[test]
    fn a_formula_in_a_csv_is_inert() {
        for name in ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"] {
            let csv = String::from_utf8(csv_part(&[seen(name, "{}")], true, None).unwrap()).unwrap();
            let mut reader = csv::Reader::from_reader(csv.as_bytes());
            let record = reader.records().next().unwrap().unwrap();
            assert_eq!(&record[4], format!("'{name}"));
        }
    }

    #[test]
    fn every_line_is_json_whatever_it_holds() {
        let lines = ndjson_part(&[seen("a\nb", "no json"), seen("\u{2028}", "{\"a\":\"\\n\"}")], Some("cut"));
        let lines = String::from_utf8(lines).unwrap();
        let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0]["after"], "no json");
        assert_eq!(lines[0]["time"], "2026-11-20T13:45:12.345Z");
        assert_eq!(lines[2]["cut"], true);
    }
}
