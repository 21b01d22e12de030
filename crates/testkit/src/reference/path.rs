//! Paths: cutting and decoding, templates, and which template a path belongs to.

/// One segment of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// As it came.
    pub(super) raw: String,
    /// Percent-decoded, unless the path is not UTF-8 then.
    pub(super) text: String,
}

/// Cuts a path into its non-empty segments, without query and fragment.
pub(super) fn cut(path: &str) -> Vec<Segment> {
    let path = &path[..path.find(['?', '#']).unwrap_or(path.len())];
    let raws: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let decoded: Option<Vec<String>> = raws.iter().map(|raw| String::from_utf8(decode(raw)).ok()).collect();
    let texts = decoded.unwrap_or_else(|| raws.iter().map(|raw| (*raw).to_owned()).collect());
    raws.iter().zip(texts).map(|(raw, text)| Segment { raw: (*raw).to_owned(), text }).collect()
}

fn decode(raw: &str) -> Vec<u8> {
    let bytes = raw.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let hex = |offset: usize| bytes.get(at + offset).and_then(|byte| char::from(*byte).to_digit(16));
        match (bytes[at], hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap());
                at += 3;
            }
            (byte, _, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

/// The route of a path that matches no template.
pub(super) fn undocumented_route(segments: &[Segment]) -> String {
    let mut route = String::new();
    for segment in segments {
        route.push('/');
        if is_identifier(&segment.text) {
            route.push_str(":id");
            continue;
        }
        for letter in segment.raw.chars() {
            if letter.is_control() {
                let mut bytes = [0; 4];
                letter.encode_utf8(&mut bytes).bytes().for_each(|byte| route.push_str(&format!("%{byte:02X}")));
            } else {
                route.push(letter);
            }
        }
    }
    if route.is_empty() { "/".into() } else { route }
}

/// Whether a decoded segment looks like an identifier.
fn is_identifier(text: &str) -> bool {
    let all = |test: fn(&u8) -> bool| !text.is_empty() && text.as_bytes().iter().all(test);
    let digit = text.bytes().any(|byte| byte.is_ascii_digit());
    let uuid = || {
        text.len() == 36
            && text.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            })
    };
    // 26 characters of Crockford's alphabet; the first is at most 7, for 128 bits.
    let ulid = || {
        text.len() == 26
            && matches!(text.as_bytes()[0], b'0'..=b'7')
            && all(|byte| byte.is_ascii_alphanumeric() && !b"ILOU".contains(&byte.to_ascii_uppercase()))
    };
    all(u8::is_ascii_digit)
        || uuid()
        || ulid()
        || (text.len() >= 8 && digit && all(u8::is_ascii_hexdigit))
        || (text.len() >= 20 && digit && all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')))
        || text.contains('@')
}

/// A piece of a template's segment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Piece {
    Text(String),
    Parameter,
}

/// A template's segment without the names of its parameters.
pub(super) type Shape = Vec<Piece>;

/// A template's shapes and its normalized route.
pub(super) fn read_template(template: &str) -> (Vec<Shape>, String) {
    let mut shapes = Vec::new();
    let mut route = String::new();
    for segment in template.split('/').filter(|segment| !segment.is_empty()) {
        let (shape, text) = read_segment(segment);
        shapes.push(shape);
        route.push('/');
        route.push_str(&text);
    }
    (shapes, if route.is_empty() { "/".into() } else { route })
}

fn read_segment(segment: &str) -> (Shape, String) {
    let (mut shape, mut route, mut rest) = (Vec::new(), String::new(), segment);
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, inside)| Some((before, inside.split_once('}')?)))
    {
        if !before.is_empty() {
            shape.push(Piece::Text(before.to_owned()));
        }
        shape.push(Piece::Parameter);
        route.push_str(&format!("{before}:{name}"));
        rest = after;
    }
    if !rest.is_empty() {
        shape.push(Piece::Text(rest.to_owned()));
    }
    (shape, route + rest)
}

/// The same for a template of the configuration, where `:x` is a parameter too.
pub(super) fn read_exception(template: &str) -> Vec<Shape> {
    let braces: Vec<String> = template
        .split('/')
        .map(|segment| segment.strip_prefix(':').map_or(segment.to_owned(), |name| format!("{{{name}}}")))
        .collect();
    read_template(&braces.join("/")).0
}

fn fits(shape: &[Piece], text: &str) -> bool {
    match shape.split_first() {
        None => text.is_empty(),
        Some((Piece::Text(literal), rest)) => text.strip_prefix(literal.as_str()).is_some_and(|text| fits(rest, text)),
        Some((Piece::Parameter, rest)) => {
            text.char_indices().any(|(at, letter)| fits(rest, &text[at + letter.len_utf8()..]))
        }
    }
}

/// The order in which shapes are tried: a literal, mixed ones by literal text, a parameter.
fn rank(shape: &Shape) -> (u8, std::cmp::Reverse<usize>) {
    let literal = |piece: &Piece| if let Piece::Text(text) = piece { text.len() } else { 0 };
    let kind = match shape.as_slice() {
        [Piece::Text(_)] => 0,
        [Piece::Parameter] => 2,
        _ => 1,
    };
    (kind, std::cmp::Reverse(shape.iter().map(literal).sum()))
}

/// Which of the routes a path belongs to, by trying them all: at each segment the shapes are tried in their order
/// (of equal rank, the first imported), each to the end of the path before the next.
pub(super) fn match_path(routes: &[Vec<Shape>], path: &[Segment]) -> Option<usize> {
    let candidates: Vec<usize> = (0..routes.len()).filter(|at| routes[*at].len() == path.len()).collect();
    match_from(routes, &candidates, path, 0)
}

fn match_from(routes: &[Vec<Shape>], candidates: &[usize], path: &[Segment], depth: usize) -> Option<usize> {
    if depth == path.len() {
        return candidates.first().copied();
    }
    let mut shapes: Vec<&Shape> = Vec::new();
    for candidate in candidates {
        let shape = &routes[*candidate][depth];
        if !shapes.contains(&shape) {
            shapes.push(shape);
        }
    }
    shapes.sort_by_key(|shape| rank(shape));
    shapes.into_iter().filter(|shape| fits(shape, &path[depth].text)).find_map(|shape| {
        let inside: Vec<usize> = candidates.iter().copied().filter(|at| routes[*at][depth] == *shape).collect();
        match_from(routes, &inside, path, depth + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_route(path: &str, expected: &str) {
        assert_eq!(undocumented_route(&cut(path)), expected, "{path}");
    }

    #[test]
    fn identifiers_are_replaced_and_the_rest_stays_as_it_came() {
        check_route("/", "/");
        check_route("//?x", "/");
        check_route("/a/12/", "/a/:id");
        check_route("/rest/v1.0/x", "/rest/v1.0/x");
        check_route("/0b1c2d3e-aaaa-BBBB-cccc-0123456789ab", "/:id");
        check_route("/abcdefab-abcd-abcd-abcd-abcdefabcdef", "/:id");
        check_route("/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/:id");
        check_route("/deadbeef", "/deadbeef");
        check_route("/deadbee1", "/:id");
        check_route("/deadbe1", "/deadbe1");
        check_route("/abcdefghij_klmnopqr9", "/:id");
        check_route("/abcdefghij_klmnopqrs", "/abcdefghij_klmnopqrs");
        check_route("/abcdefghij.klmnopqr9", "/abcdefghij.klmnopqr9");
        check_route("/me%40example.com/@", "/:id/:id");
        check_route("/%31%32/%61b%20c", "/:id/%61b%20c");
        check_route("/a%2F1/b", "/a%2F1/b");
        check_route("/a\u{1}\n\u{7f}", "/a%01%0A%7F");
        check_route("/caf%C3%A9/café", "/caf%C3%A9/café");
    }

    #[test]
    fn a_path_that_is_not_utf_8_is_judged_by_its_raw_text() {
        check_route("/%31%32/%ff", "/%31%32/%ff");
        check_route("/12/%ff", "/:id/%ff");
    }

    fn check(templates: &[&str], path: &str, expected: Option<&str>) {
        let routes: Vec<_> = templates.iter().map(|template| read_template(template).0).collect();
        assert_eq!(match_path(&routes, &cut(path)).map(|at| templates[at]), expected, "{path}");
    }

    #[test]
    fn templates_match_by_the_order_of_the_rules() {
        let templates = ["/{x}", "/me", "/{x}.pdf", "/a-{x}.pdf", "/{x}/b/{y}", "/me/{x}/c", "/r/{a}-{b}", "/r/{a}"];
        check(&templates, "/me", Some("/me"));
        check(&templates, "/m%65/", Some("/me"));
        check(&templates, "//you", Some("/{x}"));
        check(&templates, "/you.pdf", Some("/{x}.pdf"));
        check(&templates, "/a-1.pdf", Some("/a-{x}.pdf"));
        check(&templates, "/.pdf", Some("/{x}"));
        check(&templates, "/a-.pdf", Some("/{x}.pdf"));
        check(&templates, "/a%2Fb", Some("/{x}"));
        check(&templates, "/me/b/c", Some("/me/{x}/c"));
        check(&templates, "/me/b/d", Some("/{x}/b/{y}"));
        check(&templates, "/me/d/d", None);
        check(&templates, "/r/--x", Some("/r/{a}-{b}"));
        check(&templates, "/r/-x", Some("/r/{a}"));
        check(&templates, "/m%65/%ff/c", None);
        check(&["/"], "/?q", Some("/"));
    }

    #[test]
    fn of_two_mixed_shapes_with_as_much_text_the_first_imported_is_tried_to_the_end() {
        let templates = ["/{x}.pdf/{y}", "/pdf.{x}/z"];
        check(&templates, "/pdf.1.pdf/z", Some("/{x}.pdf/{y}"));
        check(&templates, "/pdf.1/z", Some("/pdf.{x}/z"));
    }

    #[test]
    fn templates_are_normalized() {
        for (template, expected) in [
            ("/rest/v1.0/projects/{project_id}/rfis/{id}", "/rest/v1.0/projects/:project_id/rfis/:id"),
            ("//a/{id}.pdf/", "/a/:id.pdf"),
            ("/{a}-{b}:run", "/:a-:b:run"),
            ("/", "/"),
        ] {
            assert_eq!(read_template(template).1, expected);
        }
        assert_eq!(read_exception("/a/:x/{y}"), read_template("/a/{q}/{r}").0);
    }
}
