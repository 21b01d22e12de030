//! What judging needs to know of the catalog: for a route, a method and a day, the operation that was documented.

mod exception;
mod named;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

use model::{Catalog, Day, DeprecatedSince, RouteKey};

pub use exception::{ExceptionProblem, check_exception};

/// A map whose hashes are the same in every run: nothing here draws random numbers.
type Map<K, V> = HashMap<K, V, BuildHasherDefault<DefaultHasher>>;

/// The catalog as verdicts see it, with the exceptions from the company header applied.
#[derive(Clone, Debug, Default)]
pub struct Surface {
    routes: Map<String, Vec<OperationFacts>>,
}

/// What matters of one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationFacts {
    /// The HTTP method in upper case.
    pub method: String,
    /// From this day on it is undocumented; `None` while it is documented.
    pub documented_until: Option<Day>,
    /// Since when it is deprecated, if it is.
    pub deprecated: Option<DeprecatedSince>,
    /// The day from which it may be gone.
    pub sunset: Option<Day>,
    /// What to call instead.
    pub replaced_by: Option<String>,
    /// Not for outside use.
    pub internal: bool,
    /// Whose calls need the company header.
    pub scope: Scope,
}

/// Whose calls of an operation need the company header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everyone's: the operation is company-scoped.
    Everyone,
    /// Those of service accounts: an exception from configuration holds for people's tokens only.
    ServiceAccounts,
    /// Nobody's: the catalog says that the operation is not company-scoped.
    Nobody,
}

impl OperationFacts {
    fn is_documented_on(&self, day: Day) -> bool {
        self.documented_until.is_none_or(|until| day < until)
    }

    /// Whether it is deprecated on `day`.
    #[must_use]
    pub fn is_deprecated_on(&self, day: Day) -> bool {
        self.deprecated.is_some_and(|since| since.holds_on(day))
    }
}

impl Surface {
    /// The surface of a catalog, with operations such as `GET /rest/v1.0/me` excepted from the company header
    /// for people's tokens. Comes with the exceptions that can't be read or name no operation of the catalog;
    /// all others hold.
    #[must_use]
    pub fn new(catalog: &Catalog, exceptions: &[String]) -> (Self, Vec<ExceptionProblem>) {
        let mut surface = Self::default();
        for route in &catalog.routes {
            let facts = route.operations.iter().map(|operation| OperationFacts {
                method: operation.method.clone(),
                // A removed route takes its operations with it.
                documented_until: earlier(route.documented_until, operation.documented_until),
                deprecated: operation.deprecated,
                sunset: operation.sunset,
                replaced_by: operation.replaced_by.clone(),
                internal: operation.internal,
                scope: if operation.company_scoped { Scope::Everyone } else { Scope::Nobody },
            });
            surface.routes.entry(route.text.clone()).or_default().extend(facts);
        }
        let problems = exception::apply(&mut surface, catalog, exceptions);
        (surface, problems)
    }

    /// The operation that a call of `method` on `route` used on `day`; `None` if there was no documented one.
    /// `HEAD` is `GET` where only `GET` was documented.
    #[must_use]
    pub fn operation(&self, route: &RouteKey, method: &str, day: Day) -> Option<&OperationFacts> {
        let operations = self.operations_of(route);
        let find = |method: &str| operations.iter().find(|facts| facts.method == method && facts.is_documented_on(day));
        find(method).or_else(|| if method == "HEAD" { find("GET") } else { None })
    }

    /// The operation that answered `method` on `route` at some time, whether or not it is still documented.
    #[must_use]
    pub(crate) fn operation_ever(&self, route: &RouteKey, method: &str) -> Option<&OperationFacts> {
        let operations = self.operations_of(route);
        let find = |method: &str| operations.iter().find(|facts| facts.method == method);
        find(method).or_else(|| if method == "HEAD" { find("GET") } else { None })
    }

    fn operations_of(&self, route: &RouteKey) -> &[OperationFacts] {
        let known = if route.documented { self.routes.get(&route.text) } else { None };
        known.map_or(&[], Vec::as_slice)
    }

    /// Excepts people's tokens from the header on an operation; whether the operation is known.
    fn except(&mut self, route: &str, method: &str) -> bool {
        let operations = self.routes.get_mut(route).map_or(&mut [][..], Vec::as_mut_slice);
        let mut known = false;
        for facts in operations.iter_mut().filter(|facts| facts.method == method) {
            known = true;
            if facts.scope == Scope::Everyone {
                facts.scope = Scope::ServiceAccounts;
            }
        }
        known
    }
}

fn earlier(a: Option<Day>, b: Option<Day>) -> Option<Day> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{catalog, day, documented, operation, route, undocumented};

    #[test]
    fn a_removed_operation_is_documented_before_the_day_of_its_removal_only() {
        let removed = model::Operation { documented_until: Some(day(10)), ..operation("GET") };
        let (surface, _) = Surface::new(&catalog(vec![route("/a", vec![removed])]), &[]);
        assert!(surface.operation(&documented("/a"), "GET", day(9)).is_some());
        assert!(surface.operation(&documented("/a"), "GET", day(10)).is_none());
    }

    #[test]
    fn a_removed_route_takes_its_operations_with_it() {
        let removed = model::Route { documented_until: Some(day(10)), ..route("/a", vec![operation("GET")]) };
        let (surface, _) = Surface::new(&catalog(vec![removed]), &[]);
        assert!(surface.operation(&documented("/a"), "GET", day(9)).is_some());
        assert!(surface.operation(&documented("/a"), "GET", day(10)).is_none());
    }

    #[test]
    fn head_is_get_where_only_get_is_documented() {
        let method_of = |operations: Vec<model::Operation>, at: i32| {
            let (surface, _) = Surface::new(&catalog(vec![route("/a", operations)]), &[]);
            surface.operation(&documented("/a"), "HEAD", day(at)).map(|facts| facts.method.clone())
        };
        assert_eq!(method_of(vec![operation("GET")], 1).as_deref(), Some("GET"));
        assert_eq!(method_of(vec![operation("GET"), operation("HEAD")], 1).as_deref(), Some("HEAD"));
        assert_eq!(method_of(vec![operation("POST")], 1), None);
        let head = model::Operation { documented_until: Some(day(10)), ..operation("HEAD") };
        assert_eq!(method_of(vec![head.clone(), operation("GET")], 9).as_deref(), Some("HEAD"));
        assert_eq!(method_of(vec![head, operation("GET")], 10).as_deref(), Some("GET"));
    }

    #[test]
    fn an_undocumented_route_is_not_the_documented_one_that_reads_alike() {
        let (surface, _) = Surface::new(&catalog(vec![route("/{other}", vec![operation("GET")])]), &[]);
        assert!(surface.operation(&documented("/:other"), "GET", day(1)).is_some());
        assert!(surface.operation(&undocumented("/:other"), "GET", day(1)).is_none());
    }
}
