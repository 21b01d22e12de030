//! Which files can't be read, and why: kept in the store, where whoever looks at their source finds it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use store::UnreadFile;

use super::Follower;
use crate::Error;

/// How many are kept at most; the log has all.
const MOST: usize = 1_000;

/// What is wrong with a path that is meant: the number of the source, the path, and why it can't be read.
pub(super) type Wrong = (usize, PathBuf, String);

fn as_told((source, path, reason): &Wrong) -> (usize, &Path, &str) {
    (*source, path, reason)
}

impl Follower {
    /// Keeps which files can't be read at present, where that has changed.
    pub(super) fn keep_unread(&mut self) -> Result<(), Error> {
        let troubled = self.files.values().filter(|tracked| tracked.named);
        let troubled = troubled.filter_map(|it| Some((it.source, it.path.as_path(), it.trouble.as_ref()?.0.as_str())));
        let wrong = self.wrong.iter().map(as_told);
        let unread: BTreeSet<(usize, &Path, &str)> = troubled.chain(wrong).collect();
        let unread: Vec<_> = unread.into_iter().take(MOST).collect();
        if self.unread.as_ref().is_some_and(|kept| kept.iter().map(as_told).eq(unread.iter().copied())) {
            return Ok(());
        }
        let owned = |(source, path, reason): (usize, &Path, &str)| (source, path.to_owned(), reason.to_owned());
        let unread: Vec<Wrong> = unread.into_iter().map(owned).collect();
        let file = |(source, path, reason): &Wrong| {
            let source = self.sources.get(*source)?.name.clone();
            Some(UnreadFile { source, path: path.display().to_string(), reason: reason.clone() })
        };
        let files: Vec<UnreadFile> = unread.iter().filter_map(file).collect();
        self.runtime.block_on(self.steadfast.store.keep_unread_files(&files))?;
        self.unread = Some(unread);
        Ok(())
    }
}
