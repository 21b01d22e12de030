//! How what sources send over HTTP is read: in the format that the configuration gives them.

use std::collections::HashMap;

use model::{Environment, SourceName};
use service::SourceReading;
use traffic::FormatOptions;

use super::{Config, Source};

impl Source {
    /// How its bodies are read. The error says what is wrong with the format.
    pub(super) fn reading(&self, company_header: &str) -> Result<SourceReading, (&'static str, String)> {
        let (format, places) = self.format()?;
        let options = FormatOptions { company_header: company_header.to_owned(), ..places };
        let environment = Environment::named(&self.environment);
        SourceReading::new(format.as_ref(), &options, environment).map_err(|error| ("format", error.to_string()))
    }
}

impl Config {
    /// How what each source sends over HTTP is read.
    pub(crate) fn readings(&self) -> HashMap<SourceName, SourceReading> {
        // What is wrong with one was told when the configuration was read.
        let reading = |(name, source): (&String, &Source)| {
            Some((name.parse().ok()?, source.reading(&self.platform.company_header).ok()?))
        };
        self.sources.iter().filter_map(reading).collect()
    }
}
