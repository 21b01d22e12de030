//! Counts in few bytes: keys, pages of entries in order, and what to merge. Pure: where pages are kept is the store's
//! business.
//!
//! Counts come in three families. Within a family they lie in *spans* of 32 days, within a span in *runs*, each of which
//! holds *pages* of entries with ascending keys. What is true of a key is the sum over all runs of its span, at any time.

mod key;
mod merge;
mod page;
mod row;

pub(crate) use key::{Family, Group, Key, SLOTS, day_of, first_slot, last_day_of, span_of, spans_of};
pub(crate) use merge::{ASIDE, AT_REST, Due, LISTED, Listed, OVER, PageAt, Policy, Run, due, due_at_rest, step};
pub(crate) use page::{Builder, Entries, Entry, Page, add, add_calls, sum, unreadable};
pub(crate) use row::{Packed, Parts};
