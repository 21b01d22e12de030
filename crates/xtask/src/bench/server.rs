//! A server under measurement: started, asked as a browser would over loopback, ended.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::measure::quantile;
use crate::shell::{Failure, spell};

const REQUESTS: usize = 200;
const WARM_UP: usize = 20;
/// A page that is far too slow is not asked for so often.
const LONGEST: Duration = Duration::from_secs(15);
/// A server may make its data before it serves.
const START: Duration = Duration::from_secs(120);

/// A running server; ends with this value.
pub(super) struct Server {
    process: Child,
    /// `127.0.0.1:PORT`.
    address: String,
}

/// What one page took.
pub(super) struct Timed {
    /// Milliseconds, connection included.
    pub(super) half: f64,
    pub(super) most: f64,
    /// The size of the answer, headers included.
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
        let process = command.spawn().map_err(|error| Failure::new(format!("cannot start `{name}`: {error}")))?;
        let mut server = Self { process, address: String::new() };
        let lines = server.lines();
        let until = Instant::now() + START;
        let mut said = String::new();
        while let Ok(line) = lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            if let Some(address) = address_in(&line) {
                server.address = address;
                return Ok(server);
            }
            said.push_str(&line);
            said.push('\n');
        }
        Err(Failure::new(format!("`{name}` did not print its address; it said:\n{said}")))
    }

    /// What it prints, on stdout and stderr, line by line, read to the end so that it never waits for us.
    fn lines(&mut self) -> Receiver<String> {
        let (sender, receiver) = channel();
        let stdout = self.process.stdout.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>);
        let stderr = self.process.stderr.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>);
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
        let mut bytes = 0;
        for _ in 0..WARM_UP {
            bytes = self.get(path, headers)?.len();
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
        Ok(Timed { half, most, bytes, requests })
    }

    fn get(&self, path: &str, headers: &[String]) -> Result<String, Failure> {
        let failed =
            |error: &dyn std::fmt::Display| Failure::new(format!("cannot get `{path}` from {}: {error}", self.address));
        let mut stream = TcpStream::connect(&self.address).map_err(|error| failed(&error))?;
        stream.set_read_timeout(Some(Duration::from_secs(60))).map_err(|error| failed(&error))?;
        let more: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAccept: text/html\r\n{more}Connection: close\r\n\r\n",
            self.address
        );
        stream.write_all(request.as_bytes()).map_err(|error| failed(&error))?;
        let mut answer = Vec::with_capacity(1 << 16);
        stream.read_to_end(&mut answer).map_err(|error| failed(&error))?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        if answer.starts_with("HTTP/1.1 200 ") {
            return Ok(answer);
        }
        Err(failed(&answer.lines().next().unwrap_or("no answer")))
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
