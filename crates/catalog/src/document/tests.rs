//! What is read of documents, and what is said about those that can't be.

use proptest::prelude::*;

use super::*;

/// The problems of a document, as they are shown.
fn told(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

/// A document in short: a line for each operation.
fn lines(document: &Document) -> Vec<String> {
    let mut lines = Vec::new();
    for route in &document.routes {
        if route.operations.is_empty() {
            lines.push(route.template.clone());
        }
        for operation in &route.operations {
            let mut line = format!("{} {}", operation.method, route.template);
            let mut add = |word: &str, value: Option<String>| {
                if let Some(value) = value {
                    line.push_str(&format!(" {word}={value}"));
                }
            };
            add("summary", operation.summary.clone());
            add("deprecated", operation.deprecated.then(|| "yes".to_owned()));
            add("at", operation.deprecated_at.map(|day| day.to_string()));
            add("sunset", operation.sunset.map(|day| day.to_string()));
            add("by", operation.replaced_by.clone());
            add("internal", operation.internal.then(|| "yes".to_owned()));
            add("company", (!operation.company_scoped).then(|| "no".to_owned()));
            lines.push(line);
        }
    }
    lines
}

fn check(name: &str, bytes: &[u8], expected: &[&str], warnings: &[&str]) -> Document {
    let (document, problems) = read_document(name, bytes);
    assert_eq!(told(&problems), warnings);
    let document = document.unwrap();
    assert_eq!(lines(&document), expected);
    document
}

/// Reads paths written in JSON.
fn check_paths(paths: &str, expected: &[&str]) {
    check("f.json", format!(r#"{{"openapi":"3.1.0","paths":{paths}}}"#).as_bytes(), expected, &[]);
}

/// A document that is refused with exactly these errors.
fn check_refused(name: &str, bytes: &[u8], expected: &[&str]) {
    let (document, problems) = read_document(name, bytes);
    assert_eq!(document, None);
    assert_eq!(told(&problems), expected);
}

fn check_refused_paths(paths: &str, expected: &[&str]) {
    check_refused("f.json", format!(r#"{{"openapi":"3.1.0","paths":{paths}}}"#).as_bytes(), expected);
}

#[test]
fn yaml_is_read_with_all_that_the_catalog_needs() {
    let document = check(
        "petstore.yaml",
        include_bytes!("../../fixtures/petstore.yaml"),
        &[
            "GET /live/v1/pets summary=Lists pets company=no",
            "POST /live/v1/pets summary=Lists pets deprecated=yes at=2026-03-01 sunset=2027-02-01 by=POST /v2/pets company=no",
            "GET /test/v1/pets summary=Lists pets company=no",
            "POST /test/v1/pets summary=Lists pets deprecated=yes at=2026-03-01 sunset=2027-02-01 by=POST /v2/pets company=no",
            "GET /live/v1/pets/{pet_id}",
            "PUT /live/v1/pets/{pet_id} company=no",
            "GET /test/v1/pets/{pet_id}",
            "PUT /test/v1/pets/{pet_id} company=no",
            "DELETE /pets/{pet_id} company=no",
            "POST /live/v1/toys summary=Makes a toy internal=yes company=no",
            "GET /live/v1/toys summary=Lists toys internal=yes company=no",
            "POST /test/v1/toys summary=Makes a toy internal=yes company=no",
            "GET /test/v1/toys summary=Lists toys internal=yes company=no",
            "POST /live/v1/games summary=Makes a toy internal=yes company=no",
            "GET /live/v1/games summary=Lists toys internal=yes company=no",
            "POST /test/v1/games summary=Makes a toy internal=yes company=no",
            "GET /test/v1/games summary=Lists toys internal=yes company=no",
            "/live/v1/bare",
            "/test/v1/bare",
        ],
        &[
            "`petstore.yaml` at `/paths/~1pets~1{id}~1/get`: `GET` of `/live/v1/pets/{pet_id}` is described earlier, \
             too; only the first counts",
            "`petstore.yaml` at `/paths/~1pets~1{id}~1/get`: `GET` of `/test/v1/pets/{pet_id}` is described earlier, \
             too; only the first counts",
        ],
    );
    assert_eq!(document.title.as_deref(), Some("Pet store"));
    assert_eq!(document.version.as_deref(), Some("1.10.0"));
    assert_eq!(document.openapi, Flavour::OpenApi31);
}

#[test]
fn swagger_is_read_with_its_base_path() {
    let document = check(
        "swagger.json",
        include_bytes!("../../fixtures/swagger.json"),
        &["GET /api/pets/{id}.json deprecated=yes", "POST /api/pets"],
        &[],
    );
    assert_eq!(document.openapi.to_string(), "Swagger 2.0");
}

#[test]
fn a_version_may_be_a_number() {
    for (version, flavour) in [
        ("swagger: 2.0", Flavour::Swagger20),
        ("swagger: '2.0'", Flavour::Swagger20),
        ("openapi: 3.0", Flavour::OpenApi30),
        ("openapi: 3", Flavour::OpenApi30),
        ("openapi: 3.1", Flavour::OpenApi31),
        ("openapi: 3.2.0", Flavour::OpenApi32),
    ] {
        let yaml = format!("{version}\npaths:\n  /a:\n    get:\n");
        assert_eq!(check("f.yaml", yaml.as_bytes(), &["GET /a"], &[]).openapi, flavour, "{version}");
    }
}

#[test]
fn every_method_is_an_operation() {
    check_paths(
        r#"{"/a":{"trace":{},"QUERY":{},"head":{},"get2":{},"parameters":[],"additionalOperations":{"copy":{},"x-a":1}}}"#,
        &["TRACE /a", "QUERY /a", "HEAD /a", "COPY /a"],
    );
}

#[test]
fn servers_of_a_path_or_an_operation_take_the_place_of_the_documents() {
    check(
        "f.json",
        br#"{"openapi":"3.0.0","servers":[{"url":"/v1"},{"url":"/v2/"}],"paths":{
            "/a":{"get":{},"put":{"servers":[{"url":"/w"}]},"servers":[]},
            "/b":{"get":{},"put":{"servers":[{"url":"/w"}]},"servers":[{"url":"https://x.example/u"}]}}}"#,
        &["GET /v1/a", "GET /v2/a", "PUT /w/a", "GET /u/b", "PUT /w/b"],
        &[],
    );
}

#[test]
fn a_key_given_twice_counts_both_times() {
    let bytes = br#"{"openapi":"3.0.0","paths":{"/a":{"get":{"summary":"one"}},"/a":{"get":{},"put":{}}},
        "paths":{"/b":{"get":{"summary":"one","summary":"two"}}}}"#;
    check(
        "f.json",
        bytes,
        &["GET /a summary=one", "PUT /a", "GET /b summary=two"],
        &["`f.json` at `/paths/~1a/get`: `GET` of `/a` is described earlier, too; only the first counts"],
    );
}

#[test]
fn routes_that_read_alike_but_match_differently_are_told() {
    check(
        "f.json",
        br#"{"openapi":"3.0.0","paths":{"/{a}:b":{"get":{}},"/{a}{b}":{"put":{}}}}"#,
        &["GET /{a}:b", "PUT /{a}:b"],
        &["`f.json` at `/paths/~1{a}{b}/put`: `/{a}{b}` and `/{a}:b` both read as `/:a:b`; calls are matched by the \
           latter only; rename a parameter"],
    );
}

#[test]
fn references_are_followed_and_their_flaws_are_told() {
    check_paths(
        r##"{"/a":{"$ref":"#/paths/~1b~1%7Bx%7D"},"/b/{x}":{"get":{"summary":"b"}}}"##,
        &["GET /a summary=b", "GET /b/{x} summary=b"],
    );
    check_refused_paths(
        r##"{"/a":{"$ref":"#/paths/~1b"},"/b":{"$ref":"#/paths/~1a"},"/c":{"$ref":"#/paths/~1gone"},
            "/d":{"$ref":"other.yaml#/x"},"/e":{"$ref":"#/definitions/x"},"/f":{"$ref":7}}"##,
        &[
            "`f.json` at `/paths/~1a/$ref`: the `$ref` of this path item leads back to itself; break the circle",
            "`f.json` at `/paths/~1b/$ref`: the `$ref` of this path item leads back to itself; break the circle",
            "`f.json` at `/paths/~1c/$ref`: `#/paths/~1gone` leads nowhere; correct it or add what it refers to",
            "`f.json` at `/paths/~1d/$ref`: `other.yaml#/x` leads to another file; \
             bundle the documents into one before importing",
            "`f.json` at `/paths/~1e/$ref`: `#/definitions/x` leads nowhere; correct it or add what it refers to",
            "`f.json` at `/paths/~1f/$ref`: `$ref` must be a text, not `7`; correct it",
        ],
    );
}

#[test]
fn references_lead_anywhere_in_the_document() {
    let rest = r##""paths":{
            "/a":{"$ref":"#/x-items/a"},
            "/b":{"$ref":"#/definitions/b"},
            "/c":{"$ref":"#/components/x/y","x-internal":true},
            "/d":{"$ref":"#/x-list/1/it%20em~1%7Bid%7D~0"},
            "/e":{"$ref":"#/paths/x-shared"},
            "/f":{"$ref":"#/paths/~1g/post"},
            "/g":{"post":{"get":{"summary":"odd"}}}, "x-shared":{"get":{"summary":"e"}}},
        "x-items":{"a":{"get":{"summary":"a","x-sunset":"2026-11-20","responses":{"200":{}}}},"big":184467440737095516150},
        "definitions":{"other":7,"b":{"get":{"summary":"b"}}},
        "components":{"x":{"y":{"get":{"summary":"c"}}}},
        "x-list":[null,{"it em/{id}~":{"get":{"summary":"d"}}},1.5,"x",true]"##;
    for version in [r#""openapi":"3.0.3""#, r#""openapi":"3.1.0""#, r#""swagger":"2.0""#] {
        // What is referred to may stand before or after; flow mappings are YAML, too.
        for text in [format!("{{{version},{rest}}}"), format!("{{{rest},{version}}}")] {
            for name in ["f.json", "f.yaml"] {
                let text = if name == "f.yaml" { format!("# YAML\n{text}") } else { text.clone() };
                check(
                    name,
                    text.as_bytes(),
                    &[
                        "GET /a summary=a sunset=2026-11-20",
                        "GET /b summary=b",
                        "GET /c summary=c internal=yes",
                        "GET /d summary=d",
                        "GET /e summary=e",
                        "GET /f summary=odd",
                        "POST /g",
                    ],
                    &[],
                );
            }
        }
    }
}

#[test]
fn references_follow_one_another_through_the_document() {
    check(
        "f.yaml",
        b"openapi: 3.1.0
paths:
  /a: {$ref: '#/x-a/first', put: {summary: mine}}
x-a:
  first: {$ref: '#/x-a/first/x-in', put: {summary: theirs}, x-in: {$ref: '#/components/pathItems/b', post: {}}}
x-c: {get: {summary: end}}
components:
  pathItems:
    b: {$ref: '#/x-c', patch: {}}
",
        &["PUT /a summary=mine", "POST /a", "PATCH /a", "GET /a summary=end"],
        &[],
    );
    check_refused(
        "f.json",
        br##"{"openapi":"3.0.0","paths":{"/a":{"$ref":"#/x-a"},"/b":{"$ref":"#/x-b"},"/c":{"$ref":"#/x-c/0"},
            "/d":{"$ref":"#/x-c/1/2"},"/e":{"$ref":"#name"},"/f":{"$ref":"#"},"/g":{"$ref":"./f.json#/x-a"}},
            "x-a":{"$ref":"#/x-b"},"x-b":{"$ref":"#/x-a"},"x-c":["text"]}"##,
        &[
            "`f.json` at `/paths/~1a/$ref`: the `$ref` of this path item leads back to itself; break the circle",
            "`f.json` at `/paths/~1b/$ref`: the `$ref` of this path item leads back to itself; break the circle",
            "`f.json` at `/x-c/0`: a path item must be an object, not `text`; correct it",
            "`f.json` at `/paths/~1d/$ref`: `#/x-c/1/2` leads nowhere; correct it or add what it refers to",
            "`f.json` at `/paths/~1e/$ref`: `#name` is no JSON pointer; write it like `#/components/pathItems/name`",
            "`f.json` at `/paths/~1f/$ref`: `#` is no JSON pointer; write it like `#/components/pathItems/name`",
            "`f.json` at `/paths/~1g/$ref`: `./f.json#/x-a` leads to another file; \
             bundle the documents into one before importing",
        ],
    );
}

#[test]
fn a_reference_may_lead_deep_and_not_without_end() {
    let document = |depth: usize| {
        let (open, close, keys) = (r#"{"a":"#.repeat(depth), "}".repeat(depth), "/a".repeat(depth));
        format!(r##"{{"openapi":"3.0.0","x":{open}{{"get":{{}}}}{close},"paths":{{"/p":{{"$ref":"#/x{keys}"}}}}}}"##)
    };
    for name in ["f.json", "f.yaml"] {
        check(name, format!(" {}", document(90)).as_bytes(), &["GET /p"], &[]);
    }
    for depth in [100, 100_000] {
        check_refused(
            "f.json",
            document(depth).as_bytes(),
            &["`f.json` at `/paths/~1p/$ref`: `$ref` leads deeper than 100 levels; move what it refers to further up"],
        );
    }
    // Each stands inside the one before.
    let all: String = (1..100).map(|n| format!(r##""/{n}":{{"$ref":"#/x{}"}},"##, "/a".repeat(n))).collect();
    let inside = document(99).replace(r#""/p""#, &format!(r#"{all}"/p""#));
    let (read, problems) = read_document("f.json", inside.as_bytes());
    assert_eq!(read, None);
    assert!(problems[0].message.contains("stands inside too much else"), "{problems:?}");
}

#[test]
fn what_is_referred_to_is_read_with_care() {
    // A text that is skipped may be broken; one that is read must not be.
    let skipped = br#"{"openapi":"3.0.0","paths":{"/a":{"get":{}}},"x-a":{"summary":"\ud800"}}"#;
    check("f.json", skipped, &["GET /a"], &[]);
    check_refused(
        "f.json",
        br##"{"openapi":"3.0.0","paths":{"/a":{"$ref":"#/x-a"}},
"x-a":{"summary":"\ud800"}}"##,
        &["`f.json` at line 2 column 25: this is not valid JSON: unexpected end of hex escape; correct it"],
    );
    let links: String = (0..100).map(|n| format!(r##""x{n}":{{"$ref":"#/x{}"}},"##, n + 1)).collect();
    let json = format!(r##"{{"openapi":"3.1.0",{links}"x100":{{}},"paths":{{"/a":{{"$ref":"#/x0"}}}}}}"##);
    let (document, problems) = read_document("f.json", json.as_bytes());
    assert_eq!(document, None);
    assert!(problems[0].message.contains("follow one another"), "{problems:?}");
    let chain = json.replace(r##""#/x32""##, "null");
    assert!(read_document("f.json", chain.as_bytes()).0.is_none());
    let chain = json.replace(r##"{"$ref":"#/x31"}"##, r#"{"get":{}}"#);
    check("f.json", chain.as_bytes(), &["GET /a"], &[]);
}

#[test]
fn a_long_chain_of_references_ends() {
    let links: String = (0..100).map(|n| format!(r##""/{n}":{{"$ref":"#/paths/~1{}"}},"##, n + 1)).collect();
    let json = format!(r#"{{"openapi":"3.1.0","paths":{{{links}"/100":{{}}}}}}"#);
    let (document, problems) = read_document("f.json", json.as_bytes());
    assert_eq!(document, None);
    assert!(problems[0].message.contains("follow one another"), "{problems:?}");
}

#[test]
fn wrong_types_and_dates_are_told_all_at_once() {
    check_refused_paths(
        r#"{"/a":{"get":{"deprecated":"true","x-sunset":"soon","x-internal":1,"x-company-scoped":{},
            "x-replaced-by":["x"],"x-deprecated-at":20261120,"summary":{}}},
            "b":{},"/c":[],"/d":{"post":"x","additionalOperations":[]},"/e":{"servers":{}}}"#,
        &[
            "`f.json` at `/paths/~1a/get/deprecated`: `deprecated` must be `true` or `false`, not `true`; correct it",
            "`f.json` at `/paths/~1a/get/x-internal`: `x-internal` must be `true` or `false`, not `1`; correct it",
            "`f.json` at `/paths/~1a/get/x-company-scoped`: `x-company-scoped` must be `true` or `false`, \
             not an object; correct it",
            "`f.json` at `/paths/~1a/get/x-deprecated-at`: `x-deprecated-at` must be a date such as `2026-11-20`, \
             not `20261120`; correct it or take it out",
            "`f.json` at `/paths/~1a/get/x-sunset`: `x-sunset` must be a date such as `2026-11-20`, \
             not `soon`; correct it or take it out",
            "`f.json` at `/paths/~1a/get/x-replaced-by`: `x-replaced-by` must be a text, not a list; \
             put it in quotes or correct it",
            "`f.json` at `/paths/b`: paths must begin with `/`; write `/b`",
            "`f.json` at `/paths/~1c`: a path item must be an object, not a list; correct it",
            "`f.json` at `/paths/~1d/additionalOperations`: `additionalOperations` must be an object, \
             not a list; correct it",
            "`f.json` at `/paths/~1d/post`: an operation must be an object, not `x`; correct it",
            "`f.json` at `/paths/~1e/servers`: `servers` must be a list, not an object; correct it",
        ],
    );
}

#[test]
fn what_is_no_api_description_says_so() {
    let no_paths = "the document has no `paths`, so there is nothing to import; add them";
    let empty_paths = "`paths` is empty, so there is nothing to import; describe at least one path";
    let no_api = "this is no API description: it has neither `openapi` nor `swagger` with a version; \
                  give an OpenAPI document";
    let check = |text: &str, expected: &str| check_refused("f", text.as_bytes(), &[expected]);
    check("", "`f`: the file is empty; give an OpenAPI or Swagger document");
    check("\u{feff} \n", "`f`: the file is empty; give an OpenAPI or Swagger document");
    check("{}", &format!("`f`: {no_api}"));
    check("name: x\nversion: 1", &format!("`f`: {no_api}"));
    check("[1]", "`f`: an API description must be an object, not a list; give an OpenAPI document");
    check("hello", "`f`: an API description must be an object, not `hello`; give an OpenAPI document");
    check(r#"{"openapi":"3.1.0"}"#, &format!("`f`: {no_paths}"));
    check("openapi: 3.1.0\npaths:", &format!("`f` at `/paths`: {empty_paths}"));
    check("openapi: 3.1.0\npaths: {}", &format!("`f` at `/paths`: {empty_paths}"));
    check("openapi: 3.1.0\npaths: 1", "`f` at `/paths`: `paths` must be an object, not `1`; correct it");
    let version = "only OpenAPI 3.x and Swagger 2.0 are read; convert it";
    check(r#"{"swagger":"1.2"}"#, &format!("`f` at `/swagger`: `swagger` is `1.2`; {version}"));
    check(r#"{"openapi":"4.0.0"}"#, &format!("`f` at `/openapi`: `openapi` is `4.0.0`; {version}"));
}

#[test]
fn broken_syntax_is_told_with_its_line() {
    check_refused(
        "f.json",
        b"{\n \"openapi\": \"3.0.0\",\n \"paths\": {,}\n}",
        &["`f.json` at line 3 column 12: this is not valid JSON: key must be a string; correct it"],
    );
    check_refused(
        "f.json",
        b"{\"openapi\":\"3.0.0\",\"paths\":{}} x",
        &["`f.json` at line 1 column 32: this is not valid JSON: trailing characters; correct it"],
    );
    let starts = |name: &str, text: &str, start: &str| {
        let (document, problems) = read_document(name, text.as_bytes());
        assert_eq!(document, None);
        assert!(problems[0].to_string().starts_with(start), "{}", problems[0]);
    };
    starts("f.yaml", "openapi: 3.0.0\npaths:\n  /a: [", "`f.yaml` at line 3 column 7: this is not valid YAML: ");
    starts("f.yaml", "openapi: 3.0.0\npaths:\n\t/a: {}\n", "`f.yaml` at line 3 column ");
    starts("f.yaml", "openapi: 3.0.0\npaths:\n  /a: *gone\n", "`f.yaml` at line 3 column 7: an alias (`*name`) has no");
    starts(
        "f.yaml",
        "openapi: 3.0.0\npaths: {/a: {}}\n---\nx: 1\n",
        "`f.yaml` at line 4 column 1: the file holds several",
    );
    starts("f.yaml", "openapi: 3.0.0\npaths: &p\n  /a: *p\n", "`f.yaml` at line 3 column 7: an alias (`*name`) stands");
}

#[test]
fn other_encodings_and_too_large_files_are_told() {
    let error = "the file is not UTF-8; save it as UTF-8";
    check_refused("f", b"openapi: 3.0.0\ninfo: { title: \xe9 }", &[&format!("`f` at line 2: {error}")]);
    check_refused("f", b"\xff\xfeo\0p\0", &[&format!("`f` at line 1: {error}")]);
    let large = vec![b' '; syntax::MAX_DOCUMENT_BYTES + 1];
    check_refused("f", &large, &["`f`: the file is larger than 64 MiB; split it into several documents"]);
}

#[test]
fn json_may_hide_in_a_yaml_file_and_the_other_way_round() {
    check("f.yaml", b"\n{openapi: 3.0.0, paths: {/a: {get: {}}}}", &["GET /a"], &[]);
    check("f.yaml", b"\t{\"openapi\": \"3.0.0\",\n\t\"paths\": {\"/a\": {\"get\": {}}}}", &["GET /a"], &[]);
    check("f.json", b"openapi: 3.0.0\npaths: {/a: {get: {}}}", &["GET /a"], &[]);
    check("f", b"\xef\xbb\xbf{\"openapi\": \"3.0.0\", \"paths\": {\"/a\": {\"get\": {}}}}", &["GET /a"], &[]);
}

#[test]
fn tabs_between_the_parts_of_yaml_do_not_matter() {
    check(
        "f.yaml",
        b"openapi:\t3.0.0\t\npaths:\n  /a:\t{ get: {} }\t# one\n\t\n  /b:\t\n    put:\t{}\n",
        &["GET /a", "PUT /b"],
        &[],
    );
}

#[test]
fn deep_documents_neither_crash_nor_fail_where_they_need_not() {
    let deep = |open: &str, close: &str, n: usize| format!("{}1{}", open.repeat(n), close.repeat(n));
    let nested = deep("{\"a\":[", "]}", 100_000);
    let json = format!(r#"{{"openapi":"3.0.0","x-a":{nested},"paths":{{"/a":{{"get":{{"responses":{nested}}}}}}}}}"#);
    check("f.json", json.as_bytes(), &["GET /a"], &[]);

    let yaml = |n: usize| format!("openapi: 3.0.0\nx-a: {}\npaths: {{/a: {{get: {{}}}}}}", deep("[", "]", n));
    check("f.yaml", yaml(150).as_bytes(), &["GET /a"], &[]);
    for n in [200, 100_000] {
        let (document, problems) = read_document("f.yaml", yaml(n).as_bytes());
        assert_eq!(document, None);
        assert!(problems[0].message.contains("nests deeper than 160 levels"), "{problems:?}");
    }
    let blocks: String = (0..3000).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    let (document, problems) = read_document("f.yaml", blocks.as_bytes());
    assert_eq!(document, None);
    assert!(problems[0].message.contains("nests deeper than 160 levels"), "{problems:?}");
}

#[test]
fn a_bomb_of_aliases_is_defused() {
    let mut yaml = String::from("openapi: 3.0.0\na0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        let aliases = vec![format!("*a{}", n - 1); 9].join(", ");
        yaml.push_str(&format!("a{n}: &a{n} [{aliases}]\n"));
    }
    yaml.push_str("paths: {/a: {get: {}}}\n");
    let (document, problems) = read_document("f.yaml", yaml.as_bytes());
    assert_eq!(document, None);
    assert!(problems[0].message.contains("repeat too much"), "{problems:?}");
}

#[test]
fn ten_thousand_problems_are_not_all_told() {
    let paths: Vec<String> = (0..10_000).map(|n| format!(r#""p{n}":{{}}"#)).collect();
    let json = format!(r#"{{"openapi":"3.1.0","paths":{{{}}}}}"#, paths.join(","));
    let (document, problems) = read_document("f.json", json.as_bytes());
    assert_eq!(document, None);
    assert!(problems.len() < 100);
}

proptest! {
    #[test]
    fn no_bytes_crash_the_reading(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (document, problems) = read_document("f", &bytes);
        prop_assert!(document.is_some() || !problems.is_empty());
    }

    #[test]
    fn no_text_under_paths_crashes_the_reading(text in "[a-z/{}:\\[\\]\"'&*<>|#$ \\n\\t-]{0,60}") {
        for whole in [format!("openapi: 3.0.0\npaths:\n  /a:\n    {text}"), format!(r#"{{"openapi":"3.0.0","paths":{text}}}"#)] {
            let (document, problems) = read_document("f", whole.as_bytes());
            prop_assert!(document.is_some() || !problems.is_empty());
        }
    }
}
