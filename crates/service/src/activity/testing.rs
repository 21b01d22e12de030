//! Tallies for the tests of this topic.

use std::sync::Arc;

use ::health::Surface;
use model::{Catalog, Counts, Day, DeprecatedSince, Operation, Route, RouteKey, Tally};
use proptest::prelude::*;

/// How many days they lie on.
pub(super) const DAYS: i32 = 4;

/// Their routes; `/x` is documented and undocumented.
pub(super) const ROUTES: [&str; 4] = ["/a", "/old", "/x", "/y/:id"];

/// The first of their days.
pub(super) fn first() -> Day {
    Day::from_epoch_days(20_770)
}

/// A catalog with an ordinary, a deprecated and an internal operation.
pub(super) fn surface() -> Surface {
    let operation = |deprecated, internal| Operation {
        method: "GET".to_owned(),
        document: "api.yaml".to_owned(),
        summary: None,
        deprecated,
        sunset: None,
        replaced_by: None,
        internal,
        company_scoped: true,
        documented_until: None,
    };
    let route = |text: &str, operation: Operation| Route {
        template: text.to_owned(),
        text: text.to_owned(),
        operations: vec![operation],
        documented_until: None,
    };
    let routes = vec![
        route("/a", operation(None, false)),
        route("/old", operation(Some(DeprecatedSince::Always), false)),
        route("/x", operation(None, true)),
    ];
    Surface::new(&Catalog { routes }, &[]).0
}

/// Tallies with distinct keys, in any order.
pub(super) fn some_tallies() -> impl Strategy<Value = Vec<Tally>> {
    let key = (
        0..DAYS,
        prop::sample::select(ROUTES.to_vec()),
        any::<bool>(),
        prop::sample::select(vec!["GET", "POST", "OPTIONS"]),
        prop::sample::select(vec![101_u16, 200, 204, 302, 401, 403, 404, 405, 429, 500]),
    );
    let counts = (1_u64..1000, 0_u64..1000);
    prop::collection::hash_map(key, counts, 0..40).prop_map(|map| {
        let tally = |(key, (calls, absent)): (Key, (u64, u64))| {
            let (day, route, documented, method, status) = key;
            Tally {
                day: first().plus(day),
                route: Arc::new(RouteKey { documented, text: route.to_owned() }),
                method: method.into(),
                status,
                counts: Counts { calls, header_absent: absent.min(calls), ..Counts::default() },
            }
        };
        map.into_iter().map(tally).collect()
    })
}

/// Day, route, whether it is documented, method and status.
type Key = (i32, &'static str, bool, &'static str, u16);
