//! The configuration: one TOML file over the defaults, environment variables over both.
//!
//! `steadfast.default.toml` is the documentation and the defaults at once: a key is known if it stands there. Each section
//! has a file of its own here, which says what it is made of and what makes it hold.

mod expected;
mod http;
mod limits;
mod mail;
mod manifests;
mod merge;
mod place;
mod platform;
mod portal;
mod privacy;
mod providers;
mod retention;
mod secrets;
mod sources;
mod syslog;
#[cfg(test)]
mod tests;
mod unread;

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use ::portal::Limits;
use health::Rules;
use serde::Deserialize;
use service::{Platform, SignUp};
use toml::Table;
use traffic::Privacy;

use self::limits::LimitsSection;
pub(crate) use self::mail::Mail;
use self::mail::MailSection;
use self::manifests::ManifestsSection;
use self::merge::{overlay, set_variable, unknown_keys};
use self::place::{line_of, located};
use self::platform::PlatformSection;
use self::portal::PortalSection;
use self::privacy::PrivacySection;
pub(crate) use self::providers::Provider;
use self::retention::RetentionSection;
use self::secrets::masked;
pub(crate) use self::sources::Source;
pub(crate) use self::syslog::OneOrMore;
use self::unread::unread;

const DEFAULTS: &str = include_str!("../../steadfast.default.toml");

/// The file that is read where none is named, if it is there.
pub(crate) const DEFAULT_FILE: &str = "steadfast.toml";

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
    /// What may be kept of what senders send.
    pub(crate) privacy: Privacy,
    /// How much and how long those who send may take.
    pub(crate) limits: Limits,
    pub(crate) rules: Rules,
    pub(crate) sources: BTreeMap<String, Source>,
    /// As TOML, without secrets.
    effective: Table,
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
    privacy: PrivacySection,
    limits: LimitsSection,
    rules: Rules,
    sources: BTreeMap<String, Source>,
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
            let place = line_of(text, key);
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
        let read = File::deserialize(effective.clone()).map_err(|error| unread(file, text, &error))?;
        let mut errors: Vec<String> = Vec::new();
        let mut wrong = |key: &str, message: String| {
            errors.push(format!("`{file}`{}: `{key}`: {message}", line_of(text, key)));
        };
        let manifest_rules = read.manifests.settle(&mut wrong);
        let platform = read.platform.settle(manifest_rules, &mut wrong);
        read.retention.check(&mut wrong);
        let privacy = read.privacy.settle(&mut wrong);
        let limits = read.limits.settle(&mut wrong);
        for problem in read.rules.validate() {
            wrong(&format!("rules.{}", problem.field), problem.message);
        }
        let portal = read.portal.settle(&mut wrong);
        let mail = read.mail.settle(&mut wrong);
        providers::check(&read.providers, &mut wrong);
        sources::check(&read.sources, &mut wrong);
        match (portal, mail, privacy) {
            (Some(portal), Some(mail), Some(privacy)) if errors.is_empty() => Ok(Self {
                platform,
                listen: portal.listen,
                public_url: portal.public_url,
                trusted_proxies: portal.trusted_proxies,
                sign_up: portal.sign_up,
                mail,
                providers: read.providers,
                retention_days: read.retention.days,
                privacy,
                limits,
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
