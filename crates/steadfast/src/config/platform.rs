//! The section `[platform]`.

use std::sync::Arc;

use model::PlatformZone;
use serde::Deserialize;
use service::Platform;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlatformSection {
    name: String,
    time_zone: String,
    company_header: String,
    company_header_exceptions: Vec<String>,
}

impl PlatformSection {
    /// The platform, with what manifests may say there.
    pub(super) fn settle(self, manifest_rules: manifest::Rules, wrong: &mut impl FnMut(&str, String)) -> Platform {
        let zone = PlatformZone::named(&self.time_zone)
            .map_err(|error| wrong("platform.time_zone", error.to_string()))
            .unwrap_or_else(|()| PlatformZone::utc());
        if !is_header_name(&self.company_header) {
            wrong("platform.company_header", "a header's name has letters, digits and `-` only".to_owned());
        }
        if self.name.trim().is_empty() {
            wrong("platform.name", "the platform needs a name".to_owned());
        }
        for exception in &self.company_header_exceptions {
            if let Err(problem) = health::check_exception(exception) {
                wrong("platform.company_header_exceptions", problem.to_string());
            }
        }
        Platform {
            name: self.name,
            zone,
            company_header: self.company_header,
            company_header_exceptions: self.company_header_exceptions,
            manifest_rules: Arc::new(manifest_rules),
        }
    }
}

fn is_header_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 100 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
