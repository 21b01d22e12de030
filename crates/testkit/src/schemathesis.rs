//! Schemathesis against a running server: requests made from its OpenAPI document, right ones and wrong ones, and
//! whether the answers are what the document says.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::output::Output;
use crate::{installed, patience};

/// What must be installed.
const PIN: &str = include_str!("../assets/schemathesis/requirements.txt");

/// What is not checked: that whatever fits the document is accepted, since a server may know more than that.
const UNCHECKED: &str = "positive_data_acceptance";

/// A run to be made: `Schemathesis::of(&url).token(&token).run()`.
#[derive(Clone, Debug)]
pub struct Schemathesis {
    document: String,
    arguments: Vec<String>,
    parameters: Vec<(String, String)>,
    unchecked: Vec<String>,
    limit: Duration,
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// All that it printed: each failure with how to reproduce it.
    pub text: String,
    /// Its report as JSON; null where it did not come that far.
    pub json: Value,
    /// The exit code: 0 when nothing was found; none when it took too long.
    pub code: Option<i32>,
}

impl Schemathesis {
    /// With the OpenAPI document at a URL. The same requests on every run: 20 random ones for each operation at most,
    /// beside those that the document's bounds suggest; it ends after five minutes.
    #[must_use]
    pub fn of(document: &str) -> Self {
        let fixed = ["--generation-deterministic", "--continue-on-failure", "--no-color", "--report=json"];
        let more = ["--report-json-path=report.json", "--suppress-health-check=all", "--request-timeout=20"];
        let arguments = fixed.into_iter().chain(more).map(str::to_owned).collect();
        let limit = Duration::from_secs(300);
        let unchecked = vec![UNCHECKED.to_owned()];
        Self { document: document.to_owned(), arguments, parameters: Vec::new(), unchecked, limit }.examples(20)
    }

    fn with(mut self, argument: String) -> Self {
        self.arguments.push(argument);
        self
    }

    /// With so many random requests for each operation.
    #[must_use]
    pub fn examples(mut self, most: u32) -> Self {
        self.arguments.retain(|argument| !argument.starts_with("--max-examples"));
        self.with(format!("--max-examples={most}"))
    }

    /// With a header in every request.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        self.with(format!("--header={name}:{value}"))
    }

    /// With an API token in every request.
    #[must_use]
    pub fn token(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    /// Without a check: `missing_required_header`. The reason belongs beside the call.
    #[must_use]
    pub fn without_check(mut self, check: &str) -> Self {
        self.unchecked.push(check.to_owned());
        self
    }

    /// Without an operation: `DELETE /api/v1/sessions/{session}`, such as one that would end the run's own session.
    #[must_use]
    pub fn without_operation(self, name: &str) -> Self {
        self.with(format!("--exclude-name={name}"))
    }

    /// With this value wherever an operation has a path parameter of this name: without, requests are made about things
    /// that are not there.
    #[must_use]
    pub fn path_parameter(mut self, name: &str, value: &str) -> Self {
        self.parameters.push((format!("path.{name}"), value.to_owned()));
        self
    }

    /// With these operations alone, by a regular expression on their paths.
    #[must_use]
    pub fn only_paths(self, pattern: &str) -> Self {
        self.with(format!("--include-path-regex={pattern}"))
    }

    /// Ended after so long.
    #[must_use]
    pub fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Runs it. None where Schemathesis is not installed.
    ///
    /// # Panics
    /// When it is missing and everything has to be tested.
    #[must_use]
    pub fn run(&self) -> Option<Report> {
        let python = installed::checker("schemathesis", PIN, "venv/bin/python")?;
        // A folder of its own, in which no settings lie but these.
        let folder = TempDir::new().unwrap();
        let line = |(name, value): &(String, String)| format!("{name:?} = {value:?}\n");
        let settings = format!("[parameters]\n{}", self.parameters.iter().map(line).collect::<String>());
        std::fs::write(folder.path().join("schemathesis.toml"), settings).unwrap();
        let mut command = Command::new(python);
        command.args(["-m", "schemathesis.cli", "run", &self.document]).args(&self.arguments);
        command.arg(format!("--exclude-checks={}", self.unchecked.join(",")));
        command.current_dir(folder.path()).env("NO_PROXY", "*").env("PYTHONUTF8", "1");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the installed Python can be run");
        let output = Output::of([Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())]);
        let status = patience::exit(&mut child, self.limit);
        patience::kill(&mut child);
        // Ends with the pipes.
        let _: Option<()> = output.find(Duration::from_secs(10), |_| None);
        let json = read(&folder.path().join("report.json"));
        Some(Report { text: output.text(), json, code: status.and_then(|status| status.code()) })
    }

    /// Runs it, and fails if it finds anything.
    ///
    /// # Panics
    /// When it finds something, tests nothing, or takes too long.
    pub fn hold(&self) {
        if let Some(report) = self.run() {
            report.assert_clean();
        }
    }
}

fn read(file: &Path) -> Value {
    std::fs::read(file).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

impl Report {
    /// How many operations were tested.
    #[must_use]
    pub fn tested(&self) -> u64 {
        self.json["operations"]["tested"].as_u64().unwrap_or(0)
    }

    /// What was found, a line each: `Server error: GET /apps, POST /apps`.
    #[must_use]
    pub fn failures(&self) -> Vec<String> {
        let line = |failure: &Value| {
            let operations: Vec<&str> =
                failure["operations"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            format!("{}: {}", failure["title"].as_str().unwrap_or_default(), operations.join(", "))
        };
        self.json["failures"].as_array().into_iter().flatten().map(line).collect()
    }

    /// Fails if anything was found.
    ///
    /// # Panics
    /// When something was found, nothing was tested, or it took too long.
    pub fn assert_clean(&self) {
        let failures = self.failures();
        assert!(failures.is_empty() && self.code == Some(0), "{:?}: {failures:#?}\n{}", self.code, self.text);
        assert!(self.tested() > 0, "no operation was tested:\n{}", self.text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stub::{Request, Stub};
    use serde_json::json;

    fn document() -> Value {
        let number = json!({"type": "integer", "minimum": 0, "maximum": 9});
        let problem = json!({"type": "object"});
        json!({"openapi": "3.1.0", "info": {"title": "Test", "version": "1"}, "paths": {"/things/{id}": {"get": {
            "parameters": [{"name": "id", "in": "path", "required": true, "schema": number}],
            "responses": {
                "200": {"description": "It", "content": {"application/json": {"schema": {
                    "type": "object", "required": ["id"], "properties": {"id": number}}}}},
                "404": {"description": "None", "content": {"application/problem+json": {"schema": problem}}},
            },
        }}}})
    }

    fn answer(request: &Request, broken: bool) -> Vec<u8> {
        let json = [("Content-Type", "application/json")];
        if request.path == "/openapi.json" {
            return Stub::answer(200, &json, &document().to_string());
        }
        if request.method != "GET" {
            return Stub::answer(405, &[("Allow", "GET")], "");
        }
        assert_eq!(request.header("authorization"), Some("Bearer stf_p_test"));
        match request.path.strip_prefix("/things/").and_then(|id| id.parse::<u8>().ok()).filter(|id| *id < 10) {
            Some(0) if broken => Stub::answer(500, &json, "{}"),
            Some(id) if broken && id > 5 => Stub::answer(200, &json, "{\"id\":\"text\"}"),
            Some(id) => Stub::answer(200, &json, &format!("{{\"id\":{id}}}")),
            None => Stub::answer(404, &[("Content-Type", "application/problem+json")], "{}"),
        }
    }

    #[test]
    fn a_server_that_keeps_to_its_document_passes_and_another_does_not() {
        for broken in [false, true] {
            let stub = Stub::start(move |request| answer(request, broken));
            let run = Schemathesis::of(&format!("http://{}/openapi.json", stub.address())).token("stf_p_test");
            let Some(report) = run.run() else { return };
            assert_eq!(report.tested(), 1, "{}", report.text);
            if broken {
                let failures = report.failures().join("\n");
                assert!(failures.contains("Server error: GET /things/{id}"), "{}", report.text);
                assert!(failures.contains("Response violates schema: GET /things/{id}"), "{}", report.text);
                assert_eq!(report.code, Some(1));
            } else {
                report.assert_clean();
            }
        }
    }
}
