use proptest::prelude::*;

use super::*;
use crate::json::tests::{json, scalar};
use crate::json::{Step, scan_object};
use crate::lines::content;

/// Trees of every kind: plain, looking into arrays, and knowing attributes.
fn trees() -> [FieldTree; 3] {
    let key = |name: &str| Step::Key(name.to_owned());
    let with = |into_arrays: bool, paths: &[&[Step]]| {
        let mut tree = FieldTree::new(into_arrays);
        paths.iter().for_each(|path| assert!(tree.add(path).is_some()));
        tree
    };
    let plain: &[&[Step]] = &[&[key("a")], &[key("b"), key("c")], &[key("b")], &[key("long_key_name")]];
    let attribute: &[Step] = &[key("b"), Step::Attribute("x".to_owned())];
    let any_case: &[Step] = &[key("b"), Step::AnyCase("C".to_owned())];
    [with(false, plain), with(true, plain), with(true, &[plain, &[attribute, any_case]].concat())]
}

/// What the scanner says of the line that begins at `start`: its end and where its fields are.
fn scanned(text: &str, start: usize, tree: &FieldTree) -> (usize, Option<Slots>) {
    let end = text[start..].find('\n').map_or(text.len(), |length| start + length);
    let mut slots = Slots::default();
    let found = content(text.as_bytes(), start, end)
        .is_ok_and(|(start, end)| scan_object(text, start, end, tree, &mut slots).is_ok());
    (end, found.then_some(slots))
}

fn places(slots: &Slots) -> String {
    slots.all().map(|(slot, place)| format!("{slot:?} {place:?}\n")).collect()
}

/// Reads all lines of a text, as a block is read, and compares each line that fits with what the scanner says of it.
/// How many lines did.
fn fitting(text: &str, tree: &FieldTree, shapes: &mut Shapes) -> usize {
    shapes.use_for(tree);
    let (mut start, mut fitting) = (0, 0);
    while start < text.len() {
        let (end, expected) = scanned(text, start, tree);
        let mut slots = Slots::default();
        if let Some(found) = shapes.fit(text.as_bytes(), start, &mut slots) {
            fitting += 1;
            assert_eq!(found, end, "{}", &text[start..end]);
            let expected = expected.unwrap_or_else(|| panic!("not valid: {:?}", &text[start..end]));
            assert_eq!(places(&slots), places(&expected), "{}", &text[start..end]);
        } else if let (Some(slots), Ok((start, end))) = (expected, content(text.as_bytes(), start, end)) {
            shapes.learn(text.as_bytes(), start, end, tree, &slots);
        }
        start = end + 1;
    }
    fitting
}

fn fit_in_plain_tree(text: &str) -> usize {
    fitting(text, &trees()[0], &mut Shapes::default())
}

#[test]
fn a_line_of_a_shape_that_was_seen_fits() {
    for (first, second) in [
        (r#"{"a":1}"#, r#"{"a":-2.50}"#),
        (r#"{"a":"x"}"#, r#"{"a":"\"\u00e9 \\"}"#),
        (r#"{"a":"x"}"#, r#"{"a":null}"#),
        (r#"{"a":1e5,"b":true}"#, r#"{"a":"","b":false}"#),
        (r#" { "a" : 1 , "d":{"c":[1,2,{}]} } "#, r#" { "a" : "é" , "d":{"c":["",0,{}]} } "#),
        (
            r#"{"a very long key, and a longer one, which is longer":1,"a":2}"#,
            r#"{"a very long key, and a longer one, which is longer":"","a":true}"#,
        ),
        (r#"{}"#, r#"{}"#),
        (r#"{"b":{"c":1},"b":2}"#, r#"{"b":{"c":3},"b":4}"#),
    ] {
        for (between, after) in [("\n", "\n"), ("\n", ""), ("\r\n", "\r\n"), ("\n", "\r\n"), ("\n", "\r")] {
            assert_eq!(fit_in_plain_tree(&format!("{first}{between}{second}{after}")), 1, "{first} {after:?}");
        }
        assert_eq!(fit_in_plain_tree(&format!("\u{feff}{first}\n{second}\n\u{feff}{second}\n{first}")), 2);
    }
}

#[test]
fn a_line_of_another_shape_does_not() {
    for (first, second) in [
        (r#"{"a":1}"#, r#"{"a":01}"#),
        (r#"{"a":1}"#, r#"{"a":1} x"#),
        (r#"{"a":1}"#, r#"{"a":1"#),
        (r#"{"a":1}"#, r#"{"a":"#),
        (r#"{"a":1}"#, r#"{"a":[]}"#),
        (r#"{"a":1}"#, r#"{"b":1}"#),
        (r#"{"a":1}"#, r#"{"a":1}}"#),
        (r#"{"a":1}"#, r#"{"a":1,"a":2}"#),
        (r#"{"a":1}"#, "{\"a\":\"\u{0}\"}"),
        (r#"{"a":1}"#, r#"{"a":"\x"}"#),
        (r#"{"a":"1"}"#, r#"{"a":"1}"#),
    ] {
        assert_eq!(fit_in_plain_tree(&format!("{first}\n{second}\n")), 0, "{second}");
        assert_eq!(fit_in_plain_tree(&format!("{first}\n{second}")), 0, "{second}");
    }
}

#[test]
fn a_line_that_is_too_long_does_not_fit() {
    let line = |length: usize| format!("{{\"a\":\"{}\"}}\n", "x".repeat(length - 8));
    let check = |second: String, fit: usize| assert_eq!(fit_in_plain_tree(&(line(20) + &second)), fit);
    check(line(MAX_LINE_BYTES), 1);
    check(line(MAX_LINE_BYTES).replace('\n', "\r\n"), 1);
    check(line(MAX_LINE_BYTES + 1), 0);
}

#[test]
fn shapes_that_differ_in_a_key_are_remembered_side_by_side() {
    let mut text = String::new();
    for n in 0..100 {
        let extra = if n % 3 == 0 { r#""extra":1,"# } else { "" };
        text += &format!("{{\"a\":{n},{extra}\"b\":\"{n}\"{}}}\n", if n % 5 == 0 { r#","c":0"# } else { "" });
    }
    assert_eq!(fit_in_plain_tree(&text), 96);
}

#[test]
fn an_attributes_name_is_part_of_the_shape() {
    let tree = &trees()[2];
    let line = |name: &str| format!("{{\"b\":[{{\"key\":{name},\"value\":{{\"stringValue\":\"v\"}}}}]}}\n");
    let text = ["\"y\"", "\"x\"", "5", "\"x\"", "\"\\u0078\"", "6", "\"z\"", "\"y\""].map(line).concat();
    assert_eq!(fitting(&text, tree, &mut Shapes::default()), 2);
}

#[test]
fn a_key_given_twice_does_not_hide_one_given_once() {
    assert_eq!(fit_in_plain_tree("{\"a\":1,\"a\":2}\n{\"a\":1}\n{\"a\":3}\n{\"a\":4,\"a\":5}\n"), 1);
    assert_eq!(fit_in_plain_tree("{\"a\":1}\n{\"a\":1,\"a\":2}\n{\"a\":3}\n{\"a\":4,\"a\":5}\n"), 1);
}

#[test]
fn a_length_that_is_counted_on_is_checked() {
    let same = "{\"a\":\"12345678\",\"b\":\"x\"}\n".repeat(100);
    // With a quote, or something else, where the end was in the lines before.
    for odd in [
        "\"12\",\"b\":\"x\"",
        "\"\",\"b\":\"xyz\"",
        "\"123456789\",\"b\":1",
        "\"1234567\\\"\",\"b\":2",
        "\"12345\u{1}78\",\"b\":3",
    ] {
        let text = format!("{same}{{\"a\":{odd}}}\n{same}{{\"a\":{odd}}}\n");
        let expected = if odd.contains('\u{1}') { 199 } else { 201 };
        assert_eq!(fit_in_plain_tree(&text), expected, "{odd}");
    }
}

#[test]
fn another_tree_has_other_shapes() {
    let mut shapes = Shapes::default();
    let lines = "{\"a\":1,\"b\":2}\n".repeat(3);
    let [plain, arrays, _] = trees();
    assert_eq!(fitting(&lines, &plain, &mut shapes), 2);
    assert_eq!(fitting(&lines, &plain.clone(), &mut shapes), 3);
    assert_eq!(fitting(&lines, &arrays, &mut shapes), 2);
    let mut more = arrays.clone();
    assert!(more.add(&[Step::Key("z".to_owned())]).is_some());
    assert_eq!(fitting(&lines, &more, &mut shapes), 2);
}

#[test]
fn a_log_without_shapes_is_given_up_for_a_while_and_memory_is_bounded() {
    let mut shapes = Shapes::default();
    let tree = &trees()[0];
    let chaos: String = (0..20_000).map(|n| format!("{{\"key {n}\":1,\"b\":{n}}}\n")).collect();
    assert_eq!(fitting(&chaos, tree, &mut shapes), 0);
    assert!(shapes.nodes.len() <= MAX_NODES);
    let order = "{\"a\":1}\n".repeat(10_000);
    assert!(fitting(&order, tree, &mut shapes) > 7_000);
}

/// A line and what became of it: some scalars replaced, or some bytes.
fn variants() -> impl Strategy<Value = Vec<String>> {
    let change = (any::<prop::sample::Index>(), scalar());
    let damage =
        (any::<prop::sample::Index>(), "[\\]\\[{}\",:\\\\0-9a-fnrtu.eE+\\- \t\r\u{0}\u{1f}é\n]{0,2}", 0usize..3);
    let changes = prop::collection::vec(prop::collection::vec(change, 0..5), 1..5);
    (prop::collection::vec(json(), 1..4), changes, prop::collection::vec(damage, 0..4)).prop_map(
        |(lines, changes, damages)| {
            let mut all = Vec::new();
            for line in &lines {
                all.push(line.clone());
                all.extend(changes.iter().map(|changes| replaced(line, changes)));
                all.extend(damages.iter().map(|(at, with, cut)| {
                    let at = line.floor_char_boundary(at.index(line.len() + 1));
                    let end = line.floor_char_boundary((at + cut).min(line.len()));
                    format!("{}{with}{}", &line[..at], &line[end..])
                }));
            }
            all
        },
    )
}

fn replaced(line: &str, changes: &[(prop::sample::Index, String)]) -> String {
    let mut line = line.to_owned();
    for (index, with) in changes {
        let scalars = learn::scalars(line.as_bytes(), 0, line.len(), false).unwrap_or_default();
        if !scalars.is_empty() {
            let (start, end) = scalars[index.index(scalars.len())];
            line.replace_range(start..end, with);
        }
    }
    line
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn what_fits_is_what_the_scanner_reads(
        lines in variants(), order in prop::collection::vec(any::<prop::sample::Index>(), 1..30),
        line_end in prop::sample::select(vec!["\n", "\r\n"]), last_has_end in any::<bool>(),
    ) {
        let mut text: String = order.iter().map(|index| format!("{}{line_end}", index.get(&lines))).collect();
        if !last_has_end {
            text.truncate(text.len() - line_end.len());
        }
        for tree in trees() {
            fitting(&text, &tree, &mut Shapes::default());
        }
    }

    #[test]
    fn replacing_scalars_keeps_the_shape(line in json(), changes in prop::collection::vec((any::<prop::sample::Index>(), scalar()), 0..5)) {
        let tree = &trees()[0];
        let mut shapes = Shapes::default();
        shapes.use_for(tree);
        let (_, slots) = scanned(&line, 0, tree);
        shapes.learn(line.as_bytes(), 0, line.len(), tree, &slots.unwrap());
        // A wanted value that is an object or an array is none of a shape's.
        let nested = !shapes.nodes.iter().any(|node| node.then == Then::End);
        let fits = shapes.fit(replaced(&line, &changes).as_bytes(), 0, &mut Slots::default()).is_some();
        prop_assert_eq!(fits, !nested);
    }
}
