use proptest::prelude::*;

use super::*;
use crate::interpolate::{ExpandError, Values};

fn parse(text: &str) -> Result<UrlTemplate, TemplateError> {
    UrlTemplate::parse(text, &["procore."])
}

fn expand(text: &str, value: &str) -> Result<String, ExpandError> {
    parse(text).unwrap().expand(&Values::new().with("x", value))
}

#[test]
fn places_are_allowed_in_sub_domain_path_and_query() {
    let template =
        parse("https://{{region}}.a.example.com/c/{{procore.company.id}}/{{ camera }}?p={{project.name}}&v=1").unwrap();
    let names: Vec<&str> = template.names().into_iter().map(Name::as_str).collect();
    assert_eq!(names, ["region", "company.id", "camera", "project.name"]);
    assert_eq!(template.host(), "{{region}}.a.example.com");
    let values =
        Values::new().company("17", "Ä & Co").project("4/2", "Bridge #1").with("region", "EU").with("camera", "a b");
    assert_eq!(template.expand(&values).unwrap(), "https://eu.a.example.com/c/17/a%20b?p=Bridge%20%231&v=1");
}

#[test]
fn urls_that_are_accepted() {
    for text in [
        "https://example.com",
        "https://example.com/",
        "https://Example.com:8443/a//b/?",
        "https://example.com?x=1",
        "https://xn--bcher-kva.example/%C3%BC?a=b=c/d?e",
        "https://app-{{x}}.example.com/{{x}}.html?a={{x}}-{{company.id}}",
        "https://{{x}}.{{company.id}}.example.com/",
        "https://{{x}}.shop.co.uk/",
        "https://{{x}}.mine.github.io/",
        "https://uk.com/",
    ] {
        let template = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(parse(&template.to_string()).as_ref(), Ok(&template), "{text}");
    }
}

#[test]
fn urls_that_are_refused() {
    use TemplateError::*;
    type Expected = fn(&TemplateError) -> bool;
    let cases: &[(&str, Expected)] = &[
        ("", |e| *e == NotHttps),
        ("http://example.com", |e| *e == NotHttps),
        ("//example.com", |e| *e == NotHttps),
        ("/path", |e| *e == NotHttps),
        ("javascript:alert(1)", |e| *e == NotHttps),
        ("{{x}}://example.com", |e| *e == NotHttps),
        ("https:/example.com", |e| *e == NotHttps),
        ("https://", |e| matches!(e, Host(_))),
        ("https:///path", |e| matches!(e, Host(_))),
        ("https://localhost/", |e| matches!(e, Host(_))),
        ("https://127.0.0.1/", |e| matches!(e, Host(_))),
        ("https://1.0x7f/", |e| matches!(e, Host(_))),
        ("https://[::1]/", |e| matches!(e, Host(_))),
        ("https://example.com./", |e| matches!(e, Host(_))),
        ("https://-a.example.com/", |e| matches!(e, Host(_))),
        ("https://a_b.example.com/", |e| matches!(e, Host(_))),
        ("https://xn--{{x}}.example.com/", |e| matches!(e, Host(_))),
        ("https://{{x}}", |e| *e == HostIsParameter),
        ("https://{{x}}.com/", |e| *e == HostIsParameter),
        ("https://{{x}}.co.uk/", |e| *e == HostIsParameter),
        ("https://{{x}}.com.au/", |e| *e == HostIsParameter),
        ("https://{{x}}.github.io/", |e| *e == HostIsParameter),
        ("https://a.{{x}}.io/", |e| *e == HostIsParameter),
        ("https://a.example.{{x}}/", |e| *e == HostIsParameter),
        ("https://user@example.com/", |e| *e == UserInfo),
        ("https://{{x}}@example.com/", |e| *e == UserInfo),
        ("https://a:b@example.com/", |e| *e == UserInfo),
        ("https://example.com:{{x}}/", |e| matches!(e, Place(_))),
        ("https://example.com:0/", |e| matches!(e, Port(_))),
        ("https://example.com:70000/", |e| matches!(e, Port(_))),
        ("https://example.com:/", |e| matches!(e, Port(_))),
        ("https://example.com/#top", |e| *e == Fragment),
        ("https://example.com/#{{x}}", |e| *e == Fragment),
        ("https://example.com/?{{x}}=1", |e| matches!(e, Place(_))),
        ("https://example.com/?{{x}}", |e| matches!(e, Place(_))),
        ("https://example.com/a/../b", |e| *e == DotSegment),
        ("https://example.com/%2E/b", |e| *e == DotSegment),
        ("https://example.com/.%2e", |e| *e == DotSegment),
        ("https://example.com/%zz", |e| *e == Percent),
        ("https://example.com/%", |e| *e == Percent),
        ("https://example.com/%{{x}}", |e| *e == Percent),
        ("https://example.com\\@evil.example/", |e| matches!(e, Host(_) | UserInfo)),
        ("https://example.com/a\\b", |e| matches!(e, Character(_))),
        ("https://example.com/a b", |e| matches!(e, Character(_))),
        ("https://example.com/\tb", |e| matches!(e, Character(_))),
        ("https://exämple.com/", |e| matches!(e, Character(_))),
        ("https://example.com/\0", |e| matches!(e, Character(_))),
        ("https://example.com/{x}", |e| *e == Braces),
        ("https://example.com/{{x", |e| *e == Braces),
        ("https://example.com/x}}", |e| *e == Braces),
        ("https://example.com/{{{x}}}", |e| *e == Braces),
        ("https://example.com/{{}}", |e| matches!(e, Name(_))),
        ("https://example.com/{{user.id}}", |e| matches!(e, Name(_))),
        ("https://example.com/{{other.company.id}}", |e| matches!(e, Name(_))),
        ("https://example.com/{{a b}}", |e| matches!(e, Name(_))),
    ];
    for (text, expected) in cases {
        let error = parse(text).expect_err(text);
        assert!(expected(&error), "{text}: {error:?}");
    }
    assert_eq!(parse(&format!("https://example.com/{}", "{{x}}".repeat(33))), Err(TooManyPlaces));
    assert!(matches!(parse(&format!("https://example.com/{}", "a".repeat(2100))), Err(TooLong(_))));
}

#[test]
fn links_may_have_a_fragment_but_no_places() {
    assert_eq!(check_link("https://help.example.com/a?b#c/d?e"), Ok(()));
    for text in [
        "http://example.com",
        "https://example.com/{{x}}",
        "https://example.com/#a#b",
        "https://u@example.com/",
        "mailto:a@example.com",
    ] {
        assert!(check_link(text).is_err(), "{text}");
    }
}

#[test]
fn a_value_never_climbs_or_vanishes() {
    for value in [".", ".."] {
        assert!(matches!(expand("https://example.com/a/{{x}}/b", value), Err(ExpandError::DotSegment { .. })));
        assert_eq!(expand("https://example.com/a/v{{x}}", value).unwrap(), format!("https://example.com/a/v{value}"));
    }
    assert!(matches!(expand("https://example.com/.{{x}}", "."), Err(ExpandError::DotSegment { .. })));
    assert!(matches!(expand("https://example.com/%2e{{x}}", "."), Err(ExpandError::DotSegment { .. })));
    assert_eq!(expand("https://example.com/{{x}}", "../../etc").unwrap(), "https://example.com/..%2F..%2Fetc");
    assert_eq!(expand("https://example.com/{{x}}", "%2e%2e").unwrap(), "https://example.com/%252e%252e");
    assert!(matches!(expand("https://example.com/a/{{x}}", ""), Err(ExpandError::Missing { .. })));
    assert_eq!(expand("https://example.com/?a={{x}}", "").unwrap(), "https://example.com/?a=");
}

#[test]
fn a_host_takes_letters_of_a_label_alone() {
    let host = |value| expand("https://{{x}}.example.com/", value);
    assert_eq!(host("EU-west1").unwrap(), "https://eu-west1.example.com/");
    let long = "a".repeat(64);
    for value in [
        "a.b",
        "a/b",
        "a@b",
        "a:1",
        "a?b",
        "a#b",
        "-a",
        "a-",
        "a_b",
        "ä",
        "xn--80ak6aa92e",
        "ab--c",
        " ",
        "a\\b",
        "%61",
        &long,
    ] {
        assert!(matches!(host(value), Err(ExpandError::NotAHostLabel { .. })), "{value}");
    }
    assert!(matches!(host(""), Err(ExpandError::Missing { .. })));
    assert!(matches!(expand("https://x{{x}}.example.com/", "n--a"), Err(ExpandError::NotAHostLabel { .. })));
    assert!(matches!(expand("https://a{{x}}.example.com/", &"b".repeat(63)), Err(ExpandError::NotAHostLabel { .. })));
    assert!(matches!(
        expand(&format!("https://{}example.com/", "{{x}}.".repeat(5)), &"b".repeat(63)),
        Err(ExpandError::TooLong { .. })
    ));
}

#[test]
fn what_is_missing_is_named() {
    let template = parse("https://example.com/{{project.id}}?a={{x}}").unwrap();
    let error = template.expand(&Values::new().with("x", "1")).unwrap_err();
    assert!(error.to_string().contains("`project.id`"), "{error}");
    let error = template.expand(&Values::new().project("1", "P")).unwrap_err();
    assert_eq!(error, ExpandError::Missing { name: "x".to_owned() });
    assert_eq!(template.expand(&Values::new().project("1", "P").without("x")).unwrap(), "https://example.com/1?a=");
    assert!(matches!(expand("https://example.com/{{x}}", &"a".repeat(1001)), Err(ExpandError::TooLong { .. })));
}

/// Any text, with much of what means something in a URL.
fn hostile() -> impl Strategy<Value = String> {
    let marks = proptest::sample::select(vec![
        "/", "\\", "?", "#", "@", ":", "&", "=", "%", ".", "..", "%2e", "%2F", "+", ";", "\t", "\n", "\0", " ", "//",
        "{{x}}", "-", "xn--", "。", "．", "／", "＃", "a", "1",
    ]);
    prop_oneof![
        any::<String>(),
        proptest::collection::vec(
            prop_oneof![3 => marks.prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)],
            0..8
        )
        .prop_map(|parts| parts.concat()),
        "[a-zA-Z0-9-]{1,10}",
    ]
}

const TEMPLATES: &[&str] = &[
    "https://example.com/{{a}}",
    "https://{{a}}.example.com:8443/{{b}}/x/{{c}}?k={{a}}&l=1&m=x{{b}}y",
    "https://pre-{{a}}.{{b}}.apps.example.co.uk/.{{c}}/%2e{{a}}/{{b}}{{c}}/?q={{a}}:{{b}}",
    "https://example.com?only={{a}}",
    "https://example.com/{{a}}.{{b}}/end",
    "https://a{{a}}b.example.com//{{b}}//{{c}}/",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn values_change_nothing_but_their_places(
        index in 0..TEMPLATES.len(), a in hostile(), b in hostile(), c in hostile(),
    ) {
        let text = TEMPLATES[index];
        let template = parse(text).unwrap();
        let values = |a: &str, b: &str, c: &str| Values::new().with("a", a).with("b", b).with("c", c);
        let plain = ::url::Url::parse(&template.expand(&values("v", "v", "v")).unwrap()).unwrap();
        let Ok(expanded) = template.expand(&values(&a, &b, &c)) else { return Ok(()) };
        let url = ::url::Url::parse(&expanded).map_err(|error| TestCaseError::fail(format!("{expanded}: {error}")))?;
        prop_assert_eq!(url.scheme(), "https");
        prop_assert_eq!(url.port(), plain.port());
        prop_assert_eq!(url.username(), "");
        prop_assert_eq!(url.password(), None);
        prop_assert_eq!(url.fragment(), None);
        let labels = |url: &::url::Url| url.domain().unwrap().split('.').map(str::to_owned).collect::<Vec<_>>();
        let (ours, theirs) = (labels(&url), labels(&plain));
        prop_assert_eq!(ours.len(), theirs.len());
        let is_literal = |label: &&Text| label.iter().all(|part| matches!(part, Part::Literal(_)));
        let literal = template.labels.iter().rev().take_while(is_literal).count();
        prop_assert!(literal >= 2);
        prop_assert_eq!(&ours[ours.len() - literal..], &theirs[theirs.len() - literal..]);
        prop_assert_eq!(url.path_segments().unwrap().count(), plain.path_segments().unwrap().count());
        let keys = |url: &::url::Url| url.query_pairs().map(|(key, _)| key.into_owned()).collect::<Vec<_>>();
        prop_assert_eq!(keys(&url), keys(&plain));
        // A browser reads the URL as it was written: nothing is resolved away, nothing is encoded again.
        let written = expanded.strip_prefix("https://").unwrap();
        let (_, rest) = written.split_at(written.find(['/', '?']).unwrap_or(written.len()));
        let read = &url[::url::Position::BeforePath..];
        prop_assert!(read == rest || read == format!("/{rest}"), "{} is read as {}", expanded, url);
    }

    #[test]
    fn an_encoded_value_has_no_mark_of_a_url(value in hostile()) {
        let Ok(expanded) = expand("https://example.com/seg-{{x}}?q={{x}}", &value) else { return Ok(()) };
        let rest = expanded.strip_prefix("https://example.com/seg-").unwrap();
        let (path, query) = rest.split_once("?q=").unwrap();
        for part in [path, query] {
            prop_assert!(!part.contains(['/', '?', '#', '@', ':', '\\', '&', '=', ' ']), "{}", part);
            let form = format!("v={part}");
            let (_, decoded) = ::url::form_urlencoded::parse(form.as_bytes()).next().unwrap();
            prop_assert_eq!(decoded.as_ref(), value.as_str());
        }
    }

    #[test]
    fn any_text_is_parsed_or_refused(
        text in prop_oneof![
            any::<String>(),
            hostile().prop_map(|text| format!("https://{text}")),
            "https://[a-z{}.:/?#=%@\\\\-]{0,30}",
        ],
    ) {
        if let Ok(template) = parse(&text) {
            prop_assert_eq!(parse(&template.to_string()), Ok(template));
        }
        let _ = check_link(&text);
    }

    #[test]
    fn what_the_template_parser_takes_every_browser_takes(
        host in "[a-z0-9.-]{1,12}(:[0-9]{1,5})?",
        path in "(/[a-zA-Z0-9.%~!$&'()*+,;=:@-]{0,6}){0,3}",
        query in "(\\?[a-z0-9=&/?:@'!]{0,10})?",
    ) {
        let text = format!("https://{host}{path}{query}");
        let Ok(template) = parse(&text) else { return Ok(()) };
        // An encoded name that decodes to nothing is refused by browsers; no harm in that.
        if let Ok(url) = ::url::Url::parse(&text) {
            let host = template.host();
            prop_assert_eq!(url.domain(), host.split(':').next());
        } else {
            prop_assert!(template.host().contains("xn--"), "{}", text);
        }
    }
}
