//! The strip of 14 days: a bar for each, taller and darker the worse the day was, and the same in words.

use model::{Day, Severity};

use crate::figures::{Date, join};
use crate::looks;

const BAR: u32 = 8;
const GAP: u32 = 2;
/// Height of the strip in the units of its view box.
const HEIGHT: u32 = 30;

/// One day of a strip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) height: u32,
    pub(crate) class: &'static str,
    /// `19 Nov: Critical`, shown on hover.
    pub(crate) title: String,
}

/// The days side by side, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Strip {
    pub(crate) bars: Vec<Bar>,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// The width of a bar.
    pub(crate) bar: u32,
    /// For those who don't see it.
    pub(crate) text: String,
}

impl Strip {
    /// The strip of these days, some of them incomplete; a day without a severity had no traffic.
    pub(crate) fn new(days: &[(Day, Option<Severity>)], incomplete: &[Day]) -> Self {
        let of =
            |(i, (day, severity)): (u32, &(Day, Option<Severity>))| bar(i, *day, *severity, incomplete.contains(day));
        let bars: Vec<Bar> = (0u32..).zip(days).map(of).collect();
        let count = u32::try_from(bars.len()).unwrap_or(u32::MAX);
        let width = count.saturating_mul(BAR + GAP).saturating_sub(GAP);
        Self { bars, width, height: HEIGHT, bar: BAR, text: in_words(days, incomplete) }
    }
}

fn bar(index: u32, day: Day, severity: Option<Severity>, incomplete: bool) -> Bar {
    // Height tells the verdict without colour.
    let height = match severity {
        None => 2,
        Some(Severity::Healthy) => 8,
        Some(Severity::Warning) => 19,
        Some(Severity::Critical) => HEIGHT,
    };
    // An incomplete day is an empty bar, taller than a day without traffic.
    let height = if incomplete { height.max(8) } else { height };
    let look = looks::severity_of_day(severity, incomplete);
    Bar {
        x: index * (BAR + GAP),
        y: HEIGHT - height,
        height,
        class: if incomplete { hollow(look.class) } else { look.class },
        title: format!("{}: {}", Date::from(day).short, look.word),
    }
}

/// The class of an empty bar: the outline in its colour.
fn hollow(class: &'static str) -> &'static str {
    match class {
        "na" => "na hollow",
        "rr" => "rr hollow",
        _ => "in hollow",
    }
}

/// `Last 14 days: Critical on 18 and 19 Nov, Warning on 14 Nov, Healthy on 11 days.`
fn in_words(days: &[(Day, Option<Severity>)], incomplete: &[Day]) -> String {
    let of = |wanted: Option<Severity>| -> Vec<Day> {
        days.iter().filter(|(_, severity)| *severity == wanted).map(|(day, _)| *day).collect()
    };
    let mut parts = Vec::new();
    for severity in [Severity::Critical, Severity::Warning] {
        let days = of(Some(severity));
        if !days.is_empty() {
            let names: Vec<String> = days.into_iter().map(|day| Date::from(day).short).collect();
            parts.push(format!("{} on {}", severity.title(), join(&names)));
        }
    }
    for (wanted, word) in [(Some(Severity::Healthy), "Healthy"), (None, "no traffic")] {
        match of(wanted).len() {
            0 => {}
            n if n == days.len() => parts.push(format!("{word} on every day")),
            1 => parts.push(format!("{word} on 1 day")),
            n => parts.push(format!("{word} on {n} days")),
        }
    }
    let marked: Vec<String> = days
        .iter()
        .map(|(day, _)| *day)
        .filter(|day| incomplete.contains(day))
        .map(|day| Date::from(day).short)
        .collect();
    if !marked.is_empty() {
        parts.push(format!("incomplete: {}", join(&marked)));
    }
    format!("{} days: {}.", days.len(), parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(severities: &[Option<Severity>]) -> Vec<(Day, Option<Severity>)> {
        let first: Day = "2026-11-16".parse().unwrap();
        (0..).zip(severities).map(|(i, severity)| (first.plus(i), *severity)).collect()
    }

    #[test]
    fn the_worse_the_taller_and_never_outside() {
        let all = [None, Some(Severity::Healthy), Some(Severity::Warning), Some(Severity::Critical)];
        let strip = Strip::new(&days(&all), &[]);
        assert!(strip.bars.windows(2).all(|pair| pair[0].height < pair[1].height));
        assert!(strip.bars.iter().all(|bar| bar.y + bar.height == strip.height && bar.x + BAR <= strip.width));
        assert_eq!(strip.bars[3].title, "19 Nov: Critical");
    }

    #[test]
    fn the_same_in_words() {
        use Severity::{Critical, Healthy, Warning};
        let text = |severities: &[Option<Severity>]| Strip::new(&days(severities), &[]).text;
        assert_eq!(text(&[Some(Healthy), Some(Healthy)]), "2 days: Healthy on every day.");
        assert_eq!(
            text(&[Some(Warning), None, Some(Critical), Some(Critical), Some(Healthy)]),
            "5 days: Critical on 18 Nov and 19 Nov; Warning on 16 Nov; Healthy on 1 day; no traffic on 1 day."
        );
    }

    #[test]
    fn an_incomplete_day_has_an_empty_bar_and_is_named() {
        let all = [None, Some(Severity::Healthy), Some(Severity::Critical), Some(Severity::Healthy)];
        let days = days(&all);
        let incomplete = [days[0].0, days[1].0, days[2].0];
        let strip = Strip::new(&days, &incomplete);
        let classes: Vec<&str> = strip.bars.iter().map(|bar| bar.class).collect();
        assert_eq!(classes, ["in hollow", "in hollow", "na hollow", "ok"]);
        assert_eq!(strip.bars[1].title, "17 Nov: Healthy, incomplete");
        assert!(strip.text.ends_with("; incomplete: 16 Nov, 17 Nov and 18 Nov."), "{}", strip.text);
    }
}
