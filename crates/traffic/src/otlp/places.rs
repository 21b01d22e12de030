//! Which attributes a call is made from.

use crate::format::{FormatError, FormatOptions};

/// The fields of a call that attributes give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Method,
    Path,
    Status,
    App,
    Environment,
    Company,
    Principal,
}

impl Field {
    /// All, in the order in which a line has them, with their keys there.
    pub(super) const ALL: [(Self, &'static str); 7] = [
        (Self::Method, "method"),
        (Self::Path, "path"),
        (Self::Status, "status"),
        (Self::App, "app"),
        (Self::Environment, "environment"),
        (Self::Company, "company_header"),
        (Self::Principal, "principal"),
    ];
}

/// The attributes that calls are made from: for each field the names under which it may stand, the best first. The
/// semantic conventions' names of HTTP servers, new and old, then Traefik's; the same as those of the format `otlp` for the
/// rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtlpPlaces {
    names: Vec<(Field, Box<str>)>,
}

/// The most names.
const MOST: usize = 64;

impl OtlpPlaces {
    /// The places for a company header of this name; app, environment and principal where the options say. There a place
    /// is the name of an attribute, with or without `attributes.` or `/attributes/` before it.
    ///
    /// # Errors
    /// A place without a name, or more than 64 of them.
    pub fn new(options: &FormatOptions) -> Result<Self, FormatError> {
        let header = options.company_header.to_ascii_lowercase();
        let company = [header.clone(), header.replace('-', "_")].map(|name| format!("http.request.header.{name}"));
        let mut names = Vec::new();
        let mut add = |field, list: &[&str]| names.extend(list.iter().map(|name| (field, Box::from(*name))));
        add(Field::Method, &["http.request.method_original", "http.request.method", "http.method", "RequestMethod"]);
        add(Field::Path, &["url.path", "http.target", "url.full", "http.url", "RequestPath"]);
        add(Field::Status, &["http.response.status_code", "http.status_code", "DownstreamStatus"]);
        add(Field::Company, &company.each_ref().map(String::as_str));
        add(Field::Company, &[&traefik_header(&header)]);
        for (field, place, default) in [
            (Field::App, &options.app, "app.id|client.id|enduser.id|user.id"),
            (Field::Environment, &options.environment, "deployment.environment.name|deployment.environment"),
            (Field::Principal, &options.principal, "principal"),
        ] {
            for place in place.as_deref().unwrap_or(default).split('|') {
                names.push((field, attribute(place)?.into()));
            }
        }
        if names.len() > MOST {
            return Err(FormatError::new(format!("more than {MOST} attributes are named; name fewer")));
        }
        Ok(Self { names })
    }

    /// How many names there are.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// The positions of a name: that of each field which may stand under it.
    pub(super) fn positions(&self, name: &[u8]) -> impl Iterator<Item = usize> {
        self.names.iter().enumerate().filter(move |(_, (_, known))| known.as_bytes() == name).map(|(at, _)| at)
    }

    /// The positions of a field's names, the best first.
    pub(super) fn of(&self, field: Field) -> impl Iterator<Item = usize> {
        self.names.iter().enumerate().filter(move |(_, (of, _))| *of == field).map(|(at, _)| at)
    }
}

/// How Traefik calls a header, whose records have the names of its access log: `request_Procore-Company-Id`.
fn traefik_header(lower: &str) -> String {
    let mut begins = true;
    let capital = |letter: char| {
        let letter = if begins { letter.to_ascii_uppercase() } else { letter };
        begins = letter == '-';
        letter
    };
    let name: String = lower.chars().map(capital).collect();
    format!("request_{name}")
}

/// The name of the attribute that stands at a place, which may also be written as a way through the JSON of a record.
pub(crate) fn attribute(place: &str) -> Result<String, FormatError> {
    let place = place.trim();
    let pointer = |rest: &str| rest.replace("~1", "/").replace("~0", "~");
    let name = ["/resource/attributes/", "/scope/attributes/", "/attributes/"]
        .iter()
        .find_map(|start| place.strip_prefix(start).map(pointer))
        .or_else(|| {
            let starts = ["resource.attributes.", "scope.attributes.", "attributes."];
            starts.iter().find_map(|start| place.strip_prefix(start).map(str::to_owned))
        })
        .unwrap_or_else(|| place.strip_prefix('/').map_or_else(|| place.to_owned(), pointer));
    if name.is_empty() {
        return Err(FormatError::new(format!("`{place}` names no attribute; write its name, such as `client.id`")));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_the_name_of_an_attribute() {
        let check = |place: &str, name: &str| assert_eq!(attribute(place).as_deref(), Ok(name), "{place}");
        check("client.id", "client.id");
        check("attributes.client.id", "client.id");
        check("/attributes/client.id", "client.id");
        check("/attributes/a~1b~0c", "a/b~c");
        check("/resource/attributes/tenant", "tenant");
        check("/tenant", "tenant");
        assert!(attribute("attributes.").is_err() && attribute("").is_err());
    }

    #[test]
    fn options_go_before_the_defaults() {
        let options = FormatOptions { app: Some("a|b".to_owned()), ..FormatOptions::default() };
        let places = OtlpPlaces::new(&options).unwrap();
        let names: Vec<&str> = places.of(Field::App).map(|at| &*places.names[at].1).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(places.positions(b"client.id").count(), 0);
        assert_eq!(places.positions(b"http.request.header.procore-company-id").count(), 1);
        assert_eq!(places.positions(b"http.request.header.procore_company_id").count(), 1);
        assert_eq!(places.positions(b"request_Procore-Company-Id").count(), 1);
        let many = FormatOptions { app: Some("a|".repeat(70) + "a"), ..FormatOptions::default() };
        assert!(OtlpPlaces::new(&many).is_err());
    }
}
