//! Recovery codes: for those who lost their authenticator app. Each works once.

use model::Random;

use crate::random_text::CROCKFORD;
use crate::{Digest, Secret, random_code};

/// How many codes a person gets.
pub const RECOVERY_CODES: usize = 10;

/// 75 random bits: too many to be tried against the stored digest of a code.
const CHARACTERS: usize = 15;
const GROUP: usize = 5;

/// New codes such as `7k3wd-0qx9r-b2m5f`, to be shown once; store [`recovery_digest`] of each.
#[must_use]
pub fn recovery_codes(random: &dyn Random) -> Vec<Secret> {
    (0..RECOVERY_CODES).map(|_| grouped(&random_code(random, CHARACTERS))).collect()
}

/// The digest of a code as somebody typed it: case, spaces and hyphens don't matter, and `o`, `i`, `l` are read as the
/// digits that they look like. None when it can't be a code.
#[must_use]
pub fn recovery_digest(typed: &str) -> Option<Digest> {
    let mut code = String::new();
    for character in typed.chars().filter(|character| !character.is_whitespace() && *character != '-') {
        let read = match character.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        };
        let known = u8::try_from(read).is_ok_and(|byte| CROCKFORD.contains(&byte));
        if !known || code.len() == CHARACTERS {
            return None;
        }
        code.push(read);
    }
    (code.len() == CHARACTERS).then(|| Digest::of(&code))
}

fn grouped(code: &str) -> Secret {
    let mut text = String::new();
    for (index, character) in code.chars().enumerate() {
        if index > 0 && index % GROUP == 0 {
            text.push('-');
        }
        text.push(character);
    }
    Secret::new(text)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::testing::Counting;

    #[test]
    fn there_are_ten_different_ones() {
        let codes = recovery_codes(&Counting::from(1));
        let digests: HashSet<Digest> = codes.iter().filter_map(|code| recovery_digest(code.reveal())).collect();
        assert_eq!(digests.len(), 10);
        let shape = |code: &Secret| code.reveal().split('-').map(str::len).collect::<Vec<_>>();
        assert!(codes.iter().all(|code| shape(code) == [5, 5, 5]));
    }

    #[test]
    fn people_type_in_many_ways() {
        let digest = recovery_digest("0123a-bcdef-1h10k");
        assert!(digest.is_some());
        for typed in ["0123abcdef1h10k", " 0123A BCDEF 1H10K\n", "O123a-bcdef-lhiOk", "o123a--bcdef-Ih1ok"] {
            assert_eq!(recovery_digest(typed), digest, "{typed}");
        }
        for typed in ["", "0123a-bcdef", "0123a-bcdef-1h10k0", "0123a-bcdef-1h10u", "0123a-bcdef-1h1\u{f6}k"] {
            assert_eq!(recovery_digest(typed), None, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(typed in ".*|[0-9a-zA-Z -]{10,24}") {
            let _ = recovery_digest(&typed);
        }

        #[test]
        fn case_and_hyphens_do_not_matter(start: u64) {
            for code in recovery_codes(&Counting::from(start)) {
                let typed = code.reveal().to_uppercase().replace('-', " ");
                prop_assert_eq!(recovery_digest(&typed), recovery_digest(code.reveal()));
            }
        }
    }
}
