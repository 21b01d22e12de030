//! Where the fields of a call stand in the JSON of some log.

use std::str::FromStr;

use crate::format::FormatError;
use crate::json::Step;

/// For each field of a call the places where it may stand, the best first: the first that holds something
/// counts, where `null`, the empty text and `-` hold nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldMap {
    /// The time: RFC 3339, the `10/Oct/2000:13:55:36 -0700` of nginx and Apache, or Unix time as a number or in
    /// digits (seconds, from 10^11 on milliseconds, from 10^14 on microseconds, from 10^17 on nanoseconds).
    pub time: Vec<FieldPath>,
    /// The method.
    pub method: Vec<FieldPath>,
    /// The path or URL.
    pub path: Vec<FieldPath>,
    /// A whole request line, `GET /path HTTP/1.1`, for logs that have no method and path of their own.
    pub request: Vec<FieldPath>,
    /// The status.
    pub status: Vec<FieldPath>,
    /// The app's id.
    pub app: Vec<FieldPath>,
    /// The environment.
    pub environment: Vec<FieldPath>,
    /// The value of the company header.
    pub company_header: Vec<FieldPath>,
    /// `service` for calls of service accounts.
    pub principal: Vec<FieldPath>,
}

/// The way to a value within a JSON object: `request.headers.x-app-id`, or as a JSON pointer
/// `/request/headers/x-app-id` where keys have dots in them. An array stands for its first element, so arrays
/// need no step of their own. Keys below one that is called `headers` are found in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPath(pub(crate) Vec<Step>);

impl FieldPath {
    /// The way through these keys.
    pub(crate) fn keys(keys: &[&str]) -> Self {
        let mut below_headers = false;
        let step = |key: &&str| {
            let name = (*key).to_owned();
            let step = if below_headers { Step::AnyCase(name) } else { Step::Key(name) };
            below_headers |= key.eq_ignore_ascii_case("headers");
            step
        };
        Self(keys.iter().map(step).collect())
    }

    /// The same way with the last key found in any case.
    #[must_use]
    pub(crate) fn in_any_case(mut self) -> Self {
        if let Some(Step::Key(name)) = self.0.last() {
            let name = name.clone();
            self.0.pop();
            self.0.push(Step::AnyCase(name));
        }
        self
    }
}

impl FromStr for FieldPath {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, FormatError> {
        let keys: Vec<String> = match text.strip_prefix('/') {
            Some(pointer) => pointer.split('/').map(|key| key.replace("~1", "/").replace("~0", "~")).collect(),
            None => text.split('.').map(str::to_owned).collect(),
        };
        if keys.iter().any(String::is_empty) {
            return Err(FormatError::new(format!(
                "`{text}` is not a way to a field; write keys with dots between, such as `request.headers.x-app-id`"
            )));
        }
        // A JSON pointer's position in an array: arrays stand for their first element anyway.
        let keys: Vec<&str> = keys.iter().map(String::as_str).filter(|key| *key != "0").collect();
        Ok(Self::keys(&keys))
    }
}

/// The fields by the names under which a map's text and the configuration know them.
const NAMES: [&str; 9] =
    ["time", "method", "path", "request", "status", "app", "environment", "company_header", "principal"];

impl FieldMap {
    /// Adds a place for a field, after those it has: `field` is one of `time`, `method`, `path`, `request`, `status`,
    /// `app`, `environment`, `company_header`, `principal`; `places` is one way or several with `|` between.
    ///
    /// # Errors
    /// An unknown field, or a way that can't be read.
    pub fn add(&mut self, field: &str, places: &str) -> Result<(), FormatError> {
        let any_case = field == "company_header";
        let list = self.list_mut(field).ok_or_else(|| {
            FormatError::new(format!("`{field}` is not a field of a call; the fields are `{}`", NAMES.join("`, `")))
        })?;
        for place in places.split('|') {
            let path: FieldPath = place.parse()?;
            list.push(if any_case { path.in_any_case() } else { path });
        }
        Ok(())
    }

    /// Gives a field these places alone; see [`FieldMap::add`].
    ///
    /// # Errors
    /// As there.
    pub fn replace(&mut self, field: &str, places: &str) -> Result<(), FormatError> {
        if let Some(list) = self.list_mut(field) {
            list.clear();
        }
        self.add(field, places)
    }

    fn list_mut(&mut self, field: &str) -> Option<&mut Vec<FieldPath>> {
        Some(match field {
            "time" => &mut self.time,
            "method" => &mut self.method,
            "path" => &mut self.path,
            "request" => &mut self.request,
            "status" => &mut self.status,
            "app" => &mut self.app,
            "environment" => &mut self.environment,
            "company_header" => &mut self.company_header,
            "principal" => &mut self.principal,
            _ => return None,
        })
    }

    /// Whether every call can be read with it: time, status, and method with path or a request line.
    ///
    /// # Errors
    /// Which field has no place.
    pub fn check(&self) -> Result<(), FormatError> {
        let has_request = !self.request.is_empty();
        let missing = [
            ("time", self.time.is_empty()),
            ("method", self.method.is_empty() && !has_request),
            ("path", self.path.is_empty() && !has_request),
            ("status", self.status.is_empty()),
        ];
        match missing.iter().find(|(_, missing)| *missing) {
            Some((field, _)) => Err(FormatError::new(format!(
                "the field map has no place for `{field}`; add one, such as `{field}=request.{field}`"
            ))),
            None => Ok(()),
        }
    }
}

/// A map as text: `time=ts method=request.method path=request.uri status=response.status app=consumer.id|user`,
/// with white space or commas between the fields.
impl FromStr for FieldMap {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, FormatError> {
        let mut map = Self::default();
        for pair in text.split([' ', '\t', '\n', ',']).filter(|pair| !pair.is_empty()) {
            let (field, places) = pair.split_once('=').ok_or_else(|| {
                FormatError::new(format!("`{pair}` is not part of a field map; write `field=place`, such as `time=ts`"))
            })?;
            map.add(field, places)?;
        }
        map.check()?;
        Ok(map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_are_keys_with_dots_or_pointers() {
        let check = |text: &str, expected: &[Step]| {
            assert_eq!(text.parse::<FieldPath>().ok().map(|path| path.0).as_deref(), Some(expected), "{text}");
        };
        let key = |name: &str| Step::Key(name.to_owned());
        check("ts", &[key("ts")]);
        check("request.method", &[key("request"), key("method")]);
        check("/attributes/http.method", &[key("attributes"), key("http.method")]);
        check("/a~1b/c~0d", &[key("a/b"), key("c~d")]);
        check("request.headers.X-App", &[key("request"), key("headers"), Step::AnyCase("X-App".to_owned())]);
        check("/records/0/name", &[key("records"), key("name")]);
        for wrong in ["", "a..b", ".a", "/", "/a//b"] {
            assert!(wrong.parse::<FieldPath>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_map_says_what_it_lacks() {
        let error = |text: &str| text.parse::<FieldMap>().unwrap_err().to_string();
        assert!(error("time=ts method=m path=p").contains("`status`"));
        assert!(error("time=ts status=s path=p").contains("`method`"));
        assert!(error("tme=ts").contains("`tme` is not a field"));
        assert!(error("ts").contains("`field=place`"));
        assert!("time=ts|time, request=r status=s".parse::<FieldMap>().is_ok());
    }
}
