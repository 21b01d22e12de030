//! The configuration: one TOML file over the defaults, environment variables over both.
//!
//! `steadfast.default.toml` is the documentation and the defaults at once: a key is known if it stands there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use health::Rules;
use mail::SmtpUrl;
use manifest::{AccessLevel, Tool, ToolRegistry, ViewRegistry};
use model::PlatformZone;
use serde::Deserialize;
use service::{Platform, SignUp};
use toml::{Table, Value};
use traffic::{Format, FormatError, FormatOptions};

const DEFAULTS: &str = include_str!("../steadfast.default.toml");

/// The file that is read where none is named, if it is there.
pub(crate) const DEFAULT_FILE: &str = "steadfast.toml";

/// Tables whose keys the operator chooses.
const FREE_TABLES: [&str; 3] = ["manifests.tools", "providers", "sources"];

/// A configuration that holds.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) platform: Platform,
    pub(crate) listen: SocketAddr,
    /// Where people open the portal; none where the address that it listens on says it.
    pub(crate) public_url: Option<String>,
    pub(crate) trusted_proxies: Vec<IpAddr>,
    pub(crate) sign_up: SignUp,
    pub(crate) mail: Mail,
    pub(crate) providers: BTreeMap<String, Provider>,
    pub(crate) retention_days: u16,
    pub(crate) rules: Rules,
    pub(crate) sources: BTreeMap<String, Source>,
    /// As TOML, without secrets.
    effective: Table,
}

/// How mail is sent, as configured.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    /// The server; without one mail goes into the folder.
    pub(crate) smtp: Option<SmtpUrl>,
    /// The folder, where it was named.
    pub(crate) folder: Option<PathBuf>,
    /// Whom mail comes from.
    pub(crate) from: String,
}

/// An identity provider, as configured.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Provider {
    pub(crate) label: String,
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    #[serde(default)]
    pub(crate) scopes: Vec<String>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("issuer", &self.issuer).field("client_id", &self.client_id).finish()
    }
}

/// A log to read, as configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    /// The files.
    #[serde(default)]
    pub(crate) paths: Vec<PathBuf>,
    /// Their format, as `--format` takes it.
    pub(crate) format: Option<String>,
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

fn production() -> String {
    "production".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    platform: PlatformSection,
    manifests: ManifestsSection,
    portal: PortalSection,
    mail: MailSection,
    providers: BTreeMap<String, Provider>,
    retention: RetentionSection,
    rules: Rules,
    sources: BTreeMap<String, Source>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlatformSection {
    name: String,
    time_zone: String,
    company_header: String,
    company_header_exceptions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestsSection {
    prefixes: Vec<String>,
    views: Vec<String>,
    tools: BTreeMap<String, ToolEntry>,
}

/// A tool of the product, as configured.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToolEntry {
    name: String,
    #[serde(default)]
    company: Vec<String>,
    #[serde(default)]
    project: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PortalSection {
    listen: String,
    public_url: String,
    trusted_proxies: Vec<String>,
    sign_up: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MailSection {
    smtp: String,
    folder: String,
    from: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RetentionSection {
    days: u16,
}

/// Everything that is wrong with a configuration, each with where it stands and what to do.
#[derive(Debug)]
pub(crate) struct ConfigErrors(Vec<String>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for ConfigErrors {}

impl From<String> for ConfigErrors {
    fn from(error: String) -> Self {
        Self(vec![error])
    }
}

impl Config {
    /// Reads the file that was named, or [`DEFAULT_FILE`] if there is one, and the environment.
    pub(crate) fn load(named: Option<&Path>) -> Result<Self, ConfigErrors> {
        let path = named.map_or_else(|| PathBuf::from(DEFAULT_FILE), Path::to_owned);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(format!("cannot read `{}`: {error}", path.display()).into()),
        };
        let variables =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self::read(&path.display().to_string(), &text, variables)
    }

    /// The defaults, for the demonstration platform: it is the same whatever the operator's own file says.
    pub(crate) fn demo(name: &str, company_header: &str) -> Result<Self, ConfigErrors> {
        let mut config = Self::read("demo", "", std::iter::empty())?;
        config.platform.name = name.to_owned();
        config.platform.company_header = company_header.to_owned();
        Ok(config)
    }

    fn read(file: &str, text: &str, variables: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigErrors> {
        let defaults: Table = DEFAULTS.parse().map_err(|error| format!("the built-in defaults are broken: {error}"))?;
        let own: Table =
            text.parse().map_err(|error: toml::de::Error| format!("`{file}`: {}", located(text, &error)))?;
        let mut errors = Vec::new();
        unknown_keys(&own, &defaults, "", &mut |key, nearest| {
            let place = line_of(text, key).map_or_else(String::new, |line| format!(" line {line}"));
            errors.push(match nearest {
                Some(nearest) => format!("`{file}`{place}: there is no key `{key}`; did you mean `{nearest}`?"),
                None => {
                    format!("`{file}`{place}: there is no key `{key}`; `steadfast config check` prints those there are")
                }
            });
        });
        let mut effective = defaults.clone();
        overlay(&mut effective, own);
        for (name, value) in variables {
            if let Err(error) = set_variable(&mut effective, &defaults, &name, &value) {
                errors.push(error);
            }
        }
        if !errors.is_empty() {
            return Err(ConfigErrors(errors));
        }
        Self::settle(file, text, effective)
    }

    fn settle(file: &str, text: &str, effective: Table) -> Result<Self, ConfigErrors> {
        let read = File::deserialize(effective.clone()).map_err(|error| {
            // The effective table has no lines; the key's name leads back to the file.
            let message = error.message().to_owned();
            let key = error
                .to_string()
                .lines()
                .last()
                .and_then(|line| line.strip_prefix("in `"))
                .map(|key| key.trim_end_matches('`').to_owned());
            let place = key
                .as_deref()
                .and_then(|key| line_of(text, key))
                .map_or_else(String::new, |line| format!(" line {line}"));
            format!("`{file}`{place}: {}{message}", key.map_or_else(String::new, |key| format!("`{key}`: ")))
        })?;
        let mut errors: Vec<String> = Vec::new();
        let mut wrong = |key: &str, message: String| {
            let place = line_of(text, key).map_or_else(String::new, |line| format!(" line {line}"));
            errors.push(format!("`{file}`{place}: `{key}`: {message}"));
        };
        let zone = PlatformZone::named(&read.platform.time_zone)
            .map_err(|error| wrong("platform.time_zone", error.to_string()))
            .unwrap_or_else(|()| PlatformZone::utc());
        if !is_header_name(&read.platform.company_header) {
            wrong("platform.company_header", "a header's name has letters, digits and `-` only".to_owned());
        }
        if read.platform.name.trim().is_empty() {
            wrong("platform.name", "the platform needs a name".to_owned());
        }
        if !(31..=3660).contains(&read.retention.days) {
            wrong("retention.days", "counts are kept for 31 to 3660 days".to_owned());
        }
        for exception in &read.platform.company_header_exceptions {
            if let Err(problem) = health::check_exception(exception) {
                wrong("platform.company_header_exceptions", problem.to_string());
            }
        }
        for problem in read.rules.validate() {
            wrong(&format!("rules.{}", problem.field), problem.message);
        }
        let manifest_rules = Arc::new(read.manifests.settle(&mut wrong));
        let portal = read.portal.settle(&mut wrong);
        let mail = read.mail.settle(&mut wrong);
        for name in read.providers.keys() {
            if !is_provider_name(name) {
                wrong("providers", format!("`{name}` becomes part of a URL; name it with letters, digits and `-`"));
            }
        }
        for (name, source) in &read.sources {
            if let Err(message) = source.format() {
                wrong(&format!("sources.{name}.format"), message);
            }
        }
        match (portal, mail) {
            (Some(portal), Some(mail)) if errors.is_empty() => Ok(Self {
                platform: Platform {
                    name: read.platform.name,
                    zone,
                    company_header: read.platform.company_header,
                    company_header_exceptions: read.platform.company_header_exceptions,
                    manifest_rules,
                },
                listen: portal.listen,
                public_url: portal.public_url,
                trusted_proxies: portal.trusted_proxies,
                sign_up: portal.sign_up,
                mail,
                providers: read.providers,
                retention_days: read.retention.days,
                rules: read.rules,
                sources: read.sources,
                effective: masked(effective),
            }),
            _ => Err(ConfigErrors(errors)),
        }
    }

    /// What is in effect, as TOML, without secrets.
    pub(crate) fn effective(&self) -> String {
        toml::to_string_pretty(&self.effective).unwrap_or_default()
    }
}

/// What stands where a secret is.
const MASK: &str = "(set, not shown)";

/// The same without what nobody should read over a shoulder or in a log.
fn masked(mut table: Table) -> Table {
    mask(&mut table);
    table
}

/// Hides secrets of identity providers, and the mail server's URL if it carries a password.
fn mask(table: &mut Table) {
    for (key, value) in table {
        match value {
            Value::Table(inner) => mask(inner),
            Value::String(text)
                if (key == "client_secret" && !text.is_empty()) || (key == "smtp" && text.contains('@')) =>
            {
                MASK.clone_into(text);
            }
            _ => {}
        }
    }
}

/// What the section says once everything in it holds.
struct PortalSettled {
    listen: SocketAddr,
    public_url: Option<String>,
    trusted_proxies: Vec<IpAddr>,
    sign_up: SignUp,
}

impl PortalSection {
    fn settle(&self, wrong: &mut impl FnMut(&str, String)) -> Option<PortalSettled> {
        let listen = self.listen.parse::<SocketAddr>().map_err(|_| {
            wrong("portal.listen", format!("`{}` is not an address; write it as `127.0.0.1:7300`", self.listen));
        });
        let sign_up = match self.sign_up.as_str() {
            "open" => Some(SignUp::Open),
            "invited" => Some(SignUp::Invited),
            other => {
                wrong("portal.sign_up", format!("`{other}` is neither `open` nor `invited`"));
                None
            }
        };
        let mut trusted_proxies = Vec::new();
        for text in &self.trusted_proxies {
            match text.parse::<IpAddr>() {
                Ok(address) => trusted_proxies.push(address.to_canonical()),
                Err(_) => wrong("portal.trusted_proxies", format!("`{text}` is no IP address such as `10.0.0.7`")),
            }
        }
        let public_url = Some(self.public_url.trim_end_matches('/')).filter(|url| !url.is_empty());
        if let (Ok(address), None) = (listen, public_url)
            && !address.ip().to_canonical().is_loopback()
        {
            let message =
                format!("`{address}` is beyond this machine, so `portal.public_url` has to say what people open");
            wrong("portal.listen", message);
        }
        if let Some(Err(problem)) = public_url.map(|url| portal::Site::new(url, Vec::new())) {
            wrong("portal.public_url", problem.to_string());
        }
        Some(PortalSettled {
            listen: listen.ok()?,
            public_url: public_url.map(str::to_owned),
            trusted_proxies,
            sign_up: sign_up?,
        })
    }
}

impl ManifestsSection {
    fn settle(self, wrong: &mut impl FnMut(&str, String)) -> manifest::Rules {
        let mut tools = Vec::new();
        for (key, entry) in self.tools {
            let mut levels = |scope: &str, words: &[String]| -> BTreeSet<AccessLevel> {
                let known = |word: &String| {
                    let level = AccessLevel::from_word(word);
                    if level.is_none() {
                        let message =
                            format!("`{word}` is no level of access; write `readonly`, `standard` or `admin`");
                        wrong(&format!("manifests.tools.{key}.{scope}"), message);
                    }
                    level
                };
                words.iter().filter_map(known).collect()
            };
            let (company, project) = (levels("company", &entry.company), levels("project", &entry.project));
            tools.push(Tool { name: entry.name, company, project, key });
        }
        let views = ViewRegistry::new(self.views).map_err(|problem| wrong("manifests.views", problem.to_string()));
        let tools = ToolRegistry::new(tools).map_err(|problem| wrong("manifests.tools", problem.to_string()));
        manifest::Rules { views: views.unwrap_or_default(), tools: tools.unwrap_or_default(), prefixes: self.prefixes }
    }
}

impl MailSection {
    fn settle(&self, wrong: &mut impl FnMut(&str, String)) -> Option<Mail> {
        let smtp = Some(self.smtp.as_str()).filter(|url| !url.is_empty()).map(str::parse::<SmtpUrl>);
        let smtp = smtp.transpose().map_err(|problem| wrong("mail.smtp", problem.to_string())).ok()?;
        if !mail::is_address(&self.from) {
            wrong("mail.from", format!("`{}` is no address such as `steadfast@example.com`", self.from));
        }
        let folder = Some(&self.folder).filter(|folder| !folder.is_empty()).map(PathBuf::from);
        Some(Mail { smtp, folder, from: self.from.clone() })
    }
}

fn is_provider_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 40 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn is_header_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 100 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// A syntax error with its line and column.
fn located(text: &str, error: &toml::de::Error) -> String {
    let Some(span) = error.span() else { return error.message().to_owned() };
    let before = text.get(..span.start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line} column {column}: {}", error.message())
}

/// The line of a dotted key, found by its last part (within its table, where that stands by itself).
fn line_of(text: &str, key: &str) -> Option<usize> {
    let (table, last) = key.rsplit_once('.').unwrap_or(("", key));
    let mut inside = table.is_empty();
    let named =
        |line: &str, name: &str| line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with(['=', '.']));
    text.lines()
        .position(|line| {
            let line = line.trim();
            if let Some(header) = line.strip_prefix('[') {
                let header = header.trim_matches(['[', ']', ' ']);
                inside = header == table;
                return header == key;
            }
            (inside && named(line, last)) || named(line, key)
        })
        .map(|index| index + 1)
}

/// Tells each key that the defaults don't have, with the nearest that they have in the same table.
fn unknown_keys(own: &Table, known: &Table, prefix: &str, tell: &mut dyn FnMut(&str, Option<String>)) {
    for (key, value) in own {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match (value, known.get(key)) {
            (_, None) => {
                let nearest = known
                    .keys()
                    .map(|candidate| (strsim::damerau_levenshtein(key, candidate), candidate))
                    .min()
                    .filter(|(distance, candidate)| *distance <= candidate.len().max(key.len()) / 2)
                    .map(
                        |(_, candidate)| {
                            if prefix.is_empty() { candidate.clone() } else { format!("{prefix}.{candidate}") }
                        },
                    );
                tell(&path, nearest);
            }
            (Value::Table(own), Some(Value::Table(known))) if !FREE_TABLES.contains(&path.as_str()) => {
                unknown_keys(own, known, &path, tell);
            }
            _ => {}
        }
    }
}

fn overlay(base: &mut Table, over: Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(base)), Value::Table(over)) => overlay(base, over),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

/// Variables of the same prefix that are not keys of the configuration.
const OTHER_VARIABLES: [&str; 2] = ["STEADFAST_DATA", "STEADFAST_CONFIG"];

fn set_variable(effective: &mut Table, defaults: &Table, name: &str, value: &str) -> Result<(), String> {
    let Some(path) = name.strip_prefix("STEADFAST_") else { return Ok(()) };
    if OTHER_VARIABLES.contains(&name) {
        return Ok(());
    }
    let mut keys = Vec::new();
    leaf_keys(defaults, &mut Vec::new(), &mut keys);
    let variable = |key: &[String]| key.join("_").to_uppercase();
    let Some(key) = keys.iter().find(|key| variable(key) == path) else {
        let known = keys.iter().map(|key| format!("STEADFAST_{}", variable(key)));
        let known = known.chain(OTHER_VARIABLES.map(str::to_owned));
        let nearest = known.min_by_key(|known| strsim::damerau_levenshtein(known, name));
        let nearest = nearest.map_or_else(String::new, |known| format!("; did you mean `{known}`?"));
        return Err(format!("environment variable `{name}`: there is no such key{nearest}"));
    };
    let Some((last, tables)) = key.split_last() else { return Ok(()) };
    let mut table = effective;
    for name in tables {
        match table.get_mut(name) {
            Some(Value::Table(inner)) => table = inner,
            _ => return Ok(()),
        }
    }
    let parsed = match table.get(last) {
        Some(Value::String(_)) | None => Value::String(value.to_owned()),
        Some(_) => format!("value = {value}")
            .parse::<Table>()
            .ok()
            .and_then(|mut table| table.remove("value"))
            .ok_or_else(|| format!("environment variable `{name}`: `{value}` can't be read; write it as in TOML: `50`, or `[\"GET /v1/me\"]`"))?,
    };
    table.insert(last.clone(), parsed);
    Ok(())
}

fn leaf_keys(table: &Table, path: &mut Vec<String>, keys: &mut Vec<Vec<String>>) {
    for (key, value) in table {
        path.push(key.clone());
        match value {
            Value::Table(inner) => leaf_keys(inner, path, keys),
            _ => keys.push(path.clone()),
        }
        path.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        Config::read("my.toml", text, std::iter::empty()).map_err(|errors| errors.to_string())
    }

    fn with_variable(name: &str, value: &str) -> Result<Config, String> {
        let variables = [(name.to_owned(), value.to_owned())];
        Config::read("my.toml", "", variables.into_iter()).map_err(|errors| errors.to_string())
    }

    #[test]
    fn the_defaults_are_those_of_the_rules() {
        let config = read("").unwrap();
        assert_eq!(config.rules, Rules::default());
        assert_eq!(config.retention_days, 400);
        assert_eq!(config.platform.company_header, "Procore-Company-Id");
    }

    #[test]
    fn an_unknown_key_names_its_line_and_the_nearest_known_key() {
        let error = read("[platform]\nname = \"x\"\ntimezone = \"UTC\"\n").unwrap_err();
        assert_eq!(error, "`my.toml` line 3: there is no key `platform.timezone`; did you mean `platform.time_zone`?");
        assert!(read("[platfrom]\n").unwrap_err().contains("did you mean `platform`?"));
    }

    #[test]
    fn errors_name_their_place() {
        assert!(read("[platform\n").unwrap_err().starts_with("`my.toml`: line 1 column 10"));
        let error = read("[platform]\ntime_zone = \"Mars\"\n[portal]\nlisten = \"here\"\n").unwrap_err();
        assert!(error.contains("line 2: `platform.time_zone`"), "{error}");
        assert!(error.contains("line 4: `portal.listen`"), "{error}");
        let error = read("[retention]\ndays = \"many\"\n").unwrap_err();
        assert!(error.contains("line 2") && error.contains("retention.days"), "{error}");
    }

    #[test]
    fn a_threshold_alone_can_be_changed() {
        let config = read("[rules.forbidden]\nwarning = { calls = 20, percent = 2.5 }\n").unwrap();
        assert_ne!(config.rules, Rules::default());
        assert!(config.effective().contains("percent = 2.5"));
    }

    #[test]
    fn secrets_are_not_shown() {
        let config = read(
            "[mail]\nsmtp = \"smtp://u:hunter2@mail.example.com\"\n[providers.acme]\nlabel = \"Acme\"\n\
             issuer = \"https://id.example.com\"\nclient_id = \"c\"\nclient_secret = \"hunter3\"\n",
        )
        .unwrap();
        let shown = config.effective();
        assert!(!shown.contains("hunter") && shown.contains(MASK), "{shown}");
        assert!(!format!("{config:?}").contains("hunter3"));
    }

    #[test]
    fn what_the_portal_needs_is_checked() {
        let error = read(
            "[portal]\npublic_url = \"developers\"\nsign_up = \"all\"\ntrusted_proxies = [\"proxy\"]\n[mail]\nfrom = \"me\"\n",
        )
        .unwrap_err();
        for part in [
            "line 2: `portal.public_url`",
            "line 3: `portal.sign_up`",
            "line 4: `portal.trusted",
            "line 6: `mail.from`",
        ] {
            assert!(error.contains(part), "{part} in {error}");
        }
    }

    #[test]
    fn variables_win_over_the_file() {
        assert_eq!(
            with_variable("STEADFAST_PLATFORM_TIME_ZONE", "Asia/Tokyo").unwrap().platform.zone.name(),
            "Asia/Tokyo"
        );
        assert_eq!(with_variable("STEADFAST_RETENTION_DAYS", "90").unwrap().retention_days, 90);
        assert!(with_variable("STEADFAST_RETENTION_DAY", "90").unwrap_err().contains("STEADFAST_RETENTION_DAYS"));
        assert!(with_variable("STEADFAST_DATA", "/tmp/x").is_ok());
    }
}
