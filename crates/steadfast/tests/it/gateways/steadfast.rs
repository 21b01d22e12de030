//! The program under test, listening to a gateway.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use testkit::patience;
use testkit::program::{Program, Server};

use super::traffic::{Made, expected};
use crate::cast::program;
use crate::nginx::{DOCUMENT, check};

const PATIENCE: Duration = Duration::from_secs(60);

/// A program that serves, with a source of a page in its configuration.
pub(super) struct Steadfast {
    pub(super) program: Program,
    pub(super) server: Server,
}

impl Steadfast {
    /// Serves with this configuration.
    pub(super) fn with(configuration: &str) -> Self {
        let program = program();
        program.write("steadfast.toml", configuration);
        program.write("api.json", DOCUMENT);
        let _imported = program.run(&["catalog", "import", "api.json"]).succeeded();
        let server = program.serve(&["serve", "--listen", "127.0.0.1:0"]);
        Self { program, server }
    }

    /// Where syslog comes in: `udp` or `tcp`.
    pub(super) fn syslog(&mut self, way: &str) -> SocketAddr {
        let told = self.server.running().output();
        let address = told.lines().find_map(|line| line.split_once(&format!(" comes in at {way}://")));
        address.unwrap_or_else(|| panic!("no {way} in:\n{told}")).1.trim().parse().unwrap()
    }

    /// A token of a source.
    pub(super) fn token(&self, source: &str) -> String {
        self.program.run(&["sources", "token", "add", source]).succeeded().stdout().trim().to_owned()
    }

    /// How many calls and rejected lines were received of the source.
    pub(super) fn received(&self, source: &str) -> (u64, u64) {
        let sources = self.program.run(&["sources", "--format", "json"]).json();
        let found = sources["sources"].as_array().unwrap().iter().find(|known| known["name"] == source);
        found.map_or((0, 0), |found| {
            let lines = |reason: &Value| reason["lines"].as_u64();
            let rejected = found["rejected"].as_array().unwrap().iter().filter_map(lines).sum();
            (found["calls"].as_u64().unwrap(), rejected)
        })
    }

    /// Waits until all of these calls, and so many lines that can't be used, were received; then ends and looks whether
    /// everything that is shown of them is exact.
    pub(super) fn has_exactly(mut self, source: &str, made: &[Made], rejected: u64) {
        let wanted = (made.len() as u64, rejected);
        let came = patience::retry(PATIENCE, || (self.received(source) == wanted).then_some(()));
        assert!(came.is_some(), "{:?} and not {wanted:?}:\n{}", self.received(source), self.rejects());
        self.server.running().terminate();
        assert_eq!(self.server.running().exit(PATIENCE), Some(true), "{}", self.server.running().output());
        assert_eq!(self.received(source), wanted, "{}", self.rejects());
        check(&self.program, &expected(made));
    }

    fn rejects(&self) -> String {
        std::fs::read_to_string(self.program.data().join("rejects.ndjson")).unwrap_or_default()
    }
}
