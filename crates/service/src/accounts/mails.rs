//! The words of the mails about accounts. Each says who asked, what to do, and what to do if it wasn't you.

use mail::{Mailbox, Message};
use model::{Email, Person};

/// Where a mail comes from, in words, and where the portal is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Portal<'a> {
    /// The platform's name.
    pub(super) platform: &'a str,
    /// Where people open the portal.
    pub(super) url: &'a str,
}

impl Portal<'_> {
    fn letter(self, to: Mailbox, subject: &str, paragraphs: &[&str]) -> Message {
        let Self { platform, url } = self;
        let greeting = to.name.as_deref().map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},"));
        let body = paragraphs.join("\n\n");
        let text = format!("{greeting}\n\n{body}\n\n-- \n{platform} developer portal\n{url}\n");
        Message { to, subject: format!("{subject} - {platform} developer portal"), text }
    }

    /// Proves that the address of a new account is its owner's.
    pub(super) fn verify(self, person: &Person, link: &str) -> Message {
        let first = format!(
            "somebody, we hope you, made an account with this address on the {} developer portal. To open it, follow \
             this link within 24 hours and confirm:",
            self.platform
        );
        let last = "If it wasn't you, do nothing: without the confirmation the account stays shut.";
        self.letter(to(person), "Confirm your e-mail address", &[&first, link, last])
    }

    /// Tells who has an account that somebody tried to make another with their address.
    pub(super) fn already_there(self, person: &Person) -> Message {
        let first = format!(
            "somebody, perhaps you, wanted to make an account with this address on the {} developer portal. You \
             already have one, so nothing was changed. Sign in here:",
            self.platform
        );
        let (sign_in, forgot) = (format!("{}/sign-in", self.url), format!("{}/forgot", self.url));
        let second = format!("If you don't remember the password, set a new one: {forgot}");
        let last = "If it wasn't you, there is nothing to do: they learned nothing about your account.";
        self.letter(to(person), "You already have an account", &[&first, &sign_in, &second, last])
    }

    /// Tells somebody without an invitation that one is needed.
    pub(super) fn not_invited(self, email: &Email) -> Message {
        let first = format!(
            "somebody, perhaps you, wanted to make an account with this address on the {} developer portal. Accounts \
             there are for people who were invited, and there is no open invitation for this address.",
            self.platform
        );
        let second = "Ask the people who want to work with you to invite exactly this address; then sign up again.";
        let last = "If it wasn't you, there is nothing to do: no account was made.";
        let to = Mailbox::new(email.as_str());
        self.letter(to, "You need an invitation", &[&first, second, last])
    }

    /// Carries the link that sets a new password.
    pub(super) fn reset(self, person: &Person, link: &str) -> Message {
        let first = format!(
            "somebody, we hope you, forgot the password of your account on the {} developer portal. To choose a new \
             one, follow this link within one hour:",
            self.platform
        );
        let last = "If it wasn't you, do nothing: your password stays as it is.";
        self.letter(to(person), "Choose a new password", &[&first, link, last])
    }

    /// Tells that the password is another one now.
    pub(super) fn password_changed(self, person: &Person) -> Message {
        let first = "the password of your account was changed, and your other sessions were ended. API tokens go on \
                     working; look through them under Account, API tokens.";
        self.changed(person, "Your password was changed", first)
    }

    /// Tells that the second factor is on.
    pub(super) fn second_factor_on(self, person: &Person) -> Message {
        let first = "a second factor was switched on for your account: from now on signing in asks for a code of your \
                     authenticator app too. Keep the recovery codes where you find them without your phone.";
        self.changed(person, "Your second factor is on", first)
    }

    /// Tells that the second factor is off.
    pub(super) fn second_factor_off(self, person: &Person) -> Message {
        let first = "the second factor of your account was switched off: from now on the password alone signs in.";
        self.changed(person, "Your second factor is off", first)
    }

    /// Tells that there are new recovery codes.
    pub(super) fn new_recovery_codes(self, person: &Person) -> Message {
        let first = "new recovery codes were made for your account. The ones from before don't work any more.";
        self.changed(person, "You have new recovery codes", first)
    }

    /// Tells that a recovery code was used.
    pub(super) fn recovery_code_used(self, person: &Person, left: u32) -> Message {
        let first = format!(
            "somebody, we hope you, signed in to your account with the password and one of your recovery codes. {} \
             left; make new ones under Account, Security.",
            if left == 1 { "One code is".to_owned() } else { format!("{left} codes are") }
        );
        self.changed(person, "A recovery code was used", &first)
    }

    /// Tells that the account was tied to the company's identity provider.
    pub(super) fn provider_tied(self, person: &Person, provider: &str) -> Message {
        let first = format!("your account can be signed in to through {provider} from now on: you just did so.");
        self.changed(person, "A new way to sign in", &first)
    }

    fn changed(self, person: &Person, subject: &str, first: &str) -> Message {
        let last = format!(
            "If it wasn't you, somebody else has access: set a new password at once ({}/forgot), and tell the operators \
             of the portal.",
            self.url
        );
        self.letter(to(person), subject, &[first, &last])
    }
}

/// By name only once the address is known to be theirs: before that, anybody may have written anything as the name of
/// anybody's address.
fn to(person: &Person) -> Mailbox {
    match person.verified_at {
        Some(_) => Mailbox::named(&person.name, person.email.as_str()),
        None => Mailbox::new(person.email.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use model::{PersonId, UnixMillis};

    use super::*;

    const PORTAL: Portal<'_> = Portal { platform: "Keystone", url: "https://dev.example.com" };

    fn anna() -> Person {
        Person {
            id: PersonId::from_bytes([1; 16]),
            email: "anna@example.com".parse().unwrap(),
            name: "Anna Lund".to_owned(),
            platform_role: None,
            verified_at: None,
            disabled_at: None,
            created_at: UnixMillis(0),
        }
    }

    #[test]
    fn a_link_stands_on_a_line_of_its_own() {
        let link = "https://dev.example.com/verify?token=abc";
        for mail in [PORTAL.verify(&anna(), link), PORTAL.reset(&anna(), link)] {
            assert!(mail.text.lines().any(|line| line == link), "{}", mail.text);
        }
    }

    #[test]
    fn a_name_that_a_stranger_may_have_written_is_in_no_mail() {
        let stranger = Person { name: "You won, open evil.example".to_owned(), ..anna() };
        for mail in [PORTAL.verify(&stranger, "x"), PORTAL.reset(&stranger, "x")] {
            assert!(!mail.text.contains("evil.example") && mail.to.name.is_none(), "{}", mail.text);
        }
        let known = Person { verified_at: Some(UnixMillis(1)), ..anna() };
        assert!(PORTAL.reset(&known, "x").text.starts_with("Hello Anna Lund,"));
    }

    #[test]
    fn every_mail_says_what_to_do_if_it_was_not_you() {
        let anna = anna();
        for mail in [
            PORTAL.verify(&anna, "x"),
            PORTAL.already_there(&anna),
            PORTAL.not_invited(&anna.email),
            PORTAL.reset(&anna, "x"),
            PORTAL.password_changed(&anna),
            PORTAL.second_factor_on(&anna),
            PORTAL.second_factor_off(&anna),
            PORTAL.new_recovery_codes(&anna),
            PORTAL.recovery_code_used(&anna, 1),
            PORTAL.provider_tied(&anna, "Acme"),
        ] {
            assert!(mail.text.contains("If it wasn't you, "), "{}", mail.text);
            assert!(mail.text.starts_with("Hello") && mail.subject.ends_with(" - Keystone developer portal"));
            assert_eq!(mail.to.email, "anna@example.com");
        }
    }
}
