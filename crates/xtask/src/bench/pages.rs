//! How long the server takes for a health page, asked as a browser would, over loopback.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Setting;
use super::measure::quantile;
use super::table::{Table, thousands};
use crate::shell::{self, Failure};

const REQUESTS: usize = 200;
const WARM_UP: usize = 20;
/// The demo makes its 30 days of traffic before it serves.
const START: Duration = Duration::from_secs(120);

pub(super) fn run(setting: &Setting, table: &mut Table) -> Result<(), Failure> {
    let data = setting.fresh("pages")?;
    let began = Instant::now();
    let demo = Demo::start(setting, &data)?;
    table.add("`demo` from start to address", format!("{:.1} s", began.elapsed().as_secs_f64()), "seconds");

    let list = shell::output(setting.steadfast(&["apps", "--format", "json"], &data).stderr(Stdio::null()))?;
    let list: Value =
        serde_json::from_str(&list).map_err(|error| Failure::new(format!("`apps --format json`: {error}")))?;
    let (app, calls) =
        busiest(&list).ok_or_else(|| Failure::new(format!("`apps --format json` names no app with calls: {list}")))?;
    let pages = [
        ("list of apps".to_owned(), "/".to_owned()),
        (
            format!("health page of the busiest app (`{app}`, {} calls)", thousands(calls)),
            format!("/apps/{app}/health"),
        ),
    ];
    for (what, path) in pages {
        let (mut seconds, bytes) = demo.time(&path)?;
        let (half, most) = (quantile(&mut seconds, 0.5) * 1e3, quantile(&mut seconds, 0.99) * 1e3);
        let what = format!("{what}, {} kB, {REQUESTS} requests", bytes / 1_000);
        table.add(&what, format!("p50 {half:.2} ms, p99 {most:.2} ms"), if path == "/" { "" } else { "under 20 ms" });
    }
    Ok(())
}

/// The app with the most calls, wherever the list keeps its id.
fn busiest(list: &Value) -> Option<(String, u64)> {
    let apps = list.as_array().or_else(|| list.get("apps")?.as_array())?;
    let entry = |app: &Value| {
        let id = app.get("id").or_else(|| app.pointer("/app/id"))?.as_str()?;
        Some((id.to_owned(), app.get("calls")?.as_u64()?))
    };
    apps.iter().filter_map(entry).max_by_key(|(_, calls)| *calls)
}

/// A running demo; ends with this value.
struct Demo {
    process: Child,
    /// `127.0.0.1:PORT`.
    address: String,
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing else to do about it here.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Demo {
    fn start(setting: &Setting, data: &std::path::Path) -> Result<Self, Failure> {
        let mut command = setting.steadfast(&["demo", "--listen", "127.0.0.1:0"], data);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let process = command.spawn().map_err(|error| Failure::new(format!("cannot start the demo: {error}")))?;
        let mut demo = Self { process, address: String::new() };
        let lines = demo.lines();
        let until = Instant::now() + START;
        let mut said = String::new();
        while let Ok(line) = lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            if let Some(address) = address_in(&line) {
                demo.address = address;
                return Ok(demo);
            }
            said.push_str(&line);
            said.push('\n');
        }
        Err(Failure::new(format!("the demo did not print its address; it said:\n{said}")))
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

    /// Seconds of each of the requests, connection included, and the size of the page.
    fn time(&self, path: &str) -> Result<(Vec<f64>, usize), Failure> {
        let mut bytes = 0;
        for _ in 0..WARM_UP {
            bytes = self.get(path)?.len();
        }
        let mut seconds = Vec::with_capacity(REQUESTS);
        for _ in 0..REQUESTS {
            let began = Instant::now();
            self.get(path)?;
            seconds.push(began.elapsed().as_secs_f64());
        }
        Ok((seconds, bytes))
    }

    fn get(&self, path: &str) -> Result<String, Failure> {
        let failed =
            |error: &dyn std::fmt::Display| Failure::new(format!("cannot get `{path}` from {}: {error}", self.address));
        let mut stream = TcpStream::connect(&self.address).map_err(|error| failed(&error))?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).map_err(|error| failed(&error))?;
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {}\r\nAccept: text/html\r\nConnection: close\r\n\r\n", self.address);
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
    use serde_json::json;

    #[test]
    fn the_address_is_found_in_what_the_demo_says() {
        assert_eq!(address_in("open http://127.0.0.1:4600/ in a browser"), Some("127.0.0.1:4600".to_owned()));
        assert_eq!(address_in("Portal: http://127.0.0.1:4600."), Some("127.0.0.1:4600".to_owned()));
        assert_eq!(address_in("see https://example.org"), None);
    }

    #[test]
    fn the_busiest_app_is_found() {
        let list =
            json!([{"app": {"id": "a"}, "calls": 3}, {"app": {"id": "b"}, "calls": 9}, {"id": "c", "calls": null}]);
        assert_eq!(busiest(&list), Some(("b".to_owned(), 9)));
        assert_eq!(busiest(&json!({"apps": [{"id": "x", "calls": 1}]})), Some(("x".to_owned(), 1)));
        assert_eq!(busiest(&json!([])), None);
    }
}
