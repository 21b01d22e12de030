//! Overviews that were made, with the revision of the store that they were made of. An overview is a function of that
//! revision, of the day and of the rules: it is used only where all three are the same.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use health::{IncompleteDays, Rules};
use model::Day;

use super::Overview;

/// How many days are kept: today, and those that people look back to.
const DAYS: usize = 4;

/// The overviews that were used last. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct OverviewCache {
    /// The last used last.
    kept: Arc<Mutex<Vec<Kept>>>,
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Whether one is made while the one before is shown.
    renewing: Arc<AtomicBool>,
    /// Those with incomplete days, the last used last.
    marked: Arc<Mutex<Vec<Marked>>>,
}

/// An overview with the incomplete days of its apps.
#[derive(Clone, Debug)]
struct Marked {
    plain: Arc<Overview>,
    incomplete: IncompleteDays,
    marked: Arc<Overview>,
}

#[derive(Clone, Debug)]
struct Kept {
    revision: i64,
    rules: Rules,
    overview: Arc<Overview>,
    /// When it was made.
    made_at: Instant,
    /// How long it took to make.
    took: Duration,
}

/// Says that an overview is made, as long as it is there.
pub(super) struct Renewing(Arc<AtomicBool>);

impl Drop for Renewing {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl OverviewCache {
    /// The overview of this day and revision, or of a later revision.
    pub(super) fn at(&self, as_of: Day, rules: &Rules, revision: i64) -> Option<Arc<Overview>> {
        self.since(as_of, rules, revision).map(|(_, overview)| overview)
    }

    /// The overview of this day, if it was made at `oldest` or later, and its revision.
    pub(super) fn since(&self, as_of: Day, rules: &Rules, oldest: i64) -> Option<(i64, Arc<Overview>)> {
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let place = all.iter().position(|kept| kept.overview.as_of == as_of && kept.rules == *rules)?;
        let kept = all.remove(place);
        let found = (kept.revision >= oldest).then(|| (kept.revision, Arc::clone(&kept.overview)));
        all.push(kept);
        found
    }

    /// The overview of this day, how old it is, and how long it took to make.
    pub(super) fn last(&self, as_of: Day, rules: &Rules) -> Option<(Arc<Overview>, Duration, Duration)> {
        let all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.iter().find(|kept| kept.overview.as_of == as_of && kept.rules == *rules)?;
        Some((Arc::clone(&kept.overview), kept.made_at.elapsed(), kept.took))
    }

    /// Says that one is made, unless somebody said so before.
    pub(super) fn begin_renewing(&self) -> Option<Renewing> {
        let others = self.renewing.swap(true, Ordering::AcqRel);
        (!others).then(|| Renewing(Arc::clone(&self.renewing)))
    }

    /// Keeps an overview that was begun to be made at this moment.
    pub(super) fn keep(&self, revision: i64, rules: &Rules, overview: Arc<Overview>, begun: Instant) {
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|kept| kept.overview.as_of != overview.as_of || kept.rules != *rules);
        if all.len() == DAYS {
            all.remove(0);
        }
        all.push(Kept { revision, rules: *rules, overview, made_at: Instant::now(), took: begun.elapsed() });
    }

    /// An overview with the incomplete days of its apps; `make` makes it where it is not kept.
    pub(super) fn marked(
        &self,
        plain: &Arc<Overview>,
        incomplete: &IncompleteDays,
        make: impl FnOnce() -> Overview,
    ) -> Arc<Overview> {
        let mut all = self.marked.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |kept: &Marked| Arc::ptr_eq(&kept.plain, plain) && kept.incomplete == *incomplete;
        let found = all.iter().position(is_it).map(|place| all.remove(place));
        let found = found.unwrap_or_else(|| {
            all.retain(|kept| kept.marked.as_of != plain.as_of);
            Marked { plain: Arc::clone(plain), incomplete: incomplete.clone(), marked: Arc::new(make()) }
        });
        let marked = Arc::clone(&found.marked);
        if all.len() == DAYS {
            all.remove(0);
        }
        all.push(found);
        marked
    }

    /// Waits until nobody else makes an overview.
    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }
}
