//! The words of Integration Health. What they mean in numbers is the `health` crate's business.

use serde::{Deserialize, Serialize};

use crate::Day;

/// One of the seven things that are watched, in the order in which they are always shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Observation {
    /// Status 403.
    Forbidden,
    /// Status 404.
    NotFound,
    /// Status 429.
    RateLimited,
    /// Status 401.
    Unauthorized,
    /// Company-scoped calls without the company header.
    MissingCompanyHeader,
    /// Calls of deprecated operations.
    DeprecatedEndpoint,
    /// Calls of undocumented or internal operations.
    PrivateEndpoint,
}

impl Observation {
    /// All seven, in order.
    pub const ALL: [Self; 7] = [
        Self::Forbidden,
        Self::NotFound,
        Self::RateLimited,
        Self::Unauthorized,
        Self::MissingCompanyHeader,
        Self::DeprecatedEndpoint,
        Self::PrivateEndpoint,
    ];

    /// Its key in JSON, tables and URLs.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::RateLimited => "rate_limited",
            Self::Unauthorized => "unauthorized",
            Self::MissingCompanyHeader => "missing_company_header",
            Self::DeprecatedEndpoint => "deprecated_endpoint",
            Self::PrivateEndpoint => "private_endpoint",
        }
    }

    /// The observation with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|observation| observation.key() == key)
    }

    /// Its position in [`Observation::ALL`], 0 to 6.
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }

    /// Its title; the platform names its company header.
    #[must_use]
    pub fn title(self, company_header: &str) -> String {
        match self {
            Self::Forbidden => "403 Forbidden Responses".to_owned(),
            Self::NotFound => "404 Not Found Responses".to_owned(),
            Self::RateLimited => "429 Rate Limit Responses".to_owned(),
            Self::Unauthorized => "401 Unauthorized Responses".to_owned(),
            Self::MissingCompanyHeader => format!("Missing {company_header} Header"),
            Self::DeprecatedEndpoint => "Deprecated Endpoint Usage".to_owned(),
            Self::PrivateEndpoint => "Private Endpoint Usage".to_owned(),
        }
    }
}

/// How bad one day was for one observation; the greater, the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing to say.
    Healthy,
    /// Over the lower threshold.
    Warning,
    /// Over the upper threshold.
    Critical,
}

impl Severity {
    /// The word for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Healthy => "Healthy",
            Self::Warning => "Warning",
            Self::Critical => "Critical",
        }
    }
}

/// The rolled-up status of an observation or an app; the greater, the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing to do.
    Healthy,
    /// Look into it early.
    ReviewRecommended,
    /// Resolve first.
    NeedsAttention,
}

impl Status {
    /// The words for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Healthy => "Healthy",
            Self::ReviewRecommended => "Review Recommended",
            Self::NeedsAttention => "Needs Attention",
        }
    }

    /// The word in JSON and on the command line.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::ReviewRecommended => "review_recommended",
            Self::NeedsAttention => "needs_attention",
        }
    }
}

/// One day of one observation: what was affected, out of what, and how bad that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayVerdict {
    /// The day.
    pub day: Day,
    /// Calls that show the problem.
    pub affected: u64,
    /// Calls they are measured against.
    pub base: u64,
    /// The verdict.
    pub severity: Severity,
}

impl DayVerdict {
    /// A day without calls: Healthy, shown as "no traffic".
    #[must_use]
    pub fn no_traffic(day: Day) -> Self {
        Self { day, affected: 0, base: 0, severity: Severity::Healthy }
    }
}
