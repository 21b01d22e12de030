//! Questions about days of apps, many at once: in the order in which counts lie, so that neighbours share what is read.

use std::collections::HashMap;

use model::{AppId, Day, Environment};
use rusqlite::Transaction;

use super::apps;
use crate::Result;
use crate::packed::Group;

/// What is asked.
pub(super) struct Asked {
    /// Distinct and in order. Apps that are not there have none.
    pub(super) groups: Vec<Group>,
    /// For each question the place of its group.
    pub(super) places: Vec<Option<usize>>,
}

impl Asked {
    pub(super) fn new(tx: &Transaction<'_>, questions: &[(AppId, Environment, Day)]) -> Result<Self> {
        let mut numbers: HashMap<&AppId, Option<u32>> = HashMap::new();
        let mut asked = Vec::with_capacity(questions.len());
        for (app, environment, day) in questions {
            let number = match numbers.get(app) {
                Some(number) => *number,
                None => *numbers.entry(app).or_insert(apps::number(tx, app)?),
            };
            asked.push(number.map(|number| Group::new(number, *environment, *day)));
        }
        let mut groups: Vec<Group> = asked.iter().copied().flatten().collect();
        groups.sort_unstable();
        groups.dedup();
        let place = |group: Option<Group>| groups.binary_search(&group?).ok();
        let places = asked.into_iter().map(place).collect();
        Ok(Self { groups, places })
    }
}
