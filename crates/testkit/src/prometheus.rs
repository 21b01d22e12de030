//! Prometheus' own parser (of its client for Python): what a scraper makes of an answer.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::installed;

/// What must be installed.
const PIN: &str = include_str!("../assets/prometheus/requirements.txt");

const SCRIPT: &str = include_str!("prometheus.py");

/// The samples of an answer.
#[derive(Clone, Debug)]
pub struct Samples(Vec<Value>);

impl Samples {
    /// Reads an answer. None where the parser is not installed.
    ///
    /// # Panics
    /// When it is missing and everything has to be tested; when the parser refuses the text.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let python = installed::checker("prometheus", PIN, "venv/bin/python")?;
        let mut command = Command::new(python);
        command.args(["-I", "-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the installed Python can be run");
        child.stdin.take().unwrap().write_all(text.as_bytes()).expect("the parser reads");
        let output = child.wait_with_output().expect("the parser ends");
        let out = String::from_utf8_lossy(&output.stdout);
        assert!(out.ends_with("read\n"), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
        Some(Self(out.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()))
    }

    /// The value of a sample with exactly these labels.
    #[must_use]
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let labels: Value = labels.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect();
        self.0.iter().find(|sample| sample[2] == name && sample[3] == labels)?[4].as_f64()
    }

    /// The type of a family, as the parser understood it.
    #[must_use]
    pub fn kind(&self, family: &str) -> Option<&str> {
        self.0.iter().find(|sample| sample[0] == family)?[1].as_str()
    }
}
