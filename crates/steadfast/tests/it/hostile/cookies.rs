//! Sessions: a planted cookie is nobody's, and an ended one stays ended.

use crate::people::{PASSWORD, Portal, sign_in};

const SESSION: &str = "steadfast_session";
const PERSON: &str = "pia@new.example";

#[test]
fn a_planted_session_is_not_taken_over() {
    let portal = Portal::start();
    let _account = portal.person("Pia", PERSON);
    let planted = "A".repeat(43);
    let mut victim = portal.server.client();
    victim.set_cookie(SESSION, &planted);
    assert_eq!(victim.get("/account").status, 303, "a cookie that nobody was given opens nothing");
    victim.fill_in("/sign-in", &[("email", PERSON), ("password", PASSWORD)]).expect(200);
    let own = victim.cookie(SESSION).unwrap().to_owned();
    assert!(own != planted && own.len() >= 43, "{own}");
    let mut thief = portal.server.client();
    thief.set_cookie(SESSION, &planted);
    assert_eq!(thief.get("/account").status, 303);
    assert_eq!(thief.get("/api/v1/me").status, 401);
}

#[test]
fn each_sign_in_opens_a_session_of_its_own_and_a_session_from_before_is_not_kept() {
    let portal = Portal::start();
    let first = portal.person("Pia", PERSON);
    let mut client = first.clone();
    client.set_cookie("planted", "too");
    let answer = client.submit("/sign-out", &[]);
    assert_eq!(answer.status, 303);
    assert!(client.cookie(SESSION).is_none(), "{:?}", client.cookies());
    let mut stale = first.clone();
    assert_eq!(stale.get("/account").status, 303, "a session that was ended is no good");
    let second = sign_in(&portal.server, PERSON, PASSWORD);
    let third = sign_in(&portal.server, PERSON, PASSWORD);
    let values = [first, second, third].map(|client| client.cookie(SESSION).unwrap().to_owned());
    assert!(values[0] != values[1] && values[1] != values[2] && values[0] != values[2]);
}

#[test]
fn a_new_password_ends_all_other_sessions() {
    let portal = Portal::start();
    let mut here = portal.person("Pia", PERSON);
    let mut elsewhere = sign_in(&portal.server, PERSON, PASSWORD);
    here.fill_in("/account/security", &[("present", PASSWORD), ("password", "eleven blue lanterns hum")]).expect(200);
    assert_eq!(elsewhere.get("/account").status, 303);
    assert_eq!(here.get("/account").status, 200);
}

#[test]
fn cookies_are_for_the_server_alone_and_two_of_a_name_count_as_none() {
    let portal = Portal::start();
    let mut client = portal.person("Pia", PERSON);
    let cookie = format!("{SESSION}={}", client.cookie(SESSION).unwrap());
    let twice =
        [("Cookie", format!("{SESSION}=planted; {cookie}")), ("Cookie", format!("{cookie}; {SESSION}=planted"))];
    for (name, value) in twice {
        assert_eq!(portal.server.client().send("GET", "/account", &[(name, &value)], &[]).status, 303, "{value}");
    }
    let fields = [("email", PERSON), ("password", PASSWORD)];
    client.forget();
    let answer = client.submit("/sign-in", &fields);
    let set = answer.all("set-cookie").join("\n");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"), "{set}");
    assert!(!set.contains("Domain"), "{set}");
}
