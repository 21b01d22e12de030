//! The companies behind some calls, as bars.

use model::Company;
use service::CompaniesBehind;

use super::chips::company_name;
use crate::app_health::row::percent;
use crate::figures::{share, thousands};

/// A company and its part of the calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CompanyOf {
    pub(crate) name: String,
    pub(crate) calls: String,
    pub(crate) share: String,
    /// Its share in whole percent, for the bar.
    pub(crate) percent: u64,
    /// Its calls alone.
    pub(crate) url: String,
}

impl CompanyOf {
    /// The first `most` companies behind `of` calls.
    pub(crate) fn first(behind: &CompaniesBehind, of: u64, most: usize, url: impl Fn(&Company) -> String) -> Vec<Self> {
        let company = |(company, calls): &(Company, u64)| Self {
            name: company_name(company),
            calls: thousands(*calls),
            share: share(*calls, of),
            percent: percent(*calls, of),
            url: url(company),
        };
        behind.companies.iter().take(most).map(company).collect()
    }

    /// `12 more companies`, if there are more than `most`.
    pub(crate) fn more(behind: &CompaniesBehind, most: usize) -> Option<String> {
        match behind.companies.len().saturating_sub(most) {
            0 => None,
            1 => Some("1 more company".to_owned()),
            more => Some(format!("{} more companies", thousands(more as u64))),
        }
    }
}
