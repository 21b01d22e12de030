//! Real gateways in the background, each with a folder of its own.

use std::fs::File;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::encoding::to_base64_url;
use crate::output::Output;
use crate::{installed, patience};

/// What is pinned of the gateways that Debian doesn't have.
const PIN: &str = include_str!("../assets/gateways/requirements.txt");

/// How long one may take to start or to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// A gateway program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// nginx, from Debian.
    Nginx,
    /// HAProxy, from Debian.
    HaProxy,
    /// Caddy, from Debian, 2.6.
    Caddy,
    /// Caddy as it is today.
    NewCaddy,
    /// Traefik.
    Traefik,
    /// Envoy.
    Envoy,
}

impl Program {
    /// Where it is; none where it isn't installed, which is told then.
    ///
    /// # Panics
    /// When it is missing and everything has to be tested.
    #[must_use]
    pub fn find(self) -> Option<PathBuf> {
        let pinned = |name: &str| installed::checker("gateways", PIN, &format!("venv/bin/{name}"));
        match self {
            Self::Nginx => installed::find("nginx", &["/usr/sbin/nginx"]),
            Self::HaProxy => installed::find("haproxy", &["/usr/sbin/haproxy"]),
            Self::Caddy => installed::find("caddy", &["/usr/bin/caddy"]),
            Self::NewCaddy => pinned("caddy"),
            Self::Traefik => pinned("traefik"),
            Self::Envoy => pinned("envoy"),
        }
    }
}

/// A running gateway. Its standard output goes into the file `stdout` of its folder. It is killed when the value goes.
#[derive(Debug)]
pub struct Gateway {
    child: Child,
    output: Output,
}

/// A free port of this machine, at least at the moment.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// A folder for a gateway's files.
///
/// # Panics
/// When there is no room.
#[must_use]
pub fn folder() -> TempDir {
    TempDir::new().unwrap()
}

impl Gateway {
    /// Starts a program in a folder and waits until it takes connections at an address.
    ///
    /// # Panics
    /// When it doesn't.
    #[must_use]
    pub fn start(binary: &Path, arguments: &[&str], folder: &Path, address: SocketAddr) -> Self {
        let stdout = File::create(folder.join("stdout")).unwrap();
        let mut command = Command::new(binary);
        command.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(stdout).stderr(Stdio::piped());
        command.env("HOME", folder).env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
        let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
        let output = Output::of([Box::new(child.stderr.take().unwrap()) as Box<_>]);
        let mut gateway = Self { child, output };
        let up = patience::retry(PATIENCE, || {
            let ended = matches!(gateway.child.try_wait(), Ok(Some(_)));
            (ended || TcpStream::connect(address).is_ok()).then_some(!ended)
        });
        let told = std::fs::read_to_string(folder.join("stdout")).unwrap_or_default();
        assert_eq!(up, Some(true), "{} doesn't start:\n{told}\n{}", binary.display(), gateway.output.text());
        gateway
    }

    /// What it wrote on standard error.
    #[must_use]
    pub fn told(&self) -> String {
        self.output.text()
    }

    /// Sends it a signal: `TERM`, `QUIT`, `USR1`.
    ///
    /// # Panics
    /// When there is no process any more.
    pub fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        let sent = Command::new("/bin/sh").args(["-c", &kill]).status().expect("a shell can be run");
        assert!(sent.success(), "there is no process {}:\n{}", self.child.id(), self.told());
    }

    /// Ends it by a signal and waits until it has ended.
    ///
    /// # Panics
    /// When it doesn't end.
    pub fn stop(mut self, signal: &str) {
        self.signal(signal);
        assert!(patience::exit(&mut self.child, PATIENCE).is_some(), "it doesn't end:\n{}", self.told());
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            // Politely first: a master that is killed leaves its workers behind.
            self.signal("TERM");
            if patience::exit(&mut self.child, Duration::from_secs(10)).is_none() {
                patience::kill(&mut self.child);
            }
        }
    }
}

/// A key pair for tokens, made by `openssl`.
#[derive(Debug)]
pub struct TokenKey {
    folder: TempDir,
}

impl TokenKey {
    /// A new one; none where `openssl` isn't installed.
    ///
    /// # Panics
    /// When it can't be made.
    #[must_use]
    pub fn new() -> Option<Self> {
        installed::find("openssl", &["/usr/bin/openssl"])?;
        let key = Self { folder: TempDir::new().unwrap() };
        key.openssl(&["genrsa", "-out", "private.pem", "2048"], &[]);
        key.openssl(&["rsa", "-in", "private.pem", "-pubout", "-out", "public.pem"], &[]);
        Some(key)
    }

    fn openssl(&self, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        std::fs::write(self.folder.path().join("input"), input).unwrap();
        let mut command = Command::new("/usr/bin/openssl");
        let output = command.args(arguments).current_dir(self.folder.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// The public key as PEM.
    ///
    /// # Panics
    /// When it is gone.
    #[must_use]
    pub fn public_pem(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("public.pem")).unwrap()
    }

    /// The public key as a JSON Web Key Set.
    ///
    /// # Panics
    /// When `openssl` tells it in another way than usual.
    #[must_use]
    pub fn jwks(&self) -> String {
        let told = self.openssl(&["rsa", "-in", "private.pem", "-noout", "-modulus"], &[]);
        let told = String::from_utf8(told).unwrap();
        let hex = told.trim().strip_prefix("Modulus=").expect("a modulus").to_ascii_lowercase();
        let bytes: Vec<u8> =
            (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
        let modulus = to_base64_url(&bytes);
        serde_json::json!({"keys": [{"kty": "RSA", "alg": "RS256", "kid": "k", "n": modulus, "e": "AQAB"}]}).to_string()
    }

    /// A token with these claims, signed with RS256.
    ///
    /// # Panics
    /// When it can't be signed.
    #[must_use]
    pub fn sign(&self, claims: &serde_json::Value) -> String {
        let head = to_base64_url(br#"{"alg":"RS256","typ":"JWT","kid":"k"}"#);
        let text = format!("{head}.{}", to_base64_url(claims.to_string().as_bytes()));
        let signature = self.openssl(&["dgst", "-sha256", "-sign", "private.pem", "input"], text.as_bytes());
        format!("{text}.{}", to_base64_url(&signature))
    }
}
