//! The file over the defaults, and environment variables over both.

use toml::{Table, Value};

/// Tables whose keys the operator chooses.
const FREE_TABLES: [&str; 3] = ["manifests.tools", "providers", "sources"];

/// Tells each key that the defaults don't have, with the nearest that they have in the same table.
pub(super) fn unknown_keys(own: &Table, known: &Table, prefix: &str, tell: &mut dyn FnMut(&str, Option<String>)) {
    for (key, value) in own {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match (value, known.get(key)) {
            (_, None) => {
                let near = nearest(key, known.keys().map(String::as_str));
                tell(
                    &path,
                    near.map(|near| if prefix.is_empty() { near.to_owned() } else { format!("{prefix}.{near}") }),
                );
            }
            (Value::Table(own), Some(Value::Table(known))) if !FREE_TABLES.contains(&path.as_str()) => {
                unknown_keys(own, known, &path, tell);
            }
            _ => {}
        }
    }
}

/// The known word that is nearest, if it is near enough to be meant.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|known| (strsim::damerau_levenshtein(word, known), known))
        .min()
        .filter(|(distance, known)| *distance <= known.len().max(word.len()) / 2)
        .map(|(_, known)| known)
}

/// Lays one table over another.
pub(super) fn overlay(base: &mut Table, over: Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(base)), Value::Table(over)) => overlay(base, over),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

/// Variables of the same prefix that are not keys of the configuration.
const OTHER_VARIABLES: [&str; 2] = ["STEADFAST_DATA", "STEADFAST_CONFIG"];

/// Sets the key that an environment variable stands for. Variables without the prefix are none of ours.
pub(super) fn set_variable(effective: &mut Table, defaults: &Table, name: &str, value: &str) -> Result<(), String> {
    let Some(path) = name.strip_prefix("STEADFAST_") else { return Ok(()) };
    if OTHER_VARIABLES.contains(&name) {
        return Ok(());
    }
    let mut keys = Vec::new();
    leaf_keys(defaults, &mut Vec::new(), &mut keys);
    let variable = |key: &[String]| key.join("_").to_uppercase();
    let Some(key) = keys.iter().find(|key| variable(key) == path) else {
        let is_within = |table: &&str| format!("{path}_").starts_with(&(table.replace('.', "_").to_uppercase() + "_"));
        if let Some(table) = FREE_TABLES.into_iter().find(is_within) {
            return Err(format!(
                "environment variable `{name}`: keys of `{table}` can't be set by variables; write them into the configuration file"
            ));
        }
        let known = keys.iter().map(|key| format!("STEADFAST_{}", variable(key)));
        let known = known.chain(OTHER_VARIABLES.map(str::to_owned));
        let nearest = known.min_by_key(|known| strsim::damerau_levenshtein(known, name));
        let nearest = nearest.map_or_else(String::new, |known| format!("; did you mean `{known}`?"));
        return Err(format!("environment variable `{name}`: there is no such key{nearest}"));
    };
    let Some((last, tables)) = key.split_last() else { return Ok(()) };
    let mut table = effective;
    for name in tables {
        match table.get_mut(name) {
            Some(Value::Table(inner)) => table = inner,
            _ => return Ok(()),
        }
    }
    let parsed = match table.get(last) {
        Some(Value::String(_)) | None => Value::String(value.to_owned()),
        Some(_) => format!("value = {value}")
            .parse::<Table>()
            .ok()
            .and_then(|mut table| table.remove("value"))
            .ok_or_else(|| format!("environment variable `{name}`: `{value}` can't be read; write it as in TOML: `50`, or `[\"GET /v1/me\"]`"))?,
    };
    table.insert(last.clone(), parsed);
    Ok(())
}

fn leaf_keys(table: &Table, path: &mut Vec<String>, keys: &mut Vec<Vec<String>>) {
    for (key, value) in table {
        path.push(key.clone());
        match value {
            Value::Table(inner) => leaf_keys(inner, path, keys),
            _ => keys.push(path.clone()),
        }
        path.pop();
    }
}
