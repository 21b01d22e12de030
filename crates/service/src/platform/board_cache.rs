//! The board that was made last, with the revision of the store and the import of the catalog that it was made of.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use model::{AppId, Day};
use store::{FlaggedUse, ListState};

use super::Board;

/// The board that was made last. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct BoardCache {
    kept: Arc<Mutex<Option<Kept>>>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Clone, Debug)]
struct Kept {
    import: Option<i64>,
    uses: Arc<Uses>,
    board: Arc<Board>,
}

/// The flagged calls of all apps that have any.
#[derive(Clone, Debug, Default)]
pub(super) struct Uses {
    pub(super) revision: i64,
    /// As of which day recent calls are added up.
    pub(super) as_of: Option<Day>,
    pub(super) by_app: BTreeMap<AppId, Arc<Vec<FlaggedUse>>>,
}

impl BoardCache {
    /// The board of this day, import and revision.
    pub(super) fn at(&self, as_of: Day, import: Option<i64>, state: ListState) -> Option<Arc<Board>> {
        let kept = self.last()?;
        let same = kept.board.as_of == as_of && kept.import == import && kept.uses.revision >= state.revision;
        (same && state.dirty == (kept.board.waiting > 0)).then_some(kept.board)
    }

    /// What a board of this day was made of, at `oldest` or later.
    pub(super) fn since(&self, as_of: Day, oldest: i64) -> Option<Uses> {
        let kept = self.last()?;
        (kept.uses.as_of == Some(as_of) && kept.uses.revision >= oldest).then(|| (*kept.uses).clone())
    }

    pub(super) fn keep(&self, import: Option<i64>, uses: Uses, board: Arc<Board>) {
        let kept = Kept { import, uses: Arc::new(uses), board };
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
    }

    /// Waits until nobody else makes a board.
    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    fn last(&self) -> Option<Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
