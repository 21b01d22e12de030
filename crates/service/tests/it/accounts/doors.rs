//! Signing up, in and out, and forgotten passwords.

use std::time::{Duration, Instant};

use model::{Invitation, InvitationId, InvitedTo};

use super::*;

#[tokio::test]
async fn whoever_verifies_is_signed_in_and_has_an_organisation() {
    let house = House::new();
    house.sign_up("Anna@Example.com").await;
    assert!(house.by_email("anna@example.com").await.unwrap().verified_at.is_none());
    let link = house.link("anna@example.com", "/verify").await;
    assert!(house.steadfast().verification(&link, &visit()).await.unwrap().is_some(), "looking changes nothing");
    let anna = house.steadfast().verify(&link, &visit()).await.unwrap();
    assert_eq!(house.session(&anna).await.unwrap().1.email.as_str(), "anna@example.com");
    let organisations = house.steadfast().store.organisations_of(anna.person.id).await.unwrap();
    assert_eq!(organisations[0].0.name, "Anna Lund's organisation");
    assert_eq!(organisations[0].1.role, MemberRole::Admin);
    assert!(matches!(refusal(house.steadfast().verify(&link, &visit()).await), Refusal::NotFound(_)), "good once");
    let actions = house.actions().await;
    for action in ["person.signed_up", "organisation.created", "person.verified", "person.signed_in"] {
        assert!(actions.iter().any(|known| known == action), "{action} in {actions:?}");
    }
}

#[tokio::test]
async fn a_link_is_good_for_a_day() {
    let house = House::new();
    house.sign_up("anna@example.com").await;
    let link = house.link("anna@example.com", "/verify").await;
    house.wait(DAY);
    assert!(house.steadfast().verification(&link, &visit()).await.unwrap().is_none());
}

#[tokio::test]
async fn all_flaws_of_a_sign_up_are_told_and_nothing_is_made() {
    let house = House::new();
    let new = NewPerson { password: "short".to_owned(), email: "anna".to_owned(), ..NewPerson::default() };
    let Refusal::Invalid(flaws) = refusal(house.steadfast().sign_up(&new, &visit()).await) else { panic!() };
    assert_eq!(flaws.iter().map(|flaw| flaw.field.as_str()).collect::<Vec<_>>(), ["name", "email", "password"]);
    assert!(house.mails().await.is_empty() && house.actions().await.is_empty());
}

#[tokio::test]
async fn a_taken_address_is_told_in_the_mail_alone() {
    let house = House::new();
    let anna = house.person("anna").await;
    let other = NewPerson {
        name: "Mallory".to_owned(),
        password: "another long password".to_owned(),
        ..new("anna@example.com")
    };
    house.steadfast().sign_up(&other, &visit()).await.unwrap();
    assert!(house.last_mail("anna@example.com").await.subject.starts_with("You already have an account"));
    assert!(matches!(house.sign_in("anna@example.com", PASSWORD).await, SignIn::Opened(_)));
    assert_eq!(house.by_email("anna@example.com").await.unwrap(), anna.person);
}

#[tokio::test]
async fn signing_up_again_before_verifying_counts_and_ends_the_link_before() {
    let house = House::new();
    house.sign_up("anna@example.com").await;
    let first = house.link("anna@example.com", "/verify").await;
    let again = NewPerson { name: "Anna L.".to_owned(), organisation: "Lund AB".to_owned(), ..new("anna@example.com") };
    let again = NewPerson { password: "twelve short otters".to_owned(), ..again };
    house.steadfast().sign_up(&again, &visit()).await.unwrap();
    assert!(house.steadfast().verification(&first, &visit()).await.unwrap().is_none());
    let second = house.link("anna@example.com", "/verify").await;
    let anna = house.steadfast().verify(&second, &visit()).await.unwrap();
    assert_eq!(anna.person.name, "Anna L.");
    let organisations = house.steadfast().store.organisations_of(anna.person.id).await.unwrap();
    assert_eq!(organisations.iter().map(|(it, _)| it.name.as_str()).collect::<Vec<_>>(), ["Lund AB"]);
    assert!(matches!(house.sign_in("anna@example.com", PASSWORD).await, SignIn::No));
    assert!(matches!(house.sign_in("anna@example.com", "twelve short otters").await, SignIn::Opened(_)));
}

#[tokio::test]
async fn by_invitation_means_an_open_invitation_for_this_address() {
    let house = House::for_invited();
    house.sign_up("anna@example.com").await;
    assert!(house.by_email("anna@example.com").await.is_none());
    assert!(house.last_mail("anna@example.com").await.subject.starts_with("You need an invitation"));
}

#[tokio::test]
async fn with_an_open_invitation_one_may_sign_up() {
    let house = House::for_invited();
    let link = house.steadfast().first_operator_link().await.unwrap().unwrap();
    let carried = link.split("token=").nth(1).unwrap();
    let olga = house.steadfast().make_first_operator(carried, &new("olga@example.com"), &visit()).await.unwrap();
    let now = house.clock.now();
    let organisation = house.steadfast().store.organisations_of(olga.person.id).await.unwrap()[0].0.id;
    let invitation = Invitation {
        id: InvitationId::new(now, &*house.steadfast().random),
        to: InvitedTo::Organisation(organisation, MemberRole::Member),
        email: "anna@example.com".parse().unwrap(),
        digest: [9; 32],
        invited_by: olga.person.id,
        created_at: now,
        expires_at: now.plus_millis(DAY),
        ended: None,
    };
    house.steadfast().store.change(vec![Edit::AddInvitation(invitation)]).await.unwrap();
    house.sign_up("anna@example.com").await;
    assert!(house.by_email("anna@example.com").await.is_some());
}

#[tokio::test]
async fn an_account_that_is_not_verified_does_not_open_and_gets_a_fresh_link() {
    let house = House::new();
    house.sign_up("anna@example.com").await;
    let first = house.link("anna@example.com", "/verify").await;
    assert!(matches!(house.sign_in("anna@example.com", "not the password").await, SignIn::No));
    assert_eq!(house.link("anna@example.com", "/verify").await, first, "a wrong password sends nothing");
    assert!(matches!(house.sign_in("anna@example.com", PASSWORD).await, SignIn::No));
    let second = house.link("anna@example.com", "/verify").await;
    assert_ne!(second, first);
    assert!(house.steadfast().verify(&second, &visit()).await.is_ok());
}

#[tokio::test]
async fn another_link_is_mailed_to_whom_it_helps() {
    let house = House::new();
    house.sign_up("anna@example.com").await;
    let first = house.link("anna@example.com", "/verify").await;
    for address in ["anna@example.com", "nobody@example.com", "nonsense"] {
        house.steadfast().resend_verification(address, &visit()).await.unwrap();
    }
    assert_ne!(house.link("anna@example.com", "/verify").await, first);
    assert_eq!(house.mails().await.len(), 2);
}

#[tokio::test]
async fn each_sign_in_has_a_cookie_of_its_own_and_ends_the_browsers_session_before() {
    let house = House::new();
    let first = house.person("anna").await;
    let (session, person) = house.session(&first).await.unwrap();
    let visit = Visit { session: Some((person.id, session.id)), ..visit() };
    let second = opened(house.steadfast().sign_in("anna@example.com", PASSWORD, &visit).await.unwrap());
    assert_ne!(first.cookie.reveal(), second.cookie.reveal());
    assert!(house.session(&first).await.is_none() && house.session(&second).await.is_some());
}

#[tokio::test]
async fn unknown_wrong_and_shut_are_answered_alike() {
    let house = House::new();
    let anna = house.person("anna").await;
    assert!(matches!(house.sign_in("anna@example.com", "wrong").await, SignIn::No));
    assert!(matches!(house.sign_in("nobody@example.com", PASSWORD).await, SignIn::No));
    assert!(matches!(house.sign_in("nonsense", PASSWORD).await, SignIn::No));
    let shut = Person { disabled_at: Some(UnixMillis(NOW)), ..anna.person.clone() };
    house.steadfast().store.change(vec![Edit::SavePerson(shut)]).await.unwrap();
    assert!(matches!(house.sign_in("anna@example.com", PASSWORD).await, SignIn::No));
    assert!(house.session(&anna).await.is_none());
    let failed = house.actions().await.iter().filter(|action| *action == "sign_in.failed").count();
    assert_eq!(failed, 4);
}

#[tokio::test]
async fn an_unknown_address_takes_as_long_as_a_wrong_password() {
    let mut house = House::new();
    let parameters = Parameters { memory_kib: 8192, passes: 2, lanes: 1 };
    house.installation.steadfast.accounts.passwords = Passwords::new(parameters).unwrap();
    house.person("anna").await;
    let mut fastest = [Duration::MAX; 2];
    for _ in 0..6 {
        for (email, fastest) in ["anna@example.com", "nobody@example.com"].into_iter().zip(&mut fastest) {
            let start = Instant::now();
            assert!(matches!(house.sign_in(email, "a wrong password").await, SignIn::No));
            *fastest = start.elapsed().min(*fastest);
        }
    }
    let [known, unknown] = fastest;
    assert!(unknown * 3 > known && known * 3 > unknown, "known {known:?}, unknown {unknown:?}");
}

#[tokio::test]
async fn ten_tries_with_one_address_whether_it_is_somebodys_or_not() {
    let house = House::new();
    house.person("anna").await;
    for email in ["anna@example.com", " Nobody@example.com"] {
        for _ in 0..10 {
            house.sign_in(email, "wrong").await;
        }
        let eleventh = refusal(house.steadfast().sign_in(&email.to_uppercase(), PASSWORD, &visit()).await);
        assert!(matches!(eleventh, Refusal::TooMany(_)), "{email}");
    }
    house.wait(2 * MINUTE);
    assert!(matches!(house.sign_in("anna@example.com", PASSWORD).await, SignIn::Opened(_)));
}

#[tokio::test]
async fn thirty_tries_from_one_place() {
    let house = House::new();
    for number in 0..30 {
        house.sign_in(&format!("{number}@example.com"), "wrong").await;
    }
    let next = house.steadfast().sign_in("31@example.com", "wrong", &visit()).await;
    assert!(matches!(refusal(next), Refusal::TooMany(_)));
    let elsewhere = Visit { address: "192.0.2.2".to_owned(), ..visit() };
    assert!(house.steadfast().sign_in("31@example.com", "wrong", &elsewhere).await.is_ok());
}

#[tokio::test]
async fn nobody_can_fill_a_mailbox() {
    let house = House::new();
    house.person("anna").await;
    let mut refused = 0;
    for _ in 0..20 {
        refused += usize::from(house.steadfast().forgot_password("anna@example.com", &visit()).await.is_err());
    }
    assert!(refused >= 15 && house.mails().await.len() <= 6);
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_once_and_every_session_ends() {
    let house = House::new();
    let before = house.person("anna").await;
    house.steadfast().forgot_password("anna@example.com", &visit()).await.unwrap();
    house.steadfast().forgot_password("nobody@example.com", &visit()).await.unwrap();
    assert!(house.mails().await.iter().all(|mail| mail.to.email == "anna@example.com"));
    let link = house.link("anna@example.com", "/reset").await;
    let bad = refusal(house.steadfast().reset_password(&link, "short", &visit()).await);
    assert!(matches!(bad, Refusal::Invalid(_)), "a flaw does not use the link up");
    let outcome = house.steadfast().reset_password(&link, "twelve short otters", &visit()).await.unwrap();
    let Reset::Opened(after) = outcome else { panic!("{outcome:?}") };
    assert!(house.session(&before).await.is_none() && house.session(&after).await.is_some());
    assert!(house.last_mail("anna@example.com").await.subject.starts_with("Your password was changed"));
    let again = house.steadfast().reset_password(&link, "thirteen short otters", &visit()).await;
    assert!(matches!(refusal(again), Refusal::NotFound(_)));
    assert!(matches!(house.sign_in("anna@example.com", PASSWORD).await, SignIn::No));
    assert!(matches!(house.sign_in("anna@example.com", "twelve short otters").await, SignIn::Opened(_)));
}

#[tokio::test]
async fn a_reset_link_is_good_for_an_hour_and_for_nothing_else() {
    let house = House::new();
    house.person("anna").await;
    house.steadfast().forgot_password("anna@example.com", &visit()).await.unwrap();
    let link = house.link("anna@example.com", "/reset").await;
    assert!(house.steadfast().verification(&link, &visit()).await.unwrap().is_none());
    house.wait(HOUR);
    assert!(house.steadfast().password_reset(&link, &visit()).await.unwrap().is_none());
}

#[tokio::test]
async fn changing_the_password_asks_for_the_present_one_and_ends_the_others() {
    let house = House::new();
    let this = house.person("anna").await;
    let other = opened(house.sign_in("anna@example.com", PASSWORD).await);
    let (session, person) = house.session(&this).await.unwrap();
    let wrong = house.steadfast().change_password(&person, &session, "wrong", "twelve short otters").await;
    assert!(matches!(refusal(wrong), Refusal::Invalid(flaws) if flaws[0].field == "present"));
    house.steadfast().change_password(&person, &session, PASSWORD, "twelve short otters").await.unwrap();
    assert!(house.session(&this).await.is_some() && house.session(&other).await.is_none());
}

#[tokio::test]
async fn a_session_ends_unused_after_a_week_and_used_after_a_month() {
    let house = House::new();
    let unused = house.person("anna").await;
    house.wait(7 * DAY);
    assert!(house.session(&unused).await.is_none());
    let used = opened(house.sign_in("anna@example.com", PASSWORD).await);
    for _ in 0..5 {
        house.wait(6 * DAY - 1);
        assert!(house.session(&used).await.is_some());
    }
    house.wait(DAY);
    assert!(house.session(&used).await.is_none());
}

#[tokio::test]
async fn one_sees_and_ends_ones_own_sessions_alone() {
    let house = House::new();
    let anna = house.person("anna").await;
    let ben = house.person("ben").await;
    let (session, _) = house.session(&ben).await.unwrap();
    let foreign = house.steadfast().end_session(Doer::Person(anna.person.id), anna.person.id, session.id).await;
    assert!(matches!(refusal(foreign), Refusal::NotFound(_)));
    assert_eq!(house.steadfast().live_sessions(ben.person.id).await.unwrap()[0].id, session.id);
    house.steadfast().end_session(Doer::Person(ben.person.id), ben.person.id, session.id).await.unwrap();
    assert!(house.session(&ben).await.is_none() && house.session(&anna).await.is_some());
}

#[tokio::test]
async fn the_first_operator_is_made_once() {
    let house = House::new();
    let carried = |link: &str| link.strip_prefix("http://localhost:8080/first-operator?token=").unwrap().to_owned();
    let older = carried(&house.steadfast().first_operator_link().await.unwrap().unwrap());
    let link = carried(&house.steadfast().first_operator_link().await.unwrap().unwrap());
    let outdated = house.steadfast().make_first_operator(&older, &new("olga@example.com"), &visit()).await;
    assert!(matches!(refusal(outdated), Refusal::NotFound(_)));
    let olga = house.steadfast().make_first_operator(&link, &new("olga@example.com"), &visit()).await.unwrap();
    assert_eq!(house.session(&olga).await.unwrap().1.platform_role, Some(PlatformRole::Operator));
    let second = house.steadfast().make_first_operator(&link, &new("mallory@example.com"), &visit()).await;
    assert!(matches!(refusal(second), Refusal::NotFound(_)));
    assert_eq!(house.steadfast().first_operator_link().await.unwrap(), None);
    assert!(matches!(house.sign_in("olga@example.com", PASSWORD).await, SignIn::Opened(_)));
}

#[tokio::test]
async fn the_log_holds_no_secret_and_nothing_that_was_typed() {
    let house = House::new();
    house.person("anna").await;
    house.sign_in("anna@example.com", "a mistyped password").await;
    house.sign_in("mistyped@example.com", "a mistyped password").await;
    house.steadfast().forgot_password("mistyped@example.com", &visit()).await.unwrap();
    let query = AuditQuery { limit: 1000, ..AuditQuery::default() };
    let log = format!("{:?}", house.steadfast().store.audit(&query).await.unwrap());
    for secret in [PASSWORD, "mistyped", "argon2"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[tokio::test]
async fn of_two_who_use_a_link_at_once_one_gets_in() {
    let house = House::new();
    house.sign_up("anna@example.com").await;
    let link = house.link("anna@example.com", "/verify").await;
    let (one, two) = (visit(), visit());
    let (first, second) = tokio::join!(house.steadfast().verify(&link, &one), house.steadfast().verify(&link, &two));
    assert_eq!([first.is_ok(), second.is_ok()].iter().filter(|in_| **in_).count(), 1);
}

#[tokio::test]
async fn nothing_that_was_issued_or_typed_is_in_the_files() {
    let house = House::new();
    house.sign_up("anna@example.com").await;
    let link = house.link("anna@example.com", "/verify").await;
    let anna = house.steadfast().verify(&link, &visit()).await.unwrap();
    house.steadfast().forgot_password("anna@example.com", &visit()).await.unwrap();
    let reset = house.link("anna@example.com", "/reset").await;
    let (session, person) = house.session(&anna).await.unwrap();
    let new = NewToken { name: "ci".to_owned(), scopes: vec!["apps:read".to_owned()], days: 7 };
    let token = house.steadfast().make_token(&person, &session, &new, None).await.unwrap().secret.unwrap();
    let files: Vec<Vec<u8>> = std::fs::read_dir(house.installation.path("."))
        .unwrap()
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
        .collect();
    let holds = |text: &str| files.iter().any(|bytes| bytes.windows(text.len()).any(|part| part == text.as_bytes()));
    assert!(holds("anna@example.com"), "the files are read where they are written");
    for secret in [PASSWORD, &link, &reset, anna.cookie.reveal(), token.reveal()] {
        assert!(!holds(secret), "{secret}");
    }
}
