//! What stays of whole lines.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

fn check(line: &str, expected: &str) {
    assert_eq!(Privacy::default().excerpt(line), expected, "{line}");
}

#[test]
fn of_a_call_record_the_plain_fields_stay() {
    check(
        r#"{"time":"2026-11-20T13:45:12.345Z","app":"acme-erp","environment":"production","method":"GET","path":"/rest/v1.0/projects/123/rfis?page=2","status":999,"company_header":"5358233","user":"u-77","principal":"user","duration_ms":41.7,"user_agent":"acme/2.3","reason":null}"#,
        r#"{"time":"2026-11-20T13:45:12.345Z","app":"acme-erp","environment":"production","method":"GET","path":"/rest/v1.0/projects/000/rfis","status":999,"company_header":"0000000","user":"a-00","principal":"user","duration_ms":99.9,"user_agent":"aaaa/0.0","reason":null}"#,
    );
}

#[test]
fn of_fields_that_are_never_stored_not_even_the_shape_stays() {
    check(
        r#"{"Authorization":"Bearer abc","request":{"headers":{"X-Api-Key":["a","b"],"x-app":"c"}},"http_cookie" : {"a":[1,"}"]} ,"my.password":12,"b":1}"#,
        r#"{"Authorization":"[removed]","request":{"headers":{"X-Api-Key":"[removed]","x-app":"a"}},"http_cookie":"[removed]" ,"my.password":"[removed]","b":9}"#,
    );
    check(r#"{"token":"#, r#"{"token":"[removed]""#);
    check(r#"{"token":"abc def"#, r#"{"token":"[removed]""#);
    check(r#"{"tokens":1,"secretary":"Ann"}"#, r#"{"tokens":9,"secretary":"Aaa"}"#);
}

#[test]
fn addresses_keep_their_network() {
    check(
        r#"{"client_ip":"203.0.113.77","x":["2001:db8:1:2::7"]}"#,
        r#"{"client_ip":"203.0.113.0","x":["2001:db8:1::"]}"#,
    );
}

#[test]
fn lists_of_attributes_are_understood() {
    check(
        r#"{"attributes":[{"key":"http.request.method","value":{"stringValue":"GET"}},{"key":"url.path","value":{"stringValue":"/a/7"}},{"key":"http.request.header.authorization","value":{"stringValue":"Bearer x"}},{"key":"user.id","value":{"stringValue":"jo"}}]}"#,
        r#"{"attributes":[{"key":"http.request.method","value":{"stringValue":"GET"}},{"key":"url.path","value":{"stringValue":"/a/0"}},{"key":"aaaa.aaaaaaa.aaaaaa.aaaaaaaaaaaaa","value":"[removed]"},{"key":"aaaa.aa","value":{"stringValue":"aa"}}]}"#,
    );
}

#[test]
fn what_is_no_json_is_kept_as_its_shape() {
    check(r#"{"app":"x,"user":"hunter2","b":1}"#, r#"{"app":"a,"aaaa":"aaaaaa9","a":0}""#);
    check(r#"{"path":"\/a\/b\u00e9\"c","x":tru"#, r#"{"path":"/a/baac","x":aaa"#);
    check("{user: 'jo', 7}", "{aaaa: 'aa', 9}");
    check("plain Text 12", "aaaaa Aaaa 00");
    check("", "");
}

#[test]
fn of_access_logs_request_time_and_status_stay() {
    check(
        r#"203.0.113.77 - jo [20/Nov/2026:13:45:12 +0000] "GET /rest/v1.0/projects/12?page=2 HTTP/1.1" 200 9341 "https://x/?q=1" "acme/2.3""#,
        r#"203.0.113.0 - aa [20/Nov/2026:13:45:12 +0000] "GET /rest/v1.0/projects/00 HTTP/1.1" 200 0000 "aaaaa://a/?a=0" "aaaa/0.0""#,
    );
    check("1795182312.345 GET /rest/7?x=y 200 acme", "0000000000.000 GET /rest/0 200 aaaa");
    check(
        r#"<134>Nov 20 13:45:12 host api: method=GET path="/a/7?t=1" status=200 user="jo smith" token=abc ip=203.0.113.77"#,
        r#"<000>Aaa 00 00:00:00 aaaa aaa: method=GET path="/a/0" status=200 user="aa aaaaa" token=[removed] ip=203.0.113.0"#,
    );
    check(
        "2026-11-20T13:45:12Z POST https://api.example.com/v1/orders 503",
        "2026-11-20T13:45:12Z POST /v1/orders 503",
    );
}

#[test]
fn what_only_looks_like_a_name_before_an_equals_sign_goes() {
    // Padded Base64.
    check("status=401 Basic YWRtaW46YWRtaW4=", "status=401 Aaaaa AAAaaA00AAAaaA0=");
    check("401 {Basic YWRtaW46YWRtaW4=} x", "401 {Aaaaa AAAaaA00AAAaaA0=} a");
    check("YWRtaW5zeA== YWRtaWFk= YWRtaWFk=,x", "AAAaaA0aaA== AAAaaAAa= AAAaaAAa=,a");
    // A path, and what stands where one should.
    check("GET /users/joe/x=1 200", "GET /users/joe/a=0 200");
    check("GET /users/joe1985/x=1 200", "GET /users/aaa0000/a=0 200");
    check("GET YWRtaW=a 200", "GET AAAaaA=a 200");
    check("/verify/YWRtaW46YWRtaW4= joe:smith=1", "/aaaaaa/AAAaaA00AAAaaA0= aaa:aaaaa=0");
    // Digits only in names that are known.
    check("joe1985=1 time_iso8601=2026-11-20T13:45:12Z", "aaa0000=0 time_iso8601=2026-11-20T13:45:12Z");
    // Of what is never stored not even the shape stays, whatever comes after the sign.
    check(
        "GET token=abc password=!hunter2 jo7_token=abc x=",
        "GET token=[removed] password=[removed] aa0_aaaaa=[removed] a=",
    );
}

#[test]
fn an_excerpt_is_bounded() {
    for line in [r#"{"path":"/aaa"#.repeat(300), "GET /x ".repeat(5000), "é".repeat(5000), "[".repeat(100_000)] {
        assert!(Privacy::default().excerpt(&line).len() <= EXCERPT_BYTES);
    }
}

/// Values of letters and digits that occur in no name and in no mask.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        "[qzxj7]{2,30}".prop_map(Value::from),
        "[qzxj7]{2,9}[ @.%/+=-][qzxj7]{2,9}".prop_map(Value::from),
        "/[qzxj]{2,9}7\\?[qzxj7]{2,9}=[qzxj7]{2,9}".prop_map(Value::from),
        Just(json!(7777.7)),
        Just(json!(null)),
    ];
    leaf.prop_recursive(3, 20, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key(), inner), 0..5).prop_map(|members| Value::Object(Map::from_iter(members))),
        ]
    })
}

fn key() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "user",
        "X-Forwarded-For",
        "http.route",
        "body",
        "headers",
        "note 1",
        "token",
        "key",
        "value",
    ])
    .prop_map(str::to_owned)
}

/// Whether anything of a value is left.
fn leaks(excerpt: &str) -> bool {
    // `X-Forwarded-For` has an upper-case X only, and no name a 7.
    excerpt.contains(['q', 'z', 'x', 'j', '7'])
}

fn keys(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                found.push(key.clone());
                if key != "token" {
                    keys(value, found);
                }
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| keys(element, found)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn of_values_nothing_stays_and_keys_do(members in prop::collection::vec((key(), value()), 1..6)) {
        let record = Value::Object(Map::from_iter(members));
        let line = record.to_string();
        let excerpt = Privacy::default().excerpt(&line);
        prop_assert!(!leaks(&excerpt), "{}", excerpt);
        if line.len() < 300 {
            // What is kept is JSON again, with the same keys.
            let kept: Value = serde_json::from_str(&excerpt).map_err(|error| TestCaseError::fail(format!("{error}: {excerpt}")))?;
            let (mut before, mut after) = (Vec::new(), Vec::new());
            keys(&record, &mut before);
            keys(&kept, &mut after);
            prop_assert_eq!(before, after);
        }
    }

    #[test]
    fn however_a_line_is_broken_nothing_of_its_values_stays(
        members in prop::collection::vec((key(), value()), 1..6), at in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(), junk in "[{}\\[\\]\" \\\\a]{0,3}",
    ) {
        // Where nothing is left of the quotes around it, a name before `=` stays.
        let line = Value::Object(Map::from_iter(members)).to_string().replace('=', "+");
        let at = at.index(line.len() + 1);
        let broken = format!("{}{junk}{}", &line[..at], &line[at..]);
        prop_assert!(!leaks(&Privacy::default().excerpt(&broken)), "{}", broken);
        let cut = &line[..cut.index(line.len() + 1)];
        prop_assert!(!leaks(&Privacy::default().excerpt(cut)), "{}", cut);
    }

    #[test]
    fn of_words_nothing_stays(words in prop::collection::vec("[qzxj7]{1,12}[@.%/+=:-]?[qzxj][qzxj7]{0,11}", 0..20), quote in any::<bool>()) {
        let line = words.join(if quote { "\" \"" } else { " " });
        // A name before `=` stays; everything else goes.
        let line = line.replace('=', "+");
        prop_assert!(!leaks(&Privacy::default().excerpt(&line)), "{}", line);
    }

    #[test]
    fn of_padded_base64_nothing_stays(
        words in prop::collection::vec("[({<'|,]?[qzxj7]{1,30}={1,2}[|,;)}>']?", 0..20), before in "(GET |Basic |\\{)?",
    ) {
        let line = format!("{before}{}", words.join(" "));
        prop_assert!(!leaks(&Privacy::default().excerpt(&line)), "{}", line);
    }

    #[test]
    fn of_paths_nothing_stays(path in "(/[qzxj]{1,9}7[qzxj7]{0,9}){1,4}", before in "(GET |PUT )", value in "[qzxj7]{0,9}") {
        let line = format!("{before}{path}={value} 200");
        prop_assert!(!leaks(&Privacy::default().excerpt(&line)), "{}", line);
    }

    #[test]
    fn any_text_gives_a_bounded_excerpt(line in "\\PC{0,400}", braces in any::<bool>()) {
        let line = if braces { format!("{{{line}") } else { line };
        prop_assert!(Privacy::default().excerpt(&line).len() <= EXCERPT_BYTES);
    }
}
