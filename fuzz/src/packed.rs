//! Packed pages of counts, as the store keeps them.

use model::Counts;

#[path = "../../crates/store/src/packed/key.rs"]
#[allow(dead_code, unreachable_pub, missing_docs, reason = "checked where it belongs")]
mod key;
#[path = "../../crates/store/src/packed/page.rs"]
#[allow(dead_code, unreachable_pub, missing_docs, reason = "checked where it belongs")]
#[rustfmt::skip] // It would look for the tests in the wrong folder.
mod page;

use key::{Family, Key};
use page::{Builder, Entries, Entry, sum};

/// Any bytes as a page of a family: its keys ascend up to the first error, which is the last. What can be read must be the
/// same when it is written again, on pages of any size, and no longer than it was.
pub fn check(data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    if let Ok(key) = Key::from_bytes(body) {
        assert_eq!(key.to_bytes()[..], *body);
    }
    let (family, limit) = (Family::ALL[usize::from(first % 3)], usize::from(first / 3));
    let read: Vec<_> = Entries::new(family, body).collect();
    assert!(read.len() <= body.len() / 2 + 1, "more entries than there is room for");
    let entries: Vec<Entry> = read.iter().map_while(|entry| entry.as_ref().ok().copied()).collect();
    assert!(read.len() - entries.len() <= 1, "something comes after an error");
    assert!(entries.is_sorted_by(|one, other| one.key < other.key), "the keys do not ascend");
    check_sum(&entries);

    let is_whole = read.len() == entries.len();
    let pages = write(family, usize::MAX, &entries);
    assert!(pages.len() <= 1 && pages.iter().all(|page| !is_whole || page.len() <= body.len()));
    assert_eq!(entries_of(family, &pages), entries);
    let small = write(family, limit, &entries);
    assert!(small.iter().all(|page| page.len() <= limit || entries_of(family, std::slice::from_ref(page)).len() == 1));
    assert_eq!(entries_of(family, &small), entries);
}

/// Entries beside themselves come to twice as much, or are refused.
fn check_sum(entries: &[Entry]) {
    let mut twice = entries.repeat(2);
    if sum(&mut twice).is_ok() {
        let double = |Entry { key, mut counts }: Entry| {
            counts += counts;
            Entry { key, counts }
        };
        assert!(twice.into_iter().eq(entries.iter().copied().map(double)));
    } else {
        let most = |Counts { calls, header_absent, service_calls, service_header_absent }: Counts| {
            calls.max(header_absent).max(service_calls).max(service_header_absent)
        };
        assert!(entries.iter().any(|entry| most(entry.counts) > i64::MAX.unsigned_abs() / 2));
    }
}

/// The bodies of the pages that entries make.
fn write(family: Family, limit: usize, entries: &[Entry]) -> Vec<Vec<u8>> {
    let mut builder = Builder::new(family, limit);
    let full = entries.iter().filter_map(|entry| builder.add(entry).expect("their keys ascend"));
    let mut pages: Vec<_> = full.collect();
    pages.extend(builder.finish());
    for page in &pages {
        let begin = Entries::new(family, &page.body).next();
        assert!(begin.is_some_and(|entry| entry.is_ok_and(|entry| entry.key == page.first)));
    }
    pages.into_iter().map(|page| page.body).collect()
}

fn entries_of(family: Family, pages: &[Vec<u8>]) -> Vec<Entry> {
    let entries = pages.iter().flat_map(|page| Entries::new(family, page));
    entries.map(|entry| entry.expect("a page that was just written")).collect()
}
