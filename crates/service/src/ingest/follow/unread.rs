//! Which files can't be read, and why: kept in the store, where whoever looks at their source finds it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use store::UnreadFile;

use super::Follower;
use crate::Error;

/// How many are kept at most; the log has all.
const MOST: usize = 1_000;

/// What is wrong with a path that is meant: the number of the source, the path, and why it can't be read.
pub(super) type Wrong = (usize, PathBuf, String);

impl Follower {
    /// Keeps which files can't be read at present, where that has changed.
    pub(super) fn keep_unread(&mut self) -> Result<(), Error> {
        let troubled = self.files.values().filter(|tracked| tracked.named);
        let troubled = troubled.filter_map(|it| Some((it.source, &it.path, &it.trouble.as_ref()?.0)));
        let wrong = self.wrong.iter().map(|(source, path, reason)| (*source, path, reason));
        let unread: BTreeSet<UnreadFile> = troubled
            .chain(wrong)
            .filter_map(|(source, path, reason)| {
                let source = self.sources.get(source)?.name.clone();
                Some(UnreadFile { source, path: path.display().to_string(), reason: reason.clone() })
            })
            .collect();
        if self.unread.as_ref() != Some(&unread) {
            let kept: Vec<UnreadFile> = unread.iter().take(MOST).cloned().collect();
            self.runtime.block_on(self.steadfast.store.keep_unread_files(&kept))?;
            self.unread = Some(unread);
        }
        Ok(())
    }
}
