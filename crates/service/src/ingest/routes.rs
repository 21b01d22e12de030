//! Which route a call of a day is counted under, and whether calling it is a problem in itself.

use std::sync::Arc;

use catalog::Matcher;
use model::{Catalog, Day, Operation, Route};
use traffic::MatchRoute;

/// The routes of the catalog, as readers of logs ask for them.
pub(super) struct CatalogMatcher {
    catalog: Arc<Catalog>,
    documented: Matcher,
    /// Routes that were documented until a day: late calls of days before are still theirs, as the calls are
    /// that came in time.
    removed: Matcher,
    /// Each removed route's index in the catalog, and that day.
    until: Vec<(u32, Day)>,
    /// For each route the [`bit`]s of the methods whose calls show no problem on any day, so that most calls need not be
    /// looked at more closely.
    ordinary: Vec<u8>,
}

impl CatalogMatcher {
    pub(super) fn new(catalog: Arc<Catalog>) -> Self {
        let (mut removed, mut until) = (Catalog::default(), Vec::new());
        for (index, route) in catalog.routes.iter().enumerate() {
            if let (Some(day), Ok(index)) = (route.documented_until, u32::try_from(index)) {
                removed.routes.push(Route { documented_until: None, ..route.clone() });
                until.push((index, day));
            }
        }
        let ordinary = catalog.routes.iter().map(ordinary).collect();
        Self { documented: Matcher::new(&catalog), removed: Matcher::new(&removed), until, ordinary, catalog }
    }

    /// The route that was documented on the day of the call, and is no more.
    fn match_removed(&self, (path, day): &(&str, Day)) -> Option<u32> {
        if self.until.is_empty() {
            return None;
        }
        let (index, until) = *self.until.get(self.removed.match_path(path)?)?;
        (*day < until).then_some(index)
    }

    #[cold]
    fn shows_problem_on(&self, route: u32, method: &str, day: Day) -> bool {
        if method == "OPTIONS" {
            return false;
        }
        let Some(route) = self.catalog.routes.get(route as usize) else { return true };
        let documented = |until: Option<Day>| until.is_none_or(|until| day < until);
        let find = |method: &str| {
            let mut operations = route.operations.iter().filter(|_| documented(route.documented_until));
            operations.find(|operation| operation.method == method && documented(operation.documented_until))
        };
        let operation = find(method).or_else(|| if method == "HEAD" { find("GET") } else { None });
        operation
            .is_none_or(|operation| operation.internal || operation.deprecated.is_some_and(|since| since.holds_on(day)))
    }
}

/// A bit for each of the most frequent methods, none for others.
fn bit(method: &str) -> u8 {
    match method {
        "GET" => 1,
        "POST" => 2,
        "PUT" => 4,
        "PATCH" => 8,
        "DELETE" => 16,
        "HEAD" => 32,
        _ => 0,
    }
}

fn ordinary(route: &Route) -> u8 {
    if route.documented_until.is_some() {
        return 0;
    }
    let is_ordinary = |operation: &&Operation| {
        operation.documented_until.is_none() && operation.deprecated.is_none() && !operation.internal
    };
    let bits = route.operations.iter().filter(is_ordinary).fold(0, |bits, operation| bits | bit(&operation.method));
    let own_head = route.operations.iter().any(|operation| operation.method == "HEAD");
    if bits & bit("GET") != 0 && !own_head { bits | bit("HEAD") } else { bits }
}

impl MatchRoute for CatalogMatcher {
    fn match_paths(&self, calls: &[(&str, Day)], routes: &mut Vec<Option<u32>>) {
        let paths: Vec<&str> = calls.iter().map(|(path, _)| *path).collect();
        let mut left = calls.iter();
        self.documented.match_paths(&paths, |found| {
            let call = left.next();
            let documented = found.and_then(|index| u32::try_from(index).ok());
            routes.push(documented.or_else(|| self.match_removed(call?)));
        });
    }

    fn shows_problem(&self, route: u32, method: &str, day: Day) -> bool {
        let ordinary = self.ordinary.get(route as usize).is_some_and(|bits| bits & bit(method) != 0);
        !ordinary && self.shows_problem_on(route, method, day)
    }
}

#[cfg(test)]
mod tests {
    use model::DeprecatedSince;

    use super::*;

    fn operation(method: &str) -> Operation {
        Operation {
            method: method.to_owned(),
            document: "api.yaml".to_owned(),
            summary: None,
            deprecated: None,
            sunset: None,
            replaced_by: None,
            internal: false,
            company_scoped: true,
            documented_until: None,
        }
    }

    fn shows(operations: Vec<Operation>, method: &str, day: i32) -> bool {
        let route = Route { template: "/a".to_owned(), text: "/a".to_owned(), operations, documented_until: None };
        let matcher = CatalogMatcher::new(Arc::new(Catalog { routes: vec![route] }));
        matcher.shows_problem(0, method, Day::from_epoch_days(day))
    }

    #[test]
    fn calls_of_documented_operations_show_no_problem() {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "QUERY", "OPTIONS"] {
            assert!(!shows(vec![operation(method)], method, 1), "{method}");
        }
        assert!(!shows(vec![operation("GET")], "HEAD", 1));
        assert!(!shows(vec![operation("GET")], "OPTIONS", 1));
    }

    #[test]
    fn calls_of_undocumented_methods_and_internal_operations_do() {
        assert!(shows(vec![operation("GET")], "POST", 1));
        assert!(shows(vec![operation("POST")], "HEAD", 1));
        assert!(shows(vec![operation("GET")], "QUERY", 1));
        assert!(shows(vec![Operation { internal: true, ..operation("GET") }], "GET", 1));
        assert!(shows(vec![Operation { internal: true, ..operation("HEAD") }, operation("GET")], "HEAD", 1));
    }

    #[test]
    fn deprecated_and_removed_operations_do_from_their_day_on() {
        let since = Some(DeprecatedSince::Day(Day::from_epoch_days(5)));
        let deprecated = Operation { deprecated: since, ..operation("GET") };
        let removed = Operation { documented_until: Some(Day::from_epoch_days(5)), ..operation("GET") };
        for operation in [deprecated, removed] {
            for method in ["GET", "HEAD"] {
                assert!(!shows(vec![operation.clone()], method, 4));
                assert!(shows(vec![operation.clone()], method, 5));
            }
        }
        let always = Operation { deprecated: Some(DeprecatedSince::Always), ..operation("GET") };
        assert!(shows(vec![always.clone()], "GET", 0));
        assert!(!shows(vec![always], "OPTIONS", 0));
    }
}
