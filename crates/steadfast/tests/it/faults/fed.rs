//! A server that is fed over HTTP by senders who expect it to fail.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;
use testkit::client::Client;
use testkit::program::{Program, Server};

use crate::cast::Call;
use crate::people::{self, Portal};

/// Where calls are sent to.
pub(super) const PATH: &str = "/api/v1/calls";

/// The longest that any answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A data directory with a token for sending calls.
pub(super) struct Fed {
    pub(super) program: Program,
    pub(super) sender: Sender,
}

/// Who sends calls.
#[derive(Clone)]
pub(super) struct Sender {
    token: String,
}

/// An answer to a batch.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Fed {
    /// With an operator and a token. Nothing serves it yet.
    pub(super) fn new() -> Self {
        Self::with("")
    }

    /// The same with this configuration.
    pub(super) fn with(configuration: &str) -> Self {
        let portal = Portal::start_with(configuration);
        let token = people::token(&mut portal.operator(), &["calls:write", "apps:read"]);
        let Portal { mut server, program, .. } = portal;
        server.running().terminate();
        assert_eq!(server.running().exit(PATIENCE), Some(true), "{}", server.running().output());
        Self { program, sender: Sender { token } }
    }

    /// Serves it.
    pub(super) fn serve(&self) -> Server {
        self.program.serve(&["serve", "--listen", "127.0.0.1:0"])
    }

    /// A client that shows the token.
    pub(super) fn client(&self, server: &Server) -> Client {
        server.client().with_token(&self.sender.token)
    }

    /// All calls of the app of [`calls`] that are counted, by the report.
    pub(super) fn counted(&self) -> u64 {
        counted(&self.program, Call::default().app)
    }
}

/// All calls of an app that its report counts.
pub(super) fn counted(program: &Program, app: &str) -> u64 {
    let report = program.run(&["report", app, "--days", "40"]);
    if report.code != Some(0) && report.stderr().contains(app) {
        return 0;
    }
    sum(&report.succeeded().stdout())
}

/// The sum of the last column of a report.
pub(super) fn sum(report: &str) -> u64 {
    report.lines().skip(1).map(|row| row.rsplit(',').next().unwrap().parse::<u64>().unwrap()).sum()
}

/// A batch of calls unlike that of any other number.
pub(super) fn batch(number: usize, calls: usize) -> Vec<u8> {
    let path = |call: usize| format!("/things/{number}?call={call}");
    let line = |call: usize| Call { path: &path(call), ..Call::default() }.line();
    (0..calls).map(line).collect::<String>().into_bytes()
}

impl Sender {
    /// Sends a batch of lines. An error is a connection that broke, and says nothing of what became of the batch.
    pub(super) fn send(&self, to: SocketAddr, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Answer> {
        let mut stream = self.begin(to, headers, body.len())?;
        // An answer may come before all is sent, and is the one that counts then.
        let sent = stream.write_all(body);
        match (Answer::read(&mut stream), sent) {
            (Ok(answer), _) => Ok(answer),
            (Err(error), _) => Err(error),
        }
    }

    /// Sends the head of a batch and leaves the body to the caller.
    pub(super) fn begin(&self, to: SocketAddr, headers: &[(&str, &str)], length: usize) -> io::Result<TcpStream> {
        self.begin_as(to, headers, &format!("Content-Length: {length}"))
    }

    /// The same with another word on how long the body is.
    pub(super) fn begin_as(&self, to: SocketAddr, headers: &[(&str, &str)], length: &str) -> io::Result<TcpStream> {
        let mut stream = TcpStream::connect(to)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut head = format!("POST {PATH} HTTP/1.1\r\nHost: {to}\r\nAuthorization: Bearer {}\r\n", self.token);
        if !headers.iter().any(|(name, _)| *name == "Content-Type") {
            head.push_str("Content-Type: application/x-ndjson\r\n");
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("{length}\r\nConnection: close\r\n\r\n"));
        stream.write_all(head.as_bytes())?;
        Ok(stream)
    }
}

impl Answer {
    /// Reads an answer to its end.
    pub(super) fn read(stream: &mut TcpStream) -> io::Result<Self> {
        let mut stream = BufReader::new(stream);
        let line = line(&mut stream)?;
        let status = line.split(' ').nth(1).and_then(|word| word.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
        let mut answer = Self { status, headers: Vec::new(), body: Vec::new() };
        while let Some((name, value)) = self::line(&mut stream)?.split_once(':') {
            answer.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let length = answer.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        answer.body = vec![0; length];
        stream.read_exact(&mut answer.body)?;
        Ok(answer)
    }

    /// A header by its name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What an accepted batch is told.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The number of calls that are acknowledged.
    pub(super) fn accepted(&self) -> u64 {
        assert_eq!(self.status, 200, "{}", self.text());
        self.json()["accepted"].as_u64().unwrap()
    }

    /// Makes sure that the batch is refused for now: with a status that says so, when to come again, and a sentence.
    pub(super) fn assert_refused_for_now(&self) {
        assert!(matches!(self.status, 429 | 503), "{}: {}", self.status, self.text());
        assert!(self.header("retry-after").is_some_and(|after| after.parse::<u32>().is_ok()), "{:?}", self.headers);
        assert!(self.json()["detail"].as_str().is_some_and(|sentence| sentence.len() > 10), "{}", self.text());
    }
}

fn line(stream: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}
