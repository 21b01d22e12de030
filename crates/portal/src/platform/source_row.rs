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
/// Height of the bars in the units of their view box, and their width and distance.
const HEIGHT: u32 = 30;
const BAR: u32 = 4;
const STEP: u32 = 6;

/// A source.
#[derive(Debug)]
pub(crate) struct SourceRow {
    pub(crate) name: String,
    /// `Files`, and from where.
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
    /// `2026-11-18 09:00`
    pub(crate) from: String,
    pub(crate) until: String,
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
            strip: strip(hours),
            expects: expects(source.declared),
            hours: hours.iter().rev().map(hour).collect(),
            gaps: latest.iter().rev().map(|gap| gap_row(gap, source)).collect(),
            more_gaps: (before > 0).then(|| format!("{} before", count(before, "gap"))),
            rejects: source.rejects.iter().map(|(reason, lines)| reject(source, reason, *lines)).collect(),
            json_url: urls::platform::source_json(&source.name),
            open: look.class == "in",
            look,
        }
    }
}

fn way(source: &SourceView) -> String {
    match (source.way, source.from.as_str()) {
        (None, _) => "nothing yet".to_owned(),
        (Some(way), "") => way.title().to_owned(),
        (Some(way), from) => format!("{}, {from}", way.title()),
    }
}

/// How it stands, by the hours of two days.
fn look(source: &SourceView) -> Look {
    let two_days_ago = source.hours.first().map(|state| state.hour.start());
    let lately = |gap: &Gap| two_days_ago.is_some_and(|since| gap.until > since);
    if source.gaps.iter().any(lately) {
        Look { class: "in", word: "Calls missing", gloss: "" }
    } else if source.is_much_rejected() {
        Look { class: "in", word: "Lines rejected", gloss: "" }
    } else if source.calls == 0 {
        Look { class: "no", word: "Nothing yet", gloss: "" }
    } else if source.expected(HOURS).is_some() {
        Look { class: "ok", word: "As expected", gloss: "" }
    } else {
        Look { class: "no", word: "Nothing expected", gloss: "" }
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
        (true, ..) => Look { class: "in", word: "gap", gloss: "" },
        (false, false, _) => Look { class: "no", word: "not over", gloss: "" },
        (false, true, Some(_)) => Look { class: "ok", word: "as expected", gloss: "" },
        (false, true, None) => Look { class: "no", word: "nothing expected", gloss: "" },
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

/// `2026-11-18 13:00`, of UTC.
fn minute(at: UnixMillis) -> String {
    at.to_string().get(..16).unwrap_or_default().replace('T', " ")
}

fn gap_row(gap: &Gap, source: &SourceView) -> GapRow {
    let (from, until) = (minute(gap.from), minute(gap.until));
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

/// Bars of the hours: as high as what came, and an empty one as high as what was expected where it did not.
fn strip(hours: &[HourState]) -> Strip {
    let most = hours.iter().map(|state| state.received.max(state.expected.unwrap_or(0))).max().unwrap_or(0).max(1);
    let bar = |(index, state): (u32, &HourState)| {
        let shown = if state.gap { state.expected.unwrap_or(0) } else { state.received };
        // In range: no hour has more than the most.
        let height = u32::try_from(u128::from(shown) * u128::from(HEIGHT) / u128::from(most)).unwrap_or(HEIGHT).max(2);
        let class = match (state.gap, state.received) {
            (true, _) => "in hollow",
            (false, 0) => "no",
            (false, _) => "ok",
        };
        let expected = state.expected.map_or_else(String::new, |calls| format!(", {} expected", thousands(calls)));
        let gap = if state.gap { ", a gap" } else { "" };
        let title = format!("{}: {}{expected}{gap}", clock(state.hour.start()), count(state.received, "call"));
        Bar { x: index * STEP, y: HEIGHT - height, height, class, title }
    };
    let bars: Vec<Bar> = (0..).zip(hours).map(bar).collect();
    let gaps = hours.iter().filter(|state| state.gap).count() as u64;
    let text = match gaps {
        0 => "No gap in the last 24 hours.".to_owned(),
        gaps => format!("{} of the last 24 hours without its calls.", count(gaps, "hour")),
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
        assert_eq!((clock(at).as_str(), minute(at).as_str()), ("13:45", "2026-11-20 13:45"));
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
        let strip = strip(&[state(100, Some(90), false), state(0, Some(50), true), state(0, None, false)]);
        let told: Vec<_> = strip.bars.iter().map(|bar| (bar.class, bar.height)).collect();
        assert_eq!(told, [("ok", 30), ("in hollow", 15), ("no", 2)]);
        assert_eq!(strip.bars[1].title, "00:00: 0 calls, 50 expected, a gap");
        assert_eq!(strip.text, "1 hour of the last 24 hours without its calls.");
    }
}
