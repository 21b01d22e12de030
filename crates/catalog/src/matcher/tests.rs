//! Examples of the rule, and random catalogs held against a slow reading of it that tries every template.

use std::cmp::{Ordering, Reverse};

use model::{Catalog, Day, Route, cut_path};
use proptest::prelude::*;

use super::Matcher;
use crate::template::normalize;

fn catalog(templates: &[impl AsRef<str>]) -> Catalog {
    let route = |template: &str| Route {
        template: template.to_owned(),
        text: normalize(template),
        operations: Vec::new(),
        documented_until: None,
    };
    Catalog { routes: templates.iter().map(|template| route(template.as_ref())).collect() }
}

fn check(templates: &[&str], expected: &[(&str, Option<&str>)]) {
    let matcher = Matcher::new(&catalog(templates));
    for (path, template) in expected {
        let found = matcher.match_segments(&cut_path(path)).map(|index| templates[index]);
        assert_eq!(found, *template, "{path}");
    }
}

#[test]
fn a_literal_beats_a_parameter() {
    check(
        &["/users/{id}", "/users/me"],
        &[
            ("/users/me", Some("/users/me")),
            ("/users/7", Some("/users/{id}")),
            ("/users/", None),
            ("/users/7/x", None),
            ("/", None),
        ],
    );
}

#[test]
fn a_branch_that_fails_further_down_is_left() {
    check(
        &["/a/b/c", "/a/{x}/d", "/{y}/b/e", "/{y}/{z}/{w}"],
        &[
            ("/a/b/c", Some("/a/b/c")),
            ("/a/b/d", Some("/a/{x}/d")),
            ("/a/b/e", Some("/{y}/b/e")),
            ("/a/b/f", Some("/{y}/{z}/{w}")),
        ],
    );
}

#[test]
fn a_mixed_segment_stands_between_a_literal_and_a_parameter() {
    check(
        &["/f/{id}", "/f/{id}.pdf", "/f/x{id}.pdf", "/f/x1.pdf", "/f/{a}-{b}"],
        &[
            ("/f/x1.pdf", Some("/f/x1.pdf")),
            ("/f/x2.pdf", Some("/f/x{id}.pdf")),
            ("/f/y2.pdf", Some("/f/{id}.pdf")),
            ("/f/x.pdf", Some("/f/{id}.pdf")),
            ("/f/.pdf", Some("/f/{id}")),
            ("/f/y-2", Some("/f/{a}-{b}")),
            ("/f/y2", Some("/f/{id}")),
        ],
    );
}

#[test]
fn of_mixed_segments_with_as_much_text_the_one_imported_first_is_tried_first() {
    check(&["/a{x}", "/{x}a"], &[("/aba", Some("/a{x}")), ("/bba", Some("/{x}a"))]);
    check(&["/{x}a", "/a{x}"], &[("/aba", Some("/{x}a")), ("/abb", Some("/a{x}"))]);
    check(&["/é{x}", "/{x}aa"], &[("/ébaa", Some("/{x}aa"))]);
}

#[test]
fn templates_that_match_alike_are_the_first() {
    check(&["/a/{x}", "/a/{y}"], &[("/a/1", Some("/a/{x}"))]);
}

#[test]
fn decoded_text_is_matched() {
    check(
        &["/a b/{x}", "/caf%C3%A9", "/"],
        &[("/a%20b/c%2Fd", Some("/a b/{x}")), ("/café", Some("/caf%C3%A9")), ("/?x", Some("/")), ("/%2F", None)],
    );
}

#[test]
fn what_is_no_longer_documented_matches_nothing() {
    let mut catalog = catalog(&["/a/{x}", "/a/b"]);
    catalog.routes[1].documented_until = Some(Day::from_epoch_days(20_000));
    let matcher = Matcher::new(&catalog);
    assert_eq!(matcher.match_segments(&cut_path("/a/b")), Some(0));
    assert_eq!(Matcher::new(&Catalog::default()).match_segments(&cut_path("/")), None);
}

#[test]
fn long_paths_and_deep_templates_cost_no_stack() {
    let deep = "/{x}".repeat(50_000);
    let matcher = Matcher::new(&catalog(&[deep.as_str(), "/a/b"]));
    assert_eq!(matcher.match_segments(&cut_path(&"/a".repeat(50_000))), Some(0));
    assert_eq!(matcher.match_segments(&cut_path(&"/a".repeat(50_001))), None);
}

/// Every way down fails only at the last segment: the worst case visits each node of the tree once.
#[test]
fn hostile_paths_cost_no_more_than_the_tree_is_large() {
    let mut templates = Vec::new();
    for mask in 0..1u32 << 10 {
        let segments: String = (0..10).map(|bit| if mask & (1 << bit) == 0 { "/a" } else { "/{x}" }).collect();
        templates.push(segments + "/end");
    }
    let matcher = Matcher::new(&catalog(&templates));
    for _ in 0..1000 {
        assert_eq!(matcher.match_segments(&cut_path(&("/a".repeat(10) + "/no"))), None);
    }
}

/// The slow reading: one segment of a template, cut at its braces.
#[derive(Clone, PartialEq)]
struct Slow(Vec<Option<char>>);

impl Slow {
    fn read(segment: &str) -> Self {
        let mut items = Vec::new();
        let mut rest = segment;
        while let Some(next) = rest.chars().next() {
            if next == '{' {
                items.push(None);
                rest = rest.split_once('}').unwrap().1;
            } else {
                items.push(Some(next));
                rest = &rest[next.len_utf8()..];
            }
        }
        Self(items)
    }

    fn accepts(items: &[Option<char>], text: &[char]) -> bool {
        match items.split_first() {
            None => text.is_empty(),
            Some((Some(literal), items)) => text.first() == Some(literal) && Self::accepts(items, &text[1..]),
            Some((None, items)) => (1..=text.len()).any(|taken| Self::accepts(items, &text[taken..])),
        }
    }

    /// The order in which segments are tried: literal, mixed by its text, parameter.
    fn rank(&self) -> (u8, Reverse<usize>) {
        let literals = self.0.iter().flatten().count();
        match (literals == self.0.len(), self.0.len()) {
            (true, _) => (0, Reverse(0)),
            (false, 1) => (2, Reverse(0)),
            (false, _) => (1, Reverse(literals)),
        }
    }
}

fn slow_match(templates: &[String], path: &str) -> Option<usize> {
    let read = |template: &String| -> Vec<Slow> {
        template.split('/').filter(|segment| !segment.is_empty()).map(Slow::read).collect()
    };
    let routes: Vec<Vec<Slow>> = templates.iter().map(read).collect();
    let path: Vec<Vec<char>> = cut_path(path).iter().map(|segment| segment.text.chars().collect()).collect();
    let accepts = |route: &Vec<Slow>| {
        route.len() == path.len() && route.iter().zip(&path).all(|(segment, text)| Slow::accepts(&segment.0, text))
    };
    let first_with = |beginning: &[Slow]| routes.iter().position(|route| route.starts_with(beginning));
    let compare = |a: &usize, b: &usize| {
        for level in 0..path.len() {
            let (one, other) = (&routes[*a][..=level], &routes[*b][..=level]);
            let order = one[level].rank().cmp(&other[level].rank()).then(first_with(one).cmp(&first_with(other)));
            if order != Ordering::Equal {
                return order;
            }
        }
        a.cmp(b)
    };
    (0..routes.len()).filter(|index| accepts(&routes[*index])).min_by(compare)
}

fn template() -> impl Strategy<Value = String> {
    let segment = prop_oneof![
        4 => prop::sample::select(vec!["a", "b", "ab", "a.b", "é"]),
        3 => prop::sample::select(vec!["{p}", "{q}"]),
        4 => prop::sample::select(vec![
            "a{p}", "{p}a", "{p}.b", "a.{p}", "a{p}b", "{p}.{q}", "{p}{q}", "{p}a{q}", "{p}aa{q}b", "é{p}", "{p}{q}a{r}",
        ]),
    ];
    prop::collection::vec(segment, 0..5).prop_map(|segments| segments.iter().flat_map(|text| ["/", text]).collect())
}

fn path() -> impl Strategy<Value = String> {
    let segment = prop_oneof![
        2 => prop::sample::select(vec!["a", "b", "ab", "a.b", "%61", "é", "%C3%A9", "a%2Fb", "%ff"]).prop_map(str::to_owned),
        3 => "[ab.é]{1,5}",
    ];
    prop::collection::vec(segment, 0..5).prop_map(|segments| format!("/{}", segments.join("/")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn agrees_with_trying_every_template(
        templates in prop::collection::vec(template(), 0..25),
        paths in prop::collection::vec(path(), 1..20),
    ) {
        let matcher = Matcher::new(&catalog(&templates));
        for path in paths {
            let found = matcher.match_segments(&cut_path(&path));
            prop_assert_eq!(found, slow_match(&templates, &path), "{}", path);
        }
    }

    #[test]
    fn any_text_is_a_template_and_a_path(template in "\\PC{0,20}", path in "\\PC{0,20}") {
        let matcher = Matcher::new(&catalog(&[template]));
        let _ = matcher.match_segments(&cut_path(&path));
    }
}
