//! People of a portal under measurement: they come in as people do, by links, and then send forms and JSON.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::http::{Answer, form};
use super::server::Server;
use crate::shell::Failure;

const PASSWORD: &str = "seven brown kettles sing";

/// How long a mail may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// The header that shows it, good for as long as the session.
    pub(super) cookie: String,
    csrf: String,
}

impl Person {
    /// Becomes the first operator by the link that the server printed.
    pub(super) fn first_operator(server: &Server) -> Result<Self, Failure> {
        let link = server.line("/first-operator?token=")?;
        let token = token_in(&link).ok_or_else(|| Failure::new(format!("no token in `{link}`")))?;
        let fields = [
            ("token", token.as_str()),
            ("name", "Olga Operator"),
            ("email", "olga@platform.example"),
            ("password", PASSWORD),
            ("organisation", "The platform"),
        ];
        Self::come_in(server, "/first-operator", &fields)
    }

    /// Signs up, and follows the link of the mail in the folder `mails`.
    pub(super) fn sign_up(server: &Server, name: &str, mails: &Path) -> Result<Self, Failure> {
        let email = Self::ask_for_account(server, name)?;
        let token = token_of_mail(mails, &email)?;
        // The link is opened without the cookie of who signed up, so the password is asked.
        Self::come_in(server, "/verify", &[("token", token.as_str()), ("password", PASSWORD)])
    }

    /// Signs up and doesn't look into the mailbox; gives the address.
    pub(super) fn ask_for_account(server: &Server, name: &str) -> Result<String, Failure> {
        let email = format!("{}@people.example", name.to_lowercase().replace(' ', "."));
        let organisation = format!("{name} and Partners");
        let fields = [("name", name), ("email", &email), ("password", PASSWORD), ("organisation", &organisation)];
        expect(post_form(server, "/sign-up", &fields)?, 200, "/sign-up")?;
        Ok(email)
    }

    /// Signs in with a password.
    pub(super) fn sign_in(server: &Server, email: &str, password: &str) -> Result<Self, Failure> {
        Self::come_in(server, "/sign-in", &[("email", email), ("password", password)])
    }

    /// Sends a form that opens a session.
    fn come_in(server: &Server, path: &str, fields: &[(&str, &str)]) -> Result<Self, Failure> {
        let answer = expect(post_form(server, path, fields)?, 303, path)?;
        let cookie = cookie_of(&answer).ok_or_else(|| Failure::new(format!("`POST {path}` opened no session")))?;
        Self::with_session(server, cookie)
    }

    /// Whoever this session's cookie belongs to.
    pub(super) fn with_session(server: &Server, cookie: String) -> Result<Self, Failure> {
        let page = expect(server.send("GET", "/account", std::slice::from_ref(&cookie), &[])?, 200, "/account")?;
        let csrf = csrf_of(&page).ok_or_else(|| Failure::new("`/account` carries no `csrf`"))?;
        Ok(Self { cookie, csrf })
    }

    /// Sends JSON to the API and gives what it answers.
    pub(super) fn send(
        &self,
        server: &Server,
        method: &str,
        path: &str,
        body: &Value,
        more: &[&str],
    ) -> Result<Value, Failure> {
        let mut headers = vec![
            self.cookie.clone(),
            format!("X-CSRF-Token: {}", self.csrf),
            "Content-Type: application/json".to_owned(),
        ];
        headers.extend(more.iter().map(|&header| header.to_owned()));
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = server.send(method, path, &headers, body.as_bytes())?;
        if answer.status >= 300 {
            let Answer { status, .. } = answer;
            return Err(Failure::new(format!("`{method} {path}` with {body}: {status} {}", answer.text())));
        }
        Ok(serde_json::from_slice(&answer.body).unwrap_or_default())
    }
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

/// Opens a page as a browser that was never here, and sends the form on it.
fn post_form(server: &Server, path: &str, fields: &[(&str, &str)]) -> Result<Answer, Failure> {
    // Any page with a form will do; not all can be opened without what their link carries.
    let page = expect(server.send("GET", "/sign-in", &[], &[])?, 200, "/sign-in")?;
    let csrf = csrf_of(&page).ok_or_else(|| Failure::new("`/sign-in` carries no `csrf`"))?;
    let headers: Vec<String> = cookie_of(&page).into_iter().chain([FORM.to_owned()]).collect();
    let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("csrf", csrf.as_str())]).collect();
    server.send("POST", path, &headers, form(&fields).as_bytes())
}

/// The header that brings back the cookie of an answer.
fn cookie_of(answer: &Answer) -> Option<String> {
    Some(format!("Cookie: {}", answer.header("set-cookie")?.split(';').next()?))
}

/// What forms on a page carry to show that they are its.
fn csrf_of(page: &Answer) -> Option<String> {
    let text = page.text();
    Some(text.split_once("name=\"csrf\" value=\"")?.1.split('"').next()?.to_owned())
}

fn expect(answer: Answer, status: u16, path: &str) -> Result<Answer, Failure> {
    if answer.status == status {
        return Ok(answer);
    }
    Err(Failure::new(format!("`{path}` answered {}, not {status}:\n{}", answer.status, answer.text())))
}

/// The token in the last mail to somebody; waits for the mail.
#[expect(clippy::disallowed_methods, reason = "a folder tells nobody that a file came")]
fn token_of_mail(mails: &Path, email: &str) -> Result<String, Failure> {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if let Some(token) = token_so_far(mails, email) {
            return Ok(token);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err(Failure::new(format!("no mail to {email} with a link in `{}`", mails.display())))
}

fn token_so_far(mails: &Path, email: &str) -> Option<String> {
    let mut files: Vec<PathBuf> = fs::read_dir(mails).ok()?.flatten().map(|entry| entry.path()).collect();
    files.sort();
    let token = |path: &PathBuf| {
        let mail = fs::read_to_string(path).ok()?;
        // Quoted-printable: a line's end that is none, and the sign itself.
        let mail = mail.replace("\r\n", "\n").replace("=\n", "").replace("=3D", "=");
        mail.contains(email).then(|| token_in(&mail)).flatten()
    };
    files.iter().rev().filter(|path| path.extension().is_some_and(|end| end == "eml")).find_map(token)
}

/// What stands behind the first `token=` of a text.
fn token_in(text: &str) -> Option<String> {
    let rest = text.split_once("token=")?.1;
    let token: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    (!token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_of_a_link_ends_where_the_link_ends() {
        assert_eq!(token_in("open http://h/verify?token=aB-_9&next=/ now"), Some("aB-_9".to_owned()));
        assert_eq!(token_in("nothing=here"), None);
        assert_eq!(token_in("token= x"), None);
    }
}
