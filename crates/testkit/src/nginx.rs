//! A real nginx that answers with chosen statuses and writes two logs of the same requests: one as JSON, one as a
//! `log_format` line.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::http::{self, Connection, Response};
use crate::output::Output;
use crate::{installed, patience};

/// The plain log's `log_format`: `combined`, then the platform's own headers.
pub const LOG_FORMAT: &str = r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_app_id" "$http_procore_company_id" $request_time $request_id"#;

/// The JSON log's `log_format`, for `escape=json`: nginx's variables under their own names.
pub const JSON_FORMAT: &str = r#"{"time_iso8601":"$time_iso8601","msec":"$msec","remote_addr":"$remote_addr","remote_user":"$remote_user","request_method":"$request_method","request_uri":"$request_uri","status":"$status","body_bytes_sent":"$body_bytes_sent","request_time":"$request_time","http_user_agent":"$http_user_agent","http_x_app_id":"$http_x_app_id","http_procore_company_id":"$http_procore_company_id","request_id":"$request_id"}"#;

const PATIENCE: Duration = Duration::from_secs(20);

/// A running nginx.
#[derive(Debug)]
pub struct Nginx {
    binary: PathBuf,
    child: Child,
    output: Output,
    directory: TempDir,
    address: SocketAddr,
}

/// What a stopped nginx leaves behind.
#[derive(Debug)]
pub struct Logs {
    directory: TempDir,
}

impl Logs {
    /// The JSON log.
    #[must_use]
    pub fn json(&self) -> PathBuf {
        self.directory.path().join("json.log")
    }

    /// The log in [`LOG_FORMAT`].
    #[must_use]
    pub fn plain(&self) -> PathBuf {
        self.directory.path().join("plain.log")
    }
}

impl Nginx {
    /// Starts it with a status for each location, written as nginx writes locations: `/x`, `= /x`, `~ ^/x/\d+$`.
    /// Every other path is answered with 200. None where nginx is not installed.
    ///
    /// # Panics
    /// When it does not start, or is missing and everything has to be tested.
    #[must_use]
    pub fn start(answers: &[(&str, u16)]) -> Option<Self> {
        let binary = installed::find("nginx", &["/usr/sbin/nginx"])?;
        // Between finding a free port and listening there, another program may have taken it.
        let started = (0..5).find_map(|_| Self::try_start(&binary, answers));
        Some(started.expect("nginx does not start"))
    }

    fn try_start(binary: &Path, answers: &[(&str, u16)]) -> Option<Self> {
        let directory = TempDir::new().unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        std::fs::write(directory.path().join("nginx.conf"), configuration(directory.path(), address, answers)).unwrap();
        let mut command = invoke(binary, directory.path());
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().expect("nginx can be run");
        let output = Output::of([Box::new(child.stderr.take().unwrap())]);
        let started = output.find(PATIENCE, |line| line.contains("start worker process ").then_some(()));
        if started.is_none() {
            eprintln!("nginx did not start:\n{}", output.text());
            patience::kill(&mut child);
        }
        started.map(|()| Self { binary: binary.to_owned(), child, output, directory, address })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A connection for several requests.
    #[must_use]
    pub fn connect(&self) -> Connection {
        Connection::open(self.address)
    }

    /// One request on a connection of its own.
    #[must_use]
    pub fn request(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> Response {
        http::request(self.address, method, target, headers, &[])
    }

    /// Stops it gracefully, so that both logs are whole.
    ///
    /// # Panics
    /// When it does not stop.
    #[must_use]
    pub fn stop(mut self) -> Logs {
        let status = invoke(&self.binary, self.directory.path()).args(["-s", "quit"]).stderr(Stdio::null()).status();
        assert!(status.expect("nginx can be run").success(), "nginx can't be told to quit:\n{}", self.output.text());
        assert!(patience::exit(&mut self.child, PATIENCE).is_some(), "nginx does not stop:\n{}", self.output.text());
        Logs { directory: std::mem::replace(&mut self.directory, TempDir::new().unwrap()) }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            // Its master ends the workers; killed, it would leave them behind.
            let _ = invoke(&self.binary, self.directory.path()).args(["-s", "stop"]).stderr(Stdio::null()).status();
            if patience::exit(&mut self.child, PATIENCE).is_none() {
                patience::kill(&mut self.child);
            }
        }
    }
}

fn invoke(binary: &Path, directory: &Path) -> Command {
    let mut command = Command::new(binary);
    command.arg("-p").arg(directory).arg("-c").arg(directory.join("nginx.conf"));
    command
}

fn configuration(directory: &Path, address: SocketAddr, answers: &[(&str, u16)]) -> String {
    let directory = directory.display();
    let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary: String = kinds.map(|kind| format!("  {kind}_temp_path {directory}/{kind};\n")).concat();
    let mut locations = String::new();
    for (location, status) in answers {
        locations.push_str(&format!("    location {location} {{ return {status} \"{status}\\n\"; }}\n"));
    }
    if !answers.iter().any(|(location, _)| *location == "/") {
        locations.push_str("    location / { return 200 \"fine\\n\"; }\n");
    }
    format!(
        r"daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
error_log stderr notice;
events {{ worker_connections 256; }}
http {{
{temporary}  log_format as_json escape=json '{JSON_FORMAT}';
  log_format as_line '{LOG_FORMAT}';
  access_log {directory}/json.log as_json;
  access_log {directory}/plain.log as_line;
  merge_slashes off;
  server {{
    listen {address};
{locations}  }}
}}
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_logs_hold_exactly_the_requests_that_were_sent() {
        let Some(nginx) = Nginx::start(&[("/forbidden", 403), ("= /limited", 429), ("~ ^/no/\\d+$", 404)]) else {
            return;
        };
        let headers = [("X-App-Id", "acme \"erp\""), ("Procore-Company-Id", "7"), ("User-Agent", "caf\u{e9}\\x")];
        let mut connection = nginx.connect();
        let status = |response: Response| response.status;
        assert_eq!(status(connection.send("GET", "/forbidden/a%20b?q=1", &headers, &[])), 403);
        assert_eq!(status(connection.send("HEAD", "/limited", &[], &[])), 429);
        assert_eq!(status(connection.send("POST", "/no/12", &headers, b"body")), 404);
        assert_eq!(status(nginx.request("DELETE", "//else/", &[("Authorization", "Basic dTpw")])), 200);
        let logs = nginx.stop();
        let json = std::fs::read_to_string(logs.json()).unwrap();
        let lines: Vec<serde_json::Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let told: Vec<String> = lines
            .iter()
            .map(|line| {
                let part = |key: &str| line[key].as_str().unwrap().to_owned();
                ["request_method", "request_uri", "status", "http_x_app_id", "remote_user"].map(part).join(" ")
            })
            .collect();
        assert_eq!(
            told,
            [
                "GET /forbidden/a%20b?q=1 403 acme \"erp\" ",
                "HEAD /limited 429  ",
                "POST /no/12 404 acme \"erp\" ",
                "DELETE //else/ 200  u",
            ]
        );
        let plain = std::fs::read_to_string(logs.plain()).unwrap();
        assert_eq!(plain.lines().count(), 4);
        assert!(plain.contains(r#""HEAD /limited HTTP/1.1" 429 0 "-" "-" "-" "-" "#), "{plain}");
        assert!(plain.contains(r#""acme \x22erp\x22" "7" "#), "{plain}");
    }

    #[test]
    fn it_goes_with_its_value() {
        if let Some(nginx) = Nginx::start(&[]) {
            let address = nginx.address();
            drop(nginx);
            assert!(std::net::TcpStream::connect(address).is_err());
        }
    }
}
