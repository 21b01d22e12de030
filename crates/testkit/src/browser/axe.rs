//! axe-core, run in the page that is open: what keeps people out who use a page in another way.

use std::fmt;

use serde_json::Value;

use super::Browser;
use crate::installed;

/// What must be installed.
const PIN: &str = include_str!("../../assets/axe/package-lock.json");

/// The rules of WCAG 2.0, 2.1 and 2.2 at the levels A and AA; the practices beyond are axe's own.
const TAGS: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];
const PRACTICES: &str = "best-practice";

/// The size of touch targets (WCAG 2.5.8, AA) is off in axe unless it is asked for.
const RUN: &str = "return window.axe.run(document, {
        runOnly: {type: 'tag', values: arguments[0]},
        rules: {'target-size': {enabled: true}},
        resultTypes: ['violations'],
    }).then(results => results.violations.flatMap(rule => rule.nodes.map(node => ({
        rule: rule.id, impact: node.impact || rule.impact || '', help: rule.help, target: node.target.flat().join(' '),
        summary: node.failureSummary || '', html: node.html,
    }))))";

/// One element that breaks one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule's name: `color-contrast`.
    pub rule: String,
    /// `minor`, `moderate`, `serious` or `critical`.
    pub impact: String,
    /// What the rule wants.
    pub help: String,
    /// A CSS selector of the element.
    pub target: String,
    /// What is wrong with it.
    pub summary: String,
    /// Its HTML, shortened.
    pub html: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, impact, help, target, summary, html } = self;
        let summary = summary.split_whitespace().collect::<Vec<_>>().join(" ");
        write!(f, "{rule} ({impact}): {help}: `{target}`: {summary}: {html}")
    }
}

impl Browser {
    /// What axe finds in the open page, by the rules of WCAG 2.2 up to AA and by axe's own practices. None where axe
    /// is not installed.
    ///
    /// # Panics
    /// When it is missing and everything has to be tested.
    #[must_use]
    pub fn axe(&self) -> Option<Vec<Violation>> {
        let file = installed::checker("axe", PIN, "node_modules/axe-core/axe.min.js")?;
        let script = std::fs::read_to_string(file).unwrap();
        // What a driver runs is not subject to the page's policy.
        self.evaluate(&script, &[]);
        let tags: Vec<&str> = TAGS.into_iter().chain([PRACTICES]).collect();
        let found = self.evaluate(RUN, &[tags.into()]);
        Some(found.as_array().expect("axe returns a list").iter().map(violation).collect())
    }
}

fn violation(found: &Value) -> Violation {
    let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
    let html: String = text("html").chars().take(300).collect();
    Violation {
        rule: text("rule"),
        impact: text("impact"),
        help: text("help"),
        target: text("target"),
        summary: text("summary"),
        html,
    }
}
