//! The secrets that programs carry: `stf_`, the letters of the kind, `_`, 43 random characters, 6 of a checksum. The
//! prefix lets a scanner of repositories recognise them; the checksum tells a typo from a token that was revoked.

use std::fmt;

use model::Random;

use crate::crc32::crc32;
use crate::{Secret, base62};

const PREFIX: &str = "stf_";

/// The characters after the kind.
const BODY: usize = base62::LENGTH_OF_32_BYTES + base62::LENGTH_OF_32_BITS;

/// Whose secret it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SecretKind {
    /// An API token of a person: `stf_p_…`.
    PersonalToken,
    /// An API token of an organisation: `stf_o_…`.
    OrganisationToken,
    /// The secret of an app's credential: `stf_cs_…`.
    ClientSecret,
    /// A token with which a source sends calls, and which can do nothing else: `stf_s_…`.
    SourceToken,
}

impl SecretKind {
    const ALL: [Self; 4] = [Self::PersonalToken, Self::OrganisationToken, Self::ClientSecret, Self::SourceToken];

    /// What a secret of this kind begins with.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::PersonalToken => "stf_p_",
            Self::OrganisationToken => "stf_o_",
            Self::ClientSecret => "stf_cs_",
            Self::SourceToken => "stf_s_",
        }
    }
}

/// In words for people.
impl fmt::Display for SecretKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PersonalToken => "personal token",
            Self::OrganisationToken => "organisation token",
            Self::ClientSecret => "client secret",
            Self::SourceToken => "source token",
        })
    }
}

/// Why a text can't be a secret of ours. It never repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It begins with something else.
    #[error("not a token of this platform: those begin with `stf_`")]
    Prefix,
    /// No kind has these letters.
    #[error("not a kind of token that this platform knows: those begin with `stf_p_`, `stf_o_`, `stf_s_` or `stf_cs_`")]
    Kind,
    /// Something is missing, or too much.
    #[error("the token is too {} by {}; copy the whole of it and nothing else", if *.0 < 0 { "short" } else { "long" }, .0.unsigned_abs())]
    Length(i64),
    /// A character that no token has.
    #[error("the token has a character that none has; copy it again without quotes, spaces or line breaks")]
    Alphabet,
    /// Some character is wrong.
    #[error("the token has a typo: its checksum doesn't fit; copy it again")]
    Checksum,
}

/// A new secret of this kind, with 256 random bits.
#[must_use]
pub fn generate(kind: SecretKind, random: &dyn Random) -> Secret {
    let mut text = format!("{}{}", kind.prefix(), base62::of_bytes(random.bytes()));
    text.push_str(&checksum(&text));
    Secret::new(text)
}

/// The kind of a well-formed secret. Whether it was ever issued, and still holds, the store knows.
///
/// # Errors
/// When it isn't well-formed; the error says in which way.
pub fn parse(text: &str) -> Result<SecretKind, SecretError> {
    if !text.starts_with(PREFIX) {
        return Err(SecretError::Prefix);
    }
    let kind = SecretKind::ALL.into_iter().find(|kind| text.starts_with(kind.prefix())).ok_or(SecretError::Kind)?;
    let body = text.get(kind.prefix().len()..).ok_or(SecretError::Kind)?;
    let length = body.chars().count();
    if length != BODY {
        let difference = i64::try_from(length).unwrap_or(i64::MAX).saturating_sub_unsigned(BODY as u64);
        return Err(SecretError::Length(difference));
    }
    if !body.chars().all(base62::is_digit) {
        return Err(SecretError::Alphabet);
    }
    let (checked, sum) = text.split_at_checked(text.len() - base62::LENGTH_OF_32_BITS).ok_or(SecretError::Alphabet)?;
    if checksum(checked) == sum { Ok(kind) } else { Err(SecretError::Checksum) }
}

/// What a list shows of a secret: its first eight and last four characters. Nothing of a text that isn't one.
#[must_use]
pub fn hint(secret: &Secret) -> String {
    let text = secret.reveal();
    let (Ok(_), Some(start), Some(end)) = (parse(text), text.get(..8), text.get(text.len().saturating_sub(4)..)) else {
        return String::new();
    };
    format!("{start}…{end}")
}

fn checksum(text: &str) -> String {
    base62::of_u32(crc32(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::random_text;
    use crate::testing::{Constant, Counting};

    /// The format is stored in people's configurations: this sample must be accepted for ever.
    const SAMPLE: &str = "stf_p_0000000000000000000000000000000000000000000";

    #[test]
    fn the_format_stays_as_it_is() {
        let secret = generate(SecretKind::PersonalToken, &Constant(0));
        assert_eq!(secret.reveal(), format!("{SAMPLE}{}", checksum(SAMPLE)));
        assert_eq!(generate(SecretKind::ClientSecret, &Constant(9)).reveal().len(), 56);
    }

    #[test]
    fn each_mistake_has_its_own_answer() {
        let secret = generate(SecretKind::OrganisationToken, &Counting::from(1));
        let good = secret.reveal();
        assert_eq!(parse(good), Ok(SecretKind::OrganisationToken));
        assert_eq!(parse(""), Err(SecretError::Prefix));
        assert_eq!(parse(&format!(" {good}")), Err(SecretError::Prefix));
        assert_eq!(parse("stf_"), Err(SecretError::Kind));
        assert_eq!(parse(&good.replacen("_o_", "_x_", 1)), Err(SecretError::Kind));
        assert_eq!(parse(&good.replacen("_o_", "_p_", 1)), Err(SecretError::Checksum));
        assert_eq!(parse(&good[..good.len() - 2]), Err(SecretError::Length(-2)));
        assert_eq!(parse(&format!("{good}\n")), Err(SecretError::Length(1)));
        assert_eq!(parse(&format!("{}\u{e9}", &good[..good.len() - 1])), Err(SecretError::Alphabet));
        let answer = SecretError::Length(-2).to_string();
        assert_eq!(answer, "the token is too short by 2; copy the whole of it and nothing else");
    }

    #[test]
    fn a_hint_shows_twelve_characters() {
        let secret = generate(SecretKind::ClientSecret, &Counting::from(5));
        let (hint, text) = (hint(&secret), secret.reveal());
        assert_eq!(hint, format!("{}…{}", &text[..8], &text[52..]));
        assert_eq!(super::hint(&random_text(&Counting::from(5))), "");
    }

    fn kinds() -> impl Strategy<Value = SecretKind> {
        prop::sample::select(SecretKind::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn what_is_generated_is_well_formed(kind in kinds(), start: u64) {
            let secret = generate(kind, &Counting::from(start));
            prop_assert_eq!(parse(secret.reveal()), Ok(kind));
        }

        #[test]
        fn any_single_changed_character_is_refused(
            kind in kinds(), start: u64, at: prop::sample::Index, to in "[ -~]",
        ) {
            let secret = generate(kind, &Counting::from(start));
            let mut text = secret.reveal().to_owned();
            let at = at.index(text.len());
            prop_assume!(text[at..=at] != to);
            text.replace_range(at..=at, &to);
            prop_assert!(parse(&text).is_err());
        }

        #[test]
        fn two_swapped_characters_are_refused(kind in kinds(), start: u64, at in 6..50_usize) {
            let mut bytes = generate(kind, &Counting::from(start)).reveal().as_bytes().to_vec();
            prop_assume!(bytes[at] != bytes[at + 1]);
            bytes.swap(at, at + 1);
            prop_assert!(parse(std::str::from_utf8(&bytes).unwrap()).is_err());
        }

        #[test]
        fn any_text_is_answered(text in "(stf_(p_|o_|s_|cs_)?)?.{0,60}") {
            let _ = parse(&text);
            let _ = hint(&Secret::new(text));
        }
    }
}
