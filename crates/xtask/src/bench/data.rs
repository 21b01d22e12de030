//! The files that are measured on: made once, kept for the day.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::Setting;
use super::lines::{self, Extent};
use super::surface::Surface;
use crate::clock;
use crate::shell::{Failure, io_failure};

/// Rows that the report is measured with: 3,300 operations with one status, and some with a second, on each
/// of 30 days.
pub(super) const REPORT_ROWS: u64 = 100_020;
/// Paths that the matcher is measured with.
const PATHS: u64 = 1_000_000;

/// The big file of traffic.
pub(super) fn traffic(setting: &Setting) -> Result<PathBuf, Failure> {
    traffic_of(setting, "traffic", &Extent::month(setting.lines))
}

/// A file of traffic of some extent; the stem tells it from others.
pub(super) fn traffic_of(setting: &Setting, stem: &str, extent: &Extent) -> Result<PathBuf, Failure> {
    let today = clock::today();
    cached(setting, stem, &format!("{}.ndjson", extent.lines), today, |surface, out| {
        lines::write_traffic(extent, today, surface, out)
    })
}

/// Traffic with a great many rows for one app.
pub(super) fn rows(setting: &Setting) -> Result<PathBuf, Failure> {
    let today = clock::today();
    let write = |surface: &Surface, out: &mut BufWriter<File>| lines::write_rows(REPORT_ROWS, today, surface, out);
    cached(setting, "rows", "1.ndjson", today, write)
}

/// Paths alone.
pub(super) fn paths(setting: &Setting) -> Result<PathBuf, Failure> {
    let write = |surface: &Surface, out: &mut BufWriter<File>| lines::write_paths(PATHS, surface, out);
    cached(setting, "paths", "1.txt", clock::today(), write)
}

/// The OpenAPI document.
pub(super) fn catalog(setting: &Setting) -> Result<PathBuf, Failure> {
    let write = |surface: &Surface, out: &mut BufWriter<File>| writeln!(out, "{:#}", surface.document());
    cached(setting, "catalog", "1.json", clock::today(), write)
}

type Out<'a> = &'a mut BufWriter<File>;

/// The file `STEM-DAY-END`, made unless it is there; those of other days are removed.
fn cached(
    setting: &Setting,
    stem: &str,
    end: &str,
    today: u64,
    write: impl FnOnce(&Surface, Out<'_>) -> std::io::Result<()>,
) -> Result<PathBuf, Failure> {
    let day = format!("{stem}-{}", clock::date(today));
    let path = setting.folder.join(format!("{day}-{end}"));
    if path.is_file() {
        return Ok(path);
    }
    remove_others(&setting.folder, stem, &day);
    eprintln!("making {}", path.display());
    let unfinished = path.with_extension("unfinished");
    let made = File::create(&unfinished).and_then(|file| {
        let mut out = BufWriter::with_capacity(1 << 20, file);
        write(&Surface::new(), &mut out)?;
        out.flush()
    });
    made.and_then(|()| fs::rename(&unfinished, &path)).map_err(|error| io_failure("write", &path, &error))?;
    Ok(path)
}

/// Failing to tidy up is no reason to stop: the worst is a full disk, which says so itself.
fn remove_others(folder: &Path, stem: &str, day: &str) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(&format!("{stem}-")) && !name.starts_with(day) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
