//! How a status and a severity look: always a shape, a word and a colour together.

use model::{Severity, Status};

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
