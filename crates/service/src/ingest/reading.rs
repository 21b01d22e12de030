//! How what a source sends over HTTP is read.

use std::sync::Arc;

use model::{Environment, SourceToken, SourceWay};
use traffic::{Allowed, Decoder, Format, FormatError, FormatOptions};

/// How what a source sends over HTTP is read. Clones share the reader.
#[derive(Clone, Debug)]
pub struct SourceReading {
    pub(super) decoder: Arc<Decoder>,
    /// Where fields stand, for what comes over OTLP.
    pub(super) options: FormatOptions,
    environment: Environment,
    is_named: bool,
    is_json: bool,
    pub(super) way: SourceWay,
}

impl Default for SourceReading {
    /// Call records, of production where they don't say so.
    fn default() -> Self {
        Self {
            decoder: Arc::new(Decoder::steadfast()),
            options: FormatOptions::default(),
            environment: Environment::Production,
            is_named: false,
            is_json: true,
            way: SourceWay::Http,
        }
    }
}

impl SourceReading {
    /// In a format (call records if there is none); `environment` is that of calls that don't name theirs.
    ///
    /// # Errors
    /// When the format lacks something.
    pub fn new(
        format: Option<&Format>,
        options: &FormatOptions,
        environment: Environment,
    ) -> Result<Self, FormatError> {
        let chosen = format.unwrap_or(&Format::Steadfast);
        Ok(Self {
            decoder: Arc::new(chosen.decoder(options)?),
            options: options.clone(),
            environment,
            is_named: format.is_some(),
            is_json: matches!(chosen, Format::Steadfast | Format::Json(_) | Format::Ready(_)),
            way: SourceWay::Http,
        })
    }

    /// The same for what comes as syslog messages.
    #[must_use]
    pub fn of_syslog(self) -> Self {
        Self { way: SourceWay::Syslog, ..self }
    }

    /// The environment of calls that don't name theirs.
    #[must_use]
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// Whether lines are JSON, so that they may come in an array too.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.is_json
    }

    /// Whether the format was chosen for the source: then lines of any content type are read in it.
    #[must_use]
    pub fn is_named(&self) -> bool {
        self.is_named
    }
}

/// What the holder of a source's token may send. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Permission(pub(super) Option<Arc<Allowed>>);

impl Permission {
    /// What a token allows.
    #[must_use]
    pub fn of(token: &SourceToken) -> Self {
        let allowed = Allowed::new(&token.apps, &token.environments);
        Self((!allowed.is_everything()).then(|| Arc::new(allowed)))
    }

    /// The limits, where there are any.
    #[must_use]
    pub fn limits(&self) -> Option<&Allowed> {
        self.0.as_deref()
    }
}
