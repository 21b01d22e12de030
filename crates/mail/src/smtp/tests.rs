//! Against a real server, plain and encrypted, and against machines that are none.

use std::net::TcpListener;

use mail_parser::MessageParser;
use testkit::smtp::{Protection, SmtpServer};

use super::*;
use crate::Mailbox;
use crate::testing::letterhead;

const USER: &str = "portal@example.com";
const PASSWORD: &str = "s3cret/P@ss:word%";
const ENCODED: &str = "portal%40example.com:s3cret%2FP%40ss%3Aword%25";

fn message(to: &str) -> Message {
    Message {
        to: Mailbox::named("Åsa Öst", to),
        subject: "Bestätigen Sie Ihre Adresse".into(),
        text: "Grüße,\n.\nhttps://portal.example.com/verify?token=abc_def-ghi\n".into(),
    }
}

fn smtp(url: &str) -> Smtp {
    Smtp::with_limit(&url.parse().unwrap(), letterhead(), Duration::from_secs(5)).unwrap()
}

async fn error_of(url: &str, to: &str) -> String {
    let smtp = smtp(url);
    let error = smtp.send(&message(to)).await.unwrap_err();
    let told = error.to_string();
    assert!(!format!("{told} {error:?} {smtp:?}").contains(PASSWORD), "{told}");
    told
}

#[tokio::test]
async fn a_message_goes_through_encrypted_or_to_a_relay_on_the_same_machine() {
    for protection in [Protection::None, Protection::StartTls, Protection::Tls] {
        let Some(server) = SmtpServer::start(protection, USER, PASSWORD) else { return };
        let url = server.url(ENCODED);
        smtp(&url).send(&message("asa@example.com")).await.unwrap();
        let received = server.received();
        assert_eq!((received.from.as_str(), &received.to[..]), (USER, &["asa@example.com".to_owned()][..]));
        assert_eq!((received.user.as_str(), received.encrypted), (USER, protection != Protection::None));
        let read = MessageParser::default().parse(&received.bytes).unwrap();
        assert_eq!(read.subject(), Some("Bestätigen Sie Ihre Adresse"));
        assert_eq!(read.to().unwrap().first().unwrap().name(), Some("Åsa Öst"));
        assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n"), message("").text);
    }
}

#[tokio::test]
async fn what_the_server_says_is_told() {
    let Some(server) = SmtpServer::start(Protection::StartTls, USER, PASSWORD) else { return };
    let url = server.url(ENCODED);
    let host = format!("smtp://localhost:{}", server.port());
    assert_eq!(
        error_of(&url, "refused@example.com").await,
        format!(
            "the mail server `{host}` refused the message to `refused@example.com`: 550 5.1.1 no such mailbox; \
             check the address, and that the server lets us send from ours"
        )
    );
    let later = smtp(&url).send(&message("later@example.com")).await.unwrap_err();
    assert!(later.is_temporary(), "{later}");
    assert!(later.to_string().ends_with("now: 451 4.2.0 try again in an hour; try again later"), "{later}");
}

#[tokio::test]
async fn a_wrong_password_is_told_and_not_shown() {
    let Some(server) = SmtpServer::start(Protection::StartTls, USER, "another") else { return };
    let told = error_of(&server.url(ENCODED), "asa@example.com").await;
    assert!(told.contains("does not let us sign in"), "{told}");
    assert!(told.ends_with("check the user and the password in its address"), "{told}");
}

#[tokio::test]
async fn nothing_is_sent_in_plain_text_to_a_server_without_starttls() {
    let Some(server) = SmtpServer::start(Protection::None, USER, PASSWORD) else { return };
    let told = error_of(&format!("smtp://{ENCODED}@localhost:{}", server.port()), "asa@example.com").await;
    assert!(told.starts_with("no encrypted connection to the mail server"), "{told}");
    assert!(told.contains("use `smtps://`"), "{told}");
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let Some(server) = SmtpServer::start(Protection::Tls, USER, PASSWORD) else { return };
    let told = error_of(&format!("smtps://{ENCODED}@localhost:{}", server.port()), "asa@example.com").await;
    assert!(told.starts_with("no encrypted connection"), "{told}");
    assert!(told.contains("`?ca=/path/of/authority.pem`"), "{told}");
}

#[tokio::test]
async fn a_certificate_for_another_host_is_refused() {
    let Some(server) = SmtpServer::start(Protection::Tls, USER, PASSWORD) else { return };
    let told = error_of(&server.url(ENCODED).replace("localhost", "127.0.0.1"), "asa@example.com").await;
    assert!(told.starts_with("no encrypted connection"), "{told}");
}

#[tokio::test]
async fn the_wrong_scheme_is_told() {
    let Some(server) = SmtpServer::start(Protection::StartTls, USER, PASSWORD) else { return };
    let told = error_of(&server.url(ENCODED).replace("smtp://", "smtps://"), "asa@example.com").await;
    assert!(told.contains("`smtp://` (often 587) or `smtps://` (often 465)"), "{told}");
}

#[tokio::test]
async fn a_machine_that_does_not_listen_is_told() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let told = error_of(&format!("smtp://{ENCODED}@127.0.0.1:{port}"), "asa@example.com").await;
    assert!(told.starts_with(&format!("cannot reach the mail server `smtp://127.0.0.1:{port}`: ")), "{told}");
    let told = error_of(&format!("smtp://{ENCODED}@no-such-host.invalid"), "asa@example.com").await;
    assert!(told.starts_with("cannot reach the mail server `smtp://no-such-host.invalid:587`"), "{told}");
}

#[tokio::test]
async fn a_server_that_never_answers_is_left() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{ENCODED}@{}", listener.local_addr().unwrap());
    let smtp = Smtp::with_limit(&url.parse().unwrap(), letterhead(), Duration::from_millis(50)).unwrap();
    let error = smtp.send(&message("asa@example.com")).await.unwrap_err();
    assert!(matches!(error, MailError::Timeout { .. }), "{error}");
    assert!(error.is_temporary());
}

#[test]
fn an_authority_that_cannot_be_read_is_named() {
    let url = "smtp://mail.example.com?ca=/nowhere/ca.pem".parse().unwrap();
    let error = Smtp::new(&url, letterhead()).unwrap_err().to_string();
    assert!(error.contains("cannot read the certificates in `/nowhere/ca.pem`"), "{error}");
}

#[test]
fn an_answer_is_one_short_line_without_the_password() {
    let smtp = smtp(&format!("smtp://{ENCODED}@mail.example.com"));
    let shown = smtp.shown(&format!("no:\r\n{PASSWORD} is wrong\u{1b}[31m {}", "x".repeat(5000)));
    assert!(shown.starts_with("no: (the password) is wrong [31m xxx"), "{shown}");
    assert_eq!(shown.chars().count(), MAX_ANSWER);
}
