//! Any sequence of steps leaves what a plain map would hold.

use std::sync::Arc;

use model::{Counts, Day, Environment, RouteKey, TallyKey};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;

use super::packed::sound;
use super::{SqliteStore, place};
use crate::conformance::model::{Step, agrees};
use crate::packed::Policy;

const ROUTES: [&str; 5] = ["/a", "/a/:id", "/b", "/B", "/:other"];

/// Days of several spans, which begin on -8, 24 and 56; some of them the first and the last.
fn day() -> impl Strategy<Value = Day> {
    prop_oneof![3 => 0..6, 1 => select(vec![-40, -9, -8, 23, 24, 25, 56, 400])].prop_map(Day::from_epoch_days)
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
        1 => Just(Step::Tidy),
    ]
}

/// Bounds that are met after every few commits.
const SMALL: Policy = Policy { page: 64, fan: 2, step: 256, class: 128 };

fn check(policy: Policy, steps: &[Step]) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (_directory, path) = place();
    let store = SqliteStore::open_with(&path, policy).unwrap();
    let file = rusqlite::Connection::open(&path).unwrap();
    runtime.block_on(agrees(Arc::new(store), steps, || sound(&file))).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_steps_leave_what_a_plain_map_would_hold(steps in vec(step(), 1..16)) {
        check(Policy::default(), &steps);
    }

    #[test]
    fn any_steps_leave_it_while_everything_is_merged_in_small_steps(steps in vec(step(), 1..24)) {
        check(SMALL, &steps);
    }
}
