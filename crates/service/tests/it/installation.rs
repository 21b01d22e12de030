//! An installation in a temporary directory, with a clock that stands still.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use model::{AppId, Environment, PlatformZone, Random, SourceName, UnixMillis};
use secrets::{CsrfKey, Parameters, Passwords, SealKey};
use service::{
    Accounts, Batch, BatchShape, Batches, BoardCache, DocumentFile, Doors, ImportOutcome, IngestOptions, IngestOutcome,
    Input, OverviewCache, Permission, Platform, Progress, RejectsFile, SignUp, SourceBook, SourceReading, Steadfast,
    SurfaceCache,
};
use store::sqlite::SqliteStore;
use tempfile::TempDir;
use traffic::{Format, FormatOptions};

/// The present of these tests: 2026-11-20 13:45:12 UTC.
pub(crate) const NOW: i64 = 1_795_182_312_000;

/// The time of the first [`line`]: 2026-11-19 10:00:00 UTC.
pub(crate) const FIRST_LINE: i64 = NOW - (27 * 3_600 + 45 * 60 + 12) * 1_000;

/// An installation and the folder that holds its state and its logs.
pub(crate) struct Installation {
    pub(crate) steadfast: Steadfast,
    folder: TempDir,
}

pub(crate) struct Silent;

impl Progress for Silent {
    fn advance(&self, _packed: u64, _lines: u64) {}
}

impl Installation {
    pub(crate) fn new() -> Self {
        Self::at(NOW, PlatformZone::utc())
    }

    pub(crate) fn at(now: i64, zone: PlatformZone) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let steadfast = Steadfast {
            platform: Platform {
                name: "Test".to_owned(),
                zone,
                company_header: "Procore-Company-Id".to_owned(),
                company_header_exceptions: vec!["GET /rest/v1.0/me".to_owned(), "GET /rest/v1.0/companies".to_owned()],
                manifest_rules: Arc::default(),
            },
            rules: health::Rules::default(),
            retention_days: 400,
            store: Arc::new(SqliteStore::open(&folder.path().join("steadfast.db")).unwrap()),
            rejects: RejectsFile::within(folder.path()),
            clock: Arc::new(UnixMillis(now)),
            random: Arc::new(Counting::default()),
            accounts: Self::accounts(),
            surfaces: SurfaceCache::default(),
            overviews: OverviewCache::default(),
            boards: BoardCache::default(),
            batches: Batches::default(),
            source_book: SourceBook::default(),
        };
        Self { steadfast, folder }
    }

    fn accounts() -> Accounts {
        Accounts {
            public_url: "http://localhost:8080".to_owned(),
            sign_up: SignUp::Open,
            passwords: Passwords::new(Parameters::WEAK).unwrap(),
            seal_key: SealKey::from_bytes([7; 32]),
            csrf_key: CsrfKey::from_bytes([8; 32]),
            doors: Doors::default(),
            mailer: Arc::new(mail::Outbox::default()),
        }
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file in the folder.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) async fn import(&self, documents: &[(&str, &str)]) -> ImportOutcome {
        let files: Vec<DocumentFile> = documents
            .iter()
            .map(|(name, text)| DocumentFile { name: (*name).to_owned(), bytes: text.as_bytes().to_vec() })
            .collect();
        self.steadfast.import_catalog(&files, false).await.unwrap()
    }

    pub(crate) async fn ingest(&self, path: &Path) -> IngestOutcome {
        self.ingest_with(path, 3).await
    }

    pub(crate) async fn ingest_with(&self, path: &Path, threads: usize) -> IngestOutcome {
        self.run(path, Format::Steadfast, threads).await.unwrap()
    }

    pub(crate) async fn ingest_as(&self, path: &Path, format: Format) -> IngestOutcome {
        self.run(path, format, 2).await.unwrap()
    }

    /// Without a format that is named.
    pub(crate) async fn ingest_guessing(&self, path: &Path) -> IngestOutcome {
        self.run(path, None, 2).await.unwrap()
    }

    pub(crate) async fn try_ingest(&self, path: &Path) -> Result<IngestOutcome, service::Error> {
        self.run(path, Format::Steadfast, 2).await
    }

    async fn run(
        &self,
        path: &Path,
        format: impl Into<Option<Format>>,
        threads: usize,
    ) -> Result<IngestOutcome, service::Error> {
        let options = IngestOptions {
            source: SourceName::files(),
            format: format.into(),
            places: FormatOptions::default(),
            environment: Environment::Production,
            threads,
        };
        let outcome = self.steadfast.ingest(&Input::File(path.to_owned()), &options, &Silent).await?;
        assert_eq!(outcome.lines, outcome.counted + outcome.rejected.total(), "every line counts somewhere");
        Ok(outcome)
    }

    /// The report of an app as of today.
    pub(crate) async fn report(&self, app: &str) -> String {
        let app: AppId = app.parse().unwrap();
        let csv = self.steadfast.report_csv(&app, self.steadfast.today(), 30).await.unwrap();
        String::from_utf8(csv).unwrap()
    }
}

/// A batch of these lines by one sender.
pub(crate) fn batch(body: impl Into<Vec<u8>>, key: Option<&str>) -> Batch {
    Batch {
        body: body.into(),
        shape: BatchShape::LinesOrArray,
        environment: Environment::Production,
        key: key.map(str::to_owned),
        sender: "token-1".to_owned(),
        source: SourceName::http(),
        reading: SourceReading::default(),
        permission: Permission::default(),
    }
}

/// Bytes from a counter, mixed (splitmix64): different each time, and the same in every run.
#[derive(Default)]
struct Counting(AtomicU64);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// One log line of yesterday.
pub(crate) fn line(app: &str, n: usize, path: &str, status: u16) -> String {
    let (minute, second) = (n / 60 % 60, n % 60);
    format!(
        "{{\"time\":\"2026-11-19T10:{minute:02}:{second:02}Z\",\"app\":\"{app}\",\"method\":\"GET\",\"path\":\"{path}\",\
         \"status\":{status},\"company_header\":\"1\",\"request_id\":\"{n:08}\"}}\n"
    )
}
