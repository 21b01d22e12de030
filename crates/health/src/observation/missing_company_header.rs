//! `missing_company_header`: calls of company-scoped operations, measured against those alone.

use model::Tally;

use super::{Share, is_options};
use crate::{OperationFacts, Scope};

/// Undocumented calls are not company-scoped. On an operation that is excepted for people's tokens, the calls
/// of service accounts are the company-scoped ones.
pub(super) fn share(tally: &Tally, operation: Option<&OperationFacts>) -> Share {
    let counts = tally.counts;
    let (absent, base) = match operation.map(|facts| facts.scope) {
        Some(Scope::Everyone) => (counts.header_absent, counts.calls),
        Some(Scope::ServiceAccounts) => (counts.service_header_absent, counts.service_calls),
        Some(Scope::Nobody) | None => (0, 0),
    };
    Share { affected: if is_options(tally) { 0 } else { absent }, base, near_sunset: 0 }
}

#[cfg(test)]
mod tests {
    use model::{Counts, Observation, Operation, RouteKey};

    use crate::testing::{calls, catalog, documented, operation, route, undocumented};
    use crate::{Rules, Surface, classify};

    fn check(method: &str, route_key: RouteKey, expected: (u64, u64)) {
        let free = Operation { company_scoped: false, ..operation("GET") };
        let catalog = catalog(vec![
            route("/scoped", vec![operation("GET"), operation("OPTIONS")]),
            route("/me", vec![operation("GET"), operation("OPTIONS")]),
            route("/free", vec![free]),
        ]);
        let exceptions = ["GET /me".to_owned(), "OPTIONS /me".to_owned()];
        let (surface, problems) = Surface::new(&catalog, &exceptions);
        assert_eq!(problems, []);
        let mut tally = calls(1, route_key, method, 200, 100);
        tally.counts = Counts { calls: 100, header_absent: 20, service_calls: 30, service_header_absent: 4 };
        let share = classify(&tally, &surface, &Rules::default())[Observation::MissingCompanyHeader.index()];
        assert_eq!((share.affected, share.base), expected, "{method} {:?}", tally.route);
    }

    #[test]
    fn whose_calls_need_the_header() {
        check("GET", documented("/scoped"), (20, 100));
        check("HEAD", documented("/scoped"), (20, 100));
        check("GET", documented("/me"), (4, 30));
        check("HEAD", documented("/me"), (4, 30));
        check("GET", documented("/free"), (0, 0));
        check("POST", documented("/scoped"), (0, 0));
        check("GET", documented("/gone"), (0, 0));
        check("GET", undocumented("/scoped"), (0, 0));
    }

    #[test]
    fn options_counts_in_the_base_where_it_is_documented_and_never_lacks_the_header() {
        check("OPTIONS", documented("/scoped"), (0, 100));
        check("OPTIONS", documented("/me"), (0, 30));
        check("OPTIONS", documented("/free"), (0, 0));
    }
}
