//! What an ID token says, held against what it has to say (OpenID Connect Core 1.0, section 3.1.3.7).

use model::UnixMillis;
use serde::Deserialize;
use serde_json::Value;

use crate::error::{Flaw, shown};
use crate::identity::About;
use crate::jws::malformed;

/// How far the provider's clock and ours may be apart.
const SKEW_MILLIS: i64 = 60_000;
/// OpenID Connect Core, section 2: the most characters of a subject.
const LONGEST_SUBJECT: usize = 255;

/// What a token has to say to be the answer to us.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) now: UnixMillis,
}

/// The claims of a token that said it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(crate) subject: String,
    pub(crate) about: About,
}

/// The claims as they come.
#[derive(Deserialize)]
struct Payload {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: f64,
    #[serde(rename = "iat")]
    _iat: f64,
    nbf: Option<f64>,
    nonce: Option<String>,
    email: Option<Value>,
    email_verified: Option<Value>,
    name: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// Reads the payload of a token whose signature was verified.
pub(crate) fn check(payload: &[u8], expected: &Expected<'_>) -> Result<Claims, Flaw> {
    let payload: Payload = serde_json::from_slice(payload)
        .map_err(|_| malformed("it lacks `iss`, `sub`, `aud`, `exp` or `iat`, or they are of another kind"))?;
    if payload.iss != expected.issuer {
        return Err(Flaw::Issuer { found: shown(&payload.iss), expected: shown(expected.issuer) });
    }
    check_audience(&payload, expected.client_id)?;
    check_time(&payload, expected.now)?;
    if expected.nonce.is_empty() || payload.nonce.as_deref() != Some(expected.nonce) {
        return Err(Flaw::Nonce);
    }
    check_subject(&payload.sub)?;
    let about = About::read(payload.email.as_ref(), payload.email_verified.as_ref(), payload.name.as_ref());
    Ok(Claims { subject: payload.sub, about })
}

/// For us, and if for others as well, then given to us.
fn check_audience(payload: &Payload, client_id: &str) -> Result<(), Flaw> {
    let all = payload.aud.all();
    if !all.iter().any(|audience| audience == client_id) {
        return Err(Flaw::Audience(shown(&all.join(", "))));
    }
    match payload.azp.as_deref() {
        Some(party) if party == client_id => Ok(()),
        Some(party) => Err(Flaw::Audience(shown(party))),
        None if all.len() == 1 => Ok(()),
        None => Err(Flaw::Audience(shown(&all.join(", ")))),
    }
}

fn check_time(payload: &Payload, now: UnixMillis) -> Result<(), Flaw> {
    let expiry = instant(payload.exp);
    if now >= expiry.plus_millis(SKEW_MILLIS) {
        return Err(Flaw::Expired(expiry));
    }
    let start = payload.nbf.map(instant);
    match start.filter(|start| now < start.plus_millis(-SKEW_MILLIS)) {
        Some(start) => Err(Flaw::NotYetValid(start)),
        None => Ok(()),
    }
}

fn check_subject(subject: &str) -> Result<(), Flaw> {
    let good =
        !subject.is_empty() && subject.chars().count() <= LONGEST_SUBJECT && !subject.chars().any(char::is_control);
    if good { Ok(()) } else { Err(malformed("its `sub` is empty, too long or holds control characters")) }
}

/// Of seconds since 1970, which may have a fraction. What is beyond all instants becomes the first or the last.
fn instant(seconds: f64) -> UnixMillis {
    UnixMillis((seconds * 1_000.0) as i64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: UnixMillis = UnixMillis(1_700_000_000_000);

    fn good() -> Value {
        json!({
            "iss": "https://id.example.com", "sub": "ada", "aud": "portal", "nonce": "n",
            "exp": 1_700_000_300, "iat": 1_700_000_000, "email": "ada@example.com", "email_verified": true, "name": "Ada",
        })
    }

    fn read(claims: &Value) -> Result<Claims, Flaw> {
        let expected = Expected { issuer: "https://id.example.com", client_id: "portal", nonce: "n", now: NOW };
        check(claims.to_string().as_bytes(), &expected)
    }

    fn but(name: &str, value: Value) -> Result<Claims, Flaw> {
        let mut claims = good();
        claims[name] = value;
        read(&claims)
    }

    #[test]
    fn a_good_token_tells_who_it_is() {
        let claims = read(&good()).unwrap();
        assert_eq!(claims.subject, "ada");
        assert_eq!(claims.about.email.as_deref(), Some("ada@example.com"));
        assert!(claims.about.email_verified);
        assert_eq!(claims.about.name.as_deref(), Some("Ada"));
    }

    #[test]
    fn each_claim_that_must_be_there_is_missed() {
        for name in ["iss", "sub", "aud", "exp", "iat"] {
            let mut claims = good();
            claims.as_object_mut().unwrap().remove(name);
            assert!(matches!(read(&claims), Err(Flaw::Malformed(_))), "{name}");
        }
        assert_eq!(but("nonce", json!(null)), Err(Flaw::Nonce));
    }

    #[test]
    fn the_issuer_must_be_the_same_to_the_letter() {
        for other in ["https://id.example.com/", "https://ID.example.com", "http://id.example.com", ""] {
            assert!(matches!(but("iss", json!(other)), Err(Flaw::Issuer { .. })), "{other}");
        }
    }

    #[test]
    fn the_audience_must_be_us_and_with_others_the_party_too() {
        let for_others = |flaw: &str| Err(Flaw::Audience(flaw.into()));
        assert_eq!(but("aud", json!("other")), for_others("other"));
        assert_eq!(but("aud", json!([])), for_others(""));
        assert_eq!(but("aud", json!(["portal", "other"])), for_others("portal, other"));
        assert_eq!(but("azp", json!("other")), for_others("other"));
        assert!(but("aud", json!(["portal"])).is_ok());
        let mut both = good();
        both["aud"] = json!(["portal", "other"]);
        both["azp"] = json!("portal");
        assert!(read(&both).is_ok());
    }

    #[test]
    fn a_token_is_good_in_its_time_and_a_minute_around_it() {
        let seconds = NOW.0 / 1_000;
        assert!(but("exp", json!(seconds - 59)).is_ok());
        assert_eq!(but("exp", json!(seconds - 60)), Err(Flaw::Expired(NOW.plus_millis(-60_000))));
        assert!(matches!(but("exp", json!(-1e300)), Err(Flaw::Expired(_))));
        assert!(but("exp", json!(1e300)).is_ok());
        assert!(but("nbf", json!(seconds as f64 + 59.5)).is_ok());
        assert!(matches!(but("nbf", json!(seconds + 61)), Err(Flaw::NotYetValid(_))));
    }

    #[test]
    fn a_nonce_that_was_lost_is_no_nonce() {
        let expected = Expected { issuer: "https://id.example.com", client_id: "portal", nonce: "", now: NOW };
        let mut claims = good();
        claims["nonce"] = json!("");
        assert_eq!(check(claims.to_string().as_bytes(), &expected), Err(Flaw::Nonce));
        assert_eq!(but("nonce", json!("other")), Err(Flaw::Nonce));
    }

    #[test]
    fn a_subject_is_a_short_line() {
        for bad in [String::new(), "a".repeat(256), "a\nb".into()] {
            assert!(matches!(but("sub", json!(bad)), Err(Flaw::Malformed(_))), "{bad}");
        }
        assert!(but("sub", json!("a".repeat(255))).is_ok());
    }
}
