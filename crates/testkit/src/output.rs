//! What a process in the background writes, line by line while it runs.

use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The lines of one or more pipes as they come. Pipes are emptied as long as the process lives, so that it never
/// blocks on them.
#[derive(Debug)]
pub(crate) struct Output {
    lines: Mutex<Receiver<String>>,
    text: Arc<Mutex<String>>,
}

impl Output {
    /// Reads the pipes in threads of their own.
    pub(crate) fn of<const N: usize>(pipes: [Box<dyn Read + Send>; N]) -> Self {
        let (sender, lines) = channel();
        let text = Arc::new(Mutex::new(String::new()));
        for pipe in pipes {
            let (sender, text) = (sender.clone(), Arc::clone(&text));
            std::thread::spawn(move || read_lines(pipe, &sender, &text));
        }
        Self { lines: Mutex::new(lines), text }
    }

    /// The first thing that is found in a line not yet looked at; none when the pipes end or `limit` has passed.
    pub(crate) fn find<T>(&self, limit: Duration, look: impl Fn(&str) -> Option<T>) -> Option<T> {
        let start = Instant::now();
        let lines = self.lines.lock().unwrap();
        while let Some(left) = limit.checked_sub(start.elapsed()) {
            let line = lines.recv_timeout(left).ok()?;
            if let Some(found) = look(&line) {
                return Some(found);
            }
        }
        None
    }

    /// All that was written so far.
    pub(crate) fn text(&self) -> String {
        self.text.lock().unwrap().clone()
    }
}

fn read_lines(pipe: Box<dyn Read + Send>, sender: &Sender<String>, text: &Mutex<String>) {
    let mut pipe = BufReader::new(pipe);
    let mut line = Vec::new();
    while pipe.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
        let decoded = String::from_utf8_lossy(&line).into_owned();
        text.lock().unwrap().push_str(&decoded);
        // Nobody may be waiting for lines any more; the pipe is emptied all the same.
        let _ = sender.send(decoded);
        line.clear();
    }
}
