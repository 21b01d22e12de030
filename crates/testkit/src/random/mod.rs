//! Random platforms and their traffic, the same for the same seed and present. Days cluster around the day of
//! judgement and numbers around the thresholds, so that every rule is hit from both sides.

mod broken;
mod dice;
mod documents;
mod openapi;
mod paths;
mod record;
mod traffic;
mod yaml;

use jiff::tz::TimeZone;

use crate::case::{Case, Config, Operation, Template};
use crate::reference::time::{day_of, plus};
use dice::Dice;

const ZONES: [&str; 8] = [
    "UTC",
    "UTC",
    "UTC",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "America/St_Johns",
    "Europe/Berlin",
];

/// A platform with its traffic up to `now`, in milliseconds since 1970. No more than a few thousand lines. What is
/// rejected as future lies at least an hour ahead, so that a slow test still finds it rejected.
#[must_use]
pub fn case(seed: u64, now: i64) -> Case {
    let dice = &mut Dice::new(seed);
    let time_zone = dice.pick(&ZONES).to_owned();
    let today = day_of(now, &TimeZone::get(&time_zone).expect("a real zone"));
    let surfaces = documents::surfaces(dice, today);
    let catalog = documents::templates(&surfaces);
    let documents =
        surfaces.iter().enumerate().map(|(number, surface)| openapi::write(dice, number, surface)).collect();
    let mut config = Config { time_zone, ..Config::default() };
    if dice.one_in(2) {
        config.company_header = dice.pick(&["X-Tenant", "Acme-Company"]).into();
        config.exceptions = exceptions(dice, &catalog[1..]);
    }
    let as_of = plus(today, -dice.pick(&[0, 0, 0, 1, 2, 7]));
    let mut case = Case { seed, documents, catalog, config, lines: Vec::new(), now, as_of };
    case.lines = traffic::log(dice, &case);
    case
}

/// Some operations as exceptions from company scope, some of them written with colons, and one that does not exist.
fn exceptions(dice: &mut Dice, templates: &[Template]) -> Vec<String> {
    let mut list = vec!["GET /no/such/{thing}".to_owned()];
    for _ in 0..dice.below(5) {
        if templates.is_empty() {
            break;
        }
        let template = &templates[dice.below(templates.len())];
        let Operation { method, .. } = &template.operations[dice.below(template.operations.len())];
        let mixed = template.path.split('/').any(|segment| {
            segment.contains('{') && !(segment.starts_with('{') && segment.find('}') == Some(segment.len() - 1))
        });
        let path = if mixed || dice.one_in(2) {
            template.path.clone()
        } else {
            template.path.replace('{', ":").replace('}', "")
        };
        list.push(format!("{method} {path}"));
    }
    list
}

#[cfg(test)]
mod tests;
