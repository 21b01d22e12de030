//! Where counts come from, and how far behind they are.

use model::UnixMillis;
use store::{BatchSender, CatalogImport, LoggedChange, SourcePosition};

use crate::{Error, Steadfast};

/// Of how many changes of the catalog is told.
const CHANGES: u32 = 50;

/// Where counts come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sources {
    /// Now.
    pub now: UnixMillis,
    /// Files and how far they are read, the last moved first.
    pub positions: Vec<SourcePosition>,
    /// Who sent batches in the last 24 hours, the latest first.
    pub senders: Vec<BatchSender>,
    /// Lines that could not be used since the beginning, by reason, most frequent first.
    pub rejects: Vec<(String, u64)>,
    /// The last import of the catalog.
    pub import: Option<CatalogImport>,
    /// The latest changes of the catalog.
    pub changes: Vec<LoggedChange>,
}

impl Steadfast {
    /// Where counts come from.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sources(&self) -> Result<Sources, Error> {
        let mut positions = self.store.positions().await?;
        positions.sort_by(|a, b| (b.updated_at, &a.path).cmp(&(a.updated_at, &b.path)));
        Ok(Sources {
            now: self.clock.now(),
            positions,
            senders: self.store.batch_senders().await?,
            rejects: self.store.rejects().await?,
            import: self.store.last_import().await?,
            changes: self.store.catalog_changes(CHANGES).await?,
        })
    }
}
