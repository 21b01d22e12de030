//! `private_endpoint`: calls that reached something that the catalog does not offer to the outside.

use model::Tally;

use super::{Share, is_options, of_all_calls};
use crate::OperationFacts;

/// A 404 or 405 says that there was nothing to reach.
pub(super) fn share(tally: &Tally, operation: Option<&OperationFacts>) -> Share {
    let reached = !matches!(tally.status, 404 | 405);
    let private = operation.is_none_or(|facts| facts.internal);
    of_all_calls(tally, private && reached && !is_options(tally))
}

#[cfg(test)]
mod tests {
    use model::{Observation, Operation, RouteKey};

    use crate::testing::{calls, catalog, day, documented, operation, route, undocumented};
    use crate::{Rules, Surface, classify};

    fn check(at: i32, route_key: RouteKey, method: &str, status: u16, expected: u64) {
        let internal = Operation { internal: true, ..operation("GET") };
        let removed = Operation { documented_until: Some(day(100)), ..operation("GET") };
        let (surface, _) = Surface::new(
            &catalog(vec![
                route("/open", vec![operation("GET")]),
                route("/internal", vec![internal]),
                route("/removed", vec![removed]),
            ]),
            &[],
        );
        let tally = calls(at, route_key, method, status, 1);
        let share = classify(&tally, &surface, &Rules::default())[Observation::PrivateEndpoint.index()];
        assert_eq!((share.affected, share.base), (expected, 1), "{method} {:?} {status} on {at}", tally.route);
    }

    #[test]
    fn what_is_not_offered_is_private() {
        check(1, documented("/open"), "GET", 200, 0);
        check(1, documented("/open"), "HEAD", 200, 0);
        check(1, documented("/open"), "POST", 200, 1);
        check(1, documented("/internal"), "GET", 200, 1);
        check(1, documented("/internal"), "HEAD", 200, 1);
        check(1, undocumented("/open"), "GET", 200, 1);
        check(1, undocumented("/:other"), "GET", 500, 1);
        check(99, documented("/removed"), "GET", 200, 0);
        check(100, documented("/removed"), "GET", 200, 1);
    }

    #[test]
    fn a_404_or_405_reached_nothing() {
        for status in [404, 405] {
            check(1, undocumented("/x"), "GET", status, 0);
            check(1, documented("/internal"), "GET", status, 0);
        }
        check(1, undocumented("/x"), "GET", 403, 1);
    }

    #[test]
    fn options_is_never_private() {
        check(1, undocumented("/x"), "OPTIONS", 200, 0);
        check(1, documented("/open"), "OPTIONS", 200, 0);
        check(1, documented("/internal"), "OPTIONS", 200, 0);
    }
}
