//! Looking at files: which there are, what they are called now, and which have changed.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Instant;

use super::Follower;
use super::file::{FileId, Look};
use super::tracked::{State, Tracked};

/// Patterns are looked up at every so many looks.
const EXPAND: u64 = 2;

impl Follower {
    /// Takes note of what lies at all paths that are meant.
    pub(super) fn look(&mut self, now: Instant) {
        if self.looks.is_multiple_of(EXPAND) {
            self.expand();
        }
        self.looks += 1;
        let mut found = Vec::new();
        let mut wrong = BTreeSet::new();
        for (path, source) in &self.paths {
            match Look::at(path) {
                Ok(Some(look)) => {
                    found.push((path.clone(), *source, look));
                }
                Ok(None) if self.names.iter().any(|(_, names)| names.is_path(path)) => {
                    wrong.insert((*source, path.clone(), "it is no file, so it is not followed".to_owned()));
                }
                Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                    wrong.insert((*source, path.clone(), format!("it can't be looked at: {error}; it is tried again")));
                }
                Ok(None) | Err(_) => {}
            }
        }
        // Each is told once, until it is no longer so.
        for (_, path, reason) in wrong.difference(&self.wrong) {
            self.watcher.warn(&format!("`{}`: {reason}", path.display()));
        }
        self.wrong = wrong;
        let lies: HashMap<PathBuf, FileId> = found.iter().map(|(path, _, look)| (path.clone(), look.id)).collect();
        let mut named: HashSet<FileId> = HashSet::new();
        for (path, source, look) in found {
            let last = self.homes.insert(path.clone(), look.id).filter(|last| *last != look.id);
            let last = last.and_then(|last| {
                let tracked = self.files.get_mut(&last)?;
                let was_live = tracked.is_live();
                tracked.left.get_or_insert(now);
                Some((last, was_live))
            });
            let first = named.insert(look.id);
            if let Some(tracked) = self.files.get_mut(&look.id) {
                if first {
                    tracked.seen(look, now);
                    // It keeps its name as long as that leads to it.
                    if lies.get(&tracked.path) != Some(&look.id) {
                        tracked.path = path;
                        tracked.renamed.get_or_insert(now);
                    } else if !tracked.named {
                        tracked.renamed = None;
                    }
                }
                tracked.named = true;
                tracked.missing = None;
                continue;
            }
            let at = self.steadfast.clock.now();
            let mut tracked = Tracked::new(source, path, look, now, at);
            tracked.state = State::New { after: last };
            self.files.insert(look.id, tracked);
            // It may be what is looked for, or lie in its place.
            self.seek_again = None;
        }
        self.look_at_nameless(&named, now);
        if self.looks.is_multiple_of(100) {
            let known: BTreeSet<_> = self.paths.keys().cloned().collect();
            let files = &self.files;
            self.homes.retain(|path, id| known.contains(path) || files.contains_key(id));
        }
    }

    /// Files that have lost their name are looked at through their handle.
    fn look_at_nameless(&mut self, named: &HashSet<FileId>, now: Instant) {
        for (id, tracked) in &mut self.files {
            if named.contains(id) {
                continue;
            }
            if std::mem::take(&mut tracked.named) {
                tracked.renamed.get_or_insert(now);
            }
            if let Some(file) = &tracked.handle
                && let Ok(look) = Look::through(file, &tracked.path)
            {
                tracked.seen(look, now);
            }
        }
    }

    /// Looks up the patterns.
    fn expand(&mut self) {
        self.paths.clear();
        for (source, names) in &self.names {
            let mut paths = BTreeSet::new();
            names.expand_into(&mut paths);
            for path in paths {
                // Of a file that two sources mean, the first is the one.
                self.paths.entry(path).or_insert(*source);
            }
        }
    }
}
