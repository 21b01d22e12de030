use proptest::collection::vec;
use proptest::prelude::*;

use super::super::key::tests::key;
use super::*;

fn counts() -> impl Strategy<Value = Counts> {
    let some = || prop_oneof![4 => Just(0), 4 => 0..9_u64, 2 => 0..300_u64, 1 => 0..=i64::MAX as u64];
    (some(), some(), some(), some()).prop_map(|(calls, header_absent, service_calls, service_header_absent)| Counts {
        calls,
        header_absent,
        service_calls,
        service_header_absent,
    })
}

/// What a family can hold of an entry.
fn of_family(family: Family, Entry { key, counts }: Entry) -> Entry {
    let calls = Counts { calls: counts.calls, ..Counts::default() };
    match family {
        Family::Tally => Entry { key: Key { company: 0, ..key }, counts },
        Family::Company => Entry { key, counts: calls },
        Family::Day => Entry { key: Key { company: 0, route: 0, call: 0, ..key }, counts: calls },
    }
}

fn entries(family: Family) -> impl Strategy<Value = Vec<Entry>> {
    vec((key(), counts()), 0..200).prop_map(move |entries| {
        let entries = entries.into_iter().map(|(key, counts)| of_family(family, Entry { key, counts }));
        let by_key: std::collections::BTreeMap<Key, Entry> = entries.map(|entry| (entry.key, entry)).collect();
        by_key.into_values().collect()
    })
}

fn pages(family: Family, limit: usize, entries: &[Entry]) -> Vec<Page> {
    let mut builder = Builder::new(family, limit);
    let mut pages: Vec<Page> = entries.iter().filter_map(|entry| builder.add(entry).unwrap()).collect();
    pages.extend(builder.finish());
    pages
}

fn read(family: Family, body: &[u8]) -> Result<Vec<Entry>> {
    Entries::new(family, body).collect()
}

/// The greatest entry there can be.
const LONGEST: usize = 1 + 5 + 1 + 5 + 5 + 5 + 4 * 10;

/// Pages of this format are in files that must be read for as long as there are files.
#[test]
fn a_page_reads_as_it_always_did() {
    let key = |app, slot, company, route, call| Key { app, slot, company, route, call };
    let calls = |calls| Counts { calls, ..Counts::default() };
    let tallies = [
        Entry { key: key(1, 0, 0, 0, 0), counts: calls(0) },
        Entry { key: key(1, 0, 0, 0, 1 << 10 | 200), counts: calls(6) },
        Entry { key: key(1, 0, 0, 2, 1 << 10 | 200), counts: Counts { header_absent: 3, ..calls(7) } },
        Entry {
            key: key(1, 33, 0, 300, 5),
            counts: Counts { calls: 1_000, header_absent: 0, service_calls: 9, service_header_absent: 1 },
        },
        Entry { key: key(u32::MAX, 63, 0, u32::MAX, u32::MAX), counts: calls(i64::MAX as u64) },
    ];
    #[rustfmt::skip]
    let body = [
        1,
        0x00, 1, 0, 0, 0,
        0xc4, 0xc8, 0x09,
        0xeb, 2, 0xc8, 0x09, 0, 3,
        0xf1, 33, 0xac, 0x02, 5, 0xe1, 0x07, 0, 9, 1,
        0xe0, 0xfe, 0xff, 0xff, 0xff, 0x0f, 63, 0xff, 0xff, 0xff, 0xff, 0x0f, 0xff, 0xff, 0xff, 0xff, 0x0f,
        0xf8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
    ];
    assert_eq!(pages(Family::Tally, 8_110, &tallies), [Page { first: tallies[0].key, body: body.to_vec() }]);
    assert_eq!(read(Family::Tally, &body).unwrap(), tallies);

    let companies =
        [Entry { key: key(1, 0, 1, 2, 3), counts: calls(1) }, Entry { key: key(1, 0, 3, 2, 3), counts: calls(8) }];
    let body = [1, 0x20, 1, 0, 1, 2, 3, 0xe2, 2, 2, 3, 1];
    assert_eq!(pages(Family::Company, 8_110, &companies), [Page { first: companies[0].key, body: body.to_vec() }]);
    assert_eq!(read(Family::Company, &body).unwrap(), companies);

    let days =
        [Entry { key: key(1, 4, 0, 0, 0), counts: calls(1) }, Entry { key: key(1, 36, 0, 0, 0), counts: calls(2) }];
    let body = [1, 0x20, 1, 4, 0x41, 32];
    assert_eq!(pages(Family::Day, 8_110, &days), [Page { first: days[0].key, body: body.to_vec() }]);
    assert_eq!(read(Family::Day, &body).unwrap(), days);
}

#[test]
fn what_is_no_page_is_refused() {
    let strange: [(Family, &[u8]); 14] = [
        (Family::Tally, &[]),
        (Family::Tally, &[1]),
        (Family::Tally, &[2, 0x00, 1, 0, 0, 0]),
        (Family::Tally, &[1, 0x00, 1, 0, 0]),
        // No column, one that the family lacks, and one that can't be the first.
        (Family::Tally, &[1, 0x05, 1, 0, 0, 0]),
        (Family::Tally, &[1, 0x00, 1, 0, 0, 0, 0x02, 1, 0, 0]),
        (Family::Day, &[1, 0x00, 1, 0, 0x03, 1]),
        (Family::Tally, &[1, 0x01, 1, 0, 0]),
        // No such counts.
        (Family::Tally, &[1, 0x18, 1, 0, 0, 0]),
        (Family::Day, &[1, 0x08, 1, 0, 5]),
        // The same key again, and too large numbers.
        (Family::Tally, &[1, 0x00, 1, 0, 0, 0, 0x04, 0]),
        (Family::Tally, &[1, 0x00, 1, 64, 0, 0]),
        (Family::Day, &[1, 0x00, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0x00, 1, 0]),
        (Family::Day, &[1, 0xe0, 1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02]),
    ];
    for (family, body) in strange {
        assert!(read(family, body).is_err(), "{body:?}");
    }
}

#[test]
fn keys_that_do_not_ascend_are_refused() {
    let mut builder = Builder::new(Family::Day, 100);
    let entry = Entry { key: Key { app: 2, ..Key::default() }, counts: Counts::default() };
    assert_eq!(builder.add(&entry).unwrap(), None);
    assert!(builder.add(&entry).is_err());
}

#[test]
fn a_sum_that_is_too_large_is_refused() {
    let entry = |calls| Entry { key: Key::default(), counts: Counts { calls, ..Counts::default() } };
    assert!(sum(&mut vec![entry(u64::MAX), entry(1)]).is_err());
    let mut none = Vec::new();
    sum(&mut none).unwrap();
    assert_eq!(none, []);
}

proptest! {
    #[test]
    fn pages_give_their_entries_back(
        (family, entries) in prop::sample::select(&Family::ALL).prop_flat_map(|it| (Just(it), entries(it))),
        limit in prop_oneof![0..200_usize, Just(8_110)],
    ) {
        let pages = pages(family, limit, &entries);
        let mut all = Vec::new();
        for page in &pages {
            let of_page = read(family, &page.body).unwrap();
            prop_assert_eq!(of_page[0].key, page.first);
            prop_assert!(page.body.len() <= limit || of_page.len() == 1);
            all.extend(of_page);
        }
        prop_assert_eq!(all, entries);
        // Every page but the last was full.
        for page in pages.iter().rev().skip(1) {
            prop_assert!(page.body.len() + LONGEST > limit);
        }
    }

    #[test]
    fn any_bytes_are_a_page_or_an_error(
        family in prop::sample::select(&Family::ALL),
        mut body in vec(any::<u8>(), 0..300),
        begins_well in any::<bool>(),
    ) {
        if let (Some(version), true) = (body.first_mut(), begins_well) {
            *version = VERSION;
        }
        check_any(family, &body);
    }

    #[test]
    fn a_damaged_page_is_a_page_or_an_error(
        (family, entries) in prop::sample::select(&Family::ALL).prop_flat_map(|it| (Just(it), entries(it))),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<prop::sample::Index>(),
    ) {
        for page in pages(family, 8_110, &entries) {
            let mut body = page.body;
            check_any(family, &body[..cut.index(body.len())]);
            let at = at.index(body.len());
            body[at] = byte;
            check_any(family, &body);
        }
    }

    #[test]
    fn a_sum_is_that_of_a_map(entries in vec((key(), 0..9_u64), 0..60), copies in 1..4_usize) {
        let mut all: Vec<Entry> = Vec::new();
        let mut expected = std::collections::BTreeMap::<Key, Counts>::new();
        for (key, calls) in entries.iter().cycle().take(entries.len() * copies) {
            let counts = Counts { calls: *calls, header_absent: 1, service_calls: 2, service_header_absent: 3 };
            all.push(Entry { key: *key, counts });
            *expected.entry(*key).or_default() += counts;
        }
        sum(&mut all).unwrap();
        let expected: Vec<_> = expected.into_iter().map(|(key, counts)| Entry { key, counts }).collect();
        prop_assert_eq!(all, expected);
    }
}

/// No entry has less than two bytes, whatever they are, and keys ascend up to the first error, which is the last.
fn check_any(family: Family, body: &[u8]) {
    let mut before = None;
    let mut failed = false;
    let mut count = 0;
    for entry in Entries::new(family, body) {
        assert!(!failed);
        count += 1;
        match entry {
            Ok(entry) => {
                assert!(before < Some(entry.key));
                before = Some(entry.key);
            }
            Err(_) => failed = true,
        }
    }
    assert!(count <= body.len() / 2 + 1);
}
