//! The numbers of texts, in memory: a commit names tens of thousands of apps and routes, and a look-up in the database
//! costs twenty times as much as one here.

use std::hash::Hash;
use std::mem::size_of;

use foldhash::fast::RandomState;
use model::{AppId, RouteKey};
use rusqlite::Transaction;

use crate::Result;

/// How many bytes the apps may take up, by the length of their texts.
const APPS: usize = 8 << 20;

/// How many bytes the routes may take up.
const ROUTES: usize = 6 << 20;

/// How many bytes the companies may take up.
const COMPANIES: usize = 2 << 20;

/// How many bytes the methods may take up; a thousand are kept by name.
const METHODS: usize = 1 << 18;

/// What is known of a text that goes once the days on which it is counted are purged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dated {
    pub(super) number: i64,
    /// The `last_day` that is stored with it.
    pub(super) last_day: i64,
}

/// The numbers of texts as of the last commit. They hold only as long as nobody changed the database since, see
/// [`Known::begin`].
#[derive(Debug)]
pub(super) struct Known {
    pub(super) apps: Table<AppId, i64>,
    pub(super) routes: Table<RouteKey, Dated>,
    pub(super) companies: Table<String, Dated>,
    pub(super) methods: Table<String, i64>,
    /// The version of the data that all this is of; none while that is uncertain.
    version: Option<i64>,
    /// That of the commit that is being made.
    begun: Option<i64>,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            apps: Table::new(APPS),
            routes: Table::new(ROUTES),
            companies: Table::new(COMPANIES),
            methods: Table::new(METHODS),
            version: None,
            begun: None,
        }
    }
}

impl Known {
    /// To be called first in a transaction that asks or adds. Forgets everything if the transaction of the last one
    /// was not committed, or if another process has written since.
    pub(super) fn begin(&mut self, tx: &Transaction<'_>) -> Result<()> {
        // Changes with every commit of another connection, and never with one of this.
        let version: i64 = tx.pragma_query_value(None, "data_version", |row| row.get(0))?;
        if self.version != Some(version) {
            self.forget();
        }
        self.version = None;
        self.begun = Some(version);
        Ok(())
    }

    /// The transaction is committed: what was added to this is in the database.
    pub(super) fn committed(&mut self) {
        self.version = self.begun.take();
    }

    /// To be called where this connection takes texts out of the database.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}

/// Values by text, up to a bound.
#[derive(Debug)]
pub(super) struct Table<K, V> {
    values: std::collections::HashMap<K, V, RandomState>,
    bytes: usize,
    most: usize,
}

impl<K: Text + Eq + Hash, V: Copy> Table<K, V> {
    fn new(most: usize) -> Self {
        Self { values: std::collections::HashMap::default(), bytes: 0, most }
    }

    pub(super) fn get(&self, text: &K) -> Option<V> {
        self.values.get(text).copied()
    }

    /// Empties the table first if this would be too much for it.
    pub(super) fn set(&mut self, text: &K, value: V) {
        if let Some(known) = self.values.get_mut(text) {
            *known = value;
            return;
        }
        // The map's own bytes, and some for the text's allocation.
        let bytes = text.len() + size_of::<(K, V)>() + 16;
        if self.bytes + bytes > self.most {
            self.values.clear();
            self.bytes = 0;
        }
        self.bytes += bytes;
        self.values.insert(text.clone(), value);
    }
}

/// What a [`Table`] has values of.
pub(super) trait Text: Clone {
    /// How many bytes it has.
    fn len(&self) -> usize;
}

impl Text for AppId {
    fn len(&self) -> usize {
        self.as_str().len()
    }
}

impl Text for RouteKey {
    fn len(&self) -> usize {
        self.text.len()
    }
}

impl Text for String {
    fn len(&self) -> usize {
        self.as_str().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_would_grow_too_large_begins_anew() {
        let mut table: Table<String, i64> = Table::new(10 * 1_000);
        for number in 0..1_000 {
            table.set(&number.to_string(), number);
            table.set(&number.to_string(), -number);
            assert_eq!(table.get(&number.to_string()), Some(-number));
            assert!(table.bytes <= 10_000 && table.values.len() <= 200);
        }
        assert_eq!(table.get(&"0".to_owned()), None);
    }
}
