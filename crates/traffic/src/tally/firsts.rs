//! What is new in a block, told without its texts: most often nobody needs them.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::SharedSeed;
use foldhash::fast::{FixedState, FoldHasher};
use model::{AppId, Day, Environment};

use super::intern::Interner;

/// A text in 64 bits: the same for equal texts, and as good as never for two, as long as they come from the same hasher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextHash(u64);

/// What makes these. Workers whose [`Firsts`] meet have to share one.
#[derive(Clone, Debug)]
pub struct TextHasher {
    pub(super) seed: u64,
    /// Made of the seed: with those that everybody knows, somebody could write texts that hash alike whatever it is.
    shared: Arc<SharedSeed>,
}

impl TextHasher {
    /// The seed, any number that strangers can't guess, keeps them from writing texts that pass for others or slow down
    /// tables; no result depends on it.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, shared: Arc::new(SharedSeed::from_u64(seed)) }
    }

    /// What a text is in 64 bits.
    #[must_use]
    pub fn hash(&self, text: &str) -> TextHash {
        let mut hasher = FoldHasher::with_seed(self.seed, &self.shared);
        text.hash(&mut hasher);
        TextHash(hasher.finish())
    }
}

/// What a worker met for the first time since it was drained: a route or a company of an app's calls that show a
/// problem, in an environment and on a day. How many of each are kept by name is bounded, and which, depends on the
/// order of the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct First {
    /// Whose calls: that of the app's id, which [`Firsts::app_id`] tells. ([`AppId::UNIDENTIFIED`] for calls without an
    /// app.)
    pub app: TextHash,
    /// Where they were made.
    pub environment: Environment,
    /// On which day.
    pub day: Day,
    /// What is new.
    pub name: Named,
}

/// See [`First`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Named {
    /// An undocumented route, as [`crate::undocumented_route`] makes it.
    Route(TextHash),
    /// A company: at most 200 bytes without control characters.
    Company(TextHash),
}

/// What was new in a block, in the order of its lines, with the apps that it is of. Nothing else has to be known to make
/// sense of it.
#[derive(Clone, Debug, Default)]
pub struct Firsts {
    list: Box<[First]>,
    apps: AppIds,
}

impl Firsts {
    /// These, of apps that are all among `apps`.
    pub(super) fn new(list: &[First], apps: &AppIds) -> Self {
        Self { list: list.into(), apps: apps.clone() }
    }

    /// These, as a worker with that hasher tells them.
    #[must_use]
    pub fn of(news: &[(AppId, Environment, Day, Named)], texts: &TextHasher) -> Self {
        let apps = AppIds::default();
        let first = |(id, environment, day, name): &(AppId, Environment, Day, Named)| {
            let app = texts.hash(id.as_str());
            apps.lock().insert(app, id.clone());
            First { app, environment: *environment, day: *day, name: *name }
        };
        let list = news.iter().map(first).collect();
        Self { list, apps }
    }

    /// In the order of the lines.
    #[must_use]
    pub fn list(&self) -> &[First] {
        &self.list
    }

    /// The id of an app that one of these is of. That takes longer than all else that is done with most of them.
    #[must_use]
    pub fn app_id(&self, app: TextHash) -> AppId {
        self.apps.get(app).unwrap_or_else(AppId::unidentified)
    }
}

/// The apps that a worker met since it was drained. They only become more: so all that is told until then shares them,
/// and what was told once stays good.
#[derive(Clone, Debug, Default)]
pub(super) struct AppIds(Arc<Mutex<Ids>>);

type Ids = HashMap<TextHash, AppId, FixedState>;

impl AppIds {
    /// Adds those that came since the last time.
    pub(super) fn extend(&self, apps: &Interner) {
        let mut ids = self.lock();
        // They come in the order of their numbers.
        for number in (ids.len()..apps.len()).filter_map(|number| u32::try_from(number).ok()) {
            if let (Some(hash), Some(text)) = (apps.hash(number), apps.text(number)) {
                // Decoders let only valid ids through.
                ids.insert(hash, text.parse().unwrap_or_else(|_| AppId::unidentified()));
            }
        }
    }

    fn get(&self, app: TextHash) -> Option<AppId> {
        self.lock().get(&app).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Ids> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
