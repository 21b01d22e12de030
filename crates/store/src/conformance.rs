//! What every store must keep of what [`Store`](crate::Store) promises: one function for each promise, given
//! an empty store. [`run_all`] runs them one after the other; [`conformance!`](crate::conformance!) makes a
//! test of each. [`model`](mod@model) holds a store against a plain map over any sequence of steps.
//!
//! A broken promise panics with the assertion; a store that fails returns its error.

mod builders;
mod catalog;
mod ingest;
pub mod model;
mod positions;
mod registry;
mod verdicts;

pub use catalog::*;
pub use ingest::*;
pub use positions::*;
pub use registry::*;
pub use verdicts::*;

/// Calls a macro with the name of every promise.
#[doc(hidden)]
#[macro_export]
macro_rules! with_each_promise {
    ($callback:ident ! ($($before:tt)*)) => {
        $crate::$callback! { ($($before)*)
            an_empty_store_is_empty
            tallies_come_by_day_route_method_and_status
            counts_add_up_over_commits
            environments_are_kept_apart
            an_unknown_app_is_discovered_and_a_known_one_is_left_alone
            production_days_are_marked_dirty_with_growing_marks
            calls_by_app_are_of_production_within_the_days
            rejects_add_up_most_frequent_first
            undocumented_routes_are_found_by_day_and_by_group
            a_count_too_large_to_keep_changes_nothing
            of_very_many_methods_the_last_are_counted_together
            a_commit_with_a_wrong_number_changes_nothing
            purging_takes_everything_older_and_nothing_else
            a_position_reads_back_and_moves_on
            a_position_that_moved_meanwhile_is_a_conflict
            of_two_who_find_a_new_source_only_one_counts_it
            a_source_that_is_certainly_another_is_no_conflict
            positions_are_found_by_head
            a_catalog_reads_back_as_saved
            an_import_based_on_an_older_one_is_a_conflict
            changes_are_logged_newest_import_first
            moved_counts_are_added_to_what_is_there
            an_import_marks_every_production_day_dirty
            routes_are_unsettled_since_an_import_and_since_traffic_of_an_older_one
            apps_read_back_by_id
            settings_read_back
            verdicts_read_back_by_app_then_day
            judging_clears_the_marks_it_saw_and_no_newer_ones
            a_slow_judge_does_not_undo_a_later_one
            a_day_without_calls_keeps_no_verdicts
            marking_all_marks_production_days_alone
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! run_each_promise {
    (($make:expr) $($promise:ident)*) => {
        $(
            let (store, _place) = $make.await;
            $crate::conformance::$promise(store).await?;
        )*
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! test_each_promise {
    (($make:expr) $($promise:ident)*) => {
        $(
            #[tokio::test]
            async fn $promise() {
                let (store, _place) = $make.await;
                $crate::conformance::$promise(store).await.unwrap();
            }
        )*
    };
}

/// Makes a test of each promise. Its argument is an expression, evaluated for each test, for the future of an
/// empty [`SharedStore`](crate::SharedStore) and of something to be kept until the test is over, such as a
/// temporary directory: `conformance!(empty_store());`
#[macro_export]
macro_rules! conformance {
    ($make:expr) => {
        $crate::with_each_promise! { test_each_promise!($make) }
    };
}

/// Runs the whole suite, each promise with an empty store that `make` makes, and something that is kept until
/// the promise was tried.
///
/// # Errors
/// The first error of a store.
///
/// # Panics
/// When a promise is broken.
pub async fn run_all<P, F: Future<Output = (crate::SharedStore, P)>>(make: impl Fn() -> F) -> crate::Result<()> {
    crate::with_each_promise! { run_each_promise!(make()) }
    Ok(())
}
