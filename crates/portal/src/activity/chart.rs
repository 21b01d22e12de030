//! The chart: a bar for each day (or week), stacked by class of code. Places across are in percent, so the chart is as wide as
//! the page lets it be while its text keeps its size.

use model::Day;
use service::{Span, StatusClass};

use crate::figures::{Date, range, short_range, thousands};

/// Height of the bars, in pixels.
const HEIGHT: u64 = 200;
/// Room under them for the days.
const FOOT: u64 = 24;
/// How many days are named under the bars at most.
const NAMED: usize = 5;
/// How many steps the axis has.
const STEPS: u64 = 4;

/// A bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bar {
    /// Left edge and width, in percent.
    pub(crate) x: String,
    pub(crate) width: String,
    /// Its parts from the bottom up: class, top edge and height in pixels.
    pub(crate) parts: Vec<(&'static str, String, String)>,
    /// `Thu 19 Nov: 5,204 calls (2xx 4,900, 4xx 304)`
    pub(crate) title: String,
    /// Whether calls are missing.
    pub(crate) incomplete: bool,
}

/// A word under the bars: place in percent, anchor, text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Under {
    pub(crate) x: String,
    pub(crate) anchor: &'static str,
    pub(crate) text: String,
    /// Whether narrow pages leave it out.
    pub(crate) between: bool,
}

/// The chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chart {
    pub(crate) bars: Vec<Bar>,
    /// The numbers of the axis, from the top down, each with its place from the top in pixels.
    pub(crate) ticks: Vec<(String, u64)>,
    pub(crate) under: Vec<Under>,
    /// The classes that occur, from the bottom up.
    pub(crate) legend: Vec<(&'static str, &'static str)>,
    pub(crate) height: u64,
    pub(crate) total_height: u64,
    /// What it shows, for those who don't see it.
    pub(crate) text: String,
    /// What a bar is: `day` or `week`.
    pub(crate) unit: &'static str,
    /// Whether a bar is marked as incomplete.
    pub(crate) incomplete: bool,
}

/// What a class of codes is called.
pub(crate) fn class_title(class: StatusClass) -> &'static str {
    match class {
        StatusClass::Success => "2xx success",
        StatusClass::Redirection => "3xx redirection",
        StatusClass::ClientError => "4xx caller’s error",
        StatusClass::ServerError => "5xx platform’s error",
        StatusClass::Other => "1xx and other",
    }
}

/// What a bar stands for.
pub(crate) fn unit(spans: &[Span]) -> &'static str {
    if spans.iter().any(|span| span.days.len() > 1) { "week" } else { "day" }
}

/// The days of a bar.
pub(crate) fn name(span: &Span) -> String {
    if span.days.len() == 1 { Date::from(span.days.start).weekday } else { short_range(span.days) }
}

impl Chart {
    /// The chart of these bars, oldest first; none where there is nothing to see.
    pub(crate) fn new(spans: &[Span], incomplete: &[Day]) -> Option<Self> {
        let most = spans.iter().map(Span::calls).max().filter(|most| *most > 0)?;
        let top = round_up(most);
        let sums: Vec<u64> =
            StatusClass::ALL.iter().map(|class| spans.iter().map(|span| span.classes[class.index()]).sum()).collect();
        let occurring = || StatusClass::ALL.into_iter().filter(|class| sums[class.index()] > 0);
        let unit = unit(spans);
        Some(Self {
            bars: spans
                .iter()
                .enumerate()
                .map(|(index, span)| bar(index, spans.len(), span, top, lacks(span, incomplete)))
                .collect(),
            incomplete: spans.iter().any(|span| lacks(span, incomplete)),
            ticks: (0..=STEPS).map(|step| (short(top / STEPS * (STEPS - step)), HEIGHT * step / STEPS)).collect(),
            under: under(spans),
            legend: occurring().map(|class| (class.key(), class_title(class))).collect(),
            height: HEIGHT,
            total_height: HEIGHT + FOOT,
            text: in_words(spans, unit),
            unit,
        })
    }
}

/// Whether a day of a bar is incomplete.
pub(crate) fn lacks(span: &Span, incomplete: &[Day]) -> bool {
    incomplete.iter().any(|day| span.days.contains(*day))
}

fn bar(index: usize, of: usize, span: &Span, top: u64, incomplete: bool) -> Bar {
    let slot = 100.0 / of as f64;
    let gap = slot * 0.16;
    let mut parts = Vec::new();
    let mut below = 0;
    for class in StatusClass::ALL {
        let calls = span.classes[class.index()];
        if calls > 0 {
            let (low, high) = (pixels(below, top), pixels(below + calls, top));
            // A single call stays to be seen.
            let height = (high - low).max(0.8);
            parts.push((class.key(), decimal(HEIGHT as f64 - low - height), decimal(height)));
            below += calls;
        }
    }
    let title = if incomplete { format!("{}, incomplete", title(span)) } else { title(span) };
    Bar { x: decimal(slot * index as f64 + gap / 2.0), width: decimal(slot - gap), parts, title, incomplete }
}

fn pixels(calls: u64, top: u64) -> f64 {
    calls as f64 / top as f64 * HEIGHT as f64
}

/// A number with up to two decimals.
fn decimal(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn title(span: &Span) -> String {
    let classes = StatusClass::ALL.into_iter().filter(|class| span.classes[class.index()] > 0);
    let parts: Vec<String> =
        classes.map(|class| format!("{} {}", class.key(), thousands(span.classes[class.index()]))).collect();
    let calls = crate::figures::count(span.calls(), "call");
    if parts.is_empty() {
        format!("{}: no calls", name(span))
    } else {
        format!("{}: {calls} ({})", name(span), parts.join(", "))
    }
}

/// The days under the bars: the first, the last and a few between, evenly.
fn under(spans: &[Span]) -> Vec<Under> {
    let last = spans.len().saturating_sub(1);
    let named = NAMED.min(spans.len());
    let mut indexes: Vec<usize> = (0..named).map(|n| last * n / named.saturating_sub(1).max(1)).collect();
    indexes.dedup();
    let slot = 100.0 / spans.len().max(1) as f64;
    let by_week = unit(spans) == "week";
    indexes
        .into_iter()
        .enumerate()
        .filter_map(|(place, index)| {
            let span = spans.get(index)?;
            let anchor = match index {
                _ if spans.len() <= NAMED => "middle",
                0 => "start",
                _ if index == last => "end",
                _ => "middle",
            };
            let at = match anchor {
                "start" => 0.0,
                "end" => 100.0,
                _ => slot * (index as f64 + 0.5),
            };
            let date = Date::from(span.days.start);
            // Bars are weeks where the days span more than a season, perhaps two years.
            let text = if by_week { date.long } else { date.short };
            Some(Under { x: decimal(at), anchor, text, between: place % 2 == 1 && named == NAMED })
        })
        .collect()
}

/// The least number that divides well into the steps of the axis and is not below `most`.
fn round_up(most: u64) -> u64 {
    let mut scale: u64 = 1;
    loop {
        for digit in [1_u64, 2, 3, 5, 10] {
            match digit.checked_mul(scale).and_then(|step: u64| step.checked_mul(STEPS)) {
                Some(top) if top >= most => return top,
                Some(_) => {}
                None => return most,
            }
        }
        scale = scale.saturating_mul(10);
    }
}

/// `0`, `750`, `1.5k`, `20k`, `3M`: numbers of an axis, which are round.
fn short(number: u64) -> String {
    let scaled = |unit: u64, letter: &str| {
        let tenths = number / (unit / 10);
        if tenths.is_multiple_of(10) {
            format!("{}{letter}", thousands(tenths / 10))
        } else {
            format!("{}.{}{letter}", tenths / 10, tenths % 10)
        }
    };
    match number {
        0..=999 => number.to_string(),
        1_000..=999_999 => scaled(1_000, "k"),
        1_000_000..=999_999_999 => scaled(1_000_000, "M"),
        _ => scaled(1_000_000_000, "G"),
    }
}

fn in_words(spans: &[Span], unit: &str) -> String {
    let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return String::new() };
    let days = model::DayRange { start: first.days.start, end: last.days.end };
    let most = spans.iter().max_by_key(|span| span.calls());
    let most =
        most.map_or_else(String::new, |span| format!(" The most were {} ({}).", thousands(span.calls()), name(span)));
    format!(
        "Bars of the calls of each {unit}, {}, stacked by class of response code.{most} The table below has all the numbers.",
        range(days)
    )
}

#[cfg(test)]
mod tests {
    use model::{Day, DayRange};

    use super::*;

    fn spans(calls: &[[u64; 5]]) -> Vec<Span> {
        let first: Day = "2026-11-16".parse().unwrap();
        (0..).zip(calls).map(|(n, classes)| Span { days: DayRange::only(first.plus(n)), classes: *classes }).collect()
    }

    #[test]
    fn nothing_makes_no_chart() {
        assert_eq!(Chart::new(&[], &[]), None);
        assert_eq!(Chart::new(&spans(&[[0; 5], [0; 5]]), &[]), None);
    }

    #[test]
    fn the_axis_ends_at_a_round_number_at_or_above_the_most() {
        for (most, top) in [(1, 4), (4, 4), (5, 8), (13, 20), (21, 40), (4_001, 8_000), (5_204, 8_000), (9_999, 12_000)]
        {
            assert_eq!(round_up(most), top, "{most}");
        }
        assert_eq!(round_up(u64::MAX), u64::MAX);
        let ticks = |most| Chart::new(&spans(&[[most, 0, 0, 0, 0]]), &[]).unwrap().ticks;
        let words: Vec<String> = ticks(5_204).into_iter().map(|(word, _)| word).collect();
        assert_eq!(words, ["8k", "6k", "4k", "2k", "0"]);
        assert_eq!(ticks(5)[0], ("8".to_owned(), 0));
        assert_eq!(short(1_500), "1.5k");
        assert_eq!(short(2_500_000), "2.5M");
    }

    #[test]
    fn parts_stand_on_one_another_and_a_bar_is_as_high_as_its_calls() {
        let chart = Chart::new(&spans(&[[200, 0, 150, 50, 0], [0; 5]]), &[]).unwrap();
        let parts: Vec<(&str, &str, &str)> =
            chart.bars[0].parts.iter().map(|(class, y, height)| (*class, y.as_str(), height.as_str())).collect();
        assert_eq!(parts, [("2xx", "100", "100"), ("4xx", "25", "75"), ("5xx", "0", "25")]);
        assert_eq!(chart.bars[0].title, "Mon 16 Nov: 400 calls (2xx 200, 4xx 150, 5xx 50)");
        assert_eq!(chart.bars[1].title, "Tue 17 Nov: no calls");
        let legend: Vec<&str> = chart.legend.iter().map(|(class, _)| *class).collect();
        assert_eq!(legend, ["2xx", "4xx", "5xx"]);
    }

    #[test]
    fn a_single_call_stays_to_be_seen() {
        let chart = Chart::new(&spans(&[[1_000_000, 0, 0, 1, 0]]), &[]).unwrap();
        assert_eq!(chart.bars[0].parts[1].2, "0.8");
    }

    #[test]
    fn a_few_days_are_named_and_none_beyond_the_edges() {
        let chart = Chart::new(&spans(&[[1, 0, 0, 0, 0]; 30]), &[]).unwrap();
        let words: Vec<&str> = chart.under.iter().map(|under| under.text.as_str()).collect();
        assert_eq!(words, ["16 Nov", "23 Nov", "30 Nov", "7 Dec", "15 Dec"]);
        assert_eq!((chart.under[0].anchor, chart.under[4].anchor), ("start", "end"));
        assert_eq!(Chart::new(&spans(&[[1, 0, 0, 0, 0]]), &[]).unwrap().under.len(), 1);
    }
}
