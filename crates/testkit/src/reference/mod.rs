//! A second reading of the rules: slow, plain, by brute force, and without a line of the program's code. Every call
//! is kept and every number is counted anew from the calls; rates are compared in whole numbers.

mod line;
mod output;
mod path;
pub(crate) mod time;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::case::{Case, Operation};
pub use line::Call;
use path::Shape;

/// What the program has to say about a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// Lines of the log.
    pub lines: u64,
    /// Lines that are calls.
    pub counted: u64,
    /// Lines that can't be used.
    pub rejected: u64,
    /// Rejected lines by reason, in this reference's own words.
    pub reasons: BTreeMap<&'static str, u64>,
    /// Every app that was seen, in any environment, by id; calls without an app under `unidentified`.
    pub apps: BTreeMap<String, ExpectedApp>,
}

/// What the program has to say about an app as of a day.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpectedApp {
    /// The API Call Activity Report, byte for byte.
    pub report_csv: Vec<u8>,
    /// The health JSON, except that the observations have no `reason`.
    pub health: serde_json::Value,
}

/// All that a log told, before it is judged as of some day.
#[derive(Clone, Debug)]
pub struct Ledger {
    catalog: Catalog,
    company_header: String,
    lines: u64,
    counted: u64,
    reasons: BTreeMap<&'static str, u64>,
    /// Production calls by app and day. An app of sandbox calls alone has no days.
    apps: BTreeMap<String, BTreeMap<Date, Vec<Fact>>>,
}

/// A production call with what it means.
#[derive(Clone, Debug)]
struct Fact {
    route: String,
    method: String,
    status: u16,
    header: bool,
    /// The operation it is judged as: an index into the catalog's routes and a method.
    operation: Option<Operation>,
    company_scoped: bool,
}

#[derive(Clone, Debug)]
struct Catalog {
    shapes: Vec<Vec<Shape>>,
    routes: Vec<Route>,
    exceptions: BTreeSet<(String, Vec<Shape>)>,
}

#[derive(Clone, Debug)]
struct Route {
    text: String,
    operations: Vec<Operation>,
}

/// Reads one line of the `steadfast` format, without its line end, at an instant in milliseconds since 1970.
///
/// # Errors
/// Why it can't be used, in this reference's own words.
pub fn read_line(line: &[u8], now: i64) -> Result<Call, &'static str> {
    line::read(line, now)
}

/// Templates, read once for many paths.
#[derive(Clone, Debug)]
pub struct Templates(Vec<Vec<Shape>>);

impl Templates {
    /// Reads templates.
    #[must_use]
    pub fn new(templates: &[String]) -> Self {
        Self(templates.iter().map(|template| path::read_template(template).0).collect())
    }

    /// The place of the one that a path belongs to, by trying them all; of templates that match alike, the first.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<usize> {
        path::match_path(&self.0, &path::cut(path))
    }
}

/// The route of a path that belongs to no template.
#[must_use]
pub fn undocumented_route(path: &str) -> String {
    path::undocumented_route(&path::cut(path))
}

/// Reads a case as of its day.
#[must_use]
pub fn read(case: &Case) -> Expected {
    Ledger::of(case).as_of(case.as_of)
}

impl Catalog {
    fn of(case: &Case) -> Self {
        let mut shapes: Vec<Vec<Shape>> = Vec::new();
        let mut routes: Vec<Route> = Vec::new();
        for template in &case.catalog {
            let (shape, text) = path::read_template(&template.path);
            let at = shapes.iter().position(|known| *known == shape).unwrap_or_else(|| {
                shapes.push(shape);
                routes.push(Route { text, operations: Vec::new() });
                routes.len() - 1
            });
            routes[at].operations.extend(template.operations.iter().cloned());
        }
        let exception = |text: &String| {
            let (method, template) = text.split_once(' ').expect("an exception is a method and a path");
            (method.to_uppercase(), path::read_exception(template))
        };
        Self { shapes, routes, exceptions: case.config.exceptions.iter().map(exception).collect() }
    }

    /// The operation as which a call of `method` to the route is judged.
    fn operation(&self, route: usize, method: &str) -> Option<&Operation> {
        let find = |method: &str| self.routes[route].operations.iter().find(|operation| operation.method == method);
        if method == "HEAD" { find("HEAD").or_else(|| find("GET")) } else { find(method) }
    }

    fn is_company_scoped(&self, route: usize, operation: &Operation, service: bool) -> bool {
        let excepted = || self.exceptions.contains(&(operation.method.clone(), self.shapes[route].clone()));
        operation.company_scoped && (service || !excepted())
    }
}

impl Ledger {
    /// Reads a case's catalog and log.
    #[must_use]
    pub fn of(case: &Case) -> Self {
        let mut ledger = Self {
            catalog: Catalog::of(case),
            company_header: case.config.company_header.clone(),
            lines: 0,
            counted: 0,
            reasons: BTreeMap::new(),
            apps: BTreeMap::new(),
        };
        let zone = TimeZone::get(&case.config.time_zone).expect("the case names a real zone");
        let mut undocumented: BTreeMap<(String, Date), BTreeSet<String>> = BTreeMap::new();
        for line in split(&case.lines) {
            ledger.lines += 1;
            match line::read(line, case.now) {
                Err(reason) => *ledger.reasons.entry(reason).or_default() += 1,
                Ok(call) => {
                    ledger.counted += 1;
                    let day = time::day_of(call.time, &zone);
                    let known = undocumented.entry((call.app.clone(), day)).or_default();
                    let days = ledger.apps.entry(call.app.clone()).or_default();
                    // Sandbox calls are kept apart; nothing that is shown here counts them.
                    if call.production {
                        let fact = Fact::of(&ledger.catalog, call, known, case.config.undocumented_routes);
                        days.entry(day).or_default().push(fact);
                    }
                }
            }
        }
        ledger
    }

    /// What is to be shown as of `day`.
    #[must_use]
    pub fn as_of(&self, day: Date) -> Expected {
        let expected = |(app, days): (&String, &BTreeMap<Date, Vec<Fact>>)| {
            let shown = ExpectedApp {
                report_csv: output::report(days, day),
                health: output::health(app, days, day, &self.company_header),
            };
            (app.clone(), shown)
        };
        Expected {
            lines: self.lines,
            counted: self.counted,
            rejected: self.lines - self.counted,
            reasons: self.reasons.clone(),
            apps: self.apps.iter().map(expected).collect(),
        }
    }

    /// The distinct routes of an app's production calls on a day.
    #[must_use]
    pub fn routes(&self, app: &str, day: Date) -> BTreeSet<String> {
        let facts = self.apps.get(app).and_then(|days| days.get(&day));
        facts.into_iter().flatten().map(|fact| fact.route.clone()).collect()
    }

    /// The days on which an app made production calls.
    #[must_use]
    pub fn days(&self, app: &str) -> Vec<Date> {
        self.apps.get(app).map(|days| days.keys().copied().collect()).unwrap_or_default()
    }
}

impl Fact {
    fn of(catalog: &Catalog, call: Call, known: &mut BTreeSet<String>, most: usize) -> Self {
        let segments = path::cut(&call.path);
        let matched = path::match_path(&catalog.shapes, &segments);
        let route = matched.map_or_else(
            || {
                let route = path::undocumented_route(&segments);
                if known.contains(&route) {
                    route
                } else if known.len() < most {
                    known.insert(route.clone());
                    route
                } else {
                    "/:other".into()
                }
            },
            |at| catalog.routes[at].text.clone(),
        );
        let operation = matched.and_then(|at| catalog.operation(at, &call.method)).cloned();
        let company_scoped = matched
            .zip(operation.as_ref())
            .is_some_and(|(at, operation)| catalog.is_company_scoped(at, operation, call.service));
        Self { route, method: call.method, status: call.status, header: call.header, operation, company_scoped }
    }
}

/// The lines of a log without their line ends; what follows the last line end is a line too, unless it is nothing.
fn split(log: &[u8]) -> Vec<&[u8]> {
    let mut lines: Vec<&[u8]> = log.split(|byte| *byte == b'\n').collect();
    if lines.last().is_some_and(|last| last.is_empty()) {
        lines.pop();
    }
    lines.into_iter().map(|line| line.strip_suffix(b"\r").unwrap_or(line)).collect()
}

/// What two templates of the same route have in common.
#[cfg(test)]
pub(crate) fn shape_of(template: &str) -> impl Ord + use<> {
    path::read_template(template).0
}

#[cfg(test)]
mod tests;
