//! How a status and a severity look: always a shape, a word and a colour together.

use model::{Day, Severity, Status};

/// A verdict's looks. The classes are the stylesheet's, the icons the sprite's in `base.html`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// The class that colours it.
    pub(crate) class: &'static str,
    /// The word that says it.
    pub(crate) word: &'static str,
    /// What it asks of the reader.
    pub(crate) gloss: &'static str,
}

/// The looks of a status; none without traffic.
pub(crate) fn status(status: Option<Status>) -> Look {
    match status {
        Some(status) => {
            let (class, gloss) = match status {
                Status::NeedsAttention => ("na", "resolve first"),
                Status::ReviewRecommended => ("rr", "watch for change"),
                Status::Healthy => ("ok", "nothing to do"),
            };
            Look { class, word: status.title(), gloss }
        }
        None => Look { class: "no", word: "No API traffic yet", gloss: "nothing to judge" },
    }
}

/// The looks of a status over days of which some may be incomplete: calls are missing there, so that Healthy is not all
/// there is to say.
pub(crate) fn status_over(of: Option<Status>, incomplete: &[Day]) -> Look {
    match of {
        Some(Status::Healthy) if !incomplete.is_empty() => {
            Look { class: "in", word: "Healthy, data incomplete", gloss: "as far as calls arrived" }
        }
        _ => status(of),
    }
}

/// The looks of a day that may be incomplete.
pub(crate) fn severity_of_day(of: Option<Severity>, incomplete: bool) -> Look {
    if !incomplete {
        return severity(of);
    }
    let word = match of {
        Some(Severity::Critical) => "Critical, incomplete",
        Some(Severity::Warning) => "Warning, incomplete",
        Some(Severity::Healthy) => "Healthy, incomplete",
        None => "No traffic, incomplete",
    };
    let class = match of {
        Some(Severity::Critical | Severity::Warning) => severity(of).class,
        Some(Severity::Healthy) | None => "in",
    };
    Look { class, word, gloss: "" }
}

/// The looks of a day; none without traffic.
pub(crate) fn severity(severity: Option<Severity>) -> Look {
    match severity {
        Some(severity) => {
            let class = match severity {
                Severity::Critical => "na",
                Severity::Warning => "rr",
                Severity::Healthy => "ok",
            };
            Look { class, word: severity.title(), gloss: "" }
        }
        None => Look { class: "no", word: "No traffic", gloss: "" },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn healthy_over_an_incomplete_day_is_not_plain_healthy() {
        let day = [Day::FIRST];
        for of in [None, Some(Status::Healthy), Some(Status::ReviewRecommended), Some(Status::NeedsAttention)] {
            assert_eq!(status_over(of, &[]), status(of));
            let marked = status_over(of, &day);
            assert_eq!(marked == status(of), of != Some(Status::Healthy));
            assert_ne!(marked.class, "ok");
        }
        assert_eq!(status_over(Some(Status::Healthy), &day).word, "Healthy, data incomplete");
    }

    #[test]
    fn an_incomplete_day_says_so_whatever_it_was() {
        for of in [None, Some(Severity::Healthy), Some(Severity::Warning), Some(Severity::Critical)] {
            assert_eq!(severity_of_day(of, false), severity(of));
            let marked = severity_of_day(of, true);
            assert_eq!(marked.word, format!("{}, incomplete", severity(of).word));
            assert_ne!(marked.class, "ok");
        }
    }
}
