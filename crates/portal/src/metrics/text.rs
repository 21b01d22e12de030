//! The text format: families of samples, each sample with its labels.

use std::fmt::Write as _;

use service::Durations;

/// What kind of family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Grows until the program ends, or for ever.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How many were at most so large.
    Histogram,
}

/// A text that grows family by family. A family without a sample leaves its head alone, which is allowed.
#[derive(Debug, Default)]
pub(super) struct Text {
    text: String,
    name: &'static str,
}

impl Text {
    /// Begins a family. Names are written out in the code; help is one line.
    pub(super) fn family(&mut self, name: &'static str, kind: Kind, help: &str) {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        // Writing to a string can't fail.
        let _ = write!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
        self.name = name;
    }

    /// A sample of the family.
    pub(super) fn value(&mut self, labels: &[(&str, &str)], value: f64) {
        self.sample("", labels, value);
    }

    /// A histogram of the family.
    pub(super) fn histogram(&mut self, labels: &[(&str, &str)], durations: &Durations) {
        let mut sum = 0;
        for (bound, count) in Durations::BOUNDS_MILLIS.iter().zip(durations.counts) {
            sum += count;
            let bound = (*bound as f64 / 1000.0).to_string();
            let labels: Vec<(&str, &str)> = labels.iter().copied().chain([("le", bound.as_str())]).collect();
            self.sample("_bucket", &labels, sum as f64);
        }
        let all: Vec<(&str, &str)> = labels.iter().copied().chain([("le", "+Inf")]).collect();
        self.sample("_bucket", &all, durations.count() as f64);
        self.sample("_sum", labels, durations.sum_micros as f64 / 1e6);
        self.sample("_count", labels, durations.count() as f64);
    }

    fn sample(&mut self, suffix: &str, labels: &[(&str, &str)], value: f64) {
        self.text.push_str(self.name);
        self.text.push_str(suffix);
        for (index, (name, value)) in labels.iter().enumerate() {
            self.text.push(if index == 0 { '{' } else { ',' });
            self.text.push_str(name);
            self.text.push_str("=\"");
            value.chars().for_each(|c| match c {
                '\\' => self.text.push_str("\\\\"),
                '"' => self.text.push_str("\\\""),
                '\n' => self.text.push_str("\\n"),
                c => self.text.push(c),
            });
            self.text.push('"');
        }
        if !labels.is_empty() {
            self.text.push('}');
        }
        let _ = writeln!(self.text, " {value}");
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_family_has_a_head_and_samples_with_labels_in_quotes() {
        let mut text = Text::default();
        text.family("calls_total", Kind::Counter, "Calls.");
        text.value(&[("source", "a\\b\"c\nd"), ("reason", "é")], 12.0);
        text.value(&[], 0.5);
        let expected = "# HELP calls_total Calls.\n# TYPE calls_total counter\n\
                        calls_total{source=\"a\\\\b\\\"c\\nd\",reason=\"é\"} 12\ncalls_total 0.5\n";
        assert_eq!(text.finish(), expected);
    }

    #[test]
    fn buckets_of_a_histogram_add_up() {
        let mut durations = Durations::default();
        for millis in [0, 1, 2, 40, 90_000] {
            durations.add(Duration::from_millis(millis));
        }
        let mut text = Text::default();
        text.family("d", Kind::Histogram, "D.");
        text.histogram(&[("path", "/")], &durations);
        let text = text.finish();
        for line in [
            "d_bucket{path=\"/\",le=\"0.001\"} 2",
            "d_bucket{path=\"/\",le=\"+Inf\"} 5",
            "d_count{path=\"/\"} 5",
            "d_sum{path=\"/\"} 90.043",
        ] {
            assert!(text.contains(&format!("{line}\n")), "{line}\n{text}");
        }
    }
}
