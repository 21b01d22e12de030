//! What is asked of an app's activity, read from a query and written back into one.

use model::{Company, Day, DayRange, Environment, Observation};
use service::{ActivityFilter, Flaw, MOST_DAYS, REPORT_DAYS, RowOrder, StatusFilter, company_key, company_of_key};

use crate::query::Params;

/// The parameters that narrow, on the page and in the API.
pub(crate) const FILTERS: [&str; 9] =
    ["from", "to", "status", "method", "route", "route_contains", "observation", "company", "environment"];

/// The parameter that orders the rows.
pub(crate) const SORT: &str = "sort";

/// The longest text of a route that is looked for, and the longest company, in characters.
const MOST_TEXT: usize = 8192;
const MOST_COMPANY: usize = 210;

/// Which calls are asked for, in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) filter: ActivityFilter,
    pub(crate) order: RowOrder,
}

/// The days that are shown unless others are asked for: the last 30 complete ones.
pub(crate) fn default_days(today: Day) -> DayRange {
    DayRange::before(today, REPORT_DAYS)
}

impl Asked {
    /// All production calls of these days.
    pub(crate) fn of_days(days: DayRange) -> Self {
        Self { filter: ActivityFilter::of_days(days), order: RowOrder::default() }
    }

    /// What the parameters ask for; everything that is wrong with them is told at once.
    pub(crate) fn read(params: &Params, today: Day) -> Result<Self, Vec<Flaw>> {
        let mut flaws = Vec::new();
        let days = days(params.text("from"), params.text("to"), today, &mut flaws);
        let mut text = |name: &str, most: usize| {
            let text = params.text(name);
            if text.chars().count() > most {
                flaws.push(Flaw::new(name, format!("write at most {most} characters")));
            }
            (!text.is_empty()).then(|| text.to_owned())
        };
        let (route, route_contains) = (text("route", MOST_TEXT), text("route_contains", MOST_TEXT));
        let company = text("company", MOST_COMPANY).map(|key| company_of_key(&key));
        let filter = ActivityFilter {
            environment: word(
                params,
                "environment",
                Environment::from_key,
                "write `production` or `sandbox`",
                &mut flaws,
            )
            .unwrap_or(Environment::Production),
            status: status(params.text("status"), &mut flaws),
            method: word(params, "method", method, "write a method of up to 32 letters, such as `GET`", &mut flaws),
            observation: word(
                params,
                "observation",
                Observation::from_key,
                "write one of the seven keys, such as `forbidden`",
                &mut flaws,
            ),
            route,
            route_contains,
            company,
            ..ActivityFilter::of_days(days)
        };
        let orders = "write `newest`, `oldest`, `largest` or `smallest`";
        let order = word(params, SORT, RowOrder::from_key, orders, &mut flaws).unwrap_or_default();
        if flaws.is_empty() { Ok(Self { filter, order }) } else { Err(flaws) }
    }

    /// The parameters that ask for this; what goes without saying is left out.
    pub(crate) fn query(&self, today: Day) -> Vec<(&'static str, String)> {
        let ActivityFilter { days, environment, status, method, route, route_contains, observation, company } =
            &self.filter;
        let mut query = Vec::new();
        if *days != default_days(today) {
            query.push(("from", days.start.to_string()));
            query.push(("to", days.end.to_string()));
        }
        let sandbox = (*environment == Environment::Sandbox).then(|| environment.key().to_owned());
        let pairs = [
            ("status", status.map(|status| status.to_string())),
            ("method", method.clone()),
            ("route", route.clone()),
            ("route_contains", route_contains.clone()),
            ("observation", observation.map(|observation| observation.key().to_owned())),
            ("company", company.as_ref().map(company_key)),
            ("environment", sandbox),
            (SORT, (self.order != RowOrder::default()).then(|| self.order.key().to_owned())),
        ];
        query.extend(pairs.into_iter().filter_map(|(name, value)| Some((name, value?))));
        query
    }

    /// The same with another filter.
    pub(crate) fn with(&self, change: impl FnOnce(&mut ActivityFilter)) -> Self {
        let mut other = self.clone();
        change(&mut other.filter);
        other
    }

    /// The same in another order.
    pub(crate) fn sorted(&self, order: RowOrder) -> Self {
        Self { order, ..self.clone() }
    }

    /// The calls of one company alone.
    pub(crate) fn of_company(&self, company: &Company) -> Self {
        self.with(|filter| filter.company = Some(company.clone()))
    }
}

/// The days from `from` to `to`; one that is not given is as far from the other as a report is long.
fn days(from: &str, to: &str, today: Day, flaws: &mut Vec<Flaw>) -> DayRange {
    let mut day = |name: &str, text: &str| match text {
        "" => None,
        text => text.parse::<Day>().map_err(|error| flaws.push(Flaw::new(name, error))).ok(),
    };
    let (from, to) = (day("from", from), day("to", to));
    let usual = default_days(today);
    let length = i32::from(REPORT_DAYS) - 1;
    let days = match (from, to) {
        (None, None) => usual,
        (Some(start), None) => DayRange { start, end: usual.end.max(start) },
        (None, Some(end)) => DayRange { start: end.plus(-length), end },
        (Some(start), Some(end)) => DayRange { start, end },
    };
    if days.is_empty() {
        flaws.push(Flaw::new("to", "write a day that is not before `from`"));
    } else if days.len() > usize::from(MOST_DAYS) {
        flaws.push(Flaw::new("from", format!("ask for at most {MOST_DAYS} days at once; these are {}", days.len())));
    }
    days
}

/// The meaning of a word from a closed list; none where it is not given.
fn word<T>(
    params: &Params,
    name: &str,
    of: impl Fn(&str) -> Option<T>,
    hint: &str,
    flaws: &mut Vec<Flaw>,
) -> Option<T> {
    let text = params.text(name);
    if text.is_empty() {
        return None;
    }
    let meaning = of(text);
    if meaning.is_none() {
        flaws.push(Flaw::new(name, format!("`{}` is not known here; {hint}", crate::figures::shorten(text, 60))));
    }
    meaning
}

fn status(text: &str, flaws: &mut Vec<Flaw>) -> Option<StatusFilter> {
    let status = (!text.is_empty()).then(|| text.parse::<StatusFilter>())?;
    status.map_err(|error| flaws.push(Flaw::new("status", error))).ok()
}

fn method(text: &str) -> Option<String> {
    let fits = (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    fits.then(|| text.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use axum::extract::RawQuery;

    use super::*;
    use crate::testing::today;
    use crate::urls;

    fn read(query: &str) -> Result<Asked, Vec<Flaw>> {
        let known: Vec<&str> = FILTERS.into_iter().chain([SORT]).collect();
        Asked::read(&Params::of_api(RawQuery(Some(query.to_owned())), &known).unwrap(), today())
    }

    fn range(query: &str) -> String {
        let days = read(query).unwrap().filter.days;
        format!("{} {}", days.start, days.end)
    }

    #[test]
    fn the_days_are_the_last_thirty_complete_ones_unless_others_are_asked_for() {
        assert_eq!(range(""), "2026-10-21 2026-11-19");
        assert_eq!(range("from=2026-11-01"), "2026-11-01 2026-11-19");
        assert_eq!(range("from=2026-11-20"), "2026-11-20 2026-11-20");
        assert_eq!(range("to=2026-11-20"), "2026-10-22 2026-11-20");
        assert_eq!(range("from=2025-10-17&to=2026-11-20"), "2025-10-17 2026-11-20", "400 days");
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let wrong =
            |query: &str| -> Vec<String> { read(query).unwrap_err().into_iter().map(|flaw| flaw.field).collect() };
        assert_eq!(
            wrong("from=x&status=40&method=G3T&observation=x&environment=moon&sort=up"),
            ["from", "environment", "status", "method", "observation", "sort"]
        );
        assert_eq!(wrong("from=2026-11-02&to=2026-11-01"), ["to"]);
        assert_eq!(wrong("from=2025-10-16&to=2026-11-20"), ["from"], "401 days");
        assert_eq!(wrong(&format!("company={}", "x".repeat(211))), ["company"]);
        assert!(read("from=0000-01-01&to=9999-12-31").is_err());
    }

    #[test]
    fn what_is_asked_reads_back_from_its_query() {
        let asked = Asked {
            order: RowOrder::Largest,
            filter: ActivityFilter {
                days: DayRange { start: today().plus(-90), end: today() },
                environment: Environment::Sandbox,
                status: Some("4xx".parse().unwrap()),
                method: Some("GET".to_owned()),
                route: Some("/a/<b>&c=d+e%20#/é".to_owned()),
                route_contains: Some("100 %".to_owned()),
                observation: Some(Observation::Forbidden),
                company: Some(Company::Named("-".into())),
            },
        };
        let app = "acme".parse().unwrap();
        let url = urls::activity(&app, &asked.query(today()));
        assert!(url.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>#'\"".contains(&byte)), "{url}");
        assert_eq!(read(url.split_once('?').unwrap().1), Ok(asked));
        let usual = Asked::of_days(default_days(today()));
        assert_eq!(urls::activity(&app, &usual.query(today())), "/apps/acme/activity");
        assert_eq!(read(""), Ok(usual));
    }
}
