//! What is wrong with a document, where, and what to do about it.

use std::fmt;

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The document is imported all the same.
    Warning,
    /// Nothing of the document is imported.
    Error,
}

/// One flaw of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The document, by its file name.
    pub file: String,
    /// Where in it: a JSON pointer (`/paths/~1foo/get`) or `line 12 column 3`; empty for the file as a whole.
    pub location: String,
    /// What is wrong and what to do.
    pub message: String,
    /// Whether it keeps the document out.
    pub severity: Severity,
}

/// `` `api.yaml` at `/paths/~1foo`: … ``
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.file)?;
        match self.location.as_str() {
            "" => {}
            pointer if pointer.starts_with('/') => write!(f, " at `{pointer}`")?,
            line => write!(f, " at {line}")?,
        }
        write!(f, ": {}", self.message)
    }
}

/// Of each severity, how many problems of one document are told; the rest is only counted.
const TOLD: usize = 50;

/// Gathers the problems of one document, so that reading can go on after the first.
pub(crate) struct Problems {
    file: String,
    told: Vec<Problem>,
    errors: usize,
    warnings: usize,
}

impl Problems {
    pub(crate) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), told: Vec::new(), errors: 0, warnings: 0 }
    }

    pub(crate) fn error(&mut self, location: impl fmt::Display, message: impl Into<String>) {
        self.errors += 1;
        if self.errors <= TOLD {
            self.tell(location.to_string(), message.into(), Severity::Error);
        }
    }

    pub(crate) fn warning(&mut self, location: impl fmt::Display, message: impl Into<String>) {
        self.warnings += 1;
        if self.warnings <= TOLD {
            self.tell(location.to_string(), message.into(), Severity::Warning);
        }
    }

    pub(crate) fn any_error(&self) -> bool {
        self.errors > 0
    }

    /// The problems in the order in which they were found; how many more there are stands at the end.
    pub(crate) fn finish(mut self) -> Vec<Problem> {
        for (found, severity, word) in
            [(self.errors, Severity::Error, "errors"), (self.warnings, Severity::Warning, "warnings")]
        {
            if found > TOLD {
                self.tell(String::new(), format!("and {} more {word} like these", found - TOLD), severity);
            }
        }
        self.told
    }

    fn tell(&mut self, location: String, message: String, severity: Severity) {
        self.told.push(Problem { file: self.file.clone(), location, message, severity });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_reads_as_a_sentence() {
        let told = |location: &str| {
            let mut problems = Problems::new("api.yaml");
            problems.error(location, "no such thing");
            problems.finish()[0].to_string()
        };
        assert_eq!(told("/paths/~1foo"), "`api.yaml` at `/paths/~1foo`: no such thing");
        assert_eq!(told("line 12 column 3"), "`api.yaml` at line 12 column 3: no such thing");
        assert_eq!(told(""), "`api.yaml`: no such thing");
    }

    #[test]
    fn many_problems_are_told_in_part_and_counted_whole() {
        let mut problems = Problems::new("api.yaml");
        for n in 0..TOLD + 7 {
            problems.warning("", n.to_string());
        }
        assert!(!problems.any_error());
        let told = problems.finish();
        assert_eq!(told.len(), TOLD + 1);
        assert_eq!(told[TOLD].message, "and 7 more warnings like these");
    }
}
