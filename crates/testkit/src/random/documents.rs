//! Random API surfaces: templates that get into each other's way, operations at every point of their lives.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::dice::Dice;
use crate::case::{Deprecated, Operation, Template};
use crate::reference::time::plus;

/// One document before it is written down.
pub(super) struct Surface {
    /// In front of every path; empty or beginning with a slash.
    pub(super) base: String,
    /// Path within the document, and the methods there.
    pub(super) paths: Vec<(String, Vec<Operation>)>,
}

const WORDS: [&str; 16] = [
    "projects",
    "rfis",
    "companies",
    "me",
    "users",
    "files",
    "drawings",
    "meta",
    "v2",
    "latest",
    "report",
    "a",
    "b",
    "c",
    "Rfis",
    "export.pdf",
];
const NAMES: [&str; 8] = ["id", "project_id", "x", "companyId", "rfi-id", "name", "date", "n"];
const BASES: [&str; 5] = ["", "/rest/v1.0", "/rest/v1.0", "/rest", "/api/v2/"];
const METHODS: [&str; 8] = ["GET", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// One to three documents. The first operation of the first is `GET`, plain and at a path of its own.
pub(super) fn surfaces(dice: &mut Dice, today: Date) -> Vec<Surface> {
    let mut taken = BTreeSet::new();
    let mut grown: Vec<String> = Vec::new();
    let documents = 1 + dice.below(3);
    (0..documents)
        .map(|number| {
            let base = dice.pick(&BASES).to_owned();
            let mut surface = Surface { base, paths: Vec::new() };
            if number == 0 {
                let path = "/plain/{plain_id}/things".to_owned();
                taken.insert((shape(&surface.base, &path), "GET"));
                surface.paths.push((path, vec![Operation::plain("GET")]));
            }
            if dice.one_in(2) {
                add(dice, &mut surface, &mut taken, "/me".into(), today);
                add(dice, &mut surface, &mut taken, "/companies".into(), today);
            }
            for _ in 0..(5 + dice.below(20)) {
                let path = grow(dice, &grown);
                grown.push(path.clone());
                add(dice, &mut surface, &mut taken, path, today);
            }
            surface
        })
        .collect()
}

/// What surfaces say, base paths in front, in the order of their import.
pub(super) fn templates(surfaces: &[Surface]) -> Vec<Template> {
    let full = |surface: &Surface, path: &str| format!("{}{path}", surface.base.trim_end_matches('/'));
    surfaces
        .iter()
        .flat_map(|surface| {
            surface
                .paths
                .iter()
                .map(move |(path, operations)| Template { path: full(surface, path), operations: operations.clone() })
        })
        .collect()
}

type Taken = BTreeSet<(String, &'static str)>;

/// A template without the names of its parameters, to see which operations would be documented twice.
fn shape(base: &str, path: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in format!("{base}/{path}").chars() {
        inside = letter == '{' || (inside && letter != '}');
        if (!inside || letter == '{') && !(letter == '/' && text.ends_with('/')) {
            text.push(letter);
        }
    }
    text.trim_end_matches('/').to_owned()
}

fn add(dice: &mut Dice, surface: &mut Surface, taken: &mut Taken, path: String, today: Date) {
    if surface.paths.iter().any(|(known, _)| *known == path) {
        return;
    }
    let mut operations = Vec::new();
    for _ in 0..=dice.below(4) {
        let method = dice.pick(&METHODS);
        if taken.insert((shape(&surface.base, &path), method)) {
            operations.push(operation(dice, method, today));
        }
    }
    if !operations.is_empty() {
        surface.paths.push((path, operations));
    }
}

fn operation(dice: &mut Dice, method: &str, today: Date) -> Operation {
    let deprecated = match dice.below(6) {
        0 => Deprecated::Always,
        1 => Deprecated::From(plus(today, dice.between(-20, 3))),
        _ => Deprecated::No,
    };
    let sunset = match dice.below(6) {
        0 => Some(plus(today, dice.between(-30, 30))),
        1 | 2 => Some(plus(today, dice.between(75, 92))),
        _ => None,
    };
    Operation {
        deprecated,
        sunset: sunset.filter(|_| deprecated != Deprecated::No || dice.one_in(8)),
        internal: dice.one_in(6),
        company_scoped: !dice.one_in(5),
        ..Operation::plain(method)
    }
}

/// A path, mostly grown from one that is there already, so that many share a beginning.
fn grow(dice: &mut Dice, grown: &[String]) -> String {
    if dice.one_in(40) {
        return "/".into();
    }
    let mut segments: Vec<String> = Vec::new();
    if !grown.is_empty() && !dice.one_in(4) {
        let from = &grown[dice.below(grown.len())];
        segments = from.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect();
        segments.truncate(dice.below(segments.len() + 1));
    }
    for _ in 0..=dice.below(3) {
        segments.push(segment(dice));
    }
    segments.truncate(6);
    let slash = if dice.one_in(12) { "/" } else { "" };
    format!("/{}{slash}", segments.join("/"))
}

fn segment(dice: &mut Dice) -> String {
    let word = dice.pick(&WORDS);
    let name = dice.pick(&NAMES);
    match dice.below(20) {
        0 => format!("{{{name}}}.pdf"),
        1 => format!("report-{{{name}}}"),
        2 => format!("{{{name}}}:run"),
        3 => format!("{{{name}}}-{{to}}"),
        4 => format!("r{{{name}}}"),
        5 => format!("{{{name}}}@{word}"),
        6..=10 => format!("{{{name}}}"),
        _ => word.to_owned(),
    }
}
