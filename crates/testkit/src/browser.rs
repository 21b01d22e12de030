//! A headless Chromium, driven through chromedriver by the WebDriver protocol: for pictures, for what pages hold, for
//! what the keyboard alone can do, and for what must hold for every page.

mod axe;
mod hold;
mod keyboard;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::Client;
use crate::encoding::from_base64;
use crate::output::Output;
use crate::{http, installed, patience};

pub use axe::Violation;
pub use hold::{Page, SIZES};
pub use keyboard::Focus;

/// The first launch on a machine takes its time.
const LAUNCH: Duration = Duration::from_secs(60);

const ARGUMENTS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
];

/// How long a page may take for what it is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Keys without a letter, to be pressed.
pub mod keys {
    /// Tabulator.
    pub const TAB: &str = "\u{e004}";
    /// Enter.
    pub const ENTER: &str = "\u{e007}";
    /// Escape.
    pub const ESCAPE: &str = "\u{e00c}";
    /// The space bar.
    pub const SPACE: &str = " ";
    /// Backspace.
    pub const BACKSPACE: &str = "\u{e003}";
    /// Delete.
    pub const DELETE: &str = "\u{e017}";
    /// Shift, to be held.
    pub const SHIFT: &str = "\u{e008}";
    /// Control, to be held.
    pub const CONTROL: &str = "\u{e009}";
    /// Page up.
    pub const PAGE_UP: &str = "\u{e00e}";
    /// Page down.
    pub const PAGE_DOWN: &str = "\u{e00f}";
    /// To the end.
    pub const END: &str = "\u{e010}";
    /// To the beginning.
    pub const HOME: &str = "\u{e011}";
    /// Arrow to the left.
    pub const LEFT: &str = "\u{e012}";
    /// Arrow up.
    pub const UP: &str = "\u{e013}";
    /// Arrow to the right.
    pub const RIGHT: &str = "\u{e014}";
    /// Arrow down.
    pub const DOWN: &str = "\u{e015}";
}

/// One browser window. Everything that fails, fails the test.
#[derive(Debug)]
pub struct Browser {
    driver: Child,
    address: SocketAddr,
    session: String,
    _profile: TempDir,
}

impl Browser {
    /// Opens a window in which pages are exactly so large, and prefer dark colours or light ones. None where the
    /// browser is not installed.
    ///
    /// # Panics
    /// When it does not start, or is missing and everything has to be tested.
    #[must_use]
    pub fn start(width: u32, height: u32, dark: bool) -> Option<Self> {
        let chromium = installed::find("chromium", &["/usr/bin/chromium", "/usr/bin/google-chrome"])?;
        let driver = installed::find("chromium-driver", &["/usr/bin/chromedriver"])?;
        // A first launch that is too slow has warmed the machine up for the second.
        let started = (0..2).find_map(|_| Self::try_start(&driver, &chromium));
        let browser = started.expect("Chromium does not start");
        browser.resize(width, height);
        browser.prefer_dark(dark);
        Some(browser)
    }

    fn try_start(driver: &Path, chromium: &Path) -> Option<Self> {
        let profile = TempDir::new().unwrap();
        let mut command = Command::new(driver);
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut driver = command.spawn().expect("chromedriver can be run");
        let output = Output::of([Box::new(driver.stdout.take().unwrap()), Box::new(driver.stderr.take().unwrap())]);
        let port = output.find(LAUNCH, |line| {
            line.split_once("successfully on port ")?.1.trim_end_matches(['.', '\n']).parse().ok()
        });
        let Some(port) = port else {
            patience::kill(&mut driver);
            eprintln!("chromedriver did not start:\n{}", output.text());
            return None;
        };
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let user_data = format!("--user-data-dir={}", profile.path().display());
        let arguments: Vec<&str> = ARGUMENTS.into_iter().chain([user_data.as_str()]).collect();
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {"binary": chromium, "args": arguments},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }}});
        let mut browser = Self { driver, address, session: String::new(), _profile: profile };
        match browser.ask("POST", "/session", &capabilities) {
            Ok(session) => {
                browser.session = session["sessionId"].as_str().expect("a session has an id").to_owned();
                Some(browser)
            }
            Err(problem) => {
                eprintln!("Chromium did not start: {problem}");
                None
            }
        }
    }

    /// One call of the protocol: the value of its answer, or what went wrong.
    fn ask(&self, method: &str, target: &str, body: &Value) -> Result<Value, String> {
        let body = if method == "POST" { body.to_string() } else { String::new() };
        let headers = [("Content-Type", "application/json")];
        let response = http::request(self.address, method, target, &headers, body.as_bytes());
        let value = serde_json::from_slice::<Value>(&response.body).map_err(|error| error.to_string())?;
        let value = value.get("value").cloned().unwrap_or_default();
        if response.status == 200 { Ok(value) } else { Err(format!("{}: {}", value["error"], value["message"])) }
    }

    fn command(&self, name: &str, body: &Value) -> Value {
        let answer = self.try_command("POST", name, body);
        let shown = || body.to_string().chars().take(1_000).collect::<String>();
        answer.unwrap_or_else(|problem| panic!("the browser can't {name} {}: {problem}", shown()))
    }

    /// A command on the session, which may fail, such as while a page goes.
    fn try_command(&self, method: &str, name: &str, body: &Value) -> Result<Value, String> {
        self.ask(method, &format!("/session/{}/{name}", self.session), body)
    }

    /// A command of the Chrome DevTools protocol.
    pub fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.command("goog/cdp/execute", &json!({"cmd": command, "params": parameters}))
    }

    /// Makes the page so large, from now on.
    pub fn resize(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Lets pages see that the user prefers dark colours, or light ones.
    pub fn prefer_dark(&self, dark: bool) {
        let value = if dark { "dark" } else { "light" };
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": value}]});
        self.devtools("Emulation.setEmulatedMedia", &features);
    }

    /// Lets pages run scripts, or none, from the next page on; [`Browser::evaluate`] works all the same.
    pub fn allow_scripts(&self, allow: bool) {
        self.devtools("Emulation.setScriptExecutionDisabled", &json!({"value": !allow}));
    }

    /// Forgets all cookies and stored data: a stranger again.
    pub fn forget(&self) {
        self.devtools("Network.clearBrowserCookies", &json!({}));
    }

    /// Takes a client's cookies, so that the same person goes on in the browser.
    pub fn become_client(&self, client: &Client) {
        self.forget();
        let url = format!("http://{}/", client.address());
        for (name, value) in client.cookies() {
            let cookie = json!({"url": url, "name": name, "value": value, "httpOnly": true, "sameSite": "Lax"});
            let set = self.devtools("Network.setCookie", &cookie);
            assert_eq!(set["success"], true, "the browser refuses the cookie {name}");
        }
    }

    /// Saves what is downloaded from now on into a directory, without asking.
    pub fn download_into(&self, directory: &Path) {
        let behavior = json!({"behavior": "allow", "downloadPath": directory});
        self.devtools("Browser.setDownloadBehavior", &behavior);
    }

    /// The file in a directory for downloads; waits up to ten seconds until there is one and it is complete.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn downloaded(&self, directory: &Path) -> PathBuf {
        let is_partial = |file: &PathBuf| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with('.') || name.ends_with(".crdownload") || name.ends_with(".tmp")
        };
        let file = || {
            let entries = std::fs::read_dir(directory).ok()?.flatten().map(|entry| entry.path());
            let files: Vec<PathBuf> = entries.collect();
            files.first().filter(|_| !files.iter().any(is_partial)).cloned()
        };
        patience::retry(PATIENCE, file).unwrap_or_else(|| panic!("nothing was downloaded from {}", self.url()))
    }

    /// Opens a page and waits until it is loaded.
    pub fn goto(&self, url: &str) {
        self.command("url", &json!({"url": url}));
    }

    /// Runs a function's body in the page: `return document.title`. The arguments are `arguments[0]` and so on.
    pub fn evaluate(&self, script: &str, arguments: &[Value]) -> Value {
        self.command("execute/sync", &json!({"script": script, "args": arguments}))
    }

    /// The page's title.
    #[must_use]
    pub fn title(&self) -> String {
        self.evaluate("return document.title", &[]).as_str().unwrap_or_default().to_owned()
    }

    /// The page's address.
    #[must_use]
    pub fn url(&self) -> String {
        self.evaluate("return location.href", &[]).as_str().unwrap_or_default().to_owned()
    }

    /// The visible texts of all elements that a CSS selector selects.
    #[must_use]
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText ?? e.textContent)";
        let texts = self.evaluate(script, &[selector.into()]);
        let text = |text: &Value| text.as_str().unwrap_or_default().trim().to_owned();
        texts.as_array().into_iter().flatten().map(text).collect()
    }

    /// The visible text of the first element that a CSS selector selects.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn text(&self, selector: &str) -> String {
        let texts = self.texts(selector);
        texts.into_iter().next().unwrap_or_else(|| panic!("no `{selector}` on {}", self.url()))
    }

    /// How many elements a CSS selector selects.
    #[must_use]
    pub fn count(&self, selector: &str) -> usize {
        self.texts(selector).len()
    }

    /// Waits, ten seconds at most, until a CSS selector selects something.
    ///
    /// # Panics
    /// When it does not.
    pub fn wait_for(&self, selector: &str) {
        self.wait_until(&format!("a `{selector}`"), "return !!document.querySelector(arguments[0])", selector);
    }

    /// Waits, ten seconds at most, until a text can be read on the page; white space counts as one space.
    ///
    /// # Panics
    /// When it can't.
    pub fn wait_for_text(&self, text: &str) {
        let script = "return document.readyState === 'complete'
            && document.body.innerText.replace(/\\s+/g, ' ').includes(arguments[0])";
        self.wait_until(&format!("the text `{text}`"), script, text);
    }

    /// Waits, ten seconds at most, until the page's address holds a text and the page is loaded.
    ///
    /// # Panics
    /// When it does not.
    pub fn wait_for_url(&self, part: &str) {
        let script = "return document.readyState === 'complete' && location.href.includes(arguments[0])";
        self.wait_until(&format!("an address with `{part}`"), script, part);
    }

    fn wait_until(&self, what: &str, script: &str, argument: &str) {
        let body = json!({"script": script, "args": [argument]});
        // While one page goes and another comes, there may be none to ask.
        let is_true = || (self.try_command("POST", "execute/sync", &body) == Ok(true.into())).then_some(());
        if patience::retry(PATIENCE, is_true).is_none() {
            let text = self.texts("body").join(" ");
            panic!("no sign of {what} after ten seconds, but {} with:\n{text}", self.url());
        }
    }

    /// Clicks on the first element that a CSS selector selects, as a mouse does: what can't be seen can't be clicked.
    pub fn click(&self, selector: &str) {
        let element = self.command("element", &json!({"using": "css selector", "value": selector}));
        let id = element.as_object().and_then(|ids| ids.values().next()?.as_str()).expect("an element has an id");
        self.command(&format!("element/{id}/click"), &json!({}));
    }

    /// What the page wrote to its console since the last call, what was blocked or not found included.
    #[must_use]
    pub fn console(&self) -> Vec<String> {
        let entries = self.command("se/log", &json!({"type": "browser"}));
        let message = |entry: &Value| entry["message"].as_str().unwrap_or_default().to_owned();
        entries.as_array().into_iter().flatten().map(message).collect()
    }

    /// Whether the page is wider than the window, so that one has to scroll sideways.
    #[must_use]
    pub fn overflows(&self) -> bool {
        let script = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
        self.evaluate(script, &[]) == true
    }

    /// Writes a picture (PNG) of the window.
    pub fn screenshot(&self, file: &Path) {
        self.picture(file, &json!({"format": "png"}));
    }

    /// Writes a picture (PNG) of the whole page, from top to bottom.
    pub fn screenshot_of_page(&self, file: &Path) {
        self.picture(file, &json!({"format": "png", "captureBeyondViewport": true, "clip": self.clip()}));
    }

    fn clip(&self) -> Value {
        let size = &self.devtools("Page.getLayoutMetrics", &json!({}))["cssContentSize"];
        json!({"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1})
    }

    fn picture(&self, file: &Path, parameters: &Value) {
        let picture = self.devtools("Page.captureScreenshot", parameters);
        std::fs::write(file, from_base64(picture["data"].as_str().expect("a picture has data"))).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let (address, target) = (self.address, format!("/session/{}", self.session));
        // In a thread of its own: where the driver is gone already, nothing is left to close, and a panic here would
        // hide the one before it.
        let _ = std::thread::spawn(move || http::request(address, "DELETE", &target, &[], &[])).join();
        patience::kill(&mut self.driver);
    }
}

#[cfg(test)]
mod tests;
