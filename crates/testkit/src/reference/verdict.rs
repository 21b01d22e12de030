//! Severities of days, rolled-up statuses, forecasts.

use jiff::civil::Date;

use super::Fact;

pub(super) const KEYS: [&str; 7] = [
    "forbidden",
    "not_found",
    "rate_limited",
    "unauthorized",
    "missing_company_header",
    "deprecated_endpoint",
    "private_endpoint",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Severity {
    Healthy,
    Warning,
    Critical,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    Healthy,
    ReviewRecommended,
    NeedsAttention,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) severity: Severity,
    pub(super) affected: u64,
    pub(super) base: u64,
}

/// One observation of one day.
pub(super) fn judge(key: &str, day: Date, facts: &[Fact]) -> Verdict {
    let affected = count(facts, |fact| shows(key, day, fact));
    let base = match key {
        "missing_company_header" => count(facts, |fact| fact.company_scoped),
        _ => count(facts, |_| true),
    };
    // A threshold is a number of calls and a share of the base in tenths of a percent.
    let reaches = |calls: u64, permille: u64| affected >= calls && affected * 1_000 >= base * permille;
    let (warning, critical) = match key {
        "forbidden" => (reaches(10, 10), reaches(50, 50)),
        "not_found" => (reaches(10, 20), reaches(50, 100)),
        "rate_limited" => (reaches(5, 5), reaches(50, 50)),
        "unauthorized" => (reaches(5, 5), reaches(25, 20)),
        "missing_company_header" | "private_endpoint" => (affected >= 1, reaches(10, 10)),
        _ => (affected >= 1, facts.iter().any(|fact| shows(key, day, fact) && sunset_is_near(day, fact))),
    };
    let severity = match (warning, critical) {
        (_, true) => Severity::Critical,
        (true, false) => Severity::Warning,
        (false, false) => Severity::Healthy,
    };
    Verdict { severity, affected, base }
}

fn count(facts: &[Fact], test: impl Fn(&Fact) -> bool) -> u64 {
    u64::try_from(facts.iter().filter(|fact| test(fact)).count()).unwrap()
}

/// Whether a call shows the problem.
fn shows(key: &str, day: Date, fact: &Fact) -> bool {
    let options = fact.method == "OPTIONS";
    match key {
        "forbidden" => fact.status == 403,
        "not_found" => fact.status == 404,
        "rate_limited" => fact.status == 429,
        "unauthorized" => fact.status == 401,
        "missing_company_header" => !options && fact.company_scoped && !fact.header,
        "deprecated_endpoint" => {
            !options && fact.operation.as_ref().is_some_and(|operation| operation.deprecated_on(day))
        }
        _ => {
            let private = fact.operation.as_ref().is_none_or(|operation| operation.internal);
            !options && private && fact.status != 404 && fact.status != 405
        }
    }
}

fn sunset_is_near(day: Date, fact: &Fact) -> bool {
    let sunset = fact.operation.as_ref().and_then(|operation| operation.sunset);
    sunset.is_some_and(|sunset| day.until(sunset).unwrap().get_days() <= 90)
}

/// The status of an observation; `by_age[0]` is the severity of yesterday.
pub(super) fn roll_up(by_age: &[Severity; 14]) -> Status {
    let critical = by_age.iter().filter(|severity| **severity == Severity::Critical).count();
    let warning = by_age.iter().filter(|severity| **severity == Severity::Warning).count();
    if by_age[..3].contains(&Severity::Critical) || critical >= 3 {
        Status::NeedsAttention
    } else if critical >= 1 || (warning >= 2 && by_age[..7].contains(&Severity::Warning)) {
        Status::ReviewRecommended
    } else {
        Status::Healthy
    }
}

/// After how many days the status would read `wanted` or better, if today and all later days were healthy; none
/// where it does already.
pub(super) fn forecast(by_age: &[Severity; 14], wanted: Status) -> Option<usize> {
    let after = |days: usize| {
        let later = std::array::from_fn(|age| if age < days { Severity::Healthy } else { by_age[age - days] });
        roll_up(&later)
    };
    let first = (0..=14).find(|days| after(*days) <= wanted).unwrap();
    Some(first).filter(|days| *days > 0)
}
