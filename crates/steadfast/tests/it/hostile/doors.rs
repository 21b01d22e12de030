//! Doors at which something can be guessed: how often one may try, and what an answer and its time tell.

use std::time::{Duration, Instant};

use testkit::client::Client;
use testkit::http::Response;

use crate::people::{OPERATOR, PASSWORD, Portal};

fn tries(client: &mut Client, email: &str) -> Response {
    client.post_form("/sign-in", &[("email", email), ("password", "not the password")])
}

/// How long to wait, as an answer says that there were too many.
fn wait(answer: &Response) -> u64 {
    assert_eq!(answer.status, 429, "{}", answer.text());
    answer.header("retry-after").unwrap().parse().unwrap()
}

#[test]
fn a_password_can_not_be_guessed_by_trying() {
    let portal = Portal::start();
    let _operator = portal.operator();
    let mut client = portal.server.client();
    client.get("/sign-in");
    for email in [OPERATOR, "nobody@new.example"] {
        let answers: Vec<Response> = (0..12).map(|_| tries(&mut client, email)).collect();
        assert_eq!(answers[0].status, 422);
        let last = answers.last().unwrap();
        assert!((1..=900).contains(&wait(last)), "{email}");
        assert!(answers.iter().filter(|answer| answer.status == 422).count() <= 10, "{email}");
    }
    // The right one is not taken either, so that nothing is learnt.
    let right = client.post_form("/sign-in", &[("email", OPERATOR), ("password", PASSWORD)]);
    wait(&right);
}

#[test]
fn mail_tokens_and_links_can_not_be_asked_for_without_end() {
    let portal = Portal::start();
    let mut client = portal.server.client();
    client.get("/forgot");
    let forgot: Vec<Response> = (0..7).map(|_| client.post_form("/forgot", &[("email", "pia@new.example")])).collect();
    wait(forgot.last().unwrap());
    let guess = format!("stf_p_{}", "0".repeat(49));
    let mut program = portal.server.client().with_token(&guess);
    let answers: Vec<Response> = (0..62).map(|_| program.get("/api/v1/me")).collect();
    assert_eq!(answers[0].status, 401);
    wait(answers.last().unwrap());
    let links: Vec<Response> = (0..62).map(|_| client.get("/reset?token=guessed")).collect();
    assert_eq!(links[0].status, 404);
    wait(links.last().unwrap());
}

/// A page without what differs from answer to answer, and without the address that was asked for.
fn told(answer: &Response, email: &str) -> (u16, String) {
    let page = answer.text().replace(email, "EMAIL");
    let token = testkit::html::field(&page, "csrf").unwrap_or_default();
    (answer.status, page.replace(&token, "TOKEN"))
}

#[test]
fn no_answer_tells_whether_an_address_has_an_account() {
    let portal = Portal::start();
    let _operator = portal.operator();
    let _waiting = {
        let mut client = portal.server.client();
        let fields = [("name", "Wanda"), ("email", "wanda@new.example"), ("password", PASSWORD)];
        client.fill_in("/sign-up", &fields).expect(200)
    };
    let mut client = portal.server.client();
    let answers = [OPERATOR, "nobody@new.example", "wanda@new.example"].map(|email| {
        let fields = [("name", "N. N."), ("email", email), ("password", "eleven blue lanterns hum")];
        let sign_up = client.post_form("/sign-up", &fields);
        let forgot = client.post_form("/forgot", &[("email", email)]);
        let again = client.post_form("/verify/again", &[("email", email)]);
        let wrong = client.post_form("/sign-in", &[("email", email), ("password", "not the password")]);
        [told(&sign_up, email), told(&forgot, email), told(&again, email), told(&wrong, email)]
    });
    assert_eq!(answers[0].each_ref().map(|(status, _)| *status), [200, 200, 200, 422]);
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[1], answers[2]);
}

#[test]
fn the_time_of_a_sign_in_does_not_tell_either() {
    // Without the same work for both, one takes a hundredth of the other, every time. With it they differ by what else
    // the machine does.
    let alike = (0..3).any(|_| {
        let [known, unknown] = times();
        assert!(known.min(unknown) > Duration::from_millis(2), "a password is checked in {known:?} or {unknown:?}");
        eprintln!("{known:?} where the address is known, {unknown:?} where it is not");
        known.max(unknown) < known.min(unknown) * 13 / 10
    });
    assert!(alike, "see the times above");
}

/// How long it takes in the middle to be refused, with an address that is known and with one that is not.
fn times() -> [Duration; 2] {
    let portal = Portal::start();
    let _operator = portal.operator();
    let mut client = portal.server.client();
    client.get("/sign-in");
    let mut taken = [Vec::new(), Vec::new()];
    // One after the other, so that whatever else the machine does meets both alike.
    for _ in 0..9 {
        for (email, times) in [OPERATOR, "nobody@new.example"].into_iter().zip(&mut taken) {
            let start = Instant::now();
            assert_eq!(tries(&mut client, email).status, 422);
            times.push(start.elapsed());
        }
    }
    taken.map(median)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
