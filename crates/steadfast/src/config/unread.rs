//! What is said of a value that is not what it should be.

use super::merge::nearest;
use super::place::line_of;

/// What is said of an error in reading the effective table. That has no lines; the key's name leads back to the file.
pub(super) fn unread(file: &str, text: &str, error: &toml::de::Error) -> String {
    let whole = error.to_string();
    let key = whole.lines().last().and_then(|line| line.strip_prefix("in `")?.strip_suffix('`'));
    let (Some(key), message) = (key, error.message()) else { return format!("`{file}`: {}", error.message()) };
    // ``unknown field `path`, expected one of `paths`, `follow` ``: the word, and those that are known.
    let mut words = message.split('`').skip(1).step_by(2);
    let (unknown, known) = (words.next().unwrap_or_default(), words.collect::<Vec<_>>());
    let (near, all) = (nearest(unknown, known.iter().copied()), known.join("`, `"));
    if message.starts_with("unknown field ") {
        let path = format!("{key}.{unknown}");
        let meant = near.map_or_else(|| format!("there are `{all}`"), |near| format!("did you mean `{key}.{near}`?"));
        return format!("`{file}`{}: there is no key `{path}`; {meant}", line_of(text, &path));
    }
    let place = line_of(text, key);
    if message.starts_with("unknown variant ") {
        let meant = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        return format!("`{file}`{place}: `{key}`: `{unknown}` is none of `{all}`{meant}");
    }
    format!("`{file}`{place}: `{key}`: {message}")
}
