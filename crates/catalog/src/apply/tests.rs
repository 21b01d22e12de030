//! Imports one after the other: what the catalog says then, and what the change log tells.

use proptest::prelude::*;

use super::*;
use crate::document::{DocumentedRoute, Flavour, read_document};
use crate::matcher::Matcher;

const OCTOBER: &str = "2026-10-01";
const NOVEMBER: &str = "2026-11-01";
const DECEMBER: &str = "2026-12-01";

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A document with paths written in YAML.
fn document(name: &str, paths: &str) -> Document {
    let yaml = format!("openapi: 3.1.0\npaths: {{ {paths} }}");
    read_document(name, yaml.as_bytes()).0.unwrap()
}

/// An import of one document named `api.yaml`, with the changes as lines.
fn import(catalog: &mut Catalog, today: &str, paths: &str) -> Vec<String> {
    let (next, changes) = apply(catalog, &[document("api.yaml", paths)], &[], day(today));
    *catalog = next;
    lines(&changes)
}

fn lines(changes: &[CatalogChange]) -> Vec<String> {
    let line =
        |change: &CatalogChange| format!("{} {} {}: {}", change.kind.key(), change.method, change.route, change.detail);
    changes.iter().map(line).collect()
}

fn operation<'a>(catalog: &'a Catalog, method: &str, text: &str) -> &'a Operation {
    let route = catalog.routes.iter().find(|route| route.text == text).unwrap();
    route.operations.iter().find(|operation| operation.method == method).unwrap()
}

/// Imports in turn, each with its day, its paths and the changes that it is to tell.
fn check(imports: &[(&str, &str, &[&str])]) -> Catalog {
    let mut catalog = Catalog::default();
    for (today, paths, expected) in imports {
        assert_eq!(import(&mut catalog, today, paths), *expected, "{today} {paths}");
    }
    catalog
}

#[test]
fn a_first_import_adds_everything() {
    let catalog = check(&[(
        OCTOBER,
        "'/a/{id}': { get: { deprecated: true, x-sunset: 2027-01-01 }, put: { x-internal: true } }, /b: {}",
        &[
            "added GET /a/:id: new in `api.yaml`; deprecated from the start; sunset 2027-01-01",
            "added PUT /a/:id: new in `api.yaml`; internal",
        ],
    )]);
    assert_eq!(operation(&catalog, "GET", "/a/:id").deprecated, Some(DeprecatedSince::Always));
    assert_eq!(catalog.routes[1].text, "/b");
    assert_eq!(catalog.routes[1].documented_until, None);
}

#[test]
fn importing_the_same_again_changes_nothing() {
    let paths = "/a: { get: { deprecated: true }, put: { x-deprecated-at: 2026-10-05 } }, /b: {}";
    let once = check(&[(OCTOBER, "/a: { get: {} }", &["added GET /a: new in `api.yaml`"])]);
    let (twice, changes) = apply(&once, &[document("api.yaml", paths)], &[], day(NOVEMBER));
    assert_eq!(
        lines(&changes),
        [
            "added PUT /a: new in `api.yaml`; deprecated since 2026-10-05",
            "deprecated GET /a: deprecated since 2026-11-01",
        ]
    );
    let (thrice, changes) = apply(&twice, &[document("api.yaml", paths)], &[], day(DECEMBER));
    assert_eq!((thrice, changes), (twice, Vec::new()));
}

#[test]
fn deprecation_is_dated_and_kept() {
    check(&[
        (OCTOBER, "/a: { get: {} }", &["added GET /a: new in `api.yaml`"]),
        (NOVEMBER, "/a: { get: { deprecated: true } }", &["deprecated GET /a: deprecated since 2026-11-01"]),
        (DECEMBER, "/a: { get: { deprecated: true } }", &[]),
        (
            DECEMBER,
            "/a: { get: { deprecated: true, x-deprecated-at: 2026-12-24 } }",
            &["deprecated GET /a: deprecated since 2026-12-24 instead of 2026-11-01"],
        ),
        (
            DECEMBER,
            "/a: { get: { deprecated: true } }",
            &["deprecated GET /a: deprecated since 2026-12-01 instead of 2026-12-24"],
        ),
        (DECEMBER, "/a: { get: { deprecated: false } }", &["undeprecated GET /a: no longer deprecated"]),
    ]);
    let catalog = check(&[
        (OCTOBER, "/a: { get: { deprecated: true } }", &["added GET /a: new in `api.yaml`; deprecated from the start"]),
        (NOVEMBER, "/a: { get: { deprecated: true } }", &[]),
    ]);
    assert_eq!(operation(&catalog, "GET", "/a").deprecated, Some(DeprecatedSince::Always));
}

#[test]
fn sunset_scope_and_replacement_are_followed() {
    check(&[
        (OCTOBER, "/a: { get: {} }", &["added GET /a: new in `api.yaml`"]),
        (NOVEMBER, "/a: { get: { x-sunset: 2027-01-01 } }", &["sunset_moved GET /a: sunset set to 2027-01-01"]),
        (
            NOVEMBER,
            "/a: { get: { x-sunset: 2027-02-01, x-internal: true, x-company-scoped: false, x-replaced-by: GET /b } }",
            &[
                "changed GET /a: now internal; no longer needs the company header; replaced by `GET /b`",
                "sunset_moved GET /a: sunset moved from 2027-01-01 to 2027-02-01",
            ],
        ),
        (
            NOVEMBER,
            "/a: { get: { x-replaced-by: GET /c } }",
            &[
                "changed GET /a: no longer internal; now needs the company header; \
                 replaced by `GET /c` instead of `GET /b`",
                "sunset_moved GET /a: sunset on 2027-02-01 taken back",
            ],
        ),
        (NOVEMBER, "/a: { get: {} }", &["changed GET /a: no longer replaced by `GET /c`"]),
    ]);
}

#[test]
fn what_is_gone_stays_known_and_keeps_its_name() {
    let mut catalog = Catalog::default();
    import(&mut catalog, OCTOBER, "'/a/{id}': { get: {}, put: {} }, /b: { get: {} }");
    let changes = import(&mut catalog, NOVEMBER, "'/a/{id}': { get: {} }");
    assert_eq!(changes, ["removed PUT /a/:id: no longer in `api.yaml`", "removed GET /b: no longer in `api.yaml`"]);
    assert_eq!(operation(&catalog, "PUT", "/a/:id").documented_until, Some(day(NOVEMBER)));
    assert_eq!(catalog.routes[0].documented_until, None);
    assert_eq!(catalog.routes[1].documented_until, Some(day(NOVEMBER)));

    let changes = import(&mut catalog, DECEMBER, "/c: { get: {} }");
    assert_eq!(changes, ["added GET /c: new in `api.yaml`", "removed GET /a/:id: no longer in `api.yaml`"]);
    assert_eq!(catalog.routes[0].documented_until, Some(day(DECEMBER)));
    assert_eq!(catalog.routes[1].documented_until, Some(day(NOVEMBER)));
    assert_eq!(operation(&catalog, "PUT", "/a/:id").documented_until, Some(day(NOVEMBER)));
    assert_eq!(Matcher::new(&catalog).match_segments(&model::cut_path("/a/1")), None);

    let changes = import(&mut catalog, DECEMBER, "/c: { get: {} }, '/a/{key}': { put: { deprecated: true } }");
    assert_eq!(
        changes,
        ["added PUT /a/:id: documented again in `api.yaml`, had been until 2026-11-01; deprecated since 2026-12-01"]
    );
    assert_eq!(catalog.routes[0].template, "/a/{id}");
    assert_eq!(catalog.routes[0].documented_until, None);
    assert_eq!(Matcher::new(&catalog).match_segments(&model::cut_path("/a/1")), Some(0));
}

#[test]
fn of_an_operation_in_two_documents_the_first_counts() {
    let one = document("one.yaml", "'/a/{x}': { get: { summary: first }, put: {} }");
    let two = document("two.yaml", "'/a/{y}': { get: { summary: second }, post: {} }");
    let documents = [one, two.clone()];
    let (catalog, changes) = apply(&Catalog::default(), &documents, &[], day(OCTOBER));
    assert_eq!(catalog.routes.len(), 1);
    assert_eq!(changes.len(), 3);
    assert_eq!(operation(&catalog, "GET", "/a/:x").summary.as_deref(), Some("first"));
    assert_eq!(operation(&catalog, "POST", "/a/:x").document, "two.yaml");
    let told = |previous: &Catalog, documents: &[Document], kept: &[String]| {
        overlaps(previous, documents, kept).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let warning = "`two.yaml`: `GET /a/:x` is described in `one.yaml`, too, which counts; take it out of one of them";
    assert_eq!(told(&Catalog::default(), &documents, &[]), [warning]);
    // The same holds when the first is kept from an import before.
    assert_eq!(told(&catalog, std::slice::from_ref(&two), &["one.yaml".to_owned()]), [warning]);
    assert_eq!(told(&catalog, &[two], &[]), [] as [&str; 0]);
}

#[test]
fn documents_that_are_kept_keep_their_routes() {
    let documents =
        [document("one.yaml", "/a: { get: {}, put: {} }"), document("two.yaml", "/a: { post: {} }, /b: {}")];
    let (catalog, _) = apply(&Catalog::default(), &documents, &[], day(OCTOBER));
    let (next, changes) = apply(&catalog, &[], &["one.yaml".to_owned()], day(NOVEMBER));
    assert_eq!(lines(&changes), ["removed POST /a: no longer in `two.yaml`"]);
    assert_eq!(next.routes[0].documented_until, None);
    // Nobody knows whose a route without operations was, so it stays with what is kept.
    assert_eq!(next.routes[1].documented_until, None);
    let (next, _) = apply(&next, &[], &[], day(DECEMBER));
    assert!(next.routes.iter().all(|route| route.documented_until == Some(day(DECEMBER))));
    // What was gone is not brought back by keeping its document.
    let (same, changes) = apply(&next, &[], &["one.yaml".to_owned()], day(DECEMBER));
    assert_eq!((same, changes), (next, Vec::new()));
}

#[test]
fn different_routes_of_one_text_come_together_under_the_first() {
    let one = document("one.yaml", "'/{a}:b': { get: {} }");
    let two = document("two.yaml", "'/{a}{b}': { put: {} }");
    let documents = [one, two.clone()];
    let (catalog, _) = apply(&Catalog::default(), &documents, &[], day(OCTOBER));
    assert_eq!(catalog.routes.len(), 1);
    assert_eq!(catalog.routes[0].template, "/{a}:b");
    assert!(overlaps(&Catalog::default(), &documents, &[])[0].message.contains("both read as `/:a:b`"));
    // Once the first is gone, the other one is matched.
    let (catalog, _) = apply(&catalog, &[two], &[], day(NOVEMBER));
    assert_eq!(catalog.routes.len(), 1);
    assert_eq!(catalog.routes[0].template, "/{a}{b}");
}

fn some_operation() -> impl Strategy<Value = DocumentedOperation> {
    let some_day = || prop::option::of((20_700..20_800).prop_map(Day::from_epoch_days));
    let method = prop::sample::select(vec!["GET", "PUT", "POST"]);
    let replaced_by = prop::option::of(Just("GET /b".to_owned()));
    (method, any::<(bool, bool, bool)>(), some_day(), some_day(), replaced_by).prop_map(
        |(method, (deprecated, internal, company_scoped), deprecated_at, sunset, replaced_by)| DocumentedOperation {
            method: method.to_owned(),
            summary: None,
            deprecated,
            deprecated_at,
            sunset,
            replaced_by,
            internal,
            company_scoped,
        },
    )
}

fn some_document(name: &'static str) -> impl Strategy<Value = Document> {
    let template = prop::sample::select(vec!["/", "/a", "/a/{x}", "/a/{y}", "/a/:x", "/{x}:a", "/{x}{a}", "/a/{x}/b"]);
    let route = (template, prop::collection::vec(some_operation(), 0..3))
        .prop_map(|(template, operations)| DocumentedRoute { template: template.to_owned(), operations });
    prop::collection::vec(route, 0..5).prop_map(move |routes| Document {
        name: name.to_owned(),
        title: None,
        version: None,
        openapi: Flavour::OpenApi31,
        routes,
    })
}

/// Some imports: which documents are given, and which are kept.
fn some_imports() -> impl Strategy<Value = Vec<(Document, Document, Vec<String>)>> {
    let kept = prop::sample::subsequence(vec!["one".to_owned(), "two".to_owned(), "three".to_owned()], 0..=3);
    prop::collection::vec((some_document("one"), some_document("two"), kept), 1..5)
}

proptest! {
    #[test]
    fn imports_keep_the_catalog_in_order(imports in some_imports()) {
        let mut catalog = Catalog::default();
        for (n, (one, two, kept)) in (0..).zip(imports) {
            let today = Day::from_epoch_days(20_750 + n);
            let documents = [one, two];
            let (next, changes) = apply(&catalog, &documents, &kept, today);

            // Routes stay where they are, for good, and no two have the same text.
            let texts: Vec<&str> = next.routes.iter().map(|route| route.text.as_str()).collect();
            prop_assert!(catalog.routes.iter().zip(&texts).all(|(route, text)| route.text == *text));
            prop_assert_eq!(texts.iter().collect::<HashSet<_>>().len(), texts.len());
            // Every route has the text of its template, up to the names that it had first.
            for route in &next.routes {
                prop_assert_eq!(&crate::normalize(&route.template), &route.text);
                // A route is documented if any of its operations is.
                prop_assert!(route.documented_until.is_none() || !route.operations.iter().any(documented));
            }
            prop_assert!(changes.is_sorted_by_key(|change| change.kind));

            // The same documents again change nothing, later that day or on the next.
            for later in [today, today.plus(1)] {
                let (again, changes) = apply(&next, &documents, &kept, later);
                prop_assert_eq!(&again, &next);
                prop_assert_eq!(changes, Vec::new());
            }
            catalog = next;
        }
    }

    #[test]
    fn the_log_tells_exactly_what_differs(one in some_document("one"), two in some_document("two")) {
        let today = Day::from_epoch_days(20_750);
        let (before, _) = apply(&Catalog::default(), &[one], &[], today);
        let (after, changes) = apply(&before, &[two], &[], today.plus(1));
        let state = |catalog: &Catalog, route: &str, method: &str| {
            let route = catalog.routes.iter().find(|other| other.text == route)?;
            let operation = route.operations.iter().find(|operation| operation.method == method)?;
            documented(operation).then(|| Operation { document: String::new(), ..operation.clone() })
        };
        let told: HashSet<(&str, &str)> = changes.iter().map(|c| (c.route.as_str(), c.method.as_str())).collect();
        for route in &after.routes {
            for operation in &route.operations {
                let key = (route.text.as_str(), operation.method.as_str());
                let same = state(&before, key.0, key.1) == state(&after, key.0, key.1);
                prop_assert_eq!(told.contains(&key), !same, "{:?}", key);
            }
        }
    }
}
