//! Names of apps, and the ids that are made of them.

use model::AppId;

use crate::Flaw;

/// The most characters of an app's name.
pub const APP_NAME_CHARACTERS: usize = 60;

/// The most characters of the part of an id that is made of the name.
const SLUG_CHARACTERS: usize = 40;

/// How many random characters end an id: nobody can guess it before it is there.
pub(super) const TAIL_CHARACTERS: usize = 6;

/// A name of 1 to 60 characters on one line, without space around it.
pub(super) fn app_name(text: &str) -> Result<String, Flaw> {
    let name = text.trim();
    let good = !name.is_empty()
        && name.chars().nth(APP_NAME_CHARACTERS).is_none()
        && !name.chars().any(|c| c.is_control() || is_bidi_control(c));
    if good {
        Ok(name.to_owned())
    } else {
        Err(Flaw::new("name", format!("write a name of 1 to {APP_NAME_CHARACTERS} characters on one line")))
    }
}

/// A text of so many characters at most; line breaks and tabs are fine, other control characters are not.
pub(super) fn text_of(field: &str, text: &str, most: usize) -> Result<String, Flaw> {
    let text = text.trim().replace("\r\n", "\n");
    let plain = !text.chars().any(|c| (c.is_control() && c != '\n' && c != '\t') || is_bidi_control(c));
    if plain && text.chars().nth(most).is_none() {
        Ok(text)
    } else {
        Err(Flaw::new(field, format!("write at most {most} characters, without control characters")))
    }
}

/// Characters that turn the order of what follows them, with which one name can be made to look like another.
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The id of an app of this name: what is left of the name in a URL, and a random tail.
/// `Acme ERP Connector` with the tail `7k2m9x` gives `acme-erp-connector-7k2m9x`.
pub(super) fn app_id(name: &str, tail: &str) -> Option<AppId> {
    format!("{}-{tail}", slug(name)).parse().ok()
}

/// A name in lower-case letters, digits and single hyphens; `app` where nothing of it is left.
fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(SLUG_CHARACTERS);
    for c in name.chars() {
        if slug.len() >= SLUG_CHARACTERS {
            break;
        }
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_matches('-');
    if slug.is_empty() { "app".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_what_is_left_of_the_name_and_a_tail() {
        for (name, id) in [
            ("Acme ERP Connector", "acme-erp-connector-7k2m9x"),
            ("  Drawings & RFIs (beta) ", "drawings-rfis-beta-7k2m9x"),
            ("Söhne", "s-hne-7k2m9x"),
            ("図面", "app-7k2m9x"),
            ("---", "app-7k2m9x"),
            ("../../etc", "etc-7k2m9x"),
            ("unidentified", "unidentified-7k2m9x"),
        ] {
            assert_eq!(app_id(name, "7k2m9x").unwrap().as_str(), id, "{name}");
        }
    }

    #[test]
    fn every_id_is_plain_and_short() {
        let long = "Ä very long näme ".repeat(20);
        for name in ["a", &long, "<script>", "a\u{0}b", "-a-", &"-".repeat(99), &"x".repeat(99)] {
            let id = app_id(name, "7k2m9x").unwrap();
            let id = id.as_str();
            assert!(id.len() <= 47 && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            assert!(!id.starts_with('-') && !id.contains("--"), "{id}");
        }
    }

    #[test]
    fn a_name_is_one_line_of_up_to_60_characters() {
        assert_eq!(app_name("  Roof  "), Ok("Roof".to_owned()));
        assert!(app_name(&"é".repeat(60)).is_ok());
        for bad in ["", "   ", "a\nb", "a\u{7f}b", "a\u{202e}b", &"é".repeat(61)] {
            assert_eq!(app_name(bad).unwrap_err().field, "name", "{bad:?}");
        }
    }

    #[test]
    fn a_text_keeps_its_lines() {
        assert_eq!(text_of("t", " a\r\nb\n", 3), Ok("a\nb".to_owned()));
        assert!(text_of("t", "abcd", 3).is_err() && text_of("t", "a\u{0}", 3).is_err());
        assert_eq!(text_of("t", "", 0), Ok(String::new()));
    }
}
