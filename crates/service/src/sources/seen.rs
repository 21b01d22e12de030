//! Sources as people look at them: when each was last heard of, what came of what was expected, and what did not.

use std::collections::{BTreeMap, BTreeSet};

use health::{Declared, Gap, HourState};
use model::{Hour, SourceName, SourceWay, TokenId, UnixMillis};
use store::{Loss, UnreadFile};

use super::completeness::JudgedSource;
use crate::{BatchSender, CatalogImport, Error, LoggedChange, SourcePosition, Steadfast};

/// Of how many hours is told, the present one included.
pub const SOURCE_HOURS: u16 = 48;

/// Of how many changes of the catalog is told.
const CHANGES: u32 = 50;

/// Where counts come from.
#[derive(Clone, Debug)]
pub struct Sources {
    /// Now.
    pub now: UnixMillis,
    /// All that are known or declared, by name.
    pub sources: Vec<SourceView>,
    /// Files and how far they are read, the last moved first.
    pub positions: Vec<SourcePosition>,
    /// Who sent batches over HTTP in the last 24 hours, the latest first.
    pub senders: Vec<BatchSender>,
    /// Lines that could not be used since the beginning, by reason, most frequent first, those of before sources were told
    /// apart included.
    pub rejects: Vec<(String, u64)>,
    /// The last import of the catalog.
    pub import: Option<CatalogImport>,
    /// The latest changes of the catalog.
    pub changes: Vec<LoggedChange>,
}

/// A source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceView {
    /// Its name.
    pub name: SourceName,
    /// How its calls come in, as far as that is known: as is declared, over HTTP where it has a token that is good, and as
    /// they came last.
    pub ways: BTreeSet<SourceWay>,
    /// From where, as the configuration says; empty where it says nothing.
    pub from: String,
    /// What is expected of it.
    pub declared: Declared,
    /// The time of its latest call.
    pub last_call: Option<UnixMillis>,
    /// When lines of it were last counted or rejected.
    pub last_received: Option<UnixMillis>,
    /// All its calls that were ever counted.
    pub calls: u64,
    /// All its lines that were ever rejected, by reason, most frequent first.
    pub rejects: Vec<(String, u64)>,
    /// Those of the last 24 hours.
    pub rejects_today: Vec<(String, u64)>,
    /// The last [`SOURCE_HOURS`] hours, oldest first.
    pub hours: Vec<HourState>,
    /// Its gaps as long as hours are kept, oldest first; losses among them.
    pub gaps: Vec<Gap>,
    /// What readers know to be lost, oldest first.
    pub losses: Vec<Loss>,
    /// Its files that can't be read, by path.
    pub unread: Vec<UnreadFile>,
}

impl SourceView {
    /// How old its latest call is, in milliseconds.
    #[must_use]
    pub fn age_millis(&self, now: UnixMillis) -> Option<i64> {
        self.last_call.map(|at| now.0.saturating_sub(at.0).max(0))
    }

    /// How long after it was made its latest call can have come at most, in milliseconds: how far behind the source runs.
    #[must_use]
    pub fn lag_millis(&self) -> Option<i64> {
        let (call, received) = (self.last_call?, self.last_received?);
        Some(received.0.saturating_sub(call.0).max(0))
    }

    /// The calls received in the last `hours` hours, the present one included.
    #[must_use]
    pub fn received(&self, hours: usize) -> u64 {
        self.last(hours).map(|hour| hour.received).sum()
    }

    /// The calls expected in those of the last `hours` hours whose time is up; `None` where nothing was expected of any.
    #[must_use]
    pub fn expected(&self, hours: usize) -> Option<u64> {
        let over = self.last(hours).filter(|hour| hour.over);
        over.filter_map(|hour| hour.expected).fold(None, |sum, expected| Some(sum.unwrap_or(0) + expected))
    }

    /// The calls received in those of the last `hours` hours of which calls were expected and whose time is up.
    #[must_use]
    pub fn received_of_expected(&self, hours: usize) -> u64 {
        self.last(hours).filter(|hour| hour.over && hour.expected.is_some()).map(|hour| hour.received).sum()
    }

    /// The lines rejected in the last 24 hours.
    #[must_use]
    pub fn rejected_today(&self) -> u64 {
        self.rejects_today.iter().map(|(_, lines)| lines).sum()
    }

    /// Whether more than a tenth of what came in the last 24 hours was rejected: lines by when they were read, calls by
    /// their own time.
    #[must_use]
    pub fn is_much_rejected(&self) -> bool {
        let rejected = self.rejected_today();
        rejected.saturating_mul(10) > self.received(24).saturating_add(rejected)
    }

    fn last(&self, hours: usize) -> impl Iterator<Item = &HourState> {
        self.hours.iter().rev().take(hours)
    }
}

impl Steadfast {
    /// All sources of traffic, by name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn source_views(&self) -> Result<Vec<SourceView>, Error> {
        let now = self.clock.now();
        let completeness = self.completeness().await?;
        let mut rejects: BTreeMap<SourceName, Vec<(String, u64)>> = BTreeMap::new();
        for (source, reason, lines) in self.store.source_rejects(Hour::of(now).plus(-23)).await? {
            rejects.entry(source).or_default().push((reason, lines));
        }
        let mut unread: BTreeMap<SourceName, Vec<UnreadFile>> = BTreeMap::new();
        for file in self.store.unread_files().await? {
            unread.entry(file.source.clone()).or_default().push(file);
        }
        let tokens = self.store.source_tokens().await?.into_iter().filter(|token| token.is_good(now));
        let with_token: BTreeSet<SourceName> = tokens.map(|token| token.source).collect();
        let view = |source: &JudgedSource| {
            let declared = self.source_book.declared().get(&source.record.name);
            let seen = source.seen.as_ref();
            let declared_ways = declared.into_iter().flat_map(|it| it.ways.iter().copied());
            let by_token = with_token.contains(&source.record.name).then_some(SourceWay::Http);
            SourceView {
                name: source.record.name.clone(),
                ways: declared_ways.chain(by_token).chain(seen.and_then(|seen| seen.way)).collect(),
                from: declared.map(|it| it.from.clone()).unwrap_or_default(),
                declared: source.record.declared,
                last_call: seen.and_then(|seen| seen.last_call),
                last_received: seen.and_then(|seen| seen.last_received),
                calls: seen.map_or(0, |seen| seen.calls),
                rejects: seen.map(|seen| seen.rejects.clone()).unwrap_or_default(),
                rejects_today: rejects.get(&source.record.name).cloned().unwrap_or_default(),
                hours: source.record.last_hours(SOURCE_HOURS, now),
                gaps: source.gaps.clone(),
                losses: source.losses.clone(),
                unread: unread.get(&source.record.name).cloned().unwrap_or_default(),
            }
        };
        // A file that can't be read may be the first thing that is known of a source.
        let known: BTreeSet<&SourceName> = completeness.sources.iter().map(|source| &source.record.name).collect();
        let met: Vec<JudgedSource> =
            unread.keys().filter(|name| !known.contains(name)).cloned().map(JudgedSource::unknown).collect();
        let mut views: Vec<SourceView> = completeness.sources.iter().chain(&met).map(view).collect();
        views.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(views)
    }

    /// Where counts come from.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sources(&self) -> Result<Sources, Error> {
        let mut positions = self.store.positions().await?;
        positions.sort_by(|a, b| (b.updated_at, &a.path).cmp(&(a.updated_at, &b.path)));
        let mut senders = self.store.batch_senders().await?;
        // What comes by syslog is committed as batches too, whose senders are no tokens.
        senders.retain(|sender| sender.sender.parse::<TokenId>().is_ok());
        Ok(Sources {
            now: self.clock.now(),
            sources: self.source_views().await?,
            positions,
            senders,
            rejects: self.store.rejects().await?,
            import: self.store.last_import().await?,
            changes: self.store.catalog_changes(CHANGES).await?,
        })
    }
}
