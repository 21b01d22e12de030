//! The section `[manifests]`: what manifests of apps may name.

use std::collections::{BTreeMap, BTreeSet};

use manifest::{AccessLevel, Tool, ToolRegistry, ViewRegistry};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ManifestsSection {
    prefixes: Vec<String>,
    views: Vec<String>,
    tools: BTreeMap<String, ToolEntry>,
}

/// A tool of the product, as configured.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ToolEntry {
    name: String,
    #[serde(default)]
    company: Vec<String>,
    #[serde(default)]
    project: Vec<String>,
}

impl ManifestsSection {
    pub(super) fn settle(self, wrong: &mut impl FnMut(&str, String)) -> manifest::Rules {
        let mut tools = Vec::new();
        for (key, entry) in self.tools {
            let mut levels = |scope: &str, words: &[String]| -> BTreeSet<AccessLevel> {
                let known = |word: &String| {
                    let level = AccessLevel::from_word(word);
                    if level.is_none() {
                        let message =
                            format!("`{word}` is no level of access; write `readonly`, `standard` or `admin`");
                        wrong(&format!("manifests.tools.{key}.{scope}"), message);
                    }
                    level
                };
                words.iter().filter_map(known).collect()
            };
            let (company, project) = (levels("company", &entry.company), levels("project", &entry.project));
            tools.push(Tool { name: entry.name, company, project, key });
        }
        let views = ViewRegistry::new(self.views).map_err(|problem| wrong("manifests.views", problem.to_string()));
        let tools = ToolRegistry::new(tools).map_err(|problem| wrong("manifests.tools", problem.to_string()));
        manifest::Rules { views: views.unwrap_or_default(), tools: tools.unwrap_or_default(), prefixes: self.prefixes }
    }
}
