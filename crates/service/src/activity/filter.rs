//! What narrows activity, and how it is written in URLs.

use std::fmt;
use std::str::FromStr;

use model::{Company, DayRange, Environment, Observation, Tally};

/// The longest range of days that is looked at at once: counts are kept that long unless configured otherwise.
pub const MOST_DAYS: u16 = 400;

/// Which calls are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityFilter {
    /// On which days. At most [`MOST_DAYS`]; whoever makes a filter sees to that.
    pub days: DayRange,
    /// Where they were made.
    pub environment: Environment,
    /// Answered how.
    pub status: Option<StatusFilter>,
    /// With which method, in upper case.
    pub method: Option<String>,
    /// To exactly this normalized route.
    pub route: Option<String>,
    /// To a route with this text in it, in upper or lower case.
    pub route_contains: Option<String>,
    /// Those that show this problem, as health judges it.
    pub observation: Option<Observation>,
    /// Of this company; known only for calls that show a problem (see [`model::CompanyTally`]).
    pub company: Option<Company>,
}

impl ActivityFilter {
    /// All production calls of these days.
    #[must_use]
    pub fn of_days(days: DayRange) -> Self {
        Self {
            days,
            environment: Environment::Production,
            status: None,
            method: None,
            route: None,
            route_contains: None,
            observation: None,
            company: None,
        }
    }

    /// Whether all calls that are let through show a problem of which companies are kept.
    pub(super) fn is_of_problems(&self) -> bool {
        let failed = match self.status {
            Some(StatusFilter::Code(code)) => code >= 400,
            Some(StatusFilter::Class(class)) => matches!(class, StatusClass::ClientError | StatusClass::ServerError),
            None => false,
        };
        match self.observation {
            Some(Observation::MissingCompanyHeader) => false,
            Some(_) => true,
            None => failed,
        }
    }

    /// Whether calls of this day, code, method and route are let through.
    pub(super) fn lets_through(&self, tally: &Tally) -> bool {
        self.days.contains(tally.day)
            && self.status.is_none_or(|status| status.includes(tally.status))
            && self.method.as_ref().is_none_or(|method| **method == *tally.method)
            && self.route.as_ref().is_none_or(|route| *route == tally.route.text)
            && self.route_contains.as_ref().is_none_or(|part| contains(&tally.route.text, part))
    }
}

/// Whether a text has a part in it, ASCII letters in either case.
fn contains(text: &str, part: &str) -> bool {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    part.is_empty() || text.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

/// Which status codes are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusFilter {
    /// One.
    Code(u16),
    /// All of a class.
    Class(StatusClass),
}

/// A class of status codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StatusClass {
    /// 200 to 299.
    Success,
    /// 300 to 399.
    Redirection,
    /// 400 to 499.
    ClientError,
    /// 500 to 599.
    ServerError,
    /// 100 to 199, which is what is left of the codes that are counted.
    Other,
}

impl StatusClass {
    /// All classes, in the order of charts and tables.
    pub const ALL: [Self; 5] = [Self::Success, Self::Redirection, Self::ClientError, Self::ServerError, Self::Other];

    /// The class of a code.
    #[must_use]
    pub fn of(status: u16) -> Self {
        match status {
            200..=299 => Self::Success,
            300..=399 => Self::Redirection,
            400..=499 => Self::ClientError,
            500..=599 => Self::ServerError,
            _ => Self::Other,
        }
    }

    /// Its place in [`Self::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }

    /// How it is written: `4xx`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Success => "2xx",
            Self::Redirection => "3xx",
            Self::ClientError => "4xx",
            Self::ServerError => "5xx",
            Self::Other => "1xx",
        }
    }
}

impl StatusFilter {
    /// Whether a code is one of those looked at.
    #[must_use]
    pub fn includes(self, status: u16) -> bool {
        match self {
            Self::Code(code) => code == status,
            Self::Class(class) => StatusClass::of(status) == class,
        }
    }
}

/// `403` or `4xx`.
impl fmt::Display for StatusFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Class(class) => f.write_str(class.key()),
        }
    }
}

/// A text that is neither a status code nor a class.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no status; write a code from 100 to 599 such as `403`, or a class such as `4xx`")]
pub struct StatusError(String);

impl FromStr for StatusFilter {
    type Err = StatusError;

    fn from_str(text: &str) -> Result<Self, StatusError> {
        let class = StatusClass::ALL.into_iter().find(|class| class.key().eq_ignore_ascii_case(text));
        if let Some(class) = class {
            return Ok(Self::Class(class));
        }
        let digits = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        let code = if digits { text.parse().ok() } else { None };
        code.filter(|code| (100..=599).contains(code)).map(Self::Code).ok_or_else(|| StatusError(text.to_owned()))
    }
}

/// How a company is written in URLs: its name; `-` where the header is absent; `*` for those beyond the bound; and a
/// name that reads like one of these, or begins with `=`, behind a `=`.
#[must_use]
pub fn company_key(company: &Company) -> String {
    match company {
        Company::Absent => "-".to_owned(),
        Company::Others => "*".to_owned(),
        Company::Named(name) if &**name == "-" || &**name == "*" || name.starts_with('=') => format!("={name}"),
        Company::Named(name) => name.to_string(),
    }
}

/// The company that a text of [`company_key`] means.
#[must_use]
pub fn company_of_key(key: &str) -> Company {
    match key {
        "-" => Company::Absent,
        "*" => Company::Others,
        _ => Company::Named(key.strip_prefix('=').unwrap_or(key).into()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_status_is_a_code_or_a_class() {
        assert_eq!("403".parse(), Ok(StatusFilter::Code(403)));
        assert_eq!("4XX".parse(), Ok(StatusFilter::Class(StatusClass::ClientError)));
        for text in ["", "40", "099", "600", "4x", "6xx", "+40", " 403", "4033", "４０３"] {
            assert!(text.parse::<StatusFilter>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_code_is_of_one_class_and_every_filter_reads_back() {
        for code in 100..=599 {
            let including = StatusClass::ALL.into_iter().filter(|class| StatusFilter::Class(*class).includes(code));
            assert_eq!(including.count(), 1, "{code}");
            assert_eq!(StatusFilter::Code(code).to_string().parse(), Ok(StatusFilter::Code(code)));
        }
        for class in StatusClass::ALL {
            assert_eq!(StatusFilter::Class(class).to_string().parse(), Ok(StatusFilter::Class(class)));
            assert_eq!(StatusClass::ALL[class.index()], class);
        }
    }

    #[test]
    fn a_part_of_a_route_is_found_in_either_case() {
        assert!(contains("/rest/v1.0/RFIs", "rfis") && contains("/é", "é") && contains("/a", ""));
        assert!(!contains("/a", "/ab"));
    }

    proptest! {
        #[test]
        fn a_company_reads_back(name in "[-*=a-c]{1,4}") {
            for company in [Company::Absent, Company::Others, Company::Named(name.as_str().into())] {
                prop_assert_eq!(company_of_key(&company_key(&company)), company);
            }
        }
    }
}
