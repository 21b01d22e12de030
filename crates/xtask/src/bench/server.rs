//! A server under measurement: started, asked as a browser would over loopback, ended.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::http::{Answer, Connection, Request};
use super::measure::{memory_of, quantile};
use crate::shell::{Failure, spell};

const REQUESTS: usize = 200;
const WARM_UP: usize = 20;
/// A page that is far too slow is not asked for so often.
const LONGEST: Duration = Duration::from_secs(15);
/// A server may make its data before it serves.
const START: Duration = Duration::from_secs(120);

/// How long is waited for something that a server says once it serves.
const SAYING: Duration = Duration::from_secs(10);

/// A running server; ends with this value.
pub(super) struct Server {
    process: Child,
    /// `127.0.0.1:PORT`.
    pub(super) address: String,
    said: Mutex<Receiver<String>>,
}

/// What one page took.
pub(super) struct Timed {
    /// Milliseconds of the first request of all, connection included.
    pub(super) first: f64,
    /// Milliseconds of the others: the median, and the 99th of a hundred.
    pub(super) half: f64,
    pub(super) most: f64,
    /// The size of the page.
    pub(super) bytes: usize,
    pub(super) requests: usize,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing else to do about it here.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    /// Starts it and waits until it has printed its address.
    pub(super) fn start(mut command: Command) -> Result<Self, Failure> {
        let name = spell(&command);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().map_err(|error| Failure::new(format!("cannot start `{name}`: {error}")))?;
        let said = Mutex::new(Self::lines(&mut process));
        let mut server = Self { process, address: String::new(), said };
        match server.find(START, address_in) {
            Ok(address) => {
                server.address = address;
                Ok(server)
            }
            Err(said) => Err(Failure::new(format!("`{name}` did not print its address; it said:\n{said}"))),
        }
    }

    /// The most memory that it held at a time (resident), for people.
    pub(super) fn peak(&self) -> Result<String, Failure> {
        Ok(format!("{:.0} MB", self.memory("VmHWM")? as f64 / 1e6))
    }

    /// What the kernel says of its memory, in bytes: `VmRSS` now, `VmHWM` at most.
    pub(super) fn memory(&self, line: &str) -> Result<u64, Failure> {
        memory_of(self.process.id(), line).ok_or_else(|| Failure::new("the server has ended by itself"))
    }

    /// The lines that it printed since they were last asked for.
    pub(super) fn new_lines(&self) -> Vec<String> {
        self.said.lock().map(|said| said.try_iter().collect()).unwrap_or_default()
    }

    /// The next line that it prints with this text in it.
    pub(super) fn line(&self, text: &str) -> Result<String, Failure> {
        let with_text = |line: &str| line.contains(text).then(|| line.to_owned());
        self.find(SAYING, with_text)
            .map_err(|said| Failure::new(format!("the server did not print `{text}`; it said:\n{said}")))
    }

    /// What is sought in the next lines, or else these lines.
    fn find<T>(&self, patience: Duration, sought: impl Fn(&str) -> Option<T>) -> Result<T, String> {
        let until = Instant::now() + patience;
        let mut said = String::new();
        let lines = self.said.lock().map_err(|_| String::new())?;
        while let Ok(line) = lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            if let Some(found) = sought(&line) {
                return Ok(found);
            }
            said.push_str(&line);
            said.push('\n');
        }
        Err(said)
    }

    /// What it prints, on stdout and stderr, line by line, read to the end so that it never waits for us.
    fn lines(process: &mut Child) -> Receiver<String> {
        let (sender, receiver) = channel();
        let stdout = process.stdout.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>);
        let stderr = process.stderr.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>);
        for stream in stdout.into_iter().chain(stderr) {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    // Nobody listens any more once the address is known.
                    let _ = sender.send(line);
                }
            });
        }
        receiver
    }

    /// Asks for a page again and again, with headers as `Name: value`.
    pub(super) fn time(&self, path: &str, headers: &[String]) -> Result<Timed, Failure> {
        let began = Instant::now();
        let bytes = self.get(path, headers)?.len();
        let first = began.elapsed().as_secs_f64() * 1e3;
        for _ in 1..WARM_UP {
            self.get(path, headers)?;
            if began.elapsed() > LONGEST / 3 {
                break;
            }
        }
        let began = Instant::now();
        let mut seconds = Vec::with_capacity(REQUESTS);
        while seconds.len() < REQUESTS && (seconds.len() < 3 || began.elapsed() < LONGEST) {
            let began = Instant::now();
            self.get(path, headers)?;
            seconds.push(began.elapsed().as_secs_f64());
        }
        let requests = seconds.len();
        let (half, most) = (quantile(&mut seconds, 0.5) * 1e3, quantile(&mut seconds, 0.99) * 1e3);
        Ok(Timed { first, half, most, bytes, requests })
    }

    /// Milliseconds of one request, connection included.
    pub(super) fn look(&self, path: &str, headers: &[String]) -> Result<f64, Failure> {
        let began = Instant::now();
        self.get(path, headers)?;
        Ok(began.elapsed().as_secs_f64() * 1e3)
    }

    /// Asks over a connection of its own, and gives the answer whatever its status.
    pub(super) fn send(&self, method: &str, path: &str, headers: &[String], body: &[u8]) -> Result<Answer, Failure> {
        Connection::open(&self.address)?.ask(&Request { method, path, headers, body })
    }

    fn get(&self, path: &str, headers: &[String]) -> Result<Vec<u8>, Failure> {
        let answer = self.send("GET", path, headers, &[])?;
        match answer.status {
            200 => Ok(answer.body),
            status => Err(Failure::new(format!("`{path}` at {} answered {status}", self.address))),
        }
    }
}

impl Timed {
    /// `p50 1.00 ms, p99 2.00 ms`.
    pub(super) fn spell(&self) -> String {
        format!("p50 {:.2} ms, p99 {:.2} ms", self.half, self.most)
    }
}

/// The host and port of a URL on loopback in a line.
fn address_in(line: &str) -> Option<String> {
    let rest = line.split_once("http://")?.1;
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':').unwrap_or(rest.len());
    let address = rest[..end].trim_end_matches(['.', ':']);
    address.contains(':').then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_what_a_server_says() {
        assert_eq!(address_in("open http://127.0.0.1:4600/ in a browser"), Some("127.0.0.1:4600".to_owned()));
        assert_eq!(address_in("Portal: http://127.0.0.1:4600."), Some("127.0.0.1:4600".to_owned()));
        assert_eq!(address_in("see https://example.org"), None);
    }
}
