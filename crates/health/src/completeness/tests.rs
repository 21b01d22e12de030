use std::collections::BTreeSet;

use model::{AppId, Day, DayRange, Hour, PlatformZone, UnixMillis};
use proptest::prelude::*;

use super::*;

/// Midnight of Monday, 2026-10-26.
const MONDAY: i64 = 498_048;

fn hour(n: i64) -> Hour {
    Hour::from_epoch_hours(MONDAY + n)
}

fn source(hours: impl IntoIterator<Item = (i64, u64)>) -> SourceRecord {
    let hours: Vec<(Hour, u64)> = hours.into_iter().map(|(n, calls)| (hour(n), calls)).collect();
    SourceRecord {
        name: "gateway".parse().unwrap(),
        declared: Declared::default(),
        first: hours.iter().map(|(hour, _)| *hour).min(),
        hours: hours.into_iter().collect(),
        losses: Vec::new(),
        apps: None,
    }
}

/// Weeks of so many calls an hour, but for the hours of the hole, in which one in `nearly` comes.
fn weeks(weeks: i64, calls: u64, hole: std::ops::Range<i64>) -> SourceRecord {
    source((0..weeks * 168).map(|n| (n, if hole.contains(&n) { 0 } else { calls })))
}

/// Long after all of it.
fn later() -> UnixMillis {
    hour(9000).start()
}

fn gap_hours(source: &SourceRecord, now: UnixMillis) -> Vec<i64> {
    let gaps = source.gaps(hour(-9000), now);
    gaps.iter()
        .flat_map(|gap| Hour::of(gap.from).epoch_hours()..Hour::of(gap.until).epoch_hours())
        .map(|n| n - MONDAY)
        .collect()
}

/// Gaps within the four weeks of data.
fn gaps_within(source: &SourceRecord) -> Vec<i64> {
    gap_hours(source, hour(4 * 168).start().plus_millis(3_600_001))
}

#[test]
fn a_hole_of_three_hours_in_the_fourth_week_is_a_gap() {
    let hole = 3 * 168 + 50..3 * 168 + 53;
    let found = weeks(4, 100, hole.clone()).gaps(hour(0), hour(4 * 168).start().plus_millis(3_600_001));
    let gap = Gap { from: hour(hole.start).start(), until: hour(hole.end).start(), expected: Some(300), received: 0 };
    assert_eq!(found, [gap]);
    assert_eq!(gaps_within(&weeks(4, 100, 0..0)), [0_i64; 0]);
}

#[test]
fn what_was_expected_is_the_least_of_the_weeks_or_else_of_the_days() {
    // Hours before the hour in question, with their calls; the first call ever was long before unless said otherwise.
    let week = |calls: [u64; 3]| [(-168, calls[0]), (-336, calls[1]), (-504, calls[2])].to_vec();
    let days = |calls: [u64; 7]| (0..7).map(|n| (-24 * (n + 1), calls[n as usize])).collect::<Vec<_>>();
    for (first, before, expected) in [
        (-9000, week([100, 90, 80]), Some(80)),
        (-9000, week([100, 90, 20]), Some(20)),
        (-9000, week([100, 90, 19]), None),
        // The third week is not known yet: its hour has to begin after that of the first call.
        (-504, week([100, 90, 0]), Some(90)),
        (-505, week([100, 90, 0]), None),
        (-336, week([100, 90, 80]), None),
        // The days stand in where the weeks say nothing.
        (-169, days([30, 40, 50, 60, 70, 80, 90]), Some(30)),
        (-168, days([30, 40, 50, 60, 70, 80, 90]), None),
        (-169, days([30, 40, 50, 60, 70, 19, 90]), None),
        (-9000, days([30, 40, 50, 60, 70, 80, 90]), Some(30)),
    ] {
        let mut record = source(before.clone());
        record.first = Some(hour(first));
        assert_eq!(super::expected(&record, hour(0)), expected, "{first} {before:?}");
    }
}

#[test]
fn a_tenth_of_what_was_expected_is_enough() {
    for (received, is_gap) in [(0, true), (9, true), (10, false), (11, false), (1000, false)] {
        let mut record = weeks(4, 100, 0..0);
        record.hours.set(hour(600), received);
        assert_eq!(gaps_within(&record), if is_gap { vec![600] } else { vec![] }, "{received}");
    }
    let mut odd = weeks(4, 25, 0..0);
    odd.hours.set(hour(600), 2);
    assert_eq!(gaps_within(&odd), [600]);
    odd.hours.set(hour(600), 3);
    assert_eq!(gaps_within(&odd), [0_i64; 0]);
}

#[test]
fn an_hour_is_judged_when_it_is_over_by_more_than_the_allowance() {
    for (allowance, millis_after, judged) in [
        (60, 3_600_000, false),
        (60, 3_600_001, true),
        (0, 0, false),
        (0, 1, true),
        (1440, 86_400_000, false),
        (1440, 86_400_001, true),
    ] {
        let mut record = weeks(3, 100, 0..0);
        record.declared.allowance_minutes = allowance;
        let now = hour(3 * 168).end().plus_millis(millis_after);
        let found = gap_hours(&record, now).contains(&(3 * 168));
        assert_eq!(found, judged, "{allowance} {millis_after}");
        assert_eq!(record.hour(hour(3 * 168), now).over, judged);
    }
}

#[test]
fn a_source_that_ends_is_missed_for_a_week() {
    let record = weeks(4, 100, 0..0);
    let missed = gap_hours(&record, later());
    assert_eq!(missed, (4 * 168..5 * 168).collect::<Vec<_>>());
}

#[test]
fn nothing_is_expected_of_weekends_that_were_always_quiet() {
    let workday = |n: i64| (n % 168) / 24 < 5 && (8..18).contains(&(n % 24));
    let record = source((0..4 * 168).map(|n| (n, if workday(n) { 400 } else { 3 })));
    assert_eq!(gaps_within(&record), [0_i64; 0]);
    // And a holiday is a gap, since nobody said so.
    let record = source((0..4 * 168).map(|n| (n, if workday(n) && n / 24 != 24 { 400 } else { 3 })));
    assert_eq!(gaps_within(&record), (24 * 24 + 8..24 * 24 + 18).collect::<Vec<_>>());
}

#[test]
fn declarations_say_what_silence_means() {
    let sparse = [(0, 1), (1, 2), (3, 1), (4, 1)];
    let mut record = source(sparse);
    let now = hour(6).start();
    assert_eq!(gap_hours(&record, now), [0_i64; 0]);
    record.declared.expect = Expect::Always;
    assert_eq!(gap_hours(&record, now), [2]);
    assert_eq!(record.gaps(hour(0), now)[0].expected, Some(1));
    let mut record = weeks(4, 100, 600..603);
    record.declared.expect = Expect::Never;
    assert_eq!(gap_hours(&record, later()), [0_i64; 0]);
    // A loss is a gap whatever is expected.
    record.losses = vec![(hour(10).start(), hour(11).start())];
    assert_eq!(gap_hours(&record, later()), [10]);
    assert_eq!(record.gaps(hour(11), later()), []);
}

#[test]
fn a_source_without_calls_misses_none() {
    for expect in [Expect::Usual, Expect::Always, Expect::Never] {
        let mut record = source([]);
        record.declared.expect = expect;
        assert_eq!(record.gaps(hour(-9000), later()), []);
        assert!(record.last_hours(24, later()).iter().all(|state| state.expected.is_none() && !state.gap));
    }
}

#[test]
fn the_last_hours_end_with_the_present_one() {
    let now = hour(600).start().plus_millis(1);
    let states = weeks(4, 100, 598..601).last_hours(4, now);
    let told: Vec<_> = states.iter().map(|it| (it.hour, it.received, it.over, it.gap)).collect();
    let expected = [
        (hour(597), 100, true, false),
        (hour(598), 0, true, true),
        (hour(599), 0, false, false),
        (hour(600), 0, false, false),
    ];
    assert_eq!(told, expected);
    assert!(states.iter().all(|state| state.expected == Some(100)));
}

#[test]
fn an_hour_that_a_loss_touches_is_in_a_gap() {
    let mut record = weeks(4, 100, 0..0);
    // From within the third hour up to the end of the fourth, and an instant of the present one.
    record.losses = vec![
        (hour(598).start().plus_millis(5), hour(599).end()),
        (hour(601).start(), hour(601).start().plus_millis(1)),
    ];
    let now = hour(601).start().plus_millis(9);
    let gaps: Vec<bool> = record.last_hours(6, now).iter().map(|state| state.gap).collect();
    assert_eq!(gaps, [false, false, true, true, false, true]);
    assert_eq!(record.gaps(hour(0), now).len(), 2, "each loss is one gap");
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

#[test]
fn a_gap_makes_the_days_incomplete_that_it_touches() {
    let utc = PlatformZone::utc();
    let new_york = PlatformZone::named("America/New_York").unwrap();
    let kathmandu = PlatformZone::named("Asia/Kathmandu").unwrap();
    let always = DayRange { start: day("2020-01-01"), end: day("2030-01-01") };
    let record = source([]);
    let gap = |from: i64, until: i64| Gap {
        from: hour(from).start(),
        until: hour(until).start(),
        expected: None,
        received: 0,
    };
    for (zone, gap, days) in [
        (&utc, gap(2, 5), vec!["2026-10-26"]),
        (&utc, gap(22, 24), vec!["2026-10-26"]),
        (&utc, gap(23, 49), vec!["2026-10-26", "2026-10-27", "2026-10-28"]),
        (&new_york, gap(2, 5), vec!["2026-10-25", "2026-10-26"]),
        // Of an hour that begins on one day and ends on the next, both are incomplete.
        (&kathmandu, gap(18, 19), vec!["2026-10-26", "2026-10-27"]),
    ] {
        let found = incomplete_days([(&record, [gap].as_slice())], zone, always);
        assert_eq!(found.of_any(always), days.iter().map(|text| day(text)).collect::<Vec<_>>());
    }
}

#[test]
fn only_days_that_are_over_and_kept_are_judged_and_only_the_apps_concerned() {
    let (app, other): (AppId, AppId) = ("acme".parse().unwrap(), "other".parse().unwrap());
    let all = source([]);
    let of_acme = SourceRecord { apps: Some(BTreeSet::from([app.clone()])), ..source([]) };
    let judged = DayRange { start: day("2026-10-20"), end: day("2026-10-27") };
    let long = Gap { from: UnixMillis(i64::MIN), until: UnixMillis(i64::MAX), expected: None, received: 0 };
    let short = Gap { from: hour(0).start(), until: hour(1).start(), expected: Some(100), received: 1 };
    let days = incomplete_days([(&of_acme, [short].as_slice())], &PlatformZone::utc(), judged);
    assert_eq!(days.of_app(&app, judged), [day("2026-10-26")]);
    assert_eq!((days.of_app(&other, judged), days.of_any(judged)), (vec![], vec![day("2026-10-26")]));
    assert!(days.contains(&app, day("2026-10-26")) && !days.contains(&other, day("2026-10-26")));
    let days = incomplete_days([(&all, [long].as_slice())], &PlatformZone::utc(), judged);
    assert_eq!(days.of_any(DayRange { start: Day::FIRST, end: Day::LAST }).len(), 8);
    assert_eq!(days.of_any(DayRange { start: day("2026-10-27"), end: day("2026-10-20") }), []);
    let empty = incomplete_days([(&of_acme, [].as_slice())], &PlatformZone::utc(), judged);
    assert!(empty.is_empty());
}

fn any_record() -> impl Strategy<Value = (Vec<(i64, u64)>, Expect)> {
    let level = prop_oneof![Just(0_u64), Just(1), 15..25_u64, 90..110_u64];
    let hours = (level, prop::collection::vec((0..720_i64, 0..300_u64), 0..60));
    let hours = hours.prop_map(|(level, odd)| {
        let regular = (0..672).map(|n| (n, level)).filter(|(_, calls)| *calls > 0);
        regular.chain(odd).collect::<std::collections::BTreeMap<_, _>>().into_iter().collect()
    });
    (hours, prop::sample::select(vec![Expect::Usual, Expect::Always, Expect::Never]))
}

proptest! {
    /// Calls that come for an hour never make a gap of it, nor of one before it.
    #[test]
    fn more_calls_make_no_gap_of_their_hour((hours, expect) in any_record(), at in 1..720_i64, more in 1..200_u64) {
        let mut record = source(hours);
        record.declared.expect = expect;
        prop_assume!(record.first.is_some_and(|first| first <= hour(at)));
        let before: BTreeSet<i64> = gap_hours(&record, later()).into_iter().collect();
        record.hours.set(hour(at), record.hours.get(hour(at)) + more);
        let after = gap_hours(&record, later());
        prop_assert!(after.iter().filter(|n| **n <= at).all(|n| before.contains(n)));
        prop_assert!(!after.contains(&at) || before.contains(&at));
    }

    /// Nothing depends on the order in which hours became known.
    #[test]
    fn the_order_of_hours_does_not_matter((hours, expect) in any_record(), seed in any::<u64>()) {
        let mut shuffled = hours.clone();
        shuffled.sort_by_key(|(n, _)| (*n as u64 ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (mut a, mut b) = (source(hours), source(shuffled));
        (a.declared.expect, b.declared.expect) = (expect, expect);
        prop_assert_eq!(a.gaps(hour(-9), later()), b.gaps(hour(-9), later()));
        for n in -5..730 {
            prop_assert_eq!(a.hours.get(hour(n)), b.hours.get(hour(n)));
        }
    }

    /// The rule, read once more in the plainest way, over every hour.
    #[test]
    fn gaps_are_the_hours_that_the_rule_names((hours, expect) in any_record(), now in 0..1300_i64) {
        let mut record = source(hours.clone());
        record.declared.expect = expect;
        let by_hour: std::collections::BTreeMap<i64, u64> = hours.iter().copied().collect();
            let calls = |n: i64| by_hour.get(&n).copied().unwrap_or(0);
        let first = hours.iter().map(|(n, _)| *n).min();
        let mut plain = Vec::new();
        for n in 0..1300 {
            let Some(first) = first else { break };
            let over = n + 1 + 1 < now;
            let known = |back: &[i64]| back.iter().map(|back| n - back).filter(|n| *n > first).map(calls).collect::<Vec<_>>();
            let (weeks, days) = (known(&[168, 336, 504]), known(&[24, 48, 72, 96, 120, 144, 168]));
            let enough = |of: &[u64], least: usize| of.len() >= least && of.iter().all(|calls| *calls >= 20);
            let usual = if enough(&weeks, 2) {
                weeks.iter().min().copied()
            } else if enough(&days, 7) {
                days.iter().min().copied()
            } else {
                None
            };
            let gap = match expect {
                Expect::Never => false,
                Expect::Usual => usual.is_some_and(|usual| calls(n) * 10 < usual),
                Expect::Always => usual.is_some_and(|usual| calls(n) * 10 < usual) || (n > first && calls(n) == 0),
            };
            if over && gap {
                plain.push(n);
            }
        }
        prop_assert_eq!(gap_hours(&record, hour(now).start()), plain);
    }
}
