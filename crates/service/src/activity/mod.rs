//! API activity: the calls of an app by day, code, method and route, narrowed by whoever looks.
//!
//! Counting is pure (`count`, `companies`, `spans`); the use cases load the counts of the days once and hand them over.

mod companies;
mod count;
mod filter;
mod freshness;
mod spans;
mod table;
#[cfg(test)]
mod testing;

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{AppId, Company, Day, Observation, Tally};

pub use self::companies::{CompaniesBehind, CompanyRow};
pub use self::count::DayClasses;
pub use self::filter::{ActivityFilter, MOST_DAYS, StatusClass, StatusFilter, company_key, company_of_key};
pub use self::freshness::Freshness;
pub use self::spans::{Span, spans};
pub use self::table::RowOrder;

use crate::report::ReportRow;
use crate::{Error, Steadfast};

/// How many codes, methods and companies are offered to choose from.
const CHOICES: usize = 60;

/// The calls of an app that a filter lets through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// Rows as in the API Call Activity Report, in the order that was asked for.
    pub rows: Vec<ReportRow>,
    /// Every day of the range, oldest first, by class of code.
    pub days: Vec<DayClasses>,
    /// The sum of the rows, and of the days.
    pub calls: u64,
    /// Who made these calls, the most calls first; none where companies are not kept of all of them, or where one of
    /// them is asked for.
    pub companies: Option<CompaniesBehind>,
    /// What there is to choose from in these days, whatever else is filtered.
    pub choices: Choices,
    /// The days of the range that are incomplete, oldest first: calls are missing there.
    pub incomplete: Vec<Day>,
}

/// What occurred in the days of an [`Activity`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// Status codes, ascending.
    pub codes: Vec<u16>,
    /// Methods, by name.
    pub methods: Vec<Arc<str>>,
    /// Companies of calls that show a problem, the most calls first.
    pub companies: Vec<Company>,
}

impl Steadfast {
    /// The calls of an app that a filter lets through.
    ///
    /// # Errors
    /// When there is no such app, or the store fails.
    pub async fn activity(&self, app: &AppId, filter: &ActivityFilter, order: RowOrder) -> Result<Activity, Error> {
        let tallies = self.tallies_for(app, filter).await?;
        let counted = self.counted(app, filter, &tallies).await?;
        let companies = self.store.companies(app, filter.environment, filter.days).await?;
        let mut rows = counted.rows;
        table::sort(&mut rows, order);
        let behind = self.behind_filter(app, filter).await?;
        Ok(Activity {
            companies: behind,
            calls: rows.iter().map(|row| row.count).sum(),
            rows,
            days: counted.days,
            choices: choices(&tallies, companies),
            incomplete: self.incomplete_days(app, filter.days).await?,
        })
    }

    /// The rows of [`Self::activity`] as CSV, with the columns of the API Call Activity Report; `with_company` adds a
    /// column that divides each row by company, empty where companies are not kept.
    ///
    /// # Errors
    /// When there is no such app, or the store fails.
    pub async fn activity_csv(
        &self,
        app: &AppId,
        filter: &ActivityFilter,
        order: RowOrder,
        with_company: bool,
    ) -> Result<Vec<u8>, Error> {
        let tallies = self.tallies_for(app, filter).await?;
        let rows = self.counted(app, filter, &tallies).await?.rows;
        let mut rows: Vec<CompanyRow> = match (&filter.company, with_company) {
            (Some(company), _) => {
                rows.into_iter().map(|row| CompanyRow { row, company: Some(company.clone()) }).collect()
            }
            (None, false) => rows.into_iter().map(|row| CompanyRow { row, company: None }).collect(),
            (None, true) => {
                let by_company = self.store.company_tallies(app, filter.environment, filter.days).await?;
                companies::divided(rows, &by_company, filter, &*self.surface().await?, &self.rules)
            }
        };
        table::sort(&mut rows, order);
        let columns = with_company || filter.company.is_some();
        table::csv(&rows, columns).map_err(|error| Error::Report(error.to_string()))
    }

    /// The companies behind each of the seven observations of an app in the days, the most affected calls first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn companies_behind(
        &self,
        app: &AppId,
        days: model::DayRange,
    ) -> Result<[CompaniesBehind; Observation::ALL.len()], Error> {
        let tallies = self.store.company_tallies(app, model::Environment::Production, days).await?;
        Ok(companies::behind(&tallies, &*self.surface().await?, &self.rules))
    }

    /// Who made the calls that the filter lets through, where all of them show a problem and so have their company kept.
    async fn behind_filter(&self, app: &AppId, filter: &ActivityFilter) -> Result<Option<CompaniesBehind>, Error> {
        if filter.company.is_some() || !filter.is_of_problems() {
            return Ok(None);
        }
        let tallies = self.store.company_tallies(app, filter.environment, filter.days).await?;
        Ok(Some(companies::behind_filter(&tallies, filter, &*self.surface().await?, &self.rules)))
    }

    async fn tallies_for(&self, app: &AppId, filter: &ActivityFilter) -> Result<Vec<Tally>, Error> {
        self.known(app).await?;
        self.settle_routes().await?;
        Ok(self.store.tallies(app, filter.environment, filter.days).await?)
    }

    async fn counted(&self, app: &AppId, filter: &ActivityFilter, tallies: &[Tally]) -> Result<count::Counted, Error> {
        let surface = self.surface().await?;
        Ok(match (&filter.company, filter.observation) {
            (None, _) => count::of_tallies(tallies, filter, &surface, &self.rules),
            // Who made a call without the header is the same question as which calls have none.
            (Some(Company::Absent), Some(Observation::MissingCompanyHeader)) => {
                count::of_tallies(tallies, filter, &surface, &self.rules)
            }
            (Some(_), Some(Observation::MissingCompanyHeader)) => count::of_tallies(&[], filter, &surface, &self.rules),
            (Some(company), _) => {
                let of_company = self.store.tallies_of_company(app, filter.environment, filter.days, company).await?;
                let tallies: Vec<Tally> = of_company.iter().map(companies::as_tally).collect();
                count::of_tallies(&tallies, filter, &surface, &self.rules)
            }
        })
    }
}

fn choices(tallies: &[Tally], companies: Vec<(Company, u64)>) -> Choices {
    let codes: BTreeSet<u16> = tallies.iter().map(|tally| tally.status).collect();
    let methods: BTreeSet<&Arc<str>> = tallies.iter().map(|tally| &tally.method).collect();
    Choices {
        codes: codes.into_iter().take(CHOICES).collect(),
        methods: methods.into_iter().take(CHOICES).cloned().collect(),
        companies: companies.into_iter().map(|(company, _)| company).take(CHOICES).collect(),
    }
}
