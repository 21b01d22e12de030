//! Base paths: the part of a server's URL that the paths of its document stand under.

use crate::field;
use crate::node::Node;
use crate::pointer::Pointer;
use crate::problem::Problems;

/// How many base paths one list of servers may give; further ones are left out with a warning.
const MAX_BASE_PATHS: usize = 32;

/// The longest URL of a server that is read, in bytes.
const MAX_URL_BYTES: usize = 8 * 1024;

/// The base paths of the `servers` of `owner`, each empty or beginning with a slash, without one at the end.
/// `None` where it has no servers of its own.
pub(crate) fn base_paths(owner: &Node, at: &Pointer<'_>, problems: &mut Problems) -> Option<Vec<String>> {
    let at = at.key("servers");
    let servers = match owner.get("servers")? {
        Node::Null => return None,
        Node::List(servers) if servers.is_empty() => return None,
        Node::List(servers) => servers,
        other => {
            problems.error(at, format!("`servers` must be a list, not {}; correct it", other.kind()));
            return None;
        }
    };
    let mut bases = Vec::new();
    for (index, server) in servers.iter().enumerate() {
        let at = at.index(index);
        for url in urls(server, &at, problems) {
            let base = path_of(&url, &at, problems);
            if bases.contains(&base) {
                continue;
            }
            if bases.len() == MAX_BASE_PATHS {
                let message = format!("more than {MAX_BASE_PATHS} base paths; further ones are not read");
                problems.warning(at, message);
                return Some(bases);
            }
            bases.push(base);
        }
    }
    Some(bases)
}

/// The base path of a Swagger 2.0 document.
pub(crate) fn swagger_base_path(root: &Node, problems: &mut Problems) -> Vec<String> {
    let base = field::text(root, &Pointer::ROOT, "basePath", problems).unwrap_or_default();
    let path = if base.contains("://") { base } else { format!("/{}", base.trim_start_matches('/')) };
    vec![path_of(&path, &Pointer::ROOT.key("basePath"), problems)]
}

/// A piece of a server's URL: text, or a variable with the values that it can take.
enum Piece<'a> {
    Text(&'a str),
    Variable(Vec<String>),
}

/// The URLs that a server has, one for each combination of the values of its variables.
fn urls(server: &Node, at: &Pointer<'_>, problems: &mut Problems) -> Vec<String> {
    let url = match server.get("url") {
        Some(Node::Text(url)) => url.trim(),
        Some(other) => {
            problems.error(at.key("url"), format!("`url` must be a text, not {}; correct it", other.kind()));
            return Vec::new();
        }
        None => {
            problems.error(at, "a server must have a `url`; add it, `/` for the root");
            return Vec::new();
        }
    };
    let mut urls = vec![String::new()];
    for piece in pieces(url, server, at, problems) {
        match piece {
            Piece::Text(text) => urls.iter_mut().for_each(|url| url.push_str(text)),
            Piece::Variable(values) => {
                // Twice as many as are kept, so that too many are noticed; equal ones are few.
                let longer = urls.iter().flat_map(|url| values.iter().map(move |value| format!("{url}{value}")));
                urls = longer.take(2 * MAX_BASE_PATHS).collect();
            }
        }
        if urls.iter().any(|url| url.len() > MAX_URL_BYTES) {
            problems.error(at.key("url"), format!("the URL is longer than {MAX_URL_BYTES} bytes; shorten it"));
            return Vec::new();
        }
    }
    // An empty value at its start must not turn a path into a host.
    if !url.starts_with("//") {
        for url in urls.iter_mut().filter(|url| url.starts_with("//")) {
            *url = format!("/{}", url.trim_start_matches('/'));
        }
    }
    urls
}

fn pieces<'a>(url: &'a str, server: &Node, at: &Pointer<'_>, problems: &mut Problems) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut rest = url;
    while let Some((text, name, after)) = next_variable(rest) {
        pieces.push(Piece::Text(text));
        let from = url.len() - rest.len() + text.len();
        let mut values = values(name, server, at, problems);
        if values.is_empty() {
            // In the path it stays a parameter, which matches whatever stands there.
            values.push(format!("{{{name}}}"));
            if !in_host(url, from) {
                let message = format!("`{name}` in the URL has no value; it is read as a path parameter");
                problems.warning(at.key("url"), message);
            }
        } else if in_host(url, from) && values.iter().all(|value| !value.contains('/')) {
            // Another host changes nothing about the path.
            values.truncate(1);
        }
        pieces.push(Piece::Variable(values));
        rest = after;
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// The text before the first variable, its name, and the text after it.
fn next_variable(text: &str) -> Option<(&str, &str, &str)> {
    let close = text.find('{').and_then(|open| Some(open + text[open..].find('}')?))?;
    let open = text[..close].rfind('{')?;
    Some((&text[..open], &text[open + 1..close], &text[close + 1..]))
}

/// Whether the byte `at` lies before the path of the URL: in its scheme or host, or in a variable that opens it.
fn in_host(url: &str, at: usize) -> bool {
    let host_end = match url.find("://") {
        Some(scheme) => url[scheme + 3..].find('/').map_or(url.len(), |slash| scheme + 3 + slash),
        None if url.starts_with('{') => url.find('/').unwrap_or(url.len()),
        None => 0,
    };
    at < host_end
}

/// The values that a server variable can take, its default first.
fn values(name: &str, server: &Node, at: &Pointer<'_>, problems: &mut Problems) -> Vec<String> {
    let variables = at.key("variables");
    let at = variables.key(name);
    let Some(variable) = server.get("variables").and_then(|variables| variables.get(name)) else {
        return Vec::new();
    };
    let mut values: Vec<String> = Vec::new();
    let mut add = |at: Pointer<'_>, node: &Node, problems: &mut Problems| match field::plain(node) {
        Some(value) if !values.contains(&value) && values.len() <= MAX_BASE_PATHS => values.push(value),
        None if *node != Node::Null => {
            problems.error(at, format!("a value of a server variable must be a text, not {}; correct it", node.kind()));
        }
        _ => {}
    };
    if let Some(default) = variable.get("default") {
        add(at.key("default"), default, problems);
    }
    let list = at.key("enum");
    match variable.get("enum") {
        Some(Node::List(nodes)) => {
            for (index, node) in nodes.iter().enumerate() {
                add(list.index(index), node, problems);
            }
        }
        None | Some(Node::Null) => {}
        Some(other) => problems.error(list, format!("`enum` must be a list, not {}; correct it", other.kind())),
    }
    values
}

/// The path of a URL, cut at its query, with `.` and `..` resolved, without a slash at its end.
fn path_of(url: &str, at: &Pointer<'_>, problems: &mut Problems) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let after_host = |rest: &str| rest.find('/').map_or(String::new(), |slash| rest[slash..].to_owned());
    let path = match url.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('/') => after_host(rest),
        _ if url.starts_with("//") => after_host(&url[2..]),
        _ if url.starts_with('/') => url.to_owned(),
        _ if url.starts_with('{') => after_host(url),
        _ if looks_like_host(url) => {
            let message = format!("`{url}` has no scheme; its first part is read as the host; write `https://{url}`");
            problems.warning(at, message);
            after_host(url)
        }
        // Relative to where the document is served, which is taken to be the root.
        _ => url.to_owned(),
    };
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            other => segments.push(other),
        }
    }
    segments.iter().flat_map(|segment| ["/", segment]).collect()
}

/// Whether a URL without a scheme begins with a host: `api.example.com/v1`, `localhost:8080`; but not `v1.0/x`.
fn looks_like_host(url: &str) -> bool {
    let first = url.split('/').next().unwrap_or_default();
    let (name, port) = first.split_once(':').map_or((first, None), |(name, port)| (name, Some(port)));
    let letters = |part: &str| part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    match name.rsplit_once('.') {
        Some((before, last)) => !before.is_empty() && before != "." && letters(last),
        None => port.is_some_and(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;

    /// The base paths of a document's servers, and its problems.
    fn read(servers: &str) -> (Option<Vec<String>>, Vec<String>) {
        let mut problems = Problems::new("f");
        let root = parse("f.json", format!(r#"{{"servers":{servers}}}"#).as_bytes(), &mut problems).unwrap();
        let bases = base_paths(&root, &Pointer::ROOT, &mut problems);
        (bases, problems.finish().iter().map(ToString::to_string).collect())
    }

    fn check(servers: &str, expected: &[&str]) {
        let (bases, problems) = read(servers);
        assert_eq!(bases.unwrap_or_default(), expected, "{servers}");
        assert_eq!(problems, [] as [&str; 0], "{servers}");
    }

    #[test]
    fn the_base_path_is_the_path_of_the_url() {
        check(r#"[{"url":"https://api.example.com"}]"#, &[""]);
        check(r#"[{"url":"https://api.example.com/"}]"#, &[""]);
        check(r#"[{"url":"https://api.example.com:8080/v1/"},{"url":"/v2"}]"#, &["/v1", "/v2"]);
        check(r#"[{"url":"https://a.com/v1"},{"url":"https://b.com/v1"}]"#, &["/v1"]);
        check(r#"[{"url":"//a.com/v1?x=/y"}]"#, &["/v1"]);
        check(r#"[{"url":"v1"},{"url":"./v2"},{"url":"../v3/x/.."},{"url":"v1.0"}]"#, &["/v1", "/v2", "/v3", "/v1.0"]);
        check("[]", &[]);
    }

    #[test]
    fn variables_in_the_path_take_all_their_values() {
        let variables =
            r#""variables":{"v":{"default":"v1","enum":["v2","v1"]},"n":{"default":3},"h":{"default":"a"}}"#;
        check(&format!(r#"[{{"url":"https://{{h}}.b.com/{{v}}/{{n}}",{variables}}}]"#), &["/v1/3", "/v2/3"]);
        check(&format!(r#"[{{"url":"{{h}}://{{h}}/{{v}}",{variables}}}]"#), &["/v1", "/v2"]);
        check(r#"[{"url":"{s}/x","variables":{"s":{"default":"https://a.com/b"}}}]"#, &["/b/x"]);
        check(r#"[{"url":"/{a}/x","variables":{"a":{"default":""}}}]"#, &["/x"]);
    }

    #[test]
    fn a_variable_without_a_value_is_a_parameter() {
        let (bases, problems) = read(r#"[{"url":"https://{host}/{tenant}/v1"}]"#);
        assert_eq!(bases.unwrap(), ["/{tenant}/v1"]);
        assert_eq!(
            problems,
            ["`f` at `/servers/0/url`: `tenant` in the URL has no value; it is read as a path parameter"]
        );
        check(r#"[{"url":"{endpoint}/v1"}]"#, &["/v1"]);
    }

    #[test]
    fn a_host_without_a_scheme_is_told() {
        let (bases, problems) = read(r#"[{"url":"api.example.com/v1"},{"url":"localhost:3000/v2"}]"#);
        assert_eq!(bases.unwrap(), ["/v1", "/v2"]);
        assert_eq!(problems.len(), 2);
    }

    #[test]
    fn what_is_no_server_is_an_error_with_its_place() {
        let (_, problems) = read(r#"[{"url":1},{},{"url":"/{a}","variables":{"a":{"enum":[["x"]]}}}]"#);
        assert!(problems[0].starts_with("`f` at `/servers/0/url`: `url` must be a text, not `1`"), "{problems:?}");
        assert!(problems[1].starts_with("`f` at `/servers/1`: a server must have a `url`"), "{problems:?}");
        assert!(problems[2].starts_with("`f` at `/servers/2/variables/a/enum/0`"), "{problems:?}");
        let (_, problems) = read(r#"{"url":"/"}"#);
        assert!(problems[0].starts_with("`f` at `/servers`: `servers` must be a list"), "{problems:?}");
    }

    #[test]
    fn many_combinations_are_cut_short() {
        let digits = r#"{"default":"0","enum":["1","2","3","4","5","6","7","8","9"]}"#;
        let variables = ["a", "b", "c", "d"].map(|name| format!(r#""{name}":{digits}"#)).join(",");
        let (bases, problems) = read(&format!(r#"[{{"url":"/{{a}}{{b}}{{c}}{{d}}","variables":{{{variables}}}}}]"#));
        assert_eq!(bases.unwrap().len(), MAX_BASE_PATHS);
        assert_eq!(problems, ["`f` at `/servers/0`: more than 32 base paths; further ones are not read"]);
    }
}
