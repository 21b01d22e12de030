//! A real OpenID Connect provider: npm's `oidc-provider`, run by Node. Any login is somebody there, whatever the
//! password: `ada` is the subject `ada` with the verified address `ada@example.com`. The address of a login that begins
//! with `unverified` is not verified.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::json;

use crate::http::{self, Response};
use crate::installed::{self, EVERYTHING};
use crate::output::Output;
use crate::patience;

/// Node needs its time on a busy machine, the keys included.
const START: Duration = Duration::from_secs(60);
/// A sign-in takes a handful of redirects.
const MOST_REDIRECTS: usize = 20;

/// What the provider is made of, in the order in which it is written.
const FILES: [(&str, &str); 3] = [
    ("package.json", include_str!("../assets/oidc-provider/package.json")),
    ("package-lock.json", include_str!("../assets/oidc-provider/package-lock.json")),
    ("server.mjs", include_str!("../assets/oidc-provider/server.mjs")),
];

/// A running provider with one client. It ends with its value.
#[derive(Debug)]
pub struct OidcProvider {
    /// The provider's name and address: `http://127.0.0.1:PORT`.
    pub issuer_url: String,
    /// The client's name.
    pub client_id: String,
    /// The client's secret. It holds characters that have to be escaped.
    pub client_secret: String,
    process: Child,
    _output: Output,
}

/// In what providers differ.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// How ID tokens are signed: `RS256`, `PS256` or `ES256`.
    pub algorithm: &'static str,
    /// Whether name and address are in the ID token. By the standard they are in the user information alone.
    pub claims_in_token: bool,
}

impl Default for Manner {
    fn default() -> Self {
        Self { algorithm: "RS256", claims_in_token: false }
    }
}

impl OidcProvider {
    /// Starts it; browsers may come back to these addresses. None where Node or npm is not installed, or npm can't
    /// install the provider.
    ///
    /// # Panics
    /// When it does not start, or something is missing and everything has to be tested.
    #[must_use]
    pub fn start(redirect_uris: &[&str]) -> Option<Self> {
        Self::start_with(redirect_uris, Manner::default())
    }

    /// The same for a provider that differs from others in this.
    ///
    /// # Panics
    /// As [`OidcProvider::start`].
    #[must_use]
    pub fn start_with(redirect_uris: &[&str], manner: Manner) -> Option<Self> {
        let node = installed::find("nodejs", &["/usr/bin/node", "/usr/local/bin/node"])?;
        let npm = installed::find("npm", &["/usr/bin/npm", "/usr/local/bin/npm"])?;
        let folder = install(&npm)?;
        let (client_id, client_secret) = ("portal".to_owned(), "only:for tests+%/&=?".to_owned());
        let mut command = Command::new(node);
        command.arg("server.mjs").current_dir(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("node can be run");
        let output = Output::of([Box::new(process.stdout.take().unwrap()), Box::new(process.stderr.take().unwrap())]);
        let configuration = json!({
            "client_id": client_id, "client_secret": client_secret, "redirect_uris": redirect_uris,
            "algorithm": manner.algorithm, "claims_in_token": manner.claims_in_token,
        });
        // Its input stays open as long as the value lives: when that ends, however it ends, so does the provider.
        writeln!(process.stdin.as_mut().unwrap(), "{configuration}").unwrap();
        let issuer_url = output.find(START, |line| Some(line.strip_prefix("listening as ")?.trim().to_owned()));
        let Some(issuer_url) = issuer_url else {
            patience::kill(&mut process);
            panic!("the provider does not start:\n{}", output.text());
        };
        Some(Self { issuer_url, client_id, client_secret, process, _output: output })
    }

    /// Signs in by plain HTTP as a person does in a browser, and agrees to everything. The address to which the
    /// provider then sends the browser back, with its parameters.
    ///
    /// # Panics
    /// When the provider shows something unexpected.
    #[must_use]
    pub fn sign_in(&self, authorization_url: &str, login: &str) -> String {
        let mut visit = Visit { address: self.address(), cookies: BTreeMap::new() };
        let mut arrived = visit.follow(authorization_url);
        for form in [format!("prompt=login&login={login}&password=any"), "prompt=consent".to_owned()] {
            let Arrived::Page(page) = arrived else { break };
            let target = between(&page, "action=\"", "\"").unwrap_or_else(|| panic!("no form on the page:\n{page}"));
            arrived = visit.submit(target, &form);
        }
        arrived.elsewhere()
    }

    /// Comes to the page for signing in and cancels there. The address to which the browser is sent back.
    ///
    /// # Panics
    /// As [`OidcProvider::sign_in`].
    #[must_use]
    pub fn cancel(&self, authorization_url: &str) -> String {
        let mut visit = Visit { address: self.address(), cookies: BTreeMap::new() };
        let Arrived::Page(page) = visit.follow(authorization_url) else { panic!("nobody was asked to sign in") };
        let target = between(&page, "<a href=\"", "\">[ Cancel ]").unwrap_or_else(|| panic!("no way out of:\n{page}"));
        visit.follow(target).elsewhere()
    }

    fn address(&self) -> SocketAddr {
        self.issuer_url.trim_start_matches("http://").parse().expect("the provider listens on a number")
    }
}

impl Drop for OidcProvider {
    fn drop(&mut self) {
        patience::kill(&mut self.process);
    }
}

/// The folder in which the provider is installed; npm is asked only when that is another than the committed one.
fn install(npm: &Path) -> Option<PathBuf> {
    let target = installed::target().expect("tests run in the folder that builds go to");
    let folder = target.join("tools/oidc-provider");
    fs::create_dir_all(&folder).unwrap();
    // Tests run in processes of their own, several at once.
    let lock = File::create(folder.join(".lock")).unwrap();
    lock.lock().unwrap();
    let wanted = FILES.map(|(_, text)| text).concat();
    let done = folder.join(".installed");
    if fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return Some(folder);
    }
    for (name, text) in FILES {
        fs::write(folder.join(name), text).unwrap();
    }
    let mut command = Command::new(npm);
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder).stdin(Stdio::null());
    let output = command.output().expect("npm can be run");
    if !output.status.success() {
        let reason = format!("npm can't install oidc-provider:\n{}", String::from_utf8_lossy(&output.stderr));
        assert!(std::env::var(EVERYTHING).as_deref() != Ok("1"), "{reason}");
        eprintln!("skipped: {reason}");
        return None;
    }
    fs::write(done, wanted).unwrap();
    Some(folder)
}

/// A browser's visit to the provider, with its cookies.
struct Visit {
    address: SocketAddr,
    /// By path and name: the provider keeps the steps of a sign-in apart by path.
    cookies: BTreeMap<(String, String), String>,
}

/// Where redirects led.
enum Arrived {
    /// A page of the provider's.
    Page(String),
    /// Away from it.
    Elsewhere(String),
}

impl Arrived {
    fn elsewhere(self) -> String {
        match self {
            Self::Elsewhere(url) => url,
            Self::Page(page) => panic!("the provider did not send the browser back:\n{page}"),
        }
    }
}

impl Visit {
    fn follow(&mut self, url: &str) -> Arrived {
        let Some(target) = self.target(url) else { return Arrived::Elsewhere(url.to_owned()) };
        let response = self.send("GET", &target, "");
        self.arrive(&response)
    }

    fn submit(&mut self, url: &str, form: &str) -> Arrived {
        let target = self.target(url).unwrap_or_else(|| panic!("the form goes elsewhere: {url}"));
        let response = self.send("POST", &target, form);
        self.arrive(&response)
    }

    fn arrive(&mut self, first: &Response) -> Arrived {
        let mut response = first.clone();
        for _ in 0..MOST_REDIRECTS {
            let Some(location) = response.header("location") else { break };
            let Some(target) = self.target(location) else { return Arrived::Elsewhere(location.to_owned()) };
            response = self.send("GET", &target, "");
        }
        assert_eq!(response.status, 200, "the provider answers:\n{}", response.text());
        Arrived::Page(response.text())
    }

    /// What to ask the provider for; none when the address is not the provider's.
    fn target(&self, url: &str) -> Option<String> {
        let url = url.replace("&amp;", "&");
        let target = url.strip_prefix(&format!("http://{}", self.address)).unwrap_or(&url);
        target.starts_with('/').then(|| target.to_owned())
    }

    fn send(&mut self, method: &str, target: &str, form: &str) -> Response {
        let at = |path: &str| target.starts_with(path);
        let sent = self.cookies.iter().filter(|((path, _), _)| at(path));
        let cookies: Vec<String> = sent.map(|((_, name), value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut headers = vec![("Accept", "text/html")];
        if !cookies.is_empty() {
            headers.push(("Cookie", cookies.as_str()));
        }
        if !form.is_empty() {
            headers.push(("Content-Type", "application/x-www-form-urlencoded"));
        }
        let response = http::request(self.address, method, target, &headers, form.as_bytes());
        for (_, cookie) in response.headers.iter().filter(|(name, _)| name == "set-cookie") {
            self.keep(cookie);
        }
        response
    }

    fn keep(&mut self, cookie: &str) {
        let mut parts = cookie.split(';').map(str::trim);
        let pair = parts.next().and_then(|pair| pair.split_once('='));
        let (name, value) = pair.unwrap_or_else(|| panic!("not a cookie: {cookie}"));
        let path = parts.find_map(|part| part.strip_prefix("path=")).unwrap_or("/");
        let key = (path.to_owned(), name.to_owned());
        if value.is_empty() {
            self.cookies.remove(&key);
        } else {
            self.cookies.insert(key, value.to_owned());
        }
    }
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let first = text.find(start)? + start.len();
    let between = &text[first..first + text[first..].find(end)?];
    // `start` may be common: its last one before the end counts.
    Some(between.rfind(start).map_or(between, |at| &between[at + start.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_is_found() {
        assert_eq!(between("<a href=\"/x\">[ Cancel ]", "<a href=\"", "\">[ Cancel ]"), Some("/x"));
        assert_eq!(between("<a href=\"/w\"><a href=\"/x\">[ Cancel ]", "<a href=\"", "\">[ Cancel ]"), Some("/x"));
        assert_eq!(between("<form action=\"/y\" method=\"post\">", "action=\"", "\""), Some("/y"));
        assert_eq!(between("nothing", "action=\"", "\""), None);
    }

    #[test]
    fn the_lock_file_names_no_registry() {
        assert!(!FILES[1].1.contains("\"resolved\""), "npm config set omit-lockfile-registry-resolved true");
    }
}
