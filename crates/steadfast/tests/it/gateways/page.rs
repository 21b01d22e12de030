//! The pages of `docs/gateways`, and the configurations in them.

use std::path::{Path, PathBuf};

/// The folder of the pages.
pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/gateways")
}

/// A page.
#[derive(Debug)]
pub(super) struct Page {
    name: String,
    text: String,
}

impl Page {
    /// Reads the page of a gateway.
    pub(super) fn of(name: &str) -> Self {
        let text = std::fs::read_to_string(folder().join(format!("{name}.md"))).unwrap();
        Self { name: name.to_owned(), text }
    }

    /// All fenced blocks: the heading above each, its language, its text.
    pub(super) fn blocks(&self) -> Vec<(String, String, String)> {
        let mut blocks = Vec::new();
        let (mut heading, mut block): (String, Option<(String, String)>) = Default::default();
        for line in self.text.lines() {
            match (line.strip_prefix("```"), &mut block) {
                (Some(_), open @ Some(_)) => {
                    let (language, text) = open.take().unwrap();
                    blocks.push((heading.clone(), language, text));
                }
                (Some(language), open @ None) => *open = Some((language.to_owned(), String::new())),
                (None, Some((_, text))) => *text += &format!("{line}\n"),
                (None, None) => {
                    if let Some(found) = line.strip_prefix("## ") {
                        heading = found.to_owned();
                    }
                }
            }
        }
        blocks
    }

    /// The first block below a heading that holds a text.
    pub(super) fn block(&self, heading: &str, holds: &str) -> String {
        let found = self.blocks().into_iter().find(|(above, _, text)| above == heading && text.contains(holds));
        found.unwrap_or_else(|| panic!("`{}` has no block with `{holds}` below `{heading}`", self.name)).2
    }

    /// The source that is to be configured, as it stands below a heading.
    pub(super) fn source(&self, heading: &str) -> String {
        self.block(heading, "[sources.")
    }
}

/// The text with others in place of some; each must stand in it.
pub(super) fn with(text: &str, others: &[(&str, &str)]) -> String {
    others.iter().fold(text.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "no `{old}` in:\n{text}");
        text.replace(old, new)
    })
}

/// The text with each of its lines moved to the right.
pub(super) fn indented(text: &str, spaces: usize) -> String {
    text.lines().map(|line| format!("{:spaces$}{line}\n", "")).collect()
}
