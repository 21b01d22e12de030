//! The section `[privacy]`.

use serde::Deserialize;
use traffic::{Addresses, Privacy};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PrivacySection {
    query_parameters: Vec<String>,
    addresses: String,
    never_stored: Vec<String>,
}

impl PrivacySection {
    /// What the section says; none where something is wrong with it.
    pub(super) fn settle(&self, wrong: &mut impl FnMut(&str, String)) -> Option<Privacy> {
        for (key, names) in
            [("privacy.query_parameters", &self.query_parameters), ("privacy.never_stored", &self.never_stored)]
        {
            if names.iter().any(|name| name.trim().is_empty()) {
                wrong(key, "a name is empty; leave it out".to_owned());
            }
        }
        let addresses = match self.addresses.as_str() {
            "truncate" => Addresses::Truncate,
            "drop" => Addresses::Drop,
            other => {
                wrong("privacy.addresses", format!("`{other}` is neither `truncate` nor `drop`"));
                return None;
            }
        };
        Some(Privacy::new(&self.query_parameters, addresses, &self.never_stored))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use traffic::Privacy;

    fn read(text: &str) -> Result<Config, String> {
        Config::read("test.toml", text, std::iter::empty()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_are_those_of_the_reader() {
        assert_eq!(read("").unwrap().privacy, Privacy::default());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let error = read("[privacy]\naddresses = \"keep\"").unwrap_err();
        assert!(error.contains("line 2") && error.contains("neither `truncate` nor `drop`"), "{error}");
        let error = read("[privacy]\nnever_stored = [\" \"]").unwrap_err();
        assert!(error.contains("a name is empty"), "{error}");
        assert!(read("[privacy]\nadresses = \"drop\"").unwrap_err().contains("`privacy.addresses`"));
    }

    #[test]
    fn what_is_set_holds() {
        let text = "[privacy]\nquery_parameters = [\"page\"]\naddresses = \"drop\"\nnever_stored = [\"badge\"]";
        let privacy = read(text).unwrap().privacy;
        assert_eq!(
            privacy.excerpt(r#"{"path":"/a?page=2&q=1","ip":"203.0.113.7","badge":7,"password":"abc"}"#),
            r#"{"path":"/a?page=2","ip":"[removed]","badge":"[removed]","password":"aaa"}"#
        );
    }
}
