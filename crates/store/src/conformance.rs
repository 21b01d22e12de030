//! What every store must keep of what [`Store`](crate::Store) promises: one function for each promise, given
//! an empty store. [`run_all`] runs them one after the other; [`conformance!`](crate::conformance!) makes a
//! test of each. [`model`](mod@model) holds a store against a plain map over any sequence of steps.
//!
//! A broken promise panics with the assertion; a store that fails returns its error.

mod batches;
mod builders;
mod catalog;
mod companies;
mod ingest;
pub mod model;
mod platform;
mod positions;
mod registry;
mod sources;
mod verdicts;

pub use batches::*;
pub use catalog::*;
pub use companies::*;
pub use ingest::*;
pub use platform::*;
pub use positions::*;
pub use registry::*;
pub use sources::*;
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
            company_tallies_add_up_and_come_in_order
            purging_takes_companies_too
            a_refused_commit_leaves_no_companies
            a_batch_is_found_by_key_or_bytes
            a_batch_that_was_counted_is_a_conflict
            old_batches_are_forgotten
            a_batch_is_remembered_though_the_clock_stood_back
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
            a_person_reads_back
            an_address_is_one_persons
            a_person_is_as_read_or_not
            people_are_found_by_name_or_address
            an_operator_is_there_or_not
            ways_to_sign_in_read_back
            a_one_time_code_is_good_once
            a_recovery_code_is_good_once
            an_identity_is_one_persons
            a_session_reads_back_with_its_person
            use_and_proof_of_a_session_are_noted
            sessions_end
            a_link_is_good_once
            links_count_failures_and_go_by_purpose
            a_request_is_remembered_for_who_sent_it
            tidying_takes_what_is_over
            organisations_read_back_by_name
            members_join_and_leave
            an_organisation_keeps_an_admin
            invitations_read_back
            an_invitation_ends_once
            all_of_a_list_happens_or_nothing
            tokens_read_back
            a_token_is_used_and_revoked_once
            source_tokens_read_back
            a_source_token_is_used_and_revoked_once
            an_app_is_registered_once
            an_app_that_was_removed_comes_again_as_another
            a_registered_app_reads_back_as_saved
            unregistering_takes_all_that_belongs_to_an_app
            an_app_with_counts_is_discovered_again
            collaborators_join_and_leave
            an_app_has_one_owner
            claims_are_decided_once
            a_draft_is_saved_on_top_of_the_one_before
            versions_read_back_highest_first
            versions_only_go_up
            a_version_is_promoted_once
            credentials_read_back
            a_credential_has_two_good_secrets_at_most
            audit_entries_read_back_newest_first
            the_audit_log_is_filtered_and_paged
            an_audit_entry_shares_the_fate_of_its_change
            verdicts_read_back_by_app_then_day
            judging_clears_the_marks_it_saw_and_no_newer_ones
            a_slow_judge_does_not_undo_a_later_one
            a_day_without_calls_keeps_no_verdicts
            marking_all_marks_production_days_alone
            dirty_days_are_found_by_day_and_app
            lists_hold_until_an_app_or_its_verdicts_change
            apps_are_listed_with_their_days
            flagged_calls_add_up_by_route
            companies_are_found_by_route
            senders_of_batches_come_latest_first
            what_people_are_told_reads_back
            a_mail_is_due_until_it_is_done
            a_source_adds_up_over_commits
            hours_are_found_by_what_changed
            a_refused_commit_adds_nothing_to_its_source
            a_loss_is_kept_once
            losses_of_a_reason_that_touch_are_one
            of_very_many_losses_none_is_forgotten
            unread_files_are_those_that_were_kept_last
            until_when_a_source_was_listened_for_reads_back
            purging_takes_old_hours_and_no_totals
            purging_takes_positions_of_files_that_were_left_long_ago
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
