//! Which route of the catalog somebody means who writes a path with parameters: `/companies/:id/files/{file}.pdf`.

use model::{Catalog, Route, cut_path};

/// The routes of a catalog, to be found by how people write them.
pub(super) struct Routes<'a> {
    routes: Vec<(&'a Route, Vec<Segment>)>,
}

/// One segment of a route.
struct Segment {
    /// As the template has it.
    template: String,
    /// As the normalized route has it.
    text: String,
    pieces: Pieces,
}

/// Literal text, decoded, and parameters, which are `None` since their names don't matter.
type Pieces = Vec<Option<String>>;

impl<'a> Routes<'a> {
    pub(super) fn of(catalog: &'a Catalog) -> Self {
        let routes = catalog.routes.iter().map(|route| {
            let cut = cut(&route.template).zip(cut(&route.text));
            let segments = cut.map(|(template, text)| Segment {
                template: as_written(template),
                text: as_written(text),
                pieces: pieces(template),
            });
            (route, segments.collect())
        });
        Self { routes: routes.collect() }
    }

    /// The text of the route that `path` names: the one that is written so, as a template or as a normalized route.
    /// Failing that, the one that differs in nothing but the names of parameters; where several do since `:a-b` may
    /// be a parameter of that name as well as one called `a` before text, the one that has more segments of the
    /// latter kind as they are written.
    pub(super) fn named(&self, path: &str) -> Option<&'a str> {
        let same = |(route, _): &&(&'a Route, _)| route.text == path || route.template == path;
        if let Some((route, _)) = self.routes.iter().find(same) {
            return Some(&route.text);
        }
        let wanted: Vec<(String, Pieces)> =
            cut(path).map(|segment| (as_written(segment), pieces_with_colon(segment))).collect();
        let mut best = None;
        for (route, segments) in &self.routes {
            if let Some(fit) = fit(&wanted, segments)
                && best.is_none_or(|(before, _)| before < fit)
            {
                best = Some((fit, *route));
            }
        }
        best.map(|(_, route)| route.text.as_str())
    }
}

/// How well a path names a route: whether it is written alike as a whole, and how many of its mixed segments are.
/// `None` where it names another.
fn fit(wanted: &[(String, Pieces)], segments: &[Segment]) -> Option<(bool, usize)> {
    if wanted.len() != segments.len() {
        return None;
    }
    let mut fit = (true, 0);
    for ((written, pieces), segment) in wanted.iter().zip(segments) {
        if *written == segment.template || *written == segment.text {
            fit.1 += usize::from(segment.pieces.len() > 1);
        } else if *pieces == segment.pieces {
            fit.0 = false;
        } else {
            return None;
        }
    }
    Some(fit)
}

/// The segments of a path or template; empty ones don't matter.
fn cut(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

/// A segment decoded, but for what would turn into a parameter or an escape by it.
fn as_written(segment: &str) -> String {
    let mut kept = String::with_capacity(segment.len());
    let mut rest = segment;
    while let Some(at) = rest.find('%') {
        kept.push_str(&rest[..at]);
        let escape = rest.get(at..at + 3).map(str::to_ascii_uppercase);
        match escape {
            // Escaped once more, it survives the decoding.
            Some(escape) if ["%3A", "%7B", "%7D", "%25"].contains(&escape.as_str()) => {
                kept.push_str("%25");
                kept.push_str(&escape[1..]);
                rest = &rest[at + 3..];
            }
            _ => {
                kept.push('%');
                rest = &rest[at + 1..];
            }
        }
    }
    kept.push_str(rest);
    decode(&kept)
}

/// The pieces of a segment of a template. Of `{{id}` only the inner brace opens a parameter, as in the catalog.
fn pieces(segment: &str) -> Pieces {
    let mut pieces = Pieces::new();
    let mut rest = segment;
    while let Some(close) = rest.find('}') {
        // A brace that closes nothing is text, and so are those before it.
        let Some(open) = rest[..close].rfind('{') else {
            let next = rest[close + 1..].find('{').map_or(rest.len(), |open| close + 1 + open);
            push_text(&mut pieces, &rest[..next]);
            rest = &rest[next..];
            continue;
        };
        push_text(&mut pieces, &rest[..open]);
        pieces.push(None);
        rest = &rest[close + 1..];
    }
    push_text(&mut pieces, rest);
    pieces
}

fn push_text(pieces: &mut Pieces, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(Some(before)) => before.push_str(&decode(text)),
        _ => pieces.push(Some(decode(text))),
    }
}

/// The same, with `:name` for a parameter, too, where it is a whole segment: with a dot or another colon, say, there
/// is more to it than a name.
fn pieces_with_colon(segment: &str) -> Pieces {
    let in_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ');
    match segment.strip_prefix(':') {
        Some(name) if decode(name).chars().all(in_name) => vec![None],
        _ => pieces(segment),
    }
}

/// Percent-decodes what has no slash; what isn't UTF-8 then stays.
fn decode(text: &str) -> String {
    cut_path(text).first().map_or_else(String::new, |segment| segment.text.clone().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{catalog, route};

    /// Which of the templates `path` names.
    fn check(templates: &[&str], path: &str, expected: Option<&str>) {
        let catalog = catalog(templates.iter().map(|template| route(template, Vec::new())).collect());
        let named = Routes::of(&catalog).named(path);
        let template = catalog.routes.iter().find(|route| Some(route.text.as_str()) == named);
        assert_eq!(template.map(|route| route.template.as_str()), expected, "{path} of {templates:?}");
    }

    #[test]
    fn what_is_written_alike_is_named() {
        let all = ["/f/{x}", "/f/{id}.pdf", "/f/{a}-{b}", "/f", "/"];
        check(&all, "/f/:id.pdf", Some("/f/{id}.pdf"));
        check(&all, "/f/{id}.pdf", Some("/f/{id}.pdf"));
        check(&all, "/f/:a-:b", Some("/f/{a}-{b}"));
        check(&all, "/f/:x", Some("/f/{x}"));
        check(&all, "//f//:x/", Some("/f/{x}"));
        check(&all, "/", Some("/"));
        check(&all, "/f", Some("/f"));
        check(&["/f/{x}", "/f/{user.id}"], "/f/:user.id", Some("/f/{user.id}"));
        check(&["/f/{thing id}"], "/f/:thing id", Some("/f/{thing id}"));
        check(&["/c/{a}/f/{id}.pdf"], "/c/{a}/f/:id.pdf", Some("/c/{a}/f/{id}.pdf"));
    }

    #[test]
    fn parameters_may_have_other_names() {
        let all = ["/f/{x}", "/f/{id}.pdf", "/f/{a}-{b}", "/c/{c}/f/{x}", "/c/{c}/f/{a}-b"];
        for path in ["/f/:any", "/f/{any}", "/f/:", "/f/{}", "/f/:any_name", "/f/:any name", "/f/{a b.c}", "/f/:a-b"] {
            check(&all, path, Some("/f/{x}"));
        }
        check(&all, "/f/{y}.pdf", Some("/f/{id}.pdf"));
        check(&all, "/f/{y}-{z}", Some("/f/{a}-{b}"));
        check(&all, "/c/:any/f/:any", Some("/c/{c}/f/{x}"));
        check(&all, "/c/:any/f/:a-b", Some("/c/{c}/f/{a}-b"));
        check(&all, "/c/:any/f/:x-b", Some("/c/{c}/f/{x}"));
    }

    #[test]
    fn a_mixed_segment_never_names_a_whole_parameter() {
        check(&["/f/{x}"], "/f/:id.pdf", None);
        check(&["/f/{x}"], "/f/:a-:b", None);
        check(&["/f/{x}"], "/f/{id}.pdf", None);
        check(&["/f/{x}", "/f/{id}.pdf"], "/f/:name.pdf", None);
        check(&["/f/{id}.pdf"], "/f/:id", None);
    }

    #[test]
    fn text_is_compared_decoded() {
        check(&["/f/café"], "/f/caf%C3%A9", Some("/f/café"));
        check(&["/f/caf%C3%A9"], "/f/café", Some("/f/caf%C3%A9"));
        check(&["/f/caf%c3%a9-{x}"], "/f/café-:x", Some("/f/caf%c3%a9-{x}"));
        check(&["/f/{x}/é-{y}"], "/f/:any/%C3%A9-{any}", Some("/f/{x}/é-{y}"));
        check(&["/v1/items:batch"], "/v1/items%3abatch", Some("/v1/items:batch"));
        check(&["/a%2Fb"], "/a%2fb", Some("/a%2Fb"));
        check(&["/a%2Fb"], "/a/b", None);
        check(&["/100%/é%"], "/100%/%C3%A9%", Some("/100%/é%"));
    }

    #[test]
    fn an_escape_makes_no_parameter() {
        check(&["/{x}"], "/%7Bx%7D", None);
        check(&["/{x}"], "/%3Ax", None);
        check(&["/{x}", "/%3Ax"], "/%3ax", Some("/%3Ax"));
        check(&["/{x}", "/%7Bx%7D"], "/{x}", Some("/{x}"));
        check(&["/{x}", "/%7Bx%7D"], "/%7bx%7d", Some("/%7Bx%7D"));
        check(&["/%2541"], "/A", None);
        check(&["/{a}%62", "/{ab}"], "/:ab", Some("/{ab}"));
        check(&["/{ab}", "/{a}%62"], "/:a%62", Some("/{a}%62"));
    }

    #[test]
    fn plain_text_with_a_colon_is_named_by_itself_only() {
        check(&["/c/:id"], "/c/:id", Some("/c/:id"));
        check(&["/c/:id"], "/c/:company", None);
        check(&["/c/:id"], "/c/{id}", None);
    }

    #[test]
    fn odd_braces_do_no_harm() {
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(pieces("{a}-{b}"), [None, text("-"), None]);
        assert_eq!(pieces("{a"), [text("{a")]);
        assert_eq!(pieces("a}{b}"), [text("a}"), None]);
        assert_eq!(pieces("{{a}}"), [text("{"), None, text("}")]);
        assert_eq!(pieces("}{"), [text("}{")]);
        assert_eq!(pieces("{a}}b"), [None, text("}b")]);
        assert_eq!(pieces(""), []);
    }

    proptest::proptest! {
        #[test]
        fn every_route_is_named_by_its_template_and_by_its_text(
            templates in proptest::collection::vec(r"(/([ab:.é%26-]{1,3}|\{[ab.% -]{0,3}\}){1,3}){1,2}", 1..8),
        ) {
            let shape = |template: &str| cut(template).map(pieces).collect::<Vec<_>>();
            let mut routes: Vec<model::Route> = Vec::new();
            for template in &templates {
                let route = route(template, Vec::new());
                // As in a catalog, no two routes have one text or differ in nothing but the names of parameters.
                if routes.iter().all(|other| other.text != route.text && shape(&other.template) != shape(template)) {
                    routes.push(route);
                }
            }
            let catalog = catalog(routes);
            let all = Routes::of(&catalog);
            for route in &catalog.routes {
                proptest::prop_assert_eq!(all.named(&route.text), Some(route.text.as_str()));
                proptest::prop_assert_eq!(all.named(&route.template), Some(route.text.as_str()));
            }
        }
    }
}
