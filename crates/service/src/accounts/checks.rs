//! What people write into the forms of their accounts, checked: every flaw at once.

use model::Email;
use secrets::check_new_password;

use crate::{Flaw, Refusal};

/// The most characters of a person's or an organisation's name, or a token's.
pub(super) const NAME_CHARACTERS: usize = 100;

/// Whether a character may stand in a name: none that breaks the line, and none that turns the order of what follows,
/// with which one name can be made to look like another.
pub(super) fn is_plain(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The flaws found so far.
#[derive(Debug, Default)]
pub(super) struct Flaws(Vec<Flaw>);

impl Flaws {
    /// Notes a flaw of a field.
    pub(super) fn add(&mut self, field: &str, message: impl std::fmt::Display) {
        self.0.push(Flaw::new(field, message));
    }

    /// A name of 1 to 100 characters on one line, without space around it.
    pub(super) fn name(&mut self, field: &str, text: &str) -> String {
        let name = text.trim();
        if name.is_empty() || name.chars().nth(NAME_CHARACTERS).is_some() || !name.chars().all(is_plain) {
            self.add(field, format!("write a name of 1 to {NAME_CHARACTERS} characters on one line"));
        }
        name.to_owned()
    }

    /// An e-mail address.
    pub(super) fn email(&mut self, field: &str, text: &str) -> Option<Email> {
        let email = text.parse();
        if let Err(error) = &email {
            self.add(field, error);
        }
        email.ok()
    }

    /// A new password; `context` is what others know of the person.
    pub(super) fn password(&mut self, field: &str, password: &str, context: &[&str]) {
        if let Err(problem) = check_new_password(password, context) {
            self.add(field, problem);
        }
    }

    /// Nothing, if there are none.
    pub(super) fn end(self) -> Result<(), Refusal> {
        if self.0.is_empty() { Ok(()) } else { Err(Refusal::Invalid(self.0)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_flaws_are_told_at_once() {
        let mut flaws = Flaws::default();
        flaws.name("name", " \t ");
        flaws.email("email", "anna");
        flaws.password("password", "short", &[]);
        let Err(Refusal::Invalid(flaws)) = flaws.end() else { panic!("there are flaws") };
        let fields: Vec<&str> = flaws.iter().map(|flaw| flaw.field.as_str()).collect();
        assert_eq!(fields, ["name", "email", "password"]);
    }

    #[test]
    fn a_name_is_one_line_of_up_to_100_characters() {
        let is_good = |text: &str| {
            let mut flaws = Flaws::default();
            flaws.name("name", text);
            flaws.end().is_ok()
        };
        assert!(is_good(" Anna Łund ") && is_good(&"é".repeat(100)));
        for bad in ["", "  ", "a\nb", "a\u{0}b", "a\u{202e}b", "a\u{2066}b", &"é".repeat(101)] {
            assert!(!is_good(bad), "{bad:?}");
        }
    }
}
