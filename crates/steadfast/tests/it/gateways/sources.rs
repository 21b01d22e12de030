//! Every source on the pages is one that the configuration takes.

use super::page::{self, Page};
use crate::cast::program;

#[test]
fn every_source_on_a_page_is_one_that_can_be_configured() {
    let mut checked = 0;
    for entry in std::fs::read_dir(page::folder()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().trim_end_matches(".md").to_owned();
        for (heading, _, text) in Page::of(&name).blocks().iter().filter(|(_, language, _)| language == "toml") {
            let program = program();
            program.write("steadfast.toml", text);
            let ran = program.run(&["config", "check"]);
            assert_eq!(ran.code, Some(0), "{name}, {heading}: {}", ran.stderr());
            checked += 1;
        }
    }
    assert!(checked > 12, "{checked}");
}

#[test]
fn every_gateway_has_a_page_that_leads_back() {
    let pages = ["nginx", "caddy", "haproxy", "traefik", "kong", "envoy", "aws-api-gateway"];
    let index = std::fs::read_to_string(page::folder().join("README.md")).unwrap();
    for name in pages {
        assert!(index.contains(&format!("({name}.md)")), "{name}");
        let text = std::fs::read_to_string(page::folder().join(format!("{name}.md"))).unwrap();
        for heading in ["## Syslog", "## What to expect"] {
            assert!(text.contains(heading), "{name} has no `{heading}`");
        }
        assert!(text.contains("(README.md#does-it-work)"), "{name}");
    }
}
