//! Random paths: through the catalog, beside it, and written in every odd way.

use super::dice::Dice;
use crate::case::Template;

const HEX: &str = "0123456789abcdef";
const CROCKFORD: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TOKEN: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";

/// A path that belongs to exactly this template: numbers for parameters, nothing odd. (A number fits no literal and no
/// mixed segment but the template's own, and a literal beats a parameter.)
pub(super) fn clean(dice: &mut Dice, template: &str) -> String {
    fill(template, |_| format!("{}", dice.between(1, 99_999)))
}

/// A path of undocumented words and a number.
pub(super) fn undocumented(dice: &mut Dice) -> String {
    format!("/hidden/{}/{}", dice.pick(&["one", "two", "v1.0"]), dice.between(1, 999))
}

/// Any path.
pub(super) fn wild(dice: &mut Dice, catalog: &[Template]) -> String {
    let template = |dice: &mut Dice| catalog[dice.below(catalog.len())].path.clone();
    let path = match dice.below(10) {
        0 => undocumented(dice),
        1 => (0..dice.below(5)).map(|_| format!("/{}", value(dice))).collect(),
        // The beginning of one template with the end of another.
        2 | 3 => {
            let (left, right) = (template(dice), template(dice));
            let cut = |text: &str, at: usize| text.match_indices('/').nth(at).map_or(text.len(), |(at, _)| at);
            let (at, from) = (1 + dice.below(4), dice.below(4));
            let joined = format!("{}{}", &left[..cut(&left, at)], &right[cut(&right, from)..]);
            fill(&joined, |_| value(dice))
        }
        4 => {
            let end = value(dice);
            format!("{}/{end}", fill(&template(dice), |_| value(dice)))
        }
        _ => {
            let template = template(dice);
            fill(&template, |_| if dice.one_in(2) { value(dice) } else { dice.between(1, 99_999).to_string() })
        }
    };
    decorate(dice, &if path.starts_with('/') { path } else { format!("/{path}") })
}

/// A template with values for its parameters.
fn fill(template: &str, mut value: impl FnMut(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, inside)) = rest.split_once('{') {
        let (name, after) = inside.split_once('}').unwrap();
        out.push_str(before);
        out.push_str(&value(name));
        rest = after;
    }
    out + rest
}

/// What may stand in one segment.
fn value(dice: &mut Dice) -> String {
    match dice.below(24) {
        0 | 1 => dice.between(0, 1 << 40).to_string(),
        2 => {
            let groups = [8, 4, 4, 4, 12].map(|length| dice.text(HEX, length));
            if dice.one_in(2) { groups.join("-") } else { groups.join("-").to_uppercase() }
        }
        3 => dice.text("0123", 1) + &dice.text(CROCKFORD, 25),
        4 => hex(dice, 7),
        5 => hex(dice, 8),
        6 => {
            let length = 9 + dice.below(30);
            hex(dice, length)
        }
        7 => "deadbeef".into(),
        8 => dice.text(TOKEN, 19),
        9 => {
            let length = 20 + dice.below(20);
            dice.text(TOKEN, length)
        }
        10 => "a_long_word-without_any_digit".into(),
        11 => "jo%40example.com".into(),
        12 => "jo@example.com".into(),
        13 => "a%2Fb".into(),
        14 => "a%20b%2f12".into(),
        15 => "caf%C3%A9".into(),
        16 => "%E2%82%AC".into(),
        17 => dice.pick(&["%ff", "%C3", "x%80y", "%ed%a0%80"]).into(),
        18 => dice.pick(&["%zz", "%4", "%", "100%", "a+b", "%2", "%%41"]).into(),
        19 => dice.pick(&["report-7", "7.pdf", "pdf.7.pdf", "7:run", "1-2", "--x", "r", "r1", "7@a", ".pdf"]).into(),
        20 => dice.pick(&["v1.0", "v2", "me", "MIXED", "..", "a,b", "say\"hi\"", "=1", ":id", "'"]).into(),
        21 => dice.pick(&["tab\there", "\u{1}", "x\u{7f}", "line\nbreak", "日本", "é", "%0A", "%00"]).into(),
        22 => dice.pick(&["%31%32", "d%65adbee1", "%6De", "projects", "companies"]).into(),
        _ => dice.pick(&["a", "b", "c", "x", "latest", "new"]).into(),
    }
}

fn hex(dice: &mut Dice, length: usize) -> String {
    let alphabet = dice.pick(&[HEX, "0123456789ABCDEF"]);
    dice.text(alphabet, length)
}

/// The same path, or nearly, written oddly.
fn decorate(dice: &mut Dice, path: &str) -> String {
    let mut out = String::new();
    for letter in path.chars() {
        match letter {
            '/' if dice.one_in(20) => out.push_str("//"),
            letter if letter.is_ascii_alphanumeric() && !out.ends_with('%') && dice.one_in(60) && !in_escape(&out) => {
                out.push_str(&format!("%{:02x}", u32::from(letter)));
            }
            letter => out.push(letter),
        }
    }
    if dice.one_in(8) {
        out.push('/');
    }
    match dice.below(10) {
        0 => out + "?page=2&path=/a/b?c#d",
        1 => out + "#part/7",
        2 => out + "?",
        3 if dice.one_in(4) => format!("https://api.example.com:8443{out}"),
        _ => out,
    }
}

/// Whether a percent escape has just begun, so that its second digit stays a digit.
fn in_escape(out: &str) -> bool {
    out.len() >= 2 && out.as_bytes()[out.len() - 2] == b'%'
}
