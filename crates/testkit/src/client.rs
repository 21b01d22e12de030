//! Somebody who uses the portal without a browser: keeps cookies, fills in forms, follows redirects, asks the API.

use std::net::SocketAddr;

use serde_json::Value;

use crate::encoding::to_form;
use crate::html;
use crate::http::{self, Response};

/// The form field, and the header in lower case, that carry the token against forged requests.
const CSRF_FIELD: &str = "csrf";
const CSRF_HEADER: &str = "x-csrf-token";

/// More redirects than this are a circle.
const MOST_REDIRECTS: usize = 10;

/// One person or program. Requests are sent as a browser on the same site sends them: with `Origin`,
/// `Sec-Fetch-Site: same-origin` and all cookies, whatever their path. Redirects are followed only on demand.
#[derive(Clone, Debug)]
pub struct Client {
    address: SocketAddr,
    headers: Vec<(String, String)>,
    cookies: Vec<(String, String)>,
    given: Vec<String>,
    csrf: Option<String>,
}

impl Client {
    /// A stranger.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        Self { address, headers: Vec::new(), cookies: Vec::new(), given: Vec::new(), csrf: None }
    }

    /// The same with a header in every request, in place of what would be sent under that name.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with an API token in every request.
    #[must_use]
    pub fn with_token(self, token: &str) -> Self {
        self.with_header("Authorization", &format!("Bearer {token}"))
    }

    /// Where the server listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The cookies, names and values.
    #[must_use]
    pub fn cookies(&self) -> &[(String, String)] {
        &self.cookies
    }

    /// The value of a cookie.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The values of all cookies that it was ever given and that are long enough to be secrets: none of them may lie
    /// anywhere, see [`crate::nowhere`].
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        self.given.iter().filter(|value| value.len() >= 16).cloned().collect()
    }

    /// Sets a cookie, as somebody does who has stolen or invented one.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.csrf = None;
        self.cookies.retain(|(known, _)| known != name);
        self.cookies.push((name.to_owned(), value.to_owned()));
    }

    /// Forgets all cookies: a stranger again.
    pub fn forget(&mut self) {
        self.cookies.clear();
        self.csrf = None;
    }

    /// Asks for a page.
    ///
    /// # Panics
    /// When there is no answer, as in all functions here that send something.
    pub fn get(&mut self, path: &str) -> Response {
        self.send("GET", path, &[], &[])
    }

    /// Asks for a page and for those it redirects to, until one does not.
    ///
    /// # Panics
    /// When that does not end.
    pub fn visit(&mut self, path: &str) -> Response {
        let response = self.get(path);
        self.follow(response)
    }

    /// Follows the redirects that begin with this answer.
    ///
    /// # Panics
    /// When that does not end, or leads to another server.
    pub fn follow(&mut self, mut response: Response) -> Response {
        for _ in 0..MOST_REDIRECTS {
            let Some(location) = response.redirect() else { return response };
            let path = self.path_of(location);
            response = self.get(&path);
        }
        panic!("more than {MOST_REDIRECTS} redirects; the last to {:?}", response.redirect());
    }

    /// The path behind a URL of this server, of whatever name; a name without a port is one.
    ///
    /// # Panics
    /// When the port is another server's.
    #[must_use]
    pub fn path_of(&self, location: &str) -> String {
        let Some((_, rest)) = location.split_once("://").filter(|_| !location.starts_with('/')) else {
            return location.to_owned();
        };
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if let Some((_, port)) = host.rsplit_once(':') {
            assert_eq!(port, self.address.port().to_string(), "`{location}` leads elsewhere");
        }
        if path.is_empty() { "/".to_owned() } else { path.to_owned() }
    }

    /// Opens a link of a mail or a page, whatever host name it is written with, and follows redirects.
    ///
    /// # Panics
    /// When that does not end, or the port is another server's.
    pub fn open(&mut self, link: &str) -> Response {
        let path = self.path_of(link);
        self.visit(&path)
    }

    /// Sends a form's fields, with the token against forged requests unless one of them is it. The token is that of
    /// the last page seen that had one, else of the page at `path`, else of the first page.
    pub fn post_form(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        let token = self.csrf(path);
        let mut fields = fields.to_vec();
        if let Some(token) = token.as_deref().filter(|_| !fields.iter().any(|(name, _)| *name == CSRF_FIELD)) {
            fields.push((CSRF_FIELD, token));
        }
        self.post_exactly(path, &fields)
    }

    /// Sends exactly these fields of a form.
    pub fn post_exactly(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        let form = [("Content-Type", "application/x-www-form-urlencoded")];
        self.send("POST", path, &form, to_form(fields).as_bytes())
    }

    /// Opens a page, fills in the form of its main part that has all these fields, leaves its other fields as they are, sends it where
    /// it says, and follows redirects. A field that is given replaces all values of that name.
    ///
    /// # Panics
    /// When the page has no such form.
    pub fn fill_in(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        let response = self.submit(path, fields);
        self.follow(response)
    }

    /// As [`Client::fill_in`], without following redirects.
    ///
    /// # Panics
    /// When the page has no such form.
    pub fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        let page = self.visit(path);
        assert_eq!(page.status, 200, "{path}: {}", page.text());
        // What is above and below, such as a form for signing out, is on all pages.
        let text = page.text();
        let forms = html::forms(text.find("<main").map_or(text.as_str(), |at| &text[at..]));
        let has_all = |form: &&html::Form| fields.iter().all(|(name, _)| form.names.iter().any(|known| known == name));
        let (posts, gets): (Vec<_>, Vec<_>) = forms.iter().partition(|form| form.method == "post");
        let form = posts.into_iter().chain(gets).find(|form| has_all(form));
        let form = form.unwrap_or_else(|| panic!("{path} has no form with {fields:?}, but {forms:#?}"));
        let kept = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let kept = kept.filter(|(name, _)| !fields.iter().any(|(given, _)| given == name));
        let all: Vec<(&str, &str)> = kept.chain(fields.iter().copied()).collect();
        let action = if form.action.is_empty() { path } else { &form.action };
        if form.method == "post" {
            return self.post_exactly(action, &all);
        }
        let path = action.split('?').next().unwrap_or_default();
        self.get(&format!("{path}?{}", to_form(&all)))
    }

    /// Sends JSON to the API, with the token against forged requests where cookies and no `Authorization` go along.
    pub fn send_json(&mut self, method: &str, path: &str, body: &Value) -> Response {
        let token = self.header_token();
        let mut headers = vec![("Content-Type", "application/json")];
        headers.extend(token.as_deref().map(|token| (CSRF_HEADER, token)));
        self.send(method, path, &headers, body.to_string().as_bytes())
    }

    /// `POST` with JSON.
    pub fn post_json(&mut self, path: &str, body: &Value) -> Response {
        self.send_json("POST", path, body)
    }

    /// `PUT` with JSON.
    pub fn put_json(&mut self, path: &str, body: &Value) -> Response {
        self.send_json("PUT", path, body)
    }

    /// `PATCH` with JSON.
    pub fn patch_json(&mut self, path: &str, body: &Value) -> Response {
        self.send_json("PATCH", path, body)
    }

    /// `DELETE` without a body.
    pub fn delete(&mut self, path: &str) -> Response {
        let token = self.header_token();
        let headers: Vec<_> = token.as_deref().map(|token| (CSRF_HEADER, token)).into_iter().collect();
        self.send("DELETE", path, &headers, &[])
    }

    fn header_token(&mut self) -> Option<String> {
        let bearer = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        if bearer || self.cookies.is_empty() { None } else { self.csrf("/") }
    }

    /// The token against forged requests that belongs to the cookies: of the last page that had one, else of the page
    /// at `path`, else of the first page.
    pub fn csrf(&mut self, path: &str) -> Option<String> {
        for path in [path, "/"] {
            if self.csrf.is_none() {
                let _page = self.visit(path);
            }
        }
        self.csrf.clone()
    }

    /// Sends a request: cookies, the client's own headers, these headers; a later one of a name replaces an earlier.
    pub fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let all = self.headers_of(method, headers);
        let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let response = http::request(self.address, method, path, &all, body);
        self.take_cookies(&response);
        let is_page = response.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
        if let Some(token) = is_page.then(|| html::field(&response.text(), CSRF_FIELD)).flatten() {
            self.csrf = Some(token);
        }
        response
    }

    fn headers_of(&self, method: &str, headers: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut all = vec![("Sec-Fetch-Site".to_owned(), "same-origin".to_owned())];
        if !matches!(method, "GET" | "HEAD") {
            all.push(("Origin".to_owned(), format!("http://{}", self.address)));
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            all.push(("Cookie".to_owned(), cookies.join("; ")));
        }
        let given = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        for (name, value) in self.headers.clone().into_iter().chain(given) {
            all.retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
            all.push((name, value));
        }
        all
    }

    /// Keeps what the answer sets; a cookie that has ended goes.
    fn take_cookies(&mut self, response: &Response) {
        for line in response.all("set-cookie") {
            let mut parts = line.split(';').map(str::trim);
            let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).unwrap_or_default();
            let attribute = |part: &str| part.to_ascii_lowercase().replace(' ', "");
            let ended = parts.map(attribute).any(|part| {
                part.strip_prefix("max-age=").is_some_and(|age| age.parse::<i64>().is_ok_and(|age| age <= 0))
                    || part.strip_prefix("expires=").is_some_and(|date| date.contains("1970"))
            });
            // The token belongs to the cookie.
            if self.cookie(name) != Some(value) || ended {
                self.csrf = None;
            }
            self.cookies.retain(|(known, _)| known != name);
            if !ended {
                self.given.push(value.to_owned());
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stub::Stub;

    const FORM: &str = r#"<form method="post" action="/new"><input type="hidden" name="csrf" value="t1">
        <input name="name" value="old"><input name="other" value="kept"></form>"#;

    #[test]
    fn cookies_are_kept_sent_and_forgotten() {
        let stub = Stub::start(|request| match request.path.as_str() {
            "/in" => Stub::answer(303, &[("Location", "/me"), ("Set-Cookie", "sid=abc; HttpOnly; Path=/")], ""),
            "/out" => Stub::answer(200, &[("Set-Cookie", "sid=; Max-Age=0")], ""),
            _ => Stub::answer(200, &[], request.header("cookie").unwrap_or("none")),
        });
        let mut client = Client::new(stub.address());
        assert_eq!(client.get("/me").text(), "none");
        assert_eq!(client.visit("/in").text(), "sid=abc");
        assert_eq!(client.cookie("sid"), Some("abc"));
        assert_eq!(client.open(&format!("http://portal.localhost:{}/me", stub.address().port())).text(), "sid=abc");
        client.get("/out");
        assert_eq!(client.get("/me").text(), "none");
    }

    #[test]
    fn forms_are_sent_with_what_they_hold_and_what_is_filled_in() {
        let stub = Stub::start(|request| match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/form") => Stub::answer(200, &[("Content-Type", "text/html")], FORM),
            ("POST", "/new") => Stub::answer(200, &[], &request.text()),
            (_, "/json") => {
                let token = request.header("x-csrf-token").unwrap_or("-").to_owned();
                let site = request.header("sec-fetch-site").unwrap_or("-").to_owned();
                Stub::answer(200, &[], &format!("{} {token} {site} {}", request.method, request.text()))
            }
            _ => Stub::answer(404, &[("Content-Type", "text/html")], ""),
        });
        let mut client = Client::new(stub.address());
        assert_eq!(client.fill_in("/form", &[("name", "Roof & Wall")]).text(), {
            "csrf=t1&other=kept&name=Roof%20%26%20Wall"
        });
        assert_eq!(client.post_form("/new", &[("a", "1")]).text(), "a=1&csrf=t1");
        assert_eq!(client.post_form("/new", &[("csrf", "forged")]).text(), "csrf=forged");
        assert_eq!(client.post_exactly("/new", &[("a", "1")]).text(), "a=1");
        let body = serde_json::json!({"a": 1});
        assert_eq!(client.post_json("/json", &body).text(), "POST - same-origin {\"a\":1}");
        client.set_cookie("sid", "x");
        client.get("/form");
        assert_eq!(client.patch_json("/json", &body).text(), "PATCH t1 same-origin {\"a\":1}");
        let mut program = client.with_token("stf_p_x").with_header("Sec-Fetch-Site", "cross-site");
        assert_eq!(program.delete("/json").text(), "DELETE - cross-site ");
    }
}
