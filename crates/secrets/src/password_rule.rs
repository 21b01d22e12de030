//! Which new passwords are good enough. After NIST SP 800-63B: length counts, composition doesn't, and what an attacker
//! tries first is refused. Characters are Unicode code points.

use crate::password_rule::words::COMMON;

mod words;

/// The fewest characters of a new password.
pub const MIN_CHARACTERS: usize = 10;

/// The most characters of a password.
pub const MAX_CHARACTERS: usize = 200;

/// Shorter words of the context, such as a first name of two letters, are in too many good passwords.
const SHORTEST_WORD: usize = 4;

/// So many digits and marks beside a name make a password that can't be guessed from the name.
const ENOUGH_BESIDE: usize = 8;

/// Why a new password isn't taken, in words for the one who chose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordProblem {
    /// Fewer than [`MIN_CHARACTERS`].
    #[error(
        "the password has fewer than {MIN_CHARACTERS} characters; a few words in a row are long and easy to remember"
    )]
    TooShort,
    /// More than [`MAX_CHARACTERS`].
    #[error("the password has more than {MAX_CHARACTERS} characters; choose a shorter one")]
    TooLong,
    /// One of the first that anybody tries, perhaps with a few digits.
    #[error("this password is one of the first that are tried; choose words that only you would put together")]
    Common,
    /// The e-mail address or a name, perhaps with a few digits.
    #[error("the password is made of your e-mail address or a name; choose one that nobody can guess from them")]
    Personal,
    /// The same few characters over and over, or characters in a row.
    #[error("the password is the same few characters over and over, or characters in a row; choose a less regular one")]
    Regular,
}

/// Whether a new password is good enough. `context` is what others know of the person: e-mail address, names, the
/// organisation, the product.
///
/// # Errors
/// The first rule that it breaks.
pub fn check_new_password(password: &str, context: &[&str]) -> Result<(), PasswordProblem> {
    // Counted only so far: the text may be much longer.
    let length = password.chars().take(MAX_CHARACTERS + 1).count();
    if length < MIN_CHARACTERS {
        return Err(PasswordProblem::TooShort);
    }
    if length > MAX_CHARACTERS {
        return Err(PasswordProblem::TooLong);
    }
    let folded = password.trim().to_lowercase();
    if is_regular(&folded) {
        return Err(PasswordProblem::Regular);
    }
    if is_common(&folded) {
        return Err(PasswordProblem::Common);
    }
    if is_personal(&folded, context) {
        return Err(PasswordProblem::Personal);
    }
    Ok(())
}

/// One to four characters again and again, or each the next (or the one before) of the last.
fn is_regular(folded: &str) -> bool {
    let characters: Vec<u32> = folded.chars().map(u32::from).collect();
    let repeats = |period: usize| characters.iter().zip(characters.iter().skip(period)).all(|(one, next)| one == next);
    let steps = |up: bool| {
        characters.windows(2).all(|pair| match pair {
            [one, next] if up => {
                one.checked_add(1) == Some(*next) || (*one == u32::from('9') && *next == u32::from('0'))
            }
            [one, next] => next.checked_add(1) == Some(*one) || (*one == u32::from('0') && *next == u32::from('9')),
            _ => true,
        })
    };
    (1..=4).any(repeats) || steps(true) || steps(false)
}

/// A common word, or several, with digits and marks around.
fn is_common(folded: &str) -> bool {
    let core = core(folded);
    let (plain, plain_core) = (undisguised(folded), undisguised(core));
    [folded, core, plain.as_str(), plain_core.as_str()].into_iter().any(|text| {
        COMMON.contains(&text) || halves(text).any(|(start, end)| COMMON.contains(&start) && COMMON.contains(&end))
    })
}

/// The text without the digits and marks at both ends, which people add where a rule asks for them.
fn core(text: &str) -> &str {
    text.trim_matches(|character: char| !character.is_alphabetic())
}

/// With the letters that digits and marks are often put for.
fn undisguised(text: &str) -> String {
    let letter = |character| match character {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    };
    text.chars().map(letter).collect()
}

fn halves(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.char_indices().skip(1).filter_map(|(at, _)| text.split_at_checked(at))
}

/// Whether the password is a part of what is known of the person, or made of words of it with a few digits and marks.
fn is_personal(folded: &str, context: &[&str]) -> bool {
    let known: Vec<String> = context.iter().map(|known| known.trim().to_lowercase()).collect();
    if known.iter().any(|known| known.contains(folded)) {
        return true;
    }
    let joined: Vec<String> = known.iter().map(|known| known.split_whitespace().collect()).collect();
    let parts = known.iter().flat_map(|known| known.split(|character: char| !character.is_alphanumeric()));
    let mut words: Vec<&str> = parts.chain(joined.iter().map(String::as_str)).collect();
    words.retain(|word| word.chars().nth(SHORTEST_WORD - 1).is_some());
    // The longest first, so that `ann` in `anna` leaves no `a` behind.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let rest = words.iter().fold(folded.to_owned(), |rest, word| rest.replace(word, " "));
    let own: Vec<char> = rest.chars().filter(|character| !character.is_whitespace()).collect();
    rest != folded && own.len() < ENOUGH_BESIDE && !own.iter().any(|character| character.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ANNA: &[&str] = &["anna.lindqvist@bridgeworks.example", "Anna Lindqvist", "Bridgeworks", ""];

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(check_new_password("nine char", &[]), Err(PasswordProblem::TooShort));
        assert_eq!(check_new_password("ten chars!", &[]), Ok(()));
        assert_eq!(check_new_password("дев\u{44f}т\u{44c} зн", &[]), Err(PasswordProblem::TooShort));
        assert_eq!(check_new_password("деся\u{442}ь знак", &[]), Ok(()));
        let long: String = "a quick brown fox ".chars().cycle().take(200).collect();
        assert_eq!(check_new_password(&long, &[]), Ok(()));
        assert_eq!(check_new_password(&format!("{long}x"), &[]), Err(PasswordProblem::TooLong));
    }

    #[test]
    fn no_mixture_of_characters_is_asked_for() {
        for good in ["correct horse battery", "teal anvil orbit", "правильная лошадь", "83650274915", "aaaa bbbb cc dd"]
        {
            assert_eq!(check_new_password(good, ANNA), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for bad in [
            "password123",
            "Password1234!",
            "P@ssw0rd2024",
            "qwertyuiop",
            "1q2w3e4r5t",
            "letmein12345",
            "iloveyou2026!",
            "!!!!welcome1",
            "passwordpassword",
            "Steadfast2026",
            "1234567890123",
            "changeme123",
            "  password12  ",
        ] {
            let problem = check_new_password(bad, ANNA).unwrap_err();
            assert!(matches!(problem, PasswordProblem::Common | PasswordProblem::Regular), "{bad}: {problem:?}");
        }
    }

    #[test]
    fn what_is_regular_is_refused() {
        for bad in
            ["aaaaaaaaaa", "abababababab", "abcdabcdabc", "1234567890", "9876543210", "abcdefghijkl", "          "]
        {
            let problem = check_new_password(bad, ANNA).unwrap_err();
            assert!(matches!(problem, PasswordProblem::Regular), "{bad}: {problem:?}");
        }
    }

    #[test]
    fn what_is_known_of_the_person_is_refused() {
        for bad in [
            "anna.lindqvist@bridgeworks.example",
            "Anna.Lindqvist",
            "lindqvist@bridge",
            "anna lindqvist",
            "AnnaLindqvist",
            "AnnaLindqvist1",
            "bridgeworks",
            "Bridgeworks!1",
            "lindqvist2026",
            "annaannaanna1",
            "anna anna anna",
            "anna@bridgeworks",
            "lindqvist.anna.1990",
        ] {
            assert_eq!(check_new_password(bad, ANNA), Err(PasswordProblem::Personal), "{bad}");
        }
        for good in ["anna paints a bridge", "anna 8365-0274-915"] {
            assert_eq!(check_new_password(good, ANNA), Ok(()), "{good}");
        }
    }

    #[test]
    fn the_list_is_sorted_and_in_lower_case() {
        assert!(COMMON.is_sorted());
        assert!(COMMON.iter().all(|word| *word == word.to_lowercase()));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(password in ".*", context in prop::collection::vec(".*", 0..4)) {
            let context: Vec<&str> = context.iter().map(String::as_str).collect();
            let length = password.chars().count();
            let answer = check_new_password(&password, &context);
            prop_assert_eq!(answer == Err(PasswordProblem::TooShort), length < MIN_CHARACTERS);
            prop_assert_eq!(answer == Err(PasswordProblem::TooLong), length > MAX_CHARACTERS);
        }

        #[test]
        fn a_part_of_what_is_known_is_refused(
            before in "[a-z .@]{0,20}", part in "[a-zA-Z .@]{10,60}", after in "[a-z .@]{0,20}",
        ) {
            let known = format!("{before}{part}{after}");
            prop_assert!(check_new_password(&part, &[&known]).is_err());
        }
    }
}
