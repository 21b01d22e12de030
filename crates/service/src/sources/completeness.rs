//! Which days are incomplete: the hours of all sources, judged by the rule of [`health`].
//!
//! What it comes to is kept as long as no hour and no loss changed, for a minute at most, since hours are over by and by. While
//! calls come in, hours change all the time: where there are many to judge, it is kept for some seconds whatever changed.
//! Hours are read once; then only those that changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use health::{Declared, Gap, HourlyCalls, IncompleteDays, SourceRecord};
use model::{AppId, Day, DayRange, Hour, SourceName, SourceToken, UnixMillis};
use store::{Loss, SourceSeen, SourceState};

use super::book::{Made, Read};
use crate::{Error, Steadfast};

const MINUTE_MILLIS: i64 = 60_000;

/// With how many hours it takes long to judge them: some milliseconds.
const MANY_HOURS: i64 = 50_000;

/// How long what was made of so many is kept at least, in milliseconds.
const KEPT_MILLIS: i64 = 5_000;

/// What is complete and what is not.
#[derive(Clone, Debug)]
pub struct Completeness {
    /// As of when.
    pub now: UnixMillis,
    /// All sources that are known or declared, by name.
    pub sources: Vec<JudgedSource>,
    /// The days that are over and incomplete.
    pub days: IncompleteDays,
}

/// A source with its gaps.
#[derive(Clone, Debug)]
pub struct JudgedSource {
    /// What is known of it.
    pub record: SourceRecord,
    /// Its gaps as long as hours are kept, by time.
    pub gaps: Vec<Gap>,
    /// The losses that readers know of.
    pub losses: Vec<Loss>,
    /// What the store knows of it; nothing of one that is only declared.
    pub seen: Option<SourceSeen>,
}

impl JudgedSource {
    /// One of which nothing is known but its name.
    pub(super) fn unknown(name: SourceName) -> Self {
        let (declared, hours) = (Declared::default(), HourlyCalls::default());
        let record = SourceRecord { name, declared, first: None, hours, losses: Vec::new(), apps: None };
        Self { record, gaps: Vec::new(), losses: Vec::new(), seen: None }
    }
}

impl Steadfast {
    /// What is complete and what is not, as of now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn completeness(&self) -> Result<Arc<Completeness>, Error> {
        let now = self.clock.now();
        let minute = now.0.div_euclid(MINUTE_MILLIS);
        let fits = |made: &Made, state: SourceState| {
            let is_late = made.is_much && (0..KEPT_MILLIS).contains(&(now.0 - made.completeness.now.0));
            let is_kept = made.revision == state.revision || (is_late && made.revision >= state.reset);
            is_kept && made.minute == minute
        };
        let state = self.store.source_state().await?;
        if let Some(made) = self.source_book.made(|made| fits(made, state)) {
            return Ok(made);
        }
        let mut read = self.source_book.turn().await;
        let state = self.store.source_state().await?;
        if let Some(made) = self.source_book.made(|made| fits(made, state)) {
            return Ok(made);
        }
        if read.revision < state.reset {
            *read = Read::default();
        }
        let changed = self.store.source_hours(read.revision).await?;
        for (source, hour, calls) in changed.hours {
            read.hours.entry(source).or_default().set(hour, calls);
        }
        read.revision = changed.revision;
        let (seen, losses) = (self.store.sources().await?, self.store.losses().await?);
        let (completeness, hours) = self.judge_sources(now, &read, seen, losses, &self.apps_of_sources().await?);
        let completeness = Arc::new(completeness);
        self.source_book.keep(Made {
            revision: changed.revision,
            minute,
            is_much: hours > MANY_HOURS,
            completeness: Arc::clone(&completeness),
        });
        Ok(completeness)
    }

    /// The days of an app among these that are incomplete, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn incomplete_days(&self, app: &AppId, days: DayRange) -> Result<Vec<Day>, Error> {
        Ok(self.completeness().await?.days.of_app(app, days))
    }

    /// The days among these that are incomplete for any app, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn incomplete_days_of_any(&self, days: DayRange) -> Result<Vec<Day>, Error> {
        Ok(self.completeness().await?.days.of_any(days))
    }

    /// The apps of sources that may only send the calls of some.
    async fn apps_of_sources(&self) -> Result<BTreeMap<SourceName, BTreeSet<AppId>>, Error> {
        let declared = self.source_book.declared();
        let by_tokens_alone = |name: &SourceName| declared.get(name).is_none_or(|source| source.ways.is_empty());
        Ok(apps_of(self.store.source_tokens().await?).into_iter().filter(|(name, _)| by_tokens_alone(name)).collect())
    }

    /// What is complete, and how many hours were judged for that.
    fn judge_sources(
        &self,
        now: UnixMillis,
        read: &Read,
        seen: Vec<SourceSeen>,
        losses: Vec<Loss>,
        apps: &BTreeMap<SourceName, BTreeSet<AppId>>,
    ) -> (Completeness, i64) {
        let zone = &self.platform.zone;
        let oldest = zone.day_of(self.oldest(now));
        let since = Hour::of(zone.start_of(oldest));
        let mut seen: BTreeMap<SourceName, SourceSeen> = seen.into_iter().map(|it| (it.name.clone(), it)).collect();
        let mut of_source: BTreeMap<SourceName, Vec<Loss>> = BTreeMap::new();
        for loss in losses {
            of_source.entry(loss.source.clone()).or_default().push(loss);
        }
        let names: BTreeSet<SourceName> = seen.keys().chain(self.source_book.declared().keys()).cloned().collect();
        let judge = |name: SourceName| {
            let (seen, losses) = (seen.remove(&name), of_source.remove(&name).unwrap_or_default());
            let record = SourceRecord {
                declared: self.source_book.declared().get(&name).map(|it| it.declared).unwrap_or_default(),
                first: seen.as_ref().and_then(|seen| seen.first_hour),
                hours: read.hours.get(&name).cloned().unwrap_or_default(),
                losses: losses.iter().map(|loss| (loss.from, loss.until)).collect(),
                apps: apps.get(&name).cloned(),
                name,
            };
            JudgedSource { gaps: record.gaps(since, now), record, losses, seen }
        };
        let sources: Vec<JudgedSource> = names.into_iter().map(judge).collect();
        let hours_of = |record: &SourceRecord| {
            let first = record.first.map_or(Hour::of(now), |first| first.max(since));
            Hour::of(now).epoch_hours() - first.epoch_hours()
        };
        let hours = sources.iter().map(|source| hours_of(&source.record)).sum();
        let judged = DayRange { start: oldest, end: zone.day_of(now).plus(-1) };
        let gaps = sources.iter().map(|source| (&source.record, source.gaps.as_slice()));
        (Completeness { now, days: health::incomplete_days(gaps, zone, judged), sources }, hours)
    }
}

/// The apps of each source whose tokens are all limited to apps. Tokens that are good no more count too: what came with
/// them may be of any of their apps. What comes without the name of a source is of any app, also where there is a token of
/// that name from before they were refused.
fn apps_of(tokens: Vec<SourceToken>) -> BTreeMap<SourceName, BTreeSet<AppId>> {
    let mut apps: BTreeMap<SourceName, Option<BTreeSet<AppId>>> = BTreeMap::new();
    for token in tokens.into_iter().filter(|token| !token.source.is_reserved()) {
        let of_source = apps.entry(token.source).or_insert_with(|| Some(BTreeSet::new()));
        match of_source {
            Some(limited) if !token.apps.is_empty() => limited.extend(token.apps),
            _ => *of_source = None,
        }
    }
    apps.into_iter().filter_map(|(source, apps)| Some((source, apps?))).collect()
}

#[cfg(test)]
mod tests {
    use model::TokenId;

    use super::*;

    #[test]
    fn a_source_is_of_some_apps_if_each_of_its_tokens_is() {
        let token = |source: &str, apps: &[&str]| SourceToken {
            id: TokenId::from_bytes([1; 16]),
            source: source.parse().unwrap(),
            digest: [0; 32],
            hint: String::new(),
            apps: apps.iter().map(|app| app.parse().unwrap()).collect(),
            environments: Vec::new(),
            created_at: UnixMillis(0),
            created_by: None,
            expires_at: None,
            last_used_at: None,
            revoked_at: None,
        };
        let tokens = [
            ("a", &["x", "y"] as &[&str]),
            ("b", &["x"]),
            ("a", &["z"]),
            ("b", &[]),
            ("b", &["q"]),
            ("c", &[]),
            ("files", &["x"]),
        ];
        let apps = apps_of(tokens.map(|(source, apps)| token(source, apps)).to_vec());
        let told: Vec<_> = apps.iter().map(|(source, apps)| (source.as_str(), apps.len())).collect();
        assert_eq!(told, [("a", 3)]);
    }
}
