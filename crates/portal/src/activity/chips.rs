//! The filters in force, each with the way to be rid of it.

use model::{AppId, Company, Day, Environment};
use service::ActivityFilter;

use super::asked::{Asked, default_days};
use crate::figures::{range, shorten};
use crate::urls;

/// Characters of a text that a chip shows.
const TEXT: usize = 80;

/// A filter in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chip {
    /// What it filters: `Code`.
    pub(crate) name: &'static str,
    /// By what: `403`.
    pub(crate) value: String,
    /// The same page without it.
    pub(crate) without: String,
}

/// How a company is called on pages.
pub(crate) fn company_name(company: &Company) -> String {
    match company {
        Company::Absent => "header absent".to_owned(),
        Company::Others => "others".to_owned(),
        Company::Named(name) => shorten(name, TEXT),
    }
}

/// The filters in force. `title` names observations.
pub(crate) fn chips(app: &AppId, asked: &Asked, today: Day, company_header: &str) -> Vec<Chip> {
    let ActivityFilter { days, environment, status, method, route, route_contains, observation, company } =
        &asked.filter;
    let mut chips = Vec::new();
    let mut chip = |name, value: Option<String>, remove: fn(&mut ActivityFilter)| {
        let without = || urls::activity(app, &asked.with(remove).query(today));
        chips.extend(value.map(|value| Chip { name, value, without: without() }));
    };
    chip("Code", status.map(|status| status.to_string()), |filter| filter.status = None);
    chip("Method", method.clone(), |filter| filter.method = None);
    chip("Route", route.as_ref().map(|route| shorten(route, TEXT)), |filter| filter.route = None);
    chip("Route contains", route_contains.as_ref().map(|part| shorten(part, TEXT)), |filter| {
        filter.route_contains = None;
    });
    chip("Observation", observation.map(|observation| observation.title(company_header)), |filter| {
        filter.observation = None;
    });
    chip("Company", company.as_ref().map(company_name), |filter| filter.company = None);
    let sandbox = (*environment == Environment::Sandbox).then(|| "sandbox".to_owned());
    chip("Environment", sandbox, |filter| filter.environment = Environment::Production);
    if *days != default_days(today) {
        let without = urls::activity(app, &asked.with(|filter| filter.days = default_days(today)).query(today));
        chips.push(Chip { name: "Days", value: range(*days), without });
    }
    chips
}

#[cfg(test)]
mod tests {
    use model::{DayRange, Observation};

    use super::*;
    use crate::testing::today;

    fn chips_of(asked: &Asked) -> Vec<Chip> {
        chips(&"acme".parse().unwrap(), asked, today(), "Company-Id")
    }

    #[test]
    fn each_filter_is_a_chip_that_leads_to_the_page_without_it() {
        let asked = Asked::of_days(DayRange::only(today())).with(|filter| {
            filter.status = "403".parse().ok();
            filter.observation = Some(Observation::MissingCompanyHeader);
        });
        let told: Vec<(&str, String, String)> =
            chips_of(&asked).into_iter().map(|chip| (chip.name, chip.value, chip.without)).collect();
        let day = "from=2026-11-20&to=2026-11-20";
        let observation = "observation=missing_company_header";
        assert_eq!(
            told,
            [
                ("Code", "403".to_owned(), format!("/apps/acme/activity?{day}&{observation}")),
                (
                    "Observation",
                    "Missing Company-Id Header".to_owned(),
                    format!("/apps/acme/activity?{day}&status=403")
                ),
                ("Days", "20 Nov 2026".to_owned(), format!("/apps/acme/activity?status=403&{observation}")),
            ]
        );
    }

    #[test]
    fn without_a_filter_there_is_none() {
        assert_eq!(chips_of(&Asked::of_days(default_days(today()))), []);
    }
}
