//! What must hold for every page: anybody can use it, on any window, in any colours, and it loads little and only
//! from here.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::Browser;
use crate::installed;

/// Window sizes that every page is looked at in: a laptop's, a phone's.
pub const SIZES: [(u32, u32); 2] = [(1280, 900), (375, 812)];

/// The most that a page may have with everything it loads, in bytes.
const MOST_BYTES: u64 = 150_000;
/// The most script that a page may have, in bytes.
const MOST_SCRIPT: u64 = 60_000;

/// Sizes as they came in, without headers; what an earlier page had loaded counts as well.
const SIZE: &str = "const entries = type => performance.getEntriesByType(type);
    const inline = [...document.scripts].filter(script => !script.src).map(script => script.text.length);
    const loaded = entries('resource').filter(entry => entry.initiatorType === 'script');
    const bytes = entries => entries.reduce((sum, entry) => sum + entry.encodedBodySize, 0);
    return [bytes([...entries('navigation'), ...entries('resource')]),
        bytes(loaded) + inline.reduce((sum, length) => sum + length, 0)]";

/// How many elements have text of their own that is smaller than 10 pixels, without those for screen readers.
const SMALL_TEXT: &str = "return [...document.querySelectorAll('main *')].filter(element =>
    [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim() !== '')
    && parseFloat(getComputedStyle(element).fontSize) < 10).length";

/// Ids that several elements have, which axe looks at only where something refers to them.
const DOUBLE_IDS: &str = "const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
    return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))]";

/// Menus stay closed: open, they lie above what else is there.
const UNFOLD: &str = "for (const folded of document.querySelectorAll('details')) {
        folded.open = true;
        folded.open = ![...folded.children].some(part => getComputedStyle(part).position === 'absolute');
    }";

/// The page in one size.
struct Look<'a> {
    browser: &'a Browser,
    name: String,
    complaints: Vec<String>,
}

/// A page to be looked at.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    url: String,
    name: &'a str,
    most_bytes: u64,
}

impl<'a> Page<'a> {
    /// The page at a URL; its name is for its pictures.
    #[must_use]
    pub fn new(url: impl Into<String>, name: &'a str) -> Self {
        Self { url: url.into(), name, most_bytes: MOST_BYTES }
    }

    /// The same where more bytes than for others are in order, such as with names as long as can be.
    #[must_use]
    pub fn of_most_bytes(mut self, bytes: u64) -> Self {
        self.most_bytes = bytes;
        self
    }

    /// Opens the page in each size, looks at it in light and in dark colours, keeps its picture in
    /// `target/screenshots/NAME-WIDTH-COLOURS.png`, and says everything that does not hold: axe finds something, one
    /// has to scroll sideways, something is loaded from elsewhere, it is too large, the console complains, text is too
    /// small, there is not one main heading, dark looks like light, or without scripts it says something else.
    #[must_use]
    pub fn complaints(&self, browser: &Browser) -> Vec<String> {
        let mut complaints = Vec::new();
        for (width, height) in SIZES {
            browser.resize(width, height);
            browser.prefer_dark(false);
            let _before = (browser.console(), browser.requests());
            browser.goto(&self.url);
            complaints.extend(self.complaints_in_size(browser, width));
        }
        complaints.extend(self.without_scripts(browser));
        complaints
    }

    /// The same for the page that is open, which can't be opened anew, such as one that shows a secret once; whether it
    /// needs scripts is not looked at.
    #[must_use]
    pub fn complaints_as_it_is(&self, browser: &Browser) -> Vec<String> {
        let look = |(width, height): (u32, u32)| {
            browser.resize(width, height);
            self.complaints_in_size(browser, width)
        };
        SIZES.into_iter().flat_map(look).collect()
    }

    /// What is wrong with the open page in this size, in both colours.
    fn complaints_in_size(&self, browser: &Browser, width: u32) -> Vec<String> {
        let mut look = Look { browser, name: format!("{}-{width}", self.name), complaints: Vec::new() };
        let mut backgrounds = Vec::new();
        for (dark, colours) in [(false, "light"), (true, "dark")] {
            browser.prefer_dark(dark);
            browser.screenshot_of_page(&pictures().join(format!("{}-{width}-{colours}.png", self.name)));
            backgrounds.push(background(browser));
        }
        if backgrounds.first() == backgrounds.last() {
            look.complain("dark looks like light");
        }
        look.check(self);
        for (dark, colours) in [(true, "dark"), (false, "light")] {
            browser.prefer_dark(dark);
            look.name = format!("{}-{width}-{colours}", self.name);
            look.check_with_axe();
        }
        look.complaints
    }

    /// As [`Page::complaints`], and fails if there are any.
    ///
    /// # Panics
    /// When something does not hold.
    pub fn hold(&self, browser: &Browser) {
        let complaints = self.complaints(browser);
        assert!(complaints.is_empty(), "{}:\n  {}", self.url, complaints.join("\n  "));
    }

    /// What is wrong when scripts may not run: the page must still have a heading and offer what it offers with them.
    fn without_scripts(&self, browser: &Browser) -> Option<String> {
        let with = browser.evaluate(OFFERS, &[]);
        browser.allow_scripts(false);
        browser.goto(&self.url);
        browser.evaluate(UNFOLD, &[]);
        let without = browser.evaluate(OFFERS, &[]);
        browser.allow_scripts(true);
        let missing: Vec<&Value> = list(&with).filter(|offer| !list(&without).any(|other| &other == offer)).collect();
        let is_shorter = || format!("{}: without scripts these are missing: {missing:?}", self.name);
        (!missing.is_empty()).then(is_shorter)
    }
}

/// What a page offers to the eye: headings, links and fields.
const OFFERS: &str = "const visible = element => element.checkVisibility?.({visibilityProperty: true}) ?? true;
    const of = (selector, say) => [...document.querySelectorAll(selector)].filter(visible).map(say);
    return [...of('h1, h2, h3', element => element.innerText.trim()),
        ...of('a[href]', element => 'link to ' + element.getAttribute('href')),
        ...of('input[name], select[name], textarea[name]', element => 'field ' + element.name)]";

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

impl Look<'_> {
    fn complain(&mut self, what: &str) {
        self.complaints.push(format!("{}: {what}", self.name));
    }

    fn check(&mut self, page: &Page<'_>) {
        let browser = self.browser;
        for line in console_complaints(browser) {
            self.complain(&format!("the console says: {line}"));
        }
        let here = origin(&page.url);
        for url in browser.requests().into_iter().filter(|url| origin(url) != here) {
            self.complain(&format!("loads from elsewhere: {url}"));
        }
        self.check_width();
        // What is folded up has to hold as well.
        browser.evaluate(UNFOLD, &[]);
        self.check_width();
        let headings = browser.count("h1");
        if headings != 1 {
            self.complain(&format!("has {headings} main headings"));
        }
        let small = browser.evaluate(SMALL_TEXT, &[]);
        if small != 0 {
            self.complain(&format!("has {small} texts too small to read"));
        }
        for id in list(&browser.evaluate(DOUBLE_IDS, &[])) {
            self.complain(&format!("has the id {id} twice"));
        }
        self.check_size(page);
    }

    fn check_with_axe(&mut self) {
        for violation in self.browser.axe().unwrap_or_default() {
            self.complain(&format!("axe: {violation}"));
        }
    }

    fn check_width(&mut self) {
        if self.browser.overflows() {
            self.complain(&format!("one has to scroll sideways: {}", self.browser.evaluate(WIDE, &[])));
        }
    }

    fn check_size(&mut self, page: &Page<'_>) {
        let size = self.browser.evaluate(SIZE, &[]);
        let (bytes, script) = (size[0].as_u64().unwrap_or(u64::MAX), size[1].as_u64().unwrap_or(u64::MAX));
        if bytes > page.most_bytes {
            self.complain(&format!("has {bytes} bytes, more than {}", page.most_bytes));
        }
        if script > MOST_SCRIPT {
            self.complain(&format!("has {script} bytes of script, more than {MOST_SCRIPT}"));
        }
    }
}

/// Which elements are wider than the window, some of them.
const WIDE: &str = "const width = document.documentElement.clientWidth;
    const folded = ['auto', 'scroll', 'hidden', 'clip'];
    const scrolls = element => element
        && (folded.includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
    return [...document.querySelectorAll('body *')]
        .filter(element => element.getBoundingClientRect().right > width + 0.5 && !scrolls(element.parentElement))
        .slice(0, 5).map(element => element.outerHTML.slice(0, 100))";

fn background(browser: &Browser) -> Value {
    let colours = "return [document.documentElement, document.body].map(e => getComputedStyle(e).backgroundColor)";
    browser.evaluate(colours, &[])
}

/// What the console says, but that the page itself is an answer of 400 and more, where that is what was asked for.
fn console_complaints(browser: &Browser) -> Vec<String> {
    let expected = format!("{} - Failed to load resource: the server responded with a status of 4", browser.url());
    browser.console().into_iter().filter(|line| !line.starts_with(&expected)).collect()
}

/// Scheme, host and port of a URL.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let length = url[host..].find('/').unwrap_or(url.len() - host);
    &url[..host + length]
}

/// Where pictures are kept for people to look at: `target/screenshots`.
///
/// # Panics
/// When it can't be made.
fn pictures() -> PathBuf {
    let directory = installed::target().expect("tests run from the folder that builds go to").join("screenshots");
    std::fs::create_dir_all(&directory).unwrap();
    directory
}

impl Browser {
    /// Fails unless a page holds what every page must; the name is for its pictures. See [`Page::complaints`].
    ///
    /// # Panics
    /// When something does not hold.
    pub fn hold_page(&self, url: &str, name: &str) {
        Page::new(url, name).hold(self);
    }

    /// What was asked for over the network since the last call, by URL; what was blocked as well.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        let entries = self.command("se/log", &json!({"type": "performance"}));
        let url = |entry: &Value| {
            let event: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let event = &event["message"];
            let asked = event["method"] == "Network.requestWillBeSent";
            asked.then(|| event["params"]["request"]["url"].as_str().unwrap_or_default().to_owned())
        };
        let urls = list(&entries).filter_map(url);
        urls.filter(|url| !["data:", "blob:", "about:", "chrome"].iter().any(|own| url.starts_with(own))).collect()
    }
}
