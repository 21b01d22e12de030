//! OpenTelemetry's own SDK (Python's), which exports log records over HTTP.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::output::Output;
use crate::{installed, patience};

/// What must be installed.
const PIN: &str = include_str!("../assets/opentelemetry/requirements.txt");

const SCRIPT: &str = include_str!("otlp.py");

const PATIENCE: Duration = Duration::from_secs(120);

/// An exporter to be run: `Sdk::to(url).token(token).send(&records)`.
#[derive(Clone, Debug)]
pub struct Sdk {
    endpoint: String,
    token: String,
    most: usize,
    resource: Value,
}

impl Sdk {
    /// To an endpoint, such as `http://127.0.0.1:7300/v1/logs`.
    #[must_use]
    pub fn to(endpoint: &str) -> Self {
        Self { endpoint: endpoint.to_owned(), token: String::new(), most: 512, resource: json!({}) }
    }

    /// With an API token.
    #[must_use]
    pub fn token(mut self, token: &str) -> Self {
        token.clone_into(&mut self.token);
        self
    }

    /// With so many records in an export at most.
    #[must_use]
    pub fn most(mut self, most: usize) -> Self {
        self.most = most;
        self
    }

    /// With attributes of the resource.
    #[must_use]
    pub fn resource(mut self, attributes: Value) -> Self {
        self.resource = attributes;
        self
    }

    /// Sends log records, each `{"time": nanoseconds, "body": …, "attributes": {…}}`, as protobuf packed with gzip, and
    /// returns what it says of it. None where the SDK is not installed.
    ///
    /// # Panics
    /// When it is missing and everything has to be tested; when it doesn't come to its end.
    #[must_use]
    pub fn send(&self, records: &[Value]) -> Option<String> {
        let python = installed::checker("opentelemetry", PIN, "venv/bin/python")?;
        let Self { endpoint, token, most, resource } = self;
        let mut command = Command::new(python);
        command.args(["-I", "-u", "-c", SCRIPT, endpoint, token, &most.to_string(), &resource.to_string()]);
        // No setting of whoever runs the tests.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("OTEL_")) {
            command.env_remove(name);
        }
        command.env("NO_PROXY", "*").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the installed Python can be run");
        let output = Output::of([Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())]);
        let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
        let mut stdin = child.stdin.take().unwrap();
        // If it ends without reading all, what it says tells why.
        let _ = stdin.write_all(lines.as_bytes());
        drop(stdin);
        let sent = output.find(PATIENCE, |line| line.strip_prefix("sent ")?.trim().parse().ok());
        let ended = patience::exit(&mut child, PATIENCE);
        patience::kill(&mut child);
        assert_eq!((sent, ended.is_some()), (Some(records.len()), true), "{}", output.text());
        Some(output.text())
    }
}
