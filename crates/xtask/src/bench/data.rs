//! The files that are measured on: made once, kept for the day.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Setting;
use super::lines::{self, Extent};
use super::log_line;
use super::surface::Surface;
use crate::clock;
use crate::shell::{Failure, io_failure, spell, which};

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
    cached(setting, stem, &format!("{}.ndjson", extent.lines), today, |_, out| {
        lines::write_traffic(extent, today, &Surface::of(extent.routes), out)
    })
}

/// The same calls as lines of [`log_line::FORMAT`].
pub(super) fn log(setting: &Setting, lines: u64) -> Result<PathBuf, Failure> {
    let (today, extent) = (clock::today(), Extent::month(lines));
    cached(setting, "log", &format!("{lines}.log"), today, |surface, out| {
        lines::write_traffic(&extent, today, surface, &mut log_line::Translated::into(out))
    })
}

/// The big file packed by a program such as `gzip -6`, whose name is the file's end.
pub(super) fn packed(setting: &Setting, extent: &Extent, program: &[&str], end: &str) -> Result<PathBuf, Failure> {
    let today = clock::today();
    let (name, arguments) = program.split_first().ok_or_else(|| Failure::new("no program to pack with"))?;
    let missing = || Failure::new(format!("`{name}` is missing; on Debian: apt-get install {name}"));
    let program = which(name).ok_or_else(missing)?;
    let stem = format!("packed{end}");
    cached(setting, &stem, &format!("{}.ndjson.{end}", extent.lines), today, |_, out| {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(out.get_ref().try_clone()?);
        let mut child = command.spawn()?;
        let into = child.stdin.take().ok_or(std::io::ErrorKind::BrokenPipe)?;
        let mut into = BufWriter::with_capacity(1 << 20, into);
        lines::write_traffic(extent, today, &Surface::of(extent.routes), &mut into)?;
        drop(into);
        let ended = child.wait()?;
        if ended.success() { Ok(()) } else { Err(std::io::Error::other(format!("`{}`: {ended}", spell(&command)))) }
    })
}

/// Removes a file that is too large to keep.
pub(super) fn remove(file: &Path) -> Result<(), Failure> {
    fs::remove_file(file).map_err(|error| io_failure("remove", file, &error))
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

/// The OpenAPI document of a platform with so many templates.
pub(super) fn catalog_of(setting: &Setting, routes: u64) -> Result<PathBuf, Failure> {
    let write = |_: &Surface, out: &mut BufWriter<File>| writeln!(out, "{:#}", Surface::of(routes).document());
    cached(setting, &format!("routes{routes}"), "1.json", clock::today(), write)
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
