//! A tiny HTTP/1.1 client: just enough to ask a server under test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A server's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case, in order.
    pub headers: Vec<(String, String)>,
    /// Without any transfer coding.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of this name, written in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All headers of this name, written in lower case, in order.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    /// Where it redirects to, if it does.
    #[must_use]
    pub fn redirect(&self) -> Option<&str> {
        if matches!(self.status, 301 | 302 | 303 | 307 | 308) { self.header("location") } else { None }
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is not JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        let read = serde_json::from_slice(&self.body);
        read.unwrap_or_else(|error| panic!("status {}, not JSON: {error}\n{}", self.status, self.text()))
    }

    /// The same answer, once it is sure that it has this status.
    ///
    /// # Panics
    /// When it has another.
    #[expect(
        clippy::return_self_not_must_use,
        clippy::must_use_candidate,
        reason = "being sure may be all that is wanted"
    )]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{:?}\n{}", self.headers, self.text());
        self
    }
}

/// A connection that is kept open between requests.
#[derive(Debug)]
pub struct Connection {
    address: SocketAddr,
    stream: BufReader<TcpStream>,
}

impl Connection {
    /// Connects to a server.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap_or_else(|error| panic!("no server at {address}: {error}"));
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        Self { address, stream: BufReader::new(stream) }
    }

    /// Sends a request and reads its answer. `target` goes out as it is, whatever it holds.
    ///
    /// # Panics
    /// When the connection breaks or the answer is not HTTP/1.1.
    pub fn send(&mut self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let mut request = format!("{method} {target} HTTP/1.1\r\n");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            request.push_str(&format!("Host: {}\r\n", self.address));
        }
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() || matches!(method, "POST" | "PUT" | "PATCH") {
            request.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        let stream = self.stream.get_mut();
        stream.write_all(&[request.as_bytes(), body].concat()).unwrap();
        self.read(method)
    }

    fn read(&mut self, method: &str) -> Response {
        let line = self.line();
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.unwrap_or_else(|| panic!("not an HTTP status line: {line:?}"));
        let mut response = Response { status, headers: Vec::new(), body: Vec::new() };
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(':') else { break };
            response.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        if method != "HEAD" && !matches!(status, 204 | 304) {
            response.body = self.body(&response);
        }
        response
    }

    fn body(&mut self, response: &Response) -> Vec<u8> {
        let mut body = Vec::new();
        if response.header("transfer-encoding").is_some_and(|coding| coding.contains("chunked")) {
            loop {
                let line = self.line();
                let length = line.split(';').next().and_then(|length| usize::from_str_radix(length.trim(), 16).ok());
                let length = length.unwrap_or_else(|| panic!("not the length of a chunk: {line:?}"));
                body.extend(self.exactly(length));
                self.line();
                if length == 0 {
                    return body;
                }
            }
        }
        match response.header("content-length").and_then(|length| length.parse().ok()) {
            Some(length) => body = self.exactly(length),
            None => drop(self.stream.read_to_end(&mut body).unwrap()),
        }
        body
    }

    fn line(&mut self) -> String {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line).unwrap();
        String::from_utf8_lossy(&line).trim_end().to_owned()
    }

    fn exactly(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes).unwrap();
        bytes
    }
}

/// One `GET` on a connection of its own.
///
/// # Panics
/// As [`Connection::send`].
#[must_use]
pub fn get(address: SocketAddr, target: &str) -> Response {
    request(address, "GET", target, &[], &[])
}

/// One request on a connection of its own.
///
/// # Panics
/// As [`Connection::send`].
#[must_use]
pub fn request(address: SocketAddr, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
    let headers: Vec<_> = headers.iter().copied().chain([("Connection", "close")]).collect();
    Connection::open(address).send(method, target, &headers, body)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn answered(method: &str, answer: &'static str) -> Response {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut stream = BufReader::new(stream);
            let mut line = String::new();
            while stream.read_line(&mut line).unwrap() > 2 {
                line.clear();
            }
            stream.get_mut().write_all(answer.as_bytes()).unwrap();
        });
        let response = request(address, method, "/", &[], &[]);
        server.join().unwrap();
        response
    }

    #[test]
    fn answers_are_read_by_length_by_chunks_and_to_the_end() {
        let sized = answered("GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: b\r\n\r\nhixx");
        assert_eq!((sized.status, sized.text().as_str(), sized.header("x-a")), (200, "hi", Some("b")));
        let chunks = "HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\na;x=1\r\n0123456789\r\n0\r\n\r\n";
        let chunked = answered("GET", chunks);
        assert_eq!((chunked.status, chunked.text().as_str()), (404, "hi0123456789"));
        assert_eq!(answered("GET", "HTTP/1.1 200 OK\r\n\r\nto the end").text(), "to the end");
        assert_eq!(answered("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n").body, b"");
        assert_eq!(answered("GET", "HTTP/1.1 204 No Content\r\n\r\n").status, 204);
    }
}
