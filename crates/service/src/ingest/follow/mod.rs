//! Following files: what is appended to them is counted within a second, through rotations and restarts.
//!
//! Files are looked at five times a second, which works on every file system, and read from where they were left. Which
//! file it is is told by its number while it is watched, and by its content (see [`super::identity`]) when it is met anew.
//! One follower reads all files of a process, one after the other, with the same workers; what was read of all of them
//! since the last look is one commit.

mod chunk;
mod file;
mod gone;
mod identify;
mod looking;
mod losing;
mod names;
mod packed;
mod reader;
mod reading;
mod tracked;
mod unpacking;
mod unread;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::{Environment, SourceName};
use store::{PositionStep, SourcePosition, StoreError};
use tokio::runtime::Handle;
use tokio::sync::watch;
use traffic::{Format, FormatOptions};

use crate::{Error, Steadfast};
use chunk::{Chunk, Evident, Lines};
pub(super) use file::read_at;
use file::{FileId, Look};
use losing::Untold;
use names::Names;
pub use names::matching_files;
use reader::Reader;
use tracked::Tracked;
use unread::Wrong;

/// How often files are looked at.
const LOOK: Duration = Duration::from_millis(200);

/// After which pause it is tried again to save what could not be saved, or to open what could not be opened.
const AGAIN: Duration = Duration::from_secs(1);

/// After which pause at most following is begun again.
const AGAIN_AT_MOST: Duration = Duration::from_secs(10);

/// How many kinds of trouble are told once each at most.
const KINDS_TOLD: usize = 100;

/// How many files that are followed are held open at most, but for those that have no name any more.
pub const FOLLOWED_OPEN: usize = 200;

/// A source whose files are followed.
#[derive(Clone, Debug)]
pub struct FollowedSource {
    /// Under which name its calls count as received.
    pub name: SourceName,
    /// Its files: paths, there or not yet, and patterns with `*`, `?`, `**` and `[…]`.
    pub paths: Vec<PathBuf>,
    /// The format of the lines; guessed for each file if not given.
    pub format: Option<Format>,
    /// As in [`super::IngestOptions`].
    pub places: FormatOptions,
    /// The environment of calls that don't name one.
    pub environment: Environment,
}

/// What came of following so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FollowTotals {
    /// Lines that were read and committed.
    pub lines: u64,
    /// Calls of them that were counted.
    pub counted: u64,
    /// Those that could not be used.
    pub rejected: u64,
    /// How many files there are at present.
    pub files: usize,
    /// How many bytes of them are not read yet.
    pub behind: u64,
    /// How often something was found to be lost.
    pub losses: u64,
    /// Whether the last attempt to save failed.
    pub failing: bool,
}

/// Who is told what comes of following.
pub trait Watcher: Send + Sync {
    /// Something worth knowing, such as the format that was guessed.
    fn note(&self, text: &str);
    /// Something that somebody should mend.
    fn warn(&self, text: &str);
    /// How far it has come, after each look.
    fn advance(&self, totals: &FollowTotals);
}

impl Steadfast {
    /// Follows files until `stop` comes, then commits what is read. Errors of single files, and of the store, are told to
    /// the watcher and tried again.
    ///
    /// # Errors
    /// When a pattern can't be read, the time zone is another, or the store fails at the beginning.
    pub async fn follow(
        &self,
        sources: Vec<FollowedSource>,
        threads: usize,
        watcher: Arc<dyn Watcher>,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<FollowTotals, Error> {
        let follower = self.begin_to_follow(sources, threads, watcher).await?;
        stopped_by(stop, |ended| run(follower, ended)).await
    }

    /// The same for as long as it takes: what may pass, such as a store that can't be written at the beginning, or a
    /// breakdown, is told to the watcher, each kind once, and following is begun again.
    ///
    /// # Errors
    /// When a pattern can't be read, the time zone is another, or, with nothing to follow, the store fails.
    pub async fn keep_following(
        &self,
        sources: Vec<FollowedSource>,
        threads: usize,
        watcher: Arc<dyn Watcher>,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<(), Error> {
        if sources.is_empty() {
            // What an earlier run could not read is nobody's any more.
            return Ok(self.store.keep_unread_files(&[]).await?);
        }
        stopped_by(stop, |ended| self.follow_again(sources, threads, watcher, ended)).await
    }

    async fn follow_again(
        &self,
        sources: Vec<FollowedSource>,
        threads: usize,
        watcher: Arc<dyn Watcher>,
        mut ended: watch::Receiver<bool>,
    ) -> Result<(), Error> {
        let (mut told, mut is_held_up, mut pause) = (BTreeSet::new(), false, AGAIN);
        loop {
            let error = match self.begin_to_follow(sources.clone(), threads, Arc::clone(&watcher)).await {
                Ok(follower) => {
                    if std::mem::take(&mut is_held_up) {
                        watcher.note("the files of sources are followed now");
                    }
                    match run(follower, ended.clone()).await {
                        Ok(_) => return Ok(()),
                        Err(error) => error,
                    }
                }
                Err(error @ (Error::Input { .. } | Error::OtherZone { .. })) => return Err(error),
                Err(error) => {
                    is_held_up = true;
                    error
                }
            };
            let text = format!("the files of sources are not followed, which is tried again: {error}");
            if told.len() < KINDS_TOLD && told.insert(text.clone()) {
                watcher.warn(&text);
            }
            if tokio::time::timeout(pause, ended.wait_for(|ended| *ended)).await.is_ok() {
                return Ok(());
            }
            pause = (2 * pause).min(AGAIN_AT_MOST);
        }
    }

    /// A follower that can begin.
    async fn begin_to_follow(
        &self,
        sources: Vec<FollowedSource>,
        threads: usize,
        watcher: Arc<dyn Watcher>,
    ) -> Result<Follower, Error> {
        self.keep_zone().await?;
        Follower::new(self.clone(), sources, threads, watcher)
    }
}

/// Has something work until `stop` comes, and waits for its end.
async fn stopped_by<T, W: Future<Output = T>>(
    stop: impl Future<Output = ()>,
    work: impl FnOnce(watch::Receiver<bool>) -> W,
) -> T {
    // When this future is dropped, so is the sender, and the work ends.
    let (end, ended) = watch::channel(false);
    let mut work = std::pin::pin!(work(ended));
    tokio::select! {
        outcome = &mut work => outcome,
        () = stop => {
            let _ = end.send(true);
            work.await
        }
    }
}

/// Follows on a thread of its own.
async fn run(follower: Follower, ended: watch::Receiver<bool>) -> Result<FollowTotals, Error> {
    tokio::task::spawn_blocking(move || follower.run(ended)).await.map_err(|_| Error::Interrupted)
}

/// Follows all files of a process, on a thread that may block.
struct Follower {
    steadfast: Steadfast,
    watcher: Arc<dyn Watcher>,
    runtime: Handle,
    sources: Vec<FollowedSource>,
    names: Vec<(usize, Names)>,
    /// The paths that are meant, as of the last time that patterns were looked up, with their source.
    paths: BTreeMap<PathBuf, usize>,
    looks: u64,
    /// What lay at each path last.
    homes: HashMap<PathBuf, FileId>,
    files: HashMap<FileId, Tracked>,
    /// Whose the saved positions are.
    rows: HashMap<i64, FileId>,
    /// Files that are open and have a name, the longest unused first.
    open: Vec<FileId>,
    reader: Reader,
    chunk: Chunk,
    evident: Evident,
    /// The files of directories that were listed in this pass.
    listings: HashMap<PathBuf, Arc<Vec<(PathBuf, Look)>>>,
    /// What was told of formats, so that it is told once.
    told: BTreeSet<String>,
    /// What is wrong with paths at present, and was told.
    wrong: BTreeSet<Wrong>,
    /// Which files can't be read, as it was kept last; `None` as long as it was not.
    unread: Option<Vec<Wrong>>,
    totals: FollowTotals,
    /// Whether the catalog of the moment is at hand.
    is_ready: bool,
    /// Whether it was looked for files that went away while nobody watched.
    settled: bool,
    /// Not to look for them again before, if nothing new is met.
    seek_again: Option<Instant>,
    /// Losses that could not be saved.
    untold: Vec<Untold>,
    /// Not to try again before.
    pause: Option<Instant>,
}

impl Follower {
    fn new(
        steadfast: Steadfast,
        sources: Vec<FollowedSource>,
        threads: usize,
        watcher: Arc<dyn Watcher>,
    ) -> Result<Self, Error> {
        let mut names = Vec::new();
        for (number, source) in sources.iter().enumerate() {
            for path in &source.paths {
                let read =
                    Names::read(path).map_err(|message| Error::Input { name: path.display().to_string(), message })?;
                names.push((number, read));
            }
        }
        Ok(Self {
            steadfast,
            watcher,
            runtime: Handle::current(),
            sources,
            names,
            paths: BTreeMap::new(),
            looks: 0,
            homes: HashMap::new(),
            files: HashMap::new(),
            rows: HashMap::new(),
            open: Vec::new(),
            reader: Reader::new(threads.max(1)),
            chunk: Chunk::default(),
            evident: Evident::new(),
            listings: HashMap::new(),
            told: BTreeSet::new(),
            wrong: BTreeSet::new(),
            unread: None,
            totals: FollowTotals::default(),
            is_ready: false,
            settled: false,
            seek_again: None,
            untold: Vec::new(),
            pause: None,
        })
    }

    fn run(mut self, mut ended: watch::Receiver<bool>) -> FollowTotals {
        // An error says that whoever could end it is gone.
        while matches!(ended.has_changed(), Ok(false)) {
            let more = self.pass();
            self.watcher.advance(&self.totals);
            if !more {
                let _ = self.runtime.block_on(async { tokio::time::timeout(LOOK, ended.changed()).await });
                if *ended.borrow() {
                    break;
                }
            }
        }
        self.totals
    }

    /// Looks once at all files, reads what is new, and commits it. Tells whether there is more to do at once.
    fn pass(&mut self) -> bool {
        let now = Instant::now();
        self.look(now);
        if self.pause.is_some_and(|until| now < until) {
            return false;
        }
        let worked = self.work(now);
        self.totals.files = self.files.values().filter(|tracked| tracked.named).count();
        self.totals.behind = self.files.values().map(Tracked::unread).sum();
        match worked {
            Ok(more) => {
                self.pause = None;
                if std::mem::take(&mut self.totals.failing) {
                    self.watcher.note("what could not be saved is saved now");
                }
                more
            }
            Err(error) => {
                self.give_back(matches!(error, Error::Store(StoreError::Conflict)));
                self.pause = Some(now + AGAIN);
                if !std::mem::replace(&mut self.totals.failing, true) {
                    self.watcher
                        .warn(&format!("what was read can't be saved, and is read again until it can: {error}"));
                }
                false
            }
        }
    }

    fn work(&mut self, now: Instant) -> Result<bool, Error> {
        self.is_ready = false;
        self.listings.clear();
        self.save_losses();
        let mut more = self.read_news(now)?;
        more |= self.identify_new(now)?;
        more |= self.read_packed(now)?;
        self.let_go(now)?;
        self.commit()?;
        self.keep_unread()?;
        if !self.settled && !more && self.seek_again.is_none_or(|again| again <= now) {
            self.settled = self.seek_missing()?;
        }
        Ok(more)
    }

    /// Commits what was read, if anything was.
    fn commit(&mut self) -> Result<(), Error> {
        let at = self.steadfast.clock.now();
        let mut saved: Vec<(FileId, PositionStep)> = Vec::new();
        for (id, tracked) in &self.files {
            let Some(place) = tracked.saved_place().filter(|place| place.dirty) else { continue };
            let Some(source) = self.sources.get(tracked.source) else { continue };
            let after = place.position(&tracked.path, &source.name, at);
            if after.offset > 0 {
                saved.push((*id, PositionStep { before: place.saved.clone(), after }));
            }
        }
        let Some((import, catalog)) = self.reader.catalog() else { return Ok(()) };
        if saved.is_empty() && self.chunk.lines == Lines::default() {
            return Ok(());
        }
        let (mut chunk, tallied) = (std::mem::take(&mut self.chunk), self.reader.drain());
        let (lines, reached) = (chunk.lines, chunk.reached());
        chunk.keep_evidence(&self.steadfast, &mut self.evident)?;
        let further = saved.iter().map(|(_, step)| step.clone()).collect();
        self.runtime.block_on(self.steadfast.commit_followed(chunk, tallied, import, catalog, further))?;
        Chunk::settle(&reached, &mut self.evident);
        self.totals.lines += lines.read;
        self.totals.counted += lines.counted;
        self.totals.rejected += lines.rejected;
        for (id, PositionStep { before, after }) in saved {
            let row = match before {
                Some(before) => Ok(before.id),
                None => self.row_of(&after),
            };
            let Ok(row) = row else {
                // It is saved all the same, so it must not be read again: its place is looked up.
                if let Some(tracked) = self.files.get_mut(&id) {
                    tracked.give_back(true);
                }
                continue;
            };
            self.rows.insert(row, id);
            if let Some(place) = self.files.get_mut(&id).and_then(Tracked::saved_place_mut) {
                place.saved = Some(SourcePosition { id: row, ..after });
                place.dirty = false;
            }
        }
        Ok(())
    }

    /// The row in which a position was saved just now.
    fn row_of(&self, saved: &SourcePosition) -> Result<i64, Error> {
        let alike = self.steadfast.store.positions_with_head(saved.head_len, saved.head_digest);
        let alike = self.runtime.block_on(alike)?;
        let row = alike.iter().filter(|row| SourcePosition { id: saved.id, ..(*row).clone() } == *saved);
        row.map(|row| row.id).max().ok_or(Error::Interrupted)
    }

    /// Puts everything back to where it was saved last, since what was read after that can't be; or to where it is
    /// found to be saved, if that is not as it was known (`is_moved`).
    fn give_back(&mut self, is_moved: bool) {
        self.chunk = Chunk::default();
        drop(self.reader.drain());
        for tracked in self.files.values_mut() {
            tracked.give_back(is_moved);
        }
        // A file may have been emptied meanwhile; then nobody else looks for what was not saved of it.
        (self.settled, self.seek_again) = (false, None);
        let files = &self.files;
        self.rows.retain(|_, id| files.get(id).is_some_and(|tracked| tracked.saved_place().is_some()));
    }
}
