//! A source of traffic on the page of sources: when it was heard of, what came of what was expected, and what did not.

use health::{Expect, Gap, HourState};
use model::{PlatformZone, UnixMillis};
use service::{Declared, SourceView};

use crate::accounts::moments::Moment;
use crate::figures::{count, thousands};
use crate::looks::Look;
use crate::strip::{Bar, Strip};
use crate::urls;

/// How many of the last hours are shown.
const HOURS: usize = 24;
/// How many gaps are shown, the latest.
const GAPS: usize = 8;
/// How many files that can't be read are shown.
const UNREAD: usize = 8;
/// Height of the bars in the units of their view box, and their width and distance.
const HEIGHT: u32 = 30;
const BAR: u32 = 4;
const STEP: u32 = 6;
/// The least height of an empty bar.
const LEAST_EMPTY: u32 = 8;

/// A source.
#[derive(Debug)]
pub(crate) struct SourceRow {
    pub(crate) name: String,
    /// `Files, HTTP`, and from where.
    pub(crate) way: String,
    pub(crate) look: Look,
    pub(crate) last_call: Option<Moment>,
    pub(crate) last_received: Option<Moment>,
    /// How far behind it runs: `2 min`.
    pub(crate) lag: Option<String>,
    /// Calls of the last 24 hours, what was expected of them, and all that were ever counted.
    pub(crate) received: String,
    pub(crate) expected: Option<String>,
    pub(crate) all: String,
    /// The last 24 hours as bars.
    pub(crate) strip: Strip,
    /// What is expected, in words.
    pub(crate) expects: String,
    /// The last 24 hours, newest first.
    pub(crate) hours: Vec<HourRow>,
    /// The latest gaps, the last first.
    pub(crate) gaps: Vec<GapRow>,
    /// `12 more gaps`
    pub(crate) more_gaps: Option<String>,
    /// Files that can't be read, each with why.
    pub(crate) unread: Vec<(String, String)>,
    /// `12 more files`
    pub(crate) more_unread: Option<String>,
    pub(crate) rejects: Vec<RejectRow>,
    /// The same as JSON.
    pub(crate) json_url: String,
    /// Whether it is open from the start.
    pub(crate) open: bool,
}

/// An hour.
#[derive(Debug)]
pub(crate) struct HourRow {
    /// `13:00`
    pub(crate) time: String,
    pub(crate) expected: String,
    pub(crate) received: String,
    pub(crate) look: Look,
}

/// Calls that are missing.
#[derive(Debug)]
pub(crate) struct GapRow {
    /// `2026-11-18 09:00`, or to the second.
    pub(crate) from: String,
    /// The end; none of what is lost within one second.
    pub(crate) until: Option<String>,
    /// `300 calls expected, 0 received`, or why they are lost.
    pub(crate) what: String,
    /// `/var/log/nginx/access.log`
    pub(crate) detail: String,
}

/// Lines that could not be used.
#[derive(Debug)]
pub(crate) struct RejectRow {
    pub(crate) reason: String,
    pub(crate) today: String,
    pub(crate) all: String,
}

impl SourceRow {
    /// A source as of `now`.
    pub(crate) fn new(source: &SourceView, now: UnixMillis, zone: &PlatformZone) -> Self {
        let moment = |at| Moment::new(at, now, zone);
        let hours = source.hours.get(source.hours.len().saturating_sub(HOURS)..).unwrap_or_default();
        let latest = source.gaps.get(source.gaps.len().saturating_sub(GAPS)..).unwrap_or_default();
        let before = (source.gaps.len() - latest.len()) as u64;
        let more_unread = source.unread.len().saturating_sub(UNREAD) as u64;
        let unread = source.unread.iter().take(UNREAD);
        let look = look(source);
        Self {
            name: source.name.to_string(),
            way: way(source),
            last_call: source.last_call.map(moment),
            last_received: source.last_received.map(moment),
            lag: source.lag_millis().map(span),
            received: thousands(source.received(HOURS)),
            expected: source.expected(HOURS).map(thousands),
            all: count(source.calls, "call"),
            strip: strip(&source.hours),
            expects: expects(source.declared),
            hours: hours.iter().rev().map(hour).collect(),
            gaps: latest.iter().rev().map(|gap| gap_row(gap, source)).collect(),
            more_gaps: (before > 0).then(|| format!("{} before", count(before, "gap"))),
            unread: unread.map(|file| (file.path.clone(), file.reason.clone())).collect(),
            more_unread: (more_unread > 0).then(|| count(more_unread, "more file")),
            rejects: source.rejects.iter().map(|(reason, lines)| reject(source, reason, *lines)).collect(),
            json_url: urls::platform::source_json(&source.name),
            open: look.class == "in",
            look,
        }
    }
}

fn way(source: &SourceView) -> String {
    let ways: Vec<&str> = source.ways.iter().map(|way| way.title()).collect();
    match (ways.join(", ").as_str(), source.from.as_str()) {
        ("", _) => "nothing yet".to_owned(),
        (ways, "") => ways.to_owned(),
        (ways, from) => format!("{ways}: {from}"),
    }
}

/// How it stands, by the hours of two days: some are judged only when they are shown no more.
fn look(source: &SourceView) -> Look {
    let has_gap = |state: &HourState| state.gap;
    if source.hours.iter().rev().take(HOURS).any(has_gap) {
        Look { class: "in", word: "Calls missing", gloss: "" }
    } else if source.hours.iter().any(has_gap) {
        Look { class: "in", word: "Missing before", gloss: "" }
    } else if !source.unread.is_empty() {
        Look { class: "in", word: "Not read", gloss: "" }
    } else if source.is_much_rejected() {
        Look { class: "in", word: "Lines rejected", gloss: "" }
    } else if source.calls == 0 {
        Look { class: "no", word: "Nothing yet", gloss: "" }
    } else if source.expected(HOURS).is_some() {
        Look { class: "ok", word: "As expected", gloss: "" }
    } else if source.received(HOURS) > 0 {
        Look { class: "ok", word: "Calls come in", gloss: "" }
    } else {
        Look { class: "no", word: "No calls of late", gloss: "" }
    }
}

fn expects(declared: Declared) -> String {
    let what = match declared.expect {
        Expect::Usual => "what came at the same hour of weeks or days before",
        Expect::Always => "calls in every hour, and what came at the same hour of weeks or days before",
        Expect::Never => "nothing: no silence counts as a gap",
    };
    let minutes = u64::from(declared.allowance_minutes);
    let allowance = if minutes.is_multiple_of(60) { count(minutes / 60, "hour") } else { count(minutes, "minute") };
    format!("Expected is {what}. An hour may be {allowance} late.")
}

fn hour(state: &HourState) -> HourRow {
    let look = match (state.gap, state.over, state.expected) {
        (true, ..) => Look { class: "in", word: "calls missing", gloss: "" },
        (false, false, _) => Look { class: "no", word: "more may come", gloss: "" },
        (false, true, Some(_)) => Look { class: "ok", word: "as expected", gloss: "" },
        (false, true, None) if state.received > 0 => Look { class: "ok", word: "calls came", gloss: "" },
        (false, true, None) => Look { class: "no", word: "no calls", gloss: "" },
    };
    HourRow {
        time: clock(state.hour.start()),
        expected: state.expected.map_or_else(|| "–".to_owned(), thousands),
        received: thousands(state.received),
        look,
    }
}

/// `13:00`, of UTC.
fn clock(at: UnixMillis) -> String {
    at.to_string().get(11..16).unwrap_or_default().to_owned()
}

/// The first instant of a span and the first after it, of UTC: `2026-11-18 13:00`, or both with seconds where one is within a
/// minute. The end is left out where it reads as the start does.
fn ends(from: UnixMillis, until: UnixMillis) -> (String, Option<String>) {
    let is_whole = |at: UnixMillis| at.0.rem_euclid(60_000) == 0;
    let length = if is_whole(from) && is_whole(until) { 16 } else { 19 };
    let told = |at: UnixMillis| at.to_string().get(..length).unwrap_or_default().replace('T', " ");
    let (from, until) = (told(from), told(until));
    let is_more = until != from;
    (from, is_more.then_some(until))
}

fn gap_row(gap: &Gap, source: &SourceView) -> GapRow {
    let (from, until) = ends(gap.from, gap.until);
    let loss = source.losses.iter().find(|loss| (loss.from, loss.until) == (gap.from, gap.until));
    match (gap.expected, loss) {
        (Some(expected), _) => GapRow {
            from,
            until,
            what: format!("{} received, {} expected", thousands(gap.received), thousands(expected)),
            detail: String::new(),
        },
        (None, Some(loss)) => {
            GapRow { from, until, what: format!("lost: {}", loss.reason.title()), detail: loss.detail.clone() }
        }
        (None, None) => GapRow { from, until, what: "lost".to_owned(), detail: String::new() },
    }
}

fn reject(source: &SourceView, reason: &str, lines: u64) -> RejectRow {
    let today = source.rejects_today.iter().find(|(other, _)| other == reason).map_or(0, |(_, lines)| *lines);
    RejectRow { reason: reason.to_owned(), today: thousands(today), all: thousands(lines) }
}

/// Bars of the last 24 of these hours: as high as what came, and an empty one, as high as what was expected, where calls are
/// missing.
fn strip(hours: &[HourState]) -> Strip {
    let (before, hours) = hours.split_at(hours.len().saturating_sub(HOURS));
    let most = hours.iter().map(|state| state.received.max(state.expected.unwrap_or(0))).max().unwrap_or(0).max(1);
    let bar = |(index, state): (u32, &HourState)| {
        let shown = if state.gap { state.received.max(state.expected.unwrap_or(0)) } else { state.received };
        // An empty bar is to be seen as one.
        let least = if state.gap { LEAST_EMPTY } else { 2 };
        // In range: no hour has more than the most.
        let height = u32::try_from(u128::from(shown) * u128::from(HEIGHT) / u128::from(most)).unwrap_or(HEIGHT);
        let height = height.max(least);
        let class = match (state.gap, state.received) {
            (true, _) => "in hollow",
            (false, 0) => "no",
            (false, _) => "ok",
        };
        let expected = state.expected.map_or_else(String::new, |calls| format!(", {} expected", thousands(calls)));
        let gap = if state.gap { ", calls missing" } else { "" };
        let title = format!("{}: {}{expected}{gap}", clock(state.hour.start()), count(state.received, "call"));
        Bar { x: index * STEP, y: HEIGHT - height, height, class, title }
    };
    let bars: Vec<Bar> = (0..).zip(hours).map(bar).collect();
    let gaps = |hours: &[HourState]| hours.iter().filter(|state| state.gap).count();
    let text = match (gaps(hours), gaps(before)) {
        (0, 0) => "No gap in the last 24 hours.".to_owned(),
        (0, missing) => {
            format!("No gap in the last 24 hours; calls are missing in {missing} of the {} before.", before.len())
        }
        (gaps, _) => format!("Calls are missing in {gaps} of the last 24 hours."),
    };
    let width = u32::try_from(hours.len()).unwrap_or(0).saturating_mul(STEP).saturating_sub(STEP - BAR);
    Strip { bars, width, height: HEIGHT, bar: BAR, text }
}

/// A span of time: `42 s`, `5 min`, `3 h`, `2 days`.
fn span(millis: i64) -> String {
    let seconds = u64::try_from(millis / 1000).unwrap_or(0);
    match seconds {
        0..100 => format!("{seconds} s"),
        100..6_000 => format!("{} min", seconds / 60),
        6_000..172_800 => format!("{} h", seconds / 3600),
        _ => count(seconds / 86_400, "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short_and_exact() {
        let at = UnixMillis(1_795_182_312_345);
        assert_eq!(clock(at), "13:45");
        let minute = UnixMillis(1_795_182_300_000);
        for (from, until, told) in [
            (minute, minute.plus_millis(3_600_000), ("2026-11-20 13:45", Some("2026-11-20 14:45"))),
            (minute, at, ("2026-11-20 13:45:00", Some("2026-11-20 13:45:12"))),
            (at, at.plus_millis(42_000), ("2026-11-20 13:45:12", Some("2026-11-20 13:45:54"))),
            (at, at.plus_millis(1), ("2026-11-20 13:45:12", None)),
        ] {
            let (from, until) = ends(from, until);
            assert_eq!((from.as_str(), until.as_deref()), told);
        }
        for (seconds, told) in [(0, "0 s"), (120, "2 min"), (7_200, "2 h"), (172_800, "2 days")] {
            assert_eq!(span(seconds * 1000), told);
        }
    }

    #[test]
    fn a_gap_is_an_empty_bar_as_high_as_what_was_expected() {
        let state = |received, expected, gap| HourState {
            hour: model::Hour::from_epoch_hours(480_000),
            expected,
            received,
            over: true,
            gap,
        };
        let hours = [
            state(100, Some(90), false),
            state(0, Some(50), true),
            state(0, None, false),
            state(80, None, true),
            state(0, None, true),
        ];
        let made = strip(&hours);
        let told: Vec<_> = made.bars.iter().map(|bar| (bar.class, bar.height)).collect();
        assert_eq!(told, [("ok", 30), ("in hollow", 15), ("no", 2), ("in hollow", 24), ("in hollow", 8)]);
        assert_eq!(made.bars[1].title, "00:00: 0 calls, 50 expected, calls missing");
        assert_eq!(made.text, "Calls are missing in 3 of the last 24 hours.");
        let before: Vec<HourState> = hours.into_iter().chain([state(1, None, false); 24]).collect();
        let made = strip(&before);
        assert_eq!((made.bars.len(), made.bars.iter().all(|bar| bar.class == "ok")), (24, true));
        assert_eq!(made.text, "No gap in the last 24 hours; calls are missing in 3 of the 5 before.");
    }
}
