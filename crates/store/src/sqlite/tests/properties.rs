//! Any sequence of steps leaves what a plain map would hold.

use std::sync::Arc;

use model::{Counts, Day, Environment, RouteKey, TallyKey};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;

use super::{SqliteStore, place};
use crate::conformance::model::{Step, agrees};

const ROUTES: [&str; 5] = ["/a", "/a/:id", "/b", "/B", "/:other"];

fn day() -> impl Strategy<Value = Day> {
    (0..6).prop_map(Day::from_epoch_days)
}

fn key() -> impl Strategy<Value = TallyKey> {
    let app = select(vec!["a", "b", "Z"]);
    let environment = select(vec![Environment::Production, Environment::Production, Environment::Sandbox]);
    let route = (any::<bool>(), select(ROUTES.to_vec()));
    let method = select(vec!["GET", "POST"]);
    (app, environment, day(), route, method, select(vec![200, 403])).prop_map(
        |(app, environment, day, (documented, text), method, status)| TallyKey {
            app: app.parse().unwrap(),
            environment,
            day,
            route: RouteKey { documented, text: text.to_owned() },
            method: method.to_owned(),
            status,
        },
    )
}

fn counts() -> impl Strategy<Value = Counts> {
    (0..1_000_u64, 0..9_u64, 0..9_u64, 0..9_u64).prop_map(
        |(calls, header_absent, service_calls, service_header_absent)| Counts {
            calls,
            header_absent,
            service_calls,
            service_header_absent,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let text = || select(ROUTES.to_vec()).prop_map(str::to_owned);
    prop_oneof![
        6 => btree_map(key(), counts(), 0..20).prop_map(|tallies| Step::Commit(tallies.into_iter().collect())),
        2 => (vec((text(), text()), 0..4), day()).prop_map(|(moves, since)| Step::Move(moves, since)),
        1 => day().prop_map(Step::Purge),
        2 => (0..8_u32).prop_map(Step::Judge),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_steps_leave_what_a_plain_map_would_hold(steps in vec(step(), 1..16)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (_directory, path) = place();
        runtime.block_on(agrees(Arc::new(SqliteStore::open(&path).unwrap()), &steps)).unwrap();
    }
}
