//! From the bytes of a file to the tree of what is read: encoding, size, JSON or YAML, and where the syntax breaks.

use serde::de::DeserializeSeed;
use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};

use serde_saphyr::Error;

use crate::node::{Node, Shape};
use crate::problem::Problems;

/// The largest document that is read, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 64 * 1024 * 1024;

/// How deep a YAML document may nest. Its parser recurses, also into what is skipped; no description of an API
/// comes near this.
const MAX_YAML_DEPTH: usize = 160;

/// How many nodes a document may gain by repeating aliases.
const MAX_YAML_REPLAY: usize = 2_000_000;

/// Reads what the catalog needs of a JSON or YAML file; `None` after telling why not.
pub(crate) fn parse(name: &str, bytes: &[u8], problems: &mut Problems) -> Option<Node> {
    parse_as(Shape::Document, name, bytes, problems)
}

/// Reads what `seed` takes of a JSON or YAML file; `None` after telling why not.
pub(crate) fn parse_as<T, S>(seed: S, name: &str, bytes: &[u8], problems: &mut Problems) -> Option<T>
where
    S: for<'de> DeserializeSeed<'de, Value = T> + Copy,
{
    let text = text_of(bytes, problems)?;
    let yaml_name = [".yaml", ".yml"].iter().any(|end| name.to_ascii_lowercase().ends_with(end));
    if text.trim_start().starts_with(['{', '[']) {
        match parse_json(seed, text) {
            Ok(node) => return Some(node),
            // Flow mappings of YAML look like JSON.
            Err(_) if yaml_name => {}
            Err(error) => {
                let location = format!("line {} column {}", error.line(), error.column());
                problems.error(location, format!("this is not valid JSON: {}; correct it", json_reason(&error)));
                return None;
            }
        }
    }
    parse_yaml(seed, text)
        .map_err(|error| {
            let location = error.location().map(|at| format!("line {} column {}", at.line(), at.column()));
            problems.error(location.unwrap_or_default(), yaml_reason(&error));
        })
        .ok()
}

fn text_of<'a>(bytes: &'a [u8], problems: &mut Problems) -> Option<&'a str> {
    if bytes.len() > MAX_DOCUMENT_BYTES {
        let limit = MAX_DOCUMENT_BYTES / (1024 * 1024);
        problems.error("", format!("the file is larger than {limit} MiB; split it into several documents"));
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            if text.trim().is_empty() {
                problems.error("", "the file is empty; give an OpenAPI or Swagger document");
                return None;
            }
            Some(text)
        }
        Err(error) => {
            let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
            problems.error(format!("line {line}"), "the file is not UTF-8; save it as UTF-8");
            None
        }
    }
}

fn parse_json<'de, S: DeserializeSeed<'de>>(seed: S, text: &'de str) -> Result<S::Value, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let node = seed.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(node)
}

/// The message without the position, which stands in the location.
fn json_reason(error: &serde_json::Error) -> String {
    let whole = error.to_string();
    whole.rsplit_once(" at line ").map_or(whole.as_str(), |(reason, _)| reason).to_owned()
}

fn parse_yaml<T, S: for<'de> DeserializeSeed<'de, Value = T>>(seed: S, text: &str) -> Result<T, Error> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: usize::MAX,
            max_nodes: usize::MAX,
            max_depth: MAX_YAML_DEPTH,
            flow_nesting_limit: MAX_YAML_DEPTH,
            // A key of the paths may be long.
            simple_key_max_lookahead: 16 * 1024,
            max_total_scalar_bytes: 4 * MAX_DOCUMENT_BYTES,
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: MAX_YAML_REPLAY },
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        ignore_binary_tag_for_string: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
    };
    serde_saphyr::with_deserializer_from_str_with_options(text, options, |yaml| seed.deserialize(yaml))
}

/// What is wrong with a YAML file and what to do, in words of this program where the parser's are for programmers.
fn yaml_reason(error: &Error) -> String {
    match error {
        Error::WithSnippet { error, .. } | Error::AliasError { error, .. } => yaml_reason(error),
        Error::MultipleDocuments { .. } => "the file holds several YAML documents; keep one in each file".to_owned(),
        Error::Budget { breach: BudgetBreach::Depth { .. }, .. } => too_deep(),
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => {
            "the aliases of the file (`*name`) repeat too much; write out what they stand for".to_owned()
        }
        Error::RecursiveReferencesRequireWeakTypes { .. } => {
            "an alias (`*name`) stands inside what it repeats; write it out".to_owned()
        }
        Error::UnknownAnchor { .. } => "an alias (`*name`) has no anchor (`&name`) before it; correct it".to_owned(),
        other => {
            let whole = other.render();
            let line = whole.lines().next().unwrap_or_default();
            // The position stands in the location.
            let reason = line.rsplit_once(" at line ").map_or(line, |(reason, _)| reason);
            if reason == "recursion limit exceeded" {
                return too_deep();
            }
            format!("this is not valid YAML: {reason}; correct it")
        }
    }
}

fn too_deep() -> String {
    format!("the file nests deeper than {MAX_YAML_DEPTH} levels; make it flatter, or write it as JSON")
}
