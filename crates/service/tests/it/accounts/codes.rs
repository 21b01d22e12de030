//! The second factor, and recent proofs.

use secrets::SealKey;

use super::*;

/// Somebody whose second factor is on: their session, the secret of their app, their recovery codes.
async fn with_factor(house: &House) -> (Opened, TotpSecret, Vec<String>) {
    let anna = house.person("anna").await;
    let (session, person) = house.session(&anna).await.unwrap();
    let setup = house.steadfast().set_up_second_factor(&person, &session).await.unwrap();
    let secret = secret_of(&setup.text);
    let code = secret.code_at(house.clock.now());
    let codes = house.steadfast().switch_on_second_factor(&person, &session, &setup.sealed, &code).await.unwrap();
    (anna, secret, codes.iter().map(|code| code.reveal().to_owned()).collect())
}

/// What an authenticator app makes of the text.
fn secret_of(text: &str) -> TotpSecret {
    let mut bytes = Vec::new();
    let (mut bits, mut kept) = (0_u32, 0_u32);
    for character in text.chars().filter(|c| !c.is_whitespace()) {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(character).unwrap();
        bits = (bits << 5) | u32::try_from(value).unwrap();
        kept += 5;
        if kept >= 8 {
            kept -= 8;
            bytes.push(u8::try_from((bits >> kept) & 0xff).unwrap());
        }
    }
    TotpSecret::from_bytes(&bytes).unwrap()
}

async fn asked(house: &House) -> String {
    match house.sign_in("anna@example.com", PASSWORD).await {
        SignIn::Code(state) => state.reveal().to_owned(),
        other => panic!("{other:?}"),
    }
}

async fn answer(house: &House, state: &str, code: &str) -> CodeAnswer {
    house.steadfast().sign_in_with_code(state, code, &visit()).await.unwrap()
}

#[tokio::test]
async fn signing_in_asks_for_a_code_that_is_good_once() {
    let house = House::new();
    let (_, secret, _) = with_factor(&house).await;
    let state = asked(&house).await;
    let used = secret.code_at(house.clock.now());
    assert!(matches!(answer(&house, &state, &used).await, CodeAnswer::Wrong), "it switched the factor on");
    house.wait(MINUTE);
    let code = secret.code_at(house.clock.now());
    assert!(matches!(answer(&house, &state, &code).await, CodeAnswer::Opened(_)));
    assert!(matches!(answer(&house, &state, &code).await, CodeAnswer::Over), "the state is good once");
    let state = asked(&house).await;
    assert!(matches!(answer(&house, &state, &code).await, CodeAnswer::Wrong), "the code is good once");
}

#[tokio::test]
async fn five_wrong_codes_end_it_and_so_do_ten_minutes() {
    let house = House::new();
    let (_, secret, _) = with_factor(&house).await;
    let state = asked(&house).await;
    for _ in 0..4 {
        assert!(matches!(answer(&house, &state, "000000").await, CodeAnswer::Wrong));
    }
    assert!(matches!(answer(&house, &state, "000000").await, CodeAnswer::Over));
    house.wait(MINUTE);
    assert!(matches!(answer(&house, &state, &secret.code_at(house.clock.now())).await, CodeAnswer::Over));
    let state = asked(&house).await;
    house.wait(10 * MINUTE);
    assert!(matches!(answer(&house, &state, &secret.code_at(house.clock.now())).await, CodeAnswer::Over));
}

#[tokio::test]
async fn a_recovery_code_is_good_once_and_told_by_mail() {
    let house = House::new();
    let (_, _, codes) = with_factor(&house).await;
    let state = asked(&house).await;
    assert!(matches!(answer(&house, &state, &codes[0].to_uppercase()).await, CodeAnswer::Opened(_)));
    let mail = house.last_mail("anna@example.com").await;
    assert!(
        mail.subject.starts_with("A recovery code was used") && mail.text.contains("9 codes are left"),
        "{}",
        mail.text
    );
    let state = asked(&house).await;
    assert!(matches!(answer(&house, &state, &codes[0]).await, CodeAnswer::Wrong));
    assert!(matches!(answer(&house, &state, &codes[1]).await, CodeAnswer::Opened(_)));
}

#[tokio::test]
async fn with_another_key_file_recovery_codes_still_let_people_in() {
    let house = House::new();
    let (_, secret, codes) = with_factor(&house).await;
    house.wait(MINUTE);
    let mut other = house.steadfast().clone();
    other.accounts.seal_key = SealKey::from_bytes([99; 32]);
    let state = asked(&house).await;
    let code = secret.code_at(house.clock.now());
    let answered = other.sign_in_with_code(&state, &code, &visit()).await.unwrap();
    assert!(matches!(answered, CodeAnswer::Wrong), "{answered:?}");
    let answered = other.sign_in_with_code(&state, &codes[0], &visit()).await.unwrap();
    assert!(matches!(answered, CodeAnswer::Opened(_)), "{answered:?}");
}

#[tokio::test]
async fn a_reset_with_the_factor_on_does_not_sign_in() {
    let house = House::new();
    with_factor(&house).await;
    house.steadfast().forgot_password("anna@example.com", &visit()).await.unwrap();
    let link = house.link("anna@example.com", "/reset").await;
    let outcome = house.steadfast().reset_password(&link, "twelve short otters", &visit()).await.unwrap();
    assert!(matches!(outcome, Reset::SignInNow));
    assert!(matches!(house.sign_in("anna@example.com", "twelve short otters").await, SignIn::Code(_)));
}

#[tokio::test]
async fn a_setup_belongs_to_its_session_and_needs_a_right_code() {
    let house = House::new();
    let one = house.person("anna").await;
    let two = opened(house.sign_in("anna@example.com", PASSWORD).await);
    let (first, person) = house.session(&one).await.unwrap();
    let (second, _) = house.session(&two).await.unwrap();
    let setup = house.steadfast().set_up_second_factor(&person, &first).await.unwrap();
    let code = secret_of(&setup.text).code_at(house.clock.now());
    let stolen = house.steadfast().switch_on_second_factor(&person, &second, &setup.sealed, &code).await;
    assert!(matches!(refusal(stolen), Refusal::Conflict(_)));
    let wrong = house.steadfast().switch_on_second_factor(&person, &first, &setup.sealed, "000000").await;
    assert!(matches!(refusal(wrong), Refusal::Invalid(_)));
    assert!(house.steadfast().switch_on_second_factor(&person, &first, &setup.sealed, &code).await.is_ok());
    let twice = house.steadfast().set_up_second_factor(&person, &first).await;
    assert!(matches!(refusal(twice), Refusal::Conflict(_)));
}

#[tokio::test]
async fn switching_off_asks_for_the_password() {
    let house = House::new();
    let (anna, _, codes) = with_factor(&house).await;
    let (session, person) = house.session(&anna).await.unwrap();
    let wrong = house.steadfast().switch_off_second_factor(&person, &session, "wrong", "").await;
    assert!(matches!(refusal(wrong), Refusal::Invalid(_)));
    house.steadfast().switch_off_second_factor(&person, &session, PASSWORD, "").await.unwrap();
    assert!(matches!(house.sign_in("anna@example.com", PASSWORD).await, SignIn::Opened(_)));
    let security = house.steadfast().security_of(&person).await.unwrap();
    assert!(security.second_factor.is_none() && security.recovery_codes == 0 && codes.len() == 10);
}

#[tokio::test]
async fn after_a_quarter_of_an_hour_a_proof_is_needed_and_can_be_given() {
    let house = House::new();
    let anna = house.person("anna").await;
    house.wait(15 * MINUTE);
    let (session, person) = house.session(&anna).await.unwrap();
    assert!(!house.steadfast().is_proven(&session));
    let early = house.steadfast().set_up_second_factor(&person, &session).await;
    assert!(matches!(refusal(early), Refusal::Forbidden(_)));
    let wrong = house.steadfast().prove(&person, &session, "wrong", "").await;
    assert!(matches!(refusal(wrong), Refusal::Invalid(flaws) if flaws[0].field == "password"));
    house.steadfast().prove(&person, &session, PASSWORD, "").await.unwrap();
    let (session, person) = house.session(&anna).await.unwrap();
    assert!(house.steadfast().set_up_second_factor(&person, &session).await.is_ok());
}

#[tokio::test]
async fn proofs_can_be_tried_ten_times() {
    let house = House::new();
    let anna = house.person("anna").await;
    let (session, person) = house.session(&anna).await.unwrap();
    for _ in 0..10 {
        assert!(house.steadfast().prove(&person, &session, "wrong", "").await.is_err());
    }
    let next = house.steadfast().prove(&person, &session, PASSWORD, "").await;
    assert!(matches!(refusal(next), Refusal::TooMany(_)));
}
