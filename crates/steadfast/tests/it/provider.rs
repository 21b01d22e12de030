//! Signing in through the company's identity provider: a real one, which runs beside the portal.

use testkit::client::Client;
use testkit::oidc_provider::OidcProvider;

use crate::people::Portal;

const HERE: &str = "http://portal.localhost";
const BEGIN: &str = "/sign-in/provider/company?next=/account";

/// The provider, and the portal that knows it.
fn start() -> Option<(OidcProvider, Portal)> {
    let provider = OidcProvider::start(&[&format!("{HERE}/sign-in/provider/company/back")])?;
    let configuration = format!(
        "[portal]\npublic_url = \"{HERE}\"\n[providers.company]\nlabel = \"Acme\"\nissuer = \"{}\"\nclient_id = \"{}\"\n\
         client_secret = '{}'\n",
        provider.issuer_url, provider.client_id, provider.client_secret
    );
    let portal = Portal::start_with(&configuration);
    Some((provider, portal))
}

/// Goes to the provider, signs in there, and comes back: where the portal then sends the browser.
fn through(client: &mut Client, provider: &OidcProvider, login: &str) -> testkit::http::Response {
    let there = client.get(BEGIN).expect(303);
    let back = provider.sign_in(there.redirect().unwrap(), login);
    client.get(back.strip_prefix(HERE).unwrap())
}

fn id_of(client: &mut Client) -> String {
    client.get("/api/v1/me").expect(200).json()["id"].as_str().unwrap().to_owned()
}

#[test]
fn somebody_comes_through_the_provider_and_is_the_same_person_the_next_time() {
    let Some((provider, portal)) = start() else { return };
    let page = portal.server.get("/sign-in").text();
    assert!(page.contains("Sign in with Acme"), "{page}");
    let mut ada = portal.server.client();
    let answer = through(&mut ada, &provider, "ada");
    assert_eq!((answer.status, answer.redirect()), (303, Some("/account")), "{}", answer.text());
    let page = ada.visit("/account").expect(200).text();
    assert!(page.contains("ada@example.com"), "{page}");
    let mut again = portal.server.client();
    through(&mut again, &provider, "ada").expect(303);
    assert_eq!(id_of(&mut ada), id_of(&mut again));
    let mut other = portal.server.client();
    through(&mut other, &provider, "grace").expect(303);
    assert_ne!(id_of(&mut ada), id_of(&mut other));
}

#[test]
fn an_account_is_tied_to_a_verified_address_and_to_no_other() {
    let Some((provider, portal)) = start() else { return };
    let mut ada = portal.person("Ada", "ada@example.com");
    let mut by_provider = portal.server.client();
    through(&mut by_provider, &provider, "ada").expect(303);
    assert_eq!(id_of(&mut ada), id_of(&mut by_provider));

    let mut victim = portal.person("Victim", "unverified-vic@example.com");
    let mut thief = portal.server.client();
    let answer = through(&mut thief, &provider, "unverified-vic");
    if answer.status == 303 {
        assert_ne!(id_of(&mut victim), id_of(&mut thief), "somebody else's account was opened");
    } else {
        assert_eq!(answer.status, 403, "{}", answer.text());
        assert!(thief.cookie("steadfast_session").is_none());
    }
}

#[test]
fn only_the_browser_that_began_comes_back_and_only_once() {
    let Some((provider, portal)) = start() else { return };
    let mut ada = portal.server.client();
    let there = ada.get(BEGIN).expect(303);
    let back = provider.sign_in(there.redirect().unwrap(), "ada");
    let back = back.strip_prefix(HERE).unwrap();
    // Somebody else's browser is led to the end of a sign-in that it did not begin.
    let mut victim = portal.server.client();
    assert_eq!(victim.get(back).status, 400);
    victim.get(BEGIN).expect(303);
    assert_eq!(victim.get(back).status, 400);
    assert!(victim.cookie("steadfast_session").is_none());
    ada.get(back).expect(303);
    assert_eq!(ada.get(back).status, 400, "it is good once");

    let there = victim.get(BEGIN).expect(303);
    let back = provider.cancel(there.redirect().unwrap());
    let answer = victim.get(back.strip_prefix(HERE).unwrap());
    assert!(answer.status >= 400 && answer.status != 500, "{}", answer.text());
    assert!(answer.text().contains("Sign-in did not work"), "{}", answer.text());
    assert!(victim.cookie("steadfast_session").is_none());
}
