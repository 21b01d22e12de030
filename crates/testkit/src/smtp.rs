//! A real mail server (aiosmtpd) that takes mail for everybody and hands it to the test.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::output::Output;
use crate::{installed, patience};

const SCRIPT: &str = include_str!("smtp.py");

const PATIENCE: Duration = Duration::from_secs(20);

/// How the server protects connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Not at all.
    None,
    /// Asks for STARTTLS before anything else.
    StartTls,
    /// From the first byte.
    Tls,
}

/// A message as it was received.
#[derive(Debug)]
pub struct Received {
    /// The sender of the envelope.
    pub from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// Who signed in.
    pub user: String,
    /// Whether it came through an encrypted connection.
    pub encrypted: bool,
    /// Headers and body.
    pub bytes: Vec<u8>,
}

/// A running mail server on `localhost` that lets one user sign in. It refuses mail to `refused@…` with 550 and mail to
/// `later@…` with 451.
#[derive(Debug)]
pub struct SmtpServer {
    child: Child,
    output: Output,
    directory: TempDir,
    protection: Protection,
    port: u16,
}

impl SmtpServer {
    /// Starts it. None where aiosmtpd is not installed.
    ///
    /// # Panics
    /// When it does not start, or is missing and everything has to be tested.
    #[must_use]
    pub fn start(protection: Protection, user: &str, password: &str) -> Option<Self> {
        installed::find("python3-aiosmtpd", &["/usr/lib/python3/dist-packages/aiosmtpd"])?;
        let python = installed::find("python3", &["/usr/bin/python3"])?;
        let directory = TempDir::new().unwrap();
        let mode = match protection {
            Protection::None => "none",
            Protection::StartTls => "starttls",
            Protection::Tls => "tls",
        };
        if protection != Protection::None {
            certify(&installed::find("openssl", &["/usr/bin/openssl"])?, directory.path());
        }
        // Isolated from the settings of whoever runs the tests, which may be for another Python.
        let mut child = Command::new(python)
            .args(["-I", "-u", "-c", SCRIPT, mode, user, password])
            .current_dir(directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("python can be run");
        let output = Output::of([Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())]);
        let port = output.find(PATIENCE, |line| line.strip_prefix("port ")?.trim().parse().ok());
        let Some(port) = port else {
            patience::kill(&mut child);
            panic!("the mail server does not start:\n{}", output.text());
        };
        Some(Self { child, output, directory, protection, port })
    }

    /// Where it listens on `localhost`.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address for who signs in as `user:password` (percent-encoded).
    #[must_use]
    pub fn url(&self, credentials: &str) -> String {
        let Self { port, .. } = self;
        let authority = self.authority();
        match self.protection {
            Protection::None => format!("smtp://{credentials}@localhost:{port}?tls=none"),
            Protection::StartTls => format!("smtp://{credentials}@localhost:{port}?ca={}", authority.display()),
            Protection::Tls => format!("smtps://{credentials}@localhost:{port}?ca={}", authority.display()),
        }
    }

    /// The certificate, which vouches for itself and is for `localhost`.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.directory.path().join("certificate.pem")
    }

    /// The next message that it takes.
    ///
    /// # Panics
    /// When none comes.
    #[must_use]
    pub fn received(&self) -> Received {
        let message = self.output.find(PATIENCE, |line| {
            let message: Value = serde_json::from_str(line.strip_prefix("mail ")?).ok()?;
            let word = |key: &str| message[key].as_str().unwrap_or_default().to_owned();
            Some(Received {
                from: word("from"),
                to: serde_json::from_value(message["to"].clone()).ok()?,
                user: word("user"),
                encrypted: message["encrypted"] == true,
                // Each byte came as the character of its number.
                bytes: word("bytes").chars().map(|character| u8::try_from(character).unwrap()).collect(),
            })
        });
        message.unwrap_or_else(|| panic!("no mail has come:\n{}", self.output.text()))
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        patience::kill(&mut self.child);
    }
}

fn certify(openssl: &Path, directory: &Path) {
    let made = Command::new(openssl)
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", "key.pem", "-out", "certificate.pem"])
        .current_dir(directory)
        .output()
        .expect("openssl can be run");
    assert!(made.status.success(), "no certificate: {}", String::from_utf8_lossy(&made.stderr));
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn it_greets() {
        let Some(server) = SmtpServer::start(Protection::None, "user", "password") else { return };
        let stream = TcpStream::connect(("localhost", server.port())).unwrap();
        let mut greeting = String::new();
        BufReader::new(stream).read_line(&mut greeting).unwrap();
        assert!(greeting.starts_with("220 "), "{greeting}");
        assert!(server.url("u:p").ends_with("?tls=none"));
    }
}
