//! Small makers for the tests of this crate.

use std::sync::Arc;

use model::{Catalog, Counts, Day, Operation, Route, RouteKey, Tally};

pub(crate) fn day(number: i32) -> Day {
    Day::from_epoch_days(number)
}

pub(crate) fn documented(text: &str) -> RouteKey {
    RouteKey { documented: true, text: text.to_owned() }
}

pub(crate) fn undocumented(text: &str) -> RouteKey {
    RouteKey { documented: false, text: text.to_owned() }
}

pub(crate) fn operation(method: &str) -> Operation {
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

/// A route by its template.
pub(crate) fn route(template: &str, operations: Vec<Operation>) -> Route {
    let text = template.replace('{', ":").replace('}', "");
    Route { template: template.to_owned(), text, operations, documented_until: None }
}

pub(crate) fn catalog(routes: Vec<Route>) -> Catalog {
    Catalog { routes }
}

/// Calls of people, all with the company header.
pub(crate) fn calls(at: i32, route: RouteKey, method: &str, status: u16, calls: u64) -> Tally {
    let counts = Counts { calls, ..Counts::default() };
    Tally { day: day(at), route: Arc::new(route), method: method.into(), status, counts }
}
