//! A headless Chromium, driven through chromedriver by the WebDriver protocol, for pictures and for what pages hold.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http;
use crate::output::Output;
use crate::{installed, patience};

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

/// Keys without a letter, to be pressed.
pub mod keys {
    /// Tabulator.
    pub const TAB: &str = "\u{e004}";
    /// Enter.
    pub const ENTER: &str = "\u{e007}";
    /// Escape.
    pub const ESCAPE: &str = "\u{e00c}";
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
            "goog:loggingPrefs": {"browser": "ALL"},
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
        let answer = self.ask("POST", &format!("/session/{}/{name}", self.session), body);
        answer.unwrap_or_else(|problem| panic!("the browser can't {name} {body}: {problem}"))
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
        let found = patience::retry(Duration::from_secs(10), || (self.count(selector) > 0).then_some(()));
        assert!(found.is_some(), "no `{selector}` on {} after ten seconds", self.url());
    }

    /// Clicks on the first element that a CSS selector selects, as a mouse does: what can't be seen can't be clicked.
    pub fn click(&self, selector: &str) {
        let element = self.command("element", &json!({"using": "css selector", "value": selector}));
        let id = element.as_object().and_then(|ids| ids.values().next()?.as_str()).expect("an element has an id");
        self.command(&format!("element/{id}/click"), &json!({}));
    }

    /// Presses keys one after the other, wherever the focus is.
    pub fn press(&self, keys: &str) {
        let strokes: Vec<Value> = keys
            .chars()
            .flat_map(|key| [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})])
            .collect();
        self.command("actions", &json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]}));
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
        std::fs::write(file, decode_base64(picture["data"].as_str().expect("a picture has data"))).unwrap();
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

fn decode_base64(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => break,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from((bits >> count) & 0xff).unwrap());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_decoded() {
        for (text, expected) in [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmE=", "fooba")] {
            assert_eq!(decode_base64(text), expected.as_bytes());
        }
    }

    const PAGE: &str = r"<!doctype html><title>Page</title><style>
        body { height: 2000px; margin: 0 } h1 { margin: 0 }
        @media (prefers-color-scheme: dark) { body { background: rgb(1, 2, 3) } }
        </style><h1>Head</h1><ul><li>one<li>two</ul>
        <button onclick='document.title = `clicked`; console.error(`said`)'>Go</button><input>";

    /// Width and height of a PNG.
    fn size(file: &Path) -> (u32, u32) {
        let bytes = std::fs::read(file).unwrap();
        assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
        let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        (number(16), number(20))
    }

    #[test]
    fn a_page_is_read_clicked_typed_into_and_pictured() {
        let directory = TempDir::new().unwrap();
        let page = directory.path().join("page.html");
        std::fs::write(&page, PAGE).unwrap();
        let Some(browser) = Browser::start(375, 667, true) else { return };
        browser.goto(&format!("file://{}", page.display()));
        assert_eq!(browser.text("h1"), "Head");
        assert_eq!(browser.texts("li"), ["one", "two"]);
        assert_eq!(
            browser.evaluate("return [innerWidth, innerHeight, arguments[0]]", &[7.into()]),
            json!([375, 667, 7])
        );
        let background = "return getComputedStyle(document.body).backgroundColor";
        assert_eq!(browser.evaluate(background, &[]), "rgb(1, 2, 3)");
        browser.click("button");
        assert_eq!(browser.title(), "clicked");
        assert!(browser.console().iter().any(|line| line.contains("said")));
        browser.press(&format!("{}abc", keys::TAB));
        assert_eq!(browser.evaluate("return document.querySelector('input').value", &[]), "abc");
        let picture = directory.path().join("picture.png");
        browser.screenshot(&picture);
        assert_eq!(size(&picture), (375, 667));
        browser.screenshot_of_page(&picture);
        assert_eq!(size(&picture), (375, 2000));
        browser.prefer_dark(false);
        assert_ne!(browser.evaluate(background, &[]), "rgb(1, 2, 3)");
        assert!(!browser.overflows());
    }
}
