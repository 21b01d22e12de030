use proptest::prelude::*;
use serde_json::Value as Other;

use super::*;

/// Scans a line for the fields `a`, `b.c`, `b`, `long_key_name` and compares with the other reader.
fn agrees(line: &str) -> Result<(), TestCaseError> {
    let names: [&[&str]; 4] = [&["a"], &["b", "c"], &["b"], &["long_key_name"]];
    let mut tree = FieldTree::new(false);
    let fields: Vec<Slot> = names
        .map(|path| tree.add(&path.iter().map(|key| Step::Key((*key).to_owned())).collect::<Vec<_>>()).unwrap())
        .into();
    let mut slots = Slots::default();
    // As within a block: before and after other lines.
    let text = format!("{{}}\n{line}\n\"\"}}");
    let scanned = scan_object(&text, 3, 3 + line.len(), &tree, &mut slots);
    let alone = scan_object(line, 0, line.len(), &tree, &mut Slots::default());
    prop_assert_eq!(scanned, alone);

    let valid = serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok()
        && line.trim_start_matches([' ', '\t', '\r']).starts_with('{');
    prop_assert_eq!(scanned.is_ok(), valid && !line.contains('\n'), "{} {:?}", line, scanned);
    let Ok(Other::Object(object)) = serde_json::from_str(line) else { return Ok(()) };
    if scanned.is_err() {
        return Ok(());
    }
    for (path, slot) in names.iter().zip(fields) {
        let other = path.iter().skip(1).fold(object.get(path[0]), |value, key| value?.as_object()?.get(*key));
        let value = slots.value(&text, slot);
        match (&value, other) {
            (None, None) | (Some(Value::Null), Some(Other::Null)) => {}
            (Some(Value::Text(text)), Some(Other::String(other))) => prop_assert_eq!(text, other),
            (Some(Value::Bool(value)), Some(Other::Bool(other))) => prop_assert_eq!(value, other),
            (Some(Value::Number(number)), Some(Other::Number(other))) => {
                let number: Option<serde_json::Number> = serde_json::from_str(number).ok();
                prop_assert_eq!(number.as_ref(), Some(other));
            }
            (Some(Value::Nested(text)), Some(other)) => {
                prop_assert_eq!(&serde_json::from_str::<Other>(text).unwrap(), other);
            }
            _ => prop_assert!(false, "{:?} {:?} in {}", value, other, line),
        }
    }
    Ok(())
}

fn check(line: &str) {
    agrees(line).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn what_is_json_and_what_is_not() {
    for line in [
        "{}",
        " {\t} ",
        "{}x",
        "{",
        "}",
        "",
        "[]",
        "1",
        "\"a\"",
        "null",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":01}",
        "{\"a\":-}",
        "{\"a\":-0}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":1e}",
        "{\"a\":1e+}",
        "{\"a\":1E-2}",
        "{\"a\":+1}",
        "{\"a\":0x1}",
        "{\"a\":tru}",
        "{\"a\":true}",
        "{\"a\":nul}",
        "{\"a\":truex}",
        "{\"a\":NaN}",
        "{'a':1}",
        "{a:1}",
        "{\"a\":\"\u{1}\"}",
        "{\"a\":\"\t\"}",
        "{\"a\":\"\u{7f}\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"x}",
        "{\"a\":\"\\",
        "{\"a\":\"\\u",
        "{\"a\" : [1 , 2 ] , \"b\" : { \"c\" : \"x\" } }",
        "{\"a\":[1,]}",
        "{\"a\":[}",
        "{\"a\":[1 2]}",
        "{\"a\":1}\r",
        "{\"a\":1}\u{a0}",
        "\u{feff}{}",
        "{\"a\":1}{}",
        "{/**/}",
        "{\"\\u0061\":1}",
        "{\"a\":1,\"\\u0061\":2}",
        "{\"b\":{\"c\":1},\"b\":{}}",
        "{\"b\":{\"c\":1},\"b\":2}",
        "{\"b\":{\"c\":1,\"c\":2}}",
        "{\"b\":[{\"c\":1}]}",
        "{\"a\":1e999}",
        "{\"long_key_name\":\"v\",\"long_key_namf\":1}",
        "{\"a\":\"é\\\"\\u00e9\"}",
        "{\"a\":\"\\ud83d\\ude00\"}",
    ] {
        check(line);
    }
}

#[test]
fn a_lone_surrogate_is_json_and_reads_as_a_replacement_character() {
    let mut tree = FieldTree::new(false);
    let slot = tree.add(&[Step::Key("a".to_owned())]).unwrap();
    let mut slots = Slots::default();
    let line = r#"{"a":"x\ud800y"}"#;
    assert_eq!(scan_object(line, 0, line.len(), &tree, &mut slots), Ok(()));
    assert_eq!(slots.value(line, slot), Some(Value::Text("x\u{fffd}y".into())));
}

#[test]
fn nesting_is_bounded() {
    let nested = |open: &str, close: &str, depth: usize| {
        let line = format!("{{\"b\":{}1{}}}", open.repeat(depth - 1), close.repeat(depth - 1));
        let mut tree = FieldTree::new(true);
        tree.add(&[Step::Key("b".to_owned()), Step::Attribute("x".to_owned())]).unwrap();
        let wanted = scan_object(&line, 0, line.len(), &tree, &mut Slots::default()).is_ok();
        let ignored = scan_object(&line, 0, line.len(), &FieldTree::new(false), &mut Slots::default()).is_ok();
        assert_eq!(wanted, ignored, "{open} {depth}");
        ignored
    };
    for (open, close) in
        [("[", "]"), ("{\"x\":", "}"), ("[{\"value\":", "}]"), ("[{\"value\":[", "]}]"), ("[{\"y\":", "}]")]
    {
        let levels = open.matches(['[', '{']).count();
        let deepest = 511 / levels + 1;
        assert!(nested(open, close, deepest), "{open}");
        assert!(!nested(open, close, deepest + 1), "{open}");
        assert!(!nested(open, close, 60_000), "{open}");
    }
}

#[test]
fn the_first_element_stands_for_an_array() {
    let mut tree = FieldTree::new(true);
    let step = |name: &str| Step::Key(name.to_owned());
    let header = tree.add(&[step("headers"), Step::AnyCase("Company-Id".to_owned())]).unwrap();
    let deep = tree.add(&[step("records"), step("name")]).unwrap();
    let line = r#"{"headers":{"company-ID":["7","8"],"other":[1,[2]]},"records":[{"name":"x"},{"name":"y"},3]}"#;
    let mut slots = Slots::default();
    assert_eq!(scan_object(line, 0, line.len(), &tree, &mut slots), Ok(()));
    assert_eq!(slots.value(line, header), Some(Value::Text("7".into())));
    assert_eq!(slots.value(line, deep), Some(Value::Text("x".into())));
    let line = r#"{"headers":{"company-id":[ ]},"records":[]}"#;
    assert_eq!(scan_object(line, 0, line.len(), &tree, &mut slots), Ok(()));
    assert_eq!(slots.value(line, header), Some(Value::Nested("[ ]")));
    assert_eq!(slots.value(line, deep), None);
}

#[test]
fn attributes_are_found_by_key() {
    let mut tree = FieldTree::new(true);
    let list = Step::Key("attributes".to_owned());
    let method = tree.add(&[list.clone(), Step::Attribute("http.request.method".to_owned())]).unwrap();
    let status = tree.add(&[list.clone(), Step::Attribute("http.status".to_owned())]).unwrap();
    let header = tree.add(&[list.clone(), Step::Attribute("http.header".to_owned())]).unwrap();
    let flat = tree.add(&[list, Step::Key("http.request.method".to_owned())]).unwrap();
    let line = r#"{"attributes":[{"value":{"stringValue":"GET"},"key":"http.request.method"},{"key":"http.status","value":{"intValue":"200"}},
        {"key":"http.header","value":{"arrayValue":{"values":[{"stringValue":"7"},{"stringValue":"8"}]}}},{"key":"x","value":null}]}"#
        .replace('\n', " ");
    let mut slots = Slots::default();
    assert_eq!(scan_object(&line, 0, line.len(), &tree, &mut slots), Ok(()));
    assert_eq!(slots.value(&line, method), Some(Value::Text("GET".into())));
    assert_eq!(slots.value(&line, status), Some(Value::Text("200".into())));
    assert_eq!(slots.value(&line, header), Some(Value::Text("7".into())));
    assert_eq!(slots.value(&line, flat), None);
    let line = r#"{"attributes":{"http.request.method":"PUT"}}"#;
    assert_eq!(scan_object(line, 0, line.len(), &tree, &mut slots), Ok(()));
    assert_eq!(slots.value(line, flat), Some(Value::Text("PUT".into())));
    assert_eq!(slots.value(line, method), None);
}

/// Any scalar, as JSON has it.
pub(super) fn scalar() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        Just("\"\"".to_owned()),
        "[a-z/]{0,80}".prop_map(|text| format!("\"{text}\"")),
        "\\PC{0,20}".prop_map(|text| serde_json::to_string(&text).unwrap_or_default()),
        "(\\\\u[0-9a-fA-F]{4}|\\\\[\"\\\\/bfnrt]|é|x){0,6}".prop_map(|text| format!("\"{text}\"")),
    ];
    prop_oneof![
        text,
        "-?(0|[1-9][0-9]{0,12})(\\.[0-9]{1,9})?([eE][+-]?[0-9]{1,2})?",
        "-?[1-9][0-9]{20,40}(\\.[0-9]{1,40})?",
        Just("true".to_owned()),
        Just("false".to_owned()),
        Just("null".to_owned()),
    ]
}

/// JSON of any shape whose keys are often those that are looked for.
pub(super) fn json() -> impl Strategy<Value = String> {
    let leaf = scalar();
    let value = leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec((key(), inner.clone()), 0..5).prop_map(|members| object(&members)),
            (prop::collection::vec(inner, 0..5), space())
                .prop_map(|(items, space)| format!("[{space}{}]", items.join(&format!("{space},{space}")))),
        ]
    });
    (prop::collection::vec((key(), value), 0..8), space())
        .prop_map(|(members, space)| format!("{space}{}{space}", object(&members)))
}

fn object(members: &[(String, String)]) -> String {
    let members: Vec<String> = members.iter().map(|(key, value)| format!("{key}:{value}")).collect();
    format!("{{{}}}", members.join(","))
}

fn key() -> impl Strategy<Value = String> {
    let names = ["a", "b", "c", "long_key_name", "long_key_namf", "key", "value", "x", "\\u0061", "\\u0062", "", "é"];
    (prop::sample::select(names.to_vec()), space(), space())
        .prop_map(|(name, before, after)| format!("{before}\"{name}\"{after}"))
}

fn space() -> impl Strategy<Value = String> {
    prop_oneof![6 => Just(String::new()), 1 => "[ \t\r]{1,3}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn valid_lines_read_as_another_reader_reads_them(line in json()) {
        agrees(&line)?;
    }

    #[test]
    fn damaged_lines_are_judged_as_another_reader_judges_them(line in json(), at in 0usize..200, with in "[\\]\\[{}\",:\\\\0-9a-fnrtu.eE+\\- \t\u{0}\u{1f}é]{0,2}", cut in 0usize..3) {
        let boundary = |at: usize| line.floor_char_boundary(at.min(line.len()));
        let (start, end) = (boundary(at), boundary(at + cut));
        agrees(&format!("{}{with}{}", &line[..start], &line[end..]))?;
    }

    #[test]
    fn any_text_is_survived(line in "[\\]\\[{}\",:\\\\0-9a-fu.eE \\PC]{0,60}") {
        agrees(&line.replace('\n', " "))?;
    }
}
