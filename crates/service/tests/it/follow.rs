//! Following files: everything that is ever written to them is counted once, however they are rotated.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use model::{Environment, SourceName};
use service::{FollowTotals, FollowedSource, Steadfast, Watcher};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use traffic::{Format, FormatOptions};

use crate::installation::{Installation, line};
use crate::meddler::Meddler;

mod beginning;
mod losses;
mod numbers;
mod rotations;
mod sequences;
mod surroundings;
mod unended;
mod unsaved;

/// How long anything is waited for. It comes within a second on a machine that has nothing else to do.
const PATIENCE: Duration = Duration::from_secs(90);

/// Who watches: what was told last.
#[derive(Default)]
struct Watch {
    totals: Mutex<(FollowTotals, u64)>,
    told: Mutex<Vec<String>>,
}

impl Watcher for Watch {
    fn note(&self, text: &str) {
        self.told.lock().unwrap().push(text.to_owned());
    }

    fn warn(&self, text: &str) {
        self.told.lock().unwrap().push(text.to_owned());
    }

    fn advance(&self, totals: &FollowTotals) {
        let mut last = self.totals.lock().unwrap();
        *last = (*totals, last.1 + 1);
    }
}

/// A follower at work.
struct Following {
    watch: Arc<Watch>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<FollowTotals>,
}

impl Following {
    /// Follows files of an installation's folder, in the format of the call record.
    fn start(installation: &Installation, patterns: &[&str]) -> Self {
        Self::start_as(installation, patterns, Some(Format::Steadfast))
    }

    fn start_as(installation: &Installation, patterns: &[&str], format: Option<Format>) -> Self {
        let source = source(installation, SourceName::files(), patterns, format);
        Self::start_all(installation, vec![source])
    }

    /// The same as a server does it, which begins again after what may pass.
    fn keep(steadfast: Steadfast, source: FollowedSource) -> Self {
        let watch = Arc::new(Watch::default());
        let (stop, stopped) = oneshot::channel::<()>();
        let (sources, watcher) = (vec![source], Arc::clone(&watch));
        let task = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            steadfast.keep_following(sources, 2, Arc::clone(&watcher) as _, stopped).await.unwrap();
            watcher.totals.lock().unwrap().0
        });
        Self { watch, stop: Some(stop), task }
    }

    fn start_all(installation: &Installation, sources: Vec<FollowedSource>) -> Self {
        let watch = Arc::new(Watch::default());
        let (stop, stopped) = oneshot::channel::<()>();
        let (steadfast, watcher) = (installation.steadfast.clone(), Arc::clone(&watch));
        let task = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            steadfast.follow(sources, 2, watcher, stopped).await.unwrap()
        });
        Self { watch, stop: Some(stop), task }
    }

    fn totals(&self) -> FollowTotals {
        self.watch.totals.lock().unwrap().0
    }

    fn told(&self) -> Vec<String> {
        self.watch.told.lock().unwrap().clone()
    }

    /// Waits until something holds.
    async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let started = Instant::now();
        while !holds(self) {
            assert!(started.elapsed() < PATIENCE, "{what}: {:?} {:?}", self.totals(), self.told());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until so many lines are read.
    async fn read(&self, lines: u64) {
        self.until(&format!("{lines} lines"), |it| it.totals().lines >= lines).await;
        assert_eq!(self.totals().lines, lines, "{:?}", self.told());
    }

    /// Waits until it has looked so often again.
    async fn looks(&self, count: u64) {
        let before = self.watch.totals.lock().unwrap().1;
        self.until("looks", |it| it.watch.totals.lock().unwrap().1 >= before + count).await;
    }

    async fn stop(mut self) -> FollowTotals {
        drop(self.stop.take());
        self.task.await.unwrap()
    }
}

fn source(installation: &Installation, name: SourceName, patterns: &[&str], format: Option<Format>) -> FollowedSource {
    FollowedSource {
        name,
        paths: patterns.iter().map(|pattern| installation.path(pattern)).collect(),
        format,
        places: FormatOptions::default(),
        environment: Environment::Production,
    }
}

fn lines(range: std::ops::Range<usize>) -> String {
    range.map(|n| line("acme", n, "/a", 200)).collect()
}

fn append(path: &Path, text: impl AsRef<[u8]>) {
    OpenOptions::new().append(true).create(true).open(path).unwrap().write_all(text.as_ref()).unwrap();
}

fn truncate(path: &Path) {
    OpenOptions::new().write(true).open(path).unwrap().set_len(0).unwrap();
}

fn gzip(path: &Path) -> PathBuf {
    let packed = gzip_beside(path);
    fs::remove_file(path).unwrap();
    packed
}

/// As `gzip -k` does.
fn gzip_beside(path: &Path) -> PathBuf {
    let packed = PathBuf::from(format!("{}.gz", path.display()));
    let mut file = flate2::write::GzEncoder::new(fs::File::create(&packed).unwrap(), flate2::Compression::fast());
    file.write_all(&fs::read(path).unwrap()).unwrap();
    file.finish().unwrap();
    packed
}

/// A file that has bytes and that nobody may read, not even the superuser.
fn unreadable() -> &'static Path {
    let path = Path::new("/sys/bus/platform/drivers_probe");
    assert!(fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() > 0), "{path:?}");
    assert!(fs::File::open(path).is_err(), "{path:?} can be read");
    path
}

async fn losses(installation: &Installation) -> Vec<store::Loss> {
    installation.steadfast.store.losses().await.unwrap()
}

/// What the store has counted of the app.
async fn counted(installation: &Installation) -> u64 {
    let report = installation.report("acme").await;
    report.lines().skip(1).filter_map(|row| row.rsplit(',').next()?.trim().parse::<u64>().ok()).sum()
}

async fn check_count(installation: &Installation, expected: u64) {
    assert_eq!(counted(installation).await, expected);
}
