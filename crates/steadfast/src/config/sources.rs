//! The sections `[sources.NAME]`: what sends traffic.

use std::collections::BTreeMap;
use std::path::PathBuf;

use model::{Environment, SourceName, SourceNameError};
use serde::Deserialize;
use service::{Expect, FOLLOWED_OPEN, FollowedSource, SYSLOG_CONNECTIONS, SyslogAddress};
use traffic::{Format, FormatError, FormatOptions};

use super::expected::Allowance;
use super::{Config, OneOrMore};

/// A log to read, as configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    /// The files: paths and patterns.
    #[serde(default)]
    pub(crate) paths: Vec<PathBuf>,
    /// Whether `serve` follows them.
    #[serde(default = "yes")]
    pub(crate) follow: bool,
    /// Where `serve` listens for its syslog messages: `udp://…`, `tcp://…`.
    #[serde(default)]
    pub(crate) listen: OneOrMore,
    /// From which networks they are taken; from all if there is none.
    #[serde(default)]
    pub(crate) allow: Vec<String>,
    /// Their format, as `--format` takes it.
    pub(crate) format: Option<String>,
    /// What its silence means: `usual`, `always`, `never`.
    #[serde(default)]
    pub(crate) expect: Expect,
    /// For how long after an hour its calls may still come.
    #[serde(default)]
    pub(crate) allowance: Allowance,
    /// The environment of calls that don't name one.
    #[serde(default = "production")]
    pub(crate) environment: String,
    /// Where fields of a call are found, as `--field` takes it.
    #[serde(default)]
    pub(crate) fields: BTreeMap<String, String>,
}

/// The fields that any format can be told the place of.
const PLACES: [&str; 3] = ["app", "environment", "principal"];

impl Source {
    /// Files that are named on the command line.
    pub(crate) fn of_files(paths: Vec<PathBuf>, format: Option<String>, fields: BTreeMap<String, String>) -> Self {
        Self {
            paths,
            follow: true,
            listen: OneOrMore::default(),
            allow: Vec::new(),
            format,
            expect: Expect::default(),
            allowance: Allowance::default(),
            environment: production(),
            fields,
        }
    }

    /// How its files are followed; `environment` goes before its own.
    pub(crate) fn followed(&self, name: SourceName, environment: Option<&str>) -> Result<FollowedSource, String> {
        let (format, places) = self.format().map_err(|(_, message)| message)?;
        let environment = Environment::named(environment.unwrap_or(&self.environment));
        Ok(FollowedSource { name, paths: self.paths.clone(), format, places, environment })
    }

    /// The format, with the places of fields: a field map for `json`, single places for any other. The error has the key
    /// that is wrong with it.
    pub(crate) fn format(&self) -> Result<(Option<Format>, FormatOptions), (&'static str, String)> {
        let other = self.fields.keys().find(|field| !PLACES.contains(&field.as_str()));
        if let Some(field) = other {
            if self.format.as_deref().is_some_and(|format| format != "json") {
                let places = PLACES.join(", ");
                let message = format!(
                    "the place of `{field}` can only be given for the format `json`; for others it can for {places}"
                );
                return Err(("fields", message));
            }
            let map =
                self.fields.iter().fold("json".to_owned(), |map, (field, place)| format!("{map} {field}={place}"));
            let format = map.parse().map_err(|error: FormatError| ("fields", error.to_string()))?;
            return Ok((Some(format), FormatOptions::default()));
        }
        let format = self.format.as_deref().map(str::parse).transpose();
        let format = format.map_err(|error: FormatError| ("format", error.to_string()))?;
        let place = |field: &str| self.fields.get(field).cloned();
        let places = FormatOptions {
            app: place("app"),
            environment: place("environment"),
            principal: place("principal"),
            ..FormatOptions::default()
        };
        Ok((format, places))
    }
}

fn yes() -> bool {
    true
}

fn production() -> String {
    "production".to_owned()
}

impl Config {
    /// The sources whose files are followed.
    pub(crate) fn followed(&self) -> Result<Vec<FollowedSource>, String> {
        let followed = self.sources.iter().filter(|(_, source)| source.follow && !source.paths.is_empty());
        let read = |(name, source): (&String, &Source)| {
            source.followed(name.parse().map_err(|error: SourceNameError| error.to_string())?, None)
        };
        followed.map(read).collect()
    }

    /// How many files and connections `serve` may have open for sources.
    pub(crate) fn open_for_sources(&self) -> u64 {
        let follows = self.sources.values().any(|source| source.follow && !source.paths.is_empty());
        let listen = self.syslog_sources().into_iter().flat_map(|source| source.listen);
        let listeners = listen.filter(|address| matches!(address, SyslogAddress::Tcp(_))).count();
        (usize::from(follows) * FOLLOWED_OPEN + listeners * SYSLOG_CONNECTIONS) as u64
    }
}

/// Whether a source holds has nothing to do with how the company header is called.
const ANY_HEADER: &str = "Company";

/// Tells what is wrong with the sources.
pub(super) fn check(sources: &BTreeMap<String, Source>, wrong: &mut impl FnMut(&str, String)) {
    let mut listening: Vec<(SyslogAddress, &str)> = Vec::new();
    for (name, source) in sources {
        match name.parse::<SourceName>() {
            Ok(name) if name.is_reserved() => wrong(
                &format!("sources.{name}"),
                format!(
                    "`{name}` is what Steadfast calls what comes without the name of a source; choose another name"
                ),
            ),
            Ok(_) => {}
            Err(problem) => wrong(&format!("sources.{name}"), problem.to_string()),
        }
        if source.environment.trim().is_empty() {
            let message = "an environment has a name, such as `sandbox`; without the key it is `production`";
            wrong(&format!("sources.{name}.environment"), message.to_owned());
        }
        if let Err(message) = service::matching_files(&source.paths) {
            wrong(&format!("sources.{name}.paths"), message);
        }
        let read = source.reading(ANY_HEADER).and_then(|_| source.syslog(name, ANY_HEADER));
        let listen = match read {
            Ok(syslog) => syslog.map(|syslog| syslog.listen).unwrap_or_default(),
            Err((key, message)) => {
                wrong(&format!("sources.{name}.{key}"), message);
                continue;
            }
        };
        // Of port 0 the system makes another each time.
        for address in listen.into_iter().filter(|address| address.socket().port() != 0) {
            if let Some((_, other)) = listening.iter().find(|(taken, _)| *taken == address) {
                let message =
                    format!("`sources.{other}` listens on `{address}` already; give each an address of its own");
                wrong(&format!("sources.{name}.listen"), message);
            }
            listening.push((address, name));
        }
    }
}
