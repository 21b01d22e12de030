//! Every URL of the portal, made by functions: templates and handlers write none by hand.

use model::{AppId, Day, Observation};

/// My Apps, page 1, as of today.
pub(crate) const APPS: &str = "/";
/// Rules and thresholds.
pub(crate) const RULES: &str = "/rules";

/// One page of My Apps as of a day (none: today).
pub(crate) fn apps(as_of: Option<Day>, page: usize) -> String {
    with_query(APPS.to_owned(), &[("as_of", as_of.map(|day| day.to_string())), ("page", page_number(page))])
}

/// The path of the Integration Health page of an app, as of a day (none: today).
#[must_use]
pub fn app_health(app: &AppId, as_of: Option<Day>) -> String {
    with_as_of(format!("/apps/{}/health", segment(app.as_str())), as_of)
}

/// One page of the routes behind one observation of an app.
pub(crate) fn routes(app: &AppId, observation: Observation, as_of: Option<Day>, page: usize) -> String {
    let path = format!("/apps/{}/health/{}/routes", segment(app.as_str()), observation.key());
    with_query(path, &[("as_of", as_of.map(|day| day.to_string())), ("page", page_number(page))])
}

/// The API Call Activity Report as CSV.
pub(crate) fn activity_csv(app: &AppId, as_of: Option<Day>) -> String {
    with_as_of(format!("/api/v1/apps/{}/activity.csv", segment(app.as_str())), as_of)
}

/// The Integration Health as JSON.
pub(crate) fn health_json(app: &AppId, as_of: Option<Day>) -> String {
    with_as_of(format!("/api/v1/apps/{}/health", segment(app.as_str())), as_of)
}

/// An asset by the hash of its content, so that it can be kept for ever.
pub(crate) fn asset(hash: u64, file: &str) -> String {
    format!("/assets/{hash:016x}/{file}")
}

/// The first page goes without saying.
fn page_number(page: usize) -> Option<String> {
    (page > 1).then(|| page.to_string())
}

fn with_as_of(path: String, as_of: Option<Day>) -> String {
    with_query(path, &[("as_of", as_of.map(|day| day.to_string()))])
}

/// The values are days and numbers, which need no encoding.
fn with_query(mut path: String, pairs: &[(&str, Option<String>)]) -> String {
    let mut mark = '?';
    for (name, value) in pairs {
        if let Some(value) = value {
            path.push(mark);
            path.push_str(name);
            path.push('=');
            path.push_str(value);
            mark = '&';
        }
    }
    path
}

/// One path segment: everything but unreserved characters (RFC 3986) percent-encoded.
fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for digit in [byte >> 4, byte & 15] {
                encoded.push(char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> AppId {
        text.parse().unwrap()
    }

    #[test]
    fn an_app_id_stays_one_segment() {
        assert_eq!(app_health(&id("acme-erp_2.0~b"), None), "/apps/acme-erp_2.0~b/health");
        assert_eq!(app_health(&id("a/b?c#d%e \"é"), None), "/apps/a%2Fb%3Fc%23d%25e%20%22%C3%A9/health");
    }

    #[test]
    fn the_day_and_the_page_are_named_only_where_they_matter() {
        let day = "2026-11-20".parse().ok();
        assert_eq!(apps(None, 1), "/");
        assert_eq!(apps(day, 3), "/?as_of=2026-11-20&page=3");
        assert_eq!(activity_csv(&id("a"), day), "/api/v1/apps/a/activity.csv?as_of=2026-11-20");
    }
}
