//! Log files as servers keep them: appended to all the time, rotated every minute, the older ones packed and removed.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::clock;
use crate::shell::{Failure, io_failure};

/// How often a file is rotated.
const ROTATION: Duration = Duration::from_secs(60);
/// How many lines are written at once is what falls due in this time.
const TICK: Duration = Duration::from_millis(100);
/// How many rotated files stay.
const KEPT: u32 = 5;

/// How a file is rotated.
#[derive(Clone, Copy)]
pub(super) enum Rotation {
    /// Renamed; a new one takes its place.
    Rename,
    /// Copied, then emptied.
    CopyAndTruncate,
}

/// A file that is written to.
pub(super) struct Followed {
    path: PathBuf,
    rotation: Rotation,
    lines_a_second: u64,
    rotated: u32,
}

impl Followed {
    pub(super) fn new(path: PathBuf, rotation: Rotation, lines_a_second: u64) -> Self {
        Self { path, rotation, lines_a_second, rotated: 0 }
    }

    /// Writes until it is told to stop. Returns how many lines there were.
    #[expect(clippy::disallowed_methods, reason = "a steady rate is what it is for")]
    pub(super) fn write(mut self, stop: &AtomicBool) -> Result<u64, Failure> {
        let began = Instant::now();
        let (mut written, mut due) = (0, began + ROTATION);
        let mut file = self.open()?;
        while !stop.load(Ordering::Relaxed) {
            if Instant::now() > due {
                due += ROTATION;
                file = self.rotate(file)?;
            }
            let until = (began.elapsed().as_secs_f64() * self.lines_a_second as f64) as u64;
            let mut text = Vec::new();
            let now = clock::unix_seconds();
            for number in written..until {
                line(number, now, &mut text);
            }
            file.write_all(&text).map_err(|error| io_failure("write", &self.path, &error))?;
            written = until.max(written);
            std::thread::sleep(TICK);
        }
        Ok(written)
    }

    fn open(&self) -> Result<File, Failure> {
        let opened = OpenOptions::new().append(true).create(true).open(&self.path);
        opened.map_err(|error| io_failure("open", &self.path, &error))
    }

    fn numbered(&self, number: u32, end: &str) -> PathBuf {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.path.with_file_name(format!("{name}.{number}{end}"))
    }

    fn rotate(&mut self, file: File) -> Result<File, Failure> {
        self.rotated += 1;
        let to = self.numbered(self.rotated, "");
        let failed = |error: std::io::Error| io_failure("rotate", &self.path, &error);
        let file = match self.rotation {
            Rotation::Rename => {
                fs::rename(&self.path, &to).map_err(failed)?;
                self.open()?
            }
            Rotation::CopyAndTruncate => {
                fs::copy(&self.path, &to).map_err(failed)?;
                file.set_len(0).map_err(failed)?;
                file
            }
        };
        // The one before is packed, an old one goes.
        if self.rotated > 1 {
            let gzip = Command::new("gzip").arg("-f").arg(self.numbered(self.rotated - 1, "")).status();
            if !gzip.is_ok_and(|status| status.success()) {
                return Err(Failure::new("`gzip` failed; see above"));
            }
        }
        if self.rotated > KEPT {
            let old = self.numbered(self.rotated - KEPT, ".gz");
            fs::remove_file(&old).map_err(|error| io_failure("remove", &old, &error))?;
        }
        Ok(file)
    }
}

/// A call of this moment.
fn line(number: u64, now: u64, into: &mut Vec<u8>) {
    let status = [200, 200, 200, 201, 204, 404, 403, 200, 200, 429][(number % 10) as usize];
    let (app, id) = (1_000 + number * 7 % 300, number * 7_919 % 100_000);
    // The writing is to memory.
    let _ = writeln!(
        into,
        "{{\"time\":{now},\"app\":\"app-{app}\",\"method\":\"GET\",\"path\":\"/rest/v1.0/projects/{id}/budget_items\",\
         \"status\":{status},\"company_header\":\"5000037\",\"request_id\":\"{number}\"}}"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_whole_records() {
        let mut text = Vec::new();
        line(3, 1_795_182_312, &mut text);
        let record: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!((record["status"].as_u64(), record["app"].as_str()), (Some(201), Some("app-1021")));
        assert!(text.ends_with(b"\n"));
    }

    #[test]
    fn rotated_files_have_numbers() {
        let followed = Followed::new(PathBuf::from("/x/one.log"), Rotation::Rename, 1);
        assert_eq!(followed.numbered(2, ".gz"), PathBuf::from("/x/one.log.2.gz"));
    }
}
