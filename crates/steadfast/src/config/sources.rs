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
        let (format, places) = self.format()?;
        let environment = Environment::named(environment.unwrap_or(&self.environment));
        Ok(FollowedSource { name, paths: self.paths.clone(), format, places, environment })
    }

    /// The format, with the places of fields: a field map for `json`, single places for any other.
    pub(crate) fn format(&self) -> Result<(Option<Format>, FormatOptions), String> {
        let other = self.fields.keys().find(|field| !PLACES.contains(&field.as_str()));
        if let Some(field) = other {
            if self.format.as_deref().is_some_and(|format| format != "json") {
                return Err(format!(
                    "the place of `{field}` can only be given for the format `json`; for others it can for {}",
                    PLACES.join(", ")
                ));
            }
            let map =
                self.fields.iter().fold("json".to_owned(), |map, (field, place)| format!("{map} {field}={place}"));
            let format = map.parse().map_err(|error: FormatError| error.to_string())?;
            return Ok((Some(format), FormatOptions::default()));
        }
        let format = self.format.as_deref().map(str::parse).transpose();
        let format = format.map_err(|error: FormatError| error.to_string())?;
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
    for (name, source) in sources {
        if let Err(problem) = name.parse::<SourceName>() {
            wrong(&format!("sources.{name}"), problem.to_string());
        }
        if let Err(message) = service::matching_files(&source.paths) {
            wrong(&format!("sources.{name}.paths"), message);
        }
        if let Err(message) = source.format() {
            wrong(&format!("sources.{name}.format"), message);
        } else if let Err(message) = source.reading(ANY_HEADER) {
            wrong(&format!("sources.{name}.format"), message);
        } else if let Err((key, message)) = source.syslog(name, ANY_HEADER) {
            wrong(&format!("sources.{name}.{key}"), message);
        }
    }
}
