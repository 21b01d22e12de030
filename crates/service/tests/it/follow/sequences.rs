//! Whatever happens to files in whatever order, all lines that were ever written are counted once.

use proptest::prelude::*;

use super::*;

/// What can happen.
#[derive(Clone, Debug)]
enum Event {
    /// So many lines are written, and after a pause in the middle of the last, its rest.
    Lines(usize, bool),
    /// The file is renamed, and made anew with its next line or at once.
    Rename { at_once: bool },
    /// It is copied and emptied, once all of it is read.
    CopyAndEmpty,
    /// The latest rotation is packed.
    Pack,
    /// The latest packed rotation is unpacked, and lies beside it for a moment.
    Unpack,
    /// The follower ends and starts again, with so many lines and maybe a renaming in between.
    Restart(usize, bool),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        5 => (1_usize..40, any::<bool>()).prop_map(|(lines, pause)| Event::Lines(lines, pause)),
        2 => any::<bool>().prop_map(|at_once| Event::Rename { at_once }),
        2 => Just(Event::CopyAndEmpty),
        1 => Just(Event::Pack),
        1 => Just(Event::Unpack),
        2 => (0_usize..20, any::<bool>()).prop_map(|(lines, rename)| Event::Restart(lines, rename)),
    ]
}

/// A log that is written, and its rotations.
struct Log<'a> {
    installation: &'a Installation,
    path: PathBuf,
    written: usize,
    /// How much was written before the file that is written now.
    begun: usize,
}

impl Log<'_> {
    /// Waits until some of the file is read: one that nobody saw under its name is found by a pattern alone.
    async fn seen(&self, following: &Following, before: u64) -> bool {
        let begun = self.begun as u64;
        if self.written as u64 > begun {
            following.until("it is seen", |it| before + it.totals().lines > begun).await;
        }
        self.written as u64 > begun
    }

    fn write(&mut self, count: usize, pause: bool) {
        let text = lines(self.written..self.written + count);
        let (first, rest) = text.split_at(if pause { text.len() - 17 } else { text.len() });
        append(&self.path, first);
        if !rest.is_empty() {
            append(&self.path, rest);
        }
        self.written += count;
    }

    fn rotation(&self, n: usize) -> PathBuf {
        self.installation.path(&format!("access.log.{n}"))
    }

    fn packed(&self) -> Option<(PathBuf, PathBuf)> {
        let both = |n| (PathBuf::from(format!("{}.gz", self.rotation(n).display())), self.rotation(n));
        (1..100).map(both).find(|(packed, plain)| packed.exists() && !plain.exists())
    }

    /// Makes room for a new rotation.
    fn shift(&self) {
        for n in (1..100).rev() {
            for end in ["", ".gz"] {
                let name = |n: usize| PathBuf::from(format!("{}{end}", self.rotation(n).display()));
                if name(n).exists() {
                    fs::rename(name(n), name(n + 1)).unwrap();
                }
            }
        }
    }

    fn rename(&mut self) {
        if self.path.exists() {
            self.shift();
            fs::rename(&self.path, self.rotation(1)).unwrap();
            self.begun = self.written;
        }
    }
}

async fn check(events: Vec<Event>, pattern: &str) {
    println!("{pattern}: {events:?}");
    let installation = Installation::new();
    let mut log = Log { installation: &installation, path: installation.path("access.log"), written: 0, begun: 0 };
    let mut following = Following::start(&installation, &[pattern]);
    let mut before = 0;
    for event in &events {
        match event {
            Event::Lines(count, pause) => log.write(*count, *pause),
            Event::Rename { at_once } => {
                if log.seen(&following, before).await || pattern != "access.log" {
                    log.rename();
                }
                if *at_once {
                    append(&log.path, "");
                }
            }
            Event::CopyAndEmpty if log.path.exists() => {
                following.read(log.written as u64 - before).await;
                log.shift();
                fs::copy(&log.path, log.rotation(1)).unwrap();
                truncate(&log.path);
                log.begun = log.written;
            }
            Event::Pack if log.rotation(2).exists() => {
                following.read(log.written as u64 - before).await;
                gzip(&log.rotation(2));
            }
            Event::Unpack => {
                following.read(log.written as u64 - before).await;
                if let Some((packed, plain)) = log.packed() {
                    let mut text = Vec::new();
                    let mut file = flate2::read::GzDecoder::new(fs::File::open(&packed).unwrap());
                    std::io::Read::read_to_end(&mut file, &mut text).unwrap();
                    fs::write(plain, text).unwrap();
                    following.looks(1).await;
                    fs::remove_file(packed).unwrap();
                }
            }
            Event::Restart(count, rename) => {
                let rename = *rename && (log.seen(&following, before).await || pattern != "access.log");
                before += following.stop().await.lines;
                log.write(*count, false);
                if rename {
                    log.rename();
                }
                following = Following::start(&installation, &[pattern]);
            }
            Event::CopyAndEmpty | Event::Pack => {}
        }
    }
    following.read(log.written as u64 - before).await;
    following.looks(2).await;
    let totals = following.stop().await;
    assert_eq!(before + totals.lines, log.written as u64, "{events:?}");
    assert_eq!((totals.rejected, totals.losses), (0, 0), "{events:?}");
    if log.written > 0 {
        check_count(&installation, log.written as u64).await;
    }
}

proptest! {
    // Each case is several sequences at once, since most of the time is waiting.
    #![proptest_config(ProptestConfig { cases: 4, max_shrink_iters: 8, ..ProptestConfig::default() })]

    #[test]
    fn all_lines_ever_written_are_counted_once(
        sequences in prop::collection::vec(
            (prop::collection::vec(event(), 1..12), prop::sample::select(vec!["access.log", "access.log*"])),
            8,
        ),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let running: Vec<_> =
                sequences.into_iter().map(|(events, pattern)| tokio::spawn(check(events, pattern))).collect();
            for sequence in running {
                sequence.await.unwrap();
            }
        });
    }
}
