//! `listen` and `allow` of a source: where its syslog messages come in.

use serde::Deserialize;
use service::{Network, SourceReading, SyslogAddress, SyslogSource};
use traffic::FormatOptions;

use super::{Config, Source};

/// One text, or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl Default for OneOrMore {
    fn default() -> Self {
        Self::More(Vec::new())
    }
}

impl OneOrMore {
    pub(super) fn as_slice(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::More(texts) => texts,
        }
    }
}

impl Source {
    /// What to listen for, if anything. The error has the key that is wrong with it.
    pub(crate) fn syslog(
        &self,
        name: &str,
        company_header: &str,
    ) -> Result<Option<SyslogSource>, (&'static str, String)> {
        let listen = self.listen.as_slice().iter().map(|text| text.parse::<SyslogAddress>());
        let listen = listen.collect::<Result<Vec<_>, _>>().map_err(|error| ("listen", error.to_string()))?;
        let allow = self.allow.iter().map(|text| text.parse::<Network>());
        let allow = allow.collect::<Result<Vec<_>, _>>().map_err(|error| ("allow", error.to_string()))?;
        if listen.is_empty() {
            return match allow.as_slice() {
                [] => Ok(None),
                _ => Err(("allow", "it says who may send syslog, but there is no `listen`".to_owned())),
            };
        }
        let (format, places) = self.format()?;
        let Some(format) = format else {
            let message = "it needs `format`, such as `nginx-json`: what the messages are can't be guessed";
            return Err(("listen", message.to_owned()));
        };
        let options = FormatOptions { company_header: company_header.to_owned(), ..places };
        let environment = model::Environment::named(&self.environment);
        let reading = SourceReading::new(Some(&format), &options, environment);
        let reading = reading.map_err(|error| ("format", error.to_string()))?.of_syslog();
        let name = name.parse().map_err(|error: model::SourceNameError| ("listen", error.to_string()))?;
        Ok(Some(SyslogSource { name, listen, allow, reading }))
    }
}

impl Config {
    /// What `serve` listens for.
    pub(crate) fn syslog_sources(&self) -> Vec<SyslogSource> {
        // What is wrong with one was told when the configuration was read.
        let source = |(name, source): (&String, &Source)| source.syslog(name, &self.platform.company_header).ok()?;
        self.sources.iter().filter_map(source).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<SyslogSource>, (&'static str, String)> {
        toml::from_str::<Source>(text).unwrap().syslog("gateway", "X-Company")
    }

    #[test]
    fn a_source_listens_on_one_address_or_more() {
        let one = read("format = 'nginx-json'\nlisten = 'udp://127.0.0.1:5514'").unwrap().unwrap();
        assert_eq!(one.listen, ["udp://127.0.0.1:5514".parse().unwrap()]);
        let text = "format = 'kong'\nlisten = ['udp://[::]:1', 'tcp://0.0.0.0:2']\nallow = ['10.0.0.0/8', '::1']";
        let more = read(text).unwrap().unwrap();
        assert_eq!((more.listen.len(), more.allow.len(), more.name.as_str()), (2, 2, "gateway"));
        assert!(read("paths = ['a.log']").unwrap().is_none());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_key() {
        let wrong = |text: &str| read(text).unwrap_err();
        assert_eq!(wrong("format = 'kong'\nlisten = 'localhost:5514'").0, "listen");
        assert_eq!(wrong("format = 'kong'\nlisten = 'udp://127.0.0.1:1'\nallow = ['x']").0, "allow");
        assert_eq!(wrong("allow = ['10.0.0.0/8']").0, "allow");
        let (key, message) = wrong("listen = 'udp://127.0.0.1:1'");
        assert!(key == "listen" && message.contains("can't be guessed"), "{message}");
    }
}
