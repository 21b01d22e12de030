//! As much of HTTP as measuring takes: one request after the other over a connection that stays open.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::shell::Failure;

/// An open connection to a server on loopback.
pub(super) struct Connection {
    stream: BufReader<TcpStream>,
    address: String,
}

/// What is asked for.
pub(super) struct Request<'a> {
    pub(super) method: &'a str,
    /// With its query.
    pub(super) path: &'a str,
    /// `Name: value` each.
    pub(super) headers: &'a [String],
    pub(super) body: &'a [u8],
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Connection {
    /// Opens it: `127.0.0.1:PORT`.
    pub(super) fn open(address: &str) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::new(format!("cannot connect to {address}: {error}"));
        let stream = TcpStream::connect(address).map_err(failed)?;
        stream.set_read_timeout(Some(Duration::from_secs(120))).map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        Ok(Self { stream: BufReader::with_capacity(1 << 16, stream), address: address.to_owned() })
    }

    /// Asks and waits for the whole answer, whatever its status.
    pub(super) fn ask(&mut self, request: &Request<'_>) -> Result<Answer, Failure> {
        self.exchange(request).map_err(|error| {
            let Request { method, path, .. } = request;
            Failure::new(format!("cannot {method} `{path}` at {}: {error}", self.address))
        })
    }

    fn exchange(&mut self, request: &Request<'_>) -> std::io::Result<Answer> {
        let Request { method, path, headers, body } = request;
        let more: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n{more}\r\n",
            self.address,
            body.len()
        );
        // In one piece, so that no half of a request waits for an acknowledgement.
        self.stream.get_mut().write_all(&[head.as_bytes(), body].concat())?;
        let status = self.line()?.split(' ').nth(1).and_then(|word| word.parse().ok());
        let status = status.ok_or_else(|| std::io::Error::other("the answer has no status"))?;
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':') {
                headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        let mut answer = Answer { status, headers, body: Vec::new() };
        self.read_body(&mut answer)?;
        Ok(answer)
    }

    fn read_body(&mut self, answer: &mut Answer) -> std::io::Result<()> {
        if answer.header("transfer-encoding") == Some("chunked") {
            loop {
                let size = usize::from_str_radix(&self.line()?, 16).map_err(std::io::Error::other)?;
                self.read_more(size, &mut answer.body)?;
                self.line()?;
                if size == 0 {
                    return Ok(());
                }
            }
        }
        let size = answer.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        self.read_more(size, &mut answer.body)
    }

    fn read_more(&mut self, size: usize, into: &mut Vec<u8>) -> std::io::Result<()> {
        let had = into.len();
        into.resize(had + size, 0);
        self.stream.read_exact(into.get_mut(had..).unwrap_or_default())
    }

    fn line(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}

impl Answer {
    /// The first header of this name, written in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// One field of a form after the other, as `application/x-www-form-urlencoded`.
pub(super) fn form(fields: &[(&str, &str)]) -> String {
    fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// Answers as many requests without a body as there are answers, over one connection.
    fn server(answers: &'static [&'static str]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        std::thread::spawn(move || {
            let mut stream = BufReader::new(listener.accept().unwrap().0);
            for answer in answers {
                let mut line = String::new();
                while line != "\r\n" {
                    line.clear();
                    stream.read_line(&mut line).unwrap();
                }
                stream.get_mut().write_all(answer.as_bytes()).unwrap();
            }
        });
        address
    }

    #[test]
    fn answers_are_read_to_their_end_and_no_further() {
        let address = server(&[
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nSet-Cookie: a=b\r\n\r\nabc",
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n",
        ]);
        let mut connection = Connection::open(&address).unwrap();
        let mut ask = || connection.ask(&Request { method: "GET", path: "/", headers: &[], body: &[] }).unwrap();
        let first = ask();
        assert_eq!((first.status, first.text().as_str(), first.header("set-cookie")), (200, "abc", Some("a=b")));
        let second = ask();
        assert_eq!((second.status, second.body.len()), (204, 0));
        let third = ask();
        assert_eq!((third.status, third.text().as_str()), (404, "def"));
    }

    #[test]
    fn forms_are_encoded() {
        assert_eq!(form(&[("a", "b c"), ("d", "x@y&é")]), "a=b%20c&d=x%40y%26%C3%A9");
    }
}
