//! Calls that a reader knows to be lost.

use model::{LossReason, SourceName, UnixMillis};
use store::{LOSS_DETAIL, Loss};

use crate::{Error, Steadfast};

impl Steadfast {
    /// Notes that calls of a source are lost which were made between two instants (`from` to before `until`; where they
    /// are the same, or in the wrong order, at `from`). Their days are incomplete from now on. The same loss, noticed
    /// again, is one, and so are losses of one reason that follow on one another. `detail` says what exactly happened, such as
    /// the name of the file; it may be empty, and is cut where it is longer than [`LOSS_DETAIL`].
    ///
    /// # Errors
    /// When the store fails.
    pub async fn record_loss(
        &self,
        source: &SourceName,
        from: UnixMillis,
        until: UnixMillis,
        reason: LossReason,
        detail: &str,
    ) -> Result<(), Error> {
        let detail = detail.get(..detail.floor_char_boundary(LOSS_DETAIL)).unwrap_or_default().to_owned();
        let until = until.max(from.plus_millis(1));
        let loss = Loss { source: source.clone(), from, until, reason, detail, at: self.clock.now() };
        self.store.add_loss(&loss).await?;
        Ok(())
    }
}
