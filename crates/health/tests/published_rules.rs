//! The published rules, `docs/rules.md`, held against the code: its examples and tables must come true.

use health::{Rules, forecast, reason, roll_up, rule_in_words};
use model::{Day, Observation, Severity};

const PAGE: &str = include_str!("../../../docs/rules.md");

/// The cells of every table row with so many columns, without the marks of code.
fn rows(columns: usize) -> Vec<Vec<String>> {
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).collect()
    };
    PAGE.lines().filter(|line| line.starts_with("| `")).map(cells).filter(|row| row.len() == columns).collect()
}

/// A day as the table writes it: `23 Nov` or `4 Dec`, or nothing.
fn cell(day: Option<Day>) -> String {
    day.map_or_else(String::new, |day| {
        let date = day.date();
        let month = if date.month() == 11 { "Nov" } else { "Dec" };
        format!("{} {month}", date.day())
    })
}

#[test]
fn the_examples_of_statuses_come_true() {
    let as_of: Day = "2026-11-20".parse().unwrap();
    let rules = Rules::default().roll_up;
    let examples = rows(5);
    assert_eq!(examples.len(), 9);
    for row in examples {
        let [window, status, why, review, healthy] = &row[..] else { panic!("{row:?}") };
        let days: Vec<Severity> = window
            .chars()
            .map(|letter| match letter {
                'C' => Severity::Critical,
                'w' => Severity::Warning,
                '.' => Severity::Healthy,
                other => panic!("unexpected day {other} in {window}"),
            })
            .collect();
        assert_eq!(days.len(), 14, "{window}");
        assert_eq!(roll_up(&days, &rules).title(), status, "{window}");
        assert_eq!(&reason(&days, true, &rules), why, "{window}");
        let found = forecast(&days, as_of, &rules);
        assert_eq!([&cell(found.review_recommended), &cell(found.healthy)], [review, healthy], "{window}");
    }
}

#[test]
fn the_table_of_thresholds_is_what_the_code_says() {
    let thresholds: Vec<_> =
        rows(3).into_iter().filter_map(|row| Observation::from_key(&row[0]).map(|key| (key, row))).collect();
    assert_eq!(thresholds.len(), 7);
    for (observation, row) in thresholds {
        if observation == Observation::DeprecatedEndpoint {
            assert_eq!(
                row[1..],
                ["1 call", "1 call of an operation whose sunset is at most 90 days after that day, or past"]
            );
            continue;
        }
        let warning = match &*row[1] {
            "1 call" => "the first call".to_owned(),
            other => other.replace(" calls", ""),
        };
        let expected = format!("Critical at {}, Warning at {warning}", row[2]);
        assert_eq!(rule_in_words(observation, &Rules::default()), expected);
    }
}

#[test]
fn the_example_of_a_configuration_can_be_read() {
    let (_, after) = PAGE.split_once("```toml\n").unwrap();
    let (text, _) = after.split_once("```").unwrap();
    let table: toml::Table = text.parse().unwrap();
    let rules: Rules = table["rules"].clone().try_into().unwrap();
    assert_eq!(rules.validate(), []);
    assert_eq!(rules.roll_up, Rules::default().roll_up);
    assert_eq!(rules.forbidden.warning.calls, 20);
    assert_eq!(rules.forbidden.critical.percent, Rules::default().forbidden.critical.percent);
    assert_eq!(rules.deprecated_endpoint.sunset_horizon_days, 60);
}
