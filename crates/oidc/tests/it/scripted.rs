//! A provider that answers what a test tells it to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use data_encoding::BASE64URL_NOPAD;
use model::UnixMillis;
use oidc::{Callback, Config, Error, Identity, Provider};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use testkit::stub::{Request, Stub};

pub(crate) const NOW: UnixMillis = UnixMillis(1_700_000_000_000);
pub(crate) const SECRET: &str = "the-client-secret";
pub(crate) const CODE: &str = "the-code";
pub(crate) const NONCE: &str = "the-nonce";
pub(crate) const VERIFIER: &str = "the-verifier";
pub(crate) const BACK: &str = "https://portal.example.com/back";

/// A key that signs tokens.
pub(crate) struct Signer {
    pub(crate) id: &'static str,
    pair: EcdsaKeyPair,
}

impl Signer {
    pub(crate) fn new(id: &'static str) -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
        Self { id, pair }
    }

    /// The public half.
    pub(crate) fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let part = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
        let (x, y) = (part(&point[1..33]), part(&point[33..]));
        json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.id, "x": x, "y": y})
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let signed = unsigned(&json!({"alg": "ES256", "kid": self.id}), claims);
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", BASE64URL_NOPAD.encode(signature.as_ref()))
    }
}

/// The first two parts of a token.
pub(crate) fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    format!("{}.{}", part(header), part(claims))
}

type Answers = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// The provider. At first everything about it is in order.
pub(crate) struct Scripted {
    pub(crate) signer: Signer,
    pub(crate) issuer: String,
    answers: Answers,
    asked: Arc<Mutex<Vec<Request>>>,
    _stub: Stub,
}

impl Scripted {
    pub(crate) fn start() -> Self {
        let (answers, asked) = (Answers::default(), Arc::new(Mutex::new(Vec::new())));
        let (said, heard) = (Arc::clone(&answers), Arc::clone(&asked));
        let stub = Stub::start(move |request| {
            heard.lock().unwrap().push(request.clone());
            let answer = said.lock().unwrap().get(&request.path).cloned();
            answer.unwrap_or_else(|| Stub::answer(404, &[], ""))
        });
        let issuer = format!("http://{}/realms/staff", stub.address());
        let scripted = Self { signer: Signer::new("first"), issuer, answers, asked, _stub: stub };
        scripted.says("/.well-known/openid-configuration", &scripted.metadata());
        scripted.says("/keys", &json!({"keys": [scripted.signer.jwk()]}));
        scripted.says_token(&scripted.signer.sign(&scripted.claims()));
        scripted
    }

    pub(crate) fn metadata(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        json!({
            "issuer": self.issuer, "authorization_endpoint": at("/authorize?tenant=1"), "token_endpoint": at("/token"),
            "jwks_uri": at("/keys"), "userinfo_endpoint": at("/userinfo"),
        })
    }

    /// What a token in order says.
    pub(crate) fn claims(&self) -> Value {
        json!({
            "iss": self.issuer, "sub": "ada", "aud": "portal", "exp": 1_700_000_300, "iat": 1_700_000_000,
            "nonce": NONCE, "email": "ada@example.com", "email_verified": true,
        })
    }

    /// The same but for one claim.
    pub(crate) fn claims_but(&self, name: &str, value: Value) -> Value {
        let mut claims = self.claims();
        claims[name] = value;
        claims
    }

    /// From now on it answers this to requests below the issuer's path.
    pub(crate) fn says(&self, path: &str, answer: &Value) {
        self.answers_raw(path, Stub::answer(200, &[("Content-Type", "application/json")], &answer.to_string()));
    }

    pub(crate) fn answers_raw(&self, path: &str, answer: Vec<u8>) {
        self.answers.lock().unwrap().insert(format!("/realms/staff{path}"), answer);
    }

    pub(crate) fn says_token(&self, id_token: &str) {
        self.says("/token", &json!({"access_token": "the-access-token", "token_type": "bearer", "id_token": id_token}));
    }

    /// The requests to a path so far.
    pub(crate) fn asked(&self, path: &str) -> Vec<Request> {
        let path = format!("/realms/staff{path}");
        self.asked.lock().unwrap().iter().filter(|request| request.path == path).cloned().collect()
    }

    pub(crate) fn config(&self) -> Config {
        Config {
            issuer_url: self.issuer.clone(),
            client_id: "portal".into(),
            client_secret: SECRET.into(),
            scopes: vec!["openid".into(), "email".into()],
            label: "Scripted".into(),
        }
    }

    pub(crate) fn client(&self) -> Provider {
        Provider::discover(self.config()).unwrap()
    }

    /// The outcome of a sign-in with what it says now.
    pub(crate) async fn sign_in(&self) -> Result<Identity, Error> {
        finish(&self.client(), NOW).await
    }

    /// The outcome of a sign-in for which it gives this token.
    pub(crate) async fn sign_in_with(&self, id_token: &str) -> Result<Identity, Error> {
        self.says_token(id_token);
        self.sign_in().await
    }
}

pub(crate) async fn finish(provider: &Provider, now: UnixMillis) -> Result<Identity, Error> {
    let callback = Callback { code: CODE, issuer: None, nonce: NONCE, pkce_verifier: VERIFIER, redirect_url: BACK };
    provider.finish(&callback, now).await
}
