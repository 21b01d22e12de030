//! What a comparison is made on: documents, configuration, traffic and the present.

use std::path::Path;

use jiff::civil::Date;

/// One platform with its traffic, both as the program reads it and as the reference does.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it was made from, for the message of a failed test.
    pub seed: u64,
    /// OpenAPI documents in the order of their import: file name and text.
    pub documents: Vec<(String, String)>,
    /// What those documents say, in the same order.
    pub catalog: Vec<Template>,
    /// The platform's configuration.
    pub config: Config,
    /// The access log: call records as NDJSON, broken lines included.
    pub lines: Vec<u8>,
    /// The present in milliseconds since 1970: when documents are imported and the log is read.
    pub now: i64,
    /// The day as of which to judge; not after today.
    pub as_of: Date,
}

/// The settings that change what is counted and how it is judged.
#[derive(Clone, Debug)]
pub struct Config {
    /// IANA name of the platform's time zone.
    pub time_zone: String,
    /// Name of the company header.
    pub company_header: String,
    /// The whole list of exceptions from company scope: `GET /rest/v1.0/me`, parameters as `{x}` or `:x`.
    pub exceptions: Vec<String>,
    /// How many distinct undocumented routes an app keeps a day. The program's is fixed at 1,000.
    pub undocumented_routes: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            time_zone: "UTC".into(),
            company_header: "Procore-Company-Id".into(),
            exceptions: vec!["GET /rest/v1.0/me".into(), "GET /rest/v1.0/companies".into()],
            undocumented_routes: 1_000,
        }
    }
}

/// A path template of a document, its base path in front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// `/rest/v1.0/projects/{project_id}`.
    pub path: String,
    /// What this document says about its methods.
    pub operations: Vec<Operation>,
}

/// One method of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// In upper case.
    pub method: String,
    /// Since when it is deprecated.
    pub deprecated: Deprecated,
    /// `x-sunset`.
    pub sunset: Option<Date>,
    /// `x-internal`.
    pub internal: bool,
    /// `x-company-scoped`, true unless it says otherwise.
    pub company_scoped: bool,
}

/// Since when an operation is deprecated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deprecated {
    /// Not at all.
    No,
    /// `deprecated: true` without a date.
    Always,
    /// `x-deprecated-at`.
    From(Date),
}

impl Case {
    /// Writes the documents and the log, as `calls.ndjson`, into a directory: for a run of the program, or to look at.
    ///
    /// # Panics
    /// When they can't be written.
    pub fn save(&self, directory: &Path) {
        for (name, text) in &self.documents {
            std::fs::write(directory.join(name), text).unwrap();
        }
        std::fs::write(directory.join("calls.ndjson"), &self.lines).unwrap();
    }
}

impl Operation {
    /// An operation of which a document says nothing special.
    #[must_use]
    pub fn plain(method: &str) -> Self {
        Self { method: method.into(), deprecated: Deprecated::No, sunset: None, internal: false, company_scoped: true }
    }

    /// Whether it is deprecated on `day`.
    #[must_use]
    pub fn deprecated_on(&self, day: Date) -> bool {
        match self.deprecated {
            Deprecated::No => false,
            Deprecated::Always => true,
            Deprecated::From(since) => since <= day,
        }
    }
}
